"""Delivering and fetching as background tasks, for a project that runs a worker.

Nothing here is imported unless you do: on Django 6 the tasks are Django's own, before that those of the
``django-tasks`` package. With the "immediate" backend a task runs where it is enqueued, which a learner's request
must never do: enqueue them from a scheduler, or run the commands ``deliver`` and ``pull`` instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bdhvs_xapi.conf import database
from bdhvs_xapi.outbox import pulling, sending
from bdhvs_xapi.outbox.models import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    # What both have in common, as far as it is used here.
    def task() -> Callable[[Callable[..., dict[str, Any]]], Any]: ...

else:
    try:
        from django.tasks import task
    except ImportError:
        from django_tasks import task


@task()
def deliver(targets: list[str] | None = None) -> dict[str, Any]:
    """One pass over the targets (keys; all without). Counts by target, as JSON."""
    done = sending.deliver(targets=targets, using=database())
    return {
        each.target: {
            "delivered": each.delivered,
            "dead": each.dead,
            "left_out": each.left_out,
            "trouble": each.trouble,
        }
        for each in done
    }


@task()
def pull(sources: list[str] | None = None) -> dict[str, Any]:
    """Fetches from the sources (keys; all active ones without). Counts by source, as JSON."""
    using = database()
    wanted = Source.objects.using(using).filter(active=True)
    if sources is not None:
        wanted = wanted.filter(key__in=sources)
    done = [pulling.pull(source, using=using) for source in wanted.order_by("key")]
    return {
        each.source: {
            "new": each.new,
            "known": each.known,
            "rejected": each.rejected,
            "finished": each.finished,
            "trouble": each.trouble,
        }
        for each in done
    }
