"""Sentry and OpenTelemetry, each switched on by its own environment variable and otherwise not even imported.

`SENTRY_DSN`: errors go to Sentry. `OTEL_EXPORTER_OTLP_ENDPOINT` (or `..._TRACES_ENDPOINT`): spans go there by
OTLP/HTTP; `OTEL_SDK_DISABLED=true` wins. Both read their other variables themselves, such as
`SENTRY_TRACES_SAMPLE_RATE`, `OTEL_TRACES_SAMPLER` and `OTEL_RESOURCE_ATTRIBUTES`.
"""

import importlib
import os
from collections.abc import Mapping
from typing import Any

from jsonlog import context
from jsonlog.plain import plain

_OTLP = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_INSTRUMENTORS = (
    ("opentelemetry.instrumentation.django", "DjangoInstrumentor"),
    ("opentelemetry.instrumentation.celery", "CeleryInstrumentor"),
    ("opentelemetry.instrumentation.urllib3", "URLLib3Instrumentor"),
)


class TelemetryMissing(Exception):
    """A variable asks for a package that is not installed."""


def start(
    *, service: str, version: str = "", environment: str = "", variables: Mapping[str, str] = os.environ
) -> list[str]:
    """Starts what the variables ask for; answers which: `sentry`, `opentelemetry`. Raises `TelemetryMissing`.

    Call it once in every process, for instance in an AppConfig's `ready`.
    """
    started = []
    if variables.get("SENTRY_DSN"):
        _start_sentry(variables["SENTRY_DSN"], service, version, environment)
        started.append("sentry")
    wanted = any(variables.get(name) for name in _OTLP)
    if wanted and variables.get("OTEL_SDK_DISABLED", "").lower() != "true":
        _start_opentelemetry(service, version, environment)
        started.append("opentelemetry")
    return started


def _start_sentry(dsn: str, service: str, version: str, environment: str) -> None:
    sentry = _import("sentry_sdk", "SENTRY_DSN", "sentry")
    sentry.init(
        dsn=dsn,
        release=f"{service}@{version}" if version else None,
        environment=environment or None,
        server_name=service,
        send_default_pii=False,
        # The values of variables hold passwords, and no pattern finds them all.
        include_local_variables=False,
        max_request_body_size="never",
        before_send=_without_secrets,
        before_breadcrumb=_without_secrets,
    )


def _without_secrets(event: Any, hint: Any) -> Any:
    """Sentry's hook: the same redaction as in the log, with the same ids to find the lines by."""
    bound = context.current()
    if bound.request_id is not None and isinstance(event.get("tags", {}), dict) and "event_id" in event:
        event.setdefault("tags", {})["request_id"] = bound.request_id
    return {key: value if key in _SENTRYS_OWN else plain_deep(value) for key, value in event.items()}


# Sentry's own, which hold nothing of ours and must keep their form.
_SENTRYS_OWN = frozenset(
    {"event_id", "timestamp", "start_timestamp", "sdk", "modules", "platform", "level", "type"}
    | {"release", "environment", "server_name"}
)


def plain_deep(value: Any) -> Any:
    """As `plain`, with the depth and size that an event of Sentry has."""
    return plain(value, depth=24, nodes=20_000)


def _start_opentelemetry(service: str, version: str, environment: str) -> None:
    variable, extra = _OTLP[0], "otel"
    api = _import("opentelemetry.trace", variable, extra)
    sdk = _import("opentelemetry.sdk.trace", variable, extra)
    export = _import("opentelemetry.sdk.trace.export", variable, extra)
    resources = _import("opentelemetry.sdk.resources", variable, extra)
    otlp = _import("opentelemetry.exporter.otlp.proto.http.trace_exporter", variable, extra)
    labels = {"service.name": service, "service.version": version, "deployment.environment.name": environment}
    # What the operator says in OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME wins.
    resource = resources.Resource(labels).merge(resources.Resource.create({}))
    named = {"service.name": service} if "OTEL_SERVICE_NAME" not in os.environ else {}
    provider = sdk.TracerProvider(resource=resource.merge(resources.Resource(named)))
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    api.set_tracer_provider(provider)
    for module, name in _INSTRUMENTORS:
        try:
            instrumentor = getattr(importlib.import_module(module), name)
        except ImportError:  # each is of use only where its library is
            continue
        instrumentor().instrument()


def _import(module: str, variable: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise TelemetryMissing(
            f"{variable} is set, but {error.name} is not installed: install tts-jsonlog[{extra}], or unset it."
        ) from error
