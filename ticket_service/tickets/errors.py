"""What can be wrong with a request about a ticket: one class per fact, with its status and stable code."""

from collections.abc import Iterable, Mapping

from servicekit.problems import Problem


class TicketNotFound(Problem):
    """No such ticket, or none that the caller may see: the two are told apart by nothing."""

    status = 404
    code = "ticket_not_found"
    title = "Ticket not found"


class AttachmentNotFound(Problem):
    """The ticket has no such attachment."""

    status = 404
    code = "attachment_not_found"
    title = "Attachment not found"


class ActionNotPermitted(Problem):
    """The caller sees the ticket and may not do this with it, whatever its status."""

    status = 403
    code = "action_not_permitted"
    title = "You may not do this with this ticket"


class TransitionNotAllowed(Problem):
    """The ticket's status has no way to the wanted one; `allowed` lists those that the caller may choose."""

    status = 409
    code = "transition_not_allowed"
    title = "The ticket's status does not allow this"

    def __init__(self, *, old: str, new: str, allowed: Iterable[str]) -> None:
        choices = list(allowed)
        ways = ", ".join(choices) if choices else "none"
        super().__init__(
            f"A ticket that is {old} cannot become {new}. Allowed from here: {ways}.", current=old, allowed=choices
        )


class TicketNotEditable(Problem):
    """A requester edits a ticket that is being worked on, or anyone one whose status is final."""

    status = 409
    code = "ticket_not_editable"
    title = "The ticket can no longer be changed"


class TicketNotRateable(Problem):
    """A ticket is rated that is neither resolved nor closed."""

    status = 409
    code = "ticket_not_rateable"
    title = "A ticket is rated when it is resolved or closed"


class LinkNotFound(Problem):
    """The ticket has no such link, or none to a ticket that the caller may see."""

    status = 404
    code = "link_not_found"
    title = "Link not found"


class LinkTargetUnknown(Problem):
    """A ticket is to be linked to one that the caller does not see."""

    status = 400
    code = "link_target_unknown"
    title = "Unknown ticket to link to"

    def __init__(self, *, to: str) -> None:
        detail = f"No such ticket: {to}."
        super().__init__(detail, errors=[{"field": "to", "code": self.code, "detail": detail}])


class LinkImpossible(Problem):
    """There is this link already, or it would be one that cannot be."""

    status = 409
    code = "link_impossible"
    title = "The tickets cannot be linked so"


class MergeTargetUnknown(Problem):
    """A ticket is to be merged into one that the caller does not see."""

    status = 400
    code = "merge_target_unknown"
    title = "Unknown ticket to merge into"

    def __init__(self, *, into: str) -> None:
        detail = f"No such ticket: {into}."
        super().__init__(detail, errors=[{"field": "into", "code": self.code, "detail": detail}])


class MergeImpossible(Problem):
    """A ticket is merged into itself or into one whose status is final."""

    status = 409
    code = "merge_impossible"
    title = "The ticket cannot be merged into that one"


class CategoryUnknown(Problem):
    """No such category or sub-category, or one that is no longer offered."""

    status = 400
    code = "category_unknown"
    title = "Unknown category"

    def __init__(self, *, field: str, value: str, within: str = "") -> None:
        detail = f"There is no such {field.replace('_', '-')}: {value}."
        place = f"{within}.{field}" if within else field
        super().__init__(detail, errors=[{"field": place, "code": self.code, "detail": detail}])


class CustomFieldsInvalid(Problem):
    """Custom fields that are not what the ticket's category says."""

    status = 400
    code = "custom_fields_invalid"
    title = "The custom fields are not those of the category"

    def __init__(self, wrong: Mapping[str, tuple[str, str]]) -> None:
        super().__init__(
            errors=[
                {"field": f"custom_fields.{name}", "code": code, "detail": detail}
                for name, (code, detail) in wrong.items()
            ]
        )


class RequesterUnknown(Problem):
    """A ticket is filed for someone who is not an active person of this suite."""

    status = 400
    code = "requester_unknown"
    title = "Unknown requester"

    def __init__(self, *, requester_id: str) -> None:
        detail = f"No active user: {requester_id}."
        super().__init__(detail, errors=[{"field": "requester_id", "code": self.code, "detail": detail}])


class TooManyWatchers(Problem):
    """A ticket has as many watchers as it can have."""

    status = 409
    code = "too_many_watchers"
    title = "The ticket has as many watchers as it can have"


class TooManyTags(Problem):
    """A ticket has as many tags as it can have."""

    status = 409
    code = "too_many_tags"
    title = "The ticket has as many tags as it can have"


class WatcherUnknown(Problem):
    """A watcher who is not an active person of this suite."""

    status = 400
    code = "watcher_unknown"
    title = "Unknown watcher"

    def __init__(self, *, watcher_ids: Iterable[str]) -> None:
        super().__init__(
            "A watcher must be an active user.",
            errors=[
                {"field": "watcher_ids", "code": self.code, "detail": f"No active user: {watcher_id}."}
                for watcher_id in watcher_ids
            ],
        )


class PresetNotFound(Problem):
    """No such saved view, canned reply, macro or template, or none that is the caller's or shared with them."""

    status = 404
    code = "preset_not_found"
    title = "There is no such saved view, canned reply, macro or template"


class PresetNotYours(Problem):
    """A shared one is changed by somebody who does not coordinate, or one is shared by them."""

    status = 403
    code = "preset_not_yours"
    title = "Coordinators keep what is shared"


class PresetNameTaken(Problem):
    """The owner, or the desk for what is shared, has one of this name."""

    status = 409
    code = "preset_name_taken"
    title = "There is one of this name already"


class TooManyPresets(Problem):
    """One person keeps no more than so many."""

    status = 409
    code = "too_many_presets"
    title = "Delete one first"


class MacroRefused(Problem):
    """One action of a macro is refused, so that none was done; `actions` names it, `cause` is its own problem's code.

    The status is that with which the action's own route refuses it.
    """

    code = "macro_refused"
    title = "The macro was not applied, and nothing was changed"

    def __init__(self, *, actions: Iterable[str], cause: Problem) -> None:
        names = list(actions)
        words = ", ".join(name.replace("_", " ") for name in names)
        super().__init__(
            f"{words.capitalize()}: {cause.detail or cause.title}",
            errors=cause.errors,
            actions=names,
            cause=cause.code,
            **cause.extra,
        )
        self.status = cause.status


class MacroWithoutChanges(Problem):
    """A macro that is nothing but a reply is applied to many tickets; a reply is sent by hand, from each ticket."""

    status = 400
    code = "macro_without_changes"
    title = "This macro changes no tickets"

    def __init__(self) -> None:
        detail = "It only writes a reply, which is read and sent from each ticket."
        super().__init__(detail, errors=[{"field": "macro_id", "code": self.code, "detail": detail}])


class ImportNotFound(Problem):
    """No such import."""

    status = 404
    code = "import_not_found"
    title = "There is no such import"


class ImportRepeated(Problem):
    """The same file has been imported, or is being imported; `import_id` is that import's."""

    status = 409
    code = "import_repeated"
    title = "This very file has been imported before"


class ImportNotReadable(Problem):
    """The file is no CSV with the needed columns."""

    status = 400
    code = "import_not_readable"
    title = "The file cannot be imported"


class ImportEnded(Problem):
    """An import is cancelled that is over."""

    status = 409
    code = "import_ended"
    title = "The import is over"


class CategoryNotFound(Problem):
    """No such category."""

    status = 404
    code = "category_not_found"
    title = "There is no such category"


class CategorySlugTaken(Problem):
    """A new category has the slug of another, which may not be offered any more."""

    status = 409
    code = "category_slug_taken"
    title = "There is a category of this slug already"


class TemplateNotOffered(Problem):
    """A template that is not shared is offered to everybody."""

    status = 400
    code = "template_not_shared"
    title = "What is offered to everybody is shared"


class TemplateInUse(Problem):
    """A template is taken from the desk by which tickets recur."""

    status = 409
    code = "template_in_use"
    title = "Tickets recur by this template"


class TemplateUnknown(Problem):
    """A schedule is to file by a template that the desk does not have."""

    status = 400
    code = "template_unknown"
    title = "No such shared template"

    def __init__(self) -> None:
        detail = "Choose a template that is shared with the desk."
        super().__init__(detail, errors=[{"field": "template_id", "code": self.code, "detail": detail}])


class TemplateIncomplete(Problem):
    """A template lacks what a ticket cannot do without; `errors` name it."""

    status = 400
    code = "template_incomplete"
    title = "The template is not complete"

    def __init__(self, lacking: Iterable[str]) -> None:
        fields = list(lacking)
        super().__init__(
            f"It has no {' and no '.join(fields)}.",
            errors=[
                {"field": "template_id", "code": self.code, "detail": f"The template has no {field}."}
                for field in fields
            ],
        )


class ScheduleNotFound(Problem):
    """No such schedule."""

    status = 404
    code = "schedule_not_found"
    title = "There is no such schedule"


class ScheduleOver(Problem):
    """A schedule by which nothing would be filed any more."""

    status = 400
    code = "schedule_over"
    title = "By this schedule nothing would be filed any more"


class TooManySchedules(Problem):
    """The desk has no more than so many."""

    status = 409
    code = "too_many_schedules"
    title = "Delete a schedule first"
