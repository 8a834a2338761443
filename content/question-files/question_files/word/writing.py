"""Questions as a Word document that teachers can go on with, and that is read again as the same questions.

What each paragraph is, its style says ("Quiz option"), so whatever stands in a text is taken for nothing else.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from PIL import Image

from question_files.gaps import write_gaps
from question_files.plain import PlainMedia, PlainQuestion, PlainQuiz
from question_files.values import LETTERS, written_number, written_share, written_tolerant
from question_files.word.lines import NOWHERE

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FIXED = (1980, 1, 1, 0, 0, 0)
AS_THEY_ARE = ("image/png", "image/jpeg", "image/gif")
_TURNED = ("image/webp", "image/bmp", "image/tiff")
_LEVELS = {"easy": "Dễ", "medium": "Trung bình", "hard": "Khó"}
_WORDS = {
    "vi": {"question": "Câu", "answer": "Đáp án", "number": "số", "explanation": "Lời giải", "points": "điểm",
           "several": "nhiều đáp án", "typed": "chữ",
           True: "Đúng", False: "Sai"},
    "en": {"question": "Question", "answer": "Answer", "number": "number", "explanation": "Explanation",
           "points": "points", "several": "several answers", "typed": "text",
           True: "True", False: "False"},
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A paragraph: its style ('question', 'option' …), a label in bold, and the text."""

    style: str
    label: str
    text: str
    strong: bool = False
    media: tuple[PlainMedia, ...] = ()


def parts_of(question: PlainQuestion, number: int, language: str) -> list[Part]:
    words: dict[Any, str] = _WORDS.get(language, _WORDS["vi"])
    label = f"{words['question']} {number}"
    if question.points != 1:
        label += f" ({written_number(question.points)} {words['points']})"
    if question.difficulty:
        label += f" [{_LEVELS[question.difficulty]}]"
    if question.kind == "multiple" and sum(option.right for option in question.options) < 2:
        label += f" ({words['several']})"
    parts = [Part("question", f"{label}: ", question.prompt, media=question.media)]
    for place, option in enumerate(question.options):
        letter = LETTERS[place % len(LETTERS)]
        parts.append(Part("option", f"{'*' * option.right}{letter}. ", option.text, option.right, option.media))
    told = []
    if question.kind == "true-false" and question.right is not None:
        told.append((words["answer"], words[question.right]))
    elif question.kind == "numeric":
        told += [(f"{words['answer']} ({words['number']})", written_tolerant(one) + written_share(one.credit))
                 for one in question.answers]  # fmt: skip
    elif question.kind == "short":
        # "Đúng" alone is the answer to a sentence that is true.
        name = words["answer"]
        name += f" ({words['typed']})" if question.answers[0].text in ("Đúng", "Sai", "True", "False") else ""
        told += [(name, one.text + written_share(one.credit)) for one in question.answers]
    elif question.kind == "blanks":
        parts.append(Part("text", "", write_gaps(question.text, question.blanks)))
    parts += [Part("answer", f"{name}: ", text) for name, text in told]
    if question.explanation.strip():
        parts.append(Part("explanation", f"{words['explanation']}: ", question.explanation))
    return parts


def category_text(category: Sequence[str]) -> str:
    return " > ".join(category) or NOWHERE


def write(quiz: PlainQuiz, into: BinaryIO) -> None:
    document = docx.Document()
    _prepare(document, quiz)
    _paragraph(document, Part("title", "", quiz.title))
    for text in quiz.intro.split("\n\n"):
        if text.strip():
            _paragraph(document, Part("intro", "", text.strip()))
    category: tuple[str, ...] = ()
    for number, question in enumerate(quiz.questions, start=1):
        if question.category != category:
            category = question.category
            _paragraph(document, Part("category", "", category_text(category)))
        for part in parts_of(question, number, quiz.language):
            _paragraph(document, part)
    kept = io.BytesIO()
    document.save(kept)
    with zipfile.ZipFile(kept) as made, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as out:
        for name in made.namelist():
            # A fixed time: the same questions give the same bytes.
            member = zipfile.ZipInfo(name, _FIXED)
            member.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(member, made.read(name))


def _prepare(document: Any, quiz: PlainQuiz) -> None:
    told = document.core_properties
    told.title, told.author, told.comments = _clean(quiz.title)[:250], "", ""
    told.language = "en-US" if quiz.language == "en" else "vi-VN"
    told.created = told.modified = datetime(2020, 1, 1, tzinfo=UTC)
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Cm(3), Cm(2), Cm(2), Cm(2)
    usual = document.styles["Normal"]
    usual.font.name, usual.font.size = "Times New Roman", Pt(13)
    usual.element.rPr.rFonts.set(qn("w:eastAsia"), "Times New Roman")
    for name in ("title", "intro", "category", "question", "text", "option", "answer", "explanation"):
        style = document.styles.add_style(f"Quiz {name}", WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = usual
        style.quick_style = True
        style.paragraph_format.space_after = Pt(3)
        if name == "title":
            style.font.size, style.font.bold = Pt(16), True
        elif name == "category":
            style.font.bold = True
            style.paragraph_format.space_before = Pt(12)
            style.paragraph_format.keep_with_next = True
        elif name == "question":
            style.paragraph_format.space_before = Pt(9)
            style.paragraph_format.keep_with_next = True
        elif name in ("option", "text", "answer", "explanation"):
            style.paragraph_format.left_indent = Cm(0.75)


def _clean(text: str) -> str:
    return _NO_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def _paragraph(document: Any, part: Part) -> None:
    paragraph = document.add_paragraph(style=f"Quiz {part.style}")
    if part.label:
        label = paragraph.add_run(part.label)
        label.bold = True if part.style != "option" or part.strong else None
    paragraph.add_run(_clean(part.text)).bold = True if part.strong else None
    for media in part.media:
        data = _drawable(media)
        if data is not None:
            _picture(paragraph, data, media)


def _picture(paragraph: Any, data: bytes, media: PlainMedia) -> None:
    run = paragraph.add_run()
    try:
        shape = run.add_picture(io.BytesIO(data))
    # A file that says it is a picture and is none: the library raises what comes to it.
    except Exception:
        paragraph._p.remove(run._r)
        return
    widest = Cm(14)
    if shape.width > widest:
        shape.height, shape.width = int(shape.height * widest / shape.width), widest
    told = shape._inline.docPr
    told.set("descr", _clean(media.alt))
    told.set("name", _clean(media.name))


def _drawable(media: PlainMedia) -> bytes | None:
    """The picture as Word takes it; None: it takes none such."""
    if media.content_type in AS_THEY_ARE:
        return media.load()
    if media.content_type not in _TURNED:
        return None
    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(media.load())) as image:
            image.save(out, "PNG")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return out.getvalue()
