"""Which database each service uses: the embedded PostgreSQL, or the servers that the caller names."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from suite.postgres import Cluster, create_missing, embedded_binaries
from suite.state import State
from suite.topology import Topology


def given(topology: Topology, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Database URLs that the caller set, by service: `DATABASE_URL_TICKET_SERVICE`, or one `DATABASE_URL` for all
    whose path is replaced by each database's name."""
    urls = {}
    for service in topology.services:
        own = environ.get(f"DATABASE_URL_{service.env_name}", "")
        if own:
            urls[service.name] = own
        elif environ.get("DATABASE_URL"):
            urls[service.name] = with_database(environ["DATABASE_URL"], service.database)
    return urls


def with_database(url: str, name: str) -> str:
    """The same server, another database: `postgres://u:p@h:5432/x?a=b` -> `postgres://u:p@h:5432/name?a=b`."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def prepare(topology: Topology, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Makes the databases that are missing on the caller's server; answers the caller's URLs by service."""
    urls = given(topology, environ)
    base = environ.get("DATABASE_URL", "")
    if base:
        create_missing(with_database(base, "postgres"), [service.database for service in topology.services])
    return urls


def start_embedded(topology: Topology, state: State) -> Cluster:
    """Starts the embedded PostgreSQL in the state's folder with one database per service."""
    cluster = Cluster(home=state.postgres, binaries=embedded_binaries(), log=state.log("postgresql"))
    cluster.start()
    cluster.create_databases([service.database for service in topology.services])
    return cluster


def embedded_urls(topology: Topology, cluster: Cluster) -> dict[str, str]:
    return {service.name: cluster.url(service.database) for service in topology.services}


def remove_embedded(state: State) -> None:
    """Forgets the embedded PostgreSQL with all data."""
    if state.postgres.exists():
        Cluster(home=state.postgres, binaries=embedded_binaries(), log=state.log("postgresql")).remove()
