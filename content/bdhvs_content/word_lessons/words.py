"""Conversion of paragraphs, headings and lists to the rich text of a lesson's text block."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.utils.html import escape, strip_tags
from django.utils.translation import gettext as _

from question_files.document.parts import Paragraph, Run

Note = Callable[..., None]

_ADDRESS = re.compile(r"(https?://[^\s]+|mailto:[^\s@]+@[^\s@]+|tel:[+\d.\s-]+)", re.IGNORECASE)
# Signs that are typed in place of a list: "- ", "• ", "+ ".
_TYPED = re.compile(r"\s*[-–•·▪➢+*]\s+")
_DEEPER = re.compile(r"\s*\+\s+")


def letters_in(html: str) -> int:
    return len(strip_tags(html).strip())


class Writer:
    """Collector of rich text until it is asked to hand over. `note(number, near, text, left_out=False)`: what an editor
    is told."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._html: list[str] = []
        self.size = 0
        """Letters that are waiting, roughly."""
        # Lists that are open: (tag, level, number of the last entry).
        self._open: list[tuple[str, int, int]] = []
        self._told: set[str] = set()
        self.lists = 0

    def take(self) -> str:
        self._close()
        html, self._html, self.size = "".join(self._html), [], 0
        return html

    def _add(self, html: str) -> None:
        self._html.append(html)
        self.size += len(html)

    def heading(self, level: int, paragraph: Paragraph) -> None:
        self._close()
        label = f"{paragraph.place.label} " if paragraph.place and paragraph.place.ordered else ""
        text = escape(" ".join(f"{label}{paragraph.text}".split()))
        self._add(f"<h{level}>{text}</h{level}>")

    def line(self, text: str) -> None:
        self._close()
        if text:
            self._add(f"<p>{escape(text)}</p>")

    def paragraph(self, paragraph: Paragraph) -> None:
        self._said_of(paragraph)
        if paragraph.place is not None:
            tag = "ol" if paragraph.place.ordered else "ul"
            self._entry(paragraph, tag, paragraph.place.level, paragraph.place.number, self._inline(paragraph.runs))
        elif _TYPED.match(paragraph.text):
            self._once(
                "typed",
                paragraph,
                _("Lines that begin with a typed “-”, “+” or “•” become a list. Check them."),
            )
            level = 1 if self._open and self._open[0][0] == "ul" and _DEEPER.match(paragraph.text) else 0
            text = re.sub(r"^((?:<[bi]>)*)\s*[-–•·▪➢+*]\s+", r"\1", self._inline(paragraph.runs))
            self._entry(paragraph, "ul", level, 0, text)
        else:
            self._close()
            self._add(f"<p>{self._inline(paragraph.runs)}</p>")

    def _entry(self, paragraph: Paragraph, tag: str, level: int, number: int, html: str) -> None:
        while self._open and self._open[-1][1] > level:
            self._add(f"</li></{self._open.pop()[0]}>")
        if self._open and self._open[-1][1] == level:
            before = self._open[-1]
            if before[0] != tag or (tag == "ol" and number <= before[2]):
                self._add(f"</li></{self._open.pop()[0]}>")
        if self._open and self._open[-1][1] == level:
            self._add("</li>")
            self._open[-1] = (tag, level, number)
        else:
            self.lists += 1
            self._add(f"<{tag}>")
            self._open.append((tag, level, number))
            self._begins(paragraph, tag, number)
        self._add(f"<li>{html}")

    def _begins(self, paragraph: Paragraph, tag: str, number: int) -> None:
        label = paragraph.place.label if paragraph.place else ""
        if tag == "ol" and number != 1:
            self._note(
                paragraph.number,
                paragraph.text,
                _("The list goes on with %(label)s in Word; in the lesson its numbers begin again at 1.")
                % {"label": label},
            )
        elif tag == "ol" and label.rstrip(".)") != str(number):
            self._note(
                paragraph.number,
                paragraph.text,
                _("The list is marked %(label)s in Word; in the lesson it has plain numbers.") % {"label": label},
            )

    def _close(self) -> None:
        while self._open:
            self._add(f"</li></{self._open.pop()[0]}>")

    def _once(self, key: str, paragraph: Paragraph, text: str) -> None:
        if key not in self._told:
            self._told.add(key)
            self._note(paragraph.number, paragraph.text, text)

    def _said_of(self, paragraph: Paragraph) -> None:
        runs = [run for run in paragraph.runs if run.text.strip()]
        if any(run.underline and not run.link for run in runs):
            self._note(paragraph.number, paragraph.text, _("Underlining is not kept. Use bold for what matters."))
        if any(run.strike for run in runs):
            self._note(paragraph.number, paragraph.text, _("Struck-through words look like others. Check them."))
        for run in runs:
            if run.link and not _ADDRESS.fullmatch(run.link.strip()):
                self._note(
                    paragraph.number, run.text, _("A link leads to no address of the web and is not kept."), True
                )

    def _inline(self, runs: tuple[Run, ...]) -> str:
        html = "".join(self._run(run) for run in runs)
        return re.sub(r"^(\s|<br/>)+|(\s|<br/>)+$", "", html)

    def _run(self, run: Run) -> str:
        text = escape(run.text.replace("\t", " ")).replace("\n", "<br/>")
        if not run.text.strip():
            return str(text)
        if run.bold:
            text = f"<b>{text}</b>"
        if run.italic:
            text = f"<i>{text}</i>"
        address: Any = _ADDRESS.fullmatch(run.link.strip()) if run.link else None
        return f'<a href="{escape(address[1].strip())}">{text}</a>' if address else str(text)
