"""Starts the suite's processes, waits until they are ready, watches them, and ends them in order."""

import http.client
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from suite.console import Failure, colour, say
from suite.environment import BROKER, Environments
from suite.postgres import Cluster
from suite.processes import Child, stop_all
from suite.state import State
from suite.topology import Process, Service, Topology

_RESTART_PAUSE = (0.5, 10.0)  # seconds: first, longest
_STEADY = 60.0  # a process that ran this long starts again at the shortest pause


@dataclass
class Member:
    """One process of the topology with the child that runs it."""

    service: Service
    process: Process
    child: Child
    ready_after: float | None = None
    restart_at: float | None = None
    restarts: int = 0

    @property
    def name(self) -> str:
        return f"{self.service.name} {self.process.name}"


@dataclass
class Suite:
    topology: Topology
    state: State
    environments: Environments
    restart: bool = False
    cluster: Cluster | None = None
    members: list[Member] = field(default_factory=list)

    def start(self) -> None:
        """Starts every process that the topology lists; those that need a broker only where there is one."""
        broker = self.environments.of_service(self.topology.services[0])[BROKER]
        for service in self.topology.services:
            for process in service.processes:
                if process.needs == "broker" and not broker:
                    continue
                self.environments.heartbeat(service, process).unlink(missing_ok=True)
                child = Child(
                    name=f"{service.name}-{process.name}",
                    command=["bash", "entrypoint.sh", process.command],
                    cwd=service.path,
                    env=self.environments.of_process(service, process),
                    log=self.state.log(f"{service.name}-{process.name}"),
                )
                child.start()
                self.members.append(Member(service, process, child))

    def wait_ready(self, within: float) -> None:
        """Until every web and live answers /readyz and every worker reports.

        `Failure` on a death or after `within` seconds.
        """
        begun = time.monotonic()
        while waiting := [member for member in self.members if member.ready_after is None]:
            for member in waiting:
                self._require_alive(member)
                if self._is_ready(member):
                    member.ready_after = time.monotonic() - begun
                    say(f"  ready  {member.name:<28} {member.ready_after:5.1f} s")
            if time.monotonic() - begun > within:
                late = ", ".join(member.name for member in waiting)
                raise Failure(f"not ready after {within:.0f} s: {late}; see {self.state.shown(self.state.logs)}")
            time.sleep(0.1)

    def watch(self, stop: Callable[[], bool]) -> None:
        """Until `stop()`. A process that dies is reported, and ends the watch as `Failure` or is started again."""
        while not stop():
            if self.cluster and self.cluster.child and not self.cluster.child.alive():
                raise Failure(f"postgresql died ({self.cluster.child.how_it_ended()}); see {self.cluster.log}")
            for member in self.members:
                if not self.restart:
                    self._require_alive(member)
                else:
                    self._keep_alive(member)
            time.sleep(0.1)

    def end(self) -> None:
        """Processes first, then the database that they use. Nothing of them is left afterwards."""
        ignored = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGTERM, signal.SIGHUP)}
        try:
            stop_all([member.child for member in self.members])
            if self.cluster:
                self.cluster.stop()
        except KeyboardInterrupt:
            say("  killing what is left ...")
            for member in self.members:
                member.child.kill()
            if self.cluster:
                self.cluster.stop(mode="immediate", timeout=5)
        finally:
            for number, handler in ignored.items():
                signal.signal(number, handler)

    def member(self, service: str, process: str) -> Member:
        for member in self.members:
            if member.service.name == service and member.process.name == process:
                return member
        raise KeyError(f"{service} {process}")

    def _is_ready(self, member: Member) -> bool:
        if member.process.command == "web":
            return _answers_ready(member.service.port)
        if member.process.command == "live" and member.service.live_port:
            return _answers_ready(member.service.live_port)
        if member.process.command == "worker":
            return self.environments.heartbeat(member.service, member.process).exists()
        return " ready" in member.child.log.read_text(errors="replace")

    def _require_alive(self, member: Member) -> None:
        child = member.child
        if not child.alive():
            raise Failure(
                f"{member.name} died ({child.how_it_ended()}); see {self.state.shown(child.log)}: {child.last_line()}"
            )

    def _keep_alive(self, member: Member) -> None:
        now = time.monotonic()
        child = member.child
        if child.alive():
            return
        if member.restart_at is None:
            if now - child.started > _STEADY:
                member.restarts = 0
            pause = min(_RESTART_PAUSE[0] * 2**member.restarts, _RESTART_PAUSE[1])
            member.restart_at = now + pause
            child.kill()  # what is left of its group holds the port
            say(colour(f"  died   {member.name} ({child.how_it_ended()}); starts again in {pause:.1f} s", "red"))
        elif now >= member.restart_at:
            member.restart_at = None
            member.restarts += 1
            child.start()


def _answers_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
