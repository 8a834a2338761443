"""Timestamps and durations as xAPI writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from bdhvs_xapi.statements.versions import Version

# RFC 3339, 5.6, which IEEE 9274.1.1, 5.2.7 asks of providers; 1.0.3 recommends it, so it is what both dialects take.
_RFC_3339: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
# IEEE 9274.1.1, 4.2.7: a store converts to UTC "rather than rejecting" what is not in UTC form; so also without a zone.
_RFC_3339_OR_LOCAL: Final = re.compile(rf"{_RFC_3339.pattern}?")
# xAPI 1.0.3 Part Two, 4.5: any combined date and time of ISO 8601, extended or basic; a zone is only recommended.
_ISO_8601: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}(?::[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
    r"|[0-9]{8}T[0-9]{2}(?:[0-9]{2}(?:[0-9]{2}(?:[.,][0-9]+)?)?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_SPELLINGS: Final = {Version.V1: _ISO_8601, Version.V2: _RFC_3339_OR_LOCAL, None: _RFC_3339}
_NEGATIVE_ZERO: Final = re.compile(r"-00(:?00)?$")

# ISO 8601 4.4.3.2: weeks stand alone; elsewhere only the last component may have a fraction.
_N: Final = r"[0-9]+"
_LAST: Final = r"[0-9]+(?:[.,][0-9]+)?"
_DURATION: Final = re.compile(
    rf"P(?:{_LAST}W"
    rf"|(?=[0-9T])(?:{_N}Y)?(?:{_N}M)?(?:{_N}D)?(?:T(?=[0-9])(?:{_N}H)?(?:{_N}M)?(?:{_LAST}S)?)?"
    rf"|(?:{_N}Y)?(?:{_N}M)?(?:{_N}D)?T(?:{_N}H)?{_LAST}M"
    rf"|(?:{_N}Y)?(?:{_N}M)?(?:{_N}D)?T{_LAST}H"
    rf"|(?:{_N}Y)?(?:{_N}M)?{_LAST}D"
    rf"|(?:{_N}Y)?{_LAST}M"
    rf"|{_LAST}Y)",
)

_BEYOND_HUNDREDTHS: Final = re.compile(r"([.,][0-9]{2})[0-9]+S$")


def parse_timestamp(text: str, version: Version | None = None) -> datetime:
    """The instant that ``text`` names, in UTC, cut to microseconds.

    Where both dialects must be satisfied (``None``), RFC 3339; under 2.0 also without its zone, and under 1.0.3 any
    combined date and time of ISO 8601 (Part Two, 4.5); UTC where no zone is named. Raises ``ValueError`` with the
    reason for other text, for the offset -00:00 (ISO 8601 has none; in RFC 3339 it says that the zone is unknown), and
    for an instant outside the years 1 to 9999.
    """
    if not _SPELLINGS[version].fullmatch(text):
        raise ValueError("expected a date and time with a zone, like 2025-11-15T08:30:00+07:00")
    if _NEGATIVE_ZERO.search(text, text.index("T")):
        raise ValueError("the offset -00:00 is not allowed; write Z")
    try:
        instant = datetime.fromisoformat(text)
        return (instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant).astimezone(UTC)
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


def hundredths(duration: str) -> str:
    """A duration whose seconds are cut to hundredths: what lies beyond is not compared (4.6; IEEE 9274.1.1, 4.2.7)."""
    return _BEYOND_HUNDREDTHS.sub(r"\1S", duration)
