"""What can be wrong with a request to messaging, by the fact, with the status and code that the client gets."""

from servicekit.problems import Problem


class TicketNotFound(Problem):
    """No such ticket, or the caller may not see it: the answer is the same, so that ids cannot be probed."""

    status = 404
    code = "ticket_not_found"
    title = "There is no such ticket"


class AttachmentNotFound(Problem):
    """No such attachment, or it belongs to a comment that the caller may not see."""

    status = 404
    code = "attachment_not_found"
    title = "There is no such attachment"


class CommentNotFound(Problem):
    """No such comment on this ticket, or one that the caller may not see."""

    status = 404
    code = "comment_not_found"
    title = "There is no such comment"


class ParentNotFound(Problem):
    """The comment that is replied to is not one that every reader of the reply may see."""

    status = 422
    code = "parent_not_found"
    title = "There is no such comment to reply to"


class NotTheAuthor(Problem):
    """Somebody who reads a comment tried to change it."""

    status = 403
    code = "not_the_author"
    title = "Only its author may do that"


class CommentDeleted(Problem):
    """The comment has been deleted; only its tombstone is left."""

    status = 409
    code = "comment_deleted"
    title = "The comment has been deleted"


class NoSuchReaction(Problem):
    """The sign is none of those that there are."""

    status = 404
    code = "no_such_reaction"
    title = "There is no such reaction"


class InternalNotesAreForStaff(Problem):
    """Somebody who sees the ticket without a staff role tried to write an internal note."""

    status = 403
    code = "internal_notes_are_for_staff"
    title = "Only staff may write internal notes"


class ClientIdReused(Problem):
    """The same author used this `client_id` before, for something else."""

    status = 422
    code = "client_id_reused"
    title = "This client_id belongs to another comment of yours"


class TooManyFiles(Problem):
    """A mail has more files than a comment takes."""

    status = 413
    code = "too_many_files"
    title = "A comment has no room for so many files"
