"""Which database, addresses and secrets the processes are given."""

import tempfile
from pathlib import Path
from unittest import TestCase
from unittest.mock import patch

from suite import database, topology
from suite.console import Failure, table
from suite.environment import Environments
from suite.state import State

SHAPE = topology.load(port_offset=1000)


class DatabaseTests(TestCase):
    def test_one_url_serves_all_services_with_their_own_database(self) -> None:
        urls = database.given(SHAPE, {"DATABASE_URL": "postgres://u:p@db:5432/postgres?sslmode=require"})
        self.assertEqual(urls["auth-service"], "postgres://u:p@db:5432/authservice?sslmode=require")
        self.assertEqual(len(urls), 5)

    def test_a_services_own_url_wins(self) -> None:
        given = {"DATABASE_URL": "postgres://a/", "DATABASE_URL_MESSAGING": "postgres://b/messages"}
        self.assertEqual(database.given(SHAPE, given)["messaging"], "postgres://b/messages")

    def test_nothing_given_means_the_embedded_server(self) -> None:
        self.assertEqual(database.given(SHAPE, {}), {})


class EnvironmentTests(TestCase):
    def setUp(self) -> None:
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.state = State(Path(folder))
        self.environ = self.enterContext(patch.dict("os.environ", {"DATABASE_URL": "postgres://other/"}))

    def environments(self) -> Environments:
        urls = {service.name: f"postgres:///{service.database}" for service in SHAPE.services}
        return Environments(topology=SHAPE, state=self.state, databases=urls)

    def test_a_process_knows_its_own_database_and_all_addresses(self) -> None:
        service = SHAPE["ticket-service"]
        values = self.environments().of_process(service, service.processes[0])
        self.assertEqual(values["DATABASE_URL"], "postgres:///ticketmanagement")
        self.assertEqual(values["PORT"], "9004")
        self.assertEqual(values["AUTH_SERVICE_URL"], "http://127.0.0.1:9003")
        self.assertEqual(values["WORKFLOW_API_URL"], "http://127.0.0.1:9002")

    def test_only_auth_knows_the_others_secrets_and_the_signing_key(self) -> None:
        environments = self.environments()
        for service in SHAPE.services:
            values = environments.of_service(service)
            secrets = {name for name in values if name.startswith("SERVICE_CLIENT_SECRET_")}
            with self.subTest(service=service.name):
                self.assertEqual(bool(secrets), service.name == "auth-service")
                self.assertEqual("JWT_PRIVATE_KEY_FILE" in values, service.name == "auth-service")

    def test_secrets_stay_the_same(self) -> None:
        self.assertEqual(self.state.secrets(SHAPE), State(self.state.home).secrets(SHAPE))

    def test_the_callers_password_is_used_at_the_first_start_and_no_other_later(self) -> None:
        with patch.dict("os.environ", {"SEED_ACCOUNT_PASSWORD": "first-Start-1"}):
            self.assertEqual(self.environments().password, "first-Start-1")
        self.assertEqual(self.environments().password, "first-Start-1")
        with patch.dict("os.environ", {"SEED_ACCOUNT_PASSWORD": "other"}), self.assertRaises(Failure):
            self.environments()

    def test_addresses_can_be_replaced(self) -> None:
        self.assertEqual(
            SHAPE.with_urls({"messaging": "http://gate/messaging/"})["messaging"].url, "http://gate/messaging"
        )


class TableTests(TestCase):
    def test_columns_are_aligned(self) -> None:
        lines = table(["name", "n"], [["a", 1], ["bbbb", 20]]).splitlines()
        self.assertEqual(lines, ["  name   n", "  ----  --", "  a      1", "  bbbb  20"])
