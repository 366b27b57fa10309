"""ticket_service: a ticket from filing to closing, and what is done with several."""

from collections.abc import Callable

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


STORIES: tuple[Callable[[Cast], None], ...] = (reading, one_ticket, files, relatives, decisions, to_the_end)
