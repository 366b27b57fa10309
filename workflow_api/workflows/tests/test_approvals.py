"""A step that several people decide: any of them, all of them, or so many of so many."""

from dataclasses import replace
from typing import Any

from django.test import TestCase

from eventbus.testing import published
from jwtauth.testing import api_client
from workflows.models import Task
from workflows.services.definitions import definition_faults
from workflows.services.drafting import StepSpec, WaySpec, WorkflowSpec, version_draft
from workflows.tests.cast import ADMIN, AGENT, COORDINATOR, Someone, file_ticket, publish

MANAGER = "tts:budget-manager"
SLA = {"Critical": 60, "High": 120, "Medium": 240, "Low": 480}


def approval(rule: str, needed: int = 0, *, ways: tuple[WaySpec, ...] = (), escalation: str = "") -> WorkflowSpec:
    """Agents prepare it, managers approve it, or send it back."""
    prepare = StepSpec(key="prepare", name="Prepare", role=AGENT, ways=(WaySpec("ready", "Ready", "decide"),))
    decide = StepSpec(
        key="decide",
        name="Decide",
        role=MANAGER,
        gives_resolution=True,
        escalation_role=escalation,
        approval_rule=rule,
        approvals_needed=needed,
        ways=ways or (WaySpec("approve", "Approve", None), WaySpec("reject", "Send back", "prepare")),
    )
    return WorkflowSpec(key="w", name="W", sla_minutes=SLA, steps=(prepare, decide), category="general")


class ApprovalTestCase(TestCase):
    def setUp(self) -> None:
        self.alice = Someone("Alice", AGENT)
        self.paula, self.piet, self.petra = (Someone(name, MANAGER) for name in ("Paula", "Piet", "Petra"))
        self.managers = (self.paula, self.piet, self.petra)

    def begin(self, rule: str, needed: int = 0, **how: Any) -> Task:
        """A task that has come to the approval."""
        publish(approval(rule, needed, **{key: how.pop(key) for key in ("escalation",) if key in how}))
        task = file_ticket(category="general", **how)
        self.alice.do_step(task, "ready")
        return self.now(task)

    def now(self, task: Task) -> Task:
        return Task.objects.get(pk=task.pk)

    def decide(self, who: Someone, task: Task, action: str = "approval", notes: str = "", *, status: int = 200) -> Any:
        response = who.act(task, action, {"notes": notes})
        self.assertEqual(response.status_code, status, response.content)
        return response.json()


class RuleTest(ApprovalTestCase):
    def test_everyone_of_the_role_is_asked_at_once(self) -> None:
        task = self.begin("all")
        self.assertEqual((task.status, task.assignee_id), ("in_approval", None))
        told = [event["change"]["assignee_id"] for event in published("task.assigned.v1")][-3:]
        self.assertEqual(sorted(told), sorted(str(who.id) for who in self.managers))
        for who in self.managers:
            mine = who.client.get("/api/v1/tasks/").json()["results"]
            self.assertEqual([row["id"] for row in mine], [str(task.id)])
        self.assertEqual(self.alice.client.get("/api/v1/tasks/").json()["results"], [])
        shown = self.paula.client.get(f"/api/v1/tasks/{task.id}/").json()
        self.assertEqual(shown["actions"], ["approval", "rejection"])
        self.assertEqual({who["name"] for who in shown["approval"]["waiting_for"]}, {"Paula", "Piet", "Petra"})

    def test_the_preview_names_nobody_and_says_when_too_few_could_approve(self) -> None:
        spec = approval("n_of_m", 3)
        publish(replace(spec, steps=spec.steps[::-1]))  # the decision comes first
        carla = Someone("Carla", COORDINATOR)

        def told() -> tuple[str, Any, int]:
            ticket = {"category": "general", "priority": "High"}
            answer = carla.client.post("/api/v1/routing/preview/", ticket).json()
            return (answer["unrouted_reason"], answer["assignee"], len(answer["candidates"]))

        self.assertEqual(told(), ("", None, 3))
        self.piet.tell(active=False)
        self.assertEqual(told(), ("no_assignee", None, 2))

    def test_any_is_enough(self) -> None:
        task = self.begin("any")
        self.decide(self.piet, task, notes="Within the plan.")
        task = self.now(task)
        self.assertEqual((task.status, task.resolution), ("completed", "Within the plan."))
        self.assertEqual(task.items.filter(completed_at=None, released_at=None).count(), 0)
        self.assertEqual(published("task.completed.v1")[-1]["data"]["resolution"], "Within the plan.")

    def test_all_means_all_and_one_rejection_ends_it(self) -> None:
        task = self.begin("all")
        answer = self.decide(self.paula, task)
        self.assertEqual((answer["approval"]["approved"], answer["approval"]["needed"]), (1, 3))
        self.assertEqual(published("task.decided.v1")[-1]["change"]["decision"], "approve")
        self.decide(self.piet, task, "rejection", "Too dear.")
        task = self.now(task)
        self.assertEqual((task.status, task.current_step and task.current_step.key), ("assigned", "prepare"))
        self.assertEqual(published("task.step_completed.v1")[-1]["change"]["transition"], "reject")
        # The second round asks all of them again, whatever they said in the first.
        self.alice.do_step(task, "ready")
        for who in self.managers:
            self.decide(who, task)
        self.assertEqual(self.now(task).status, "completed")

    def test_two_of_three_approve(self) -> None:
        task = self.begin("n_of_m", 2)
        self.decide(self.paula, task, "rejection")
        self.assertEqual(self.now(task).status, "in_approval")
        self.decide(self.piet, task)
        self.decide(self.petra, task)
        self.assertEqual(self.now(task).status, "completed")

    def test_two_of_three_can_no_longer_approve(self) -> None:
        task = self.begin("n_of_m", 2)
        self.decide(self.paula, task, "rejection")
        self.decide(self.piet, task, "rejection")
        self.assertEqual(self.now(task).status, "assigned")
        body = self.decide(self.petra, task, status=409)
        self.assertEqual((body["code"], body["changed_by"]), ("action_not_allowed", "Piet"))

    def test_too_few_people_is_a_visible_state_and_heals_by_itself(self) -> None:
        from workflows.services.rerouting import unrouted_retry

        task = self.begin("n_of_m", 4)
        self.assertEqual((task.status, task.unrouted_reason), ("unrouted", "no_assignee"))
        self.assertEqual(unrouted_retry(), 0)
        Someone("Pavel", MANAGER)
        self.assertEqual(unrouted_retry(), 1)
        self.assertEqual(self.now(task).status, "in_approval")


class WhoDecidesTest(ApprovalTestCase):
    def test_nobody_decides_twice_or_without_being_asked(self) -> None:
        task = self.begin("all")
        self.decide(self.paula, task)
        self.assertEqual(self.decide(self.paula, task, "rejection", status=409)["code"], "action_not_allowed")
        self.assertEqual(self.decide(self.alice, task, status=409)["code"], "action_not_allowed")
        self.assertEqual(self.decide(Someone("Ada", ADMIN), task, status=403)["code"], "not_the_assignee")
        root = api_client(superuser=True).post(f"/api/v1/tasks/{task.id}/approval/", {})
        self.assertEqual(root.status_code, 403)
        late = Someone("Pavel", MANAGER)  # holds the role now, and was not asked
        self.assertEqual(self.decide(late, task, status=403)["code"], "not_the_assignee")

    def test_nobody_approves_what_they_asked_for_themselves(self) -> None:
        task = self.begin("all", requester_id=self.paula.id)
        asked = set(task.items.filter(approval_round=1).values_list("assignee_id", flat=True))
        self.assertEqual(asked, {self.piet.id, self.petra.id})

    def test_two_at_once_both_count(self) -> None:
        """What the second has seen is older than the first one's decision: that is no conflict here."""
        from jwtauth.principal import Principal
        from workflows.services.deciding import task_decide

        seen = self.begin("all")
        for who in (self.paula, self.piet):
            principal = Principal(id=who.id, kind="user", name=who.name, roles=frozenset(who.roles))
            task_decide(seen=seen, actor=principal, approve=True, notes="")
        self.assertEqual(self.now(seen).items.filter(transition="approve").count(), 2)

    def test_the_actions_of_an_assignee_are_not_possible(self) -> None:
        task = self.begin("all")
        for action, body in (
            ("start", {}),
            ("completion", {"transition": "approve"}),
            ("hold", {"reason": "x"}),
            ("release", {"reason": "x"}),
            ("claim", {}),
        ):
            with self.subTest(action):
                response = self.paula.act(task, action, body)
                self.assertEqual(response.status_code, 409, response.content)
                self.assertEqual(response.json()["allowed"], ["approval", "rejection"])

    def test_an_admin_moves_it_on_and_a_coordinator_cancels_it(self) -> None:
        task = self.begin("all")
        self.assertEqual(Someone("Ada", ADMIN).act(task, "move", {"step": "prepare", "reason": "x"}).status_code, 200)
        self.assertEqual(self.now(task).status, "assigned")
        self.assertEqual(task.items.filter(approval_round=1, released_at=None).count(), 0)
        self.alice.do_step(task, "ready")
        carla = Someone("Carla", COORDINATOR)
        self.assertEqual(carla.act(task, "cancellation", {"reason": "x"}).status_code, 200)
        self.assertEqual(task.items.filter(completed_at=None, released_at=None).count(), 0)

    def test_an_escalation_asks_one_person_of_the_other_role_instead(self) -> None:
        task = self.begin("all", escalation=COORDINATOR)
        carla = Someone("Carla", COORDINATOR)
        self.assertEqual(carla.act(task, "escalation", {"reason": "Nobody answers."}).status_code, 200)
        task = self.now(task)
        self.assertEqual((task.status, task.approvals_needed), ("in_approval", 1))
        self.assertEqual(self.decide(self.paula, task, status=409)["code"], "action_not_allowed")
        self.decide(carla, task)
        self.assertEqual(self.now(task).status, "completed")

    def test_when_all_who_were_asked_have_left_a_coordinator_asks_anew(self) -> None:
        task = self.begin("n_of_m", 1)
        carla = Someone("Carla", COORDINATOR)
        self.assertEqual(carla.act(task, "rerouting").status_code, 409)
        for who in self.managers:
            who.tell(active=False)
        pavel = Someone("Pavel", MANAGER)
        self.assertEqual(carla.act(task, "rerouting").status_code, 200)
        self.decide(pavel, task)
        self.assertEqual(self.now(task).status, "completed")


class DefinitionTest(TestCase):
    def faults(self, spec: WorkflowSpec) -> list[str]:
        return [fault.code for fault in definition_faults(version=version_draft(spec=spec))]

    def test_each_fault_of_an_approval_is_found(self) -> None:
        self.assertEqual(self.faults(approval("any")), [])
        self.assertEqual(self.faults(approval("n_of_m", 2)), [])
        self.assertEqual(self.faults(approval("most")), ["approval_rule_missing"])
        self.assertEqual(self.faults(approval("n_of_m")), ["approvals_needed_missing"])
        for ways in (
            (WaySpec("approve", "Yes", None),),
            (WaySpec("approve", "Yes", None), WaySpec("reject", "No", "prepare"), WaySpec("ask", "?", "prepare")),
        ):
            self.assertEqual(self.faults(approval("any", ways=ways)), ["approval_ways"])
