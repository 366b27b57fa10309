"""OpenAPI 3.1: what every operation has in common is written into the document here, once."""

import functools
import threading
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from servicekit.problems import CONTENT_TYPE

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description="A repetition with the same key and body gets the first answer and has no second effect.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description='The ETag that the change is based on, such as `"7"`.',
)

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "pattern": "^[a-z0-9_]+$"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "detail")},
            },
        },
    },
}


class AutoSchema(SpectacularAutoSchema):
    """drf-spectacular's, with the header of methods that `servicekit.idempotency.idempotent` decorates."""

    def get_override_parameters(self) -> list[Any]:
        names = (getattr(self.view, "action", None), self.method.lower())
        method = next((found for name in names if name and (found := getattr(self.view, name, None))), None)
        return [IDEMPOTENCY_KEY] if getattr(method, "takes_idempotency_key", False) else []


def add_problem_answers(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A drf-spectacular hook: every operation may answer a problem (RFC 9457), whatever the status."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    answer = {
        "description": "An error.",
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for operations in result.get("paths", {}).values():
        for operation in operations.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"].setdefault("default", answer)
    return result


_making = threading.Lock()


@functools.cache
def _make_document() -> dict[str, Any]:
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return document


def document() -> dict[str, Any]:
    """This service's OpenAPI document, made once per process: making it takes a good part of a second."""
    with _making:
        return _make_document()


class SchemaApi(APIView):
    """The OpenAPI document of this service, for anyone."""

    schema = None
    authentication_classes = []
    permission_classes = [AllowAny]
    renderer_classes = [OpenApiJsonRenderer, OpenApiJsonRenderer2]

    def get(self, request: Request) -> Response:
        """Answer the document as `application/vnd.oai.openapi+json` or `application/json`."""
        return Response(document())
