"""What is put right in a question once all of its lines are there."""

from __future__ import annotations

import re
from dataclasses import replace

from question_files.language import gettext_lazy as _
from question_files.values import LETTERS
from question_files.word.drafts import Draft, Option
from question_files.word.labels import typed_at_end
from question_files.word.lines import Line
from question_files.word.splitting import star_behind

_BULLET = re.compile(r"\s*(\*?)\s*([-–—•+○●▪☐☑✓✔■□]|\[[ xX*]?\])\s+(?=\S)")
_TICKS = {"☑", "✓", "✔", "■", "●", "[x]", "[X]", "[*]"}


def tidy(draft: Draft) -> None:
    _inner_list(draft)
    _bullets(draft)
    _answer_behind(draft)
    letters = [option.letter for option in draft.options]
    if letters and letters != sorted(letters) and sorted(letters) == list(LETTERS[: len(letters)]):
        # All are there, but lie otherwise: a table of two columns.
        draft.options.sort(key=lambda option: option.letter)


def _inner_list(draft: Draft) -> None:
    """ "a) … b) …" above "A. … B. …" is a list within the question."""
    capitals = next((at for at, option in enumerate(draft.options) if not option.small), 0)
    if not capitals or any(option.small for option in draft.options[capitals:]):
        return
    for option in draft.options[:capitals]:
        first, *others = option.lines
        text = f"{option.letter.lower()}) "
        draft.prompt.append(replace(first, text=text + first.text, looks=(None,) * len(text) + first.looks))
        draft.prompt.extend(others)
    del draft.options[:capitals]


def _bullets(draft: Draft) -> None:
    """Dashes or boxes at the end of a question are its options, where it has no others and no answer."""
    if draft.styled or draft.options or draft.answers or draft.key:
        return
    begin = len(draft.prompt)
    while begin > 1 and (draft.prompt[begin - 1].bullet or _BULLET.match(draft.prompt[begin - 1].text)):
        begin -= 1
    listed = draft.prompt[begin:]
    if not 2 <= len(listed) <= 8 or not any(line.text.strip() for line in draft.prompt[:begin]):
        return
    draft.options = [_option(line, LETTERS[place]) for place, line in enumerate(listed)]
    del draft.prompt[begin:]
    draft.doubts.append(_("Its options have no letters: each entry of the list was taken as one."))


def _option(line: Line, letter: str) -> Option:
    found = _BULLET.match(line.text)
    rest = line.cut(found.end()) if found is not None else line
    star = found is not None and (bool(found[1]) or found[2] in _TICKS)
    behind = star_behind(rest.text)
    if behind is not None:
        star, rest = True, rest.cut(0, behind)
    return Option(letter, False, [rest], line.cut(0, 0), star)


def _answer_behind(draft: Draft) -> None:
    """ "Thủ đô? (Đáp án: Hà Nội)"."""
    if draft.styled or draft.options or draft.answers or not draft.prompt:
        return
    last = draft.prompt[-1]
    found = typed_at_end(last.text)
    if found is not None:
        draft.prompt[-1] = last.cut(0, len(found[0]))
        draft.answers.append((found[1], ""))
