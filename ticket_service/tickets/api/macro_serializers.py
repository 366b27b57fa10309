"""Macros: what comes in, and what goes out."""

from typing import Any

from rest_framework import serializers

from servicekit.fields import StrictSerializer
from tickets.api.preset_serializers import PresetInput, PresetOutput, ReplyField
from tickets.api.serializers import TicketOutput
from tickets.models import MAX_TAGS, Priority
from tickets.services.macros import MOVES
from tickets.status import Status

VISIBILITIES = ["public", "internal"]
STATUSES = [status.value for status in MOVES]


class TagsField(serializers.ListField):
    """Tags as a ticket has them: sorted, and once each."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            child=serializers.SlugField(max_length=40),
            required=False,
            min_length=1,
            max_length=MAX_TAGS,
            **kwargs,
        )

    def to_internal_value(self, data: Any) -> list[str]:
        """The tags."""
        return sorted(set(super().to_internal_value(data)))


class MacroReply(StrictSerializer):
    """A text for the ticket's conversation, which a person reads and sends."""

    visibility = serializers.ChoiceField(choices=VISIBILITIES, help_text="of the comment; internal: a note")
    body = ReplyField()


class MacroActions(StrictSerializer):
    """What a macro does to a ticket; at least one thing."""

    category = serializers.SlugField(max_length=64, required=False)
    sub_category = serializers.SlugField(max_length=64, required=False, help_text="of the category")
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    add_tags = TagsField()
    remove_tags = TagsField()
    status = serializers.ChoiceField(
        choices=STATUSES, required=False, help_text="where the ticket's present one leads there"
    )
    reason = serializers.CharField(max_length=2000, required=False, help_text="of Rejected and of Open")
    reply = MacroReply(required=False)

    def to_internal_value(self, data: Any) -> Any:
        """Checked, and as plain JSON."""
        actions = dict(super().to_internal_value(data))
        return actions | {"reply": dict(actions["reply"])} if "reply" in actions else actions

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Actions fit together, and there is one."""
        if not attrs:
            raise serializers.ValidationError("A macro does something.", code="required")
        if "sub_category" in attrs and "category" not in attrs:
            raise serializers.ValidationError({"category": ["A sub-category needs it."]}, code="required")
        if both := sorted({*attrs.get("add_tags", ())} & {*attrs.get("remove_tags", ())}):
            raise serializers.ValidationError({"remove_tags": [f"Both added and removed: {', '.join(both)}."]})
        status = attrs.get("status")
        if status == Status.REJECTED and "reason" not in attrs:
            raise serializers.ValidationError({"reason": ["Its requester reads why."]}, code="required")
        if "reason" in attrs and status not in (Status.REJECTED, Status.OPEN):
            raise serializers.ValidationError({"reason": ["It goes with the status Rejected or Open."]})
        return attrs


class MacroInput(PresetInput):
    """What to do to a ticket with one choice."""

    actions = MacroActions()


class MacroOutput(PresetOutput):
    """A macro."""

    actions = MacroActions()


class MacroChangeOutput(serializers.Serializer[Any]):
    """One field that changes, as in the history."""

    field = serializers.CharField()
    old = serializers.JSONField()
    new = serializers.JSONField()


class MacroReplyOutput(serializers.Serializer[Any]):
    """A macro's reply with its placeholders filled in, to be read and posted as a comment."""

    visibility = serializers.ChoiceField(choices=VISIBILITIES)
    body = serializers.CharField(help_text="Markdown")


class MacroPreviewOutput(serializers.Serializer[Any]):
    """What a macro would do to a ticket."""

    changes = MacroChangeOutput(many=True)
    refused = serializers.ListField(
        child=serializers.CharField(), help_text="the actions that the caller may not do now; none is done then"
    )
    reply = MacroReplyOutput(allow_null=True)


class MacroAppliedOutput(serializers.Serializer[Any]):
    """The ticket after a macro, and the reply that is still to be sent."""

    ticket = TicketOutput()
    reply = MacroReplyOutput(allow_null=True)
