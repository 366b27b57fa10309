"""Work changes hands or place: every status x every action x every role, and the story of each action."""

from typing import Any

from django.test import TestCase

from eventbus.testing import published
from servicekit.ids import uuid7
from servicekit.testing import assert_problem
from workflows.models import Task, WorkflowVersion
from workflows.seeds import AGENT, COORDINATOR
from workflows.services.actions import ALLOWED
from workflows.services.drafting import StepSpec, WaySpec, WorkflowSpec
from workflows.tests.cast import ADMIN, Someone, Staff, file_ticket, publish, seed, types_published

REASON = {"reason": "So it is."}
# Alice has the task, Bob shares her role, Carla coordinates, Ada is Admin; what each may do, when the status allows.
MAY = {
    "start": {"alice"},
    "completion": {"alice"},
    "hold": {"alice"},
    "resumption": {"alice"},
    "transfer": {"alice", "carla", "ada"},
    "release": {"alice"},
    "escalation": {"alice", "carla", "ada"},
    "claim": {"bob"},
    "approval": {"alice", "bob"},
    "rejection": {"alice", "bob"},
    "cancellation": {"carla", "ada"},
    "move": {"ada"},
}
BY_STATUS = {
    "assigned": {"start", "hold", "transfer", "release", "escalation", "claim", "cancellation", "move"},
    "in_progress": {"completion", "hold", "transfer", "release", "escalation", "cancellation", "move"},
    "on_hold": {"resumption", "transfer", "cancellation", "move"},
    "in_approval": {"approval", "rejection", "escalation", "cancellation", "move"},
    "queued": {"claim", "transfer", "escalation", "cancellation", "move"},
    "unrouted": {"cancellation", "move"},  # and a claim, by someone who has come since
    "completed": set(),
    "cancelled": set(),
}


# Alice and Bob are asked, and nobody has it.
MAY_IN_APPROVAL = MAY | {"escalation": {"carla", "ada"}}
# Nobody has it yet.
MAY_IN_QUEUE = MAY | {"escalation": {"carla", "ada"}, "transfer": {"carla", "ada"}, "claim": {"alice", "bob"}}
QUEUE = WorkflowSpec(
    key="queue",
    name="Queue",
    category="queue",
    sla_minutes={"Critical": 60, "High": 120, "Medium": 240, "Low": 480},
    steps=(
        StepSpec(
            key="triage",
            name="Do",
            role=AGENT,
            escalation_role=COORDINATOR,
            strategy="claim",
            ways=(WaySpec("done", "Done", None),),
        ),
    ),
)
APPROVAL = WorkflowSpec(
    key="approval",
    name="Approval",
    category="approval",
    sla_minutes={"Critical": 60, "High": 120, "Medium": 240, "Low": 480},
    steps=(
        StepSpec(
            key="triage",
            name="Approve",
            role=AGENT,
            escalation_role=COORDINATOR,
            approval_rule="any",
            ways=(WaySpec("approve", "Approve", None), WaySpec("reject", "Reject", None)),
        ),
    ),
)


class Cast(TestCase):
    def setUp(self) -> None:
        seed()
        staff = Staff()
        self.people = {"alice": staff.alice, "carla": staff.carla}
        self.people |= {"bob": Someone("Bob", AGENT), "ada": Someone("Ada", ADMIN)}
        self.alice, self.bob, self.carla = (self.people[name] for name in ("alice", "bob", "carla"))
        self.ada = self.people["ada"]

    def with_alice(self) -> Task:
        """A task at Alice's step."""
        task = file_ticket()
        self.carla.do_step(task, "accept")
        task.refresh_from_db()
        if task.assignee_id != self.alice.id:
            self.alice.act(task, "claim")
            task.refresh_from_db()
        return task

    def body(self, action: str) -> dict[str, str]:
        return {
            "start": {},
            "resumption": {},
            "claim": {},
            "completion": {"transition": "resolved"},
            "approval": {},
            "rejection": {"notes": "No."},
            "transfer": REASON | {"assignee_id": str(self.bob.id)},
            "move": REASON | {"step": "triage"},
        }.get(action, REASON)


class TableTest(Cast):
    def setUp(self) -> None:
        super().setUp()
        publish(APPROVAL)
        publish(QUEUE)

    def in_status(self, status: str) -> Task:
        categories = {"in_approval": "approval", "queued": "queue"}
        task = file_ticket(category=categories[status]) if status in categories else self.with_alice()
        if status == "in_progress":
            self.alice.act(task, "start")
        elif status == "on_hold":
            self.alice.act(task, "hold", REASON)
        elif status == "cancelled":
            self.carla.act(task, "cancellation", REASON)
        elif status in ("completed", "unrouted"):
            Task.objects.filter(pk=task.pk).update(status=status, assignee_id=None)
            task.items.filter(released_at=None, completed_at=None).update(released_at=task.created_at)
        task.refresh_from_db()
        self.assertEqual(task.status, status)
        return task

    def test_every_status_x_action_x_role(self) -> None:
        self.assertEqual(set(ALLOWED), set(MAY))
        self.assertEqual(set(BY_STATUS), set(Task.Status))
        for status, possible in BY_STATUS.items():
            may = {"in_approval": MAY_IN_APPROVAL, "queued": MAY_IN_QUEUE}.get(status, MAY)
            task = self.in_status(status)
            for action in ALLOWED:
                for name, person in self.people.items():
                    if status == "unrouted" and action == "claim":
                        continue
                    allowed = action in possible and name in may[action]
                    if allowed:
                        task = self.in_status(status)
                    before = Task.objects.get(pk=task.pk)
                    answer = person.act(task, action, self.body(action))
                    with self.subTest(f"{name} {action} {status}"):
                        if allowed:
                            self.assertEqual(answer.status_code, 200, answer.content)
                            task = self.in_status(status)
                        else:
                            self.assertIn(answer.status_code, (403, 409), answer.content)
                            self.assertEqual(Task.objects.get(pk=task.pk).version, before.version)


class StoryTest(Cast):
    def test_a_transfer_tells_who_had_it_and_who_has_it(self) -> None:
        task = self.with_alice()
        answer = self.alice.act(task, "transfer", self.body("transfer")).json()
        self.assertEqual((answer["assignee"]["name"], answer["status"]), ("Bob", "assigned"))
        self.assertEqual(types_published()[-2:], ["task.transferred.v1", "task.assigned.v1"])
        change = published("task.transferred.v1")[-1]["change"]
        self.assertEqual(
            (change["previous_assignee_id"], change["assignee_id"]), (str(self.alice.id), str(self.bob.id))
        )
        self.assertEqual([item["assignee"]["name"] for item in answer["items"]][-2:], ["Alice", "Bob"])
        self.assertEqual(self.bob.do_step(task, "resolved").status_code, 200)

    def test_a_transfer_needs_somebody_who_can_do_the_step(self) -> None:
        task = self.with_alice()
        gone = Someone("Gone", AGENT, active=False)
        for person in (gone.id, uuid7(), self.ada.id, self.alice.id):
            answer = self.alice.act(task, "transfer", REASON | {"assignee_id": str(person)})
            assert_problem(answer, 409, "person_not_suitable")

    def test_a_transfer_of_a_held_task_ends_the_hold(self) -> None:
        task = self.with_alice()
        self.alice.act(task, "hold", REASON)
        answer = self.carla.act(task, "transfer", self.body("transfer")).json()
        self.assertEqual((answer["status"], answer["hold_reason"]), ("assigned", ""))

    def test_a_release_gives_it_to_the_next_of_the_role(self) -> None:
        answer = self.alice.act(self.with_alice(), "release", REASON).json()
        self.assertEqual(answer["assignee"]["name"], "Bob")

    def test_a_release_needs_somebody_else(self) -> None:
        task = self.with_alice()
        self.bob.tell(active=False)
        assert_problem(self.alice.act(task, "release", REASON), 409, "nobody_else")

    def test_whoever_comes_claims_what_nobody_had(self) -> None:
        self.alice.tell(active=False)
        self.bob.tell(active=False)
        task = file_ticket()
        self.carla.do_step(task, "accept")
        task.refresh_from_db()
        self.assertEqual(task.status, "unrouted")
        self.bob.tell(active=True)
        answer = self.bob.act(task, "claim").json()
        self.assertEqual((answer["assignee"]["name"], answer["unrouted_reason"]), ("Bob", ""))

    def test_what_no_workflow_serves_has_no_step_to_claim_or_to_move_to(self) -> None:
        WorkflowVersion.objects.update(status="retired")
        task = file_ticket()
        self.assertEqual(task.unrouted_reason, "no_workflow")
        assert_problem(self.carla.act(task, "claim"), 409, "action_not_allowed")
        move = {"step": "triage", "reason": "x"}
        assert_problem(self.ada.act(task, "move", move), 409, "action_not_allowed")

    def test_a_step_that_names_no_escalation_role_cannot_be_escalated(self) -> None:
        task = file_ticket()
        assert_problem(self.carla.act(task, "escalation", REASON), 409, "nobody_else")

    def test_a_cancellation_says_why(self) -> None:
        answer = self.carla.act(
            self.with_alice(), "cancellation", {"reason": "A duplicate of another one. " * 5}
        ).json()
        self.assertEqual((answer["status"], answer["step"], answer["assignee"]), ("cancelled", None, None))
        self.assertEqual(published("task.cancelled.v1")[0]["change"]["reason"], answer["cancel_reason"])

    def test_an_admin_moves_a_task_to_any_step_with_a_reason(self) -> None:
        task = self.with_alice()
        answer = self.ada.act(task, "move", REASON | {"step": "confirm"}).json()
        self.assertEqual((answer["step"]["key"], answer["assignee"]["name"]), ("confirm", "Carla"))
        change = published("task.moved.v1")[0]["change"]
        self.assertEqual((change["previous_step"]["key"], change["step"]["key"]), ("resolve", "confirm"))
        assert_problem(self.ada.act(task, "move", REASON | {"step": "nowhere"}), 409, "step_unknown")
        assert_problem(self.ada.act(task, "move", {"step": "triage"}), 400, "validation_error")

    def test_of_two_people_one_wins_and_the_other_learns_who(self) -> None:
        task = self.with_alice()
        self.bob.act(task, "claim")
        answer: Any = self.alice.act(task, "start")
        assert_problem(answer, 409, "task_changed")
        self.assertEqual(answer.json()["changed_by"], "Bob")

    def test_a_transfer_may_go_to_the_escalation_role(self) -> None:
        step = StepSpec(key="do", name="Do", role=AGENT, escalation_role=ADMIN, ways=(WaySpec("done", "Done", None),))
        sla = {"Critical": 60, "High": 120, "Medium": 240, "Low": 480}
        publish(WorkflowSpec(key="x", name="x", sla_minutes=sla, steps=(step,), category="other"))
        task = file_ticket(category="other")
        answer = self.carla.act(task, "transfer", REASON | {"assignee_id": str(self.ada.id)})
        self.assertEqual(answer.json()["assignee"]["name"], "Ada")
