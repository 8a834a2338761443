"""Timestamps and durations as xAPI writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

# RFC 3339 with ISO 8601's leave to omit seconds and the colon of the offset. Basic format, week and ordinal dates
# are ISO 8601 too, but xAPI 2.0 (4.2.7) asks for RFC 3339, and other stores refuse them.
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,12})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)",
)
_NEGATIVE_ZERO = re.compile(r"-00(:?00)?$")

# ISO 8601 4.4.3.2: weeks stand alone; elsewhere only the last component may have a fraction.
_N = r"[0-9]+"
_LAST = r"[0-9]+(?:[.,][0-9]+)?"
_DURATION = re.compile(
    rf"P(?:{_LAST}W"
    rf"|(?=[0-9T])(?:{_N}Y)?(?:{_N}M)?(?:{_N}D)?(?:T(?=[0-9])(?:{_N}H)?(?:{_N}M)?(?:{_LAST}S)?)?"
    rf"|(?:{_N}Y)?(?:{_N}M)?(?:{_N}D)?T(?:{_N}H)?{_LAST}M"
    rf"|(?:{_N}Y)?(?:{_N}M)?(?:{_N}D)?T{_LAST}H"
    rf"|(?:{_N}Y)?(?:{_N}M)?{_LAST}D"
    rf"|(?:{_N}Y)?{_LAST}M"
    rf"|{_LAST}Y)",
)


def parse_timestamp(text: str) -> datetime:
    """The instant that ``text`` names, in UTC, cut to microseconds.

    Raises ``ValueError`` with the reason for text that is no timestamp, that has no zone, or that has the offset
    -00:00 (xAPI 1.0.3 Part Two 4.5 forbids it), and for an instant outside the years 1 to 9999.
    """
    if not _TIMESTAMP.fullmatch(text):
        raise ValueError("expected a date and time with a zone, like 2025-11-15T08:30:00+07:00")
    if _NEGATIVE_ZERO.search(text):
        raise ValueError("the offset -00:00 is not allowed; write Z")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"no such date or time: {error}") from error


def format_timestamp(instant: datetime) -> str:
    """``instant`` (aware) as RFC 3339 in UTC with milliseconds or, when they matter, microseconds.

    Raises ``ValueError`` for a naive datetime: its zone would be a guess.
    """
    if instant.tzinfo is None:
        raise ValueError("expected a datetime with a zone")
    utc = instant.astimezone(UTC)
    precision = "microseconds" if utc.microsecond % 1000 else "milliseconds"
    return utc.isoformat(timespec=precision).removesuffix("+00:00") + "Z"


def is_duration(text: str) -> bool:
    """Whether ``text`` is an ISO 8601 duration: ``P2W``, ``P1Y2M3DT4H5M6.78S``; weeks never mix with the rest."""
    return _DURATION.fullmatch(text) is not None
