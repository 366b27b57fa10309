"""What comes in, checked and strict; and what goes out, for the OpenAPI document (built by representations.py)."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from servicekit.fields import StrictSerializer
from tickets.custom_fields import TYPES
from tickets.forms import TicketNewInput
from tickets.models import Priority, TicketLink
from tickets.selectors import ME, NOBODY
from tickets.status import Status

MAX_ATTACHMENTS = 10
MAX_BULK = 50

# Action on many tickets -> the field that it cannot do without.
BULK_ACTIONS = {
    "close": "",
    "reject": "reason",
    "reopen": "",
    "tag": "tag",
    "untag": "tag",
    "prioritise": "priority",
    "macro": "macro_id",
}


class TicketFilingInput(TicketNewInput):
    """A new ticket; as multipart with files."""

    attachments = serializers.ListField(
        child=serializers.FileField(allow_empty_file=False),
        required=False,
        max_length=MAX_ATTACHMENTS,
        allow_empty=True,
    )


class AttachmentInput(StrictSerializer):
    """A file for a ticket."""

    file = serializers.FileField(allow_empty_file=False)


class RejectionInput(StrictSerializer):
    """Why a ticket is refused."""

    reason = serializers.CharField(max_length=2000)


class ReopeningInput(StrictSerializer):
    """Why a resolved ticket is not accepted, if that is said."""

    reason = serializers.CharField(max_length=2000, required=False)


class RatingInput(StrictSerializer):
    """How content the requester is, from 1 to 5."""

    rating = serializers.IntegerField(min_value=1, max_value=5)
    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ClosureInput(RatingInput):
    """A closure, with the requester's rating if there is one."""

    rating = serializers.IntegerField(min_value=1, max_value=5, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A comment goes with a rating."""
        if "comment" in attrs and "rating" not in attrs:
            raise serializers.ValidationError({"rating": ["A comment needs a rating."]}, code="required")
        return attrs


class MergerInput(StrictSerializer):
    """The ticket that takes another one in."""

    into = serializers.CharField(max_length=40, help_text="id or number")


class LinkInput(StrictSerializer):
    """What this ticket is to another."""

    relation = serializers.ChoiceField(choices=TicketLink.Relation.choices)
    to = serializers.CharField(max_length=40, help_text="id or number; of `parent`, the child")


class WatcherInput(StrictSerializer):
    """Who is to watch a ticket."""

    user_id = serializers.UUIDField()


class BulkItemInput(StrictSerializer):
    """A ticket with the version that the change is based on."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class BulkInput(StrictSerializer):
    """One action on many tickets."""

    action = serializers.ChoiceField(choices=sorted(BULK_ACTIONS))
    tickets = serializers.ListField(child=BulkItemInput(), max_length=MAX_BULK, allow_empty=False)
    reason = serializers.CharField(max_length=2000, required=False, help_text="of reject and reopen")
    tag = serializers.SlugField(max_length=40, required=False, help_text="of tag and untag")
    priority = serializers.ChoiceField(choices=Priority.choices, required=False, help_text="of prioritise")
    macro_id = serializers.UUIDField(required=False, help_text="of macro; its reply is left out")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What the action needs must be there."""
        needed = BULK_ACTIONS[attrs["action"]]
        if needed and needed not in attrs:
            raise serializers.ValidationError({needed: ["This action needs it."]}, code="required")
        return attrs


@extend_schema_field({"oneOf": [{"type": "string", "format": "uuid"}, {"type": "string", "enum": [ME, NOBODY]}]})
class PersonFilter(serializers.UUIDField):
    """A person by id, or by one of these words."""

    def __init__(self, *, words: Iterable[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = frozenset(words)

    def to_internal_value(self, data: Any) -> Any:
        """The word or the id."""
        return data if isinstance(data, str) and data in self.words else super().to_internal_value(data)

    def to_representation(self, value: Any) -> str:
        """The word or the id, as text."""
        return str(value)


class TicketFilters(serializers.Serializer[Any]):
    """The query of a list of tickets."""

    q = serializers.CharField(
        max_length=200,
        required=False,
        help_text='words in subject, description, number or public replies; "a phrase", -without, this or that',
    )
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    category = serializers.SlugField(max_length=64, required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    tag = serializers.SlugField(max_length=40, required=False)
    requester = PersonFilter(words=[ME], required=False, help_text="an id, or `me`")
    assignee = PersonFilter(words=[ME, NOBODY], required=False, help_text="an id, `me`, or `none`")


class SubCategoryOutput(serializers.Serializer[Any]):
    """One sub-category."""

    slug = serializers.CharField()
    name = serializers.CharField()


class CustomFieldOutput(serializers.Serializer[Any]):
    """One custom field of a category's tickets."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # the field of this name, not DRF's label
    type = serializers.ChoiceField(choices=sorted(TYPES))
    required = serializers.BooleanField()  # type: ignore[assignment] # as above
    choices = serializers.ListField(child=serializers.CharField(), required=False, help_text="of a choice")


class CategoryOutput(serializers.Serializer[Any]):
    """One category."""

    slug = serializers.CharField()
    name = serializers.CharField()
    sub_categories = SubCategoryOutput(many=True)
    custom_fields = CustomFieldOutput(many=True)
    is_active = serializers.BooleanField(help_text="whether it is offered")


class AttachmentOutput(serializers.Serializer[Any]):
    """A file of a ticket, without its bytes."""

    id = serializers.UUIDField()
    filename = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="bytes")
    sha256 = serializers.CharField()
    uploaded_by = serializers.UUIDField()
    created_at = serializers.DateTimeField()


class TicketSummaryOutput(serializers.Serializer[Any]):
    """A ticket in a list."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    subject = serializers.CharField()
    category = serializers.CharField()
    sub_category = serializers.CharField()
    priority = serializers.ChoiceField(choices=Priority.choices)
    department = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    tags = serializers.ListField(child=serializers.CharField())
    requester_id = serializers.UUIDField()
    requester_name = serializers.CharField(help_text="empty while the person is not known here")
    assignee_id = serializers.UUIDField(allow_null=True)
    assignee_name = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="for If-Match and bulk changes")


class TicketOutput(TicketSummaryOutput):
    """A ticket, whole."""

    description = serializers.CharField()
    custom_fields = serializers.DictField(help_text="as the category's custom_fields say")
    watcher_ids = serializers.ListField(child=serializers.UUIDField())
    attachments = AttachmentOutput(many=True)
    merged_into_id = serializers.UUIDField(allow_null=True)
    resolution = serializers.CharField()
    rejection_reason = serializers.CharField()
    rating = serializers.IntegerField(allow_null=True, help_text="the requester's, 1 to 5")
    rating_comment = serializers.CharField()
    allowed_statuses = serializers.ListField(
        child=serializers.CharField(), help_text="the statuses that the caller may move the ticket to"
    )
    is_editable = serializers.BooleanField(help_text="whether the caller may change its fields and tags now")
    resolved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    last_public_reply_at = serializers.DateTimeField(allow_null=True)


class WatcherOutput(serializers.Serializer[Any]):
    """Someone who watches a ticket."""

    user_id = serializers.UUIDField()
    name = serializers.CharField(help_text="empty while the person is not known here")


class BulkOutcomeOutput(serializers.Serializer[Any]):
    """What became of one ticket."""

    id = serializers.UUIDField()
    status = serializers.IntegerField(help_text="as the ticket's own route would have answered")
    version = serializers.IntegerField(allow_null=True, help_text="the new one; null with a problem")
    code = serializers.CharField(help_text="of the problem")
    detail = serializers.CharField()


class BulkOutput(serializers.Serializer[Any]):
    """One outcome per ticket, by id."""

    results = BulkOutcomeOutput(many=True)


class LinkedTicketOutput(serializers.Serializer[Any]):
    """The other ticket of a link."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    subject = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)


class LinkOutput(serializers.Serializer[Any]):
    """A link as seen from one of its tickets: outward, this ticket blocks the other; inward, the other blocks this."""

    id = serializers.UUIDField()
    relation = serializers.ChoiceField(choices=TicketLink.Relation.choices)
    direction = serializers.ChoiceField(choices=["outward", "inward"])
    ticket = LinkedTicketOutput()
    created_by = serializers.UUIDField()
    created_at = serializers.DateTimeField()


class ActorOutput(serializers.Serializer[Any]):
    """Who did something."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=["user", "service"])
    name = serializers.CharField()


class HistoryEntryOutput(serializers.Serializer[Any]):
    """One changed field."""

    id = serializers.UUIDField()
    field = serializers.CharField()
    old = serializers.JSONField()
    new = serializers.JSONField()
    actor = ActorOutput(allow_null=True)
    request_id = serializers.CharField()
    at = serializers.DateTimeField()
