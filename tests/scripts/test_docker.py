"""docker.sh without Docker: the environment file, the errors a person meets, the images' names, the gateway's text."""

import contextlib
import io
import os
import socket
import tempfile
from dataclasses import replace
from pathlib import Path
from unittest import TestCase
from unittest.mock import patch

from suite import envfile, figures, gateway, images, startup, topology
from suite.console import Failure
from suite.stack import DOCKER, Container, Stack, message_of, require_docker, require_ports
from suite.topology import Process

SHAPE = topology.load()
EXAMPLE = DOCKER / ".env.example"
# Answers as docker does, from files beside it: `info`, `version`, `ps`, `logs`, `up`; what is missing fails.
FAKE = """#!/usr/bin/env bash
here="${BASH_SOURCE[0]%/*}"
for word in "$@"; do
  case "$word" in
    info | version | ps | logs | up | rm) name="$word"; break ;;
  esac
done
[ "$name" != rm ] || exit 0
cat "$here/$name" 2>/dev/null && exit 0
echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." >&2
exit 1
"""


def container(name: str, state: str, *, health: str = "", exit_code: int = 0) -> str:
    return f'{{"Service": "{name}", "State": "{state}", "Health": "{health}", "ExitCode": {exit_code}, "Image": "i"}}\n'


class EnvFileTests(TestCase):
    def setUp(self) -> None:
        self.path = Path(self.enterContext(tempfile.TemporaryDirectory())) / ".env"
        self.enterContext(patch.dict("os.environ"))
        os.environ.pop("SEED_ACCOUNT_PASSWORD", None)

    def test_every_secret_is_made_and_no_two_are_alike(self) -> None:
        written = envfile.ensure(self.path, EXAMPLE)
        values = envfile.read(self.path)
        made = [values[name] for name in written]
        self.assertGreater(len(made), 20)
        self.assertEqual(len(set(made)), len(made))
        self.assertTrue(all(len(value) >= 16 for value in made))
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)

    def test_the_signing_key_is_one_line_that_auth_reads_as_pem(self) -> None:
        envfile.ensure(self.path, EXAMPLE)
        lines = envfile.read(self.path)["JWT_PRIVATE_KEYS"].split("\\n")
        self.assertTrue(lines[0].startswith("-----BEGIN "))
        self.assertTrue(lines[-1].startswith("-----END "))

    def test_a_second_start_writes_nothing(self) -> None:
        envfile.ensure(self.path, EXAMPLE)
        before = self.path.read_bytes()
        self.assertEqual(envfile.ensure(self.path, EXAMPLE), [])
        self.assertEqual(self.path.read_bytes(), before)

    def test_what_stands_there_is_kept_and_what_is_new_is_added(self) -> None:
        self.path.write_text("# mine\nGATEWAY_PORT=9999\nPOSTGRES_PASSWORD=mine\n")
        written = envfile.ensure(self.path, EXAMPLE)
        values = envfile.read(self.path)
        self.assertEqual((values["GATEWAY_PORT"], values["POSTGRES_PASSWORD"]), ("9999", "mine"))
        self.assertNotIn("POSTGRES_PASSWORD", written)
        self.assertEqual(values.keys(), envfile.read(EXAMPLE).keys())
        self.assertTrue(values["RABBITMQ_PASSWORD"])
        self.assertTrue(self.path.read_text().startswith("# mine\n"))

    def test_an_empty_setting_that_is_no_secret_stays_empty(self) -> None:
        envfile.ensure(self.path, EXAMPLE)
        values = envfile.read(self.path)
        self.assertEqual((values["ATTACHMENTS_S3_SECRET_ACCESS_KEY"], values["DJANGO_HTTPS"]), ("", ""))

    def test_the_callers_password_is_that_of_the_accounts(self) -> None:
        with patch.dict("os.environ", {"SEED_ACCOUNT_PASSWORD": "my $pass word"}):
            envfile.ensure(self.path, EXAMPLE)
        self.assertEqual(envfile.read(self.path)["SEED_ACCOUNT_PASSWORD"], "my $pass word")

    def test_a_line_that_is_no_variable_is_named(self) -> None:
        self.path.write_text("A=1\nwhat is this\n")
        with self.assertRaisesRegex(Failure, "line 2"):
            envfile.read(self.path)


class FakeDocker(TestCase):
    """`docker` is a script that says what the test has written down."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        program = self.folder / "docker"
        program.write_text(FAKE)
        program.chmod(0o755)
        self.says(info='{"ServerVersion": "28.2", "MemTotal": 8000000000}', version="2.35.1", ps="", up="")
        self.enterContext(patch.dict("os.environ", {"PATH": f"{self.folder}:{os.environ['PATH']}"}))
        self.stack = Stack(env_file=self.folder / ".env")
        envfile.ensure(self.stack.env_file, EXAMPLE)

    def says(self, **answers: str | None) -> None:
        for name, text in answers.items():
            path = self.folder / name
            if text is None:
                path.unlink()
            else:
                path.write_text(text)


class ErrorTests(FakeDocker):
    def test_a_docker_that_answers_is_enough(self) -> None:
        require_docker()

    def test_no_docker(self) -> None:
        with patch.dict("os.environ", {"PATH": "/nonexistent"}), self.assertRaisesRegex(Failure, "was not found: inst"):
            require_docker()

    def test_a_dead_daemon(self) -> None:
        self.says(info=None)
        with self.assertRaisesRegex(Failure, "daemon does not answer: start Docker"):
            require_docker()

    def test_compose_1_or_none(self) -> None:
        for version in ("1.29.2", None):
            self.says(version=version)
            with self.subTest(version=version), self.assertRaisesRegex(Failure, "Compose v2 was not found"):
                require_docker()

    def test_too_little_memory(self) -> None:
        self.says(info='{"ServerVersion": "28.2", "MemTotal": 2000000000}')
        with self.assertRaisesRegex(Failure, r"has 2\.0 GB of memory, the suite needs 3\.5"):
            require_docker()

    def test_a_taken_port_names_the_variable_unless_it_is_our_own_container(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = str(other.getsockname()[1])
            free = {name: "0" for name in envfile.read(EXAMPLE) if name.endswith("_PORT")}
            with patch.dict("os.environ", free | {"MESSAGING_PORT": port}):
                with self.assertRaisesRegex(Failure, f"port {port} of messaging is taken.*set MESSAGING_PORT in"):
                    require_ports(self.stack, SHAPE.services)
                self.says(ps=container("messaging", "running", health="healthy"))
                require_ports(self.stack, SHAPE.services)

    def test_a_failed_migration_says_what_failed_and_where_to_look(self) -> None:
        self.says(
            ps=container("db", "running", health="healthy") + container("auth-service-setup", "exited", exit_code=1),
            logs='{"level": "INFO", "message": "x"}\ndjango.db.utils.ProgrammingError: relation is missing\n',
        )
        with contextlib.redirect_stdout(io.StringIO()), self.assertRaises(Failure) as caught:
            startup.bring_up(self.stack, within=10)
        self.assertIn("ProgrammingError: relation is missing", str(caught.exception))
        self.assertIn("docker.sh logs auth-service-setup", str(caught.exception))

    def test_a_volume_made_with_other_secrets_is_explained(self) -> None:
        said = "psql: error: FATAL:  password authentication failed for user"
        self.says(ps=container("db-ensure", "exited", exit_code=2), logs=said)
        with contextlib.redirect_stdout(io.StringIO()), self.assertRaisesRegex(Failure, "made with another .env"):
            startup.bring_up(self.stack, within=10)

    def test_a_process_that_is_never_ready_is_named(self) -> None:
        self.says(ps=container("messaging", "running", health="starting"))
        with contextlib.redirect_stdout(io.StringIO()), self.assertRaisesRegex(Failure, "not ready after 0 s: messag"):
            startup.bring_up(self.stack, within=0)

    def test_all_ready_is_a_start(self) -> None:
        self.says(ps=container("messaging", "running", health="healthy") + container("db-ensure", "exited"))
        with contextlib.redirect_stdout(io.StringIO()) as out:
            startup.bring_up(self.stack, within=10)
        self.assertRegex(out.getvalue(), r"done +db-ensure[^\n]*\n +healthy +messaging")

    def test_a_container_that_is_replaced_while_they_are_listed_is_no_error(self) -> None:
        gone = Failure("`docker compose ps` failed: Error response from daemon: No such container: 4164c8")
        with patch.object(Stack, "run", side_effect=[gone, gone, container("messaging", "running")]):
            self.assertEqual([c.name for c in self.stack.containers()], ["messaging"])
        with patch.object(Stack, "run", side_effect=Failure("other")) as run, self.assertRaises(Failure):
            self.stack.containers()
        run.assert_called_once()

    def test_older_composes_array_is_read_as_well(self) -> None:
        self.says(ps="[" + container("messaging", "running") + "]")
        self.assertEqual([c.name for c in self.stack.containers()], ["messaging"])


class ContainerTests(TestCase):
    def test_a_job_is_done_when_it_has_ended_well(self) -> None:
        self.assertTrue(Container("auth-service-setup", "exited", "", 0, "i").done)
        self.assertTrue(Container("auth-service-setup", "exited", "", 1, "i").failed)
        self.assertFalse(Container("auth-service-setup", "running", "", 0, "i").done)

    def test_a_process_that_ended_has_failed_however_well_it_ended(self) -> None:
        self.assertTrue(Container("messaging", "exited", "", 0, "i").failed)
        self.assertTrue(Container("messaging", "restarting", "", 1, "i").failed)

    def test_a_records_message_is_shown_instead_of_its_json(self) -> None:
        self.assertEqual(message_of('{"message": "no route", "level": "ERROR"}'), "no route")
        self.assertEqual(message_of("plain"), "plain")
        self.assertEqual(message_of("[1]"), "[1]")


VARIABLES = {
    "DOCKER_REGISTRY": "r",
    "TAG": "now",
    "PYTHON_IMAGE": "python:3",
    "NODE_IMAGE": "node:1",
    "NGINX_IMAGE": "nginx:1",
}


def image_of(name: str) -> images.Image:
    return next(image for image in images.all_of(SHAPE, VARIABLES) if image.name == name)


class ImageTests(TestCase):
    def test_there_is_one_of_each_service_and_of_the_console(self) -> None:
        names = [image.reference(VARIABLES) for image in images.all_of(SHAPE, VARIABLES)]
        self.assertEqual(names, [*(f"r/{service.folder}:now" for service in SHAPE.services), "r/console:now"])

    def test_the_console_is_built_from_its_own_dockerfile(self) -> None:
        command = " ".join(images.build_command(image_of("console"), ["r/c:1"], revision="abc"))
        self.assertIn("Docker/console.Dockerfile", command)
        self.assertIn("NODE_IMAGE=node:1 --build-arg NGINX_IMAGE=nginx:1", command)

    def test_release_tags_are_latest_the_time_and_the_commit(self) -> None:
        with patch.object(images, "git_revision", return_value="0" * 40):
            tags = images.release_tags()
        self.assertEqual([tags[0], tags[2]], ["latest", "0" * 40])
        self.assertRegex(tags[1], r"^\d{14}$")

    def test_layers_are_kept_in_a_folder_only_where_ci_names_one(self) -> None:
        def command() -> str:
            return " ".join(images.build_command(image_of("auth"), ["t"], revision="abc"))

        self.assertNotIn("--cache", command())
        with patch.dict("os.environ", IMAGE_CACHE="/c"):
            self.assertRaisesRegex(Failure, "BUILDX_BUILDER", command)
        with patch.dict("os.environ", IMAGE_CACHE="/c", BUILDX_BUILDER="b"):
            self.assertIn("--load --cache-from type=local,src=/c --cache-to type=local,dest=/c,mode=max", command())

    def test_a_service_is_built_from_the_one_dockerfile_at_the_root(self) -> None:
        command = images.build_command(image_of("ticket_service"), ["r/t:1"], revision="abc")
        self.assertIn("SERVICE=ticket_service", command)
        self.assertIn("PYTHON_IMAGE=python:3", command)
        self.assertEqual(command[-3:-1], ["--tag", "r/t:1"])
        self.assertTrue(Path(command[-1], "topology.toml").is_file())


class FigureTests(TestCase):
    def test_memory_is_read_in_every_unit_that_docker_uses(self) -> None:
        amounts = [figures.mebibytes(text) for text in ("512KiB / 1GiB", "56.3MiB / 256MiB", "1.5GiB / 2GiB")]
        self.assertEqual(amounts, [0.5, 56.3, 1536.0])
        with self.assertRaises(Failure):
            figures.mebibytes("-- / --")


class GatewayTests(TestCase):
    def test_a_live_process_gets_its_paths(self) -> None:
        service = SHAPE["messaging"]
        with_live = replace(service, processes=(*service.processes[:1], Process("live", "live")))
        text = gateway.render(topology.make((with_live,)))
        self.assertIn(
            "location ^~ /messaging/api/v1/live/ {\n        set $tts_upstream ${tts_messaging}-live:8000;", text
        )

    def test_sign_in_has_a_limit_of_its_own(self) -> None:
        block = gateway.render(SHAPE).partition("location = /auth/api/v1/token/ {")[2].partition("\n    }")[0]
        self.assertIn("limit_req zone=sign_in", block)

    def test_all_of_a_services_requests_go_to_its_container_until_a_version_is_weighed(self) -> None:
        text = gateway.render_weights(SHAPE)
        self.assertIn("split_clients $request_id $tts_ticket_service {\n    * ticket-service;\n}", text)

    def test_a_new_version_gets_its_share_and_the_other_services_are_left_alone(self) -> None:
        text = gateway.render_weights(SHAPE, {"ticket-service": ("tts-ticket-service-green", 10)})
        split = "$tts_ticket_service {\n    10% tts-ticket-service-green;\n    * ticket-service;\n}"
        self.assertIn(split, text)
        self.assertEqual(text.count("green"), 1)

    def test_a_whole_share_leaves_nothing_to_the_old_version(self) -> None:
        text = gateway.render_weights(SHAPE, {"messaging": ("tts-messaging-green", 100)})
        self.assertIn("$tts_messaging {\n    * tts-messaging-green;\n}", text)
