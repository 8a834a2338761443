"""Whether an activity will say that it is finished: what suits it, what cannot be published, what editors are told."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from bdhvs_h5p.adapter.reports import Reports, reports_of
from bdhvs_h5p.models import Completion, H5PAttempt, H5PPage, H5PVersion

__all__ = ["about_end", "seen_to_end", "suggestions", "without_end"]


def seen_to_end(machine_names: Iterable[str]) -> set[str]:
    """Main libraries of which a learner here had one that said so itself. One query."""
    finished = H5PAttempt.objects.filter(
        version__h5p_version=OuterRef("pk"), version__completion=Completion.EMITTED, completed_at__isnull=False
    )
    rows = H5PVersion.objects.filter(Exists(finished), main_name__in=list(machine_names))
    return set(rows.values_list("main_name", flat=True).distinct())


def _suggested(machine_name: str, seen: set[str]) -> Completion:
    ends = reports_of(machine_name).ends
    return Completion.EMITTED if ends or (ends is None and machine_name in seen) else Completion.BY_HAND


def suggestions() -> dict[int, str]:
    """Id of each content with a file → what should finish it. Two queries."""
    rows = H5PVersion.objects.order_by("content_id", "number").values_list("content_id", "main_name")
    latest = dict(rows)
    seen = seen_to_end({name for name in latest.values() if reports_of(name) is Reports.UNKNOWN})
    return {content: str(_suggested(name, seen)) for content, name in latest.items()}


def about_end(version: H5PVersion) -> tuple[str, bool]:
    """A sentence for the editor, and whether it is a warning. One query at most."""
    name = version.main_name
    reports = reports_of(name)
    if reports is Reports.SCORE:
        return _("%(library)s says itself when it is finished, with a score.") % {"library": name}, False
    if reports is Reports.COMPLETION:
        said = _("%(library)s says itself when it is finished, but gives no score: leave the pass mark empty.")
        return said % {"library": name}, False
    if reports is not Reports.UNKNOWN:
        said = _(
            "%(library)s never says that it is finished: choose below that it is done when it was opened, or when the "
            "learner says so."
        )
        return said % {"library": name}, True
    if name in seen_to_end([name]):
        return _("%(library)s has said here that it was finished.") % {"library": name}, False
    said = _(
        "Whether %(library)s says when it is finished is not known yet. Go through it once as a learner before you "
        "rely on it; else choose below that it is done when the learner says so."
    )
    return said % {"library": name}, True


def without_end() -> list[tuple[H5PPage, str]]:
    """Live pages that the course needs and that nothing finishes, published before this was asked, each with its main
    library's name. One query."""
    rows = H5PPage.objects.filter(live=True, alias_of=None, required=True, completion=Completion.EMITTED)
    rows = rows.exclude(version=None).select_related("version").defer("version__params", "version__files")
    named = [(page, page.version.main_name) for page in rows.order_by("path") if page.version is not None]
    return [(page, name) for page, name in named if reports_of(name).ends is False]
