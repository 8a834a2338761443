"""Kinds of files that editors import and export, under the keys that stored imports name."""

from __future__ import annotations

from bdhvs_lms.plugins.api import QuestionFormat
from question_files.formats import FORMATS


def named(kind: type[QuestionFormat]) -> type[QuestionFormat]:
    return type(kind.__name__, (kind,), {"key": f"bdhvs_quiz.{kind.key}", "__module__": __name__})


OFFERED = {kind: named(kind) for kind in FORMATS}
