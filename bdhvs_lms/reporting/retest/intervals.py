"""How sure a share is that comes from a sample: pure.

The score interval of E. B. Wilson (Probable inference, the law of succession, and statistical inference, Journal of the
American Statistical Association 22, 1927, p. 209), which keeps its 95 % with few people and near 0 and 100 %. A sample
that is a good part of everybody says more: it counts as n·(N-1)/(N-n) people (finite population correction).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
"""Of 95 %, on both sides."""


@dataclass(frozen=True)
class Interval:
    """Shares, 0 to 1."""

    low: float
    high: float


def wilson(still: int, tested: int, people: int | None = None) -> Interval:
    """Around the share `still` of `tested`, 95 %. `people`: from how many they were drawn; None: countless.

    Raises ValueError for nobody tested, or more than there are."""
    if not (0 <= still <= tested and tested >= 1 and (people is None or tested <= people)):
        raise ValueError(f"{still} of {tested} of {people} is no share.")
    share, count = still / tested, worth(tested, people)
    if count == inf:
        return Interval(share, share)
    square = Z * Z / count
    middle = (share + square / 2) / (1 + square)
    half = Z / (1 + square) * sqrt(share * (1 - share) / count + square / (4 * count))
    return Interval(max(0.0, middle - half) if still else 0.0, min(1.0, middle + half) if still < tested else 1.0)


def worth(tested: int, people: int | None) -> float:
    """As how many people of a countless population so many of `people` count; inf: it is all of them."""
    if people is None:
        return tested
    return inf if tested == people else tested * (people - 1) / (people - tested)


def half_width(size: int, people: int, share: float) -> float:
    """Half of the interval that `size` people of `people` would give, were the share about this one."""
    found = wilson(round(size * share), size, people)
    return (found.high - found.low) / 2
