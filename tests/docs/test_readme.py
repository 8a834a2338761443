"""The first screen of the README leads to a demo and to the tests, and shows what is there."""

from __future__ import annotations

import re
from pathlib import Path

from bdhvs_demo import accounts
from tests.architecture.layers import ROOT
from tests.docs.test_documented import DOCS
from tests.support.loops import for_each

README = (ROOT / "README.md").read_text(encoding="utf-8")
FIRST_SCREEN = README.splitlines()[:32]


def test_the_first_screen_has_the_two_commands_a_picture_and_the_logins() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= targets
    assert [line.split("#")[0].strip() for line in FIRST_SCREEN if line.startswith("make ")] == [
        "make demo",
        "make test",
    ]
    assert any("<img " in line for line in FIRST_SCREEN)
    assert "DATABASE_URL=postgres://user:password@host/name make demo" in README
    named = {name for line in FIRST_SCREEN for name in re.findall(r"^\| `(\w+)` \|", line)}
    assert named == {username for _role, username, _address in accounts.LOGINS}
    assert f"`{accounts.PASSWORD}`" in README


def pictures(path: Path) -> list[tuple[str, str]]:
    """(file, what stands for it where it cannot be seen) of every picture of a document."""
    text = path.read_text(encoding="utf-8")
    tags = re.findall(r"<img\b[^>]*>", text)
    found = [("".join(re.findall(r'src="([^"]*)"', tag)), "".join(re.findall(r'alt="([^"]*)"', tag))) for tag in tags]
    return found + [(src, alt) for alt, src in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", text)]


@for_each("path", [ROOT / "README.md", *sorted(DOCS.glob("*.md"))], ids=lambda path: str(path.name))
def test_every_picture_is_there_and_has_words(path: Path) -> None:
    for src, alt in pictures(path):
        assert (path.parent / src).is_file(), src
        assert len(alt) > 10, src
