"""topology.toml is the one list: settings, example environments, requirements and pins agree with it."""

import ast
import re
from unittest import TestCase

from suite.lock import inputs
from suite.paths import LIBS, ROOT
from suite.topology import Service

from .source import SERVICES


def variables(service: Service) -> dict[str, str]:
    """The example environment of a service."""
    lines = (service.path / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z]", line))


def producers(service: Service) -> set[str]:
    """The services whose events the settings read."""
    tree = ast.parse((service.path / "config" / "settings.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "producers" and isinstance(node.value, ast.Dict):
            return {str(ast.literal_eval(key)) for key in node.value.keys if key is not None}
    raise AssertionError(f"{service.name}: no producers in the settings")


class TopologyTests(TestCase):
    def test_settings_name_the_service_as_the_topology_does(self) -> None:
        for service in SERVICES:
            text = (service.path / "config" / "settings.py").read_text(encoding="utf-8")
            with self.subTest(service=service.name):
                self.assertIn(f'SERVICE = "{service.name}"', text)
                self.assertIn(f'"{service.app}"', text)

    def test_settings_read_the_events_of_those_that_the_topology_says(self) -> None:
        for service in SERVICES:
            with self.subTest(service=service.name):
                self.assertEqual(producers(service), set(service.consumes_from))

    def test_example_environments_have_the_topologys_database_and_addresses(self) -> None:
        for service in SERVICES:
            example = variables(service)
            with self.subTest(service=service.name):
                self.assertTrue(example["DATABASE_URL"].endswith(f"/{service.database}"))
                for other in SERVICES:
                    if other.name in service.consumes_from:
                        self.assertEqual(example[f"{other.env_name}_URL"], other.url)

    def test_example_environments_hold_no_secret(self) -> None:
        for service in SERVICES:
            filled = [n for n, v in variables(service).items() if v and re.search("SECRET|PASSWORD|PRIVATE_KEYS", n)]
            with self.subTest(service=service.name):
                self.assertEqual(filled, [])

    def test_ports_databases_prefixes_and_folders_are_used_once(self) -> None:
        for name in ("port", "database", "prefix", "folder", "app"):
            with self.subTest(name=name):
                self.assertEqual(len({getattr(service, name) for service in SERVICES}), len(SERVICES))

    def test_a_live_process_has_a_port_of_its_own(self) -> None:
        ports = [port for service in SERVICES for port in service.ports]
        self.assertEqual(len(set(ports)), len(ports))
        for service in SERVICES:
            lives = any(process.command == "live" for process in service.processes)
            with self.subTest(service=service.name):
                self.assertEqual(service.live_port is not None, lives)

    def test_consumers_name_services_that_exist(self) -> None:
        names = {service.name for service in SERVICES}
        for service in SERVICES:
            self.assertLessEqual(set(service.consumes_from), names)

    def test_pins_come_from_constraints_only(self) -> None:
        """No requirements file pins a version of its own, and all of them read the one file of pins."""
        files = [service.path / name for service in SERVICES for name in ("requirements.txt", "requirements-dev.txt")]
        files += [ROOT / "Scripts" / name for name in ("requirements.txt", "requirements-dev.txt")]
        for path in files:
            text = path.read_text(encoding="utf-8")
            with self.subTest(path=str(path.relative_to(ROOT))):
                self.assertIn("-c ../constraints.txt", text)
                self.assertNotIn("==", text)

    def test_every_requirement_is_pinned(self) -> None:
        lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        pinned = {re.split("==", line)[0].lower() for line in lines if "==" in line}
        wanted = {re.split(r"[\[<>=! ;]", name)[0].lower() for name in inputs()}
        self.assertEqual(wanted - pinned, set())

    def test_every_service_installs_our_libraries_from_this_tree(self) -> None:
        for service in SERVICES:
            lines = (service.path / "requirements.txt").read_text(encoding="utf-8").splitlines()
            ours = {line.removeprefix("../libs/") for line in lines if line.startswith("../libs/")}
            with self.subTest(service=service.name):
                self.assertLessEqual(ours, set(LIBS))
                self.assertEqual([line for line in lines if line.startswith("tts-")], [])
