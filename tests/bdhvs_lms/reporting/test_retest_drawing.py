"""Who is drawn, and how sure a share of a sample is."""

from __future__ import annotations

import math
import uuid
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.reporting.retest.drawing import digest_of, draw
from bdhvs_lms.reporting.retest.intervals import half_width, wilson, worth
from tests.support.soak import rounds

PEOPLE = [uuid.uuid5(uuid.NAMESPACE_URL, f"person {number}") for number in range(60)]
FRAMES = st.dictionaries(st.uuids(), st.sampled_from(["10015", "10030", "10042"]), min_size=1, max_size=60)


@given(FRAMES, st.integers(1, 60), st.binary(min_size=32, max_size=32), st.booleans(), st.randoms())
def test_the_same_seed_draws_the_same_people_in_whatever_order_they_come(
    frame: dict[uuid.UUID, str], size: int, seed: bytes, strata: bool, shuffle: object
) -> None:
    size = min(size, len(frame))
    drawn = draw(frame, size, seed, strata=strata)
    assert len(drawn) == len(set(drawn)) == size and set(drawn) <= set(frame)
    turned = dict(reversed(list(frame.items())))
    assert draw(turned, size, seed, strata=strata) == drawn
    assert digest_of(turned) == digest_of(frame)


@given(FRAMES, st.integers(1, 60), st.binary(min_size=32, max_size=32))
def test_of_each_stratum_there_are_as_many_as_its_share_rounded_up_or_down(
    frame: dict[uuid.UUID, str], size: int, seed: bytes
) -> None:
    size = min(size, len(frame))
    drawn = Counter(frame[one] for one in draw(frame, size, seed, strata=True))
    for stratum, people in Counter(frame.values()).items():
        share = size * people / len(frame)
        assert math.floor(share) <= drawn[stratum] <= math.ceil(share)


@pytest.mark.parametrize("strata", [True, False])
def test_everybody_has_the_same_chance(strata: bool) -> None:
    # Strata of 7, 23 and 30: none of which n/N = 7/60 divides.
    frame = {one: "a" if place < 7 else "b" if place < 30 else "c" for place, one in enumerate(PEOPLE)}
    size, draws = 7, rounds(4000, soak=40_000)
    found: Counter[uuid.UUID] = Counter()
    for number in range(draws):
        found.update(draw(frame, size, number.to_bytes(32), strata=strata))
    expected = draws * size / len(frame)
    spread = math.sqrt(expected * (1 - size / len(frame)))
    # Sixty people: five standard deviations are passed by one in 30,000 such tests, and the seeds are always the same.
    assert max(abs(found[one] - expected) for one in PEOPLE) < 5 * spread
    chi_square = sum((found[one] - expected) ** 2 / expected for one in PEOPLE)
    assert chi_square < 120  # 59 degrees of freedom: 99.9 % are below 99


def test_pairs_of_a_simple_sample_come_as_often_as_any() -> None:
    frame = dict.fromkeys(PEOPLE[:6], "")
    pairs: Counter[frozenset[uuid.UUID]] = Counter()
    for number in range(3000):
        pairs[frozenset(draw(frame, 2, number.to_bytes(32), strata=False))] += 1
    assert len(pairs) == 15 and all(140 < count < 260 for count in pairs.values())


@pytest.mark.parametrize("size", [0, 4])
def test_nobody_or_more_than_there_are_cannot_be_drawn(size: int) -> None:
    with pytest.raises(ValueError):
        draw(dict.fromkeys(PEOPLE[:3], ""), size, b"x" * 32, strata=True)


@pytest.mark.parametrize(
    ("still", "tested", "low", "high"),
    # From R: prop.test(x, n, correct = FALSE), as in R. G. Newcombe, Statistics in Medicine 17 (1998), table I.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_intervals_are_those_of_the_books(still: int, tested: int, low: float, high: float) -> None:
    found = wilson(still, tested)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_a_sample_that_is_a_good_part_of_everybody_says_more() -> None:
    assert worth(50, 99) == 50 * 98 / 49
    wide, narrow = wilson(40, 50), wilson(40, 50, 99)
    assert wide.low < narrow.low < 0.8 < narrow.high < wide.high
    whole = wilson(40, 50, 50)
    assert (whole.low, whole.high) == (0.8, 0.8)
    # Correction by hand: n' = 100, p = 0.8; centre (0.8 + z²/200)/(1 + z²/100).
    assert (round(narrow.low, 4), round(narrow.high, 4)) == (0.7112, 0.8666)


@given(st.integers(1, 400), st.data())
def test_an_interval_holds_the_share_and_no_nonsense(tested: int, data: st.DataObject) -> None:
    still = data.draw(st.integers(0, tested))
    people = data.draw(st.none() | st.integers(tested, 10_000))
    found = wilson(still, tested, people)
    assert 0 <= found.low <= still / tested + 1e-12 and still / tested - 1e-12 <= found.high <= 1
    other = wilson(tested - still, tested, people)
    assert math.isclose(other.low, 1 - found.high, abs_tol=1e-12)
    assert half_width(tested, people or 10**9, 0.5) <= 0.5


@pytest.mark.parametrize(("still", "tested", "people"), [(1, 0, None), (3, 2, None), (1, 5, 4), (-1, 5, 9)])
def test_no_share_no_interval(still: int, tested: int, people: int | None) -> None:
    with pytest.raises(ValueError):
        wilson(still, tested, people)
