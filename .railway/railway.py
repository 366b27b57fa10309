"""The Railway project: gateway, console, five services, their workers, PostgreSQL and RabbitMQ. See docs/railway.md.

    railway config plan       # what would change
    railway config apply

What this file leaves out, Railway plans to delete; so it names everything, and secrets are kept as they are
(`preserve()`). topology.toml is the list of services and processes; tests/scripts/test_railway_project.py evaluates
this file and holds it to that.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from railway_sdk import Project, Service, database, define_railway, github, image, preserve, project, service, volume

ROOT = Path(__file__).resolve().parent.parent
PORT = 8000
GATEWAY_PORT = 8080
DOCKERFILE = "Docker/service.Dockerfile"
# A change of these rebuilds every service.
SHARED = ("/libs/**", "/constraints.txt", f"/{DOCKERFILE}", "/Docker/entrypoint.sh", "/Docker/requirements.py")
# Readiness says no for DRAIN_SECONDS (5) after SIGTERM, then requests have 20 s: draining is longer than both.
WEB_STOPS = {"overlapSeconds": 20, "drainingSeconds": 40}
WORKER_STOPS = {"overlapSeconds": 0, "drainingSeconds": 40}
RESTARTS = {"restartPolicyType": "ON_FAILURE", "restartPolicyMaxRetries": 10}
# Of the processes that are asked over HTTP, `web` and `live`.
LISTENS = {"healthcheck": "/readyz", "healthcheckTimeout": 300, "deploy": {**RESTARTS, **WEB_STOPS}}
ADDRESS = {"BIND": "[::]", "PORT": str(PORT)}
DOMAIN = "${{gateway.RAILWAY_PUBLIC_DOMAIN}}"
# Only the gateway is reached from outside. Its peers are Railway's edge, which says in X-Real-IP who asks; auth-service
# believes the gateway, whichever of the private addresses it has.
EDGE = {"GATEWAY_TRUSTED_PROXIES": "100.64.0.0/10", "GATEWAY_CLIENT_HEADER": "X-Real-IP"}
PRIVATE = "fc00::/7,10.0.0.0/8,100.64.0.0/10"
# The services that keep files; attachments live in S3, never on a container's disk.
KEEP_FILES = ("ticket-service", "messaging")
S3 = ("BUCKET", "ENDPOINT", "REGION", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY")


def topology() -> Mapping[str, Any]:
    services: Mapping[str, Any] = tomllib.loads((ROOT / "topology.toml").read_text(encoding="utf-8"))["services"]
    return services


def source() -> dict[str, Any]:
    """This repository at its root, so that libs/ is there; deployed once its checks are green."""
    repository = os.environ.get("GITHUB_REPOSITORY", "")
    if "/" not in repository:
        raise SystemExit("set GITHUB_REPOSITORY to owner/name of the repository that Railway shall deploy")
    branch = os.environ.get("RAILWAY_BRANCH", "main")
    return github(repository, branch=branch, rootDirectory="/", checkSuites=True)


def build(folder: str) -> dict[str, Any]:
    watched = [f"/{folder}/**", *SHARED]
    return {"builder": "DOCKERFILE", "dockerfilePath": DOCKERFILE, "watchPatterns": watched}


def env_name(name: str) -> str:
    return name.upper().replace("-", "_")


def address(name: str) -> str:
    return f"http://{name}.railway.internal:{PORT}"


def environment(name: str, entry: Mapping[str, Any], db: Service, broker: Service) -> dict[str, Any]:
    """The variables of a service's web process; its other processes refer to the same."""
    values: dict[str, Any] = {
        "SERVICE": entry["folder"],  # the Dockerfile's build argument
        "DJANGO_ENV": "production",
        "DJANGO_SECRET_KEY": preserve(),
        "DJANGO_ALLOWED_HOSTS": f"{DOMAIN},{name}.railway.internal,healthcheck.railway.app",
        "DATABASE_URL": db.env.DATABASE_URL,
        "DJANGO_CELERY_BROKER_URL": broker.env.AMQP_URL,
        "HEALTHCHECK_TOKEN": preserve(),
        "LOG_LEVEL": "INFO",
    }
    values |= {f"{env_name(other)}_URL": address(other) for other in entry["consumes_from"]}
    if name == "auth-service":
        values["JWT_PRIVATE_KEYS"] = preserve()
        values["AUTH_PUBLIC_URL"] = f"https://{DOMAIN}"
        values["REFRESH_COOKIE_PATH"] = "/auth/api/v1/token/refresh/"
        values["TRUSTED_PROXIES"] = PRIVATE
        for other in topology():
            if other != name:
                secret = f"${{{{{other}.SERVICE_CLIENT_SECRET}}}}"
                values[f"SERVICE_CLIENT_SECRET_{env_name(other)}"] = secret
    else:
        values |= {"SERVICE_CLIENT_SECRET": preserve(), "AUTH_SERVICE_URL": address("auth-service")}
    if name in {"auth-service", "notification-service"}:
        values |= {"EMAIL_URL": preserve(), "DEFAULT_FROM_EMAIL": preserve()}
    if name in {"messaging", "notification-service"}:
        values |= {"MAIL_REPLY_SECRET": preserve(), "MAIL_DESK_ADDRESS": preserve()}
    if name == "messaging":
        values["MAIL_IN_URL"] = preserve()
    if name in KEEP_FILES:
        values |= {f"ATTACHMENTS_S3_{key}": preserve() for key in S3} | {"ATTACHMENT_SCANNER": preserve()}
    return values


def processes(name: str, entry: Mapping[str, Any], broker: Service) -> list[Service]:
    """The database of a service, its web process, which migrates before it is replaced, and its other processes."""
    db = database(
        f"{entry['database']}-db",
        "postgres",
        image="ghcr.io/railwayapp-templates/postgres-ssl:15",
        output="DATABASE_URL",
        defaultMountPath="/var/lib/postgresql/data",
    )
    values = environment(name, entry, db, broker)
    web = service(
        name,
        source=source(),
        build=build(entry["folder"]),
        start=f"bash entrypoint.sh {entry['processes']['web']['command']}",
        preDeploy="bash entrypoint.sh setup",
        **LISTENS,
        env={**values, **ADDRESS},
    )
    others = [
        service(
            f"{name}-{key}",
            source=source(),
            build=build(entry["folder"]),
            start=f"bash entrypoint.sh {process['command']}",
            **(LISTENS if key == "live" else {"deploy": {**RESTARTS, **WORKER_STOPS}}),
            env={variable: web.env[variable] for variable in values} | (ADDRESS if key == "live" else {}),
        )
        for key, process in entry["processes"].items()
        if key != "web"
    ]
    return [db, web, *others]


def rabbitmq(data: Service) -> Service:
    return service(
        "rabbitmq",
        source=image("rabbitmq:4.3-management"),
        deploy={**RESTARTS, **WORKER_STOPS, "requiredMountPath": "/var/lib/rabbitmq"},
        volumeMounts={"/var/lib/rabbitmq": data},
        env={
            "RABBITMQ_NODENAME": "rabbit@localhost",  # the data's folder has its name: it must outlive the container
            "RABBITMQ_DEFAULT_USER": "tts",
            "RABBITMQ_DEFAULT_PASS": preserve(),
            "AMQP_URL": "amqp://tts:${{RABBITMQ_DEFAULT_PASS}}@${{RAILWAY_PRIVATE_DOMAIN}}:5672//",
        },
    )


def gateway() -> Service:
    dockerfile = ".railway/gateway.Dockerfile"
    domain = os.environ.get(
        "RAILWAY_GATEWAY_DOMAIN", ""
    )  # e.g. gateway-production-1234.up.railway.app, once it is made
    return service(
        "gateway",
        source=source(),
        build={
            "builder": "DOCKERFILE",
            "dockerfilePath": dockerfile,
            "watchPatterns": ["/Docker/gateway/**", f"/{dockerfile}"],
        },
        healthcheck="/healthz",
        healthcheckTimeout=60,
        deploy={**RESTARTS, **WEB_STOPS},
        networking={"serviceDomains": {domain: {"port": GATEWAY_PORT}}} if domain else {},
        env={
            "PORT": str(GATEWAY_PORT),
            "GATEWAY_RATE": "100r/s",
            "GATEWAY_SIGN_IN_RATE": "10r/s",
            "GATEWAY_SCHEME": "https",
            "GATEWAY_RESOLVER": "[fd12::10]",
            **EDGE,
        },
    )


def console() -> Service:
    """The static files behind the gateway; its base listens on IPv4 alone, Railway's private network may have none."""
    dockerfile = "Docker/console.Dockerfile"
    conf = "/tmp/nginx.conf"  # noqa: S108 - of the container, whose one user it is
    listen = f"sed 's/listen 8000;/listen [::]:8000 ipv6only=off;/' /etc/nginx/nginx.conf > {conf}"
    return service(
        "console",
        source=source(),
        build={
            "builder": "DOCKERFILE",
            "dockerfilePath": dockerfile,
            "watchPatterns": ["/frontend/**", "/*/openapi.yaml", "/Docker/console/**", f"/{dockerfile}"],
        },
        start=f"sh -c \"{listen} && exec nginx -c {conf} -g 'daemon off;'\"",
        healthcheck="/healthz",
        healthcheckTimeout=60,
        deploy={**RESTARTS, **WEB_STOPS},
        env={"PORT": str(PORT)},
    )


@define_railway
def main(ctx: Any = None) -> Project:
    """Every environment is the same; what differs between staging and production are values that are preserved."""
    data = volume("rabbitmq-data")
    broker = rabbitmq(data)
    services = [part for name, entry in topology().items() for part in processes(name, entry, broker)]
    return project("ticket-tracking", resources=[data, broker, *services, console(), gateway()])
