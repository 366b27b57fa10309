"""How a step finds its person: by load, by a claim, back to who did it before, and past whoever is away."""

from datetime import datetime, timedelta
from typing import Any

from django.test import TestCase
from django.utils import timezone

from eventbus.testing import published
from servicekit.testing import assert_problem
from workflows.models import Absence, Task, TaskItem
from workflows.seeds import AGENT, COORDINATOR
from workflows.services.drafting import StepSpec, WaySpec, WorkflowSpec
from workflows.services.escalation import sla_tick
from workflows.services.rerouting import unrouted_retry
from workflows.tests.cast import ADMIN, EMPLOYEE, Someone, file_ticket, publish, types_published

SLA = {"Critical": 60, "High": 120, "Medium": 240, "Low": 480}
DONE = (WaySpec("done", "Done", None),)


def workflow(strategy: str, **step: Any) -> WorkflowSpec:
    """One agents' step."""
    only = StepSpec(key="do", name="Do", role=AGENT, ways=DONE, strategy=strategy, **step)
    return WorkflowSpec(key="w", name="W", sla_minutes=SLA, steps=(only,), is_catch_all=True)


def away(who: Someone, *, substitute: Someone | None = None, **how: Any) -> Absence:
    now = timezone.now()
    body = {"begins_at": now - timedelta(hours=1), "ends_at": now + timedelta(days=7)} | how
    body["substitute_id"] = substitute and substitute.id
    response = who.client.post("/api/v1/absences/", body, format="json")
    assert response.status_code == 201, response.content
    return Absence.objects.get(pk=response.json()["id"])


class Agents(TestCase):
    strategy = "round_robin"

    def setUp(self) -> None:
        publish(workflow(self.strategy, escalation_role=COORDINATOR))
        self.alice, self.bob, self.cleo = (Someone(name, AGENT) for name in ("Alice", "Bob", "Cleo"))
        self.carla = Someone("Carla", COORDINATOR)

    def names(self, count: int) -> str:
        people = {who.id: who.name[0] for who in (self.alice, self.bob, self.cleo, self.carla)}
        return "".join(people.get(file_ticket().assignee_id, "-") for _ in range(count))


class LeastLoadedTest(Agents):
    strategy = "least_loaded"

    def test_whoever_has_the_fewest_open_turns_gets_it(self) -> None:
        tasks = [file_ticket() for _ in range(6)]  # two each
        self.assertEqual(self.names(1), "A")
        for task in tasks:
            if task.assignee_id == self.cleo.id:
                self.cleo.do_step(task, "done")
        self.assertEqual(self.names(3), "CCB")

    def test_equally_loaded_people_take_turns(self) -> None:
        self.assertEqual(self.names(6), "ABCABC")

    def test_whoever_comes_new_catches_up(self) -> None:
        self.bob.tell(active=False)
        self.assertEqual(self.names(4), "ACAC")
        self.bob.tell(active=True)
        self.assertEqual(self.names(3), "BBC")

    def test_a_release_goes_to_the_least_loaded_of_the_others(self) -> None:
        first = file_ticket()
        self.alice.act(first, "start")
        file_ticket(), file_ticket(), file_ticket()  # Bob, Cleo, Alice
        self.assertEqual(self.alice.act(first, "release", {"reason": "x"}).json()["assignee"]["name"], "Bob")


class ClaimTest(Agents):
    strategy = "claim"

    def test_nobody_gets_it_and_the_team_sees_it_in_its_queue(self) -> None:
        task = file_ticket()
        self.assertEqual((task.status, task.assignee_id), ("queued", None))
        self.assertEqual(types_published(), ["task.queued.v1"])
        rows = self.bob.client.get("/api/v1/tasks/?scope=queue").json()["results"]
        self.assertEqual([row["id"] for row in rows], [str(task.id)])
        self.assertEqual(self.bob.client.get(f"/api/v1/tasks/{task.id}/").json()["actions"], ["claim"])

    def test_whoever_claims_it_works_on_it_and_gives_it_back_into_the_queue(self) -> None:
        task = file_ticket()
        self.assertEqual(self.bob.act(task, "claim").json()["assignee"]["name"], "Bob")
        answer = self.bob.act(task, "release", {"reason": "Cannot do it."}).json()
        self.assertEqual((answer["status"], answer["assignee"]), ("queued", None))
        self.assertEqual(published("task.queued.v1")[-1]["change"]["reason"], "Cannot do it.")
        self.cleo.act(task, "claim")
        self.assertEqual(self.cleo.do_step(task, "done").json()["status"], "completed")

    def test_a_coordinator_gives_it_to_a_certain_person(self) -> None:
        body = {"assignee_id": str(self.cleo.id), "reason": "You know it."}
        self.assertEqual(self.carla.act(file_ticket(), "transfer", body).json()["assignee"]["name"], "Cleo")

    def test_what_nobody_claims_goes_to_the_escalation_role_when_its_time_is_up(self) -> None:
        task = file_ticket(created_at="2026-01-01T00:00:00.000000Z")
        sla_tick()
        task.refresh_from_db()
        self.assertEqual((task.status, task.assignee_id), ("assigned", self.carla.id))

    def test_without_anybody_of_the_role_it_is_unrouted_until_somebody_comes(self) -> None:
        for who in (self.alice, self.bob, self.cleo):
            who.tell(active=False)
        task = file_ticket()
        self.assertEqual((task.status, unrouted_retry()), ("unrouted", 0))
        self.bob.tell(active=True)
        self.assertEqual(unrouted_retry(), 1)
        task.refresh_from_db()
        self.assertEqual((task.status, task.unrouted_reason), ("queued", ""))

    def test_the_preview_names_candidates_and_nobody_in_particular(self) -> None:
        answer = self.carla.client.post("/api/v1/routing/preview/", {"priority": "Low"}).json()
        self.assertEqual((answer["assignee"], answer["unrouted_reason"]), (None, ""))
        self.assertEqual(len(answer["candidates"]), 3)

    def test_a_resync_repeats_what_is_queued(self) -> None:
        from workflows.events import resync_tasks

        file_ticket()
        list(resync_tasks())
        self.assertEqual(types_published(), ["task.queued.v1", "task.queued.v1"])


class AbsenceTest(Agents):
    def test_whoever_is_away_is_passed_over(self) -> None:
        away(self.bob)
        self.assertEqual(self.names(4), "ACAC")

    def test_a_substitute_gets_the_turn_and_it_is_written_down_whose_it_was(self) -> None:
        away(self.bob, substitute=self.cleo)
        self.assertEqual(self.names(4), "ACCA")
        items = TaskItem.objects.order_by("id").values_list("assignee_id", "substitute_for_id")
        self.assertEqual(list(items)[1:3], [(self.cleo.id, self.bob.id), (self.cleo.id, None)])
        self.assertEqual(published("task.assigned.v1")[1]["change"]["substitute_for_id"], str(self.bob.id))
        log = Task.objects.order_by("id")[1].log.get(action="assigned")
        self.assertEqual(log.change["substitute_for_id"], str(self.bob.id))

    def test_a_substitute_who_may_not_do_the_step_or_is_away_is_passed_over_too(self) -> None:
        away(self.bob, substitute=self.carla)  # no agent
        self.assertEqual(self.names(2), "AC")
        away(self.bob, substitute=self.cleo)  # the newer one counts
        away(self.cleo)
        self.assertEqual(self.names(3), "AAA")

    def test_an_absence_counts_from_its_begin_to_its_end(self) -> None:
        now = timezone.now()
        away(self.bob, begins_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
        self.assertEqual(self.names(2), "AB")
        Absence.objects.update(begins_at=now - timedelta(hours=2), ends_at=now - timedelta(seconds=1))
        self.assertEqual(self.names(3), "CAB")

    def test_when_everybody_is_away_it_waits_for_the_first_who_is_back(self) -> None:
        absences = [away(who) for who in (self.alice, self.bob, self.cleo)]
        task = file_ticket()
        self.assertEqual((task.status, unrouted_retry()), ("unrouted", 0))
        answer = self.cleo.client.post(f"/api/v1/absences/{absences[2].id}/ending/").json()
        self.assertEqual(answer["ended_by"]["name"], "Cleo")
        self.assertEqual(unrouted_retry(), 1)
        task.refresh_from_db()
        self.assertEqual(task.assignee_id, self.cleo.id)

    def test_by_load_whoever_is_away_gets_nothing(self) -> None:
        Task.objects.all().delete()
        publish(workflow("least_loaded"))
        away(self.alice, substitute=self.bob)
        self.assertEqual(self.names(4), "BCBC")

    def test_an_approver_who_is_away_is_stood_in_for_and_nobody_is_asked_twice(self) -> None:
        ways = (WaySpec("approve", "Yes", None), WaySpec("reject", "No", None))
        step = StepSpec(key="do", name="Do", role=AGENT, ways=ways, approval_rule="all")
        publish(WorkflowSpec(key="w", name="W", sla_minutes=SLA, steps=(step,), is_catch_all=True))
        away(self.bob, substitute=self.cleo)
        task = file_ticket()
        asked = set(task.items.values_list("assignee_id", "substitute_for_id"))
        self.assertEqual(asked, {(self.alice.id, None), (self.cleo.id, None)})

    def test_own_absences_are_announced_and_leads_announce_anybodys(self) -> None:
        now = timezone.now()
        body = {"begins_at": now, "ends_at": now + timedelta(days=1), "person_id": str(self.bob.id)}
        post = "/api/v1/absences/"
        assert_problem(self.alice.client.post(post, body, format="json"), 403, "not_a_lead")
        answer = self.carla.client.post(post, body, format="json").json()
        self.assertEqual((answer["person"]["name"], answer["created_by"]["name"]), ("Bob", "Carla"))
        self.assertEqual(len(self.bob.client.get(post).json()["results"]), 1)
        self.assertEqual(self.alice.client.get(post).json()["results"], [])
        assert_problem(self.alice.client.get(f"{post}?scope=all"), 403, "permission_denied")
        self.assertEqual(len(self.carla.client.get(f"{post}?scope=all").json()["results"]), 1)
        assert_problem(self.alice.client.post(f"{post}{answer['id']}/ending/"), 404, "not_found")
        self.assertEqual(self.carla.client.post(f"{post}{answer['id']}/ending/").status_code, 200)
        assert_problem(self.bob.client.post(f"{post}{answer['id']}/ending/"), 409, "absence_over")

    def test_what_makes_no_sense_is_refused(self) -> None:
        now, gone = timezone.now(), Someone("Gone", AGENT, active=False)
        erin = Someone("Erin", EMPLOYEE)

        def announce(ends_at: datetime, substitute: Any = None) -> Any:
            body = {"begins_at": now, "ends_at": ends_at, "substitute_id": substitute}
            return self.alice.client.post("/api/v1/absences/", body, format="json")

        assert_problem(announce(now - timedelta(days=1)), 400, "validation_error")
        later = now + timedelta(days=1)
        for substitute in (self.alice.id, gone.id, erin.id, "01938c5e-0000-7000-8000-000000000001"):
            assert_problem(announce(later, str(substitute)), 409, "substitute_unsuitable")
        self.assertFalse(Absence.objects.exists())


class BackTest(TestCase):
    """A back-edge returns to who did the step before, if they are there."""

    def setUp(self) -> None:
        do = StepSpec(key="do", name="Do", role=AGENT, ways=(WaySpec("ready", "Ready", "check"),))
        ways = (WaySpec("ok", "OK", None), WaySpec("again", "Again", "do"))
        check = StepSpec(key="check", name="Check", role=COORDINATOR, ways=ways)
        publish(WorkflowSpec(key="w", name="W", sla_minutes=SLA, steps=(do, check), is_catch_all=True))
        self.alice, self.bob = Someone("Alice", AGENT), Someone("Bob", AGENT)
        self.carla = Someone("Carla", COORDINATOR)
        self.task = file_ticket()
        self.alice.do_step(self.task, "ready")

    def back(self) -> str:
        return self.carla.do_step(self.task, "again").json()["assignee"]["name"]

    def test_again_and_again(self) -> None:
        for _ in range(3):
            self.assertEqual(self.back(), "Alice")
            self.alice.do_step(self.task, "ready")

    def test_it_uses_up_nobodys_turn(self) -> None:
        self.back()
        self.assertEqual(file_ticket().assignee_id, self.bob.id)

    def test_it_does_not_stick_to_who_has_left_or_is_away(self) -> None:
        away(self.alice)
        self.assertEqual(self.back(), "Bob")
        self.bob.do_step(self.task, "ready")
        self.bob.tell(roles=(ADMIN,))
        self.alice.client.post(f"/api/v1/absences/{Absence.objects.get().id}/ending/")
        self.assertEqual(self.back(), "Alice")

    def test_a_substitute_stands_in_there_too(self) -> None:
        away(self.alice, substitute=self.bob)
        self.assertEqual(self.back(), "Bob")
        self.assertEqual(self.task.items.last().substitute_for_id, self.alice.id)

    def test_who_gave_it_away_before_finishing_it_does_not_get_it_back(self) -> None:
        self.back()
        self.alice.act(self.task, "transfer", {"assignee_id": str(self.bob.id), "reason": "Yours."})
        self.bob.do_step(self.task, "ready")
        self.assertEqual(self.back(), "Bob")
