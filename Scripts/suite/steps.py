"""The steps of `Scripts/test.sh`: what each runs, where, and with which environment."""

import os
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from suite import frontend, install, linters, servers, topology
from suite.console import Failure, say
from suite.paths import CACHE, LIBS, ROOT, SCRIPTS
from suite.servers import Servers
from suite.topology import Service

_BIN = Path(sys.executable).parent
# Never from the caller: they would change what a check means.
_DROPPED = (
    "DJANGO_",
    "DATABASE_URL",
    "PYTHONPATH",
    "MYPYPATH",
    "JWT_",
    "SERVICE_CLIENT_SECRET",
    "EMAIL_",
    "ATTACHMENT",
    "TEST_",
)

# In the order in which CI runs them: what fails fastest comes first.
STAGES = ("lint", "unit", "integration", "e2e")


@dataclass
class Context:
    """What the steps share; `servers` is set before the first step that needs them is run."""

    servers: Servers | None = None
    services: tuple[Service, ...] = field(default_factory=lambda: topology.load().services)

    def database(self, name: str) -> str:
        if self.servers is None:
            raise Failure("this step needs PostgreSQL")
        return self.servers.database(name)

    @property
    def broker(self) -> str:
        if self.servers is None:
            raise Failure("this step needs RabbitMQ")
        return self.servers.broker_url


@dataclass
class Step:
    """`arguments` and `extra` are made when the step runs, as the servers' addresses are known only then."""

    name: str
    arguments: Sequence[str]
    cwd: Path = ROOT
    extra: Callable[[], Mapping[str, str]] = dict
    tests: bool = False
    may_skip: bool = False
    needs_servers: bool = False
    python: Path = _BIN / "python"
    prepare: Callable[[], None] | None = None

    @property
    def stage(self) -> str:
        """One of STAGES."""
        if not self.tests:
            return "lint"
        if self.name.startswith("tests/e2e"):
            return "e2e"
        return "integration" if self.needs_servers else "unit"

    def command(self) -> list[str]:
        return [str(self.python) if part == "python" else part for part in self.arguments]

    @property
    def environment(self) -> Mapping[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(_DROPPED)}
        path = f"{self.python.parent}{os.pathsep}{_BIN}{os.pathsep}{kept.get('PATH', os.defpath)}"
        return kept | {"PATH": path, **self.extra()}


def choose(
    context: Context,
    *,
    fast: bool,
    service: str | None,
    only: str | None,
    stage: str | None = None,
    coverage: bool = False,
) -> list[Step]:
    """The steps for these options; `only` is a part of the names of those wanted, `stage` one of STAGES."""
    steps = _libs(context) if service == "libs" else _all(context, fast=fast, service=service)
    steps = [step for step in steps if (not only or only in step.name) and stage in {None, step.stage}]
    if not steps:
        raise Failure("no step is left with these options; --list prints them")
    return [_measured(step) if coverage and step.stage == "integration" else step for step in steps]


def _all(context: Context, *, fast: bool, service: str | None) -> list[Step]:
    services = [_named(context, service)] if service else list(context.services)
    steps = [] if service else [*_lint(), *_types_of_libs()]
    if service:
        steps += _lint(services[0].folder)
    steps += [_types_of_service(entry) for entry in services] if not fast or service else []
    steps += [_migrations(entry) for entry in services]
    if not service:
        steps += [_at_root("architecture"), *_libs_on_sqlite()]
    steps += [_on_sqlite(entry, own_environment=not fast) for entry in sorted(services, key=_size_of_tests)]
    if fast:
        return steps
    steps += [_deploy(entry) for entry in services]
    if not service:
        steps += [Step(name, command) for name, command in linters.commands().items()]
        steps += _alert_rules()
        steps.append(_at_root("scripts"))
        steps += [_in_browser(), _with_imap_server(), _with_virus_scanner()]
        steps += _console()
        steps += [_lib_on_servers(context, lib) for lib in LIBS]
    steps += [_on_postgresql(context, entry) for entry in services]
    if not service:
        steps += _end_to_end()
    return steps


def _libs(context: Context) -> list[Step]:
    on_servers = [_lib_on_servers(context, lib) for lib in LIBS]
    return [*_lint("libs"), *_types_of_libs(), *_libs_on_sqlite(), *on_servers]


def _measured(step: Step) -> Step:
    """The same tests under coverage, held to the gate in pyproject.toml; true only where nothing is skipped."""
    name = str(step.cwd.relative_to(ROOT))
    gates = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["tts"]["coverage"]
    measure = ["python", str(SCRIPTS / "suite" / "ci" / "coverage.py"), "--name", name]
    step.arguments = [*measure, "--gate", str(gates.get(name, gates["default"])), "--", *step.arguments[1:]]
    return step


def _size_of_tests(service: Service) -> int:
    """Largest first, so that the last two steps end together."""
    return -sum(path.stat().st_size for path in (service.path / service.app / "tests").rglob("*.py"))


def _named(context: Context, name: str) -> Service:
    for service in context.services:
        if name.strip("/") in {service.name, service.folder}:
            return service
    raise Failure(f"no service {name!r}; one of: {', '.join(service.folder for service in context.services)}")


def _lint(folder: str = ".") -> list[Step]:
    steps = [
        Step(f"ruff check {folder}", ["ruff", "check", "--quiet", folder]),
        Step(f"ruff format {folder}", ["ruff", "format", "--quiet", "--diff", folder]),
    ]
    if folder == ".":
        scripts = sorted(
            str(p.relative_to(ROOT)) for pattern in ("*.sh", "*/*.sh", "Docker/*/*.sh") for p in ROOT.glob(pattern)
        )
        steps.append(Step("shellcheck", ["shellcheck", "-x", *scripts, ".ci/run", ".githooks/commit-msg"]))
    return steps


def _mypy(name: str, targets: Sequence[str], cwd: Path, **variables: str) -> Step:
    config = os.path.relpath(ROOT / "pyproject.toml", cwd)
    cache = str(CACHE / "mypy" / name.replace("/", "-"))
    command = ["mypy", "--config-file", config, "--cache-dir", cache, "--no-error-summary", *targets]
    return Step(f"mypy {name}", command, cwd=cwd, extra=lambda: variables)


def _types_of_libs() -> list[Step]:
    steps = [
        _mypy(f"libs/{lib}", ["src"], ROOT / "libs" / lib, DJANGO_SETTINGS_MODULE="tests.settings", DJANGO_ENV="test")
        for lib in LIBS
    ]
    options = ["--config-file=", "--strict", "--warn-unreachable", "--cache-dir", str(CACHE / "mypy" / "Scripts")]
    return [*steps, Step("mypy Scripts", ["mypy", *options, "--no-error-summary", "-p", "suite"], cwd=SCRIPTS)]


def _types_of_service(service: Service) -> Step:
    app = service.path / service.app
    names = [name for name in ("services", "selectors", "selectors.py") if (app / name).exists()]
    targets = [f"{service.app}/{name}" for name in names]
    return _mypy(service.folder, targets, service.path, DJANGO_SETTINGS_MODULE="config.settings", DJANGO_ENV="test")


def _migrations(service: Service) -> Step:
    command = ["python", "manage.py", "makemigrations", "--check", "--dry-run"]
    return Step(f"missing migrations {service.folder}", command, cwd=service.path, extra=lambda: {"DJANGO_ENV": "test"})


def _deploy(service: Service) -> Step:
    command = ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return Step(f"check --deploy {service.folder}", command, cwd=service.path, extra=production)


def production() -> dict[str, str]:
    """An environment as an installation in production would have it; nothing listens at these addresses."""
    key = CACHE / "production-like-key.pem"
    _make_key(key)
    values = {
        "DJANGO_ENV": "production",
        "DJANGO_SECRET_KEY": os.urandom(32).hex(),
        "DJANGO_ALLOWED_HOSTS": "tickets.example.com",
        "DATABASE_URL": "postgres://app:secret@127.0.0.1:5432/app",
        "EMAIL_URL": "smtp+tls://desk:secret@mail.example.com:587",
        "DEFAULT_FROM_EMAIL": "Help Desk <desk@example.com>",
        "AUTH_PUBLIC_URL": "https://tickets.example.com",
        "ATTACHMENTS_DIR": str(CACHE / "attachments"),
        "JWT_PRIVATE_KEY_FILE": str(key),
        "SERVICE_CLIENT_SECRET": os.urandom(32).hex(),
    }
    for service in topology.load().services:
        values[f"{service.env_name}_URL"] = f"https://{service.name}.example.com"
        values[f"SERVICE_CLIENT_SECRET_{service.env_name}"] = os.urandom(32).hex()
    return values


def _make_key(path: Path) -> None:
    if not path.exists():
        from suite.state import make_signing_key

        path.parent.mkdir(parents=True, exist_ok=True)
        make_signing_key(path)


def _at_root(name: str) -> Step:
    """The tests of one folder below tests/."""
    command = ["python", "-m", "unittest", "discover", "-s", f"tests/{name}", "-t", "."]
    return Step(f"tests/{name}", command, tests=True, extra=lambda: {"PYTHONPATH": str(SCRIPTS)})


def _alert_rules() -> list[Step]:
    """The alert rules of libs/healthcheck: well formed, and firing when they should."""
    folder = ROOT / "libs" / "healthcheck" / "prometheus"
    commands = {
        "promtool check rules": ["promtool", "check", "rules", "alerts.yml"],
        "promtool test rules": ["promtool", "test", "rules", "alerts.test.yml"],
    }
    return [Step(name, command, cwd=folder, prepare=servers.promtool) for name, command in commands.items()]


def _in_browser() -> Step:
    """The tests of tests/browser, with a Chromium."""
    step = _at_root("browser")
    step.extra = lambda: {"PYTHONPATH": str(SCRIPTS), "TEST_CHROMIUM": str(servers.browser())}
    return step


def _with_imap_server() -> Step:
    """The tests of tests/imap, with a Dovecot."""
    step = _at_root("imap")
    step.prepare = servers.imap_server
    return step


def _with_virus_scanner() -> Step:
    """The tests of tests/scanner, with a clamd."""
    step = _at_root("scanner")
    step.prepare = servers.virus_scanner
    return step


def _console() -> list[Step]:
    """What frontend/'s own scripts check; none, and said so, where there is no Node.js to run them."""
    console = topology.load().console
    if console is None:
        return []
    if reason := frontend.lacking():
        say(f"frontend: NOT CHECKED: {reason}")
        return []
    commands = {"frontend lint": "lint", "frontend format": "format:check", "frontend build": "build"}
    steps = [Step(name, ["npm", "run", "--silent", script], cwd=console.path) for name, script in commands.items()]
    steps.append(Step("tests/frontend (Vitest)", ["npm", "test"], cwd=console.path, tests=True))
    for step in steps:
        step.prepare = lambda: frontend.install(console)
    return steps


def _libs_on_sqlite() -> list[Step]:
    command = ["python", "-m", "django", "test", "--settings=tests.settings"]
    return [
        Step(f"tests libs/{lib} (SQLite)", command, cwd=ROOT / "libs" / lib, tests=True, may_skip=True) for lib in LIBS
    ]


def _lib_on_servers(context: Context, lib: str) -> Step:
    def extra() -> dict[str, str]:
        return {"DATABASE_URL": context.database(f"lib_{lib}"), "TEST_BROKER_URL": context.broker}

    command = ["python", "-m", "django", "test", "--noinput", "--settings=tests.settings"]
    return Step(
        f"tests libs/{lib} (PostgreSQL, RabbitMQ)",
        command,
        cwd=ROOT / "libs" / lib,
        tests=True,
        needs_servers=True,
        extra=extra,
    )


def _on_sqlite(service: Service, *, own_environment: bool) -> Step:
    step = Step(
        f"tests {service.folder} (SQLite)",
        ["python", "manage.py", "test"],
        cwd=service.path,
        tests=True,
        may_skip=True,
    )
    return _in_own_environment(step, service) if own_environment else step


def _on_postgresql(context: Context, service: Service) -> Step:
    step = Step(
        f"tests {service.folder} (PostgreSQL 15)",
        ["python", "manage.py", "test", "--noinput"],
        cwd=service.path,
        tests=True,
        needs_servers=True,
        extra=lambda: {"DATABASE_URL": context.database(service.database)},
    )
    return _in_own_environment(step, service)


def _in_own_environment(step: Step, service: Service) -> Step:
    """Only what the service's own requirements bring; nothing of the developer's environment is on the path."""
    directory = CACHE / "venvs" / service.folder
    step.python = install.python_of(directory)
    step.prepare = lambda: install.service_environment(directory, service.folder)
    return step


def _end_to_end() -> list[Step]:
    """The suite as processes; each starts the servers that it needs. The longest begins while others are left."""
    modules = {
        "flow": ["test_flow"],
        "attacks, bad input, conversation": ["test_attacks", "test_bad_input", "test_conversation"],
        "console": ["test_console"],
        "faults on the feed": ["test_faults.FaultsOnTheFeed"],
        "faults on RabbitMQ": ["test_faults.FaultsOnRabbitMQ"],
    }
    if topology.load().console is None or frontend.lacking():
        del modules["console"]
    return [
        Step(f"tests/e2e {name}", ["python", "-m", "unittest", "-v", *(f"tests.e2e.{m}" for m in names)], tests=True)
        for name, names in modules.items()
    ]
