"""What the answers of a fuzzed service prove."""

import collections
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Verdict:
    """How often each operation answered which status, and what is wrong."""

    answers: dict[str, collections.Counter[int]]
    troubles: list[str] = field(default_factory=list)

    def successes(self, operation: str) -> int:
        """How many of its answers were 2xx."""
        return sum(count for status, count in self.answers[operation].items() if 200 <= status < 300)

    def totals(self) -> Iterator[int]:
        """The status of every answer."""
        for counted in self.answers.values():
            yield from counted.elements()


def judge(operations: Sequence[str], record: Path, troubles: Sequence[str] = ()) -> Verdict:
    """The verdict on the operations of a schema by the lines of a `Record`."""
    answers = {name: collections.Counter[int]() for name in operations}
    broken: collections.Counter[str] = collections.Counter()
    for line in record.read_text(encoding="utf-8").splitlines():
        operation, status, code = json.loads(line)
        if operation in answers:
            answers[operation][status] += 1
        # 503 is how a service says that it cannot now; only what nobody thought of is 500.
        if status >= 500 and status != 503:
            broken[f"{operation}: {status} {code}".strip()] += 1
    verdict = Verdict(answers, list(troubles))
    verdict.troubles += [f"{what} ({count} times)" for what, count in sorted(broken.items())]
    verdict.troubles += [f"{name}: never 2xx" for name in operations if not verdict.successes(name)]
    return verdict
