"""Vietnamese first: every string of these apps, in code and on their pages, has its Vietnamese."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
TAG = re.compile(r"""{%\s*translate (?:"([^"]+)"|'([^']+)')(?: context "([^"]+)")?""")
BLOCK = re.compile(r"{%\s*blocktranslate(.*?)%}(.*?){%\s*endblocktranslate", re.S)
PLURAL = re.compile(r"{%\s*plural\s*%}")
# Files of questions know no catalogue: the Vietnamese of their words stands with the app that uses them.
_FILES = ROOT / "content/question-files/question_files"
PLAIN = {
    "bdhvs_content": [_FILES / "document"],
    "bdhvs_quiz": [path for path in _FILES.iterdir() if path.name not in ("document", "office")],
}
VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")


def in_code(path: Path) -> set[tuple[str, str]]:
    """(context, message) of every call that translates."""
    found = set()
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        said = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if call.func.id in NAMES and said:
            found.add(("", said[0]))
        elif call.func.id in WITH_CONTEXT and len(said) > 1:
            found.add((said[0], said[1]))
    return found


def in_page(path: Path) -> set[tuple[str, str]]:
    text = path.read_text(encoding="utf-8")
    found = {(match[3] or "", match[1] or match[2]) for match in TAG.finditer(text)}
    for match in BLOCK.finditer(text):
        text = PLURAL.split(match[2])[0]
        if " trimmed" in match[1]:
            text = " ".join(line.strip() for line in text.strip().splitlines())
        found.add(("", VARIABLE.sub(r"%(\1)s", text.replace("%", "%%"))))
    return found


@pytest.mark.parametrize("app", ["bdhvs_content", "bdhvs_quiz", "bdhvs_tasks"])
def test_every_string_has_its_vietnamese_and_none_is_left_over(app: str) -> None:
    folders = [ROOT / "content" / app, ROOT / "templates/bdhvs_theme/templates" / app, *PLAIN.get(app, ())]
    used: set[tuple[str, str]] = set()
    for folder in folders:
        files = [path for path in [folder, *folder.rglob("*")] if path.is_file() and "migrations" not in path.parts]
        used |= {found for path in files if path.suffix == ".py" for found in in_code(path)}
        used |= {found for path in files if path.suffix == ".html" for found in in_page(path)}
    assert len(used) > 50
    catalogue = polib.pofile(str(ROOT / "content" / app / "locale/vi/LC_MESSAGES/django.po"))
    written = {(entry.msgctxt or "", entry.msgid) for entry in catalogue.translated_entries()}
    assert used - written == set()
    assert written - used == set()


@pytest.mark.parametrize("app", ["bdhvs_content", "bdhvs_quiz", "bdhvs_tasks"])
def test_the_compiled_catalogue_is_the_written_one(app: str) -> None:
    folder = ROOT / "content" / app / "locale/vi/LC_MESSAGES"
    written = {
        (entry.msgctxt, entry.msgid): entry.msgstr or entry.msgstr_plural[0]
        for entry in polib.pofile(str(folder / "django.po"))
    }
    compiled = {
        (entry.msgctxt, entry.msgid): entry.msgstr or entry.msgstr_plural[0]
        for entry in polib.mofile(str(folder / "django.mo"))
    }
    assert compiled == written
