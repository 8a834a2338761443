"""Drawing by chance: pure, and the same again from the same seed, on whatever machine and version.

Each person has a number: the HMAC-SHA-256 of the person's actor by the seed. Simple: the people with the lowest
numbers. By strata: people in the order of stratum and number, and every N/n-th of them from a start that the seed
gives (systematic sampling with implicit stratification: W. G. Cochran, Sampling Techniques, 3rd ed. 1977, ch. 8).
Either way everybody has the same chance n/N, and of each stratum there are as many as its share of the people, rounded
up or down: the sample weighs itself.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from uuid import UUID

RANGE = 2**256
"""Numbers are below this."""


def number_of(seed: bytes, word: bytes) -> int:
    return int.from_bytes(hmac.digest(seed, word, "sha256"))


def draw(frame: Mapping[UUID, str], size: int, seed: bytes, *, strata: bool) -> list[UUID]:
    """`size` of the people of `frame` (actor to stratum), in the order in which they are listed: strata, then numbers.

    Without `strata` in the order of their numbers. Raises ValueError for a size below 1 or above that of the frame.
    """
    if not 1 <= size <= len(frame):
        raise ValueError(f"{size} of {len(frame)} cannot be drawn.")
    numbers = {actor: number_of(seed, actor.bytes) for actor in frame}
    if not strata:
        return sorted(numbers, key=lambda actor: (numbers[actor], actor))[:size]
    ordered = sorted(numbers, key=lambda actor: (frame[actor], numbers[actor], actor))
    start = number_of(seed, b"start")
    # floor((start / RANGE + place) * N / n), in whole numbers: no rounding of floats decides who is drawn.
    return [ordered[(start + place * RANGE) * len(ordered) // (size * RANGE)] for place in range(size)]


def digest_of(frame: Mapping[UUID, str]) -> str:
    """SHA-256 over "actor stratum" lines in the order of actors: the same people in the same strata, or not."""
    lines = "".join(f"{actor} {frame[actor]}\n" for actor in sorted(frame))
    return hashlib.sha256(lines.encode()).hexdigest()
