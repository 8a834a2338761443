"""Questions as Moodle's XML, as Moodle 4.5 exports them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from html import escape

from question_files import marks
from question_files.categories import written_path
from question_files.choices import earned
from question_files.markup import to_html
from question_files.moodle_xml import cloze, gaps
from question_files.moodle_xml.files import with_files
from question_files.plain import PlainMedia, PlainQuestion, PlainQuiz
from question_files.texts import clean, line, shortened

_TYPES = {
    "single": "multichoice",
    "multiple": "multichoice",
    "true-false": "truefalse",
    "short": "shortanswer",
    "numeric": "numerical",
    "matching": "matching",
    "ordering": "ordering",
}


def written_quiz(quiz: PlainQuiz) -> str:
    pieces = ['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n']
    category: tuple[str, ...] = ()
    for question in quiz.questions:
        if question.category != category:
            category = question.category
            path = escape(written_path(category))
            pieces.append(
                f'  <question type="category">\n    <category><text>{path}</text></category>\n'
                '    <info format="html"><text></text></info>\n    <idnumber></idnumber>\n  </question>\n'
            )
        pieces.append(_question(question, quiz.language))
    return "".join((*pieces, "</quiz>\n"))


def _html(html: str) -> str:
    return f"<text><![CDATA[{html}]]></text>" if html else "<text></text>"


def _rich(tag: str, text: str, media: Sequence[PlainMedia] = (), attributes: str = "", inside: str = "") -> str:
    """An element with a text of its own, its files, and what else is in it."""
    return _element(tag, *with_files(to_html(text), media), attributes, inside)


def _element(tag: str, html: str, files: str = "", attributes: str = "", inside: str = "") -> str:
    return f'    <{tag}{attributes} format="html">{_html(html)}{files}{inside}</{tag}>\n'


def _value(tag: str, value: object) -> str:
    return f"    <{tag}>{escape(str(value))}</{tag}>\n"


def _combined(question: PlainQuestion) -> str:
    return (
        _rich("correctfeedback", question.feedback_right)
        + _rich("partiallycorrectfeedback", question.feedback_partly)
        + _rich("incorrectfeedback", question.feedback_wrong)
    )


def _points(points: Decimal) -> str:
    usual = f"{points:.7f}"
    return usual if Decimal(usual) == points else marks.written(points)


def _question(question: PlainQuestion, language: str) -> str:
    if question.kind == "blanks":
        kind, html, body = _blanks(question, language)
    else:
        kind, html, body = _TYPES[question.kind], to_html(question.prompt), _BODIES[question.kind](question)
    name = line(question.name) or shortened(question.prompt) or "…"
    points = "" if kind == "cloze" else _value("defaultgrade", _points(question.points))
    tags = "".join(f"<tag><text>{escape(line(tag))}</text></tag>" for tag in question.tags if line(tag))
    return "".join(
        (
            f'  <question type="{kind}">\n',
            f"    <name><text>{escape(name)}</text></name>\n",
            _element("questiontext", *with_files(html, question.media)),
            _rich("generalfeedback", question.explanation),
            points,
            _value("penalty", "1.0000000" if kind == "truefalse" else "0.3333333"),
            _value("hidden", 0),
            _value("idnumber", line(question.key)),
            body,
            f"    <tags>{tags}</tags>\n" if tags else "",
            "  </question>\n",
        )
    )


def _answer(share: Fraction, html: str, feedback: str, files: str = "", inside: str = "") -> str:
    attributes = f' fraction="{marks.percent(share)}"'
    told = f'<feedback format="html">{_html(to_html(feedback))}</feedback>'
    return _element("answer", html, files, attributes, told + inside)


def _words(share: Fraction, text: str, feedback: str, inside: str = "") -> str:
    """An answer that is no HTML: what is typed."""
    told = f'<feedback format="html">{_html(to_html(feedback))}</feedback>'
    return (
        f'    <answer fraction="{marks.percent(share)}" format="moodle_auto_format">'
        f"<text>{escape(line(text))}</text>{told}{inside}</answer>\n"
    )


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _choice(question: PlainQuestion) -> str:
    answers = [
        _answer(share, *_parts(with_files(to_html(option.text), option.media), option.feedback))
        for option, share in zip(question.options, earned(question), strict=True)
    ]
    return (
        _value("single", _flag(question.kind == "single"))
        + _value("shuffleanswers", _flag(question.shuffle))
        + _value("answernumbering", "ABCD")
        + _value("showstandardinstruction", 0)
        + _combined(question)
        + "    <shownumcorrect/>\n"
        + "".join(answers)
    )


def _parts(rich: tuple[str, str], feedback: str) -> tuple[str, str, str]:
    return rich[0], feedback, rich[1]


def _true_or_false(question: PlainQuestion) -> str:
    right, wrong = question.feedback_right, question.feedback_wrong
    of_true, of_false = (wrong, right) if question.right is False else (right, wrong)
    return _words(Fraction(question.right is True), "true", of_true) + _words(
        Fraction(question.right is False), "false", of_false
    )


def _short(question: PlainQuestion) -> str:
    answers = [_words(one.credit, one.text, one.feedback) for one in question.answers]
    if clean(question.feedback_wrong):
        answers.append(_words(Fraction(0), "*", question.feedback_wrong))
    return _value("usecase", int(question.case)) + "".join(answers)


def _numeric(question: PlainQuestion) -> str:
    answers = [
        _words(one.credit, one.text, one.feedback, f"<tolerance>{marks.written(one.tolerance)}</tolerance>")
        for one in question.answers
    ]
    if clean(question.feedback_wrong):
        answers.append(_words(Fraction(0), "*", question.feedback_wrong, "<tolerance>0</tolerance>"))
    known = [(question.unit, Decimal(1))] if line(question.unit) else []
    units = "".join(
        f"<unit><multiplier>{marks.written(many)}</multiplier><unit_name>{escape(line(name))}</unit_name></unit>"
        for name, many in (*known, *question.units)
    )
    return (
        "".join(answers)
        + (f"    <units>{units}</units>\n" if units else "")
        + _value("unitgradingtype", 0)
        + _value("unitpenalty", "0.1000000")
        + _value("showunits", 0 if units else 3)
        + _value("unitsleft", 0)
    )


def _matching(question: PlainQuestion) -> str:
    pairs = [
        _rich("subquestion", pair.left, pair.media, inside=f"<answer><text>{escape(line(pair.right))}</text></answer>")
        for pair in question.pairs
    ]
    shuffled = _value("shuffleanswers", _flag(question.shuffle))
    return shuffled + _combined(question) + "    <shownumcorrect/>\n" + "".join(pairs)


def _ordering(question: PlainQuestion) -> str:
    steps = [
        _element("answer", to_html(step), attributes=f' fraction="{place}.0000000"')
        for place, step in enumerate(question.steps, 1)
    ]
    return (
        _value("layouttype", "VERTICAL")
        + _value("selecttype", "ALL")
        + _value("selectcount", 0)
        + _value("gradingtype", "ABSOLUTE_POSITION" if question.partial else "ALL_OR_NOTHING")
        + _value("showgrading", "SHOW")
        + _value("numberingstyle", "none")
        + _combined(question)
        + "    <shownumcorrect>1</shownumcorrect>\n"
        + "".join(steps)
    )


_BODIES = {
    "single": _choice,
    "multiple": _choice,
    "true-false": _true_or_false,
    "short": _short,
    "numeric": _numeric,
    "matching": _matching,
    "ordering": _ordering,
}

# -- gaps


def from_lists(question: PlainQuestion) -> bool:
    """Whether Moodle's “select missing words” holds it: lists with one right word each, nothing told about words."""
    return bool(question.blanks) and all(
        blank.kind == "choice"
        and blank.weight == 1
        and sum(option.right for option in blank.options) == 1
        and len(blank.options) > 1
        and all(
            option.credit is None and not option.feedback and line(option.text) == clean(option.text) != ""
            for option in blank.options
        )
        for blank in question.blanks
    )


def factor(question: PlainQuestion) -> int:
    """By what weights are multiplied so that together they are the question's points; 0: by no whole number."""
    together = sum(blank.weight for blank in question.blanks)
    times = question.points / together if together else Decimal(0)
    return int(times) if times == int(times) and 0 < times < 1000 else 0


def _blanks(question: PlainQuestion, language: str) -> tuple[str, str, str]:
    """Type, HTML and body."""
    if from_lists(question):
        return _lists(question, language)
    times = factor(question) or 1

    def gap(number: int) -> str:
        if not 0 < number <= len(question.blanks):
            return ""
        blank = question.blanks[number - 1]
        return cloze.written_gap(blank, blank.weight * times, shuffled=question.shuffle)

    html = gaps.written(question.text, gap)
    return "cloze", gaps.with_prompt(question.prompt, question.text, html, language), ""


def _lists(question: PlainQuestion, language: str) -> tuple[str, str, str]:
    groups: dict[tuple[str, ...], int] = {}
    choices: list[str] = []
    places: list[int] = []
    for blank in question.blanks:
        words = tuple(line(option.text) for option in blank.options)
        if words not in groups:
            groups[words] = len(choices)
            choices += [
                f"    <selectoption><text>{escape(word)}</text><group>{len(groups)}</group></selectoption>\n"
                for word in words
            ]
        right = next(place for place, option in enumerate(blank.options) if option.right)
        places.append(groups[words] + right + 1)
    html = gaps.written(question.text, lambda number: f"[[{places[number - 1]}]]" if number <= len(places) else "")
    body = _value("shuffleanswers", int(question.shuffle)) + _combined(question) + "    <shownumcorrect/>\n"
    return "gapselect", gaps.with_prompt(question.prompt, question.text, html, language), body + "".join(choices)
