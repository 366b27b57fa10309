"""release.sh without Docker: what stops a version, what is written down, and in which order things are put back."""

import contextlib
import json
import math
import socket
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from unittest import TestCase
from unittest.mock import patch

from suite import topology
from suite.console import Failure
from suite.rollout import command, gateway, green, images, sequence, smoke, state
from suite.rollout.gates import Figures, Observed, Request, figures, parse, verdict
from suite.rollout.sequence import Plan, Rollout
from suite.rollout.state import State
from suite.stack import Stack

from .fake_http import fake_http

SHAPE = topology.load()
QUIET = Figures(100, 0, 0.05)


def line(**fields: object) -> str:
    record = {"upstream": "new:8000", "status": 200, "duration_s": 0.5, "upstream_s": "0.040"} | fields
    return json.dumps(record)


class AccessLogTests(TestCase):
    def test_the_service_that_answered_and_its_seconds_are_read(self) -> None:
        self.assertEqual(parse(line(), at=1.0), Request("new", 1.0, 200, 0.04))

    def test_where_no_service_answered_the_callers_wait_counts(self) -> None:
        request = parse(line(upstream_s="-", status=503, duration_s=3.0), at=1.0)
        self.assertEqual(request, Request("new", 1.0, 503, 3.0))

    def test_of_several_tries_the_last_counts(self) -> None:
        request = parse(line(upstream_s="0.1, 0.2"), at=1.0)
        self.assertEqual(request and request.seconds, 0.2)

    def test_other_lines_are_passed_over(self) -> None:
        for text in ("", "2026/11/25 [notice] exiting", "{}", '{"upstream": "a"}', line(status="x"), "[1]"):
            with self.subTest(text=text):
                self.assertIsNone(parse(text, at=0.0))

    def test_only_the_asked_hosts_and_moments_are_counted(self) -> None:
        observed = Observed()
        observed.requests.extend(
            [Request("new", 1.0, 500, 1.0), Request("new", 5.0, 200, 0.1), Request("old", 6.0, 500, 1)]
        )
        self.assertEqual(observed.of(["new"], since=2.0), Figures(1, 0, 0.1))

    def test_p95_is_the_value_that_19_of_20_do_not_exceed(self) -> None:
        found = figures(Request("new", 0.0, 200, seconds) for seconds in range(1, 21))
        self.assertEqual(found.p95, 19)

    def test_without_requests_there_is_no_p95(self) -> None:
        self.assertTrue(math.isnan(figures([]).p95))
        self.assertEqual(str(figures([])), "0 requests, 0 with 5xx, p95 -")


class VerdictTests(TestCase):
    def test_a_version_like_the_old_one_goes_on(self) -> None:
        self.assertEqual(verdict(QUIET, Figures(100, 0, 0.06)), "")

    def test_a_fifth_of_5xx_stops_it(self) -> None:
        self.assertIn("4 of 20", verdict(QUIET, Figures(20, 4, 0.05)))

    def test_two_failures_of_two_are_too_few_to_tell(self) -> None:
        self.assertEqual(verdict(QUIET, Figures(2, 2, 0.05)), "")

    def test_three_failures_of_three_are_enough(self) -> None:
        self.assertIn("3 of 3", verdict(QUIET, Figures(3, 3, 0.05)))

    def test_what_fails_with_the_old_version_too_is_not_the_new_ones_fault(self) -> None:
        self.assertEqual(verdict(Figures(100, 20, 0.05), Figures(100, 20, 0.05)), "")

    def test_a_slow_version_is_stopped(self) -> None:
        self.assertIn("p95 is 1000 ms, 350 ms", verdict(QUIET, Figures(20, 0, 1.0)))

    def test_a_busy_machine_slows_both(self) -> None:
        self.assertEqual(verdict(Figures(100, 0, 0.5), Figures(100, 0, 1.0)), "")

    def test_few_slow_answers_and_a_missing_comparison_stop_nothing(self) -> None:
        self.assertEqual(verdict(QUIET, Figures(19, 0, 1.0)), "")
        self.assertEqual(verdict(Figures(0, 0, math.nan), Figures(100, 0, 1.0)), "")


class ProbeTests(TestCase):
    def test_a_version_that_hangs_does_not_hang_the_watch(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            answers: list[bool] = []
            probe = threading.Thread(target=lambda: answers.append(sequence._answers(url)), daemon=True)
            probe.start()
            probe.join(10 * sequence.PROBE_SECONDS)
            self.assertEqual(answers, [False])


class StateTests(TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.stack = Stack(project="p")
        self.path = state.path_of(self.stack, "messaging", self.folder)

    def test_what_is_written_is_read_again(self) -> None:
        written = State("messaging", "sha256:a", "sha256:b", phase="shifting", percent=10)
        state.save(self.path, written, event="10% of the requests")
        self.assertEqual(state.load(self.path), written)
        self.assertRegex(written.history[0], r"^\d{4}-.*Z 10% of the requests$")

    def test_a_service_that_was_never_replaced_has_none(self) -> None:
        self.assertIsNone(state.load(self.path))

    def test_a_file_that_cannot_be_read_says_what_to_do(self) -> None:
        for text in ("{", "[]", '{"service": "messaging"}'):
            self.path.write_text(text)
            with self.subTest(text=text), self.assertRaisesRegex(Failure, "see what runs"):
                state.load(self.path)

    def test_an_unfinished_one_stands_in_the_way_and_names_the_way_out(self) -> None:
        for phase, way in (("shifting", "rollback messaging`$"), ("holding", "rollback messaging` or promote")):
            state.save(self.path, State("messaging", "a", "b", phase=phase))
            with self.subTest(phase=phase), self.assertRaisesRegex(Failure, way):
                state.refuse_unfinished(self.stack, self.folder)

    def test_finished_ones_and_other_projects_do_not(self) -> None:
        state.save(self.path, State("messaging", "a", "b", phase="promoted"))
        other = state.path_of(Stack(project="other"), "messaging", self.folder)
        state.save(other, State("messaging", "a", "b", phase="shifting"))
        state.refuse_unfinished(self.stack, self.folder)

    def test_one_at_a_time(self) -> None:
        with (
            state.alone(self.stack, self.folder),
            self.assertRaisesRegex(Failure, "at work"),
            state.alone(self.stack, self.folder),
        ):
            pass


class PlanTests(TestCase):
    def plan(self, steps: str) -> Plan:
        arguments = {"steps": steps, "ready": 1.0, "step_seconds": 1.0, "hold": 1.0}
        return command.plan(type("Options", (), arguments)())  # type: ignore[arg-type]

    def test_rising_percentages_up_to_all_are_a_plan(self) -> None:
        self.assertEqual(self.plan("10,100").steps, (10, 100))

    def test_anything_else_is_refused(self) -> None:
        for steps in ("", "10", "50,10,100", "0,100", "10,10,100", "ten,100", "10,100,120"):
            with self.subTest(steps=steps), self.assertRaisesRegex(Failure, "rising percentages"):
                self.plan(steps)

    def test_a_service_is_found_by_name_or_folder(self) -> None:
        self.assertEqual(command.named(SHAPE, "ticket_service").name, "ticket-service")
        with self.assertRaisesRegex(Failure, "one of: auth-service"):
            command.named(SHAPE, "tickets")


class SmokeTests(TestCase):
    """Against a server that answers as the new version would."""

    READY = {
        "/health/": (200, {"status": "healthy", "version": "1.2.3"}),
        "/readyz": (200, {"status": "pass"}),
        "/api/schema/": (200, {"openapi": "3.1.0"}),
        "/api/v1/tickets/?limit=1": (401, {"code": "not_authenticated"}),
    }

    def ask(self, *, version: str = "1.2.3", **changed: tuple[int, object]) -> int:
        answers = self.READY | {path.replace("__", "/"): answer for path, answer in changed.items()}
        with fake_http(lambda request: answers[request.path]) as server:
            return smoke.run(smoke.Target(SHAPE["ticket-service"], server.url, version, "", {}))

    def test_a_version_that_does_all_of_it_passes(self) -> None:
        self.assertEqual(self.ask(), 4)

    def test_another_version_than_the_images_is_refused(self) -> None:
        with self.assertRaisesRegex(Failure, r"version 1\.2\.3, the image is 1\.2\.4"):
            self.ask(version="1.2.4")

    def test_an_image_that_names_no_version_is_not_compared(self) -> None:
        self.assertEqual(self.ask(version=""), 4)

    def test_each_wrong_answer_is_refused(self) -> None:
        wrong: dict[str, tuple[int, object]] = {
            "__health__": (200, {"status": "unhealthy"}),
            "__readyz": (200, {"status": "fail"}),
            "__api__schema__": (500, {}),
            "__api__v1__tickets__?limit=1": (200, {"results": []}),
        }
        for path, answer in wrong.items():
            with self.subTest(path=path), self.assertRaises(Failure):
                self.ask(**{path: answer})


class MigrationTests(TestCase):
    def test_only_what_the_running_image_does_not_have_is_looked_at(self) -> None:
        breaks = "from django.db import migrations\nx = [migrations.RemoveField(model_name='ticket', name='a')]\n"
        held = {
            "old": ["app/t/migrations/0001_a.py"],
            "new": ["app/t/migrations/0001_a.py", "app/t/migrations/0002_b.py"],
        }
        with (
            patch.object(images, "_migrations", side_effect=held.get),
            patch.object(images, "_in", return_value=breaks),
        ):
            found = images.migration_problems("old", "new")
            self.assertEqual(images.migration_problems("new", "old"), [])
        self.assertEqual(len(found), 1)
        self.assertTrue(found[0].startswith("app/t/migrations/0002_b.py line 2: RemoveField"))


@dataclass
class Story:
    """What was done, in order, by a replacement whose Docker is made up."""

    told: list[str] = field(default_factory=list)

    def tell(self, *words: object) -> None:
        self.told.append(" ".join(str(word) for word in words))


class SequenceTests(TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.story = story = Story()
        self.current = self.running = "sha256:old"
        tell = story.tell
        for target, name, does in (
            (gateway, "weigh", lambda stack, shape, greens: tell("weigh", *greens.values())),
            (green, "with_tag", lambda stack, tag, *rest, **_: tell(tag, rest[0], rest[-1])),
            (green.Green, "stop", lambda green: tell("stop green")),
            (green.Green, "healthy", lambda green: True),
            (green.Green, "image", lambda green: "sha256:new"),
            (green.Green, "url", lambda green: "http://127.0.0.1:1"),
            (images, "version", lambda reference: ""),
            (images, "tag", self.tag),
            (images, "image_id", lambda reference: self.current),
            (smoke, "token", lambda variables, url: ""),
            (smoke, "headers", lambda variables: {}),
            (Rollout, "replace", lambda rollout, processes: tell("replace", *(p.name for p in processes))),
            (Rollout, "running_image", lambda rollout: self.running),
            (Rollout, "leave_green", lambda rollout: tell("stop green")),
            (Rollout, "variables", {"TAG": "latest", "DOCKER_REGISTRY": "tts"}),
            (Stack, "variables", lambda stack: {"TAG": "latest", "DOCKER_REGISTRY": "tts"}),
            (sequence, "say", lambda text: None),
        ):
            self.enterContext(patch.object(target, name, does))
        self.watching: list[Failure | None] = []
        self.enterContext(patch.object(Rollout, "watch", self.watch))
        self.enterContext(patch.object(gateway, "watched", lambda stack: contextlib.nullcontext()))

    def tag(self, source: str, target: str) -> None:
        self.story.tell("tag", target.partition(":")[2])
        if target.endswith(":latest"):
            self.current = source

    def watch(self, observed: object, seconds: float) -> None:
        trouble = self.watching.pop(0) if self.watching else None
        if trouble:
            raise trouble

    def rollout(self, phase: str = "checking") -> Rollout:
        begun = State("ticket-service", "sha256:old", "sha256:new", phase=phase)
        plan = Plan(steps=(10, 100), ready=1.0, step=0.0, hold=0.0)
        path = self.folder / "state.json"
        return Rollout(Stack(project="p"), SHAPE, SHAPE["ticket-service"], plan, path, begun, ask=lambda target: 4)

    def phase(self) -> str:
        found = state.load(self.folder / "state.json")
        return found.phase if found else ""

    def test_a_good_version_is_tried_before_traffic_and_takes_it_in_steps(self) -> None:
        rollout = self.rollout()
        rollout.start()
        rollout.shift()
        rollout.finish()
        host = "('p-ticket-service-green', {})"
        self.assertEqual(
            self.story.told,
            [
                "candidate run ticket-service-setup",
                "stop green",
                "candidate run ticket-service",
                "weigh " + host.format(10),
                "weigh " + host.format(100),
                "tag latest",
                "replace worker",
                "replace web",
                "weigh",
                "stop green",
                "tag latest-stable",
            ],
        )
        self.assertEqual(self.phase(), "promoted")

    def test_a_breach_gives_the_old_version_everything_before_anything_else(self) -> None:
        rollout = self.rollout()
        self.watching = [Failure("4 of 20 answers are 5xx")]
        with self.assertRaises(Failure):
            rollout.shift()
        self.story.told.clear()
        rollout.restore("4 of 20 answers are 5xx")
        self.assertEqual(self.story.told, ["weigh", "stop green"])
        found = state.load(self.folder / "state.json")
        self.assertEqual((found and found.phase, found and found.reason), ("restored", "4 of 20 answers are 5xx"))

    def test_after_the_workers_were_replaced_they_are_put_back_too(self) -> None:
        rollout = self.rollout()
        self.watching = [None, None, Failure("it is slow")]
        with self.assertRaises(Failure):
            rollout.shift()
        self.story.told.clear()
        rollout.restore("it is slow")
        self.assertEqual(self.story.told, ["weigh", "tag latest", "replace worker", "stop green"])
        self.assertEqual(self.current, "sha256:old")

    def test_when_the_old_container_is_gone_the_new_one_serves_until_it_is_back(self) -> None:
        self.current = self.running = "sha256:new"
        self.rollout("finishing").restore("asked for")
        green_serves = "weigh ('p-ticket-service-green', 100)"
        self.assertEqual(
            self.story.told,
            ["tag latest", green_serves, "replace web", "weigh", "replace worker", "stop green"],
        )

    def test_a_failed_smoke_test_never_gets_traffic(self) -> None:
        rollout = self.rollout()

        def fails(target: smoke.Target) -> int:
            raise Failure("/health/ says unhealthy")

        rollout.ask = fails
        with self.assertRaises(Failure):
            rollout.start()
        self.assertFalse([told for told in self.story.told if told.startswith("weigh")])

    def test_the_code_of_take_back_says_whether_what_ran_before_runs(self) -> None:
        rollout = self.rollout("shifting")
        with patch.object(command, "say"), patch("signal.signal"):
            self.assertEqual(command.take_back(rollout, "slow"), command.RESTORED)
            with patch.object(gateway, "weigh", side_effect=Failure("the gateway is away")):
                self.assertEqual(command.take_back(rollout, "slow"), command.UNSURE)

    def test_a_migration_that_the_running_version_would_not_bear_is_refused(self) -> None:
        with (
            patch.object(images, "migration_problems", return_value=["0002_b.py line 2: RemoveField: x", "y"]),
            self.assertRaisesRegex(Failure, r"would not bear 0002_b.*\(and 1 more\)"),
        ):
            self.rollout().check()
        self.assertEqual(self.story.told, [])
