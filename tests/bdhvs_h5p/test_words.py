"""Vietnamese first: every string of this app, in code, on its pages and in its findings, has its Vietnamese."""

from __future__ import annotations

import re
from pathlib import Path

import polib

from h5p_python_adapter.vocabulary import CLAUSES, PHRASES
from tests.bdhvs_quiz.test_words import in_code, in_page

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "content/bdhvs_h5p", ROOT / "templates/bdhvs_theme/templates/bdhvs_h5p")
CATALOGUE = ROOT / "content/bdhvs_h5p/locale/vi/LC_MESSAGES/django.po"
# Words of learners' pages may be in the theme's, which has the pages: whoever leaves it out writes pages of their own.
THEME = ROOT / "templates/bdhvs_theme/locale/vi/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def used(*folders: Path) -> set[tuple[str, str]]:
    found = {("", clause.message) for clause in CLAUSES.values()} | {("", phrase) for phrase in PHRASES}
    for folder in folders:
        # What npm brings is H5P's own.
        files = [path for path in folder.rglob("*") if not {"migrations", "files"} & set(path.parts)]
        found |= {one for path in files if path.suffix == ".py" for one in in_code(path)}
        found |= {one for path in files if path.suffix == ".html" for one in in_page(path)}
    return found


def written(catalogue: Path) -> set[tuple[str, str]]:
    return {(entry.msgctxt or "", entry.msgid) for entry in polib.pofile(str(catalogue)).translated_entries()}


def test_every_string_has_its_vietnamese_and_none_is_left_over() -> None:
    own = written(CATALOGUE)
    assert used(FOLDERS[0]) - own == set()
    assert used(*FOLDERS) - own - written(THEME) == set()
    assert own - used(*FOLDERS) == set()


def test_a_translation_fills_in_what_its_original_does() -> None:
    for entry in polib.pofile(str(CATALOGUE)):
        for text in (entry.msgstr, *entry.msgstr_plural.values()):
            if text:
                assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(entry.msgid)), entry.msgid
