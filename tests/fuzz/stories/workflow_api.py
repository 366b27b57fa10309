"""workflow_api: tasks through every action, calendars, definitions, and an event that cannot be handled."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from suite.console import Failure
from suite.polling import until

from tests.fuzz.cast import Actor, Cast

TASK = "/api/v1/tasks/{id}/"
WORKFLOW = "/api/v1/workflows/{id}/"
VERSION = f"{WORKFLOW}versions/{{number}}/"
WEEK = {day: [["08:00", "12:00"], ["13:00", "17:00"]] for day in ("monday", "tuesday", "wednesday", "thursday")} | {
    day: [] for day in ("friday", "saturday", "sunday")
}


def reading(cast: Cast) -> None:
    for path in ("workflows", "calendars", "tasks"):
        cast.admin.call(f"GET /api/v1/{path}/")
    workflow = cast.admin.call("GET /api/v1/workflows/")["results"][0]
    cast.admin.call("GET /api/v1/workflows/{id}/", id=workflow["id"])
    cast.admin.call("GET /api/v1/workflows/{id}/graph/", id=workflow["id"])
    cast.coordinator.call("POST /api/v1/routing/preview/", {"category": "it-support", "priority": "High"})
    cast.peer("ticket-service").call("GET /internal/events", query={"after": 0, "limit": 5})


def calendars(cast: Cast) -> None:
    body = {"key": f"c{secrets.token_hex(4)}", "name": "Four days", "time_zone": "Europe/Berlin", "week": WEEK}
    calendar = cast.admin.call("POST /api/v1/calendars/", body)
    here = {"id": calendar["id"]}
    cast.admin.call("GET /api/v1/calendars/{id}/", **here)
    changed = {"name": "Four days", "time_zone": "UTC", "week": WEEK, "holidays": ["2027-01-01"]}
    cast.admin.call("PUT /api/v1/calendars/{id}/", changed, **here)
    cast.admin.call("POST /api/v1/calendars/{id}/preview/", {"time_zone": "UTC", "week": WEEK}, **here)


def absences(cast: Cast) -> None:
    now = datetime.now(UTC)
    body = {"begins_at": (now + timedelta(days=300)).isoformat(), "ends_at": (now + timedelta(days=301)).isoformat()}
    body["substitute_id"] = cast.user_id("agent2")
    absence = cast.agent.call("POST /api/v1/absences/", body)
    cast.agent.call("GET /api/v1/absences/")
    cast.agent.call("POST /api/v1/absences/{id}/ending/", id=absence["id"])


def reports(cast: Cast) -> None:
    for name in ("load", "roles", "sla", "steps", "throughput"):
        cast.coordinator.call(f"GET /api/v1/reports/{name}/")


def definitions(cast: Cast) -> None:
    """A workflow with two versions; the work that runs on the first one changes over, and goes on after the end."""
    draft = _drafted(cast, _step("print", _way("done", None)))
    here = {"id": draft["id"]}
    _published(cast, draft)
    task = _at_work(cast, draft["category"])
    second = cast.admin.call(f"POST {WORKFLOW}versions/", **here)
    cast.agent.call(f"GET {VERSION}", number=2, **here)
    steps = [_step("print", _way("fold", "fold")), _step("fold", _way("done", None))]
    cast.admin.call(f"PUT {VERSION}", _definition(draft["category"], *steps), number=second["number"], **here)
    _published(cast, second)
    cast.admin.call(f"POST {WORKFLOW}migration/", {"to": 2, "dry_run": True}, **here)
    moved = cast.admin.call(f"POST {WORKFLOW}migration/", {"to": 2, "dry_run": False}, **here)
    if [change["task_id"] for change in moved["changes"]] != [task["id"]]:
        raise Failure(f"the task did not change over: {moved}")
    third = cast.admin.call(f"POST {WORKFLOW}versions/", **here)
    cast.agent.call(f"GET {WORKFLOW}versions/", **here)
    cast.admin.call(f"DELETE {VERSION}", number=third["number"], **here)
    cast.admin.call(f"POST {WORKFLOW}retirement/", **here)


def approvals(cast: Cast) -> None:
    """The agents are asked, the first word counts: yes to one ticket, no to the other."""
    step = _step("agree", _way("approve", None), _way("reject", None), approval_rule="any")
    draft = _drafted(cast, step)
    _published(cast, draft)
    for answer in ("approval", "rejection"):
        task = _at_work(cast, draft["category"])
        cast.agent.call(f"POST {TASK}{answer}/", {"notes": "Because."}, id=task["id"])
    cast.admin.call(f"POST {WORKFLOW}retirement/", id=draft["id"])


def by_the_assignee(cast: Cast) -> None:
    task, assignee = _assigned(cast)
    here = {"id": task["id"]}
    assignee.call(f"GET {TASK}", **here)
    assignee.call(f"GET {TASK}graph/", **here)
    assignee.call(f"GET {TASK}sla/explain/", **here)
    assignee.call(f"POST {TASK}start/", **here)
    assignee.call(f"POST {TASK}hold/", {"reason": "Waiting for a part."}, **here)
    assignee.call(f"POST {TASK}resumption/", **here)
    way = assignee.call(f"GET {TASK}", **here)["transitions"][0]["key"]
    assignee.call(f"POST {TASK}completion/", {"transition": way, "notes": "Triaged."}, **here)


def passed_on(cast: Cast) -> None:
    task, assignee = _assigned(cast)
    here = {"id": task["id"]}
    assignee.call(f"POST {TASK}release/", {"reason": "I am away."}, **here)
    other = cast.account(_of_the_same_role(cast, _assignee(cast, task)))
    other.call(f"POST {TASK}claim/", **here)
    back = cast.admin.client.read(f"{cast.service.url}/api/v1/tasks/{task['id']}/")["assignee"]["id"]
    target = cast.user_id(_of_the_same_role(cast, cast.username(back)))
    cast.coordinator.call(f"POST {TASK}transfer/", {"assignee_id": target, "reason": "Knows it better."}, **here)
    # No seeded step says to whom it escalates.
    cast.execute("UPDATE workflows_step SET escalation_role = 'tts:admin' WHERE escalation_role = ''")
    cast.coordinator.call(f"POST {TASK}escalation/", {"reason": "It burns."}, **here)
    step = cast.admin.client.read(f"{cast.service.url}/api/v1/tasks/{task['id']}/graph/")["nodes"][-1]["key"]
    cast.admin.call(f"POST {TASK}move/", {"step": step, "reason": "The rest was done by phone."}, **here)
    cast.coordinator.call(f"POST {TASK}cancellation/", {"reason": "A test."}, **here)


def nobody_to_do_it(cast: Cast) -> None:
    """The task of somebody who has left is routed again."""
    task, _ = _assigned(cast)
    leave = "UPDATE jwtauth_person SET is_active = %s WHERE id = %s"
    cast.execute(leave, False, task["assignee"]["id"])
    try:
        cast.coordinator.call(f"POST {TASK}rerouting/", id=task["id"])
    finally:
        cast.execute(leave, True, task["assignee"]["id"])


def what_could_not_be_handled(cast: Cast) -> None:
    cast.dead_letter()
    letter = cast.admin.call("GET /api/v1/dead-letters/")["results"][0]
    cast.admin.call("POST /api/v1/dead-letters/{id}/replay/", id=letter["id"])
    cast.failed_job()
    job = cast.admin.call("GET /api/v1/failed-jobs/")["results"][0]
    cast.admin.call("POST /api/v1/failed-jobs/{id}/retry/", id=job["id"])


def _way(key: str, to: str | None) -> dict[str, Any]:
    return {"key": key, "label": key.title(), "to": to}


def _step(key: str, *ways: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": key, "name": key.title(), "role": "tts:agent", "transitions": list(ways), **more}


def _definition(category: str, *steps: dict[str, Any]) -> dict[str, Any]:
    sla = {"Critical": 60, "High": 120, "Medium": 240, "Low": 480}
    return {"name": "Printing", "category": category, "sla_minutes": sla, "steps": list(steps)}


def _drafted(cast: Cast, *steps: dict[str, Any]) -> dict[str, Any]:
    """The draft of a workflow for a category of its own."""
    category = f"c{secrets.token_hex(4)}"
    cast.at("ticket-service").admin.call("POST /api/v1/categories/", {"slug": category, "name": category})
    body = {"key": category, **_definition(category, *steps)}
    return dict(cast.admin.call("POST /api/v1/workflows/", body))


def _published(cast: Cast, draft: dict[str, Any]) -> None:
    cast.admin.call(f"POST {VERSION}publication/", id=draft["id"], number=draft["number"])


def _at_work(cast: Cast, category: str) -> dict[str, Any]:
    """The task of a new ticket of that category, once somebody has to do it."""
    url = f"{cast.service.url}/api/v1/tasks/?scope=all&ticket={cast.ticket(category=category)['number']}"

    def routed() -> dict[str, Any] | None:
        found = cast.admin.client.read(url)["results"]
        return found[0] if found and found[0]["status"] in {"assigned", "in_approval"} else None

    return until("a task that somebody has", routed)


def _assigned(cast: Cast) -> tuple[dict[str, Any], Actor]:
    task = cast.task(cast.ticket())
    return task, cast.account(cast.username(task["assignee"]["id"]))


def _assignee(cast: Cast, task: dict[str, Any]) -> str:
    now = cast.admin.client.read(f"{cast.service.url}/api/v1/tasks/{task['id']}/")
    return cast.username(now["assignee"]["id"])


def _of_the_same_role(cast: Cast, username: str) -> str:
    """`agent` for `agent2` and the other way round: the seeds have two of each."""
    return username.removesuffix("2") if username.endswith("2") else f"{username}2"


STORIES: tuple[Callable[[Cast], None], ...] = (
    reading,
    calendars,
    absences,
    definitions,
    approvals,
    by_the_assignee,
    passed_on,
    nobody_to_do_it,
    reports,
    what_could_not_be_handled,
)
