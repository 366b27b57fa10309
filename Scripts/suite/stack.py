"""The suite on Docker as one compose project: its containers, what they say, and one clear line when one fails."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from suite import envfile
from suite.console import Failure
from suite.paths import ROOT
from suite.ports import by_whom, is_free
from suite.topology import Process, Service

DOCKER = ROOT / "Docker"
COMPOSE_FILE = DOCKER / "docker-compose.yml"
MIN_MEMORY = 3_500_000_000  # bytes; the idle suite takes about half of it
_TRIES = 5
PORTS = {
    "GATEWAY_PORT": "gateway",
    "POSTGRES_PORT": "db",
    "RABBITMQ_PORT": "rabbitmq",
    "RABBITMQ_MANAGEMENT_PORT": "rabbitmq",
    "MAILPIT_PORT": "mailpit",
}


@dataclass(frozen=True)
class Container:
    """One container as `docker compose ps` tells it; `health` is "" where there is no probe."""

    name: str
    state: str
    health: str
    exit_code: int
    image: str

    @property
    def is_job(self) -> bool:
        return self.name.endswith(("-setup", "-ensure"))

    @property
    def done(self) -> bool:
        """A job that ended well, or a process that is ready."""
        if self.is_job:
            return self.state == "exited" and self.exit_code == 0
        return self.state == "running" and self.health in {"", "healthy"}

    @property
    def failed(self) -> bool:
        """A job that ended badly, or a process that ended at all: Docker is starting it again and again."""
        return self.state in {"exited", "dead", "restarting"} and not self.done

    @property
    def shown(self) -> str:
        if self.failed:
            return f"failed (exit code {self.exit_code})"
        if self.is_job and self.done:
            return "done"
        return self.health or self.state


def compose_name(service: Service, process: Process) -> str:
    """What compose calls a process of the topology: `auth-service`, `auth-service-worker`."""
    return service.name if process.name == "web" else f"{service.name}-{process.name}"


@dataclass(frozen=True)
class Stack:
    """`project` is compose's name for it; the variables are those of the file, those of the caller first."""

    project: str = "tts"
    env_file: Path = DOCKER / ".env"

    def variables(self) -> dict[str, str]:
        known = envfile.read(self.env_file)
        return {name: os.environ.get(name, value) for name, value in known.items()}

    def command(self, *arguments: str) -> list[str]:
        place = ["--project-name", self.project, "--file", str(COMPOSE_FILE), "--env-file", str(self.env_file)]
        return ["docker", "compose", *place, *arguments]

    def run(self, *arguments: str, within: float = 120.0) -> str:
        """A compose command's output; `Failure` with the last line of what it said when it fails."""
        return output(self.command(*arguments), within=within)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """A compose command in the background; its output is read when it has ended."""
        return subprocess.Popen(
            self.command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def containers(self) -> list[Container]:
        """All of them, jobs that have ended included, by name."""
        lines = self._listed().strip()
        # One object a line; older versions of compose print one array.
        entries = json.loads(lines) if lines.startswith("[") else [json.loads(line) for line in lines.splitlines()]
        found = [
            Container(e["Service"], e["State"], e.get("Health", ""), int(e.get("ExitCode", 0)), e["Image"])
            for e in entries
            if "com.docker.compose.oneoff=True" not in e.get("Labels", "")
        ]
        return sorted(found, key=lambda container: container.name)

    def _listed(self) -> str:
        """Compose asks Docker container by container and fails when one is replaced meanwhile: then once more."""
        for _ in range(_TRIES - 1):
            try:
                return self.run("ps", "--all", "--format", "json")
            except Failure as failure:
                if "No such container" not in str(failure):
                    raise
        return self.run("ps", "--all", "--format", "json")

    def logs(self, name: str) -> str:
        return self.run("logs", "--no-color", "--no-log-prefix", name)

    def last_line(self, name: str) -> str:
        """The last line that a container wrote and that says something; a JSON record's message."""
        lines = [line.strip() for line in self.logs(name).splitlines() if line.strip()]
        return message_of(lines[-1]) if lines else "(it wrote nothing)"


def message_of(line: str) -> str:
    """The `message` of a record in JSON; another line as it is, shortened."""
    try:
        record = json.loads(line)
    except ValueError:
        return line[-300:]
    return str(record.get("message", line))[:300] if isinstance(record, dict) else line[-300:]


def output(command: list[str], *, within: float = 120.0) -> str:
    """What a command prints; `Failure` with the last line of its errors when it fails or takes too long."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=within
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"`{_short(command)}` did not end within {within:.0f} s; is the Docker daemon busy?") from None
    if done.returncode != 0:
        lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise Failure(f"`{_short(command)}` failed: {lines[-1] if lines else f'exit code {done.returncode}'}")
    return done.stdout


def _short(command: list[str]) -> str:
    """Without the options that say which project."""
    return " ".join(["docker compose", *command[8:11]] if command[1] == "compose" else command[:3])


def require_docker() -> None:
    """Docker, its daemon, compose v2 and enough memory; otherwise `Failure` with what to do."""
    if shutil.which("docker") is None:
        raise Failure("Docker was not found: install it (https://docs.docker.com/get-docker/), or use Scripts/local.sh")
    try:
        information = json.loads(output(["docker", "info", "--format", "{{json .}}"], within=30))
    except (Failure, ValueError):
        information = {}
    if not information.get("ServerVersion"):
        raise Failure("the Docker daemon does not answer: start Docker (and see that you may use it: `docker info`)")
    try:
        version = output(["docker", "compose", "version", "--short"], within=30).strip().removeprefix("v")
    except Failure:
        version = "0"
    if int(version.split(".")[0] or 0) < 2:
        raise Failure("Docker Compose v2 was not found: install the plugin docker-compose-plugin (`docker compose`)")
    memory = int(information.get("MemTotal", 0))
    if memory < MIN_MEMORY:
        raise Failure(
            f"Docker has {memory / 1e9:.1f} GB of memory, the suite needs {MIN_MEMORY / 1e9:.1f}: "
            "give it more (Docker Desktop: Settings, Resources)"
        )


def require_ports(stack: Stack, services: tuple[Service, ...]) -> None:
    """Every port that a container is yet to take is free; otherwise `Failure` that names the variable to change."""
    values: Mapping[str, str] = stack.variables()
    running = {container.name for container in stack.containers() if container.state == "running"}
    owners = PORTS | {f"{service.env_name}_PORT": service.name for service in services}
    for name, owner in owners.items():
        if owner in running or (owner == "mailpit" and "dev" not in values["COMPOSE_PROFILES"]):
            continue
        if not values[name].isdecimal():
            raise Failure(f"{name} is {values[name]!r}: set it to a number in {stack.env_file.relative_to(ROOT)}")
        port = int(values[name])
        if not is_free(port):
            raise Failure(
                f"port {port} of {owner} is taken{by_whom(port)}; stop that, or set {name} in "
                f"{os.path.relpath(stack.env_file, ROOT)}"
            )
