"""ticket_service: a ticket from filing to closing, and what is done with several."""

import secrets
import uuid
from collections.abc import Callable
from typing import Any

from suite.polling import until

from tests.fuzz.cast import Cast

TICKETS = "/api/v1/tickets/"
TICKET = "/api/v1/tickets/{id}/"


def reading(cast: Cast) -> None:
    cast.employee.call("GET /api/v1/categories/")
    cast.coordinator.call(f"GET {TICKETS}", query={"limit": 5})
    cast.coordinator.call(f"GET {TICKETS}export/")
    cast.peer("workflow-api").call("GET /internal/events", query={"after": 0, "limit": 5})


def one_ticket(cast: Cast) -> None:
    body = {"subject": "No sound", "description": "Since the update.", "category": "it-support", "priority": "High"}
    ticket = cast.employee.call(f"POST {TICKETS}", body)
    here = {"id": ticket["id"]}
    cast.employee.call(f"GET {TICKET}", **here)
    cast.coordinator.call(f"PATCH {TICKET}", {"priority": "Low"}, **here)
    cast.employee.call(f"GET {TICKET}history/", **here)
    cast.coordinator.call(f"PUT {TICKET}tags/{{tag}}/", tag="vip", **here)
    cast.coordinator.call(f"DELETE {TICKET}tags/{{tag}}/", tag="vip", **here)
    cast.employee.call(f"POST {TICKET}withdrawal/", **here)


def categories(cast: Cast) -> None:
    slug = f"c{secrets.token_hex(4)}"
    field = {"name": "serial", "label": "Serial number", "type": "text"}
    cast.admin.call("POST /api/v1/categories/", {"slug": slug, "name": "Printers", "custom_fields": [field]})
    cast.employee.call("GET /api/v1/categories/{slug}/", slug=slug)
    cast.admin.call("PATCH /api/v1/categories/{slug}/", {"is_active": False}, slug=slug)


def kept(cast: Cast) -> None:
    """A view, a canned reply and a macro, each from its making to its end."""
    view = cast.agent.call("POST /api/v1/views/", {"name": _name(), "filters": {"status": "New"}})
    reply = cast.agent.call("POST /api/v1/canned-replies/", {"name": _name(), "body": "Hello {{requester.name}}"})
    macro = cast.agent.call("POST /api/v1/macros/", {"name": _name(), "actions": {"priority": "High"}})
    cast.coordinator.call(f"GET {TICKET}canned-replies/{{reply_id}}/", **_for_a_ticket(cast))
    for place, one in (("views", view), ("canned-replies", reply), ("macros", macro)):
        here = {"id": one["id"]}
        cast.agent.call(f"GET /api/v1/{place}/")
        cast.agent.call(f"GET /api/v1/{place}/{{id}}/", **here)
        cast.agent.call(f"PATCH /api/v1/{place}/{{id}}/", {"name": _name()}, **here)
        cast.agent.call(f"DELETE /api/v1/{place}/{{id}}/", **here)


def macros(cast: Cast) -> None:
    """One that changes a ticket and writes a note, looked at and applied."""
    actions = {"add_tags": ["supplier"], "reply": {"visibility": "internal", "body": "Ask {{requester.name}}"}}
    macro = cast.coordinator.call("POST /api/v1/macros/", {"name": _name(), "actions": actions})
    here = {"id": cast.ticket()["id"], "macro_id": macro["id"]}
    cast.coordinator.call(f"GET {TICKET}macros/{{macro_id}}/", **here)
    cast.coordinator.call(f"POST {TICKET}macros/{{macro_id}}/application/", headers={"If-Match": "*"}, **here)


def recurring(cast: Cast) -> None:
    """A template, and tickets that recur by it."""
    body = {"name": _name(), "subject": "Backups", "description": "All.", "category": "it-support", "is_shared": True}
    template = cast.coordinator.call("POST /api/v1/ticket-templates/", body)
    of_it = {"id": template["id"]}
    cast.coordinator.call("GET /api/v1/ticket-templates/")
    cast.coordinator.call("GET /api/v1/ticket-templates/{id}/", **of_it)
    cast.coordinator.call("PATCH /api/v1/ticket-templates/{id}/", {"is_offered": True}, **of_it)
    times = {"rule": "FREQ=WEEKLY;BYDAY=MO", "starts_on": "2026-01-01", "time": "09:00", "time_zone": "Europe/Berlin"}
    cast.coordinator.call("GET /api/v1/ticket-schedules/preview/", query=times)
    body = {"name": "Mondays", "template_id": template["id"], **times}
    here = {"id": cast.coordinator.call("POST /api/v1/ticket-schedules/", body)["id"]}
    cast.coordinator.call("GET /api/v1/ticket-schedules/")
    cast.coordinator.call("GET /api/v1/ticket-schedules/{id}/", **here)
    cast.coordinator.call("GET /api/v1/ticket-schedules/{id}/tickets/", **here)
    cast.coordinator.call("PATCH /api/v1/ticket-schedules/{id}/", {"is_active": False}, **here)
    cast.coordinator.call("DELETE /api/v1/ticket-schedules/{id}/", **here)
    cast.coordinator.call("DELETE /api/v1/ticket-templates/{id}/", **of_it)


def imports(cast: Cast) -> None:
    """One with a row that will not do, and one that is called off."""
    rows = "subject,description,category\nNo sound,At all,it-support\n,Nothing,nowhere\n"
    one = _import(cast, rows)
    here = {"id": one["id"]}
    until("an import that is done", lambda: cast.coordinator.call("GET /api/v1/imports/{id}/", **here)["finished_at"])
    cast.coordinator.call("GET /api/v1/imports/{id}/refusals/", **here)
    cast.coordinator.call("GET /api/v1/imports/")
    long = _import(cast, "subject,description,category\n" + "No sound,At all,it-support\n" * 20_000)
    cast.coordinator.call("POST /api/v1/imports/{id}/cancellation/", id=long["id"])


def by_mail(cast: Cast) -> None:
    body = {"requester_id": cast.user_id("employee"), "subject": "Help", "description": "!", "category": "it-support"}
    cast.peer("messaging").call("PUT /internal/tickets/{id}/", body, media="multipart/form-data", id=str(uuid.uuid4()))


def figures(cast: Cast) -> None:
    cast.coordinator.call("GET /api/v1/statistics/")


def files(cast: Cast) -> None:
    here = {"id": cast.ticket()["id"]}
    media = "multipart/form-data"
    sent = cast.employee.call(f"POST {TICKET}attachments/", {"file": b"the screen stays black"}, media=media, **here)
    listed = cast.employee.call(f"GET {TICKET}attachments/", **here)["results"]
    place = f"GET {TICKET}attachments/{{attachment_id}}/content/"
    cast.employee.call(place, attachment_id=(listed or [sent])[0]["id"], **here)


def relatives(cast: Cast) -> None:
    one, other, third = cast.ticket(), cast.ticket(), cast.ticket()
    here = {"id": one["id"]}
    link = cast.coordinator.call(f"POST {TICKET}links/", {"relation": "relates", "to": other["number"]}, **here)
    cast.coordinator.call(f"GET {TICKET}links/", **here)
    cast.coordinator.call(f"DELETE {TICKET}links/{{link_id}}/", link_id=link["id"], **here)
    user = cast.coordinator.client.read(f"{cast.running.url('auth-service')}/api/v1/me/")["id"]
    cast.coordinator.call(f"POST {TICKET}watchers/", {"user_id": user}, **here)
    cast.employee.call(f"GET {TICKET}watchers/", **here)
    cast.coordinator.call(f"DELETE {TICKET}watchers/{{user_id}}/", user_id=user, **here)
    cast.coordinator.call(f"POST {TICKET}merger/", {"into": other["id"]}, id=third["id"])


def decisions(cast: Cast) -> None:
    cast.coordinator.call(f"POST {TICKET}rejection/", {"reason": "Not ours."}, id=cast.ticket()["id"])
    ticket = cast.ticket()
    now = cast.coordinator.call(f"GET {TICKET}", id=ticket["id"])
    body = {"action": "tag", "tag": "wave", "tickets": [{"id": ticket["id"], "version": now["version"]}]}
    cast.coordinator.call(f"POST {TICKETS}bulk/", body)


def to_the_end(cast: Cast) -> None:
    ticket = cast.ticket()
    here = {"id": ticket["id"]}
    _work(cast, ticket)
    _until_resolved(cast, ticket)
    cast.employee.call(f"POST {TICKET}rating/", {"rating": 5, "comment": "Quick."}, **here)
    cast.employee.call(f"POST {TICKET}reopening/", {"reason": "It is back."}, **here)
    other = cast.ticket()
    _work(cast, other)
    _until_resolved(cast, other)
    cast.employee.call(f"POST {TICKET}closure/", {}, id=other["id"])


def _name() -> str:
    return f"Mine {secrets.token_hex(4)}"


def _for_a_ticket(cast: Cast) -> dict[str, Any]:
    body = {"name": _name(), "body": "Hello {{requester.name}}"}
    reply = cast.coordinator.call("POST /api/v1/canned-replies/", body)
    return {"id": cast.ticket()["id"], "reply_id": reply["id"]}


def _import(cast: Cast, rows: str) -> dict[str, Any]:
    body = {"file": rows.encode(), "is_dry_run": True}
    return dict(cast.coordinator.call("POST /api/v1/imports/", body, media="multipart/form-data"))


def _work(cast: Cast, ticket: dict[str, object]) -> None:
    """Every step of its task by whoever it is assigned to."""
    workflow = cast.at("workflow-api")
    for _ in range(10):
        task = cast.task(ticket)
        if task["status"] == "completed":
            return
        assignee = workflow.account(cast.username(task["assignee"]["id"]))
        if task["status"] != "in_progress":
            assignee.call("POST /api/v1/tasks/{id}/start/", id=task["id"])
        way = assignee.call("GET /api/v1/tasks/{id}/", id=task["id"])["transitions"][0]["key"]
        assignee.call("POST /api/v1/tasks/{id}/completion/", {"transition": way, "notes": "Done."}, id=task["id"])


def _until_resolved(cast: Cast, ticket: dict[str, object]) -> None:
    url = f"{cast.service.url}{TICKETS}{ticket['id']}/"
    until("a resolved ticket", lambda: cast.employee.client.read(url)["status"] == "Resolved")


def what_could_not_be_handled(cast: Cast) -> None:
    cast.dead_letter()
    letter = cast.admin.call("GET /api/v1/dead-letters/")["results"][0]
    cast.admin.call("POST /api/v1/dead-letters/{id}/replay/", id=letter["id"])
    cast.failed_job()
    job = cast.admin.call("GET /api/v1/failed-jobs/")["results"][0]
    cast.admin.call("POST /api/v1/failed-jobs/{id}/retry/", id=job["id"])


STORIES: tuple[Callable[[Cast], None], ...] = (
    reading,
    one_ticket,
    categories,
    kept,
    macros,
    recurring,
    files,
    relatives,
    decisions,
    to_the_end,
    by_mail,
    imports,
    figures,
    what_could_not_be_handled,
)
