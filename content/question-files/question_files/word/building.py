"""From what was gathered to plain questions, and what is to be said of each."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from question_files.document.parts import Picture, WordFile
from question_files.gaps import BadGap, has_gaps, read_gaps
from question_files.language import Text, gettext_lazy
from question_files.language import gettext as _
from question_files.notes import place_of
from question_files.pictures import picture_of
from question_files.plain import Finding, PlainMedia, PlainOption, PlainQuestion
from question_files.values import (
    LETTERS,
    letters_of,
    letters_parted,
    number_answer,
    plain,
    right_or_wrong,
    short_answer,
)
from question_files.word.drafts import Draft, Parsed
from question_files.word.keys import give_keys
from question_files.word.marks import Marked, decide, name_of, signals, usual_colour
from question_files.word.statements import sign_behind, signs_of, text_and_gaps
from question_files.word.tidying import tidy

LEFT_OUT: dict[str, Text] = {
    "chart": gettext_lazy("A chart or diagram was left out."),
    "equation": gettext_lazy("An equation was taken as plain text. Check it, or replace it with a picture."),
    "footnote": gettext_lazy("A footnote was left out."),
    "linked-picture": gettext_lazy("A picture that is not in the file was left out. Insert it in the file."),
    "nested-table": gettext_lazy("A table within a table was taken as plain text."),
    "object": gettext_lazy("An embedded object, perhaps an equation of MathType, was left out."),
    "other-file": gettext_lazy("Another file that is embedded was left out."),
    "shape": gettext_lazy("A drawing was left out."),
    "symbol": gettext_lazy("A sign of a symbol font was left out."),
    "text-box": gettext_lazy("A text box was read as text. Check where it belongs."),
}


@dataclass
class Built:
    questions: list[PlainQuestion] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)


class NoQuestion(Exception):
    """It cannot be taken; the text says why."""


def build(parsed: Parsed, file: WordFile, language: str, *, in_lines: bool = False) -> Built:
    built = Built()
    built.notes.extend(give_keys(parsed))
    colour = usual_colour(run for paragraph in file.paragraphs() for run in paragraph.runs for _each in run.text)
    for draft in parsed.drafts:
        tidy(draft)
    marks = decide([[signals(option.looked(), colour) for option in draft.options] for draft in parsed.drafts])
    places = _lines(parsed.drafts) if in_lines else _places(parsed.drafts)
    left_out = defaultdict(list)
    for one in file.left_out:
        if one.kind in LEFT_OUT:
            left_out[one.number].append(LEFT_OUT[one.kind])
    for draft, marked, place in zip(parsed.drafts, marks, places, strict=True):
        doubts = list(draft.doubts)
        for number in sorted(draft.paragraphs):
            doubts.extend(left_out.pop(number, ()))
        try:
            question = _Question(draft, marked, doubts, language).made(place)
        except NoQuestion as why:
            built.findings.append(Finding(place, str(why), doubtful=False))
            continue
        built.findings.extend(
            Finding(place, doubt, doubtful=True, question=len(built.questions)) for doubt in dict.fromkeys(doubts)
        )
        built.questions.append(question)
    for number, reasons in sorted(left_out.items()):
        for reason in dict.fromkeys(reasons):
            built.notes.append(_("Paragraph %(number)d, outside of questions: %(reason)s")
                               % {"number": number, "reason": reason})  # fmt: skip
    return built


def _places(drafts: Sequence[Draft]) -> list[str]:
    """'câu 3', and the paragraph where several have that number or none is written."""
    counted = Counter(draft.number for draft in drafts)
    found = []
    for draft in drafts:
        if draft.number is None:
            found.append(_("paragraph %(number)d") % {"number": draft.at})
        elif counted[draft.number] > 1:
            found.append(_("question %(number)d, paragraph %(at)d") % {"number": draft.number, "at": draft.at})
        else:
            found.append(_("question %(number)d") % {"number": draft.number})
    return found


def _lines(drafts: Sequence[Draft]) -> list[str]:
    """'câu 3, dòng 12': of a text file, in which one can look a line up."""
    return [
        place_of(draft.number, draft.at) if draft.number is not None else _("line %(number)d") % {"number": draft.at}
        for draft in drafts
    ]


class _Question:
    def __init__(self, draft: Draft, marked: Marked, doubts: list[Text], language: str) -> None:
        self.draft, self.marked, self.doubts, self.language = draft, marked, doubts, language

    def doubt(self, reason: Text) -> None:
        self.doubts.append(reason)

    def made(self, place: str) -> PlainQuestion:
        draft = self.draft
        prompt, pictures = draft.text, draft.pictures
        if not prompt and not pictures:
            raise NoQuestion(_("There is a number, but no question behind it."))
        if not prompt:
            self.doubt(gettext_lazy("The question has no words, only a picture."))
        if draft.table:
            self.doubt(
                gettext_lazy("A table in the question was taken as plain text. Check it, or replace it with a picture.")
            )
        base = PlainQuestion(
            kind="",
            prompt=prompt,
            explanation="\n".join(line.text for line in draft.explanation if line.text.strip()),
            points=draft.points if draft.points and draft.points > 0 else Decimal(1),
            media=self._media(pictures, place, ""),
            category=draft.section.titles,
            difficulty=draft.level,
            language=self.language,
            place=place,
        )
        if any(line.pictures for line in draft.explanation):
            self.doubt(gettext_lazy("A picture in the explanation was left out."))
        if draft.options:
            return self._with_options(base)
        return self._without_options(base)

    # With options -----------------------------------------------------------------------------------------------------

    def _with_options(self, base: PlainQuestion) -> PlainQuestion:
        draft = self.draft
        told = self._said()
        statements = self._statements(told)
        if statements is not None:
            letters = [option.letter for option in draft.options]
            if any(option.pictures for option in draft.options):
                self.doubt(gettext_lazy("Pictures of statements were left out."))
            texts = [text for text, _right in statements]
            text, blanks = text_and_gaps(
                base.prompt, letters, texts, [right for _text, right in statements], self.language
            )
            return replace(base, kind="blanks", text=text, blanks=blanks, partial=True)
        if len(draft.options) < 2:
            raise NoQuestion(_("Only one option was found. Write each option with its letter: A. B. C. D."))
        self._look_at_letters()
        right = self._right(told)
        worded = [right_or_wrong(option.text) for option in draft.options]
        if (
            not draft.styled
            and len(worded) == 2
            and set(worded) == {True, False}
            and len(right) == 1
            and not any(option.pictures for option in draft.options)
        ):
            return replace(base, kind="true-false", right=worded[right[0]])
        options = tuple(
            PlainOption(option.text, at in right, media=self._media(option.pictures, base.place, option.letter))
            for at, option in enumerate(draft.options)
        )
        return replace(base, kind="multiple" if draft.several or len(right) > 1 else "single", options=options)

    def _look_at_letters(self) -> None:
        options = self.draft.options
        letters = [option.letter for option in options]
        missing = [letter for letter in LETTERS[: LETTERS.index(max(letters)) + 1] if letter not in letters]
        twice = sorted(letter for letter, count in Counter(letters).items() if count > 1)
        if missing:
            self.doubt(_("Options are missing: %(letters)s.") % {"letters": ", ".join(missing)})
        if twice:
            self.doubt(_("Options have the same letter: %(letters)s.") % {"letters": ", ".join(twice)})
        empty = [option.letter for option in options if not option.text and not option.pictures]
        if empty:
            self.doubt(_("Options are empty: %(letters)s.") % {"letters": ", ".join(empty)})
        texts = Counter(plain(option.text) for option in options if option.text)
        if any(count > 1 for count in texts.values()):
            self.doubt(gettext_lazy("Two options say the same."))
        if any(option.unsure for option in options):
            self.doubt(gettext_lazy("Several options are in one line, and it is not clear where each begins."))
        if any(option.loose for option in options):
            self.doubt(gettext_lazy("A paragraph below an option was taken as part of it."))

    def _said(self) -> list[tuple[str, str]]:
        """(where it stands, what it says) of what names the right answer in words."""
        draft = self.draft
        found = [("line", told) for told, _hint in draft.answers]
        found += [("key", told) for told in draft.key]
        return found or [("explanation", told) for told in draft.told[:1]]

    def _letters(self, told: str) -> list[int]:
        """Places of the options that an answer names: by letter, by letter and text, or by text."""
        letters = [option.letter for option in self.draft.options]
        begins = re.match(r"([A-H])\s*[.:)\-–—]\s*", told)
        if begins and begins[1] in letters and (same := self.draft.saying(told[begins.end() :])):
            if (place := letters.index(begins[1])) not in same:
                both = f"{begins[1]}; {letters[same[0]]}"
                self.doubt(_("Answers contradict each other: %(answers)s. The first was taken.") % {"answers": both})
            return [place]
        found = letters_of(told)
        if not found and begins and not letters_parted(told):
            found = [LETTERS.index(begins[1])]
        if found:
            named = [LETTERS[place] for place in found]
            return [letters.index(letter) for letter in named] if all(one in letters for one in named) else []
        return self.draft.saying(told)

    def _right(self, told: list[tuple[str, str]]) -> list[int]:
        options = self.draft.options
        answers: list[list[int]] = []
        for _where, text in told:
            places = self._letters(text)
            if places:
                answers.append(sorted(places))
            else:
                self.doubt(_("The answer “%(text)s” is none of the options.") % {"text": text[:60]})
        marked, names = list(self.marked.places), [option.letter for option in options]
        if answers and any(one != answers[0] for one in answers[1:]):
            self.doubt(
                _("Answers contradict each other: %(answers)s. The first was taken.")
                % {"answers": "; ".join(", ".join(names[place] for place in one) for one in answers)}
            )
        if answers:
            if marked and marked != answers[0]:
                self.doubt(
                    _("The key says %(key)s, but %(mark)s is at %(marked)s. The key was taken.")
                    % {
                        "key": ", ".join(names[place] for place in answers[0]),
                        "mark": name_of(self.marked.by),
                        "marked": ", ".join(names[place] for place in marked),
                    }
                )
            return answers[0]
        if self.marked.against:
            self.doubt(
                _("Marks contradict each other: %(mark)s and %(other)s are at different options. %(mark)s was taken.")
                % {"mark": name_of(self.marked.by), "other": name_of(self.marked.against)}
            )
        if not marked:
            if self.marked.everywhere:
                self.doubt(
                    _("All options have %(mark)s, so no right answer could be told.")
                    % {"mark": name_of(self.marked.everywhere)}
                )
            elif not told:
                self.doubt(gettext_lazy("No right answer is marked."))
        elif len(marked) > 1 and (self.marked.by != "star" or (len(marked) == len(options) and not self.draft.several)):
            self.doubt(
                _("Several options have %(mark)s: read as a question with several right answers.")
                % {"mark": name_of(self.marked.by)}
            )
        return marked

    def _statements(self, told: list[tuple[str, str]]) -> list[tuple[str, bool]] | None:
        """Each statement and whether it is true; None: the options are no statements."""
        draft = self.draft
        options = draft.options
        signed = [sign_behind(option.text) for option in options]
        answers = [signs for _where, text in told if (signs := signs_of(text, len(options))) is not None]
        explained = self._explained() if not answers else None
        small = all(option.small for option in options)
        inside = draft.section.mode == "statements" and small
        asked = small and re.search(r"đúng\s*(?:hay|hoặc|/|,)\s*sai|đúng,? câu nào sai", draft.text, re.IGNORECASE)
        all_signed = [one for one in signed if one is not None]
        all_small = small and len(all_signed) == len(options)
        if len(options) < 2 or not (answers or inside or (asked and not told) or all_small):
            return None
        if any(right_or_wrong(option.text) is not None for option in options):
            return None
        texts = [one[0] if one is not None else option.text for one, option in zip(signed, options, strict=True)]
        if len(all_signed) == len(options):
            right = [one[1] for one in all_signed]
            if answers and answers[0] != right:
                self.doubt(
                    gettext_lazy("The key says otherwise than the signs behind the statements. The key was taken.")
                )
                right = answers[0]
        elif answers:
            right = answers[0]
        elif explained is not None:
            right = explained
        elif self.marked.places and self.marked.by:
            right = [place in self.marked.places for place in range(len(options))]
            self.doubt(
                _("Statements with %(mark)s were taken as true, the others as false.")
                % {"mark": name_of(self.marked.by)}
            )
        else:
            raise NoQuestion(
                _("It is not said which statements are true. Write “Đáp án: a) Đúng b) Sai …” below them.")
            )
        return list(zip(texts, right, strict=True))

    def _explained(self) -> list[bool] | None:
        """'a) Đúng. Vì …' in the explanation, for each statement."""
        found = {}
        for line in self.draft.explanation:
            named = re.match(r"([a-h])\s*[.):]\s*[(\[]?\s*(đúng|sai|đ|s|true|false)\b", line.text, re.IGNORECASE)
            if named:
                found[LETTERS.index(named[1].upper())] = bool(right_or_wrong(named[2]))
        count = len(self.draft.options)
        return [found[place] for place in range(count)] if sorted(found) == list(range(count)) else None

    # Without options --------------------------------------------------------------------------------------------------

    def _without_options(self, base: PlainQuestion) -> PlainQuestion:
        draft = self.draft
        body = "\n".join(line.text for line in draft.body).strip()
        # In a file that was written here gaps have a paragraph of their own: what has an answer line has none.
        if body or (has_gaps(base.prompt) and not (draft.styled and draft.answers)):
            return self._gaps(base, body)
        told = [(text, hint) for text, hint in draft.answers] + [(text, "") for text in draft.key]
        if draft.styled and draft.answers:
            return self._styled(base, told)
        behind = sign_behind(base.prompt)
        if behind is not None and not told:
            return replace(base, kind="true-false", prompt=behind[0], right=behind[1])
        if not told:
            raise NoQuestion(_("Neither options nor an answer were found: perhaps an essay question, or a title."))
        text, hint = told[0]
        if any(plain(other) != plain(text) for other, _hint in told[1:]):
            self.doubt(
                _("Answers contradict each other: %(answers)s. The first was taken.")
                % {"answers": "; ".join(other[:40] for other, _hint in told)}
            )
        judged = right_or_wrong(text) if draft.section.mode != "short" else None
        if judged is not None:
            prompt = re.sub(
                r"\s*[(\[]\s*(?:đúng\s*(?:/|hay|hoặc)\s*sai|đ\s*/\s*s)\s*\??\s*[)\]]\s*$", "", base.prompt, flags=re.I
            )
            return replace(base, kind="true-false", prompt=prompt or base.prompt, right=judged)
        if letters_of(text) and len(text.strip()) == 1:
            raise NoQuestion(
                _("The answer is the letter %(letter)s, but no options were found.") % {"letter": text.strip()}
            )
        number = number_answer(text)
        if number is not None and (plain(hint) in ("so", "number") or re.search(r"[,.±]|\+-|\+/-", text)):
            return replace(base, kind="numeric", answers=(number,))
        parts = [part for part in re.split(r"\s*(?:;|\||\s/\s|\n|\s+hoặc\s+|\s+or\s+)\s*", text) if part.strip()]
        answers = tuple(short_answer(part.strip().rstrip("."), stars=False) for part in parts)
        if not answers or any(len(one.text) > 200 for one in answers):
            raise NoQuestion(_("The answer is too long to be typed: perhaps an essay question."))
        return replace(base, kind="short", answers=answers)

    def _styled(self, base: PlainQuestion, told: list[tuple[str, str]]) -> PlainQuestion:
        """Answers one in a paragraph, as they were written."""
        text, hint = told[0]
        if not hint and len(told) == 1 and text in ("Đúng", "Sai", "True", "False"):
            return replace(base, kind="true-false", right=right_or_wrong(text))
        if plain(hint) in ("so", "number"):
            numbers = [number_answer(text) for text, _hint in told]
            if None in numbers:
                raise NoQuestion(_("The answer “%(text)s” is no number.") % {"text": told[numbers.index(None)][0][:60]})
            return replace(base, kind="numeric", answers=tuple(one for one in numbers if one is not None))
        return replace(base, kind="short", answers=tuple(short_answer(text, stars=True) for text, _hint in told))

    def _gaps(self, base: PlainQuestion, body: str) -> PlainQuestion:
        first, _line, rest = base.prompt.partition("\n")
        prompt, text = (first, rest) if rest and not has_gaps(first) else ("", base.prompt)
        if body:
            prompt, text = base.prompt, body
        try:
            text, blanks = read_gaps(text)
        except BadGap as gap:
            raise NoQuestion(_("A gap cannot be read. %(why)s") % {"why": gap}) from None
        prompt = prompt or ("Fill in the blanks." if self.language == "en" else "Điền vào chỗ trống.")
        return replace(base, kind="blanks", prompt=prompt, text=text, blanks=blanks, partial=True)

    def _media(self, pictures: Sequence[Picture], place: str, letter: str) -> tuple[PlainMedia, ...]:
        found = []
        for number, one in enumerate(pictures, start=1):
            name = "-".join(filter(None, [re.sub(r"\W+", "-", place), letter.lower(), str(number)]))
            media = picture_of(one.data, name, one.alt)
            if media is None:
                self.doubt(gettext_lazy("A picture was left out: it is no PNG, JPEG, GIF or WebP."))
                continue
            if not media.alt:
                self.doubt(gettext_lazy("A picture has no words for those who cannot see it. Describe it."))
            found.append(media)
        return tuple(found)
