"""The new version beside the old one: containers of the same definition, another image, another name."""

import json
import os
import subprocess
from dataclasses import dataclass
from typing import Any

from suite.console import Failure
from suite.stack import Stack, compose_name, message_of, output
from suite.topology import Process, Service

# These answer requests, so they run twice for a while. The others take work from a table or a queue: they are replaced
# one by one, and what they had begun is done again.
FRONT = ("web", "live")


def front(service: Service) -> list[Process]:
    return [process for process in service.processes if process.command in FRONT]


def background(service: Service) -> list[Process]:
    return [process for process in service.processes if process.command not in FRONT]


@dataclass(frozen=True)
class Green:
    """The containers of one service's new version; `host` is what the gateway calls them by."""

    stack: Stack
    service: Service

    @property
    def host(self) -> str:
        return f"{self.stack.project}-{self.service.name}-green"

    def name(self, process: Process) -> str:
        return self.host if process.command == "web" else f"{self.host}-{process.name}"

    @property
    def names(self) -> list[str]:
        return [self.name(process) for process in front(self.service)]

    def start(self, tag: str) -> None:
        """Starts them with the image `$DOCKER_REGISTRY/<folder>:<tag>`, without waiting for them."""
        for process in front(self.service):
            options = ["--detach", "--no-deps", "--no-TTY", "--name", self.name(process)]
            with_tag(
                self.stack, tag, "run", *options, "--publish", "127.0.0.1::8000", compose_name(self.service, process)
            )

    def url(self) -> str:
        """Where the web process listens on this machine."""
        return f"http://{output(['docker', 'port', self.host, '8000/tcp']).split()[0]}"

    def problem(self) -> str:
        """What is wrong with a container that has to run; "" for nothing."""
        for name in self.names:
            state = inspect(name).get("State", {})
            if state.get("Status") != "running":
                why = "it was out of memory" if state.get("OOMKilled") else f"exit code {state.get('ExitCode', '?')}"
                return f"{name} does not run any more ({why}): {last_words(name)}"
            if state.get("Health", {}).get("Status") == "unhealthy":
                return f"{name} is unhealthy: {last_words(name)}"
        return ""

    def healthy(self) -> bool:
        """All of them are. Raises `Failure` once one cannot become it any more."""
        states = [inspect(name).get("State", {}) for name in self.names]
        for name, state in zip(self.names, states, strict=True):
            if state.get("Status") in {"exited", "dead"}:
                why = "out of memory" if state.get("OOMKilled") else f"exit code {state.get('ExitCode')}"
                raise Failure(f"{name} ended ({why}): {last_words(name)}")
        return all(state.get("Health", {}).get("Status") == "healthy" for state in states)

    def image(self) -> str:
        """The id of the image that the web process really runs."""
        return str(inspect(self.host).get("Image", ""))

    def stop(self) -> None:
        """Ends them, letting requests finish, and removes them; whatever is not there is no error."""
        present = [name for name in self.names if inspect(name)]
        if present:
            output(["docker", "stop", *present], within=120)
            output(["docker", "rm", "--force", *present])


def with_tag(stack: Stack, tag: str, *arguments: str, within: float = 300.0) -> str:
    """A compose command that sees this tag as the one of our images."""
    done = subprocess.run(
        stack.command(*arguments),
        env=os.environ | {"TAG": tag},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=within,
    )
    if done.returncode != 0:
        lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        said = [line for line in lines if not line.startswith("Container ")]
        raise Failure(message_of(said[-1]) if said else f"exit code {done.returncode}")
    return done.stdout


def inspect(name: str) -> dict[str, Any]:
    """What Docker knows of a container; {} when there is none."""
    done = subprocess.run(["docker", "inspect", "--type", "container", name], capture_output=True, check=False)
    found: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    return found[0] if found else {}


def last_words(name: str) -> str:
    done = subprocess.run(["docker", "logs", "--tail", "20", name], capture_output=True, text=True, check=False)
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return message_of(lines[-1]) if lines else "(it wrote nothing)"
