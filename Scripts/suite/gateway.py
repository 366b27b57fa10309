"""The gateway's routes and weights, rendered from topology.toml into Docker/gateway/templates/."""

from collections.abc import Mapping
from pathlib import Path

from suite.paths import ROOT
from suite.topology import Service, Topology

TEMPLATE = ROOT / "Docker" / "gateway" / "templates" / "services.conf.template"
WEIGHTS = TEMPLATE.with_name("weights.conf.template")
AUTH = "auth-service"
CONSOLE = "console"
SIGN_IN = "api/v1/token/"
LIVE = "api/v1/live/"

_SERVER = """\
# Made by `bash Scripts/docker.sh render` from topology.toml (Scripts/suite/gateway.py). Do not edit.
# Who asks: the peer, or, when that is of the network GATEWAY_TRUSTED_PROXIES, whom it names. `unix:` is nobody.
set_real_ip_from ${GATEWAY_TRUSTED_PROXIES};
real_ip_header ${GATEWAY_CLIENT_HEADER};
real_ip_recursive on;
limit_req_zone $binary_remote_addr zone=requests:10m rate=${GATEWAY_RATE};
limit_req_zone $binary_remote_addr zone=sign_in:10m rate=${GATEWAY_SIGN_IN_RATE};

server {
    listen 8080;
    server_name _;
    # Names are asked for again, so that a container that comes back with another address is found.
    resolver ${GATEWAY_RESOLVER} valid=5s ipv6=off;
    set $tts_scheme ${GATEWAY_SCHEME};
    limit_conn connections 1000;
    limit_req zone=requests burst=200 nodelay;
    include /etc/nginx/headers.conf;
    include /etc/nginx/problems.conf;

    location = /healthz {
        access_log off;
        default_type application/health+json;
        return 200 '{"status":"pass"}';
    }
"""
_CONSOLE = """\
    # All that is no service's is the console's.
    location / {
        set $tts_upstream ${tts_console}:8000;
        proxy_pass http://$tts_upstream;
        proxy_intercept_errors on;
        include /etc/nginx/proxy.conf;
    }
"""
_INTERNAL = """
    # The services' talk among themselves is not for outside.
    location ^~ {prefix}internal {{
        return 404;
    }}
"""
_OPERATORS = """\
    # The operators' site is reached at the service itself, from inside.
    location ^~ {prefix}admin {{
        return 404;
    }}
"""
_SPLIT = """\
# Made by Scripts/suite/gateway.py. Which containers take a service's requests; Scripts/release.sh puts another file in
# its place while it replaces one.
"""
_ROUTE = """\
    location {match} {{
        set $tts_upstream ${{{variable}}}{suffix}:8000;
        rewrite ^{stem}(/.*)$ $1 break;
        proxy_pass http://$tts_upstream;
        proxy_redirect / {prefix};
        include /etc/nginx/proxy.conf;
{more}    }}
"""


def render(topology: Topology) -> str:
    """The template's text: one server, one prefix for each service, taken off on the way; the console at its root."""
    text = _SERVER + _CONSOLE
    for service in topology.services:
        text += _INTERNAL.format(prefix=service.prefix)
        if service.name == AUTH:
            text += _OPERATORS.format(prefix=service.prefix)
        text += _route(service, f"^~ {service.prefix}")
        if any(process.command == "live" for process in service.processes):
            text += _route(service, f"^~ {service.prefix}{LIVE}", suffix="-live")
        if service.name == AUTH:
            limit = "limit_req zone=sign_in burst=30 nodelay;"
            text += _route(service, f"= {service.prefix}{SIGN_IN}", directive=limit)
    return text + "}\n"


def render_weights(topology: Topology, greens: Mapping[str, tuple[str, int]] | None = None) -> str:
    """Each service's requests go to the containers of its name; of those in `greens`, so many in a hundred go to the
    other name: `{"ticket-service": ("tts-ticket-service-green", 10)}`."""
    blocks = []
    for upstream in (CONSOLE, *(service.name for service in topology.services)):
        name, percent = (greens or {}).get(upstream, ("", 0))
        lines = [f"    {percent}% {name};"] if 0 < percent < 100 else []
        lines.append(f"    * {name if percent >= 100 else upstream};")
        blocks.append("\n".join([f"split_clients $request_id ${_variable(upstream)} {{", *lines, "}"]))
    return _SPLIT + "\n".join(blocks) + "\n"


def write(topology: Topology, path: Path = TEMPLATE, weights: Path = WEIGHTS) -> None:
    path.write_text(render(topology), encoding="utf-8")
    weights.write_text(render_weights(topology), encoding="utf-8")


def _variable(upstream: str) -> str:
    return f"tts_{upstream.replace('-', '_')}"


def _route(service: Service, match: str, *, suffix: str = "", directive: str = "") -> str:
    return _ROUTE.format(
        match=match,
        variable=_variable(service.name),
        suffix=suffix,
        prefix=service.prefix,
        stem=service.prefix.rstrip("/"),
        more=f"        {directive}\n" if directive else "",
    )
