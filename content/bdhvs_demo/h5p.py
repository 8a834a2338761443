"""The demonstration's H5P activity: its package made from the sources in `h5p/`, and its page."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bdhvs_content.api import LessonPage
from bdhvs_demo.data import FOLDER, demo_id
from bdhvs_h5p.api import H5PAlignment, H5PContent, H5PPage, Refused, receive

if TYPE_CHECKING:
    from bdhvs_demo.building import CourseBuilder

__all__ = ["H5PPage", "h5p_page", "package"]

SOURCES = FOLDER / "h5p"


def _sources() -> Iterator[tuple[str, Path]]:
    """Yield (path in the package, file), in one order."""
    yield "h5p.json", SOURCES / "h5p.json"
    yield "content/content.json", SOURCES / "content.json"
    for library in sorted(path.parent for path in SOURCES.glob("*/library.json")):
        for file in sorted(library.rglob("*")):
            if file.is_file():
                yield file.relative_to(SOURCES).as_posix(), file


def package() -> bytes:
    """Make the package, with the same bytes each time."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in _sources():
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def h5p_page(builder: CourseBuilder, activity: dict[str, Any], name: str) -> H5PPage:
    """Make its page, with the content below it."""
    page: H5PPage = builder.page(
        H5PPage,
        activity,
        name,
        intro=activity["intro"],
        alternative=activity["alternative"],
        alternative_page=builder.found(LessonPage, f"{builder.course['key']}/{activity['alternative_lesson']}"),
        content=_content(activity, name, builder),
        pass_percent=activity["pass_percent"],
        required=activity.get("required", True),
    )
    page.alignments.add(*builder.alignments(H5PAlignment, activity))
    return page


def _content(activity: dict[str, Any], name: str, builder: CourseBuilder) -> H5PContent:
    content, _ = H5PContent.objects.get_or_create(
        uuid=demo_id(name), defaults={"title": activity["title"], "created_at": builder.at}
    )
    if content.latest is not None:
        return content
    outcome = receive(
        io.BytesIO(package()), file_name=f"{activity['slug']}.h5p", may_install=True, at=builder.at, content=content
    )
    if isinstance(outcome, Refused):
        raise ValueError("; ".join(one.message for one in outcome.report.findings))
    return H5PContent.objects.get(pk=content.pk)
