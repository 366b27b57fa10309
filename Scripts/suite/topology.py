"""topology.toml as typed values: the one list of services, ports, databases and processes."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from suite.paths import ROOT


@dataclass(frozen=True)
class Process:
    """One long-running process of a service; `needs` is "" or "broker"."""

    name: str
    command: str
    needs: str = ""


@dataclass(frozen=True)
class Service:
    name: str
    folder: str
    app: str
    port: int
    prefix: str
    database: str
    seeds: tuple[str, ...]
    consumes_from: tuple[str, ...]
    processes: tuple[Process, ...]
    url: str
    live_port: int | None = None

    @property
    def ports(self) -> tuple[int, ...]:
        """Of the web process and, where there is one, the live process."""
        return (self.port,) if self.live_port is None else (self.port, self.live_port)

    @property
    def path(self) -> Path:
        return ROOT / self.folder

    @property
    def env_name(self) -> str:
        """The name as part of an environment variable: `ticket-service` -> `TICKET_SERVICE`."""
        return self.name.upper().replace("-", "_")


@dataclass(frozen=True)
class Console:
    """The web console: where it is built, and the port at which it and the services are one origin."""

    folder: str
    port: int
    name: str = "console"

    @property
    def path(self) -> Path:
        return ROOT / self.folder

    @property
    def origins(self) -> tuple[str, ...]:
        """What browsers call it; the first is the one to tell people."""
        return (f"http://localhost:{self.port}", f"http://127.0.0.1:{self.port}")


@dataclass(frozen=True)
class Topology:
    services: tuple[Service, ...]
    by_name: Mapping[str, Service] = field(default_factory=dict)
    console: Console | None = None

    def __getitem__(self, name: str) -> Service:
        return self.by_name[name]

    def with_urls(self, urls: Mapping[str, str]) -> "Topology":
        """The same suite at other addresses, for example behind the gateway: `{"auth-service": "http://..."}`."""
        return make(tuple(replace(s, url=urls.get(s.name, s.url).rstrip("/")) for s in self.services), self.console)


def make(services: tuple[Service, ...], console: Console | None = None) -> Topology:
    return Topology(services=services, by_name={service.name: service for service in services}, console=console)


def load(path: Path = ROOT / "topology.toml", *, port_offset: int = 0, host: str = "127.0.0.1") -> Topology:
    """Reads the file; every port is moved by `port_offset`, so that several suites may run beside each other."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    services = []
    for name, entry in raw["services"].items():
        port = entry["port"] + port_offset
        services.append(
            Service(
                name=name,
                folder=entry["folder"],
                app=entry["app"],
                port=port,
                prefix=entry["prefix"],
                database=entry["database"],
                seeds=tuple(entry["seeds"]),
                consumes_from=tuple(entry["consumes_from"]),
                processes=tuple(Process(name=key, **value) for key, value in entry["processes"].items()),
                url=f"http://{host}:{port}",
                live_port=entry["live_port"] + port_offset if "live_port" in entry else None,
            )
        )
    console = raw.get("console")
    return make(tuple(services), Console(console["folder"], console["port"] + port_offset) if console else None)
