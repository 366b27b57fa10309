"""Looking without touching: who would get a ticket, the drawing of a workflow, and of a task's place in it."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth.permissions import IsStaff, has_role
from servicekit.fields import StrictSerializer
from servicekit.problems import NotFound
from workflows import selectors
from workflows.api.serializers import PersonRef, StepRef, WorkflowRef
from workflows.api.views import TaskView
from workflows.graphs import graph
from workflows.models import PRIORITIES, Step


class NodeOutput(StepRef):
    kind = serializers.ChoiceField(choices=Step.Kind.choices)
    is_start = serializers.BooleanField()
    sla_minutes = serializers.DictField(
        child=serializers.IntegerField(), help_text="Its part of the time to resolution, by priority."
    )
    visited = serializers.BooleanField(help_text="The task has completed it at least once.")


class EdgeOutput(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # DRF moves declared fields out of the class
    to = serializers.CharField(allow_null=True, help_text="Null: the task is complete.")

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.CharField(), **super().get_fields()}  # `from` cannot be an attribute


class GraphOutput(serializers.Serializer[Any]):
    nodes = NodeOutput(many=True)
    edges = EdgeOutput(many=True)
    position = serializers.CharField(allow_null=True, help_text="The step that the task stands at.")
    mermaid = serializers.CharField()


class TicketQuestion(StrictSerializer):
    category = serializers.CharField(max_length=64, allow_blank=True, default="")
    sub_category = serializers.CharField(max_length=64, allow_blank=True, default="")
    department = serializers.CharField(max_length=120, allow_blank=True, default="")
    priority = serializers.ChoiceField(choices=PRIORITIES)


class RoutingOutput(serializers.Serializer[Any]):
    workflow = WorkflowRef(allow_null=True)
    step = StepRef(allow_null=True)
    assignee = PersonRef(allow_null=True, help_text="Whose turn it is now; somebody else's when others come first.")
    candidates = PersonRef(many=True, help_text="The active people of the step's role, at most a hundred.")
    unrouted_reason = serializers.CharField(help_text="Empty, `no_workflow` or `no_assignee`.")
    resolution_due_at = serializers.DateTimeField(allow_null=True)
    step_due_at = serializers.DateTimeField(allow_null=True)


class WorkflowGraphApi(GenericAPIView[Any]):
    permission_classes = [IsStaff]

    @extend_schema(operation_id="workflow_graph", responses=GraphOutput)
    def get(self, request: Request, id: UUID) -> Response:
        """The published version of a workflow as nodes, edges and Mermaid."""
        version = selectors.workflow_with_steps().filter(workflow_id=id).first()
        if version is None:
            raise NotFound
        return Response(GraphOutput(graph(version=version)).data)


class TaskGraphApi(TaskView):
    @extend_schema(operation_id="task_graph", responses=GraphOutput)
    def get(self, request: Request, id: UUID) -> Response:
        """The workflow that a task runs on, with where it stands and what it has passed."""
        task = self.seen(request, id)
        version = selectors.version_with_steps(task.workflow_version_id)
        if version is None:
            raise NotFound("The task has no workflow.")
        return Response(GraphOutput(graph(version=version, task=task)).data)


class RoutingPreviewApi(GenericAPIView[Any]):
    permission_classes = [has_role("tts:admin", "tts:ticket-coordinator")]

    @extend_schema(operation_id="routing_preview", request=TicketQuestion, responses=RoutingOutput)
    def post(self, request: Request) -> Response:
        """Who would get this ticket if it were filed now? Nothing is stored, and nobody's turn is used up."""
        given = TicketQuestion(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(RoutingOutput(selectors.routing_preview(**given.validated_data)).data)
