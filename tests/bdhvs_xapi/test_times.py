"""xAPI 1.0.3 Part Two, 4.5 (timestamps) and 4.6 (durations)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bdhvs_xapi.statements.times import format_timestamp, is_duration, parse_timestamp
from bdhvs_xapi.statements.versions import Version
from tests.support.loops import for_each


@for_each(
    ("text", "instant"),
    [
        ("2025-11-15T08:30:00+07:00", datetime(2025, 11, 15, 1, 30, tzinfo=UTC)),
        ("2025-11-15T01:30:00Z", datetime(2025, 11, 15, 1, 30, tzinfo=UTC)),
        ("2025-11-15T01:30:00+00:00", datetime(2025, 11, 15, 1, 30, tzinfo=UTC)),
        ("2025-11-15T01:30:00.123Z", datetime(2025, 11, 15, 1, 30, 0, 123_000, tzinfo=UTC)),
        ("2025-11-15T01:30:00.123456789Z", datetime(2025, 11, 15, 1, 30, 0, 123_456, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_timestamp(text: str, instant: datetime) -> None:
    """RFC 3339 is a timestamp in both dialects."""
    for version in (None, *Version):
        assert parse_timestamp(text, version) == instant
        assert parse_timestamp(text, version).tzinfo is UTC


def test_2_0_4_2_7_without_a_zone_is_utc_under_either_dialect() -> None:
    """A store "shall convert Timestamps to UTC rather than rejecting"; what both must take names its zone."""
    for version in Version:
        assert parse_timestamp("2025-11-15T01:30:00", version) == datetime(2025, 11, 15, 1, 30, tzinfo=UTC)
    with pytest.raises(ValueError, match="expected a date and time with a zone"):
        parse_timestamp("2025-11-15T01:30:00")


@for_each(
    "text",
    [
        "2025-11-15T01:30Z",
        "2025-11-15T08:30:00+0700",
        "2025-11-15T08:30:00+07",
        "2025-11-15T01:30",
        "20251115T083000+0700",
        "20251115T013000Z",
        "20251115T0130",
        "2025-11-15T01:30:00,000Z",
    ],
)
def test_4_5_iso_8601_is_enough_for_1_0_3(text: str) -> None:
    """IEEE 9274.1.1, 4.2.7, asks for RFC 3339; what both must take has to be that."""
    assert parse_timestamp(text, Version.V1) == datetime(2025, 11, 15, 1, 30, tzinfo=UTC)
    for version in (None, Version.V2):
        with pytest.raises(ValueError, match="expected a date and time with a zone"):
            parse_timestamp(text, version)


@for_each(
    "text",
    [
        "",
        "2025-11-15",
        "2025-11-15 08:30:00Z",
        "2025-11-15T083000Z",
        "2025-W46-6T08:30:00Z",
        "2025-319T08:30:00Z",
        "2025-11-15T08:30:00-00:00",
        "2025-11-15T08:30:00-0000",
        "2025-11-15T08:30:00-00",
        "2025-02-30T00:00:00Z",
        "2025-11-15T25:00:00Z",
        "2025-11-15T08:30:00+25:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2025-11-15T08:30:00z",
        "2025-11-15T08:30:00Z\n",
        "２０２５-11-15T08:30:00Z",
    ],
)
def test_no_timestamp(text: str) -> None:
    for version in (None, *Version):
        with pytest.raises(ValueError, match=r"expected|not allowed|no such"):
            parse_timestamp(text, version)


def test_format_timestamp() -> None:
    hanoi = timezone(timedelta(hours=7))
    assert format_timestamp(datetime(2025, 11, 15, 8, 30, tzinfo=hanoi)) == "2025-11-15T01:30:00.000Z"
    assert format_timestamp(datetime(2025, 11, 15, 8, 30, 0, 1, tzinfo=hanoi)) == "2025-11-15T01:30:00.000001Z"
    with pytest.raises(ValueError, match="zone"):
        format_timestamp(datetime(2025, 11, 15))  # noqa: DTZ001


@for_each(
    "text",
    [
        "PT4H35M59.14S",
        "PT16559.14S",
        "P3Y1M29DT4H35M59.14S",
        "P3Y",
        "P4W",
        "P1.5W",
        "PT0S",
        "P1DT12H",
        "PT1,5M",
        "P0.5D",
    ],
)
def test_duration(text: str) -> None:
    assert is_duration(text)


@for_each(
    "text",
    ["", "P", "PT", "P1DT", "P4W1D", "P1Y4W", "PT1.5H30M", "P1S", "PT1D", "1D", "-P1D", "P-1D", "P1D ", "p1d", "P1M1Y"],
)
def test_no_duration(text: str) -> None:
    assert not is_duration(text)
