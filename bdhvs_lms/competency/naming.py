"""Resolve the IRI of a competency at a level to what it names, and to its row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from bdhvs_lms.competency.models import Competency
from bdhvs_lms.tracking.api import competency_iri, competency_prefix

_COMPETENCY = re.compile(r"^(?P<framework>[^/]+)/(?P<code>[^/]+)/levels/(?P<level>\d{1,4})$")
NamedCompetency = tuple[str, str, int]


def competency_of(iri: str | None) -> NamedCompetency | None:
    """Return (framework key, code, level) that an object IRI names; None: it names something else.

    Only the one spelling that we make: another ("levels/01") would be another object to every other reader.
    """
    prefix = competency_prefix()
    if not iri or not iri.startswith(prefix):
        return None
    found = _COMPETENCY.match(iri[len(prefix) :])
    if found is None:
        return None
    name = (unquote(found["framework"]), unquote(found["code"]), int(found["level"]))
    return name if competency_iri(*name) == iri else None


def by_name(names: Iterable[NamedCompetency]) -> dict[NamedCompetency, int]:
    """Return the competency ids of those names whose framework has that level."""
    codes = {code for _framework, code, _level in names}
    if not codes:
        return {}
    found = Competency.objects.filter(code__in=codes).values_list(
        "framework__key", "code", "framework__levels__number", "pk"
    )
    return {(framework, code, level): pk for framework, code, level, pk in found}
