"""The few statistics of the benches: percentiles of latencies, and a median with its confidence interval."""

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def median_interval(values: Sequence[float], z: float = 1.96) -> tuple[float, float, float]:
    """The median, and the order statistics between which the true one lies with 95 % confidence.

    The ranks are those of the binomial distribution's normal approximation; no assumption about the values' own.
    """
    ordered = sorted(values)
    count = len(ordered)
    half = z * math.sqrt(count) / 2
    low = max(math.floor((count - 1) / 2 - half), 0)
    high = min(math.ceil((count - 1) / 2 + half), count - 1)
    middle = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    return middle, ordered[low], ordered[high]
