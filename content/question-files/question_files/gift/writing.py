"""Questions as GIFT: in the signs that Moodle's own export uses."""

from __future__ import annotations

import re
from fractions import Fraction

from question_files.categories import written_path
from question_files.choices import earned
from question_files.marks import percent, written
from question_files.markup import to_html
from question_files.pictures import in_words
from question_files.plain import PlainQuestion, PlainQuiz
from question_files.texts import clean, line

_SIGNS = re.compile(r"[\\#=~{}:\n]")
_LIKE_A_WEIGHT = re.compile(r"\s*%\s*-?\s*\d")
# What Moodle's automatic format would take for HTML, and what at the beginning would be taken for a format or comment.
_NOT_AUTOMATIC = re.compile(r"[<&]|\s*\[|\s*//")


def escaped(text: str) -> str:
    return _SIGNS.sub(lambda found: "\\n" if found[0] == "\n" else f"\\{found[0]}", clean(text))


def written_quiz(quiz: PlainQuiz) -> str:
    pieces: list[str] = []
    category: tuple[str, ...] = ()
    for question in quiz.questions:
        if question.category != category:
            category = question.category
            # As Moodle: nothing in it is escaped.
            pieces.append(f"$CATEGORY: {written_path(category)}\n")
        pieces.append(_question(question))
    return "\n".join(pieces)


def _question(question: PlainQuestion) -> str:
    question = in_words(question)
    comment = _comment(question)
    name = f"::{escaped(line(question.name))}::" if line(question.name) else ""
    form = "[plain]" if any(_NOT_AUTOMATIC.match(text) or re.search("[<&]", text) for text in _texts(question)) else ""
    body = _BODIES[question.kind](question)
    explanation = f"####{_part(question.explanation)}" if clean(question.explanation) else ""
    if "\n" in body:
        explanation = f"\t{explanation}\n" if explanation else ""
    return f"{comment}{name}{form}{escaped(question.prompt)}{{{body}{explanation}}}\n"


def _comment(question: PlainQuestion) -> str:
    marks = [f"[id:{_marked(question.key)}]"] if _marked(question.key) and "\\" not in question.key else []
    marks += [f"[tag:{_marked(tag)}]" for tag in question.tags if _marked(tag) and "\\" not in tag]
    return f"// {' '.join(marks)}\n" if marks else ""


def _marked(text: str) -> str:
    return line(text).replace("]", "\\]")


def _texts(question: PlainQuestion) -> list[str]:
    """Whatever is read in the question's format."""
    texts = [question.prompt, question.explanation, question.feedback_right, question.feedback_wrong, *question.steps]
    texts += [text for option in question.options for text in (option.text, option.feedback)]
    texts += [text for answer in question.answers for text in (answer.text, answer.feedback)]
    return [*texts, *(pair.left for pair in question.pairs)]


def _part(text: str) -> str:
    """An answer or feedback; where it begins like a format it says its own."""
    return f"[plain]{escaped(text)}" if clean(text).startswith(("[", "//")) else escaped(text)


def _feedback(text: str) -> str:
    return f"#{_part(text)}" if clean(text) else ""


def _options(question: PlainQuestion) -> str:
    lines = []
    for option, share in zip(question.options, earned(question), strict=True):
        text = _part(option.text)
        if question.kind == "single" and share == 1:
            sign = "="
        else:
            sign = "~" if share == 0 and not _LIKE_A_WEIGHT.match(text) else f"~%{percent(share)}%"
        lines.append(f"\t{sign}{text}{_feedback(option.feedback)}\n")
    return "\n" + "".join(lines)


def _true_or_false(question: PlainQuestion) -> str:
    right, wrong = _part(question.feedback_right), _part(question.feedback_wrong)
    feedback = f"#{wrong}#{right}" if right else f"#{wrong}" if wrong else ""
    return f"{'TRUE' if question.right else 'FALSE'}{feedback}"


def unarrowed(text: str) -> str:
    """Moodle takes whatever has '->' in its answers for pairs, and knows no way to write it otherwise."""
    return text.replace("->", "→")


def _weight(share: Fraction, text: str = "") -> str:
    return "" if share == 1 and not _LIKE_A_WEIGHT.match(text) else f"%{percent(share)}%"


def _short(question: PlainQuestion) -> str:
    lines = []
    for answer in question.answers:
        text = _part(unarrowed(line(answer.text)))
        lines.append(f"\t={_weight(answer.credit, text)}{text}{_feedback(unarrowed(answer.feedback))}\n")
    if clean(question.feedback_wrong):
        lines.append(f"\t=%0%*{_feedback(unarrowed(question.feedback_wrong))}\n")
    return "\n" + "".join(lines)


def _numeric(question: PlainQuestion) -> str:
    lines = []
    for answer in question.answers:
        off = f":{written(answer.tolerance)}" if answer.tolerance else ""
        lines.append(f"\t={_weight(answer.credit)}{line(answer.text)}{off}{_feedback(answer.feedback)}\n")
    if clean(question.feedback_wrong):
        lines.append(f"\t~{_feedback(question.feedback_wrong)}\n")
    return "#\n" + "".join(lines)


def _matching(question: PlainQuestion) -> str:
    lines = []
    for pair in question.pairs:
        left = _part(pair.left)
        if "->" in left:
            left = f"[html]{escaped(to_html(pair.left))}"
        lines.append(f"\t={left} -> {escaped(line(pair.right))}\n")
    return "\n" + "".join(lines)


def _ordering(question: PlainQuestion) -> str:
    grading = "ABSOLUTE_POSITION" if question.partial else "ALL_OR_NOTHING"
    return f">0 ALL VERTICAL {grading} SHOW none\n" + "".join(f"{_part(step)}\n" for step in question.steps)


_BODIES = {
    "single": _options,
    "multiple": _options,
    "true-false": _true_or_false,
    "short": _short,
    "numeric": _numeric,
    "matching": _matching,
    "ordering": _ordering,
}
