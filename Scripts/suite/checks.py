"""`Scripts/test.sh`: runs the steps of steps.py, two at a time, and closes with `N passed, N failed`."""

import argparse
import os
import re
import subprocess
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from suite import servers as server_module
from suite import steps
from suite.console import Failure, colour, say, table
from suite.processes import end_group, guardian
from suite.steps import Context, Step

AT_ONCE = 2

_RAN = re.compile(r"^Ran (\d+) tests? in", re.MULTILINE)
_VERDICT = re.compile(r"^(?:FAILED|OK)(?: \((.*)\))?$", re.MULTILINE)


@dataclass(frozen=True)
class Result:
    step: Step
    seconds: float
    passed: int
    failed: int
    skipped: int
    output: str


class Runner:
    """Runs steps and remembers the processes, so that Ctrl-C ends them."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._groups: set[int] = set()
        self._lock = threading.Lock()

    def run_all(self, chosen: Sequence[Step]) -> list[Result]:
        """Begun in their order, `AT_ONCE` at a time; answered as they end."""
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            try:
                return [future.result() for future in as_completed(pool.submit(self._run, step) for step in chosen)]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self._end_all()
                raise

    def _run(self, step: Step) -> Result:
        begun = time.monotonic()
        try:
            if step.prepare:
                step.prepare()
            code, output = self._command(step)
        except Failure as failure:
            code, output = 1, f"{failure}\n"
        result = judge(step, code, output, time.monotonic() - begun)
        self._report(result)
        return result

    def _command(self, step: Step) -> tuple[int, str]:
        process = subprocess.Popen(
            step.command(),
            cwd=step.cwd,
            env=dict(step.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            errors="replace",
        )
        with self._lock:
            self._groups.add(process.pid)
            guardian().watch(process.pid)
        try:
            output, _ = process.communicate()
        finally:
            with self._lock:
                self._groups.discard(process.pid)
                guardian().forget(process.pid)
        return process.returncode, output

    def _end_all(self) -> None:
        with self._lock:
            for group in self._groups:
                end_group(group)

    def _report(self, result: Result) -> None:
        with self._lock:
            self._done += 1
            mark = colour("FAILED", "red") if result.failed else colour("ok    ", "green")
            tests = f"{result.passed} passed" if result.step.tests else ""
            tests += f", {result.skipped} need PostgreSQL or a broker" if result.skipped else ""
            count = f"[{self._done:2}/{self._total}]"
            say(f"{count} {mark} {result.step.name:<44} {result.seconds:6.1f} s  {tests}".rstrip())
            if result.failed:
                say(f"\n{result.output.rstrip()}\n")


def judge(step: Step, code: int, output: str, seconds: float) -> Result:
    """Counts the tests of a step. A check, or a test run that broke off or ran nothing, counts as one failed."""
    if not step.tests:
        return Result(step, seconds, 0, int(code != 0), 0, output)
    ran = sum(int(count) for count in _RAN.findall(output))
    details = " ".join(filter(None, _VERDICT.findall(output)))
    bad = sum(int(n) for n in re.findall(r"(?:failures|errors|unexpected successes)=(\d+)", details))
    skipped = sum(int(n) for n in re.findall(r"skipped=(\d+)", details))
    passed = max(ran - bad - skipped, 0)
    if passed == 0 and bad == 0:
        output += "\nNo test was run: a suite without tests proves nothing.\n"
        bad = 1
    if code != 0 and bad == 0:
        bad = 1
    if skipped and not step.may_skip:
        output += f"\n{skipped} tests were skipped although everything that they need is there.\n"
        bad += skipped
    return Result(step, seconds, passed, bad, skipped, output)


def by_stage(results: Sequence[Result]) -> str:
    """How much each stage costs, and its share of the tests: the pyramid. Seconds are of work; steps run in pairs."""
    tests = sum(result.passed + result.failed for result in results if result.step.tests)
    lines = []
    for stage in steps.STAGES:
        of_stage = [result for result in results if result.step.stage == stage]
        count = sum(result.passed + result.failed for result in of_stage if result.step.tests)
        share = f"{100 * count / tests:.0f} %" if count else "-"
        lines.append([stage, str(len(of_stage)), f"{sum(r.seconds for r in of_stage):.0f} s", str(count), share])
    return table(["stage", "steps", "seconds", "tests", "share"], lines)


def run(options: argparse.Namespace) -> int:
    """Chooses the steps, starts what they need, runs them. Answers the exit code."""
    begun = time.monotonic()
    context = Context()
    chosen = steps.choose(
        context,
        fast=options.fast,
        service=options.service,
        only=options.only,
        stage=options.stage,
        coverage=options.coverage,
    )
    if options.list:
        say("\n".join(step.name for step in chosen))
        return 0
    started: server_module.Servers | None = None
    try:
        if any(step.needs_servers for step in chosen):
            say("Starting PostgreSQL 15 and RabbitMQ for the tests ...")
            started = server_module.start("checks")
            context.servers = started
        results = Runner(len(chosen)).run_all(chosen)
    finally:
        if started:
            started.stop()
    failed = [result for result in results if result.failed]
    for result in failed:
        say(f"failed: {result.step.name}")
    say(f"{len(results)} steps in {time.monotonic() - begun:.0f} s on {os.cpu_count()} cores")
    if len({result.step.stage for result in results}) > 1:
        say(by_stage(results))
    say(f"{sum(result.passed for result in results)} passed, {sum(result.failed for result in results)} failed")
    return 1 if failed else 0
