"""Reading the environment: typed, loud, never insecure by omission."""

from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from servicekit.env import TEST_SECRET, Env

GOOD_SECRET = "kX9-_qPz7LmW2vR4tY6uB8nC1dF3gH5jQ0sA"


def production(**variables: str) -> Env:
    return Env({"DJANGO_ENV": "production", **variables}, argv=["manage.py", "migrate"])


def in_test(**variables: str) -> Env:
    return Env({"DJANGO_ENV": "test", **variables}, argv=["gunicorn"])


class EnvironmentNameTests(SimpleTestCase):
    def test_unset_is_production(self):
        self.assertEqual(Env({}, argv=["gunicorn"]).name, "production")
        self.assertEqual(Env({"DJANGO_ENV": ""}, argv=["manage.py", "migrate"]).name, "production")

    def test_manage_py_test_is_test(self):
        self.assertEqual(Env({}, argv=["manage.py", "test", "tickets"]).name, "test")
        self.assertEqual(Env({}, argv=["/x/django/__main__.py", "test"]).name, "test")

    def test_an_argument_called_test_of_another_program_is_not(self):
        self.assertEqual(Env({}, argv=["gunicorn", "test"]).name, "production")

    def test_said_wins_over_the_command(self):
        self.assertEqual(Env({"DJANGO_ENV": "development"}, argv=["manage.py", "test"]).name, "development")

    def test_an_unknown_name_is_refused(self):
        with self.assertRaisesMessage(ImproperlyConfigured, "DJANGO_ENV is 'prod'"):
            Env({"DJANGO_ENV": "prod"})


class SimpleValueTests(SimpleTestCase):
    def test_flags(self):
        for text, expected in (("true", True), ("1", True), ("ON", True), ("no", False), ("0", False), ("", True)):
            with self.subTest(text):
                self.assertIs(production(F=text).flag("F", default=True), expected)
        with self.assertRaisesMessage(ImproperlyConfigured, "F is 'yes please'"):
            production(F="yes please").flag("F", default=False)

    def test_texts(self):
        self.assertEqual(production(S=" x ").str("S"), "x")
        self.assertEqual(production().str("S", default=""), "")
        with self.assertRaisesMessage(ImproperlyConfigured, "S is not set"):
            production(S="  ").str("S")

    def test_numbers(self):
        self.assertEqual(production(N="7").int("N"), 7)
        self.assertEqual(production().int("N", default=3), 3)
        for bad in ("7.5", "seven", "-1", "--1", "1e3"):
            with self.subTest(bad), self.assertRaisesMessage(ImproperlyConfigured, "N is"):
                production(N=bad).int("N")
        with self.assertRaisesMessage(ImproperlyConfigured, "N is not set"):
            production().int("N")

    def test_lists(self):
        self.assertEqual(production(L="a, b,,c ").list("L"), ["a", "b", "c"])
        self.assertEqual(production().list("L", default=["x"]), ["x"])
        with self.assertRaisesMessage(ImproperlyConfigured, "L is not set"):
            production().list("L")

    def test_networks(self):
        wanted = ["10.0.0.0/8", "fd12::/16", "192.0.2.1"]
        self.assertEqual(production(N="10.0.0.0/8, fd12::/16,192.0.2.1").networks("N"), wanted)
        self.assertEqual(production().networks("N"), [])
        for bad in ("10.0.0.0/33", "10.0.0.1/8", "gateway", "10.0.0.0/8;172.16.0.0/12"):
            with self.subTest(bad), self.assertRaisesMessage(ImproperlyConfigured, f"N has {bad!r}"):
                production(N=bad).networks("N")


class UrlTests(SimpleTestCase):
    def test_the_slash_at_the_end_is_taken_off(self):
        self.assertEqual(production(A_URL="http://auth-service:8003/").url("A_URL"), "http://auth-service:8003")

    def test_required_but_in_tests(self):
        with self.assertRaisesMessage(ImproperlyConfigured, "AUTH_SERVICE_URL is not set"):
            production().url("AUTH_SERVICE_URL")
        self.assertEqual(in_test().url("AUTH_SERVICE_URL"), "http://auth-service.test")

    def test_what_is_no_base_url_is_refused(self):
        for bad in (
            "auth-service:8003",
            "ftp://x",
            "http://",
            "http://x/?a=1",
            "http://x:port",
            "http://u:p@x",
            "http://a b",
        ):
            with self.subTest(bad), self.assertRaisesMessage(ImproperlyConfigured, "A_URL is"):
                production(A_URL=bad).url("A_URL")


class HostsTests(SimpleTestCase):
    def test_the_service_itself_is_always_one(self):
        env = production(H="tickets.example.org")
        self.assertEqual(env.hosts("H", service="ticket-service"), ["tickets.example.org", "ticket-service"])

    def test_production_requires_them_and_refuses_a_star(self):
        with self.assertRaisesMessage(ImproperlyConfigured, "H is not set"):
            production().hosts("H", service="s")
        with self.assertRaisesMessage(ImproperlyConfigured, "H contains '*'"):
            production(H="a,*").hosts("H", service="s")

    def test_development_has_localhost(self):
        self.assertIn("localhost", Env({"DJANGO_ENV": "development"}).hosts("H", service="s"))


class SecretTests(SimpleTestCase):
    def test_a_good_one(self):
        self.assertEqual(production(S=GOOD_SECRET).secret("S"), GOOD_SECRET)

    def test_missing_short_or_well_known_ones_stop_production_and_development(self):
        bad = ("", "hunter2", "a" * 40, "django-insecure-" + GOOD_SECRET, "changeme" + GOOD_SECRET, TEST_SECRET)
        for name in ("production", "development"):
            for secret in bad:
                with self.subTest(name=name, secret=secret), self.assertRaises(ImproperlyConfigured) as caught:
                    Env({"DJANGO_ENV": name, "S": secret}).secret("S")
                self.assertIn("S is", str(caught.exception))
                if secret:
                    self.assertNotIn(secret, str(caught.exception))

    def test_tests_have_one(self):
        self.assertEqual(in_test().secret("S"), TEST_SECRET)


class DatabaseTests(SimpleTestCase):
    def test_postgresql(self):
        config = production(D="postgres://me:p%40ss@db:5433/tickets").database("D")
        self.assertEqual(config["ENGINE"], "django.db.backends.postgresql")
        self.assertEqual(
            (config["USER"], config["PASSWORD"], config["HOST"], config["PORT"], config["NAME"]),
            ("me", "p@ss", "db", 5433, "tickets"),
        )
        self.assertEqual(config["CONN_MAX_AGE"], 60)
        self.assertIs(config["CONN_HEALTH_CHECKS"], True)
        self.assertEqual(config["OPTIONS"]["connect_timeout"], 5)

    def test_the_url_may_set_options(self):
        config = production(D="postgresql://me@db/tickets?sslmode=require").database("D")
        self.assertEqual(config["OPTIONS"]["sslmode"], "require")
        self.assertEqual(config["OPTIONS"]["keepalives"], 1)

    def test_a_socket_folder(self):
        config = production(D="postgresql:///tickets?host=/run/pg&user=postgres").database("D")
        self.assertEqual((config["NAME"], config["HOST"], config["OPTIONS"]["host"]), ("tickets", "", "/run/pg"))

    def test_required_and_postgresql_only(self):
        with self.assertRaisesMessage(ImproperlyConfigured, "D is not set"):
            production().database("D")
        for bad in (
            "sqlite:///x.db",
            "mysql://u:hunter2@h/d",
            "postgres://u:hunter2@h:port/d",
            "postgres://u:hunter2@h/",
        ):
            with self.subTest(bad), self.assertRaisesMessage(ImproperlyConfigured, "D is no PostgreSQL URL") as caught:
                production(D=bad).database("D")
            self.assertNotIn("hunter2", str(caught.exception))

    def test_tests_run_on_sqlite_unless_told(self):
        self.assertEqual(in_test().database("D")["NAME"], ":memory:")
        self.assertEqual(in_test(D="postgres://h/d").database("D")["ENGINE"], "django.db.backends.postgresql")


class SecretsTests(SimpleTestCase):
    def test_several_stand_beside_each_other_while_one_replaces_the_other(self):
        other = GOOD_SECRET[::-1]
        self.assertEqual(production(KEYS=f"{GOOD_SECRET}, {other}").secrets("KEYS"), [GOOD_SECRET, other])
        self.assertEqual(production().secrets("KEYS"), [])

    def test_each_of_them_has_to_be_one(self):
        for bad in ("short", TEST_SECRET, "a" * 40):
            with self.subTest(bad), self.assertRaisesMessage(ImproperlyConfigured, "KEYS"):
                production(KEYS=f"{GOOD_SECRET},{bad}").secrets("KEYS")

    def test_a_test_takes_any(self):
        self.assertEqual(in_test(KEYS="a,b").secrets("KEYS"), ["a", "b"])
