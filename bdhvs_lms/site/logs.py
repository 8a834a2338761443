"""What the log says: of a visitor's fault one line, of the same fault of ours one traceback and then how often."""

import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from django.http import HttpRequest

from bdhvs_lms.site.paths import shown_path

__all__ = ["FAULTS", "Counted", "Faults", "JsonLines", "Lines", "VisitorsFaults", "configuration", "request_id"]

# Of the request that is being answered; empty outside one.
request_id: ContextVar[str] = ContextVar("request_id", default="")

# A fault that goes on is counted, and said again after so many seconds. One that rested for so long is a new one.
EVERY_SECONDS = 30.0
RESTED_SECONDS = 600.0
# Kinds of faults that are remembered at once: the oldest is forgotten, and would have its traceback once more.
KINDS = 200


class VisitorsFaults(logging.Filter):
    """One line for a request that was refused, without the traceback that Django adds: the fault is not in the code,
    and anybody could fill the log with them. Errors (500) keep theirs. No line names an address that signs people in.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(("django.request", "django.security")):
            request = getattr(record, "request", None)
            if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
                shown = shown_path(request, getattr(record, "status_code", 400))
                record.args = tuple(shown if each == request.path else each for each in record.args)
            if record.levelno < logging.ERROR:
                record.exc_info = record.exc_text = None
        return True


class Faults:
    """How often each fault of this process came: told apart by where it was raised, and a database or a disk that is
    away is one fault, wherever it is noticed.

    ``clock`` is in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = Lock()
        # Whether something came of which nothing was said yet.
        self.counting = False
        # kind → [last seen, last said, times since]
        self._kinds: OrderedDict[object, list[float]] = OrderedDict()

    def met(self, error: BaseException) -> int | None:
        """None when it is new and is to be said in full; 0 when nothing is to be said; else how often it has come since
        something was said of it last."""
        kind, now = self._kind(error), self.clock()
        with self._lock:
            row = self._kinds.pop(kind, None)
            if row is None or now - row[0] > RESTED_SECONDS:
                self._kinds[kind] = [now, now, 0]
                if len(self._kinds) > KINDS:
                    self._kinds.popitem(last=False)
                return None
            self._kinds[kind] = row
            row[0] = now
            row[2] += 1
            if now - row[1] < EVERY_SECONDS:
                self.counting = True
                return 0
            times, row[1], row[2] = int(row[2]), now, 0
            return times

    def left(self) -> int:
        """How often faults came of which nothing was said yet, when they have rested for a while; then they are said.

        Asked where things work again: whoever reads the log sees the whole number.
        """
        now, total = self.clock(), 0
        with self._lock:
            for row in self._kinds.values():
                if row[2] and now - row[0] >= 1:
                    total += int(row[2])
                    row[1], row[2] = now, 0
            self.counting = any(row[2] for row in self._kinds.values())
        return total

    @staticmethod
    def _kind(error: BaseException) -> object:
        # Loaded late: it asks for translations, and the log is there before them.
        from bdhvs_lms.site.unavailable import is_unavailable

        if is_unavailable(error):
            return "unavailable"
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = None if place is None else (place.tb_frame.f_code.co_filename, place.tb_lineno)
        return type(error), where


# Of this process: what its handlers and its requests share.
FAULTS = Faults()


class Counted(logging.Filter):
    """Bounds the log in an outage: the same fault has one traceback, and then a line with a number now and then."""

    def __init__(self, faults: Faults | None = None) -> None:
        super().__init__()
        self.faults = faults or FAULTS

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if error is None:
            return True
        times = self.faults.met(error)
        if times is None:
            return True
        if times:
            record.msg, record.args = (
                "%s; this fault came %d times since it was last said",
                (
                    f"{record.getMessage()}: {type(error).__name__}",
                    times,
                ),
            )
            record.exc_info = record.exc_text = None
        return bool(times)


class Lines(logging.Formatter):
    """Text; the fields of a request stand behind its message."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        fields = getattr(record, "fields", {})
        more = [f"{name}={value}" for name, value in fields.items() if name not in ("method", "path", "status")]
        return " ".join([super().formatMessage(record), *more])


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, and where there are such the id of the request, its
    fields, and the traceback as one text."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if identity := request_id.get():
            line["request_id"] = identity
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = record.stack_info
        return json.dumps(line, ensure_ascii=False, default=str)


def configuration(form: str, level: str) -> dict[str, Any]:
    """LOGGING of the ready site: ``form`` is ``lines`` or ``json``, ``level`` of what Django says."""
    kept = {"class": "logging.StreamHandler", "formatter": form, "filters": ["visitors", "counted"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {"()": f"{__name__}.Lines", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
            "json": {"()": f"{__name__}.JsonLines"},
        },
        "filters": {
            "visitors": {"()": f"{__name__}.VisitorsFaults"},
            "counted": {"()": f"{__name__}.Counted"},
        },
        "handlers": {"stderr": kept},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            # Django's own handlers mail the administrators, which the ready site has no address for.
            "django": {"handlers": [], "level": level, "propagate": True},
            "bdhvs_lms.request": {"level": "INFO"},
        },
    }
