"""messaging: a conversation with replies, notes, files, reactions, and its live stream."""

import uuid
from collections.abc import Callable
from typing import Any

import requests
from suite.console import Failure

from tests.fuzz.cast import Cast

COMMENTS = "/api/v1/tickets/{ticket_id}/comments/"
COMMENT = f"{COMMENTS}{{comment_id}}/"


def conversation(cast: Cast) -> None:
    here = {"ticket_id": cast.ticket()["id"]}
    comment = cast.employee.soon(f"POST {COMMENTS}", _comment("Any news?"), **here)
    one = {**here, "comment_id": comment["id"]}
    cast.coordinator.call(f"GET {COMMENTS}", **here)
    cast.coordinator.call(f"GET {COMMENT}", **one)
    cast.employee.call(f"PATCH {COMMENT}", {"body": "Any good news?"}, **one)
    cast.employee.call(f"GET {COMMENT}history/", **one)
    cast.coordinator.call(f"PUT {COMMENT}reactions/{{sign}}/", sign="heart", **one)
    cast.coordinator.call(f"DELETE {COMMENT}reactions/{{sign}}/", sign="heart", **one)
    cast.employee.call("GET /api/v1/tickets/{ticket_id}/stream/", **here)
    cast.employee.call("GET /api/v1/tickets/{ticket_id}/read/", **here)
    cast.employee.call("PUT /api/v1/tickets/{ticket_id}/read/", {"seq": 1}, **here)
    cast.employee.call("POST /api/v1/tickets/{ticket_id}/typing/", {"visibility": "public"}, **here)
    cast.employee.call(f"DELETE {COMMENT}", **one)


def files(cast: Cast) -> None:
    here = {"ticket_id": cast.ticket()["id"]}
    body = {**_comment("See the log."), "attachments": [b"the screen stays black"]}
    comment = cast.employee.soon(f"POST {COMMENTS}", body, media="multipart/form-data", **here)
    file = comment["attachments"][0]["id"]
    place = f"GET {COMMENT}attachments/{{attachment_id}}/content/"
    cast.employee.call(place, comment_id=comment["id"], attachment_id=file, **here)


def live(cast: Cast) -> None:
    """Its answer has no end, so schemathesis cannot read it: the first event is enough."""
    here = {"ticket_id": cast.ticket()["id"]}
    cast.employee.soon(f"POST {COMMENTS}", _comment("Hello?"), **here)
    url = f"http://127.0.0.1:{cast.service.live_port}/api/v1/live/tickets/{here['ticket_id']}/?after=0"
    with requests.get(url, headers=cast.employee.headers(), stream=True, timeout=30) as answer:
        cast.record.add("GET /api/v1/live/tickets/{ticket_id}/", answer.status_code)
        first = next(line for line in answer.iter_lines() if line.startswith(b"event:"))
    if b"comment.created" not in first:
        raise Failure(f"the live stream began with {first!r}")


def desk(cast: Cast) -> None:
    """What is not one ticket's: search, who is there, and mails that came in, of which no server brings one here."""
    here = {"ticket_id": cast.ticket()["id"]}
    word = f"zebra{uuid.uuid4().hex[:8]}"
    cast.employee.soon(f"POST {COMMENTS}", _comment(f"It printed a {word}."), **here)
    found = cast.coordinator.call("GET /api/v1/comments/", query={"q": word})["results"]
    if len(found) != 1:
        raise Failure(f"{len(found)} comments with {word} were found")
    cast.coordinator.call("GET /api/v1/tickets/{ticket_id}/presence/", **here)
    cast.coordinator.call("GET /api/v1/tickets/{ticket_id}/mention-candidates/", query={"q": "e"}, **here)
    cast.admin.call("GET /api/v1/mails/")


def reading(cast: Cast) -> None:
    cast.peer("ticket-service").call("GET /internal/events", query={"after": 0, "limit": 5})


def _comment(text: str) -> dict[str, Any]:
    return {"client_id": str(uuid.uuid4()), "visibility": "public", "body": text}


def what_could_not_be_handled(cast: Cast) -> None:
    cast.dead_letter()
    letter = cast.admin.call("GET /api/v1/dead-letters/")["results"][0]
    cast.admin.call("POST /api/v1/dead-letters/{id}/replay/", id=letter["id"])
    cast.failed_job()
    job = cast.admin.call("GET /api/v1/failed-jobs/")["results"][0]
    cast.admin.call("POST /api/v1/failed-jobs/{id}/retry/", id=job["id"])


STORIES: tuple[Callable[[Cast], None], ...] = (conversation, files, live, desk, what_could_not_be_handled, reading)
