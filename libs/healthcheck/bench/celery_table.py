"""`python bench/celery_table.py`: what `/readyz` says of Celery on its bad days, and how long it takes to say so.

A RabbitMQ, a Celery worker of two slots and a gunicorn of four threads of its own; the checks are `broker`, `workers`
(heartbeat within 6 s, a message taken within 8 s where some wait) and `celery` (ping), none critical. On each bad day
`/readyz` is asked every 0.2 s for 25 s. Prints a Markdown table; exit status 1 when one answer took
a second or the words are not those that the README promises.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from running import HERE, ROOT, Server, environment, gunicorn
from suite import servers
from suite.rabbitmq import Broker

SETTLED_SECONDS = 25.0
CHECKS = ("broker", "workers", "celery")
# What each day ends with.
PROMISED = {
    "all well": {"broker": "pass", "workers": "pass", "celery": "pass"},
    "every slot busy": {"broker": "pass", "workers": "warn not_consuming", "celery": "pass"},
    "worker frozen": {"broker": "pass", "workers": "fail no_heartbeat", "celery": "warn no_reply"},
    "broker frozen": {"broker": "fail", "workers": "fail", "celery": "fail"},
    "broker gone": {"broker": "fail", "workers": "fail", "celery": "fail"},
}


@contextlib.contextmanager
def worker(python: Path, variables: dict[str, str]) -> Iterator[int]:
    """A Celery worker of two slots; its process group."""
    command = [str(python), "-m", "celery", "-A", "project:celery", "--quiet", "worker", "--concurrency", "2"]
    command += ["--without-gossip", "--without-mingle", "--loglevel", "ERROR"]
    environment = os.environ | variables | {"PYTHONPATH": str(HERE)}
    process = subprocess.Popen(command, cwd=HERE, env=environment, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def words(body: bytes) -> dict[str, str]:
    """Status and cause of each check, as who holds the token sees them."""
    checks = json.loads(body)["checks"]
    return {name: f"{checks[name][0]['status']} {checks[name][0]['code']}".strip() for name in CHECKS}


def day(server: Server, name: str, begin: Callable[[], None]) -> bool:
    """Prints one line of the table; whether it is as promised."""
    begin()
    begun, changed, said, slowest, status = time.monotonic(), 0.0, {}, 0.0, 0
    while time.monotonic() - begun < SETTLED_SECONDS:
        status, seconds, body = server.get("/readyz")
        slowest = max(slowest, seconds)
        if body and words(body) != said:
            said, changed = words(body), time.monotonic() - begun
        time.sleep(0.2)
    cells = " | ".join(said.get(check, "?") for check in CHECKS)
    print(f"| {name} | {status} | {cells} | {changed:.1f} | {slowest:.2f} |", flush=True)
    kept = all(said.get(check, "").startswith(word) for check, word in PROMISED[name].items())
    return kept and slowest < 1.0 and status == 200


def run(python: Path, broker: Broker, folder: Path) -> bool:
    """The days one after the other."""
    variables = {"VARIANT": "celery", "BEAT": str(folder / "beat"), "BROKER_URL": broker.url}
    with worker(python, variables) as group, gunicorn(python, "gthread", **variables) as server:
        server.header = "X-Health-Token: bench\r\n"
        until = time.monotonic() + 60
        while words(server.get("/readyz")[2]) != PROMISED["all well"] and time.monotonic() < until:
            time.sleep(0.2)
        print("| day | status | broker | workers | ping | last change after, s | slowest answer, s |")
        print("|---|---|---|---|---|---|---|")
        send = "from project import celery\nfor _ in range(8): celery.send_task('hold', args=[120])"

        def fill() -> None:
            environment = os.environ | variables | {"PYTHONPATH": str(HERE)}
            subprocess.run([str(python), "-c", send], cwd=HERE, env=environment, check=True)

        kept = day(server, "all well", lambda: None)
        kept &= day(server, "every slot busy", fill)
        kept &= day(server, "worker frozen", lambda: os.killpg(group, signal.SIGSTOP))
        os.killpg(group, signal.SIGCONT)
        kept &= day(server, "broker frozen", broker.pause)
        broker.resume()
        return kept & day(server, "broker gone", broker.kill)


def main() -> int:
    servers.install(need_postgresql=False)
    with tempfile.TemporaryDirectory() as name:
        python = environment(Path(name) / "venv")
        broker = servers.rabbitmq(ROOT / ".cache" / "servers" / "health-bench" / "rabbitmq")
        try:
            broker.start()
            kept = run(python, broker, Path(name))
        finally:
            broker.stop()
    print("\nkept" if kept else "\na promise was NOT kept")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
