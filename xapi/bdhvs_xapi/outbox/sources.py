"""What an operator does with a source: set it up, look at it, ask it, and read it again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bdhvs_xapi.outbox.addresses import address_faults
from bdhvs_xapi.outbox.http import HttpTransport
from bdhvs_xapi.outbox.models import Rejection, Source, SourceAuthority, Target
from bdhvs_xapi.outbox.secrets import SecretUnreadable, seal
from bdhvs_xapi.outbox.targets import PeerStatus, answered, destination
from bdhvs_xapi.outbox.transport import Check
from bdhvs_xapi.store.models import Trust


@dataclass(frozen=True, slots=True)
class SourceStatus(PeerStatus):
    """How a source stands. ``through``: everything that it stored up to then is here (its clock); None: not yet."""

    new: int
    known: int
    rejected: int
    through: datetime | None
    unfinished: bool


def create_source(
    key: str,
    *,
    url: str,
    name: str = "",
    username: str = "",
    password: str = "",
    version: str = "1.0.3",
    trust: Trust | int = Trust.CLIENT_REPORTED,
    since: datetime | None = None,
    same_store: Target | None = None,
    using: str = "default",
) -> Source:
    """A new source; ``since``: older statements are not fetched.

    ``same_store``: the target that is the same record store; without it, a target of the same address is taken for
    that, so that nothing goes round in a circle. Raises ``ValueError`` with all that is wrong.
    """
    source = Source(
        key=key,
        name=name,
        url=url.rstrip("/"),
        version=version,
        secret=seal(username, password),
        trust=Trust(trust),
        cursor=since,
        same_store=same_store or Target.objects.using(using).filter(url=url.rstrip("/")).order_by("pk").first(),
    )
    if found := source_faults(source):
        raise ValueError("; ".join(found))
    source.save(using=using, force_insert=True)
    return source


def source_faults(source: Source) -> list[str]:
    """What is wrong with a source before it is saved, in sentences. Asks nobody."""
    return address_faults(source.url)


def test_source(source: Source) -> Check:
    """Asks the source whether it answers and lets us read; leaves nothing behind."""
    if found := source_faults(source):
        return Check(False, reason="; ".join(found))
    try:
        with HttpTransport(destination(source)) as transport:
            return transport.check()
    except SecretUnreadable as error:
        return Check(False, reason=str(error))


# pytest would take the name for a test where it is imported.
test_source.__test__ = False  # type: ignore[attr-defined]


def source_status(source: Source, *, using: str = "default") -> SourceStatus:
    """One query."""
    now = Source.objects.using(using).filter(pk=source.pk).values().get()
    return SourceStatus(
        **answered(now),
        new=now["new"],
        known=now["known"],
        rejected=now["rejected"],
        through=now["cursor"],
        unfinished=bool(now["more"]),
    )


def stop_source(source: Source, *, using: str = "default") -> None:
    """Nothing is fetched from it any more. A fetch that is under way ends with its page."""
    Source.objects.using(using).filter(pk=source.pk).update(active=False)


def authorities_of_source(source: Source, *, using: str = "default") -> list[str]:
    """Keys of the authorities under which its statements are filed here. One query."""
    found = SourceAuthority.objects.using(using).filter(source=source.pk).order_by("pk")
    return list(found.values_list("authority__key", flat=True))


def forget_rejections(source: Source, *, items: Collection[int] | None = None, using: str = "default") -> int:
    """Deletes what was listed as not taken, all of the source or the primary keys ``items``; how many.

    For an operator who has looked: such a statement may name people, and no erasure finds them in it.
    """
    rows = Rejection.objects.using(using).filter(source=source)
    if items is not None:
        rows = rows.filter(pk__in=items)
    return rows.delete()[0]


def reread(source: Source, since: datetime | None, *, using: str = "default") -> None:
    """The next pull begins at ``since`` (None: at the beginning). What is here already is recognised."""
    Source.objects.using(using).filter(pk=source.pk).update(cursor=since, more="", cursor_next=None)
