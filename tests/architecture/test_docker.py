"""Docker/ is held to topology.toml: compose, the gateway, the example environment and the images' context."""

import re
from typing import Any
from unittest import TestCase

import yaml
from suite import envfile, gateway, topology
from suite.paths import ROOT
from suite.stack import COMPOSE_FILE, compose_name
from suite.topology import Process, Service

from .source import SERVICES

COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
EXAMPLE = envfile.read(COMPOSE_FILE.with_name(".env.example"))
OTHERS = {"db", "db-ensure", "rabbitmq", "mailpit", "gateway", "console"}


def processes() -> list[tuple[Service, Process, dict[str, Any]]]:
    """Each process of the topology with its container."""
    return [(s, p, CONTAINERS[compose_name(s, p)]) for s in SERVICES for p in s.processes]


def default(text: str) -> str:
    """A compose value with the defaults of its variables: `${X:-8003}:8000` -> `8003:8000`."""
    return re.sub(r"\$\{[A-Z0-9_]+:-([^}]*)\}", r"\1", text)


class ComposeTests(TestCase):
    maxDiff = None

    def test_it_has_a_container_for_each_process_and_a_setup_for_each_service(self) -> None:
        expected = {compose_name(service, process) for service in SERVICES for process in service.processes}
        expected |= {f"{service.name}-setup" for service in SERVICES}
        self.assertEqual(set(CONTAINERS) - OTHERS, expected)

    def test_each_runs_its_command_in_its_services_image(self) -> None:
        for service, process, container in processes():
            with self.subTest(container=compose_name(service, process)):
                self.assertEqual(container["command"], [process.command])
                self.assertEqual(default(container["image"]), f"tts/{service.folder}:latest")

    def test_names_can_be_hosts_for_django(self) -> None:
        self.assertEqual([name for name in CONTAINERS if "_" in name], [])

    def test_ports_are_those_of_the_topology_on_this_machine_only(self) -> None:
        for service in SERVICES:
            with self.subTest(service=service.name):
                self.assertEqual(
                    CONTAINERS[service.name]["ports"], [f"127.0.0.1:${{{service.env_name}_PORT:-{service.port}}}:8000"]
                )
        for name, container in CONTAINERS.items():
            for port in container.get("ports", []):
                with self.subTest(container=name):
                    self.assertTrue(port.startswith("127.0.0.1:${"))

    def test_a_service_runs_as_its_application_role_and_migrates_as_the_owner(self) -> None:
        for service in SERVICES:
            for process in service.processes:
                url = default(CONTAINERS[compose_name(service, process)]["environment"]["DATABASE_URL"])
                with self.subTest(service=service.name, process=process.name):
                    self.assertEqual(url, f"postgres://{service.database}_app:@db:5432/{service.database}")
            setup = default(CONTAINERS[f"{service.name}-setup"]["environment"]["DATABASE_URL"])
            self.assertEqual(setup, f"postgres://{service.database}_owner:@db:5432/{service.database}")

    def test_every_database_is_ensured_with_both_passwords(self) -> None:
        job = CONTAINERS["db-ensure"]
        self.assertEqual(job["command"], [service.database for service in SERVICES])
        for service in SERVICES:
            for role in ("OWNER", "APP"):
                self.assertIn(f"{service.database.upper()}_{role}_PASSWORD", job["environment"])

    def test_every_process_knows_all_addresses(self) -> None:
        for service, process, container in processes():
            for other in SERVICES:
                with self.subTest(container=compose_name(service, process), other=other.name):
                    self.assertEqual(container["environment"][f"{other.env_name}_URL"], f"http://{other.name}:8000")

    def test_no_process_knows_a_secret_of_another_service(self) -> None:
        for service, process, container in processes():
            values = [value for value in container["environment"].values() if isinstance(value, str)]
            for other in SERVICES:
                if other == service:
                    continue
                for secret in (f"DJANGO_SECRET_KEY_{other.env_name}", f"{other.database.upper()}_APP_PASSWORD"):
                    with self.subTest(container=compose_name(service, process), secret=secret):
                        self.assertFalse(any(secret in value for value in values))
            if service.name != "auth-service":
                self.assertNotIn("JWT_PRIVATE_KEYS", container["environment"])

    def test_processes_start_after_the_migrations(self) -> None:
        for service, process, container in processes():
            with self.subTest(container=compose_name(service, process)):
                self.assertEqual(
                    container["depends_on"], {f"{service.name}-setup": {"condition": "service_completed_successfully"}}
                )

    def test_containers_are_confined(self) -> None:
        for name, container in CONTAINERS.items():
            with self.subTest(container=name):
                self.assertEqual(container["cap_drop"], ["ALL"])
                self.assertEqual(container["security_opt"], ["no-new-privileges:true"])
                self.assertEqual(container["read_only"], name != "rabbitmq")
                self.assertIn("mem_limit", container)

    def test_what_runs_on_has_a_probe_or_its_images(self) -> None:
        for name, container in CONTAINERS.items():
            if container["restart"] == "no" or name == "mailpit":
                continue
            with self.subTest(container=name):
                self.assertIn("interval", container["healthcheck"])

    def test_every_variable_has_a_default_and_is_in_the_example_environment(self) -> None:
        text = COMPOSE_FILE.read_text(encoding="utf-8")
        used = set(re.findall(r"(?<!\$)\$\{([A-Z0-9_]+)", text))
        self.assertEqual(set(re.findall(r"(?<!\$)\$\{([A-Z0-9_]+):-", text)), used)
        others = {"COMPOSE_PROFILES", "PYTHON_IMAGE", "NODE_IMAGE"}  # read by compose itself and by the build
        self.assertEqual(used - set(EXAMPLE), set())
        self.assertEqual(set(EXAMPLE) - used, others)

    def test_defaults_are_those_of_the_example_environment(self) -> None:
        text = COMPOSE_FILE.read_text(encoding="utf-8")
        for name, value in re.findall(r"(?<!\$)\$\{([A-Z0-9_]+):-([^}]*)\}", text):
            with self.subTest(name=name):
                self.assertEqual(value, EXAMPLE.get(name, value))

    def test_the_example_environment_holds_no_secret(self) -> None:
        filled = [name for name, value in EXAMPLE.items() if value and re.search("SECRET|PASSWORD|KEYS|TOKEN", name)]
        self.assertEqual(filled, [])


class GatewayTests(TestCase):
    def test_its_routes_are_rendered_from_the_topology(self) -> None:
        """Otherwise: bash Scripts/docker.sh render"""
        self.assertEqual(gateway.TEMPLATE.read_text(encoding="utf-8"), gateway.render(topology.load()))
        self.assertEqual(gateway.WEIGHTS.read_text(encoding="utf-8"), gateway.render_weights(topology.load()))

    def test_each_prefix_is_taken_off_and_internal_routes_are_closed(self) -> None:
        text = gateway.TEMPLATE.read_text(encoding="utf-8")
        for service in SERVICES:
            stem = service.prefix.rstrip("/")
            with self.subTest(service=service.name):
                variable = f"tts_{service.name.replace('-', '_')}"
                start = f"location ^~ {service.prefix} {{\n        set $tts_upstream ${{{variable}}}:8000;"
                self.assertIn(start, text)
                self.assertIn(f"rewrite ^{stem}(/.*)$ $1 break;", text)
                self.assertIn(f"location ^~ {service.prefix}internal {{\n        return 404;", text)

    def test_what_is_no_services_is_the_consoles(self) -> None:
        text = gateway.TEMPLATE.read_text(encoding="utf-8")
        self.assertIn("location / {\n        set $tts_upstream ${tts_console}:8000;", text)


class ImageTests(TestCase):
    def test_the_context_has_every_service_and_no_test(self) -> None:
        lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        for service in SERVICES:
            self.assertIn(f"!{service.folder}", lines)
        self.assertLess(lines.index("*"), lines.index("!libs"))
        self.assertGreater(lines.index("**/tests"), lines.index("!libs"))

    def test_every_base_is_named_by_tag(self) -> None:
        for file, bases in {"service": ["PYTHON_IMAGE"], "console": ["NODE_IMAGE", "NGINX_IMAGE"]}.items():
            text = (ROOT / "Docker" / f"{file}.Dockerfile").read_text(encoding="utf-8")
            for name in bases:
                self.assertIn(f"ARG {name}={EXAMPLE[name]}\n", text)
        for name in ("PYTHON_IMAGE", "NODE_IMAGE", "POSTGRES_IMAGE", "RABBITMQ_IMAGE", "NGINX_IMAGE", "MAILPIT_IMAGE"):
            with self.subTest(name=name):
                self.assertRegex(EXAMPLE[name], r"^[a-z/]+:[a-z0-9.-]+$")
                self.assertNotIn("latest", EXAMPLE[name])
