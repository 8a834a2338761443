"""Findings about a file for its editor: what is doubtful, what is left out, each with its place and its reason."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from question_files.document.parts import Kind, LeftOut, WordFile

# What is handed out in another form than the file has it; of the others nothing is.
_DOUBTFUL: tuple[Kind, ...] = ("equation", "text-box", "nested-table")
_REASONS: dict[Kind, object] = {
    "chart": gettext_lazy("A chart or SmartArt is left out. Save it as an image in Word and insert that."),
    "comment": gettext_lazy("A comment is left out."),
    "contents": gettext_lazy("The table of contents is left out. A lesson is short enough without."),
    "deleted": gettext_lazy("Words that tracked changes have deleted are left out."),
    "equation": gettext_lazy("An equation becomes plain text. Check that it can still be read."),
    "footnote": gettext_lazy("A footnote is left out. Put what matters into the text."),
    "hidden": gettext_lazy("Hidden text is left out."),
    "linked-picture": gettext_lazy("An image is only linked, not in the file, and is left out. Insert it in Word."),
    "nested-table": gettext_lazy("A table within a table becomes text in its cell."),
    "object": gettext_lazy("An embedded object (such as an Excel sheet) is left out."),
    "other-file": gettext_lazy("An embedded document is left out."),
    "shape": gettext_lazy("A drawn shape is left out. Save it as an image in Word and insert that."),
    "symbol": gettext_lazy("A sign of a symbol font is left out: phones do not have that font."),
    "text-box": gettext_lazy("The text of a text box is put below its paragraph. Check the order."),
}


@dataclass(frozen=True)
class Finding:
    """A finding about a paragraph (`number`; 0: the whole file). `left_out`: it is not in the lesson; else it is
    doubtful."""

    number: int
    near: str
    text: str
    left_out: bool = False

    @property
    def place(self) -> str:
        """Return where to look for it in Word."""
        if not self.number:
            return _("The whole file")
        if not self.near:
            return _("Paragraph %(number)d") % {"number": self.number}
        return _("Paragraph %(number)d, “%(near)s”") % {"number": self.number, "near": self.near}


def opening(text: str) -> str:
    return str(Truncator(" ".join(text.split())).chars(50))


def of_file(file: WordFile) -> list[Finding]:
    """Return findings about what the file holds and a lesson cannot have."""
    texts = {paragraph.number: paragraph.text for paragraph in file.paragraphs()}
    return [_finding(one, texts) for one in file.left_out]


def _finding(one: LeftOut, texts: dict[int, str]) -> Finding:
    near = opening(one.near or texts.get(one.number, ""))
    return Finding(one.number, near, str(_REASONS[one.kind]), one.kind not in _DOUBTFUL)
