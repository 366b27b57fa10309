"""The environment variables of each process: the caller's, and what the topology and the state say."""

import os
import sys
from pathlib import Path

from suite.state import State
from suite.topology import Process, Service, Topology

# The caller's values of these are for the suite as a whole, or would mislead the processes.
_NOT_PASSED_ON = ("PYTHONPATH", "PYTHONHOME", "DJANGO_SETTINGS_MODULE", "PORT", "DATABASE_URL", "SEED_ACCOUNT_PASSWORD")
BROKER = "DJANGO_CELERY_BROKER_URL"


class Environments:
    """Builds them; `databases` is the database URL by service name."""

    def __init__(self, *, topology: Topology, state: State, databases: dict[str, str]) -> None:
        self._topology = topology
        self._state = state
        self._databases = databases
        self._secrets = state.secrets(topology)
        self._key = str(state.signing_key())
        self._shared = self._make_shared()

    @property
    def password(self) -> str:
        """Of every seeded account."""
        return self._secrets["SEED_ACCOUNT_PASSWORD"]

    def of_service(self, service: Service) -> dict[str, str]:
        """For commands of the service: `setup`, `manage`."""
        values = self._shared | {
            "DJANGO_SECRET_KEY": self._secrets[f"DJANGO_SECRET_KEY_{service.env_name}"],
            "SERVICE_CLIENT_SECRET": self._secrets[f"SERVICE_CLIENT_SECRET_{service.env_name}"],
            "DATABASE_URL": self._databases[service.name],
            "ATTACHMENTS_DIR": str(self._state.attachments / service.name),
        }
        if service.name in {"messaging", "notification-service"}:
            values["MAIL_REPLY_SECRET"] = self._secrets["MAIL_REPLY_SECRET"]
            values.setdefault("MAIL_DESK_ADDRESS", "helpdesk@example.com")
        if service.name == "auth-service":
            values["JWT_PRIVATE_KEY_FILE"] = self._key
            values["SEED_ACCOUNT_PASSWORD"] = self.password
            if self._topology.console:
                values.setdefault("AUTH_PUBLIC_URL", self._topology.console.origins[0])
                values.setdefault("BROWSER_ORIGINS", ",".join(self._topology.console.origins))
                values.setdefault("REFRESH_COOKIE_PATH", f"{service.prefix}api/v1/token/refresh/")
            for other in self._topology.services:
                name = f"SERVICE_CLIENT_SECRET_{other.env_name}"
                values[name] = self._secrets[name]
        return values

    def of_process(self, service: Service, process: Process) -> dict[str, str]:
        """For one long-running process."""
        values = self.of_service(service)
        if process.command == "web":
            values |= {"PORT": str(service.port), "BIND": "127.0.0.1"}
        if process.command == "live":
            values |= {"PORT": str(service.live_port), "BIND": "127.0.0.1"}
        if process.command == "worker":
            values["WORKER_HEARTBEAT_FILE"] = str(self.heartbeat(service, process))
        return values

    def heartbeat(self, service: Service, process: Process) -> Path:
        return self._state.heartbeats / f"{service.name}-{process.name}"

    def _make_shared(self) -> dict[str, str]:
        values = {
            key: value
            for key, value in os.environ.items()
            if key not in _NOT_PASSED_ON and not key.startswith(("DATABASE_URL_", "SERVICE_CLIENT_SECRET"))
        }
        values.setdefault("DJANGO_ALLOWED_HOSTS", "localhost,127.0.0.1")
        values.setdefault(BROKER, "")
        if not values.get("EMAIL_URL"):
            values["EMAIL_URL"] = "filemail://"
            values["EMAIL_FILE_PATH"] = str(self._state.mail)
        binaries = str(Path(sys.executable).parent)
        values |= {
            "DJANGO_ENV": "development",
            "PATH": f"{binaries}{os.pathsep}{values.get('PATH', os.defpath)}",
            "PYTHONUNBUFFERED": "1",
        }
        for service in self._topology.services:
            values[f"{service.env_name}_URL"] = service.url
        return values
