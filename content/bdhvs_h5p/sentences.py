"""Findings about a package as sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from h5p_python_adapter import CLAUSES, Finding, filled

__all__ = ["MOST", "sentence", "sentences"]

MOST = 30
"""Findings that are listed: who mends these sees the others then."""


def sentence(finding: Finding) -> str:
    """Return a line such as “content/images/a.html: Files of this kind are not allowed … (h5p:whitelist)”."""
    # Messages of CLAUSES, and PHRASES among their params, are in the catalogue by their English.
    text = filled(_(CLAUSES[finding.code].message), finding.params, _)
    line = f"{finding.file}: {text}" if finding.file else text
    return f"{line} ({finding.rule})"


def sentences(findings: Iterable[Finding]) -> list[str]:
    """Return sentences of errors, at most MOST of them, and how many more there are."""
    errors = [one for one in findings if one.severity == "error"]
    lines = [sentence(one) for one in errors[:MOST]]
    more = len(errors) - MOST
    if more > 0:
        lines.append(ngettext("And %(count)s more.", "And %(count)s more.", more) % {"count": more})
    return lines
