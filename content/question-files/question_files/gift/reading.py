"""A block of a GIFT file becomes a question, by the rules that Moodle reads it by."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from question_files import marks
from question_files.categories import path_of
from question_files.choices import NONE, WHOLE, chosen_one, chosen_several
from question_files.gift.blocks import Block, blocks, shown
from question_files.kinds import why_not
from question_files.language import gettext as _
from question_files.markup import Taking
from question_files.notes import Notes, place_of
from question_files.plain import PlainAnswer, PlainOption, PlainPair, PlainQuestion, UnreadableFile
from question_files.texts import line, own_name
from question_files.wrong import Refused, no_number

BLANK = "_____"
# Of one question; and questions of a file, of which 2,000 are imported.
MOST_ANSWERS, MOST_QUESTIONS = 500, 5_000
_FORM = re.compile(r"\s*\[(html|moodle|plain|markdown)\]")
_WEIGHT = re.compile(r"%\s*(-?\s*\d{1,3}(?:[.,]\d*)?)\s*%", re.ASCII)
_ORDERING = re.compile(
    r">\s*(\d*)\s*(ALL|EXACT|RANDOM|REL|CONTIGUOUS|CONTIG)?\s*(HORIZONTAL|HORI|H|VERTICAL|VERT|V)?\s*"
    r"(ALL_OR_NOTHING|ABSOLUTE_POSITION|ABSOLUTE|ABS|RELATIVE\w*|LONGEST\w*|REL)?\s*"
    r"(SHOW|TRUE|YES|HIDE|FALSE|NO)?\s*(none|123|abc|ABCD|iii|IIII)?[ \t]*\n(.*)",
    re.DOTALL,
)
_TRUE, _FALSE = ("T", "TRUE"), ("F", "FALSE")


@dataclass
class _Asked:
    """A question while it is read."""

    block: Block
    answer: str
    form: str
    taking: Taking

    def words(self, text: str) -> str:
        """Of a part: in the form that it says, else in the question's."""
        form, rest = _form(text, self.form)
        return self.taking.words(shown(rest), form)


def _form(text: str, default: str) -> tuple[str, str]:
    found = _FORM.match(text)
    return (found[1], text[found.end() :]) if found else (default, text)


def read(text: str, language: str) -> Notes:
    """Raises UnreadableFile."""
    notes = Notes()
    category: tuple[str, ...] = ()
    number = 0
    for block in blocks(text):
        if block.category is not None:
            category = path_of(block.category)
            continue
        number += 1
        if number > MOST_QUESTIONS:
            raise UnreadableFile(_("The file has more questions than can be read at once. Split it."))
        place = place_of(number, block.line)
        taking = Taking()
        question = notes.read(place, partial(_question, block, taking))
        if question is not None:
            notes.take(replace(question, language=language, place=place, category=category), taking.doubts)
    return notes


def _question(block: Block, taking: Taking) -> PlainQuestion:
    name, text = _named(block.text)
    opened, closed = text.find("{"), text.find("}")
    if opened < 0 and closed < 0:
        raise Refused(why_not("description"))
    if opened < 0 or closed < opened:
        raise Refused(_("Its braces { } do not match."))
    prompt, answer, rest = text[:opened], text[opened + 1 : closed].strip(), text[closed + 1 :]
    if rest.strip():
        prompt = f"{prompt}{BLANK}{rest}"
    if "{" in rest or "}" in rest:
        raise Refused(_("It has several answers in braces. GIFT knows one a question."))
    if answer.count("~") + answer.count("=") > MOST_ANSWERS:
        raise Refused(_("It has more answers than anybody reads."))
    answer, _sign, explanation = answer.rpartition("####") if "####" in answer else (answer, "", "")
    form, prompt = _form(prompt, "moodle")
    asked = _Asked(block, answer.strip(), form, taking)
    question = _answered(asked)
    told = taking.words(shown(prompt), form)
    return replace(
        question,
        prompt=told,
        name=own_name(shown(name), told),
        explanation=asked.words(explanation),
        key=line(block.key),
        tags=tuple(dict.fromkeys(filter(None, map(line, block.tags)))),
    )


def _named(text: str) -> tuple[str, str]:
    if not text.startswith("::") or (end := text.find("::", 2)) < 0:
        return "", text
    return text[2:end], text[end + 2 :].strip()


def _answered(asked: _Asked) -> PlainQuestion:
    """As Moodle finds out what kind it is."""
    answer = asked.answer
    if not answer:
        raise Refused(why_not("essay"))
    if found := _ORDERING.fullmatch(answer):
        return _ordering(asked, found)
    if answer[0] == "#":
        return _numeric(asked)
    if "~" in answer:
        return _choice(asked)
    if "=" in answer and "->" in answer:
        return _matching(asked)
    if answer.partition("#")[0].strip().upper() in (*_TRUE, *_FALSE):
        return _true_or_false(asked)
    return _short(asked)


def _ordering(asked: _Asked, found: re.Match[str]) -> PlainQuestion:
    steps = tuple(step for step in map(asked.words, found[7].split("\n")) if step)
    if len(steps) < 2:
        raise Refused(_("It has nothing to put in order."))
    if found[2] not in (None, "ALL", "EXACT"):
        asked.taking.doubts.append(_("Only some of its steps were asked at a time. Here all are."))
    return PlainQuestion(kind="ordering", prompt="", steps=steps, partial=found[4] != "ALL_OR_NOTHING")


def _weighed(text: str) -> tuple[Fraction | None, str]:
    """The share of the mark that stands before an answer, and the answer."""
    found = _WEIGHT.match(text)
    share = marks.share(found[1].replace(" ", "")) if found else None
    return (None, text) if found is None or share is None else (share, text[found.end() :])


def _commented(asked: _Asked, text: str) -> tuple[str, str]:
    answer, _sign, feedback = text.partition("#")
    return asked.words(answer), asked.words(feedback)


def _choice(asked: _Asked) -> PlainQuestion:
    single = "=" in asked.answer
    parts = [part.strip() for part in asked.answer.replace("=", "~=").split("~")]
    options, shares = [], []
    for part in parts[1:] if not parts[0] else parts:
        right = part.startswith("=")
        share, rest = (WHOLE, part[1:]) if right else _weighed(part)
        text, feedback = _commented(asked, rest)
        if not part.strip("= "):
            continue
        options.append(PlainOption(text, right, feedback))
        shares.append(NONE if share is None else share)
    if len(options) < 2:
        raise Refused(_("It has fewer than two options."))
    made, doubts = (chosen_one if single else chosen_several)(options, shares)
    asked.taking.doubts += doubts
    return PlainQuestion(kind="single" if single else "multiple", prompt="", options=made, partial=not single)


def _parts(text: str) -> list[str]:
    first, *others = text.split("=")
    return [part.strip() for part in ([first, *others] if first.strip() else others)]


def _matching(asked: _Asked) -> PlainQuestion:
    pairs = []
    for part in _parts(asked.answer):
        left, arrow, right = part.partition("->")
        if not arrow:
            raise Refused(_("A pair has no “->”: %(pair)s") % {"pair": shown(part)[:60]})
        pairs.append(PlainPair(asked.words(left), line(shown(right))))
    if sum(bool(pair.left) for pair in pairs) < 2:
        raise Refused(_("It has fewer than two pairs."))
    return PlainQuestion(kind="matching", prompt="", pairs=tuple(pairs), partial=True)


def _true_or_false(asked: _Asked) -> PlainQuestion:
    answer, *feedback = asked.answer.split("#", 2)
    wrong, right = (asked.words(text) for text in (*feedback, "", "")[:2])
    return PlainQuestion(
        kind="true-false",
        prompt="",
        right=answer.strip().upper() in _TRUE,
        feedback_right=right,
        feedback_wrong=wrong,
    )


def _short(asked: _Asked) -> PlainQuestion:
    answers, otherwise = [], ""
    for part in _parts(asked.answer):
        share, rest = _weighed(part)
        text, feedback = _commented(asked, rest)
        share = WHOLE if share is None else share
        if line(text) == "*" and share <= 0:
            otherwise = otherwise or feedback
        elif text:
            if "\n" in text:
                asked.taking.doubts.append(_("An answer that is typed goes over several lines. They were joined."))
            answers.append(PlainAnswer(line(text), max(share, NONE), feedback))
    if not answers:
        raise Refused(_("It has no answer."))
    _whole_mark(asked, answers)
    return PlainQuestion(kind="short", prompt="", answers=tuple(answers), feedback_wrong=otherwise)


def _whole_mark(asked: _Asked, answers: list[PlainAnswer]) -> None:
    if all(answer.credit != 1 for answer in answers):
        asked.taking.doubts.append(_("No answer earns the whole mark."))


def _numeric(asked: _Asked) -> PlainQuestion:
    text, tilde, rest = asked.answer[1:].partition("~")
    otherwise = _commented(asked, rest)[1] if tilde else ""
    answers = []
    for part in _parts(text):
        share, rest = _weighed(part)
        written, _sign, comment = rest.partition("#")
        feedback = asked.words(comment)
        share = WHOLE if share is None else max(share, NONE)
        if written.strip() == "*":
            _any_number(asked, share)
            otherwise = otherwise or feedback
            continue
        value, off = _within(asked, asked.words(written))
        answers.append(PlainAnswer(value, share, feedback, off))
    if not answers:
        raise Refused(_("It has no answer."))
    _whole_mark(asked, answers)
    return PlainQuestion(kind="numeric", prompt="", answers=tuple(answers), feedback_wrong=otherwise)


def _any_number(asked: _Asked, share: Fraction) -> None:
    if share > 0:
        asked.taking.doubts.append(_("Any number earned a part of the mark. That was left out."))


def _within(asked: _Asked, text: str) -> tuple[str, Decimal]:
    """'3.14:0.01', '1..5', '3': the number and how far an answer may be off."""
    text = text.strip()
    low, dots, high = text.partition("..")
    number, _sign, tolerance = text.partition(":")
    if dots:
        values = [_number(asked, low), _number(asked, high)]
        middle, off = (values[0] + values[1]) / 2, abs(values[1] - values[0]) / 2
    else:
        allowed = marks.tolerance(tolerance)
        if allowed is None:
            raise no_number(tolerance)
        middle, off = _number(asked, number), allowed
    return marks.written(middle), Decimal(marks.written(off))


def _number(asked: _Asked, text: str) -> Decimal:
    value = marks.number(text)
    if value is None:
        raise no_number(text)
    if marks.grouped(text):
        asked.taking.doubts.append(_("The comma in %(text)s was read as the decimal sign.") % {"text": text.strip()})
    return value


def looks_like(text: str) -> int:
    """3: names, categories, or answers in braces that are written as GIFT writes them; 0: no such file."""
    bare = text.lstrip()
    if bare[:1] in ("<", "[", "{") and not re.match(r"\[(html|moodle|plain|markdown)\]", bare):
        return 0
    for count, block in enumerate(blocks(text)):
        if count > 50:
            break
        if block.category is not None:
            return 3
        found: Any = re.search(r"\{([^{}]*)\}", block.text)
        answer = found[1].strip() if found else ""
        if answer and (answer[0] in "=~#" or "~" in answer or answer.partition("#")[0].upper() in (*_TRUE, *_FALSE)):
            return 3
    return 0
