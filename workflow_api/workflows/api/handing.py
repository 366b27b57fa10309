"""Work changes hands or place, over HTTP."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from jwtauth.principal import principal_of
from servicekit.fields import NoInput
from servicekit.idempotency import idempotent
from workflows.api import serializers as shapes
from workflows.api.views import TaskView
from workflows.models import Task
from workflows.services import handing


class HandingView(TaskView):
    def run(
        self, request: Request, id: UUID, given_by: type[Serializer[Any]], service: Callable[..., Task]
    ) -> Response:
        """Who may not see the task learns nothing, not even about their input."""
        task = self.seen(request, id)
        given = given_by(data=request.data)
        given.is_valid(raise_exception=True)
        return self.answer(service(seen=task, actor=principal_of(request), **given.validated_data))


class TaskClaimApi(HandingView):
    @extend_schema(operation_id="task_claim", request=NoInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """Someone of the step's role takes what nobody has begun."""
        return self.run(request, id, NoInput, handing.task_claim)


class TaskReleaseApi(HandingView):
    @extend_schema(operation_id="task_release", request=shapes.ReasonInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """The assignee gives it back; the next person of the role gets it."""
        return self.run(request, id, shapes.ReasonInput, handing.task_release)


class TaskTransferApi(HandingView):
    @extend_schema(operation_id="task_transfer", request=shapes.TransferInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """To a certain person."""
        return self.run(request, id, shapes.TransferInput, handing.task_transfer)


class TaskEscalationApi(HandingView):
    @extend_schema(operation_id="task_escalate", request=shapes.ReasonInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """To the step's escalation role."""
        return self.run(request, id, shapes.ReasonInput, handing.task_escalate_by_hand)


class TaskCancellationApi(HandingView):
    @extend_schema(operation_id="task_cancel", request=shapes.ReasonInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """A coordinator or admin ends it without completing it."""
        return self.run(request, id, shapes.ReasonInput, handing.task_cancel_by_hand)


class TaskMoveApi(HandingView):
    @extend_schema(operation_id="task_move", request=shapes.MoveInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """An Admin puts it before any step of its workflow."""
        return self.run(request, id, shapes.MoveInput, handing.task_move)
