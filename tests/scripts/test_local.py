"""local.sh starts, says in one line what is wrong, and leaves nothing behind, however it ends."""

import http.server
import signal
import subprocess
from unittest import TestCase

from suite.paths import SCRIPTS
from suite.polling import until

from .small_suite import SmallSuite, small_suite


class LocalTests(TestCase):
    suite: SmallSuite

    def setUp(self) -> None:
        self.suite = self.enterContext(small_suite())

    def assert_one_line(self, *parts: str) -> None:
        self.assertEqual(len(self.suite.errors()), 1, self.suite.printed())
        for part in parts:
            self.assertIn(part, self.suite.errors()[0])

    def assert_nothing_left(self) -> None:
        try:
            until("no process left", lambda: not self.suite.left(), within=15)
        finally:
            self.assertEqual(self.suite.left(), [])

    def test_ctrl_c_ends_every_process(self) -> None:
        process = self.suite.start_ready()
        self.assertGreaterEqual(len(self.suite.processes("process.py")), 3)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(30), 0)
        self.assert_nothing_left()

    def test_sigterm_ends_every_process(self) -> None:
        process = self.suite.start_ready()
        process.terminate()
        self.assertEqual(process.wait(30), 0)
        self.assert_nothing_left()

    def test_kill_9_leaves_no_orphan_and_the_next_start_recovers(self) -> None:
        process = self.suite.start_ready()
        process.kill()
        process.wait()
        self.assert_nothing_left()
        again = self.suite.start_ready()
        self.assertIn("Ctrl-C stops", self.suite.printed())
        again.terminate()
        again.wait(30)

    def test_ctrl_c_during_the_start_ends_every_process(self) -> None:
        process = self.suite.start()
        until("the database", lambda: self.suite.processes("postgres"))
        process.send_signal(signal.SIGINT)
        self.assertNotEqual(process.wait(30), 0)
        self.assert_nothing_left()

    def test_a_second_start_repeats_no_migration_and_no_seed(self) -> None:
        first = self.suite.start_ready()
        first.terminate()
        first.wait(30)
        second = self.suite.start_ready()
        self.assertIn("nothing has changed since the last start", self.suite.printed())
        second.terminate()
        second.wait(30)

    def test_a_changed_migration_is_applied(self) -> None:
        first = self.suite.start_ready()
        first.terminate()
        first.wait(30)
        migrations = self.suite.folder / "one" / "users" / "migrations"
        migrations.mkdir(parents=True)
        (migrations / "0002_more.py").write_text("")
        second = self.suite.start_ready()
        self.assertIn("auth-service setup", self.suite.printed())
        second.terminate()
        second.wait(30)

    def test_a_taken_port_is_named(self) -> None:
        with http.server.HTTPServer(("127.0.0.1", self.suite.port), http.server.BaseHTTPRequestHandler):
            self.assertEqual(self.suite.run(), 1)
        self.assert_one_line(f"port {self.suite.port} of auth-service is taken by python")
        self.assert_nothing_left()

    def test_a_failed_migration_names_the_service_and_the_log(self) -> None:
        self.assertEqual(self.suite.run(BREAK="yes"), 1)
        self.assert_one_line(
            "auth-service: `setup` failed (exit code 3)",
            "auth-service-setup.log",
            "ProgrammingError: relation is missing",
        )
        self.assert_nothing_left()

    def test_a_dead_process_is_named_and_ends_the_suite(self) -> None:
        process = self.suite.start_ready()
        self.suite.processes("process.py", "worker")[0].kill()
        self.assertEqual(process.wait(30), 1)
        self.assert_one_line("auth-service worker died (killed by SIGKILL)", "auth-service-worker.log")
        self.assert_nothing_left()

    def test_a_dead_database_is_named_and_ends_the_suite(self) -> None:
        process = self.suite.start_ready()
        self.suite.processes("bin/postgres")[0].kill()
        self.assertEqual(process.wait(30), 1)
        self.assert_one_line("postgresql died (killed by SIGKILL)", "postgresql.log")
        self.assert_nothing_left()

    def test_with_restart_a_dead_process_comes_back(self) -> None:
        process = self.suite.start_ready("--restart")
        dead = self.suite.processes("process.py", "web")
        for one in dead:
            one.kill()
        until(
            "the restart on the screen",
            lambda: "auth-service web (killed by SIGKILL); starts again" in self.suite.printed(),
        )
        until("another web process", lambda: set(self.suite.processes("process.py", "web")) - set(dead))
        process.terminate()
        self.assertEqual(process.wait(30), 0)
        self.assert_nothing_left()

    def test_a_second_suite_in_the_same_folder_is_refused(self) -> None:
        first = self.suite.start_ready()
        self.assertEqual(self.suite.run(), 1)
        self.assert_one_line("already running", f"pid {first.pid}")
        first.terminate()
        first.wait(30)

    def test_a_second_suite_runs_beside_the_first(self) -> None:
        first = self.suite.start_ready()
        second = self.suite.start_ready("--port-offset", "1", "--state-dir", "other")
        self.assertIn(f"http://127.0.0.1:{self.suite.port + 1}", self.suite.printed())
        for process in (second, first):
            process.terminate()
            self.assertEqual(process.wait(30), 0)
        self.assert_nothing_left()

    def test_secrets_are_the_owners_alone(self) -> None:
        process = self.suite.start_ready()
        for name in ("secrets.json", "jwt-private-key.pem"):
            with self.subTest(name=name):
                self.assertEqual((self.suite.folder / ".local" / name).stat().st_mode & 0o777, 0o600)
        process.terminate()
        process.wait(30)

    def test_a_database_that_is_not_there_is_one_line(self) -> None:
        self.assertEqual(self.suite.run(DATABASE_URL="postgres://nobody@127.0.0.1:1/"), 1)
        self.assert_one_line("no connection to PostgreSQL")
        self.assert_nothing_left()


class PythonTests(TestCase):
    def test_a_missing_python_is_one_line(self) -> None:
        for script in ("local.sh", "test.sh"):
            done = subprocess.run(
                ["/bin/bash", str(SCRIPTS / script)],
                env={"PATH": "/nowhere"},
                capture_output=True,
                text=True,
                check=False,
            )
            with self.subTest(script=script):
                self.assertEqual(done.returncode, 1)
                self.assertEqual(len(done.stderr.splitlines()), 1)
                self.assertIn("Python 3.11 or newer was not found", done.stderr)
