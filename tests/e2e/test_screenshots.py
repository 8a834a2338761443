"""The pictures of the documentation are made by the browser, from the demonstration; `make screenshots` keeps them."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.e2e import shots
from tests.e2e.people import Visitor
from tests.support.live import Installation

CLOCK = "2025-11-15T10:00:00+07:00"
TOGETHER = 2_500_000
"""Bytes: whoever clones the project fetches them."""


def _make(browser: Any, url: str, folder: Path, small: bool) -> list[str]:
    """All pictures into a folder, as they are or as ``small`` as those that are kept; what went wrong while their pages
    were open."""
    problems = []
    for who, theirs in groupby(shots.SHOTS, lambda shot: shot.who):
        visitors: dict[int, Visitor] = {}
        for shot in theirs:
            for size in shot.sizes:
                width = size["width"]
                if width not in visitors:
                    sharpness = shots.SHARPNESS[width] if small else 1
                    visitors[width] = Visitor(browser, url, who, size=size, scripts=True, sharpness=sharpness)
                page = visitors[width].page
                page.emulate_media(color_scheme="dark" if shot.dark else "light")
                shot.go(page, url)
                taken = shots.take(page, shot, size)
                shots.write(folder, shot.file(size), shots.smaller(taken) if small else taken)
        for visitor in visitors.values():
            problems += visitor.watched.problems
            visitor.context.close()
    return problems


# The same pictures on any database.
@pytest.mark.thorough
def test_pictures_of_the_documentation_are_those_that_the_browser_makes(
    demo: Installation, browser: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    keep = request.config.getoption("--write-screenshots")
    folder = shots.FOLDER if keep else tmp_path / "screenshots"
    for name in shots.committed() if keep else ():
        (folder / name).unlink()
    problems = _make(browser, demo.serve(BDHVS_TEST_CLOCK=CLOCK).url, folder, small=keep)
    assert problems == []
    made = {file.name: file.stat().st_size for file in folder.glob("*.png")}
    assert set(made) == {shot.file(size) for shot in shots.SHOTS for size in shot.sizes}
    for name in made:
        image = Image.open(folder / name)
        # A blank page, or one that only has its frame, is of few colours and compresses to next to nothing.
        assert len(image.getcolors(image.width * image.height) or ()) > 20 and made[name] > 8_000, name
    assert shots.committed() == set(made), "`make screenshots` makes them anew"
    assert sum((shots.FOLDER / name).stat().st_size for name in made) <= TOGETHER


def test_every_picture_stands_in_the_documentation_and_has_words() -> None:
    shown: set[str] = set()
    for page in (shots.ROOT / "README.md", *(shots.ROOT / "docs").glob("*.md")):
        for source, alt in re.findall(r'<img src="([^"]+)" alt="([^"]*)"', page.read_text(encoding="utf-8")):
            assert (page.parent / source).is_file(), f"{page.name}: {source}"
            assert len(alt) > 15, f"{page.name}: {source} has no words for who cannot see it"
            shown.add(Path(source).name)
    assert shown == shots.committed()
