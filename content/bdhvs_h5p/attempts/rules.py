"""Statement rules of a version's package, made once and kept by the process."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from bdhvs_h5p.models import H5PVersion
from h5p_python_adapter import ACTIVITY, StatementRules, rules_of

__all__ = ["rules_for"]

# A package's words are at most half a million characters: a few dozen are some megabytes.
_KEPT = 16


@lru_cache(maxsize=_KEPT)
def _rules(version_uuid: UUID) -> StatementRules:
    version = H5PVersion.objects.select_related("content").defer("files").get(uuid=version_uuid)
    return rules_of(
        version.params,
        version.main,
        # The player gives the content's own; a further one for whoever plays it elsewhere.
        object_ids=frozenset({ACTIVITY, f"urn:uuid:{version.content.uuid}"}),
        title=version.title,
        max_score=version.max_score,
    )


def rules_for(version: H5PVersion) -> StatementRules:
    """Return the rules. One query the first time that this process sees the version, which never changes."""
    return _rules(version.uuid)
