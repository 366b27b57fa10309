"""Looking without touching: who would get a ticket, drawings, what is overdue, what could not be handled."""

from datetime import timedelta
from typing import Any

import time_machine
from django.test import TestCase
from django.utils import timezone

from eventbus.models import InboxEvent
from eventbus.testing import published
from servicekit.ids import uuid7
from servicekit.testing import assert_problem
from servicekit.time import rfc3339
from workflows.models import RoundRobin, Workflow, WorkflowVersion
from workflows.tests.cast import ADMIN, Someone, Staff, file_ticket, seed


class Cast(TestCase):
    def setUp(self) -> None:
        seed()
        self.staff = Staff()
        self.carla, self.alice = self.staff.carla, self.staff.alice
        self.ada = Someone("Ada", ADMIN)

    def get(self, path: str, who: Someone | None = None) -> Any:
        answer = (who or self.carla).client.get(f"/api/v1/{path}")
        self.assertEqual(answer.status_code, 200, answer.content)
        return answer.json()


class WhoWouldGetThisTest(Cast):
    def ask(self, **ticket: str) -> Any:
        answer = self.carla.client.post("/api/v1/routing/preview/", {"priority": "High"} | ticket)
        self.assertEqual(answer.status_code, 200, answer.content)
        return answer.json()

    def test_tells_what_then_happens_and_uses_up_nobody_s_turn(self) -> None:
        conrad = Someone("Conrad", "tts:ticket-coordinator")
        for _ in range(3):
            before = list(RoundRobin.objects.values())
            told = self.ask(category="it-support")
            self.assertEqual(list(RoundRobin.objects.values()), before)
            task = file_ticket(category="it-support")
            self.assertEqual(told["assignee"]["id"], str(task.assignee_id))
            self.assertEqual(told["workflow"]["key"], task.workflow_version.workflow.key)
            self.assertEqual({person["name"] for person in told["candidates"]}, {"Carla", conrad.name})

    def test_tells_why_nobody_would(self) -> None:
        told = self.ask(category="asset-check-out")
        self.assertEqual((told["unrouted_reason"], told["assignee"]), ("no_assignee", None))
        WorkflowVersion.objects.filter(workflow__key="general").update(status="retired")
        told = self.ask(category="unheard-of")
        self.assertEqual((told["unrouted_reason"], told["workflow"]), ("no_workflow", None))
        self.assertEqual(published(), [])

    def test_needs_a_priority_that_exists(self) -> None:
        answer = self.carla.client.post("/api/v1/routing/preview/", {"priority": "Huge"})
        assert_problem(answer, 400, "validation_error")


class GraphTest(Cast):
    def test_a_workflow_as_data_and_as_mermaid(self) -> None:
        answer = self.get(f"workflows/{Workflow.objects.get(key='it-support').id}/graph/")
        self.assertEqual([node["key"] for node in answer["nodes"]], ["triage", "resolve", "confirm"])
        self.assertEqual([node["sla_minutes"]["High"] for node in answer["nodes"]], [96, 288, 96])  # 1 : 3 : 1 of 8 h
        self.assertIn({"from": "confirm", "to": None, "key": "confirm", "label": "Confirm"}, answer["edges"])
        self.assertIn('  s0 -->|"Accept"| s1\n', answer["mermaid"])
        self.assertIn('  s2 -->|"Confirm"| done\n', answer["mermaid"])

    def test_a_task_s_place_in_it(self) -> None:
        task = file_ticket()
        self.carla.do_step(task, "accept")
        answer = self.get(f"tasks/{task.id}/graph/", self.alice)
        self.assertEqual(answer["position"], "resolve")
        self.assertEqual([node["visited"] for node in answer["nodes"]], [True, False, False])
        self.assertIn("  class s1 here\n", answer["mermaid"])

    def test_a_task_without_a_workflow_has_no_drawing(self) -> None:
        WorkflowVersion.objects.filter(workflow__key="general").update(status="retired")
        task = file_ticket(category="unheard-of")
        assert_problem(self.carla.client.get(f"/api/v1/tasks/{task.id}/graph/"), 404, "not_found")

    def test_a_label_cannot_break_out_of_the_drawing(self) -> None:
        from workflows.graphs import _quoted

        self.assertEqual(_quoted('a"]; <b>#'), '"a#quot;]; #lt;b#gt;#35;"')


class OverdueTest(Cast):
    def test_lists_what_is_late_and_not_on_hold(self) -> None:
        now = rfc3339(timezone.now())
        late, held, fresh = (file_ticket(created_at=now, priority=p) for p in ("Critical", "Critical", "Low"))
        self.carla.act(held, "hold", {"reason": "Waiting."})
        with time_machine.travel(timezone.now() + timedelta(hours=5)):
            found = {row["id"] for row in self.get("tasks/?scope=overdue")["results"]}
        self.assertEqual(found, {str(late.id)})
        self.assertNotEqual(late.id, fresh.id)


class DeadLettersTest(Cast):
    def test_an_admin_reads_why_and_lets_it_come_again(self) -> None:
        event = InboxEvent.objects.create(
            event_id=uuid7(), type="ticket.created.v1", producer="ticket-service", state="dead", envelope={"x": 1}
        )
        (row,) = self.get("dead-letters/", self.ada)["results"]
        self.assertEqual((row["id"], row["type"], row["envelope"]), (str(event.pk), "ticket.created.v1", {"x": 1}))
        path = f"/api/v1/dead-letters/{event.pk}/replay/"
        self.assertEqual(self.ada.client.post(path).status_code, 202)
        event.refresh_from_db()
        self.assertEqual((event.state, event.attempts), ("retry", 0))
        assert_problem(self.ada.client.post(path), 404, "dead_letter_not_found")
