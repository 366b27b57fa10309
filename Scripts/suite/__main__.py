"""`python Scripts/suite local|test|nightly|lock ...`: reads the arguments with any Python 3.11+, makes the environment
that the command needs, and goes on inside it."""

import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from suite import install
from suite.console import Failure, fail, say
from suite.paths import CACHE, ENV_FILE, ROOT, STATE
from suite.topology import load


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(prog="bash Scripts/<command>.sh")
    commands = result.add_subparsers(dest="command", required=True)
    local = commands.add_parser("local", prog="bash Scripts/local.sh", description="Runs the whole suite here.")
    local.add_argument("--demo", action="store_true", help="carry one ticket through the whole flow, then stop")
    local.add_argument("--stats", action="store_true", help="print memory per process and the start time, then stop")
    local.add_argument("--reset", action="store_true", help="start empty: forget data, secrets, mail, logs")
    local.add_argument("--restart", action="store_true", help="start a process again that dies, instead of stopping")
    local.add_argument("--port-offset", type=int, default=0, metavar="N", help="add N to every port")
    local.add_argument("--state-dir", default=str(STATE), metavar="DIR", help="keep everything here (.local)")
    local.add_argument("--timeout", type=float, default=120.0, metavar="S", help="seconds to be ready in (120)")
    docker = commands.add_parser("docker", prog="bash Scripts/docker.sh", description="Runs the whole suite on Docker.")
    actions = ("start", "status", "stats", "logs", "stop", "reset", "backup", "restore", "render")
    docker.add_argument("action", nargs="?", default="start", choices=actions, help="start is what it does by itself")
    docker.add_argument("name", nargs="?", default="", help="of a container, for logs; the file of a backup")
    docker.add_argument("--demo", action="store_true", help="carry one ticket through the whole flow")
    docker.add_argument("--build-only", action="store_true", help="build and tag the images and stop")
    docker.add_argument("--no-build", dest="build", action="store_false", help="take the images that are here")
    docker.add_argument("--project", default=os.environ.get("COMPOSE_PROJECT_NAME", "tts"), help="compose's name (tts)")
    docker.add_argument("--env-file", default=str(ENV_FILE), metavar="FILE", help="instead of Docker/.env")
    docker.add_argument("--timeout", type=float, default=300.0, metavar="S", help="seconds to be ready in (300)")
    e2e = commands.add_parser("e2e", prog="bash Scripts/e2e.sh", description="Tries the suite on Docker, from nothing.")
    e2e.add_argument("--if-possible", action="store_true", help="without Docker, say so and succeed")
    e2e.add_argument("--within", type=float, metavar="S", help="skip it, and say so, when it takes longer than this")
    e2e.add_argument("--images", default="", metavar="TAG", help="try these images, built before, and build none")
    e2e.add_argument("--timeout", type=float, default=300.0, metavar="S", help="seconds to be ready in (300)")
    release = commands.add_parser(
        "release", prog="bash Scripts/release.sh", description="Replaces one service while requests come in."
    )
    release.add_argument("action", choices=("deploy", "promote", "rollback", "status"))
    release.add_argument("service", nargs="?", default="", help="its name or folder, e.g. ticket-service")
    release.add_argument("--image", default="", metavar="TAG", help="deploy the image of this tag; otherwise build one")
    release.add_argument("--steps", default="10,25,50,100", metavar="N,N", help="percent of requests (10,25,50,100)")
    release.add_argument("--step-seconds", type=float, default=30.0, metavar="S", help="watched at each step (30)")
    release.add_argument("--hold", type=float, default=300.0, metavar="S", help="the old version is kept so long (300)")
    release.add_argument("--ready", type=float, default=60.0, metavar="S", help="seconds to become ready in (60)")
    release.add_argument(
        "--project", default=os.environ.get("COMPOSE_PROJECT_NAME", "tts"), help="compose's name (tts)"
    )
    release.add_argument("--env-file", default=str(ENV_FILE), metavar="FILE", help="instead of Docker/.env")
    drill = commands.add_parser(
        "drill", prog="bash Scripts/drill.sh", description="Breaks a suite on Docker, and looks."
    )
    drill.add_argument("drill", nargs="*", metavar="DRILL", help="faults deploys backup slow-clients console; or all")
    drill.add_argument("--only", default="", metavar="TEXT", help="only the phases or versions with this in their name")
    drill.add_argument("--project", default="", help="break this running suite instead of one of its own")
    drill.add_argument("--images", default="", metavar="TAG", help="use these images, built before, and build none")
    drill.add_argument("--timeout", type=float, default=300.0, metavar="S", help="seconds to be ready in (300)")
    test = commands.add_parser("test", prog="bash Scripts/test.sh", description="Everything that must pass.")
    test.add_argument("--fast", action="store_true", help="under two minutes: lint, types, tests on SQLite")
    test.add_argument("--service", metavar="NAME", help="only this service: its folder or name, e.g. auth; or libs")
    test.add_argument("--stage", choices=["lint", "unit", "integration", "e2e"], help="only this stage of CI")
    test.add_argument(
        "--coverage", action="store_true", help="measure the integration tests and hold them to the gates"
    )
    test.add_argument("--only", metavar="TEXT", help="only the steps with this in their name, e.g. e2e")
    test.add_argument("--list", action="store_true", help="print the steps and stop")
    test.add_argument("--pyramid", action="store_true", help="print how many tests there are of each kind and stop")
    nightly = commands.add_parser(
        "nightly", prog="bash Scripts/nightly.sh", description="Runs the benches; switches the guards off."
    )
    nightly.add_argument("--only", metavar="TEXT", help="only what has this in its name, e.g. confirm, or bench")
    nightly.add_argument("--list", action="store_true", help="print the names and stop")
    upgrade = commands.add_parser(
        "upgrade",
        prog="bash Scripts/test_upgrade.sh",
        description="Tries an upgrade on data that an older version left, and the way back.",
    )
    upgrade.add_argument("--from", dest="older", metavar="COMMIT", help="the older version; the last release if absent")
    upgrade.add_argument("--otherwise", default="", metavar="COMMIT", help="the older version before the first release")
    upgrade.add_argument("--port-offset", type=int, default=700, metavar="N", help="add N to every port (700)")
    lock = commands.add_parser("lock", prog="bash Scripts/lock.sh", description="Compiles constraints.txt.")
    lock.add_argument("--upgrade", action="store_true", help="take newer versions than those pinned now")
    return result


def main() -> int:
    options = parser().parse_args()
    directory = (
        ROOT / ".venv"
        if options.command in {"local", "docker", "drill", "e2e", "release", "upgrade"}
        else CACHE / "venvs" / "dev"
    )
    os.environ.setdefault("TTS_BEGUN", str(time.time()))
    try:
        if Path(sys.prefix) != directory:
            folders = [service.folder for service in load().services]
            install.shared_environment(directory, folders, dev=directory != ROOT / ".venv")
            python = str(install.python_of(directory))
            os.execv(python, [python, *sys.argv])  # noqa: S606 - ourselves, in the environment just made
        return _run(options)
    except Failure as failure:
        fail(str(failure))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    if options.command == "local":
        from suite import local

        return local.run(options)
    if options.command == "docker":
        from suite import docker

        return docker.run(options)
    if options.command == "e2e":
        from suite import e2e

        return e2e.run(options)
    if options.command == "drill":
        from suite.drills import command as drills

        return drills.run(options)
    if options.command == "release":
        from suite.rollout import command

        return command.run(options)
    if options.command == "upgrade":
        from suite.ci import upgrade

        return upgrade.run(options)
    if options.command == "lock":
        from suite import lock

        return lock.run(upgrade=options.upgrade)
    if options.command == "nightly":
        from suite import nightly

        return nightly.run(options)
    if options.pyramid:
        from suite.ci import pyramid

        say(pyramid.markdown(pyramid.measure()))
        return 0
    from suite import checks

    return checks.run(options)


if __name__ == "__main__":
    sys.exit(main())
