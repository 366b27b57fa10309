"""Docker/db-init on a PostgreSQL of the test's own: who may do what, and that it can be repeated."""

import os
import subprocess
import tempfile
from pathlib import Path
from unittest import TestCase

import psycopg2
from psycopg2 import errors
from suite.paths import ROOT
from suite.ports import any_free
from suite.postgres import Cluster, embedded_binaries

DATABASES = ("authservice", "ticketmanagement")


class DbInitTests(TestCase):
    """auth's application knows nothing of the tickets' database, and changes no schema."""

    cluster: Cluster

    @classmethod
    def setUpClass(cls) -> None:
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="tts-db-")))
        folder.chmod(0o755)
        cls.cluster = Cluster(home=folder / "pg", binaries=embedded_binaries(), log=folder / "log", port=any_free())
        cls.cluster.start()
        cls.addClassCleanup(cls.cluster.stop, mode="immediate")
        cls.ensure()
        with cls.connect("authservice", "authservice_owner") as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE account (id bigserial PRIMARY KEY, name text)")

    @classmethod
    def ensure(cls, **passwords: str) -> None:
        names = [f"{name.upper()}_{role}_PASSWORD" for name in DATABASES for role in ("OWNER", "APP")]
        variables = dict.fromkeys(names, "pass-word'1")
        place = {"PGHOST": "127.0.0.1", "PGPORT": str(cls.cluster.port), "PGUSER": "postgres"}
        path = f"{cls.cluster.binaries}{os.pathsep}{os.environ['PATH']}"
        script = ROOT / "Docker" / "db-init" / "ensure-databases.sh"
        environment = os.environ | variables | place | {"PATH": path} | passwords
        done = subprocess.run(
            ["bash", str(script), *DATABASES], env=environment, check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise AssertionError(done.stderr)

    @classmethod
    def connect(cls, database: str, user: str) -> "psycopg2.extensions.connection":
        return psycopg2.connect(host="127.0.0.1", port=cls.cluster.port, dbname=database, user=user)

    def refused(self, statement: str, user: str = "authservice_app") -> None:
        connection = self.connect("authservice", user)
        self.addCleanup(connection.close)
        connection.autocommit = True
        with connection.cursor() as cursor, self.assertRaises(errors.InsufficientPrivilege):
            cursor.execute(statement)

    def test_the_application_reads_and_writes_what_the_owners_migrations_made(self) -> None:
        with self.connect("authservice", "authservice_app") as connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO account (name) VALUES ('a'), ('b')")
            cursor.execute("UPDATE account SET name = 'c' WHERE name = 'a'")
            cursor.execute("DELETE FROM account WHERE name = 'b'")
            cursor.execute("SELECT name FROM account")
            self.assertEqual(cursor.fetchall(), [("c",)])

    def test_the_application_cannot_change_the_schema(self) -> None:
        for statement in (
            "DROP TABLE account",
            "TRUNCATE account",
            "ALTER TABLE account ADD COLUMN x int",
            "CREATE TABLE more (id int)",
            "CREATE SCHEMA more",
            "CREATE TEMPORARY TABLE more (id int)",
            "CREATE ROLE other",
            "CREATE DATABASE other",
            "SET ROLE authservice_owner",
        ):
            with self.subTest(statement=statement):
                self.refused(statement)

    def test_no_role_enters_another_database(self) -> None:
        for user in ("authservice_app", "authservice_owner"):
            for database in ("ticketmanagement", "postgres", "template1"):
                with self.subTest(user=user, database=database):
                    with self.assertRaises(psycopg2.OperationalError) as caught:
                        self.connect(database, user)
                    self.assertIn("permission denied for database", str(caught.exception))

    def test_an_owner_makes_no_roles_or_databases(self) -> None:
        self.refused("CREATE ROLE other", "authservice_owner")
        self.refused("CREATE DATABASE other", "authservice_owner")

    def test_it_can_be_repeated_and_mends_what_was_changed(self) -> None:
        with self.connect("authservice", "postgres") as connection, connection.cursor() as cursor:
            cursor.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
            cursor.execute("GRANT CONNECT ON DATABASE authservice TO PUBLIC")
        self.ensure()
        self.test_the_application_cannot_change_the_schema()
        self.test_no_role_enters_another_database()

    def test_without_a_password_it_says_which(self) -> None:
        with self.assertRaisesRegex(AssertionError, "TICKETMANAGEMENT_APP_PASSWORD is empty"):
            self.ensure(TICKETMANAGEMENT_APP_PASSWORD="")
