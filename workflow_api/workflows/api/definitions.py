"""Views of definitions: drafts that Admins write, publish, retire, and to which running tasks change over."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth.permissions import IsStaff, has_role
from servicekit.concurrency import etag, require_match
from servicekit.fields import NoInput
from servicekit.idempotency import idempotent
from servicekit.openapi import IF_MATCH
from servicekit.reading import read_query
from workflows import selectors
from workflows.api import definition_shapes as shapes
from workflows.api.serializers import WorkflowOutput
from workflows.errors import DraftExists, NotPublished, WorkflowKeyTaken
from workflows.models import Workflow, WorkflowVersion
from workflows.services.definitions import definition_faults, staffing_faults, version_publish, workflow_retire
from workflows.services.drafting import HEADING, draft_delete, spec_of, version_draft, version_replace
from workflows.services.migrating import tasks_migrate

Status = WorkflowVersion.Status


class DefinitionView(GenericAPIView[Any]):
    """Staff reads, Admins write."""

    def get_permissions(self) -> list[Any]:
        return [IsStaff() if self.request.method in SAFE_METHODS else has_role("tts:admin")()]

    def answer(self, version: WorkflowVersion, *, status: int = 200) -> Response:
        """The version as it stands, with its ETag; what a draft would change shows in it and nowhere else."""
        shown = selectors.version_with_steps(version.pk)
        if shown is None:
            raise ValueError(f"version {version.pk} is gone")
        heading = shown.heading or {name: getattr(shown.workflow, name) for name in HEADING}
        row: dict[str, Any] = {
            **heading,
            **{name: getattr(shown, name) for name in ("workflow", "number", "status", "created_at", "published_at")},
            "calendar": shown.calendar.key if shown.calendar else "",
            "sla_minutes": shown.sla_minutes,
            "first_response_minutes": shown.first_response_minutes,
            "next_response_minutes": shown.next_response_minutes,
            "steps": shown.steps.all(),
            "faults": [],
            "running_elsewhere": selectors.running_elsewhere(version=shown),
        }
        if shown.status == Status.DRAFT:
            row["faults"] = [*definition_faults(version=shown), *staffing_faults(version=shown)]
        body = shapes.DefinitionOutput(row).data
        return Response(body, status=status, headers={"ETag": etag(shown.revision)})


class WorkflowListApi(DefinitionView):
    serializer_class = WorkflowOutput

    @extend_schema(
        operation_id="workflow_list", parameters=[shapes.WorkflowListQuery], responses=WorkflowOutput(many=True)
    )
    def get(self, request: Request) -> Response:
        """Published definitions; with `scope=all` the newest version of every workflow."""
        query = read_query(shapes.WorkflowListQuery, request)
        everything = query["scope"] == "all"
        rows = selectors.workflow_newest() if everything else selectors.workflow_list()
        page: Sequence[Any] = self.paginate_queryset(rows) or []
        return self.get_paginated_response(WorkflowOutput(page, many=True).data)

    @extend_schema(
        operation_id="workflow_create", request=shapes.DefinitionInput, responses={201: shapes.DefinitionOutput}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """An Admin makes a workflow, with version 1 as a draft."""
        given = shapes.DefinitionInput(data=request.data)
        given.is_valid(raise_exception=True)
        key = given.validated_data["key"]
        try:
            with transaction.atomic():
                if Workflow.objects.filter(key=key).exists():
                    raise WorkflowKeyTaken
                version = version_draft(spec=given.spec(key=key))
        except IntegrityError:
            raise WorkflowKeyTaken from None
        return self.answer(version, status=201)


class VersionListApi(DefinitionView):
    serializer_class = shapes.VersionOutput
    ordering = ("-number",)

    @extend_schema(operation_id="workflow_version_list", responses=shapes.VersionOutput(many=True))
    def get(self, request: Request, id: UUID) -> Response:
        """Every version, newest first, with the number of tasks that run on it."""
        page: Sequence[Any] = self.paginate_queryset(selectors.version_list(workflow_id=id)) or []
        return self.get_paginated_response(shapes.VersionOutput(page, many=True).data)

    @extend_schema(operation_id="workflow_version_create", request=NoInput, responses={201: shapes.DefinitionOutput})
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """An Admin begins the next version: a draft that says what the newest one does."""
        NoInput.check(request)
        with transaction.atomic():
            workflow = selectors.workflow_get(workflow_id=id)
            Workflow.objects.select_for_update(no_key=True).get(pk=workflow.pk)
            newest = workflow.versions.order_by("-number")[:1].get()
            if newest.status == Status.DRAFT:
                raise DraftExists(number=newest.number)
            version = version_draft(spec=spec_of(newest))
        return self.answer(version, status=201)


class VersionApi(DefinitionView):
    @extend_schema(operation_id="workflow_version_get", responses=shapes.DefinitionOutput)
    def get(self, request: Request, id: UUID, number: int) -> Response:
        """A version with its steps; of a draft with every fault that keeps it from being published."""
        return self.answer(selectors.version_get(workflow_id=id, number=number))

    @extend_schema(
        operation_id="workflow_version_change",
        request=shapes.DefinitionChangeInput,
        parameters=[IF_MATCH],
        responses=shapes.DefinitionOutput,
    )
    def put(self, request: Request, id: UUID, number: int) -> Response:
        """An Admin rewrites a draft."""
        given = shapes.DefinitionChangeInput(data=request.data)
        with transaction.atomic():
            version = selectors.version_get(workflow_id=id, number=number, lock=True)
            require_match(request, version.revision)
            given.is_valid(raise_exception=True)
            version_replace(version=version, spec=given.spec(key=version.workflow.key))
        return self.answer(version)

    @extend_schema(operation_id="workflow_version_delete", responses={204: None})
    def delete(self, request: Request, id: UUID, number: int) -> Response:
        """An Admin drops a draft, and the workflow with it when it has no other version."""
        with transaction.atomic():
            draft_delete(version=selectors.version_get(workflow_id=id, number=number, lock=True))
        return Response(status=204)


class VersionPublicationApi(DefinitionView):
    @extend_schema(operation_id="workflow_version_publish", request=NoInput, responses=shapes.DefinitionOutput)
    @idempotent
    def post(self, request: Request, id: UUID, number: int) -> Response:
        """An Admin publishes a draft; tasks that run stay on their versions, which `running_elsewhere` lists."""
        NoInput.check(request)
        version = selectors.version_get(workflow_id=id, number=number)
        version_publish(version=version, must_be_staffed=True)
        return self.answer(version)


class WorkflowRetirementApi(DefinitionView):
    @extend_schema(operation_id="workflow_retire", request=NoInput, responses={204: None})
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """An Admin lets a workflow take no new tickets; tasks that run go on."""
        NoInput.check(request)
        workflow_retire(workflow=selectors.workflow_get(workflow_id=id))
        return Response(status=204)


class WorkflowMigrationApi(DefinitionView):
    @extend_schema(operation_id="workflow_migrate", request=shapes.MigrationInput, responses=shapes.MigrationOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """An Admin brings the running tasks of the other versions to a published one; by default only as a dry run."""
        given = shapes.MigrationInput(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        to = selectors.version_get(workflow_id=id, number=asked["to"])
        # A look ahead is possible while it is a draft: who would be concerned is known before it is published.
        if to.status != Status.PUBLISHED and not (asked["dry_run"] and to.status == Status.DRAFT):
            raise NotPublished(f"Version {to.number} is {to.status}.")
        done = tasks_migrate(to=to, steps=asked["steps"], dry_run=asked["dry_run"])
        body = {"dry_run": asked["dry_run"], "changes": done.changes, "more": done.more}
        return Response(shapes.MigrationOutput(body).data)
