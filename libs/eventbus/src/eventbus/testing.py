"""For the tests of services: what was published, events to consume, jobs to run, and the contract of both."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from eventbus import conf, inbox, jobs
from eventbus.models import Job, OutboxEvent
from eventbus.registry import consumers
from servicekit.ids import uuid7
from servicekit.testing.repository import repository_root


def published(event_type: str | None = None) -> list[dict[str, Any]]:
    """The envelopes published so far in this test, oldest first, of one type or all."""
    rows = OutboxEvent.objects.order_by("id")
    if event_type:
        rows = rows.filter(type=event_type)
    return [row.envelope for row in rows]


def sample(event_type: str) -> dict[str, Any]:
    """The contract's sample of an event."""
    content: dict[str, Any] = json.loads((_contracts() / "samples" / f"{event_type}.json").read_text())
    return content


def deliver(
    event_type: str,
    *,
    data: dict[str, Any] | None = None,
    change: dict[str, Any] | None = None,
    version: int = 1,
    event_id: UUID | str | None = None,
    **envelope: Any,
) -> inbox.Outcome:
    """Push an event through the inbox: the contract's sample with the given parts of `data` and `change` replaced.

    Any field of the envelope may be given too. What results must itself be valid by the contract.
    """
    event = sample(event_type)
    event["data"].update(data or {})
    event["change"].update(change or {})
    event.update({"event_id": str(event_id or uuid7()), "version": version, "aggregate_id": event["data"]["id"]})
    event.update(envelope)
    event = json.loads(json.dumps(event, default=str))
    validate = conf.validator()
    if validate:
        validate(event)
    return inbox.receive(event)


def deliver_sample(event_type: str) -> inbox.Outcome:
    """Push the contract's sample, unchanged, through the inbox."""
    return inbox.receive(sample(event_type))


def run_jobs() -> int:
    """Run every job that is due now, once each. Returns how many ran."""
    count = 0
    for row in Job.objects.filter(state=Job.State.PENDING).order_by("next_attempt_at"):
        jobs._claim(row)
        jobs._run(row)
        count += 1
    return count


class ContractEventsMixin:
    """Holds the service's events to contracts/: add it to a `TestCase` of each service."""

    def test_consumes_exactly_what_the_contract_says(self) -> None:
        """A handler for each event that names this service as consumer, and for no other."""
        self.assertEqual(sorted(consumers), _types("x-consumers"))  # type: ignore[attr-defined]

    def test_every_consumed_sample_decodes(self) -> None:
        """The slices that the handlers declare fit the contract's samples."""
        import msgspec

        for event_type, handlers in consumers.items():
            envelope = sample(event_type)
            for consumer in handlers:
                with self.subTest(event_type):  # type: ignore[attr-defined]
                    msgspec.convert(envelope["data"], consumer.data)
                    if consumer.change:
                        msgspec.convert(envelope["change"], consumer.change)


def produced_types() -> list[str]:
    """Every event type that the contract has this service produce, sorted."""
    return _types("x-producer")


def _types(role: str) -> list[str]:
    found = []
    for path in (_contracts() / "events").glob("*.schema.json"):
        schema = json.loads(path.read_text())
        if conf.service() in schema[role] if role == "x-consumers" else conf.service() == schema[role]:
            found.append(schema["title"])
    return sorted(found)


def _contracts() -> Path:
    return repository_root() / "contracts"
