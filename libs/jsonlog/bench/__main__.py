"""`python bench` in this library's folder: our formatter beside its peers, in a throw-away environment.

Installs the peers, runs every formatter in a process of its own, and takes turns: in each round every formatter does
every load once, right after the standard library's text formatter did it, so that each figure is a ratio of two
neighbours on a machine that has other work. Printed: the median of the ratios with its 95 % interval (of order
statistics), as a Markdown table. `--rounds 20` `--quick`.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import venv
from math import comb
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = ("python-json-logger==4.2.0", "structlog==26.1.0", "ecs-logging==2.3.0", "orjson", "msgspec")
COUNTS = {"plain": 4000, "extras": 4000, "exception": 500}
sys.path.insert(0, str(HERE))
from workload import FORMATTERS  # noqa: E402


def environment(folder: Path) -> Path:
    """A virtual environment with the peers and this library; its interpreter."""
    venv.EnvBuilder(with_pip=True, symlinks=True).create(folder)
    python = folder / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, *PEERS, str(HERE.parent)], check=True)
    return python


class Worker:
    """One formatter's process."""

    def __init__(self, python: Path, name: str) -> None:
        command = [str(python), str(HERE / "workload.py"), name]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def rate(self, load: str, count: int) -> float:
        """Records per CPU second."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{load} {count}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def end(self) -> None:
        self._process.communicate()


def interval(values: list[float]) -> tuple[float, float]:
    """The 95 % interval of the median: the order statistics between which it lies, whatever the distribution."""
    ordered, n = sorted(values), len(values)
    below, k = 0.0, 0
    while k < n // 2 and below + comb(n, k) / 2**n <= 0.025:
        below += comb(n, k) / 2**n
        k += 1
    k = max(k - 1, 0)
    return ordered[k], ordered[n - 1 - k]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python bench", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="a fifth of the records; for a first look")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jsonlog-bench-") as folder:
        python = environment(Path(folder))
        text = Worker(python, "text")
        workers = {name: Worker(python, name) for name in FORMATTERS if name != "text"}
        ratios: dict[tuple[str, str], list[float]] = {}
        rates: dict[str, list[float]] = {}
        for number in range(options.rounds):
            sys.stderr.write(f"\rround {number + 1} of {options.rounds}")
            for load, count in COUNTS.items():
                count = count // 5 if options.quick else count
                for name, worker in workers.items():
                    bare = text.rate(load, count)
                    rates.setdefault(load, []).append(bare)
                    ratios.setdefault((name, load), []).append(worker.rate(load, count) / bare)
        for worker in (text, *workers.values()):
            worker.end()
    sys.stderr.write("\n")
    print(
        f"{options.rounds} pairs each, records per CPU second as a multiple of the standard library's text formatter's,"
    )
    print(
        "median [95 % interval]. "
        + "Text: "
        + ", ".join(f"{load} {statistics.median(rates[load]):,.0f}/s" for load in COUNTS)
    )
    print("\n| formatter | " + " | ".join(COUNTS) + " |\n|---" * 1 + "|---" * len(COUNTS) + "|")
    for name in workers:
        cells = []
        for load in COUNTS:
            low, high = interval(ratios[name, load])
            cells.append(f"{statistics.median(ratios[name, load]):.2f} [{low:.2f}–{high:.2f}]")
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
