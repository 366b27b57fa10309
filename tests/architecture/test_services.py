"""Inside a service dependencies point one way: config -> api -> services, selectors -> models -> errors."""

from unittest import TestCase

import grimp
from suite.paths import LIBS, ROOT

from .source import SERVICES, imported_packages, service_graph

LAYERS = (
    grimp.Layer("api", "consumers", "tasks", "admin", "management", independent=False),
    grimp.Layer("services", "selectors", independent=False),
    "models",
    "errors",
)
WRITING = ("api", "consumers", "tasks", "services", "management")


class ServiceTests(TestCase):
    def test_the_layers_of_each_app_point_one_way(self) -> None:
        for service in SERVICES:
            graph = service_graph(service)
            wrong = graph.find_illegal_dependencies_for_layers(layers=LAYERS, containers={service.app})
            found = sorted(f"{entry.importer} -> {entry.imported}" for entry in wrong)
            with self.subTest(service=service.name):
                self.assertEqual(found, [])

    def test_answers_that_are_kept_for_repetitions_are_forgotten_in_every_service(self) -> None:
        """They hold what was answered, some of it to be shown once only."""
        for service in SERVICES:
            tasks = (ROOT / service.folder / service.app / "tasks.py").read_text(encoding="utf-8")
            with self.subTest(service=service.name):
                self.assertIn("idempotency.purge()", tasks)

    def test_no_one_imports_config_but_config(self) -> None:
        for service in SERVICES:
            graph = service_graph(service)
            importers = {
                importer
                for module in graph.modules
                if module.split(".")[0] == "config"
                for importer in graph.find_modules_that_directly_import(module)
                if importer.split(".")[0] != "config" and ".tests" not in importer
            }
            with self.subTest(service=service.name):
                self.assertEqual(importers, set())

    def test_selectors_only_read(self) -> None:
        """They use nothing that writes: no service, no consumer, no view."""
        for service in SERVICES:
            graph = service_graph(service)
            present = [f"{service.app}.{name}" for name in WRITING if f"{service.app}.{name}" in graph.modules]
            for writing in present:
                with self.subTest(service=service.name, writing=writing):
                    self.assertFalse(
                        graph.direct_import_exists(
                            importer=f"{service.app}.selectors", imported=writing, as_packages=True
                        )
                    )

    def test_consumers_and_tasks_do_not_use_the_api(self) -> None:
        for service in SERVICES:
            graph = service_graph(service)
            for name in ("consumers", "tasks"):
                module = f"{service.app}.{name}"
                if module not in graph.modules:
                    continue
                with self.subTest(module=module):
                    self.assertIsNone(graph.find_shortest_chain(importer=module, imported=f"{service.app}.api"))

    def test_no_service_imports_another(self) -> None:
        apps = {service.app for service in SERVICES}
        for service in SERVICES:
            with self.subTest(service=service.name):
                self.assertEqual(set(imported_packages(service.path)) & (apps - {service.app}), set())

    def test_a_service_requires_the_libraries_that_it_imports(self) -> None:
        for service in SERVICES:
            lines = (service.path / "requirements.txt").read_text().splitlines()
            required = {line.removeprefix("../libs/") for line in lines if line.startswith("../libs/")}
            used = {name for name in imported_packages(service.path) if name in LIBS}
            with self.subTest(service=service.name):
                self.assertEqual(used - required, set())

    def test_no_module_is_a_drawer_for_the_rest(self) -> None:
        drawers = [
            str(path.relative_to(ROOT))
            for folder in ("libs", "Scripts", "tests", *(service.folder for service in SERVICES))
            for name in ("utils.py", "helpers.py", "common.py", "misc.py")
            for path in (ROOT / folder).rglob(name)
        ]
        self.assertEqual(drawers, [])

    def test_no_module_is_longer_than_400_lines(self) -> None:
        long = [
            f"{path.relative_to(ROOT)}: {lines}"
            for folder in ("libs", "Scripts", "tests", *(service.folder for service in SERVICES))
            for path in (ROOT / folder).rglob("*.py")
            if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > 400
        ]
        self.assertEqual(long, [])
