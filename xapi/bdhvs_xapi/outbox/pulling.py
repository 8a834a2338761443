"""Fetching statements from another record store, page by page, so that a stop at any moment loses nothing.

The cursor moves only when a run has come to its end, and only to where the source itself said, with the first page,
that it was whole (``X-Experience-API-Consistent-Through``): a statement that it stored earlier but committed later is
in the next run. A source that does not say so is read again from a while before the newest statement seen. Whatever
is read twice is recognised by its id.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urljoin, urlsplit
from uuid import UUID, uuid4

from django.db import InterfaceError, OperationalError

from bdhvs_xapi.outbox.claims import LEASE, backoff, unheld, waits
from bdhvs_xapi.outbox.models import Source
from bdhvs_xapi.outbox.pace import Pace
from bdhvs_xapi.outbox.pages import Page, PageError, read_page
from bdhvs_xapi.outbox.recording import catch_up
from bdhvs_xapi.outbox.secrets import SecretUnreadable
from bdhvs_xapi.outbox.sending import utcnow
from bdhvs_xapi.outbox.sources import source_faults
from bdhvs_xapi.outbox.taking import take
from bdhvs_xapi.outbox.targets import destination
from bdhvs_xapi.outbox.transport import Trouble
from bdhvs_xapi.outbox.wire import TooMuch, Wire, WireTrouble, trouble_of
from bdhvs_xapi.statements.times import format_timestamp

log = logging.getLogger(__name__)
# Statements of one page, if the source has no smaller limit of its own.
PAGE: Final = 200
# With the data of attachments.
MAX_PAGE: Final = 64 * 1024 * 1024
# How long what follows from a page may take before the next one is asked for.
_CATCH_UP_SECONDS: Final = 60.0
# Clocks of sources are written with milliseconds and less; a second read twice costs nothing.
_OVERLAP: Final = timedelta(seconds=1)
# Longer than any transaction of a source that does not say how far it is whole.
_BLIND_OVERLAP: Final = timedelta(minutes=10)


@dataclass(slots=True)
class Pulled:
    """What one pull did. ``finished``: it came to the end of what the source has. ``trouble``: why not."""

    source: str
    pages: int = 0
    new: int = 0
    known: int = 0
    rejected: int = 0
    finished: bool = False
    trouble: str = ""


def pull(
    source: Source,
    *,
    stop: threading.Event | None = None,
    clock: Callable[[], datetime] = utcnow,
    say: Callable[[Pulled], None] = lambda done: None,
    using: str = "default",
) -> Pulled:
    """Fetches what ``source`` has stored since the last pull, or goes on with a pull that was stopped.

    ``stop``: when set, the page in hand is the last. ``say``: called after each page. A source that is inactive,
    paused, resting after failures, or being fetched by another process is left alone, and ``trouble`` says so. Raises
    nothing for what the source does: that is in the row and in ``trouble``.
    """
    done = Pulled(source.key)
    rows = Source.objects.using(using).filter(pk=source.pk)
    lease = uuid4()
    if not _claim(source, lease, clock(), done, using):
        return done
    try:
        _fetch(source, lease, done, stop=stop, clock=clock, say=say, using=using)
    finally:
        rows.filter(lease=lease).update(lease=None, lease_until=None)
    return done


def _claim(source: Source, lease: UUID, at: datetime, done: Pulled, using: str) -> bool:
    """One process at a time: a second one would read every page for nothing."""
    free = Source.objects.using(using).filter(unheld(at), pk=source.pk)
    if not free.update(lease=lease, lease_until=at + LEASE):
        done.trouble = "another process is fetching it"
        return False
    source.refresh_from_db(using=using)
    if not source.active:
        done.trouble = "it is not active"
    elif source.paused:
        done.trouble = source.paused
    elif waits(source.next_attempt_at, at):
        done.trouble = f"resting until {format_timestamp(source.next_attempt_at)}: {source.last_error}"
    else:
        return True
    free.model.objects.using(using).filter(pk=source.pk, lease=lease).update(lease=None, lease_until=None)
    return False


def _fetch(
    source: Source,
    lease: UUID,
    done: Pulled,
    *,
    stop: threading.Event | None,
    clock: Callable[[], datetime],
    say: Callable[[Pulled], None],
    using: str,
) -> None:
    mine = Source.objects.using(using).filter(pk=source.pk, lease=lease)
    try:
        if found := source_faults(source):
            raise WireTrouble(Trouble("; ".join(found), pause=True))
        wire = Wire(destination(source))
    except SecretUnreadable as error:
        _note_trouble(source, Trouble(str(error), pause=True), done, clock(), using)
        return
    except WireTrouble as error:
        _note_trouble(source, error.trouble, done, clock(), using)
        return
    size = PAGE
    try:
        while not (stop is not None and stop.is_set()):
            try:
                page = _get(wire, source, size)
            except TooMuch:
                if size == 1:
                    raise
                # Large attachments, or a thin line: smaller pages. The size is in the links of a run, so it begins
                # anew; what is here already is recognised.
                size = max(1, size // 5)
                mine.update(more="", cursor_next=None, lease_until=clock() + LEASE)
                source.refresh_from_db(using=using)
                continue
            more = _next(source, page)
            at = clock()
            counted = take(source, page.statements, page.blobs, received_at=at, using=using)
            catch_up(Pace(_CATCH_UP_SECONDS, using=using, stop=stop), using=using)
            done.pages += 1
            done.new += counted.new
            done.known += counted.known
            done.rejected += counted.rejected
            cursor_next = _cursor_next(source, page)
            if not mine.update(
                more=more,
                cursor=source.cursor if more else cursor_next,
                cursor_next=cursor_next if more else None,
                failures=0,
                next_attempt_at=None,
                last_success_at=at,
                lease_until=at + LEASE,
            ):
                done.trouble = "it took too long, and another process has taken over"
                return
            source.refresh_from_db(using=using)
            say(done)
            if not more:
                done.finished = True
                return
            if not source.active:
                done.trouble = "it was switched off meanwhile"
                return
    except WireTrouble as error:
        _note_trouble(source, error.trouble, done, clock(), using)
    except (OperationalError, InterfaceError) as error:
        log.exception("The database did not take a page of %s", source.key)
        _note_trouble(source, Trouble(f"the database did not take a page: {error}"), done, clock(), using)
    finally:
        wire.close()


def _get(wire: Wire, source: Source, size: int) -> Page:
    """The page where the run stands; ``size``: of a run that begins. Raises ``WireTrouble``."""
    if source.more:
        reply = wire.request("GET", _on_same_host(source, source.more), max_answer=MAX_PAGE)
    else:
        params = {"ascending": "true", "limit": str(size), "attachments": "true"}
        if source.cursor is not None:
            params["since"] = format_timestamp(source.cursor - _OVERLAP)
        reply = wire.request("GET", f"{source.url}/statements", params=params, max_answer=MAX_PAGE)
    if reply.status != 200:
        if source.more and reply.status in (400, 404, 410):
            # Such a link need not live for ever (1.0.3 Part Three, 2.1.3): the run begins anew, at its cursor.
            Source.objects.filter(pk=source.pk).using(source._state.db).update(more="", cursor_next=None)
            raise WireTrouble(Trouble(f"the next page is gone; beginning anew ({reply.reason})"))
        raise WireTrouble(trouble_of(reply))
    try:
        return read_page(reply.headers, reply.body)
    except PageError as error:
        raise WireTrouble(Trouble(str(error))) from error


def _next(source: Source, page: Page) -> str:
    """The address of the next page, without its host; empty at the end. Raises ``WireTrouble``."""
    if not page.more:
        return ""
    there = urlsplit(_on_same_host(source, page.more))
    more = there._replace(scheme="", netloc="").geturl()
    if more == source.more:
        raise WireTrouble(Trouble(f"a page names itself as the next one: {more}"))
    return more


def _on_same_host(source: Source, more: str) -> str:
    """The whole address of a next page. Our password goes with the request, so it is on the source's host or nowhere.

    Raises ``WireTrouble``.
    """
    try:
        url = urljoin(source.url, more)
        here, there = urlsplit(source.url), urlsplit(url)
    except ValueError as error:
        raise WireTrouble(Trouble(f"its next page has no address: {error}", pause=True)) from error
    if (there.scheme, there.netloc) != (here.scheme, here.netloc) or "\0" in url or there.path.startswith("//"):
        raise WireTrouble(Trouble(f"its next page is on another host: {more!r}", pause=True))
    return url


def _cursor_next(source: Source, page: Page) -> datetime | None:
    """Where the cursor moves when this run ends. Never back."""
    if source.more and page.through is not None:
        # Decided by the first page: this one is whole up to a later moment, but the first was not.
        return source.cursor_next
    known = [each for each in (source.cursor, source.cursor_next) if each is not None]
    if page.through is not None:
        known.append(page.through)
    elif page.newest is not None:
        known.append(page.newest - _BLIND_OVERLAP)
    return max(known, default=None)


def _note_trouble(source: Source, trouble: Trouble, done: Pulled, at: datetime, using: str) -> None:
    done.trouble = trouble.reason
    row = Source.objects.using(using).filter(pk=source.pk)
    failures = source.failures + 1
    wait = max(trouble.retry_after or 0.0, backoff(failures))
    row.update(
        failures=failures,
        next_attempt_at=at + timedelta(seconds=wait),
        last_error=trouble.reason,
        last_error_at=at,
        **({"paused": trouble.reason} if trouble.pause else {}),
    )
