"""notification_service: the inbox, preferences, words, deliveries and where else they go."""

import base64
import datetime
import re
import secrets
import uuid
from collections.abc import Callable

import requests
from suite.console import Failure
from suite.polling import until

from tests.fuzz.cast import PROVIDER_SECRET, Cast

NOTICE = "/api/v1/inbox/{id}/"
TEMPLATE = "/api/v1/templates/{key}/{channel}/"
WORDS = {"subject": "Ticket {{ number }}", "text": "Something happened to {{ number }}."}


def inbox(cast: Cast) -> None:
    ticket = cast.ticket()
    url = f"{cast.service.url}/api/v1/inbox/?ticket={ticket['number']}"
    notice = until("a notice", lambda: cast.employee.client.read(url)["results"])[0]
    here = {"id": notice["id"]}
    cast.employee.call("GET /api/v1/inbox/")
    cast.employee.call("GET /api/v1/inbox/unread-count/")
    cast.employee.call(f"POST {NOTICE}read/", **here)
    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).isoformat()
    cast.employee.call(f"PUT {NOTICE}snooze/", {"until": tomorrow}, **here)
    cast.employee.call(f"DELETE {NOTICE}snooze/", **here)
    cast.employee.call(f"POST {NOTICE}archival/", **here)
    cast.employee.call(f"DELETE {NOTICE}archival/", **here)
    cast.employee.call("POST /api/v1/inbox/read/")
    cast.employee.call("POST /api/v1/inbox/archival/")
    cast.employee.call("GET /api/v1/why/", query={"event": notice["event_id"]})


def live(cast: Cast) -> None:
    """Its answer has no end, so schemathesis cannot read it: the first event is enough."""
    ticket = cast.ticket()
    inbox = f"{cast.service.url}/api/v1/inbox/?ticket={ticket['number']}"
    until("a notice", lambda: cast.employee.client.read(inbox)["results"])
    url = f"http://127.0.0.1:{cast.service.live_port}/api/v1/live/inbox/?after=0"
    with requests.get(url, headers=cast.employee.headers(), stream=True, timeout=30) as answer:
        cast.record.add("GET /api/v1/live/inbox/", answer.status_code)
        first = next(line for line in answer.iter_lines() if line.startswith(b"event:"))
    if first != b"event: notice":
        raise Failure(f"the live inbox began with {first!r}")


def preferences(cast: Cast) -> None:
    cast.employee.call("GET /api/v1/preferences/")
    body = {"on": True, "digest_minutes": 60}
    cast.employee.call("PUT /api/v1/preferences/{kind}/{channel}/", body, kind="comment_added", channel="email")
    cast.employee.call("PUT /api/v1/quiet-hours/", {"start": "22:00:00", "end": "06:00:00"})
    cast.employee.call("DELETE /api/v1/quiet-hours/")


def words(cast: Cast) -> None:
    cast.admin.call("GET /api/v1/templates/")
    here = {"key": "ticket_received", "channel": "email"}
    cast.admin.call(f"GET {TEMPLATE}", **here)
    cast.admin.call(f"POST {TEMPLATE}preview/", WORDS, **here)
    cast.admin.call(f"PUT {TEMPLATE}", WORDS, **here)
    cast.admin.call(f"GET {TEMPLATE}versions/", **here)
    cast.admin.call("POST /api/v1/templates/{key}/email/test-message/", key="ticket_received")


def deliveries(cast: Cast) -> None:
    ticket = cast.ticket()
    url = f"{cast.service.url}/api/v1/deliveries/?ticket={ticket['number']}&state=sent"
    sent = until("a sent e-mail", lambda: cast.admin.client.read(url)["results"])[0]
    cast.admin.call("GET /api/v1/deliveries/", query={"limit": 5})
    cast.admin.call("GET /api/v1/deliveries/{id}/", id=sent["id"])
    cast.admin.call("POST /api/v1/deliveries/{id}/resending/", id=sent["id"])
    comment = {"client_id": str(uuid.uuid4()), "visibility": "public", "body": "We are on it."}
    there = cast.at("messaging").coordinator
    there.soon("POST /api/v1/tickets/{ticket_id}/comments/", comment, ticket_id=ticket["id"])
    text = cast.mail(ticket["number"], "List-Unsubscribe:").replace("\n ", "")
    token = re.search(r"unsubscribe/([^/>\s]+)/", text).group(1)
    cast.nobody.call("GET /api/v1/unsubscribe/{token}/", token=token)
    cast.nobody.call("POST /api/v1/unsubscribe/{token}/", token=token)


def elsewhere(cast: Cast) -> None:
    body = {"name": f"Hook {secrets.token_hex(4)}", "channel": "webhook", "kinds": ["ticket_received"]}
    endpoint = cast.admin.call("POST /api/v1/endpoints/", {**body, "url": "https://hooks.example.com/tts"})
    here = {"id": endpoint["id"]}
    cast.admin.call("GET /api/v1/endpoints/")
    cast.admin.call("GET /api/v1/endpoints/{id}/", **here)
    cast.admin.call("PATCH /api/v1/endpoints/{id}/", {"is_active": False}, **here)
    cast.admin.call("DELETE /api/v1/endpoints/{id}/", **here)


def what_went_wrong(cast: Cast) -> None:
    cast.dead_letter()
    letter = cast.admin.call("GET /api/v1/dead-letters/")["results"][0]
    cast.admin.call("POST /api/v1/dead-letters/{id}/replay/", id=letter["id"])
    cast.failed_job()
    job = cast.admin.call("GET /api/v1/failed-jobs/")["results"][0]
    cast.admin.call("POST /api/v1/failed-jobs/{id}/retry/", id=job["id"])
    cast.execute(
        "INSERT INTO notifications_suppression (id, address, reason, created_at) VALUES (%s, %s, 'bounced', now())",
        str(uuid.uuid4()),
        "gone@example.com",
    )
    secret = base64.b64encode(PROVIDER_SECRET.encode()).decode()
    report = {"RecordType": "Bounce", "Type": "HardBounce", "Email": "gone@example.com", "Metadata": {}}
    headers = {"Authorization": f"Basic {secret}"}
    cast.nobody.call("POST /api/v1/mail-reports/{provider}/", report, headers=headers, provider="postmark")
    suppression = cast.admin.call("GET /api/v1/suppressions/")["results"][0]
    cast.admin.call("DELETE /api/v1/suppressions/{id}/", id=suppression["id"])


def reading(cast: Cast) -> None:
    cast.peer("ticket-service").call("GET /internal/events", query={"after": 0, "limit": 5})


STORIES: tuple[Callable[[Cast], None], ...] = (
    inbox,
    live,
    preferences,
    words,
    deliveries,
    elsewhere,
    what_went_wrong,
    reading,
)
