"""Migrations of ours load on the oldest Wagtail that is to be supported, though the newest wrote them."""

import re
from pathlib import Path

from tests.architecture.layers import ROOT
from tests.support.loops import for_each

FILES = sorted(file for top in ("bdhvs_lms", "content", "xapi") for file in (ROOT / top).rglob("migrations/0*.py"))
# The last ones of Wagtail 7.4.
LAST = {"wagtailcore": 97, "wagtailimages": 27, "wagtaildocs": 14}


@for_each("file", FILES, ids=lambda file: f"{file.parent.parent.name}-{file.stem[:4]}")
def test_a_migration_asks_for_nothing_that_wagtail_7_4_lacks(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    later = [(app, no) for app, no in re.findall(r"\('(wagtail\w+)', '(\d{4})", text) if int(no) > LAST.get(app, 9999)]
    assert later == []
    # A setting of Wagtail 8: the page that it names is Wagtail's own.
    assert "WAGTAIL_PAGE_MODEL" not in text
