"""What goes in and out of messaging's API."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from comments.markdown import to_html
from comments.models import Change, Comment, CommentAttachment, InboundMail, Reaction, Revision, Visibility
from jwtauth.models import Person
from servicekit.fields import StrictSerializer

MAX_BODY_CHARACTERS = 10_000
MAX_ATTACHMENTS = 10
MAX_SEQ = 2**63 - 1


class CommentPageQuery(serializers.Serializer[Any]):
    """`?after=SEQ&limit=N` of the list."""

    after = serializers.IntegerField(min_value=0, max_value=MAX_SEQ, default=0)
    limit = serializers.IntegerField(min_value=1, max_value=100, default=25)


class CommentIn(StrictSerializer):
    """The body of a POST, as JSON; multipart adds `attachments`."""

    client_id = serializers.UUIDField()
    visibility = serializers.ChoiceField(choices=Visibility.choices, default=Visibility.PUBLIC)
    body = serializers.CharField(max_length=MAX_BODY_CHARACTERS)
    parent_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    attachments = serializers.ListField(
        child=serializers.FileField(), max_length=MAX_ATTACHMENTS, required=False, default=list
    )


class CommentEditIn(StrictSerializer):
    """The body of a PATCH."""

    body = serializers.CharField(max_length=MAX_BODY_CHARACTERS)


class AttachmentOut(serializers.ModelSerializer[CommentAttachment]):
    """A file of a comment; its bytes are at `.../attachments/{id}/content/`."""

    size = serializers.IntegerField(min_value=0)  # a model field's range, and so the schema, varies by database

    class Meta:
        model = CommentAttachment
        fields = ["id", "filename", "content_type", "size"]


class ReactionOut(serializers.Serializer[Any]):
    """Who put one sign to a comment."""

    sign = serializers.ChoiceField(choices=Reaction.Sign.choices)
    user_ids = serializers.ListField(child=serializers.UUIDField())


class CommentOut(serializers.ModelSerializer[Comment]):
    """A comment; `client_id` lets the author's browser recognise its own.

    `html` is the body rendered and safe to show as it is. Of a deleted comment only the place is left.
    """

    ticket_id = serializers.UUIDField(source="conversation_id")
    ticket_number = serializers.CharField(source="conversation.number")
    seq = serializers.IntegerField(min_value=1)
    html = serializers.SerializerMethodField()
    parent_id = serializers.UUIDField(allow_null=True)
    mentions = serializers.ListField(child=serializers.UUIDField())
    version = serializers.IntegerField(min_value=1)
    attachments = AttachmentOut(many=True)
    reactions = serializers.SerializerMethodField()

    class Meta:
        model = Comment
        fields = [
            "id",
            "ticket_id",
            "ticket_number",
            "seq",
            "client_id",
            "author_id",
            "author_name",
            "author_is_staff",
            "visibility",
            "body",
            "html",
            "parent_id",
            "mentions",
            "version",
            "attachments",
            "reactions",
            "created_at",
            "edited_at",
            "deleted_at",
        ]

    def get_html(self, comment: Comment) -> str:
        """Render the body."""
        return to_html(comment.body)

    @extend_schema_field(ReactionOut(many=True))
    def get_reactions(self, comment: Comment) -> list[dict[str, Any]]:
        """Group them by sign, in the order in which the signs came."""
        signs: dict[str, list[UUID]] = {}
        for reaction in comment.reactions.all():
            signs.setdefault(reaction.sign, []).append(reaction.user_id)
        return [{"sign": sign, "user_ids": user_ids} for sign, user_ids in signs.items()]


class CommentPageOut(serializers.Serializer[Any]):
    """A page of the conversation; `next` is the `after` to go on with, null at the end."""

    results = CommentOut(many=True)
    next = serializers.IntegerField(allow_null=True)


class RevisionOut(serializers.ModelSerializer[Revision]):
    """An earlier body of a comment."""

    version = serializers.IntegerField(min_value=1)
    html = serializers.SerializerMethodField()

    class Meta:
        model = Revision
        fields = ["version", "body", "html", "written_at"]

    def get_html(self, revision: Revision) -> str:
        """Render the body."""
        return to_html(revision.body)


class HistoryOut(serializers.Serializer[Any]):
    """The earlier bodies, oldest first."""

    results = RevisionOut(many=True)


class ChangeOut(serializers.ModelSerializer[Change]):
    """An entry of the stream, with the comment as it is now."""

    seq = serializers.IntegerField(min_value=1)
    comment = CommentOut()

    class Meta:
        model = Change
        fields = ["seq", "kind", "comment"]


class ChangePageOut(serializers.Serializer[Any]):
    """A page of the stream; `next` is the `after` to go on with, null at the end."""

    results = ChangeOut(many=True)
    next = serializers.IntegerField(allow_null=True)


class TypingIn(StrictSerializer):
    """What the caller is writing."""

    visibility = serializers.ChoiceField(choices=Visibility.choices, default=Visibility.PUBLIC)


class PresentOut(serializers.Serializer[Any]):
    """Somebody who has the ticket open."""

    user_id = serializers.UUIDField()
    name = serializers.CharField()
    is_staff = serializers.BooleanField()


class PresenceOut(serializers.Serializer[Any]):
    """Everybody who has the ticket open, as far as the caller may know."""

    results = PresentOut(many=True)


class CandidateQuery(serializers.Serializer[Any]):
    """What is being written, and the letters after the @."""

    visibility = serializers.ChoiceField(choices=Visibility.choices, default=Visibility.PUBLIC)
    q = serializers.CharField(
        required=False, max_length=60, help_text="how the user name, or a word of the name, begins"
    )


class CandidateOut(serializers.ModelSerializer[Person]):
    """Somebody who may be mentioned, as `@username`."""

    user_id = serializers.UUIDField(source="id")

    class Meta:
        model = Person
        fields = ["user_id", "username", "name"]


class CandidatesOut(serializers.Serializer[Any]):
    """Up to eight of them."""

    results = CandidateOut(many=True)


class SearchQuery(serializers.Serializer[Any]):
    """What to look for, and where."""

    q = serializers.CharField(min_length=2, max_length=200)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    ticket = serializers.CharField(required=False, max_length=40)


class MailQuery(serializers.Serializer[Any]):
    """Which mails."""

    outcome = serializers.ChoiceField(choices=InboundMail.Outcome.choices, required=False)
    sender = serializers.CharField(required=False, max_length=254)


class MailOut(serializers.ModelSerializer[InboundMail]):
    """A message that came in by e-mail, and what became of it."""

    class Meta:
        model = InboundMail
        fields = [
            "id",
            "message_id",
            "sender",
            "sender_name",
            "subject",
            "outcome",
            "reason",
            "person_id",
            "ticket_id",
            "comment_id",
            "next_attempt_at",
            "received_at",
        ]


class ReadIn(StrictSerializer):
    """The number of the last comment that the caller has seen."""

    seq = serializers.IntegerField(min_value=0, max_value=MAX_SEQ)


class ReadOut(serializers.Serializer[Any]):
    """How far the caller has read, and how many comments of others are newer."""

    seq = serializers.IntegerField(min_value=0)
    unread = serializers.IntegerField(min_value=0)
