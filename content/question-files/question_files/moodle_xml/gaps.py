"""Texts with gaps: where they stand, and what stands before them."""

from __future__ import annotations

import re
from collections.abc import Callable

from question_files.markup import to_html

# A prompt of its own, where the text has one. Moodle's texts have none.
BEGINS, ENDS = '<div class="quiz-prompt">', "</div>"
_OPEN, _SHUT = "\ue0f0", "\ue0f1"
_TOKEN = re.compile(f"{_OPEN}([0-9]+){_SHUT}")
_PLACE = re.compile(r"\{\{|\}\}|\{([0-9]{1,4})\}")


def without_tokens(html: str) -> str:
    return re.sub(f"[{_OPEN}{_SHUT}]", "", html)


def token(number: int) -> str:
    """What stands in the HTML for a gap while it is read."""
    return f"{_OPEN}{number}{_SHUT}"


def placed(text: str, count: int) -> str | None:
    """A text that was read, with '{1}' for each gap; None: one has gone, or is there twice."""
    if sorted(map(int, _TOKEN.findall(text))) != list(range(1, count + 1)):
        return None
    return _TOKEN.sub(r"{\1}", text.replace("{", "{{").replace("}", "}}"))


def default_prompt(language: str) -> str:
    """In the language of the question, not of who reads the file."""
    return "Fill in the blanks." if language[:2] == "en" else "Điền vào chỗ trống."


def parted(text: str) -> tuple[str, str]:
    """What stands before the paragraphs with gaps, and these: the first paragraph alone, where it has no gap."""
    first, between, rest = text.partition("\n\n")
    return (first, rest) if between and not _TOKEN.search(first) else ("", text)


def written(text: str, gap: Callable[[int], str], around: Callable[[str], str] = to_html) -> str:
    """HTML of a text, with what `gap` gives for each number. Other braces are written so that none is a gap."""
    pieces, end = [], 0
    for found in _PLACE.finditer(text):
        pieces.append(text[end : found.start()])
        pieces.append(token(int(found[1])) if found[1] else found[0][0])
        end = found.end()
    pieces.append(text[end:])
    html = around("".join(pieces)).replace("{", "&#123;").replace("[[", "&#91;[")
    return _TOKEN.sub(lambda found: gap(int(found[1])), html)


def with_prompt(prompt: str, text: str, html: str, language: str) -> str:
    """The HTML of both. A prompt that says nothing of its own is not written."""
    first = text.partition("\n\n")[0]
    if prompt == default_prompt(language) and any(found[1] for found in _PLACE.finditer(first)):
        return html
    prompt_html = to_html(prompt).replace("{", "&#123;").replace("[[", "&#91;[")
    return f"{BEGINS}{prompt_html}{ENDS}{html}"
