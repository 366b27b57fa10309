"""PostgreSQL 15 and RabbitMQ for the checks: the caller's, or private ones of Debian's packages."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from suite.console import Failure, say
from suite.database import with_database
from suite.paths import CACHE
from suite.ports import any_free
from suite.postgres import UNSAFE_FAST, Cluster
from suite.rabbitmq import SERVER, Broker

POSTGRESQL_15 = Path("/usr/lib/postgresql/15/bin")
DOVECOT = Path("/usr/sbin/dovecot")
CLAMD = Path("/usr/sbin/clamd")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_POLICY = Path("/usr/sbin/policy-rc.d")


@dataclass
class Servers:
    """`database_url` has no database of its own (see `database`); `broker_url` is of the default virtual host."""

    database_url: str
    broker_url: str
    started: list[Cluster | Broker] = field(default_factory=list)

    def database(self, name: str) -> str:
        """The URL of a database on the server; it need not exist for Django's test runner, which makes its own."""
        return with_database(self.database_url, name)

    def stop(self) -> None:
        for server in reversed(self.started):
            server.stop()


def start(name: str, environ: Mapping[str, str] = os.environ) -> Servers:
    """TEST_DATABASE_URL and TEST_BROKER_URL where they are set; otherwise private ones in `.cache/servers/<name>`."""
    database_url, broker_url = environ.get("TEST_DATABASE_URL", ""), environ.get("TEST_BROKER_URL", "")
    servers = Servers(database_url, broker_url)
    install(need_postgresql=not database_url, need_rabbitmq=not broker_url)
    home = CACHE / "servers" / name
    try:
        if not database_url:
            cluster = postgresql(home / "postgresql", options=UNSAFE_FAST)
            servers.started.append(cluster)
            cluster.start()
            servers.database_url = cluster.url("postgres")
        if not broker_url:
            broker = rabbitmq(home / "rabbitmq")
            servers.started.append(broker)
            broker.start()
            servers.broker_url = broker.url
    except BaseException:
        servers.stop()
        raise
    return servers


def postgresql(home: Path, *, options: dict[str, str] | None = None) -> Cluster:
    """A new, empty PostgreSQL 15 in `home`, not started yet."""
    cluster = Cluster(
        home=home, binaries=POSTGRESQL_15, log=home.with_suffix(".log"), port=any_free(), options=options or {}
    )
    cluster.remove()
    return cluster


def rabbitmq(home: Path) -> Broker:
    """A new, empty RabbitMQ node in `home`, not started yet."""
    shutil.rmtree(home, ignore_errors=True)
    port, distribution, epmd = any_free(), any_free(), any_free()
    return Broker(home, home.with_suffix(".log"), port=port, distribution_port=distribution, epmd_port=epmd)


def browser(environ: Mapping[str, str] = os.environ) -> Path:
    """TEST_CHROMIUM where it is set; otherwise the machine's Chromium or Chrome, or Debian's, then installed."""
    found = environ.get("TEST_CHROMIUM", "") or _browser_here()
    _install({"chromium": (not found, "TEST_CHROMIUM")})
    return Path(found or _browser_here())


def imap_server() -> None:
    """Debian's Dovecot, installed when it is missing; the tests start one of their own."""
    _install({"dovecot-imapd": (not DOVECOT.exists(), "")})


def virus_scanner() -> None:
    """Debian's clamd, installed when it is missing; the tests start one of their own."""
    _install({"clamav-daemon": (not CLAMD.exists(), "")})


def promtool() -> None:
    """Prometheus' checker of rules, of Debian's package; installed when it is missing."""
    _install({"prometheus": (shutil.which("promtool") is None, "")})


def _browser_here() -> str:
    return next(filter(None, map(shutil.which, BROWSERS)), "")


def install(*, need_postgresql: bool = True, need_rabbitmq: bool = True) -> None:
    """Installs what is missing from Debian's packages where we may; otherwise `Failure` with what to do."""
    _install(
        {
            "postgresql-15": (need_postgresql and not (POSTGRESQL_15 / "postgres").exists(), "TEST_DATABASE_URL"),
            "rabbitmq-server": (need_rabbitmq and not SERVER.exists(), "TEST_BROKER_URL"),
        }
    )


def _install(wanted: Mapping[str, tuple[bool, str]]) -> None:
    """Each package, whether it is missing, and the variable that names another, if there is one."""
    missing = [package for package, (absent, _) in wanted.items() if absent]
    if not missing:
        return
    variables = " and ".join(variable for absent, variable in wanted.values() if absent and variable)
    advice = f"install {' and '.join(missing)} (Debian, Ubuntu: apt-get install)"
    advice += f", or set {variables}" if variables else ""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Failure(f"{' and '.join(missing)} not found: {advice}")
    say(f"Installing {' and '.join(missing)} from the system's packages ...")
    if not _apt(missing):
        raise Failure(f"apt-get could not install {' and '.join(missing)} (see above): {advice}")


def _apt(packages: list[str]) -> bool:
    """Installs without starting the services that the packages bring (Debian's policy-rc.d says so)."""
    ours = not _POLICY.exists()
    if ours:
        _POLICY.write_text("#!/bin/sh\nexit 101\n")
        _POLICY.chmod(0o755)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        for arguments in (["update", "-qq"], ["install", "-qq", "--yes", "--no-install-recommends", *packages]):
            done = subprocess.run(
                ["apt-get", *arguments], env=environment, check=False, stdin=subprocess.DEVNULL, capture_output=True
            )
            if done.returncode != 0:
                say(done.stderr.decode(errors="replace")[-2000:])
                return False
    finally:
        if ours:
            _POLICY.unlink(missing_ok=True)
    return True
