"""Two people (or two tabs) at once: one wins, the other is told who and when."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection
from django.test import TransactionTestCase

from eventbus.testing import published
from servicekit.testing import assert_problem
from workflows.models import Task, TaskItem, TicketProjection
from workflows.seeds import AGENT
from workflows.services.escalation import sla_tick
from workflows.services.rerouting import unrouted_retry
from workflows.tests.cast import Someone, Staff, change_ticket, file_ticket, only_postgres, seed


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that set off together; their results in order."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait(timeout=10)
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@only_postgres
class RaceTest(TransactionTestCase):
    def setUp(self) -> None:
        seed()
        self.staff = Staff()

    def test_200_contested_transitions_have_200_winners_and_200_clean_conflicts(self) -> None:
        """Sixteen threads: two tabs of one person at each of eight tasks, at the start and at the completion."""
        won: Counter[str] = Counter()
        for _ in range(13):
            tasks = [file_ticket() for _ in range(8)]
            for action, body in (("start", {}), ("completion", {"transition": "accept"})):
                calls = [
                    lambda task=task, action=action, body=body: self.staff.carla.act(task, action, body)
                    for task in tasks
                    for _ in range(2)
                ]
                answers = at_once(*calls)
                for one, other in zip(answers[::2], answers[1::2], strict=True):
                    first, second = sorted((one, other), key=lambda answer: answer.status_code)
                    self.assertEqual((first.status_code, second.status_code), (200, 409), second.content)
                    self.assertEqual(second.json()["changed_by"], "Carla")
                    self.assertIn("T", second.json()["changed_at"])
                    won[action] += 1
        self.assertEqual(won, {"start": 104, "completion": 104})
        self.assertEqual(len(published("task.started.v1")), 104)
        self.assertEqual(len(published("task.step_completed.v1")), 104)
        self.assertEqual(TaskItem.objects.filter(step__key="resolve").count(), 104)
        self.assertEqual(TaskItem.objects.filter(completed_at=None, released_at=None).count(), 104)

    def test_fourteen_claims_of_one_task_take_turns(self) -> None:
        agents = [Someone(f"Agent{number}", AGENT) for number in range(15)]
        for _ in range(5):
            task = file_ticket()
            self.staff.carla.do_step(task, "accept")
            task.refresh_from_db()
            others = [agent for agent in agents if agent.id != task.assignee_id]
            answers = at_once(*[lambda agent=agent, task=task: agent.act(task, "claim") for agent in others])
            # Whoever read the task after the first claim may claim it in their turn; nobody is lost in between.
            self.assertLessEqual({answer.status_code for answer in answers}, {200, 409})
            won = sum(answer.status_code == 200 for answer in answers)
            self.assertEqual(len(published("task.transferred.v1")), TaskItem.objects.exclude(released_at=None).count())
            self.assertEqual(task.items.filter(step__key="resolve").count(), won + 1)
            self.assertEqual(task.items.filter(completed_at=None, released_at=None).count(), 1)

    def test_two_tickers_tell_of_a_breach_once(self) -> None:
        for _ in range(10):
            file_ticket(created_at="2026-01-01T00:00:00.000000Z")
        at_once(sla_tick, sla_tick)
        sla_tick()
        self.assertEqual(len(published("task.sla_breached.v1")), 20)

    def test_a_hold_and_a_breach_at_once_do_not_deadlock(self) -> None:
        for _ in range(10):
            task = file_ticket(created_at="2026-01-01T00:00:00.000000Z")
            answer, _ = at_once(lambda task=task: self.staff.carla.act(task, "hold", {"reason": "Wait."}), sla_tick)
            self.assertIn(answer.status_code, (200, 409))
            sla_tick()
        self.assertEqual(len(published("task.sla_breached.v1")), 20)

    def test_a_request_that_waited_for_the_row_learns_that_the_task_changed(self) -> None:
        """The second one has read the task before the first one commits; only the lock tells it the truth."""
        from django.db import transaction

        from jwtauth.testing import api_client
        from workflows import selectors
        from workflows.errors import TaskChanged
        from workflows.services.actions import task_complete, task_start

        task = file_ticket()
        carla = api_client(user_id=self.staff.carla.id, name="Carla", roles=self.staff.carla.roles).principal
        seen = selectors.task_get(actor=carla, task_id=task.id)
        with transaction.atomic():
            task_start(seen=seen, actor=carla)
        with self.assertRaises(TaskChanged), transaction.atomic():
            task_complete(seen=seen, actor=carla, transition="accept", notes="")

    def test_a_completion_and_a_withdrawal_leave_one_truth(self) -> None:
        outcomes = Counter()
        for _ in range(10):
            task = file_ticket()
            self.staff.carla.act(task, "start")
            answer, _ = at_once(
                lambda task=task: self.staff.carla.act(task, "completion", {"transition": "accept"}),
                lambda task=task: change_ticket(task, "Withdrawn"),
            )
            if answer.status_code != 200:
                assert_problem(answer, 409, "task_changed")
            outcomes[answer.status_code] += 1
            task.refresh_from_db()
            self.assertEqual(task.status, "cancelled")
            self.assertFalse(task.items.filter(completed_at=None, released_at=None).exists())
        self.assertEqual(sum(outcomes.values()), 10)

    def test_two_states_of_a_ticket_at_once_leave_the_newer_one(self) -> None:
        task = file_ticket()
        for version in range(10, 50, 2):
            older, newer = (
                lambda number=number: change_ticket(task, "Open", version=number, subject=f"Version {number}")
                for number in (version, version + 1)
            )
            at_once(older, newer)
            ticket = TicketProjection.objects.get()
            self.assertEqual((ticket.version, ticket.subject), (version + 1, f"Version {version + 1}"))

    def test_two_tickers_assign_each_unrouted_task_once(self) -> None:
        self.staff.carla.tell(active=False)
        for _ in range(20):
            file_ticket()
        Someone("Conrad", "tts:ticket-coordinator")
        routed = at_once(unrouted_retry, unrouted_retry)
        unrouted_retry()
        self.assertFalse(Task.objects.filter(status="unrouted").exists())
        self.assertEqual(TaskItem.objects.count(), 20)
        self.assertLessEqual(sum(routed), 20)
