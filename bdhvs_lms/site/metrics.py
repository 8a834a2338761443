"""`/metrics`: numbers for operators, in Prometheus' form. Nothing is counted and nobody is answered without a token.

`bdhvs serve` has several processes. Each counts in files of its own in one folder (the library's multiprocess mode),
and whichever is asked adds them up; what the database knows it is asked at that moment.
"""

import hmac
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.base.api import now
from bdhvs_lms.conf import app_settings

__all__ = ["Numbers", "folder", "metrics", "numbers"]

# Read by the library when it is loaded.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
# Who may look at the record store in the admin may look at its numbers.
PERMISSION = "bdhvs_xapi.view_target"


@contextmanager
def folder() -> Iterator[None]:
    """Within it processes that are started share their numbers: in a fresh folder, or in the one that the environment
    names, emptied. Without a token nothing is done."""
    if not app_settings.METRICS_TOKEN:
        yield
        return
    if given := os.environ.get(FOLDER, ""):
        Path(given).mkdir(parents=True, exist_ok=True)
        for file in Path(given).glob("*.db"):
            file.unlink()
        yield
        return
    made = tempfile.mkdtemp(prefix="bdhvs-metrics-")
    os.environ[FOLDER] = made
    try:
        yield
    finally:
        del os.environ[FOLDER]
        shutil.rmtree(made, ignore_errors=True)


class Numbers:
    """What this process counts. Labels are names of views and methods: of bounded number, and nobody's."""

    def __init__(self) -> None:
        # Loaded late: it decides then where its numbers are kept; and a site may be without it.
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.registry = CollectorRegistry()
        more: dict[str, Any] = {"registry": self.registry}
        self.requests = Counter("bdhvs_requests", "Requests that were answered.", ["view", "method", "status"], **more)
        self.seconds = Histogram(
            "bdhvs_request_seconds", "Time in which a request was answered.", ["view"], buckets=SECONDS, **more
        )
        self.database = Histogram(
            "bdhvs_database_seconds", "Time that a request waited for the database.", buckets=SECONDS, **more
        )
        self.queue = Histogram(
            "bdhvs_queue_seconds", "Time that a request waited for its process.", buckets=SECONDS, **more
        )

    def count(self, view: str, method: str, status: int, seconds: float, database: float) -> None:
        self.requests.labels(view, method if method in METHODS else "other", str(status)).inc()
        self.seconds.labels(view).observe(seconds)
        self.database.observe(database)

    def waited(self, seconds: float | None) -> None:
        if seconds is not None:
            self.queue.observe(seconds)

    def text(self) -> tuple[bytes, str]:
        """(what Prometheus reads, its content type)"""
        # As above: loaded late.
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

        # The same.
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = self.registry
        if FOLDER in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)
        state = CollectorRegistry()
        state.register(Database())
        return generate_latest(registry) + generate_latest(state), CONTENT_TYPE_LATEST


@lru_cache(maxsize=1)
def _numbers() -> Numbers | None:
    return Numbers() if find_spec("prometheus_client") else None


def numbers() -> Numbers | None:
    """The numbers of this process; None where no token is set, or the library is not installed."""
    return _numbers() if app_settings.METRICS_TOKEN else None


class Database:
    """What the database knows, asked when Prometheus asks: five queries."""

    def collect(self) -> Iterator[Any]:
        # Loaded late, like all of the library.
        from prometheus_client.core import GaugeMetricFamily

        up = GaugeMetricFamily("bdhvs_database_up", "Whether the database answers.")
        try:
            found = list(self._found())
        except DatabaseError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from found

    def _found(self) -> Iterator[Any]:
        # Loaded late, like all of the library.
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        # Models: `bdhvs demo` and `serve` load this module before there are any.
        from bdhvs_lms.tracking.api import unfoldable, waiting

        # Likewise.
        from bdhvs_xapi.api import Item, State, Target

        label = ["target"]
        delivered = CounterMetricFamily("bdhvs_outbox_delivered", "Statements that a target received.", labels=label)
        backlog = GaugeMetricFamily("bdhvs_outbox_waiting", "Statements that wait to be sent.", labels=label)
        oldest = GaugeMetricFamily("bdhvs_outbox_oldest_seconds", "How long the oldest has waited.", labels=label)
        dead = GaugeMetricFamily("bdhvs_outbox_dead_letters", "Statements refused for good.", labels=label)
        paused = GaugeMetricFamily("bdhvs_outbox_paused", "Whether a target is paused, or off.", labels=label)
        rows = Item.objects.order_by().values("target", "state").annotate(number=Count("id"), first=Min("queued_at"))
        counted = {(row["target"], row["state"]): (row["number"], row["first"]) for row in rows}
        for target in Target.objects.order_by("key"):
            number, first = counted.get((target.pk, State.WAITING), (0, None))
            delivered.add_metric([target.key], target.delivered)
            backlog.add_metric([target.key], number)
            oldest.add_metric([target.key], 0 if first is None else max(0, (now() - first).total_seconds()))
            dead.add_metric([target.key], counted.get((target.pk, State.DEAD), (0, None))[0])
            paused.add_metric([target.key], bool(target.paused) or not target.active)
        yield from (delivered, backlog, oldest, dead, paused)
        left = len(unfoldable())
        yield _one("bdhvs_decider_queue", "Statements of other systems from which nothing has followed yet.", waiting())
        yield _one("bdhvs_decider_failed", "Those of them that failed too often to be tried again.", left)
        yield _one("bdhvs_database_lock_waits", "Sessions of the database that wait for a lock now.", _lock_waits())


def _one(name: str, words: str, value: float) -> Any:
    # The same.
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, words, value=value)


def _lock_waits() -> int:
    """On SQLite nobody can be asked: there the time that requests wait says it."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        number: int = cursor.fetchone()[0]
    return number


def _has_token(request: HttpRequest) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        given.strip().encode(), app_settings.METRICS_TOKEN.encode()
    )


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever has the token, and for operators who are signed in. Without a token in the settings it is not there.

    401 for nobody known, 403 for others who are signed in, 503 where the library is missing.
    """
    if not app_settings.METRICS_TOKEN:
        raise Http404
    if not _has_token(request):
        # Asked only now: with a token the numbers are there while the database is away.
        if not request.user.is_authenticated:
            words = "Send the token of BDHVS_METRICS_TOKEN: Authorization: Bearer …\n"
            refusal = HttpResponse(words, status=401, content_type="text/plain; charset=utf-8")
            refusal.headers["WWW-Authenticate"] = "Bearer"
            return refusal
        if not request.user.has_perm(PERMISSION):
            return HttpResponse("For operators.\n", status=403, content_type="text/plain; charset=utf-8")
    counted = numbers()
    if counted is None:
        words = "prometheus-client is not installed: pip install 'bdhvs-lms[site]'\n"
        return HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")
    text, kind = counted.text()
    return HttpResponse(text, content_type=kind)
