"""The Railway project, evaluated offline: it is the topology, it migrates before it replaces, it holds no secret."""

import importlib.util
import re
import subprocess
from ipaddress import ip_address, ip_network
from typing import Any
from unittest import TestCase
from unittest.mock import patch

from suite import topology
from suite.paths import ROOT

SHAPE = topology.load()
DATABASES = re.compile(r"^[a-z]+-db$")
SECRETS = re.compile(r"SECRET|PASS|TOKEN|PRIVATE_KEYS|EMAIL_URL|ACCESS_KEY")


def evaluate(**environ: str) -> dict[str, dict[str, Any]]:
    """The resources by name, as `railway config plan` would see them."""
    spec = importlib.util.spec_from_file_location("railway_project", ROOT / ".railway" / "railway.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    with patch.dict("os.environ", {"GITHUB_REPOSITORY": "org/suite"} | environ):
        spec.loader.exec_module(module)
        graph = module.main().to_graph()
    names = [resource["name"] for resource in graph["resources"]]
    assert len(names) == len(set(names)), names
    return {resource["name"]: resource for resource in graph["resources"]}


def literal(resource: dict[str, Any], name: str) -> str:
    return str(resource["variables"][name]["value"])


class ProjectTests(TestCase):
    def setUp(self) -> None:
        self.resources = evaluate()

    def of_process(self, service: topology.Service, name: str) -> dict[str, Any]:
        return self.resources[service.name if name == "web" else f"{service.name}-{name}"]

    def test_it_is_the_topology_and_nothing_else(self) -> None:
        expected = {"gateway", "console", "rabbitmq", "rabbitmq-data"}
        for service in SHAPE.services:
            expected |= {service.name, f"{service.database}-db"}
            expected |= {f"{service.name}-{process.name}" for process in service.processes if process.name != "web"}
        self.assertEqual(set(self.resources), expected)

    def test_every_process_is_started_by_the_entrypoint(self) -> None:
        for service in SHAPE.services:
            for process in service.processes:
                resource = self.of_process(service, process.name)
                with self.subTest(process=resource["name"]):
                    self.assertEqual(resource["deploy"]["startCommand"], f"bash entrypoint.sh {process.command}")

    def test_every_service_is_built_from_the_root_with_the_shared_dockerfile(self) -> None:
        for service in SHAPE.services:
            for process in service.processes:
                resource = self.of_process(service, process.name)
                watched = resource["build"]["watchPatterns"]
                with self.subTest(process=resource["name"]):
                    self.assertEqual(resource["source"]["rootDirectory"], "/")
                    self.assertTrue(resource["source"]["checkSuites"])
                    self.assertTrue({"/libs/**", f"/{service.folder}/**"} <= set(watched))
                    self.assertTrue(all(pattern.startswith("/") for pattern in watched))
                    for named in [
                        resource["build"]["dockerfilePath"],
                        *[w.lstrip("/") for w in watched if "*" not in w],
                    ]:
                        self.assertTrue((ROOT / named).is_file(), named)
            self.assertEqual(literal(self.resources[service.name], "SERVICE"), service.folder)

    def test_only_the_web_process_migrates_and_what_listens_is_replaced_once_healthy(self) -> None:
        for service in SHAPE.services:
            for process in service.processes:
                deploy = self.of_process(service, process.name)["deploy"]
                web = process.name == "web"
                self.assertEqual(deploy.get("preDeployCommand"), ["bash entrypoint.sh setup"] if web else None)
                listens = process.name in {"web", "live"}
                self.assertEqual(deploy.get("healthcheckPath"), "/readyz" if listens else None)
                self.assertGreater(deploy["drainingSeconds"], 25, "gunicorn drains 5 s and finishes requests for 20 s")
                self.assertEqual(deploy["overlapSeconds"] > 0, listens)

    def test_services_know_their_database_their_broker_and_each_other(self) -> None:
        for service in SHAPE.services:
            variables = self.resources[service.name]["variables"]
            with self.subTest(service=service.name):
                self.assertEqual(variables["DATABASE_URL"]["resource"], f"database.{service.database}-db")
                self.assertEqual(variables["DJANGO_CELERY_BROKER_URL"]["resource"], "service.rabbitmq")
                for other in service.consumes_from:
                    url = literal(self.resources[service.name], f"{SHAPE[other].env_name}_URL")
                    self.assertEqual(url, f"http://{other}.railway.internal:8000")
                self.assertIn(f"{service.name}.railway.internal", variables["DJANGO_ALLOWED_HOSTS"]["value"])
                self.assertIn("healthcheck.railway.app", variables["DJANGO_ALLOWED_HOSTS"]["value"])

    def test_every_required_variable_of_production_is_there(self) -> None:
        for service in SHAPE.services:
            example = (service.path / ".env.example").read_text(encoding="utf-8")
            required = {name for name in re.findall(r"^([A-Z_]+)=$", example, re.MULTILINE) if "SECRET" in name}
            with self.subTest(service=service.name):
                self.assertLessEqual(required, set(self.resources[service.name]["variables"]))

    def test_a_worker_refers_to_the_variables_of_its_web_process(self) -> None:
        for service in SHAPE.services:
            worker = self.resources[f"{service.name}-worker"]["variables"]
            self.assertEqual({v["resource"] for v in worker.values()}, {f"service.{service.name}"})
            self.assertEqual(set(self.resources[service.name]["variables"]) - set(worker), {"BIND", "PORT"})

    def test_secrets_are_preserved_or_referred_to(self) -> None:
        for resource in self.resources.values():
            for name, value in resource.get("variables", {}).items():
                if SECRETS.search(name):
                    with self.subTest(variable=f"{resource['name']} {name}"):
                        self.assertTrue(value["type"] != "literal" or value["value"].startswith("${{"), value)

    def test_people_are_told_apart_behind_the_edge_and_the_gateway(self) -> None:
        """Otherwise all share one address, and fifty wrong passwords slow everybody down."""
        self.assertEqual(literal(self.resources["gateway"], "GATEWAY_CLIENT_HEADER"), "X-Real-IP")
        edge = ip_network(literal(self.resources["gateway"], "GATEWAY_TRUSTED_PROXIES"))
        self.assertIn(ip_address("100.64.0.3"), edge)
        trusted = [ip_network(text) for text in literal(self.resources["auth-service"], "TRUSTED_PROXIES").split(",")]
        self.assertTrue(all(network.is_private or network == edge for network in trusted), trusted)
        for peer in ("fd12:1:2::3", "10.250.0.7"):
            self.assertTrue(any(ip_address(peer) in network for network in trusted), peer)

    def test_only_the_gateway_is_reached_from_outside(self) -> None:
        resources = evaluate(RAILWAY_GATEWAY_DOMAIN="gateway-1.up.railway.app")
        outside = {name: r["networking"] for name, r in resources.items() if r.get("networking")}
        self.assertEqual(outside, {"gateway": {"serviceDomains": {"gateway-1.up.railway.app": {"port": 8080}}}})

    def test_databases_are_postgresql_15_one_for_each_service(self) -> None:
        databases = [r for name, r in self.resources.items() if DATABASES.match(name)]
        self.assertEqual(len(databases), len(SHAPE.services))
        self.assertTrue(all(database["image"].endswith(":15") for database in databases))

    def test_the_console_listens_on_the_private_network(self) -> None:
        """The start command's sed finds the line of Docker/console/nginx.conf that it changes."""
        console = self.resources["console"]
        found = re.search(r"s/(listen 8000;)/(listen \[::\]:8000 ipv6only=off;)/", console["deploy"]["startCommand"])
        assert found
        conf = (ROOT / "Docker" / "console" / "nginx.conf").read_text(encoding="utf-8")
        self.assertEqual(conf.count(found[1]), 1)
        self.assertEqual(console["deploy"]["healthcheckPath"], "/healthz")

    def test_a_repository_has_to_be_named(self) -> None:
        with self.assertRaises(SystemExit):
            evaluate(GITHUB_REPOSITORY="")


class GatewayTests(TestCase):
    def test_the_image_gives_every_upstream_its_name_on_the_private_network(self) -> None:
        """The Dockerfile's sed, on the template that Docker/gateway has now."""
        dockerfile = (ROOT / ".railway" / "gateway.Dockerfile").read_text(encoding="utf-8")
        expressions = re.findall(r"-e '([^']+)'", dockerfile)
        template = (ROOT / "Docker" / "gateway" / "templates" / "services.conf.template").read_text(encoding="utf-8")
        command = ["sed", *[part for expression in expressions for part in ("-e", expression)]]
        changed = subprocess.run(command, input=template, capture_output=True, text=True, check=True).stdout
        upstreams = set(re.findall(r"set \$tts_upstream ([^;]+);", changed))
        known = ["console", *(service.name for service in SHAPE.services)]
        names = {f"${{tts_{name.replace('-', '_')}}}": name for name in known}
        upstreams = {re.sub(r"^\$\{\w+\}", lambda found: names[found[0]], upstream) for upstream in upstreams}
        listening = set(known)
        listening |= {f"{s.name}-live" for s in SHAPE.services if "live" in {p.name for p in s.processes}}
        self.assertEqual(upstreams, {f"{name}.railway.internal:8000" for name in listening})
        self.assertNotIn("ipv6=off", changed)
