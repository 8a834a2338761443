"""Kinds of questions elsewhere that have no counterpart here, and why, in words for editors."""

from __future__ import annotations

from question_files.language import Text, gettext_lazy
from question_files.language import gettext as _

_WIRIS = gettext_lazy("A computer algebra system (Wiris) makes and grades it.")
_PATTERNS = gettext_lazy("Its answers are patterns (regular expressions), not words.")
_STATEMENTS = gettext_lazy("It asks true or false of several statements. Write each as a question of its own.")

# By Moodle's name of the type.
_REASONS: dict[str, Text] = {
    "description": gettext_lazy("It is a text without a question. Put it into the quiz’s introduction."),
    "essay": gettext_lazy("A long answer has to be graded by a person. Set it as a practical task."),
    "calculated": gettext_lazy("Its numbers are calculated anew for each learner."),
    "calculatedsimple": gettext_lazy("Its numbers are calculated anew for each learner."),
    "calculatedmulti": gettext_lazy("Its numbers are calculated anew for each learner."),
    "varnumeric": gettext_lazy("Its numbers are calculated anew for each learner."),
    "varnumericset": gettext_lazy("Its numbers are calculated anew for each learner."),
    "multichoicewiris": _WIRIS,
    "multianswerwiris": _WIRIS,
    "shortanswerwiris": _WIRIS,
    "truefalsewiris": _WIRIS,
    "matchwiris": _WIRIS,
    "essaywiris": gettext_lazy("A long answer has to be graded by a person. Set it as a practical task."),
    "essayautograde": gettext_lazy("A long answer has to be graded by a person. Set it as a practical task."),
    "regexp": _PATTERNS,
    "preg": _PATTERNS,
    "pmatch": _PATTERNS,
    "kprime": _STATEMENTS,
    "mtf": _STATEMENTS,
    "matrix": _STATEMENTS,
    "multichoicegrid": _STATEMENTS,
    "formulas": gettext_lazy("Its numbers are calculated anew for each learner."),
    "stack": gettext_lazy("A computer algebra system (STACK) grades it."),
    "randomsamatch": gettext_lazy("It is made of other questions at random."),
    "random": gettext_lazy("It stands for a question at random. Use a random draw in the quiz."),
    "ddmarker": gettext_lazy("Its answer is a place on a picture."),
    "ddimageortext": gettext_lazy("Its answer is a place on a picture."),
    "": gettext_lazy("It does not say of which type it is."),
    "missingtype": gettext_lazy("The other system had lost its type already."),
    "coderunner": gettext_lazy("Its answer is a program."),
    "recordrtc": gettext_lazy("Its answer is a recording, which a person has to grade."),
}


def why_not(kind: str) -> str:
    """Why a question of that type of Moodle's cannot be taken."""
    reason = _REASONS.get(kind)
    if reason is not None:
        return str(reason)
    return _("Questions of the type “%(type)s” are not known here.") % {"type": kind[:60]}
