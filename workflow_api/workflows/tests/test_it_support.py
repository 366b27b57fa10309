"""The IT Support workflow, walked from triage to its end over HTTP."""

from django.test import TestCase

from eventbus.testing import published
from jwtauth.testing import api_client
from servicekit.testing import assert_problem
from workflows.models import TaskLog
from workflows.tests.cast import Someone, Staff, file_ticket, seed, types_published


class WalkTest(TestCase):
    def setUp(self) -> None:
        seed()
        self.staff = Staff()
        self.task = file_ticket()

    def test_triage_resolve_confirm(self) -> None:
        carla, alice = self.staff.carla, self.staff.alice
        answer = carla.do_step(self.task, "accept", "Hardware fault.").json()
        self.assertEqual((answer["status"], answer["step"]["key"]), ("assigned", "resolve"))
        self.assertEqual(answer["assignee"], {"id": str(alice.id), "name": "Alice"})
        self.assertEqual([way["key"] for way in answer["transitions"]], ["resolved", "return"])

        answer = alice.do_step(self.task, "resolved", "Battery replaced.").json()
        self.assertEqual((answer["step"]["key"], answer["assignee"]["name"]), ("confirm", "Carla"))

        answer = carla.do_step(self.task, "confirm", "Called the requester.").json()
        self.assertEqual((answer["status"], answer["step"], answer["assignee"]), ("completed", None, None))
        self.assertEqual(answer["resolution"], "Battery replaced.")
        self.assertEqual([item["transition"] for item in answer["items"]], ["accept", "resolved", "confirm"])
        self.assertIsNotNone(answer["completed_at"])

    def test_each_action_publishes_its_event_with_everyone_who_may_see(self) -> None:
        carla, alice = self.staff.carla, self.staff.alice
        carla.do_step(self.task, "accept", "Hardware fault.")
        alice.do_step(self.task, "resolved", "Battery replaced.")
        carla.do_step(self.task, "confirm")
        step = ["task.started.v1", "task.step_completed.v1"]
        one = ["task.assigned.v1", *step]
        self.assertEqual(types_published(), [*one, *one, *one, "task.completed.v1"])
        events = published()
        self.assertEqual([event["version"] for event in events], list(range(1, len(events) + 1)))
        last = events[-1]["data"]
        self.assertEqual(last["step_roles"], ["tts:agent", "tts:ticket-coordinator"])
        self.assertEqual(last["assignee_ids"], sorted([str(carla.id), str(alice.id)]))
        self.assertEqual(events[1]["actor"]["name"], "Carla")
        self.assertEqual(
            events[2]["change"],
            {
                "step": {"key": "triage", "name": "Triage", "role": "tts:ticket-coordinator"},
                "transition": "accept",
                "notes": "Hardware fault.",
            },
        )

    def test_the_event_and_the_log_carry_the_request_id(self) -> None:
        self.staff.carla.act(self.task, "start", **{"X-Request-ID": "walk-1"})
        self.assertEqual(published("task.started.v1")[0]["request_id"], "walk-1")
        row = TaskLog.objects.get(action="started")
        self.assertEqual((row.request_id, row.actor["id"]), ("walk-1", str(self.staff.carla.id)))

    def test_a_back_edge_returns_to_the_step_keeps_its_deadline_and_takes_the_resolution_back(self) -> None:
        carla, alice = self.staff.carla, self.staff.alice
        carla.do_step(self.task, "accept")
        due = carla.client.get(f"/api/v1/tasks/{self.task.id}/").json()["step_due_at"]
        alice.do_step(self.task, "resolved", "Turned it off and on.")
        answer = carla.do_step(self.task, "reopen", "Still broken.").json()
        self.assertEqual((answer["step"]["key"], answer["assignee"]["name"]), ("resolve", "Alice"))
        self.assertEqual((answer["step_due_at"], answer["resolution"]), (due, ""))
        alice.do_step(self.task, "resolved", "Battery replaced.")
        self.assertEqual(carla.do_step(self.task, "confirm").json()["resolution"], "Battery replaced.")

    def test_the_next_step_goes_round(self) -> None:
        bob, other = Someone("Bob", "tts:agent"), file_ticket()
        self.staff.carla.do_step(self.task, "accept")
        answer = self.staff.carla.do_step(other, "accept").json()
        self.assertEqual(answer["assignee"], {"id": str(bob.id), "name": "Bob"})

    def test_a_forbidden_transition_lists_the_allowed_ones(self) -> None:
        self.staff.carla.act(self.task, "start")
        response = self.staff.carla.act(self.task, "completion", {"transition": "resolved"})
        problem = assert_problem(response, 409, "transition_not_allowed")
        self.assertEqual(problem["allowed"], ["accept"])
        self.task.refresh_from_db()
        self.assertEqual(self.task.status, "in_progress")

    def test_a_step_that_was_not_started_cannot_be_completed(self) -> None:
        response = self.staff.carla.act(self.task, "completion", {"transition": "accept"})
        problem = assert_problem(response, 409, "action_not_allowed")
        self.assertEqual(problem["allowed"], ["start", "hold", "transfer", "release", "escalation"])

    def test_only_the_assignee_acts_not_even_another_coordinator_or_the_superuser(self) -> None:
        root = api_client(name="Root", superuser=True)
        for someone in (Someone("Conrad", "tts:ticket-coordinator").client, root):
            for action, body in (
                ("start", {}),
                ("completion", {"transition": "accept"}),
                ("hold", {"reason": "No."}),
                ("resumption", {}),
            ):
                with self.subTest(someone.principal.name, action=action):
                    response = someone.post(f"/api/v1/tasks/{self.task.id}/{action}/", body)
                    assert_problem(response, 403, "not_the_assignee")

    def test_whoever_had_the_turn_before_learns_who_changed_the_task_and_when(self) -> None:
        self.staff.carla.do_step(self.task, "accept")
        response = self.staff.carla.act(self.task, "completion", {"transition": "accept"})
        problem = assert_problem(response, 409, "task_changed")
        row = TaskLog.objects.order_by("-id").first()
        self.assertEqual((problem["changed_by"], problem["last_action"]), ("Carla", "assigned"))
        self.assertTrue(problem["changed_at"].startswith(row.at.strftime("%Y-%m-%dT%H:%M:%S")))

    def test_the_same_key_completes_once_and_gets_the_same_answer(self) -> None:
        carla = self.staff.carla
        carla.act(self.task, "start")
        body = {"transition": "accept", "notes": "Once."}
        first = carla.act(self.task, "completion", body, **{"Idempotency-Key": "k1"})
        again = carla.act(self.task, "completion", body, **{"Idempotency-Key": "k1"})
        self.assertEqual((first.status_code, again.status_code), (200, 200))
        self.assertEqual((first.content, again["Idempotency-Replayed"]), (again.content, "true"))
        other = carla.act(self.task, "completion", {"transition": "accept"}, **{"Idempotency-Key": "k1"})
        assert_problem(other, 422, "idempotency_key_reused")
        self.assertEqual(len(published("task.step_completed.v1")), 1)

    def test_a_stored_answer_is_not_given_to_someone_who_lost_access(self) -> None:
        carla = self.staff.carla
        carla.act(self.task, "start", **{"Idempotency-Key": "k1"})
        carla.tell(roles=("hdts:employee",))
        assert_problem(carla.act(self.task, "start", **{"Idempotency-Key": "k1"}), 404, "not_found")
