"""A ticket that finds no workflow or no person waits in sight and is routed when that changes."""

from django.test import TestCase

from eventbus.testing import published
from servicekit.testing import assert_problem
from workflows.models import Task
from workflows.seeds import AGENT, COORDINATOR
from workflows.services.rerouting import BATCH, unrouted_retry
from workflows.tests.cast import Someone, file_ticket, one_step, publish, seed, types_published


class UnroutedTest(TestCase):
    def setUp(self) -> None:
        self.admin = Someone("Ada", "tts:admin")

    def test_without_a_workflow(self) -> None:
        task = file_ticket()
        self.assertEqual((task.status, task.workflow_version, task.current_step), ("unrouted", None, None))
        (event,) = published()
        self.assertEqual((event["type"], event["change"]), ("task.unrouted.v1", {"reason": "no_workflow"}))

    def test_without_a_person_it_waits_at_its_step(self) -> None:
        seed()
        task = file_ticket()
        self.assertEqual((task.status, task.current_step.key), ("unrouted", "triage"))
        (event,) = published()
        self.assertEqual((event["type"], event["change"]), ("task.unrouted.v1", {"reason": "no_assignee"}))
        self.assertEqual(event["data"]["step_roles"], [COORDINATOR])

    def test_at_a_later_step_too(self) -> None:
        seed()
        carla = Someone("Carla", COORDINATOR)
        task = file_ticket()
        answer = carla.do_step(task, "accept").json()
        self.assertEqual((answer["status"], answer["step"]["key"]), ("unrouted", "resolve"))
        self.assertEqual(types_published()[-2:], ["task.step_completed.v1", "task.unrouted.v1"])
        alice = Someone("Alice", AGENT)
        unrouted_retry()
        self.assertEqual(alice.do_step(task, "resolved").json()["step"]["key"], "confirm")

    def test_is_assigned_when_someone_gets_the_role(self) -> None:
        seed()
        task = file_ticket()
        due = task.step_due_at
        self.assertEqual(unrouted_retry(), 0)
        carla = Someone("Carla", COORDINATOR)
        self.assertEqual(unrouted_retry(), 1)
        task.refresh_from_db()
        self.assertEqual((task.status, task.assignee_id, task.step_due_at), ("assigned", carla.id, due))
        event = published("task.assigned.v1")[0]
        self.assertEqual((event["request_id"], event["actor"]), ("demo-1", None))
        self.assertEqual(unrouted_retry(), 0)

    def test_is_routed_when_its_workflow_is_published(self) -> None:
        task = file_ticket()
        Someone("Carla", COORDINATOR)
        self.assertEqual(unrouted_retry(), 0)
        seed()
        self.assertEqual(unrouted_retry(), 1)
        task.refresh_from_db()
        self.assertEqual(task.workflow_version.workflow.key, "it-support")

    def test_a_workflow_that_does_not_fit_is_tried_once_and_without_a_second_event(self) -> None:
        Someone("Alice", AGENT)
        task = file_ticket(category="gardening")
        publish(one_step("it", category="it-support"))
        self.assertEqual(unrouted_retry(), 0)
        with self.assertNumQueries(3):
            unrouted_retry()
        self.assertEqual(types_published(), ["task.unrouted.v1"])
        task.refresh_from_db()
        self.assertEqual(task.status, "unrouted")

    def test_a_tick_is_bounded_and_takes_the_oldest(self) -> None:
        seed()
        tasks = [file_ticket() for _ in range(BATCH + 2)]
        Someone("Carla", COORDINATOR)
        self.assertEqual(unrouted_retry(), BATCH)
        left = set(Task.objects.filter(status="unrouted").values_list("id", flat=True))
        self.assertEqual(left, {task.id for task in tasks[-2:]})
        self.assertEqual(unrouted_retry(), 2)

    def test_tasks_that_cannot_be_helped_do_not_keep_others_waiting(self) -> None:
        publish(one_step("it", category="it-support"))
        for _ in range(BATCH):
            file_ticket(category="gardening")
        helped = file_ticket(category="it-support")
        Someone("Alice", AGENT)
        self.assertEqual(unrouted_retry(), 1)
        helped.refresh_from_db()
        self.assertEqual(helped.status, "assigned")


class ReroutingTest(TestCase):
    def setUp(self) -> None:
        self.admin = Someone("Ada", "tts:admin")

    def test_by_an_admin_once_a_person_is_there(self) -> None:
        seed()
        task = file_ticket()
        problem = assert_problem(self.admin.act(task, "rerouting"), 409, "task_unroutable")
        self.assertEqual(problem["reason"], "no_assignee")
        Someone("Carla", COORDINATOR)
        answer = self.admin.act(task, "rerouting")
        self.assertEqual(answer.status_code, 200, answer.content)
        self.assertEqual(answer.json()["assignee"]["name"], "Carla")
        self.assertEqual(types_published(), ["task.unrouted.v1", "task.assigned.v1"])

    def test_by_a_coordinator_once_a_workflow_is_there(self) -> None:
        carla = Someone("Carla", COORDINATOR)
        task = file_ticket()
        problem = assert_problem(carla.act(task, "rerouting"), 409, "task_unroutable")
        self.assertEqual(problem["reason"], "no_workflow")
        seed()
        self.assertEqual(carla.act(task, "rerouting").json()["workflow"]["key"], "it-support")

    def test_takes_a_task_from_someone_who_left(self) -> None:
        seed()
        carla, conrad = Someone("Carla", COORDINATOR), Someone("Conrad", COORDINATOR)
        task = file_ticket()
        self.assertEqual(task.assignee_id, carla.id)
        carla.tell(active=False)
        self.assertEqual(conrad.act(task, "rerouting").json()["assignee"]["name"], "Conrad")
        first, second = task.items.all()
        self.assertEqual((first.assignee_id, second.assignee_id), (carla.id, conrad.id))
        self.assertIsNotNone(first.released_at)
        self.assertIsNone(second.released_at)

    def test_not_from_someone_who_is_there_and_not_when_it_has_ended(self) -> None:
        publish(one_step("all", is_catch_all=True))
        alice = Someone("Alice", AGENT)
        task = file_ticket()
        assert_problem(self.admin.act(task, "rerouting"), 409, "action_not_allowed")
        alice.do_step(task, "done")
        assert_problem(self.admin.act(task, "rerouting"), 409, "action_not_allowed")
