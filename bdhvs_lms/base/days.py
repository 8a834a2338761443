"""Days are those of Vietnam's calendar, wherever a server or a reader stands: plans, areas and ages count by it."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

CALENDAR = ZoneInfo("Asia/Ho_Chi_Minh")


def day_of(moment: datetime) -> date:
    """Return the day of this moment. Raises ValueError when it is naive."""
    if moment.tzinfo is None:
        raise ValueError("A date and time with a zone is needed.")
    return moment.astimezone(CALENDAR).date()


def start_of_day(day: date) -> datetime:
    """Return the first moment of the day, aware."""
    return datetime.combine(day, time.min, CALENDAR)


def end_of_day(day: date) -> datetime:
    """Return the last moment of the day, aware."""
    return datetime.combine(day, time.max, CALENDAR)
