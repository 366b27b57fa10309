"""`python bench` in this library's folder: what a probe costs, and what a frozen PostgreSQL does to it.

`price` (with `--pairs`, 20): every library's probes beside a bare Django view, in pairs that take turns, on gunicorn's
sync and gthread workers. `frozen`: PostgreSQL stopped with SIGSTOP under 50 probes. `flood`: 200 probes a second for a
minute. Without one of these words, all three. Prints Markdown tables; exit status 1 when a promise was not kept.
Starts a PostgreSQL of its own; needs the repository around it.
"""

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from math import comb
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import psycopg2
from running import Server, environment, frozen, gunicorn, postgres_processes, postgresql, requests
from suite.postgres import Cluster

KINDS = ("sync", "gthread")
# What is asked of which project, how many requests are a sample, and the most that it may cost.
PROBES = (
    ("bare, beside itself", "bare", "/app/", 300, None),
    ("/livez, middleware", "ours", "/livez", 300, 0.85),
    ("/readyz, middleware", "ours", "/readyz", 300, 0.85),
    ("/livez, wrapper", "wrapper", "/livez", 300, 0.65),
    ("/readyz, wrapper", "wrapper", "/readyz", 300, 0.65),
    ("django-alive, database", "alive", "/probe/", 100, None),
    ("django-watchman, database", "watchman", "/probe/", 100, None),
    ("django-health-check, database", "health-check", "/probe/?format=json", 40, None),
)
TTL = 2.0


def interval(values: list[float]) -> tuple[float, float]:
    """The 95 % interval of the median: the order statistics between which it lies, whatever the distribution."""
    ordered, n = sorted(values), len(values)
    below, k = 0.0, 0
    while k < n // 2 and below + comb(n, k) / 2**n <= 0.025:
        below += comb(n, k) / 2**n
        k += 1
    k = max(k - 1, 0)
    return ordered[k], ordered[n - 1 - k]


def told(values: list[float]) -> str:
    low, high = interval(values)
    return f"{statistics.median(values):.2f} [{low:.2f}–{high:.2f}]"


def price(python: Path, cluster: Cluster, pairs: int) -> bool:
    """Median ratios to the bare view's neighbouring sample."""
    kept = True
    print(f"\n{pairs} pairs, load average {os.getloadavg()[0]:.1f}\n")
    print("| probe | worker | CPU × bare | requests/s × bare | at most |\n|---|---|---|---|---|")
    for kind in KINDS:
        with ExitStack() as stack:
            started = {
                variant: stack.enter_context(gunicorn(python, kind, VARIANT=variant, DATABASE_PORT=str(cluster.port)))
                for variant in dict.fromkeys(probe[1] for probe in PROBES)
            }
            for name, variant, path, count, most in PROBES:
                cpu, rate = _pairs(started["bare"], started[variant], path, count, pairs)
                print(f"| {name} | {kind} | {told(cpu)} | {told(rate)} | {most or '–'} |", flush=True)
                kept &= most is None or (statistics.median(cpu) < most and interval(cpu)[1] < 1.0)
    return kept


def _pairs(bare: Server, probed: Server, path: str, count: int, pairs: int) -> tuple[list[float], list[float]]:
    requests(probed, path, 10)
    cpu, rate = [], []
    for _ in range(pairs):
        beside = requests(bare, "/app/", 300)
        found = requests(probed, path, count)
        cpu.append(found[0] / beside[0])
        rate.append(found[1] / beside[1])
    return cpu, rate


def freeze(python: Path, cluster: Cluster) -> bool:
    """50 probes of a frozen PostgreSQL, another view meanwhile, and the way back."""
    kept = True
    print(
        "\n| worker | connection | 503 of 50 | slowest, s | other view: answers, median, slowest s | ready again, s |"
    )
    print("|---|---|---|---|---|---|")
    for kind in KINDS:
        for warm in (False, True):
            with gunicorn(python, kind, VARIANT="ours", DATABASE_PORT=str(cluster.port)) as server:
                if warm:
                    assert server.get("/readyz")[0] == 200
                    time.sleep(TTL)
                line, good = _frozen(server, cluster)
                print(f"| {kind} | {'open' if warm else 'none yet'} | {line} |", flush=True)
                kept &= good
    return kept


def _frozen(server: Server, cluster: Cluster) -> tuple[str, bool]:
    over = threading.Event()
    others: list[tuple[int, float]] = []

    def other() -> None:
        while not over.is_set():
            others.append(server.get("/app/")[:2])
            time.sleep(0.02)

    with frozen(postgres_processes(cluster)):
        thread = threading.Thread(target=other)
        thread.start()
        found = []
        for _ in range(50):
            found.append(server.get("/readyz")[:2])
            time.sleep(0.1)
        over.set()
        thread.join()
    begun = time.monotonic()
    while server.get("/readyz")[0] != 200 and time.monotonic() - begun < 30:
        time.sleep(0.05)
    back = time.monotonic() - begun
    failed, slowest = sum(status == 503 for status, _ in found), max(seconds for _, seconds in found)
    answered = sum(status == 200 for status, _ in others)
    waits = [seconds for _, seconds in others]
    beside = f"{answered} of {len(others)}, {statistics.median(waits):.3f}, {max(waits):.2f}"
    line = f"{failed} | {slowest:.2f} | {beside} | {back:.2f}"
    return line, failed == 50 and slowest < 1.0 and answered == len(others) and back <= TTL + 0.2


def flood(python: Path, cluster: Cluster, seconds: int = 60, rate: int = 200) -> bool:
    """Sessions opened and processor time of PostgreSQL, whatever it does besides included."""
    with gunicorn(python, "gthread", VARIANT="ours", DATABASE_PORT=str(cluster.port)) as server:
        watching = psycopg2.connect(cluster.url("bench"))
        watching.autocommit = True

        def sessions() -> int:
            with watching.cursor() as cursor:
                cursor.execute("SELECT sessions FROM pg_stat_database WHERE datname = 'bench'")
                return int(cursor.fetchone()[0])  # type: ignore[index]

        time.sleep(2)
        sessions_before, cpu_before = sessions(), _cpu(cluster)
        asked, failed, begun = 0, 0, time.monotonic()
        while (elapsed := time.monotonic() - begun) < seconds:
            if asked <= elapsed * rate:
                failed += server.get("/readyz")[0] != 200
                asked += 1
            else:
                time.sleep(0.001)
        cost = (_cpu(cluster) - cpu_before) / asked
        time.sleep(2)
        opened = sessions() - sessions_before
        watching.close()
    print(
        f"\n{asked} probes in {seconds} s, {failed} not 200; sessions opened: {opened}; "
        f"PostgreSQL: {cost * 1e6:.2f} us each"
    )
    return opened <= 1 and cost <= 10e-6 and not failed and asked >= 0.95 * rate * seconds


def _cpu(cluster: Cluster) -> float:
    """Of all its processes, those that have ended included."""
    postmaster, *others = postgres_processes(cluster)
    own = postmaster.cpu_times()
    ended = own.children_user + own.children_system
    return ended + sum(time.clock_gettime((~process.pid << 3) | 2) for process in (postmaster, *others))


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help="price, frozen, flood (all)")
    parser.add_argument("--pairs", type=int, default=20, metavar="N", help="of samples (20)")
    options = parser.parse_args()
    parts = options.parts or ["price", "frozen", "flood"]
    kept = True
    with tempfile.TemporaryDirectory() as folder, postgresql() as cluster:
        python = environment(Path(folder))
        if "price" in parts:
            kept &= price(python, cluster, options.pairs)
        if "frozen" in parts:
            kept &= freeze(python, cluster)
        if "flood" in parts:
            kept &= flood(python, cluster)
    print("\nkept" if kept else "\na promise was NOT kept")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
