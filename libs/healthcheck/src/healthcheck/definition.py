"""What a check is and what it answers."""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar, get_args

Status = Literal["pass", "warn", "fail"]
CheckFunction = Callable[..., "Result"]
F = TypeVar("F", bound=Callable[..., "Result"])
TERMS = frozenset({"name", "critical", "timeout", "ttl", "max_age"})


@dataclass(frozen=True, kw_only=True)
class Result:
    """A check's answer.

    `detail` holds figures, `code` a word for the cause: both are shown only to holders of the token, and neither may
    hold an exception's text. `critical` overrides the check's own. `final` says that this answer will not change for
    the life of the process, so that the check need not run again. Raises ValueError for another status.
    """

    status: Status
    detail: dict[str, Any] = field(default_factory=dict)
    critical: bool | None = None
    code: str = ""
    final: bool = False

    def __post_init__(self) -> None:
        if self.status not in get_args(Status):
            raise ValueError(f"status is {self.status!r}, not one of {', '.join(get_args(Status))}")


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A check with its terms; all times in seconds. See `check`."""

    run: CheckFunction
    name: str
    critical: bool = True
    timeout: float = 0.8
    ttl: float = 2.0
    max_age: float = 10.0

    def with_options(self, options: Mapping[str, Any]) -> "Definition":
        """The same check on other terms, and its function with the other options as keyword arguments.

        Raises TypeError for an option that is neither a term nor an argument of the function.
        """
        terms = {key: value for key, value in options.items() if key in TERMS}
        arguments = {key: value for key, value in options.items() if key not in TERMS}
        inspect.signature(self.run).bind(**arguments)
        run = functools.partial(self.run, **arguments) if arguments else self.run
        changed = replace(self, run=run, **terms)
        return replace(changed, max_age=max(changed.max_age, changed.ttl))


def check(
    *, name: str = "", critical: bool = True, timeout: float = 0.8, ttl: float = 2.0, max_age: float = 10.0
) -> Callable[[F], F]:
    """Gives a function that answers a Result its terms as a check; the function itself stays as it is.

    A `critical` check that fails makes the answer 503; another only makes it `warn`. After `timeout` a run counts as
    failed. A result is given again for `ttl`. Where `timeout` is longer than the answer's deadline the check runs in
    the background, and its last result serves until it is `max_age` old. The function's keyword arguments, if it has
    any, come from the options beside its path in the setting.
    """

    def declare(function: F) -> F:
        terms = Definition(
            run=function,
            name=name or function.__name__,
            critical=critical,
            timeout=timeout,
            ttl=ttl,
            max_age=max(max_age, ttl),
        )
        function.healthcheck = terms  # type: ignore[attr-defined]
        return function

    return declare


def definition_of(function: CheckFunction) -> Definition:
    """The terms that `check` gave the function, or the usual ones."""
    declared = getattr(function, "healthcheck", None)
    if isinstance(declared, Definition):
        return declared
    return Definition(run=function, name=getattr(function, "__name__", type(function).__name__))
