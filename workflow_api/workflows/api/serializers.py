"""The shapes of requests and answers. Reading only translates; nothing here decides."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from servicekit.fields import StrictSerializer
from workflows.choosing import ways_of
from workflows.guards import holds
from workflows.models import APPROVE, REJECT, SlaClock, Step, Task, Transition
from workflows.services.actions import actions_allowed

SCOPES = ("mine", "queue", "owned", "unrouted", "overdue", "all")


class TaskListQuery(serializers.Serializer[Any]):
    scope = serializers.ChoiceField(choices=SCOPES, required=False, help_text="`mine`, unless a ticket is named.")
    ticket = serializers.CharField(max_length=64, required=False, help_text="The ticket's id or number.")


class CompletionInput(StrictSerializer):
    transition = serializers.SlugField(max_length=64, help_text="One of the task's `transitions`.")
    notes = serializers.CharField(max_length=10_000, allow_blank=True, default="")


class DecisionInput(StrictSerializer):
    notes = serializers.CharField(max_length=10_000, allow_blank=True, default="")


class HoldInput(StrictSerializer):
    reason = serializers.CharField(max_length=1_000)


class ReasonInput(StrictSerializer):
    reason = serializers.CharField(max_length=1_000)


class TransferInput(ReasonInput):
    assignee_id = serializers.UUIDField(help_text="An active person of the step's role, or of its escalation role.")


class MoveInput(ReasonInput):
    step = serializers.SlugField(max_length=64, help_text="The key of a step of the task's workflow.")


class TransitionOutput(serializers.Serializer[Transition]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # DRF moves declared fields out of the class
    to = serializers.CharField(
        source="to_step.key", default=None, allow_null=True, help_text="The next step; null: the task is complete."
    )


class WayOutput(TransitionOutput):
    guard = serializers.DictField(allow_null=True, help_text="A condition on the ticket; null: always open.")


class StepRef(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField()


class StepOutput(StepRef):
    instructions = serializers.CharField()
    kind = serializers.ChoiceField(choices=Step.Kind.choices)
    strategy = serializers.ChoiceField(choices=Step.Strategy.choices)
    approval_rule = serializers.CharField(help_text="Of an approval: any, all, n_of_m.")
    approvals_needed = serializers.IntegerField(help_text="The N of N-of-M.")
    weight = serializers.IntegerField()
    escalation_role = serializers.CharField(help_text="Who gets it after a breach; blank: nobody else.")
    gives_resolution = serializers.BooleanField(help_text="Its notes become the ticket's resolution.")
    is_start = serializers.BooleanField()
    transitions = WayOutput(many=True)


class WorkflowRef(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="workflow.id")
    key = serializers.CharField(source="workflow.key")
    name = serializers.CharField(source="workflow.name")
    version = serializers.IntegerField(source="number")


class WorkflowOutput(WorkflowRef):
    description = serializers.CharField(source="workflow.description")
    category = serializers.CharField(source="workflow.category")
    sub_category = serializers.CharField(source="workflow.sub_category")
    department = serializers.CharField(source="workflow.department")
    is_catch_all = serializers.BooleanField(source="workflow.is_catch_all")
    sla_minutes = serializers.DictField(child=serializers.IntegerField())
    status = serializers.CharField(help_text="Of this version.")
    published_at = serializers.DateTimeField(allow_null=True)


class WorkflowDetailOutput(WorkflowOutput):
    steps = StepOutput(many=True)


class TicketRef(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    subject = serializers.CharField()
    priority = serializers.CharField()
    status = serializers.CharField()


class PersonRef(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class Assigned(serializers.Serializer[Any]):
    """Anything with `assignee_id`; names come from the people that the view has fetched at once."""

    assignee = serializers.SerializerMethodField()

    @extend_schema_field(PersonRef(allow_null=True))
    def get_assignee(self, row: Any) -> dict[str, Any] | None:
        if row.assignee_id is None:
            return None
        people: dict[UUID, Any] = self.context["people"]
        person = people.get(row.assignee_id)
        return {"id": row.assignee_id, "name": person.name if person else ""}


class TaskItemOutput(Assigned):
    id = serializers.UUIDField()
    substitute_for_id = serializers.UUIDField(allow_null=True, help_text="Whose turn it was, who is away.")
    step = StepRef()
    assigned_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    released_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField()
    transition = serializers.CharField()
    notes = serializers.CharField()


class ApprovalOutput(serializers.Serializer[Any]):
    needed = serializers.IntegerField()
    approved = serializers.IntegerField()
    rejected = serializers.IntegerField()
    waiting_for = PersonRef(many=True)


class TaskOutput(Assigned):
    id = serializers.UUIDField()
    ticket = TicketRef()
    status = serializers.ChoiceField(choices=Task.Status.choices)
    workflow = WorkflowRef(source="workflow_version", allow_null=True)
    step = StepRef(source="current_step", allow_null=True)
    step_due_at = serializers.DateTimeField(allow_null=True)
    resolution_due_at = serializers.DateTimeField(allow_null=True)
    owner_id = serializers.UUIDField(allow_null=True, help_text="Who was given it first, and follows it to its end.")
    unrouted_reason = serializers.CharField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)


class TaskDetailOutput(TaskOutput):
    resolution = serializers.CharField()
    hold_reason = serializers.CharField()
    cancel_reason = serializers.CharField()
    first_reply_at = serializers.DateTimeField(allow_null=True)
    instructions = serializers.CharField(source="current_step.instructions", default="")
    items = TaskItemOutput(many=True)
    transitions = serializers.SerializerMethodField(help_text="The ways that lead on from the current step.")
    actions = serializers.SerializerMethodField(help_text="What the assignee, or who is asked to approve, may do now.")
    approval = serializers.SerializerMethodField(help_text="The round that runs; null: none does.")

    @extend_schema_field(TransitionOutput(many=True))
    def get_transitions(self, task: Task) -> list[dict[str, Any]]:
        ways = ways_of(task.current_step_id) if task.current_step_id else ()
        ways = [way for way in ways if holds(way.guard, task.ticket)]
        return [dict(TransitionOutput(way).data) for way in ways]

    @extend_schema_field(ApprovalOutput(allow_null=True))
    def get_approval(self, task: Task) -> dict[str, Any] | None:
        if task.status != Task.Status.IN_APPROVAL:
            return None
        turns = [item for item in task.items.all() if item.approval_round == task.approval_round]
        waiting = [item for item in turns if item.completed_at is None and item.released_at is None]
        return {
            "needed": task.approvals_needed,
            "approved": sum(item.transition == APPROVE for item in turns),
            "rejected": sum(item.transition == REJECT for item in turns),
            "waiting_for": [self.get_assignee(item) for item in waiting],
        }

    def get_actions(self, task: Task) -> list[str]:
        return actions_allowed(task.status)


class SpanOutput(serializers.Serializer[Any]):
    begin = serializers.DateTimeField()
    end = serializers.DateTimeField()
    minutes = serializers.IntegerField()


class ClockOutput(serializers.Serializer[Any]):
    clock = serializers.ChoiceField(choices=SlaClock.Kind.choices)
    state = serializers.ChoiceField(choices=("running", "paused", "breached", "kept", "missed"))
    target_minutes = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="Null while the clock stands still.")
    warn_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    elapsed_minutes = serializers.IntegerField()
    remaining_minutes = serializers.IntegerField(help_text="Negative when the time is used up.")
    counted = SpanOutput(many=True, help_text="The time that counted; the last hundred spans of it.")
    paused = SpanOutput(many=True, help_text="The holds.")


class CalendarRef(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    key = serializers.CharField()
    name = serializers.CharField()
    time_zone = serializers.CharField()
    version = serializers.IntegerField()


class SlaOutput(serializers.Serializer[Any]):
    task_id = serializers.UUIDField()
    priority = serializers.CharField()
    calendar = CalendarRef(allow_null=True, help_text="Null: around the clock.")
    clocks = ClockOutput(many=True)
