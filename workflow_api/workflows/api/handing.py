"""Work changes hands or place, over HTTP."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from servicekit.fields import NoInput
from servicekit.idempotency import idempotent
from workflows.api import serializers as shapes
from workflows.api.views import TaskView
from workflows.services import handing


class TaskClaimApi(TaskView):
    @extend_schema(operation_id="task_claim", request=NoInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """Someone of the step's role takes what nobody has begun."""
        return self.run(request, id, NoInput, handing.task_claim)


class TaskReleaseApi(TaskView):
    @extend_schema(operation_id="task_release", request=shapes.ReasonInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """The assignee gives it back; the next person of the role gets it."""
        return self.run(request, id, shapes.ReasonInput, handing.task_release)


class TaskTransferApi(TaskView):
    @extend_schema(operation_id="task_transfer", request=shapes.TransferInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """To a certain person."""
        return self.run(request, id, shapes.TransferInput, handing.task_transfer)


class TaskEscalationApi(TaskView):
    @extend_schema(operation_id="task_escalate", request=shapes.ReasonInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """To the step's escalation role."""
        return self.run(request, id, shapes.ReasonInput, handing.task_escalate_by_hand)


class TaskCancellationApi(TaskView):
    @extend_schema(operation_id="task_cancel", request=shapes.ReasonInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """A coordinator or admin ends it without completing it."""
        return self.run(request, id, shapes.ReasonInput, handing.task_cancel_by_hand)


class TaskMoveApi(TaskView):
    @extend_schema(operation_id="task_move", request=shapes.MoveInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """An Admin puts it before any step of its workflow."""
        return self.run(request, id, shapes.MoveInput, handing.task_move)
