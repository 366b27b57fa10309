"""Definitions of workflows: what an Admin writes, and what everybody of the desk reads."""

from collections import Counter
from typing import Any

from rest_framework import serializers

from servicekit.fields import StrictSerializer
from workflows.api.serializers import StepOutput, WorkflowRef
from workflows.models import PRIORITIES, Calendar, Step, WorkflowVersion
from workflows.services.drafting import StepSpec, WaySpec, WorkflowSpec

MAX_STEPS = 50
MAX_WAYS = 20
STATUS = ", ".join(WorkflowVersion.Status)
ROLE = r"^[a-z]+:[a-z-]+$"


class WayInput(StrictSerializer):
    key = serializers.SlugField(max_length=64)
    label = serializers.CharField(max_length=120)  # type: ignore[assignment] # DRF moves declared fields out
    to = serializers.SlugField(
        max_length=64, allow_null=True, help_text="Key of the next step; null: the task is done."
    )
    guard = serializers.DictField(
        default=None,
        allow_null=True,
        help_text='A condition on the ticket: `{"ge": {"field": "custom_fields.amount", "value": 1000}}`; `all`, '
        "`any`, `not` combine them. Null: always open.",
    )


class StepInput(StrictSerializer):
    key = serializers.SlugField(max_length=64)
    name = serializers.CharField(max_length=120)
    role = serializers.CharField(max_length=64, allow_blank=True, help_text="`system:slug`; blank only in a draft.")
    escalation_role = serializers.RegexField(ROLE, max_length=64, allow_blank=True, default="")
    instructions = serializers.CharField(max_length=10_000, allow_blank=True, default="")
    weight = serializers.IntegerField(min_value=0, max_value=1000, default=1, help_text="Its share of the SLA.")
    gives_resolution = serializers.BooleanField(default=False)
    approval_rule = serializers.ChoiceField(
        choices=Step.Rule.choices, allow_blank=True, default="", help_text="Not blank: the step is an approval."
    )
    approvals_needed = serializers.IntegerField(min_value=0, max_value=100, default=0)
    strategy = serializers.ChoiceField(
        choices=Step.Strategy.choices, default=Step.Strategy.ROUND_ROBIN, help_text="How a task finds its person."
    )
    transitions = serializers.ListField(child=WayInput(), max_length=MAX_WAYS)


class MinutesField(serializers.DictField):
    """Minutes by priority."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.IntegerField(min_value=0, max_value=10_000_000), **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        minutes = super().to_internal_value(data)
        if unknown := sorted(set(minutes) - set(PRIORITIES)):
            raise serializers.ValidationError(f"No priorities: {', '.join(unknown)[:200]}.", code="priority_unknown")
        return minutes


class DefinitionChangeInput(StrictSerializer):
    """A whole definition. A draft may have faults; what it cannot have is a way to a step that is not there."""

    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=10_000, allow_blank=True, default="")
    category = serializers.SlugField(max_length=64, allow_blank=True, default="", help_text="Blank: any.")
    sub_category = serializers.SlugField(max_length=64, allow_blank=True, default="")
    department = serializers.CharField(max_length=120, allow_blank=True, default="")
    is_catch_all = serializers.BooleanField(default=False, help_text="Takes what no other workflow serves.")
    calendar = serializers.SlugField(max_length=64, allow_blank=True, default="", help_text="Blank: around the clock.")
    sla_minutes = MinutesField(help_text="To resolution, by priority.")
    first_response_minutes = MinutesField(default=dict)
    next_response_minutes = MinutesField(default=dict)
    steps = serializers.ListField(child=StepInput(), max_length=MAX_STEPS, help_text="The first one is the start.")

    def validate_calendar(self, key: str) -> str:
        if key and not Calendar.objects.filter(key=key).exists():
            raise serializers.ValidationError("There is no such calendar.", code="calendar_unknown")
        return key

    def validate_steps(self, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
        keys = [step["key"] for step in steps]
        if double := sorted(key for key, count in Counter(keys).items() if count > 1):
            raise serializers.ValidationError(f"More than once: {', '.join(double)}.", code="step_key_double")
        for step in steps:
            ways = [way["key"] for way in step["transitions"]]
            if len(set(ways)) < len(ways):
                raise serializers.ValidationError(
                    f"{step['key']}: transitions need keys of their own.", code="way_double"
                )
            for way in step["transitions"]:
                if way["to"] is not None and way["to"] not in keys:
                    message = f"{step['key']}.{way['key']} leads to {way['to']}, which is no step."
                    raise serializers.ValidationError(message, code="step_unknown")
        return steps

    def spec(self, *, key: str) -> WorkflowSpec:
        """What was given, as the services take it."""
        given = dict(self.validated_data)
        given.pop("key", None)
        return WorkflowSpec(key=key, steps=tuple(_step(step) for step in given.pop("steps")), **given)


class DefinitionInput(DefinitionChangeInput):
    key = serializers.SlugField(max_length=64, help_text="Stays for good.")


class MigrationInput(StrictSerializer):
    to = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="Number of a published version; in a dry run also of a draft."
    )
    steps = serializers.DictField(
        child=serializers.SlugField(max_length=64),
        default=dict,
        help_text="Key of a step there, by the key of the step where a task stands; the same key unless given.",
    )
    dry_run = serializers.BooleanField(default=True)


class WorkflowListQuery(serializers.Serializer[Any]):
    scope = serializers.ChoiceField(
        choices=("published", "all"), default="published", help_text="all: the newest version of every workflow"
    )


class FaultOutput(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="Where: `steps.KEY`, `sla_minutes.High`, `workflow`.")
    code = serializers.CharField()
    detail = serializers.CharField()


class VersionOutput(WorkflowRef):
    status = serializers.CharField(help_text=STATUS)
    running = serializers.IntegerField(help_text="Open tasks on it.")
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)


class RunningOutput(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    tasks = serializers.IntegerField()


class DefinitionOutput(serializers.Serializer[Any]):
    """A version, whole. Faults of a draft keep it from being published; of another there are none."""

    id = serializers.UUIDField(source="workflow.id")
    key = serializers.CharField(source="workflow.key")
    number = serializers.IntegerField()
    status = serializers.CharField(help_text=STATUS)
    name = serializers.CharField()
    description = serializers.CharField()
    category = serializers.CharField()
    sub_category = serializers.CharField()
    department = serializers.CharField()
    is_catch_all = serializers.BooleanField()
    calendar = serializers.CharField(allow_blank=True)
    sla_minutes = serializers.DictField(child=serializers.IntegerField())
    first_response_minutes = serializers.DictField(child=serializers.IntegerField())
    next_response_minutes = serializers.DictField(child=serializers.IntegerField())
    steps = StepOutput(many=True)
    faults = FaultOutput(many=True)
    running_elsewhere = RunningOutput(
        many=True, help_text="Open tasks on other versions: publishing leaves them there."
    )
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)


class ChangeOutput(serializers.Serializer[Any]):
    task_id = serializers.UUIDField()
    ticket_number = serializers.CharField()
    version = serializers.IntegerField()
    previous_step = serializers.CharField()
    step = serializers.CharField(help_text="Blank: the other version has none.")
    keeps_assignee = serializers.BooleanField()


class MigrationOutput(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField()
    changes = ChangeOutput(many=True)
    more = serializers.BooleanField(help_text="There are others; ask again.")


def _step(given: dict[str, Any]) -> StepSpec:
    step = dict(given)
    ways = tuple(WaySpec(**way) for way in step.pop("transitions"))
    return StepSpec(ways=ways, **step)
