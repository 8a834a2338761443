"""Each of Moodle's kinds of questions as a plain one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from html import escape
from typing import Any
from xml.etree.ElementTree import Element  # noqa: S405

from question_files import marks
from question_files.choices import NONE, chosen_one, chosen_several
from question_files.language import gettext as _
from question_files.markup import TextRead
from question_files.moodle_xml import cloze, gaps
from question_files.moodle_xml.files import Files
from question_files.moodle_xml.parts import Source, text_in
from question_files.plain import PlainAnswer, PlainBlank, PlainOption, PlainPair, PlainQuestion
from question_files.texts import clean, line
from question_files.values import right_or_wrong
from question_files.wrong import Refused, no_number

_GROUPED_GAP = re.compile(r"\[\[\s*([0-9]{1,4})\s*(?:\{[a-z]{1,3}\})?\s*\]\]")


def multichoice(source: Source) -> PlainQuestion:
    options, shares = [], []
    for answer in source.all("answer"):
        told = source.rich(answer)
        share = source.share(answer)
        options.append(PlainOption(told.text, share > 0, source.words(answer.find("feedback")), media=told.media))
        shares.append(share)
    if len(options) < 2:
        raise Refused(_("It has fewer than two options."))
    whole, equally = source.kind == "multichoiceset", source.kind == "oumultiresponse"
    single = not whole and not equally and (source.one("single") is None or source.on("single"))
    made, doubts = (chosen_one if single else chosen_several)(options, shares)
    if whole or equally:
        made = tuple(replace(option, credit=None) for option in made)
        doubts = [] if any(option.right for option in made) else doubts
    source.taking.doubts += doubts
    return PlainQuestion(
        kind="single" if single else "multiple",
        prompt="",
        options=made,
        partial=not single and not whole,
        shuffle=source.on("shuffleanswers"),
    )


def right_ones(source: Source) -> PlainQuestion:
    """OU multiple response: an option is right or not, and each right one earns its part."""
    question = multichoice(source)
    source.doubt(_("Moodle graded a wrong choice less strictly. Here each takes away what a right one gives."))
    return question


def truefalse(source: Source) -> PlainQuestion:
    answers = source.all("answer")
    words = [line(text_in(answer)) for answer in answers]
    meant = [right_or_wrong(word) for word in words]
    if sorted(map(str, meant)) != ["False", "True"]:
        if len(answers) != 2 or not all(words) or words[0] == words[1]:
            raise Refused(_("Its answers are not “true” and “false”."))
        # As Moodle reads old files, in which the words are of any language.
        meant = [True, False]
        source.doubt(
            _("“%(first)s” was read as true and “%(second)s” as false. Check which is correct.")
            % {"first": words[0][:40], "second": words[1][:40]}
        )
    earns, feedback = {}, {}
    for word, answer in zip(meant, answers, strict=True):
        earns[word], feedback[word] = source.share(answer), source.words(answer.find("feedback"))
    right = None if (earns[True] == 1) == (earns[False] == 1) else earns[True] == 1
    if right is None:
        source.doubt(_("It does not say whether true or false is correct."))
    chosen = right is not False
    return PlainQuestion(
        "true-false", "", right=right, feedback_right=feedback[chosen], feedback_wrong=feedback[not chosen]
    )


def shortanswer(source: Source) -> PlainQuestion:
    answers, otherwise = [], ""
    for answer in source.all("answer"):
        text, share = line(text_in(answer)), source.share(answer)
        feedback = source.words(answer.find("feedback"))
        if text == "*" and share <= 0:
            otherwise = otherwise or feedback
        elif text:
            answers.append(PlainAnswer(text, max(share, NONE), feedback))
    _asked(source, answers)
    case = source.value("usecase").lower() in ("1", "true")
    return PlainQuestion("short", "", answers=tuple(answers), case=case, feedback_wrong=otherwise)


def _asked(source: Source, answers: list[PlainAnswer]) -> None:
    if not answers:
        raise Refused(_("It has no answer."))
    if all(answer.credit != 1 for answer in answers):
        source.doubt(_("No answer earns the whole mark."))


def numerical(source: Source) -> PlainQuestion:
    answers, otherwise = [], ""
    for answer in source.all("answer"):
        written, share = line(text_in(answer)), source.share(answer)
        feedback = source.words(answer.find("feedback"))
        if written == "*":
            if share > 0:
                source.doubt(_("Any number earned a part of the mark. That was left out."))
            otherwise = otherwise or feedback
            continue
        allowed = text_in(answer.find("tolerance")).strip()
        value, off = marks.number(written), marks.tolerance(allowed)
        if value is None or off is None:
            raise no_number(written if value is None else allowed)
        answers.append(PlainAnswer(marks.written(value), max(share, NONE), feedback, off))
    _asked(source, answers)
    unit, units = _units(source)
    return PlainQuestion("numeric", "", answers=tuple(answers), unit=unit, units=units, feedback_wrong=otherwise)


def _units(source: Source) -> tuple[str, tuple[tuple[str, Decimal], ...]]:
    if source.value("showunits") == "3":
        return "", ()
    found: list[tuple[str, Decimal]] = []
    for unit in source.element.findall("units/unit"):
        name, many = line(text_in(unit.find("unit_name"))), marks.number(text_in(unit.find("multiplier")).strip())
        if name and many is not None and many > 0:
            found.append((name, many))
        else:
            source.doubt(_("A unit could not be read: %(unit)s") % {"unit": name[:40] or "?"})
    if source.value("unitgradingtype") not in ("", "0"):
        source.doubt(_("In Moodle a wrong unit costs a part of the mark. Here it does not."))
    if source.value("unitsleft") == "1":
        source.doubt(_("In Moodle the unit stands before the number. Here it stands behind."))
    own = next((name for name, many in found if many == 1), "")
    if found and not own:
        source.doubt(_("None of its units is the one in which the answer is given."))
    return own, tuple((name, many) for name, many in found if name != own)


def matching(source: Source) -> PlainQuestion:
    pairs = []
    for pair in source.all("subquestion"):
        told, right = source.rich(pair), _right_of(source, pair.find("answer"))
        if not right:
            # Moodle's own form leaves such rows.
            if told.text or told.media:
                source.doubt(_("A pair without an answer was left out."))
            continue
        pairs.append(PlainPair(told.text, right, told.media))
    if sum(bool(pair.left or pair.media) for pair in pairs) < 2:
        raise Refused(_("It has fewer than two pairs."))
    return PlainQuestion("matching", "", pairs=tuple(pairs), partial=True, shuffle=source.on("shuffleanswers"))


def _right_of(source: Source, answer: Element | None) -> str:
    """Plain in Moodle's own files; other programs write HTML, and say so."""
    html = answer is not None and answer.get("format") == "html"
    return line(source.words(answer) if html else text_in(answer))


def ordering(source: Source) -> PlainQuestion:
    answers = source.all("answer")
    places = [marks.number(answer.get("fraction") or "") for answer in answers]
    if None not in places and len(set(places)) == len(places):
        answers = [answers[place] for place in sorted(range(len(places)), key=lambda place: places[place] or 0)]
    steps = tuple(step for step in map(source.words, answers) if step)
    if any(clean(text_in(answer.find("feedback"))) for answer in answers):
        source.doubt(_("Feedback on single steps was left out."))
    if len(steps) < 2:
        raise Refused(_("It has nothing to put in order."))
    if source.value("selecttype") not in ("", "ALL", "0"):
        source.doubt(_("Only some of its steps were asked at a time. Here all are."))
    grading = source.value("gradingtype")
    if grading not in ("", "ABSOLUTE_POSITION", "0", "ALL_OR_NOTHING", "-1"):
        source.doubt(_("Moodle graded the order in another way (%(way)s).") % {"way": clean(grading)[:40]})
    return PlainQuestion("ordering", "", steps=steps, partial=grading not in ("ALL_OR_NOTHING", "-1"))


# -- texts with gaps


def html_of(source: Source) -> str:
    """The question's text as HTML, whatever form it has."""
    element = source.one("questiontext")
    text, form = text_in(element), "" if element is None else element.get("format") or ""
    if form in ("html", "1"):
        return text
    if form in ("plain_text", "plain", "2"):
        text = escape(text, quote=False)
    return re.sub(r"\r\n?|\n", "<br>", text)


def with_gaps(source: Source, html: str, count: int) -> dict[str, Any]:
    """`prompt`, `text` and `media` of a question with gaps."""
    find = Files(source.one("questiontext")).find
    prompt = ""
    own, ends, rest = html.removeprefix(gaps.BEGINS).partition(gaps.ENDS)
    if html.startswith(gaps.BEGINS) and ends:
        html, prompt = rest, source.taking.with_media(own, "html", find).text
    told: TextRead = source.taking.with_media(html, "html", find)
    before, text = ("", told.text) if prompt else gaps.parted(told.text)
    placed = gaps.placed(text, count)
    if placed is None:
        raise Refused(_("A gap stands where no text is shown."))
    return {"prompt": prompt or before or gaps.default_prompt(source.language), "text": placed, "media": told.media}


def embedded(source: Source) -> PlainQuestion:
    html, found = cloze.gaps_of(html_of(source))
    if not found:
        raise Refused(_("It has no gap."))
    if any(gap.several for gap in found):
        if len(found) > 1:
            raise Refused(_("In one of its gaps several options may be chosen."))
        return _several(source, html, found[0])
    blanks = [cloze.blank_of(gap, source.taking) for gap in found]
    return PlainQuestion(
        "blanks",
        blanks=cloze.lowest(blanks),
        points=Decimal(sum(max(1, gap.weight) for gap in found)),
        partial=True,
        shuffle=any(gap.shuffled for gap in found),
        **with_gaps(source, html, len(found)),
    )


def _several(source: Source, html: str, gap: cloze.Gap) -> PlainQuestion:
    """A text whose one gap lets several options be chosen is a question with several answers."""
    told = source.taking.with_media(html, "html", Files(source.one("questiontext")).find)
    before, _token, after = told.text.partition(gaps.token(1))
    prompt = clean(f"{before} _____ {after}" if after.strip() else before)
    found = cloze.options_of(gap, source.taking)
    shares = [share for _option, share in found]
    options, doubts = chosen_several([option for option, _share in found], shares)
    source.taking.doubts += doubts
    if len(options) < 2:
        raise Refused(_("It has fewer than two options."))
    prompt = prompt or gaps.default_prompt(source.language)
    return PlainQuestion(
        "multiple",
        prompt,
        options=options,
        media=told.media,
        partial=True,
        points=Decimal(max(1, gap.weight)),
        shuffle=gap.shuffled,
    )


def listed(source: Source) -> PlainQuestion:
    """Gaps that are chosen from a list, or into which words are dragged: [[2]] is the second choice of all."""
    choices: list[tuple[str, str]] = []
    for name in ("selectoption", "dragbox"):
        for choice in source.all(name):
            words = line(text_in(choice)) if name == "selectoption" else source.words(choice)
            if not words:
                raise Refused(_("A choice has no words. Only text can be chosen for a gap."))
            choices.append((words, text_in(choice.find("group")).strip() or "1"))
    html, numbers = gaps.without_tokens(html_of(source)), []

    def placed(found: re.Match[str]) -> str:
        numbers.append(int(found[1]))
        return gaps.token(len(numbers))

    html = _GROUPED_GAP.sub(placed, html)
    if not numbers:
        raise Refused(_("It has no gap."))
    if not all(0 < number <= len(choices) for number in numbers):
        raise Refused(_("A gap names a choice that is not there."))
    blanks = []
    for number in numbers:
        group = choices[number - 1][1]
        options = [
            PlainOption(text, place == number) for place, (text, other) in enumerate(choices, 1) if other == group
        ]
        if len(options) < 2:
            raise Refused(_("A gap has fewer than two options."))
        blanks.append(PlainBlank("choice", options=tuple(options)))
    return PlainQuestion(
        "blanks",
        blanks=tuple(blanks),
        partial=True,
        shuffle=source.on("shuffleanswers"),
        **with_gaps(source, html, len(blanks)),
    )


READERS: dict[str, Callable[[Source], PlainQuestion]] = {
    "multichoice": multichoice,
    "multichoiceset": multichoice,
    "oumultiresponse": right_ones,
    "truefalse": truefalse,
    "shortanswer": shortanswer,
    "numerical": numerical,
    "matching": matching,
    "match": matching,
    "ordering": ordering,
    "cloze": embedded,
    "multianswer": embedded,
    "gapselect": listed,
    "ddwtos": listed,
}
