"""Libraries depend on each other in one direction, know no service, and declare what they use."""

import tomllib
from unittest import TestCase

from suite.paths import LIBS, ROOT

from .source import SERVICES, imported_packages, library_graph

MAY_USE = {
    "jsonlog": set(),
    "healthcheck": set(),
    "servicekit": {"jsonlog", "healthcheck"},
    "jwtauth": {"servicekit", "jsonlog", "healthcheck"},
    "eventbus": {"jwtauth", "servicekit", "jsonlog", "healthcheck"},
    "attachments": {"servicekit"},
}


class LibraryTests(TestCase):
    def test_the_list_of_libraries_is_complete(self) -> None:
        self.assertEqual(set(MAY_USE), set(LIBS))

    def test_imports_between_libraries_follow_the_order(self) -> None:
        graph = library_graph()
        wrong = [
            f"{user} -> {used}"
            for user in LIBS
            for used in LIBS
            if user != used
            and used not in MAY_USE[user]
            and graph.direct_import_exists(importer=user, imported=used, as_packages=True)
        ]
        self.assertEqual(wrong, [])

    def test_the_order_has_no_cycle(self) -> None:
        for library, used in MAY_USE.items():
            with self.subTest(library=library):
                self.assertNotIn(library, {deeper for name in used for deeper in MAY_USE[name]} | used)

    def test_no_library_knows_a_service(self) -> None:
        forbidden = {service.app for service in SERVICES} | {"config"}
        for lib in LIBS:
            with self.subTest(lib=lib):
                self.assertEqual(forbidden & set(imported_packages(ROOT / "libs" / lib / "src")), set())

    def test_a_library_declares_the_libraries_that_it_imports(self) -> None:
        for lib in LIBS:
            project = tomllib.loads((ROOT / "libs" / lib / "pyproject.toml").read_text())["project"]
            extras = project.get("optional-dependencies", {}).values()
            declared = {*project.get("dependencies", []), *(name for extra in extras for name in extra)}
            used = {f"tts-{name}" for name in imported_packages(ROOT / "libs" / lib / "src") if name in LIBS}
            with self.subTest(lib=lib):
                self.assertEqual(used - declared - {f"tts-{lib}"}, set())

    def test_every_library_is_an_installable_typed_package_with_readme_and_tests(self) -> None:
        for lib in LIBS:
            folder = ROOT / "libs" / lib
            for name in ("README.md", f"src/{lib}/__init__.py", f"src/{lib}/py.typed", "tests/__init__.py"):
                with self.subTest(lib=lib, name=name):
                    self.assertTrue((folder / name).is_file())
            self.assertNotEqual(list((folder / "tests").glob("test_*.py")), [])
