"""The demonstration's activity: its package made from the sources in `h5p/`, and its page."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from wagtail.models import Page

from bdhvs_content.api import CoursePage, LessonPage, SectionPage
from bdhvs_demo.data import FOLDER, demo_id
from bdhvs_h5p.api import H5PAlignment, H5PContent, H5PPage, Refused, receive
from bdhvs_lms.competency.api import Competency

__all__ = ["load", "package"]

SOURCES = FOLDER / "h5p"
KEY = demo_id("h5p")
COURSE, SECTION, AFTER = "an-toan-tren-mang-nhan-biet-lua-dao", "giu-tien", "ma-otp-va-tin-nhan-ngan-hang"
TITLE = "Tập phản xạ: tin nhắn và mã OTP"
INTRO = "Vài tình huống ngắn về mật khẩu và mã OTP. Làm sai không sao, làm lại được."
ALTERNATIVE = "Nếu không mở được phần này, hãy đọc bài dưới đây: nội dung như nhau."
TEACHES = ("kh02-chuongmy-2025", "A5", 1)
# Three of four: without a mark nothing of it would be recorded for the competency.
PASS_PERCENT = 75


def _sources() -> Iterator[tuple[str, Path]]:
    """(path in the package, file), in one order."""
    yield "h5p.json", SOURCES / "h5p.json"
    yield "content/content.json", SOURCES / "content.json"
    for library in sorted(path.parent for path in SOURCES.glob("*/library.json")):
        for file in sorted(library.rglob("*")):
            if file.is_file():
                yield file.relative_to(SOURCES).as_posix(), file


def package() -> bytes:
    """The same bytes each time."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in _sources():
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def load(*, at: datetime) -> H5PPage | None:
    """The activity on a page of the demonstration's course, published; what is there already is left alone. None
    without that course."""
    there = H5PPage.objects.filter(translation_key=KEY).first()
    if there is not None:
        return there
    lesson = LessonPage.objects.filter(slug=AFTER, live=True).first()
    section = _parent()
    if section is None:
        return None
    page = H5PPage(
        title=TITLE,
        slug="tap-phan-xa",
        translation_key=KEY,
        locale=section.locale,
        intro=INTRO,
        alternative=ALTERNATIVE if lesson is not None else "",
        alternative_page=lesson,
        content=_content(at),
        pass_percent=PASS_PERCENT,
        # The classes of the demonstration have finished the course without it.
        required=False,
        live=False,
    )
    page.alignments.add(*_alignments())
    section.add_child(instance=page)
    if lesson is not None and lesson.get_parent().pk == section.pk:
        page.move(lesson, pos="right")
        page = H5PPage.objects.get(pk=page.pk)
    page.save_revision().publish()
    return page


def _parent() -> Page | None:
    """Its section in its course; without them any course that is published."""
    course = CoursePage.objects.filter(slug=COURSE, live=True).first() or CoursePage.objects.live().first()
    if course is None:
        return None
    section = SectionPage.objects.child_of(course).filter(slug=SECTION, live=True).first()
    return section or course


def _content(at: datetime) -> H5PContent:
    there = H5PContent.objects.filter(uuid=KEY).first()
    if there is not None and there.latest is not None:
        return there
    content = there or H5PContent.objects.create(uuid=KEY, title=TITLE, created_at=at)
    outcome = receive(io.BytesIO(package()), file_name="tap-phan-xa.h5p", may_install=True, at=at, content=content)
    if isinstance(outcome, Refused):
        raise ValueError("; ".join(one.message for one in outcome.report.findings))
    return H5PContent.objects.get(pk=content.pk)


def _alignments() -> list[Any]:
    framework, code, level = TEACHES
    rows = Competency.objects.filter(framework__key=framework, code=code)
    return [H5PAlignment(competency=row, level=level) for row in rows]
