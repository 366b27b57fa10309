"""What the engine does with checks that are slow, hang, raise or lie."""

import threading
from collections.abc import Callable
from unittest import mock

from django.test import SimpleTestCase

from healthcheck import Result
from healthcheck.definition import CheckFunction, Definition
from healthcheck.engine import Engine, Outcome, overall

LONG = 60.0


class EngineTestCase(SimpleTestCase):
    """Has a clock that only the test moves, and checks that wait until the test lets them go."""

    def setUp(self) -> None:
        self.now = 1000.0
        clock = mock.patch("healthcheck.engine.time")
        clock.start().monotonic = lambda: self.now
        self.addCleanup(clock.stop)
        self.release = threading.Event()
        self.addCleanup(self.release.set)
        self.calls = 0
        self.ended = threading.Semaphore(0)

    def engine(self, run: CheckFunction, *, deadline: float = LONG, **terms: float) -> Engine:
        definition = Definition(run=run, name="it", **terms)  # type: ignore[arg-type]
        return Engine([definition], deadline=deadline, cleanup=self.ended.release)

    def only(self, engine: Engine) -> Outcome:
        (outcome,) = engine.outcomes()
        return outcome

    def counted(self, then: Callable[[], Result] = lambda: Result(status="pass")) -> CheckFunction:
        def run() -> Result:
            self.calls += 1
            return then()

        return run

    def held(self) -> Result:
        self.release.wait(LONG)
        return Result(status="pass")

    def wait_for_end(self) -> None:
        self.assertTrue(self.ended.acquire(timeout=LONG))


class CachingTests(EngineTestCase):
    def test_a_result_is_given_again_for_its_time_to_live(self) -> None:
        engine = self.engine(self.counted(), timeout=LONG, ttl=2.0)
        self.assertEqual(("pass", 0.0), (self.only(engine).status, self.only(engine).age))
        self.now += 1.9
        self.assertEqual(1.9, round(self.only(engine).age or 0, 3))
        self.assertEqual(1, self.calls)
        self.now += 0.2
        self.assertEqual(0.0, self.only(engine).age)
        self.assertEqual(2, self.calls)

    def test_a_final_result_is_never_asked_for_again(self) -> None:
        engine = self.engine(self.counted(lambda: Result(status="pass", final=True)), timeout=LONG)
        self.only(engine)
        self.now += 1_000_000
        self.assertEqual("pass", self.only(engine).status)
        self.assertEqual(1, self.calls)


class HangingTests(EngineTestCase):
    def test_the_answer_comes_at_the_deadline_and_the_check_runs_once(self) -> None:
        engine = self.engine(self.counted(self.held), deadline=0.01)
        with self.assertLogs("healthcheck", "ERROR") as logs:
            self.assertEqual(("fail", "timeout", None), self.state(engine))
            self.now += 5
            self.assertEqual(("fail", "stuck", None), self.state(engine))
            self.now += 5
            self.assertEqual(({"running_seconds": 10.0}, 1), (self.only(engine).detail, self.calls))
        self.assertEqual(1, len(logs.records))

    def state(self, engine: Engine) -> tuple[str, str, float | None]:
        outcome = self.only(engine)
        return outcome.status, outcome.code, outcome.age

    def test_it_is_well_again_when_the_check_comes_back(self) -> None:
        engine = self.engine(self.held, deadline=0.01)
        self.assertEqual("fail", self.only(engine).status)
        self.release.set()
        self.wait_for_end()
        self.assertEqual("pass", self.only(engine).status)

    def test_an_old_result_does_not_hide_that_a_check_hangs(self) -> None:
        engine = self.engine(self.counted(lambda: self.held() if self.calls > 1 else Result(status="pass")), deadline=1)
        self.assertEqual("pass", self.only(engine).status)
        self.now += 3
        with mock.patch.object(threading.Event, "wait", return_value=False):
            self.assertEqual(("fail", "timeout", 3.0), self.state(engine))

    def test_other_checks_are_not_held_up(self) -> None:
        hung = Definition(run=self.held, name="hung", timeout=LONG)
        fine = Definition(run=lambda: Result(status="pass"), name="fine", timeout=LONG)
        engine = Engine([hung, fine, fine], deadline=0.2)
        # the fine ones run while the first is being waited for
        self.assertEqual(["fail", "pass", "pass"], [outcome.status for outcome in engine.outcomes()])

    def test_many_at_once_share_one_run(self) -> None:
        engine = self.engine(self.counted(self.held), deadline=LONG, timeout=LONG)
        outcomes: list[Outcome] = []
        threads = [threading.Thread(target=lambda: outcomes.append(self.only(engine))) for _ in range(20)]
        for thread in threads:
            thread.start()
        self.release.set()
        for thread in threads:
            thread.join(LONG)
        self.assertEqual((["pass"] * 20, 1), ([outcome.status for outcome in outcomes], self.calls))


class BackgroundTests(EngineTestCase):
    """A check that may take longer than an answer."""

    def engine_with_a_result(self) -> Engine:
        engine = self.engine(
            self.counted(lambda: self.held() if self.calls > 1 else Result(status="pass")),
            deadline=1.0,
            timeout=30.0,
            ttl=15.0,
            max_age=40.0,
        )
        self.only(engine)
        self.wait_for_end()
        self.now += 16
        return engine

    def test_its_last_result_serves_while_it_runs(self) -> None:
        engine = self.engine_with_a_result()
        outcome = self.only(engine)
        self.assertEqual(("pass", 16.0, False), (outcome.status, outcome.age, self.release.is_set()))

    def test_but_not_beyond_the_maximum_age(self) -> None:
        engine = self.engine_with_a_result()
        self.only(engine)
        self.now += 25
        with mock.patch.object(threading.Event, "wait", return_value=False):
            self.assertEqual("timeout", self.only(engine).code)

    def test_and_not_once_the_run_is_stuck(self) -> None:
        engine = self.engine_with_a_result()
        self.only(engine)
        self.now += 31
        self.assertEqual("stuck", self.only(engine).code)


class MisbehavingTests(EngineTestCase):
    def test_an_exception_is_a_failure_named_by_its_type_only(self) -> None:
        def broken() -> Result:
            raise ConnectionError("db.internal:5432 refused")

        engine = self.engine(broken, timeout=LONG)
        with self.assertLogs("healthcheck", "WARNING") as logs:
            outcome = self.only(engine)
            self.now += 10
            self.only(engine)
        self.assertEqual(
            ("fail", "raised", {"error": "ConnectionError"}), (outcome.status, outcome.code, outcome.detail)
        )
        self.assertEqual(2, len(logs.records), "logged when it changes, not at every probe")

    def test_an_answer_that_is_no_result(self) -> None:
        with self.assertLogs("healthcheck", "ERROR"):
            outcome = self.only(self.engine(lambda: True, timeout=LONG))  # type: ignore[arg-type,return-value]
        self.assertEqual(("fail", "no_result"), (outcome.status, outcome.code))

    def test_a_check_that_ends_its_thread(self) -> None:
        def leave() -> Result:
            raise SystemExit

        self.assertEqual("ended", self.only(self.engine(leave, timeout=LONG)).code)

    def test_no_thread_to_be_had(self) -> None:
        with mock.patch.object(threading.Thread, "start", side_effect=RuntimeError):
            self.assertEqual("no_thread", self.only(self.engine(self.counted())).code)

    def test_cleaning_up_fails(self) -> None:
        cleaned = threading.Event()

        def clean_up() -> None:
            cleaned.set()
            raise OSError

        engine = Engine([Definition(run=self.counted(), name="it", timeout=LONG)], deadline=LONG, cleanup=clean_up)
        logged = threading.Event()
        with mock.patch("healthcheck.engine.logger.warning", side_effect=lambda *a, **k: logged.set()):
            self.assertEqual("pass", self.only(engine).status)
            self.assertTrue(cleaned.wait(LONG) and logged.wait(LONG))


class OverallTests(SimpleTestCase):
    def test_the_worst_counts_and_only_critical_checks_fail_the_whole(self) -> None:
        def outcome(status: str, critical: bool = True) -> Outcome:
            return Outcome(name="it", status=status, critical=critical)  # type: ignore[arg-type]

        for expected, outcomes in (
            ("pass", []),
            ("pass", [outcome("pass")]),
            ("warn", [outcome("pass"), outcome("warn")]),
            ("warn", [outcome("fail", critical=False), outcome("pass")]),
            ("fail", [outcome("warn"), outcome("fail")]),
        ):
            self.assertEqual(expected, overall(outcomes))

    def test_a_result_may_override_how_critical_it_is(self) -> None:
        run = mock.Mock(return_value=Result(status="fail", critical=False))
        (found,) = Engine([Definition(run=run, name="it", timeout=LONG)], deadline=LONG).outcomes()
        self.assertFalse(found.critical)
