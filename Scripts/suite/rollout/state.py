"""How far the replacement of a service has come, in a file: whoever comes next can go on with it or take it back."""

import fcntl
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from suite.console import Failure
from suite.stack import DOCKER, Stack

FOLDER = DOCKER / ".releases"
# In order. `holding`: the new image serves everything, the old container is kept.
UNFINISHED = ("checking", "starting", "shifting", "holding", "finishing")
FINISHED = ("promoted", "restored", "failed")


@dataclass
class State:
    """`previous` and `candidate` are image ids; `tag` is what compose names, `percent` what the new image gets."""

    service: str
    previous: str
    candidate: str
    phase: str = "checking"
    percent: int = 0
    reason: str = ""
    begun_at: str = ""
    changed_at: str = ""
    history: list[str] = field(default_factory=list)

    @property
    def unfinished(self) -> bool:
        return self.phase in UNFINISHED


def path_of(stack: Stack, service: str, folder: Path = FOLDER) -> Path:
    return folder / f"{stack.project}.{service}.json"


def load(path: Path) -> State | None:
    """None when the service was never replaced."""
    try:
        return State(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise Failure(f"{path} cannot be read ({error}); see what runs (`docker ps`), then remove the file") from error


def save(path: Path, state: State, *, event: str = "") -> None:
    """Writes the file whole or not at all; `event` is added to the history with the time."""
    state.changed_at = now()
    if event:
        state.history.append(f"{state.changed_at} {event}")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".new")
    partial.write_text(json.dumps(asdict(state), indent=2) + "\n", encoding="utf-8")
    partial.replace(path)


def unfinished(stack: Stack, folder: Path = FOLDER) -> list[State]:
    """The replacements of this project that neither succeeded nor were taken back."""
    states = [load(path) for path in sorted(folder.glob(f"{stack.project}.*.json"))]
    return [state for state in states if state and state.unfinished]


def refuse_unfinished(stack: Stack, folder: Path = FOLDER) -> None:
    """`Failure` that names what to do first, while a replacement is unfinished."""
    for left in unfinished(stack, folder):
        go_on = " or promote" if left.phase in {"holding", "finishing"} else ""
        raise Failure(
            f"the release of {left.service} was left in the phase {left.phase!r}: "
            f"`bash Scripts/release.sh rollback {left.service}`{go_on}"
        )


def forget(stack: Stack, folder: Path = FOLDER) -> None:
    for path in folder.glob(f"{stack.project}.*.json"):
        path.unlink()


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


@contextmanager
def alone(stack: Stack, folder: Path = FOLDER) -> Iterator[None]:
    """One replacement at a time in a project; the lock goes with the process that holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{stack.project}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure("another release.sh is at work in this project; wait for it, or end it") from None
        yield
