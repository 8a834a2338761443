"""Questions as a sheet that teachers can go on with; the same sheet, empty, is the template."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter  # type: ignore[import-untyped]

from question_files.excel.words import EXAMPLES, HELP, KIND_LABELS, LEVELS, SHEETS, TITLES, YES_NO
from question_files.gaps import write_gaps
from question_files.pictures import in_words
from question_files.plain import PlainQuestion, PlainQuiz
from question_files.rows import written_pair
from question_files.values import LETTERS, written_number, written_share, written_tolerant

HELP_SHEETS = {name for names in SHEETS.values() for name in names[1:]}
MOST_CELL = 32_767
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
ALWAYS = ("kind", "question", "text", *LETTERS[:8], "right", "points", "explanation", "feedback_right",
          "feedback_wrong", "category", "tags", "difficulty", "partial")  # fmt: skip
SOMETIMES = ("feedback_partly", "shuffle", "case", "unit", "units", "name")
_WIDTHS = {"question": 50, "text": 40, "explanation": 40, "kind": 16, "right": 18}


def row_of(question: PlainQuestion, language: str) -> dict[str, str]:
    """Texts by column: 'question', 'A', 'right', 'feedback A' … Empty ones are left out."""
    yes, no = YES_NO[language]
    row = {
        "kind": KIND_LABELS[language][question.kind],
        "question": question.prompt,
        "points": "" if question.points == 1 else written_number(question.points),
        "explanation": question.explanation,
        "feedback_right": question.feedback_right,
        "feedback_partly": question.feedback_partly,
        "feedback_wrong": question.feedback_wrong,
        "category": " > ".join(question.category),
        "tags": ", ".join(question.tags),
        "difficulty": LEVELS[language].get(question.difficulty, ""),
        "partial": yes if question.partial else "",
        "shuffle": yes if question.shuffle else "",
        "case": yes if question.case else "",
        "unit": question.unit,
        "units": "; ".join(f"{name} = {written_number(number)}" for name, number in question.units),
        "name": question.name,
    }
    row.update(_own(question, TITLES[language]["true"], TITLES[language]["false"]))
    return {name: text for name, text in row.items() if text}


def _own(question: PlainQuestion, true: str, false: str) -> Iterator[tuple[str, str]]:
    """What its kind has."""
    named = dict(enumerate(LETTERS))
    if question.kind in ("single", "multiple"):
        for place, option in enumerate(question.options):
            yield named.get(place, ""), option.text
            yield f"feedback {named.get(place, '')}", option.feedback
        yield "right", ", ".join(named.get(at, "") for at, option in enumerate(question.options) if option.right)
    elif question.kind == "true-false":
        yield "right", "" if question.right is None else true if question.right else false
    elif question.kind == "short":
        yield "right", "\n".join(one.text + written_share(one.credit) for one in question.answers)
    elif question.kind == "numeric":
        yield "right", "\n".join(written_tolerant(one) + written_share(one.credit) for one in question.answers)
    elif question.kind == "matching":
        yield from ((named.get(place, ""), written_pair(pair)) for place, pair in enumerate(question.pairs))
    elif question.kind == "ordering":
        yield from ((named.get(place, ""), step) for place, step in enumerate(question.steps))
    elif question.kind == "blanks":
        yield "text", write_gaps(question.text, question.blanks)


def write(quiz: PlainQuiz, into: BinaryIO) -> None:
    language = "en" if quiz.language == "en" else "vi"
    rows = [row_of(in_words(question), language) for question in quiz.questions]
    _write(rows, into, language, quiz.title, examples=False)


def write_template(into: BinaryIO, language: str) -> None:
    """An empty sheet with its titles and lists to choose from, instructions, and an example of each kind."""
    _write([], into, "en" if language == "en" else "vi", "", examples=True)


def _columns(rows: Sequence[Mapping[str, str]]) -> list[str]:
    used = set().union(*rows) if rows else set()
    more = [letter for letter in LETTERS[8:] if letter in used]
    feedback = [f"feedback {letter}" for letter in LETTERS if f"feedback {letter}" in used]
    found: list[str] = []
    for name in ALWAYS:
        found.append(name)
        if name == "H":
            found += more
        elif name == "feedback_wrong":
            found += feedback
    return found + [name for name in SOMETIMES if name in used]


def _write(rows: Sequence[Mapping[str, str]], into: BinaryIO, language: str, title: str, *, examples: bool) -> None:
    with xlsxwriter.Workbook(into, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        # A fixed day: the same questions give the same bytes.
        book.set_properties({"title": _clean(title)[:250], "created": datetime(2020, 1, 1, tzinfo=UTC)})
        head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True, "valign": "top"})
        usual = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        number = book.add_format({"valign": "top"})
        names = SHEETS[language]
        _fill(book.add_worksheet(names[0]), rows, language, head, usual, number)
        sheet = book.add_worksheet(names[1])
        sheet.set_column(0, 0, 110, usual)
        for place, text in enumerate(HELP[language]):
            sheet.write_string(place, 0, text, head if not place else usual)
        if examples:
            _fill(book.add_worksheet(names[2]), [row_of(one, language) for one in EXAMPLES[language]], language, head,
                  usual, number)  # fmt: skip


def _fill(sheet: Any, rows: Sequence[Mapping[str, str]], language: str, head: Any, usual: Any, number: Any) -> None:
    columns = _columns(rows)
    titles = TITLES[language]
    for place, name in enumerate(columns):
        feedback = name.removeprefix("feedback ")
        title = titles["feedback"].format(feedback) if feedback != name else titles.get(name, name)
        sheet.set_column(place, place, _WIDTHS.get(name, 20 if len(name) == 1 else 14), usual)
        sheet.write_string(0, place, title, head)
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(rows, start=1):
        for place, name in enumerate(columns):
            text = _clean(row.get(name, ""))[:MOST_CELL]
            exact = _exact(text) if name in ("points", "right") else None
            if exact is not None:
                sheet.write_number(line, place, exact, number)
            elif text:
                sheet.write_string(line, place, guarded(text), usual)
    for name, choices in (
        ("kind", list(KIND_LABELS[language].values())),
        ("difficulty", list(LEVELS[language].values())),
        ("partial", list(YES_NO[language])),
        ("right", [*LETTERS[:8], titles["true"], titles["false"]]),
    ):
        place = columns.index(name)
        # Whatever else is typed is taken too: "A, C", a number, words.
        rule = {"validate": "list", "source": choices, "error_type": "information", "show_error": name != "right"}
        sheet.data_validation(1, place, 1000, place, rule)


def _exact(text: str) -> float | None:
    """A number that a sheet holds exactly."""
    if not re.fullmatch(r"-?\d{1,9}(?:,\d{1,4})?", text) or re.match(r"-?0\d", text):
        return None
    value = float(text.replace(",", "."))
    return value if Decimal(repr(value)) == Decimal(text.replace(",", ".")) else None


def _clean(text: str) -> str:
    return _NO_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def guarded(text: str) -> str:
    """With an apostrophe before what a spreadsheet might take for a formula; reading takes it off again."""
    return f"'{text}" if _FORMULA.match(text) else text
