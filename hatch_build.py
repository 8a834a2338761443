"""Compiles the translations, makes pages of the guides in docs/ and style sheets for sites of others: when a wheel or
an editable install is built, before tests, and by `make`.

Needs polib, markdown-it-py and tinycss2 only, so that no machine has to have gettext and no site a parser of Markdown.
What is made here is not in the repository. H5P's own files are brought by content/h5p-python-adapter/hatch_player.py.
"""

import json
import os
import re
import runpy
import tempfile
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from typing import Any

import polib
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parent
# Where packages are, as in pyproject.toml: a virtual environment below the root has catalogues too.
SOURCES = ("bdhvs_lms", "content", "xapi", "templates")


def _messages(entries: Iterable[Any]) -> set[tuple[Any, ...]]:
    return {(e.msgctxt, e.msgid, e.msgstr, tuple(sorted(e.msgstr_plural.items()))) for e in entries}


def compile_catalogues(root: Path = ROOT) -> list[Path]:
    """Write the .mo beside each .po that is newer; the files written. Raises OSError for a catalogue with errors."""
    written = []
    for source in sorted(path for folder in SOURCES for path in (root / folder).rglob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        catalogue = polib.pofile(str(source), check_for_duplicates=True)
        if target.exists() and _messages(polib.mofile(str(target))) == _messages(catalogue.translated_entries()):
            # A checkout gives files any time; another tool's bytes say the same.
            os.utime(target)
            continue
        # Moved into place whole: another process may be reading the old one.
        with tempfile.NamedTemporaryFile(dir=source.parent, suffix=".mo.part", delete=False) as part:
            part.write(catalogue.to_binary())
        os.chmod(part.name, 0o644)
        os.replace(part.name, target)
        written.append(target)
    return written


# Pages of the site are made of docs/*.md, with the pictures that they show.
# Not for who uses the site: the index, and what is for who changes the code.
NO_PAGES = {"README", "glossary-code"}
GUIDES = Path("templates/bdhvs_theme/guide_pages")
STYLES = Path("templates/bdhvs_theme/static/bdhvs_theme")
PICTURES = Path("templates/bdhvs_theme/static/bdhvs_theme/guides")
_PICTURE = re.compile(r'src="screenshots/([\w.-]+)"')
_LINK = re.compile(r'<a href="(?!https?:)([^"]*)">(.*?)</a>', re.DOTALL)
_HEADING = re.compile(r"<h2>(.*?)</h2>")
_TITLE = re.compile(r"\s*<h1>(.*?)</h1>")
_VIETNAMESE = re.compile("[ăđơưạ-ỹ]", re.IGNORECASE)


def guide_of(markdown: str, others: set[str]) -> dict[str, str]:
    """A document as a part of a page: {"title", "lang", "html"}; the title is its first heading, in plain words.

    Pictures are `{{picture:NAME}}` and links to `others` `{{guide:NAME}}`, which whoever shows it makes addresses of;
    what a link names that is no page of the site stays as words.
    """
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)
    title = _TITLE.match(html)
    if title is None:
        raise ValueError("A guide begins with its title: # …")

    def link(found: re.Match[str]) -> str:
        name, _, place = found[1].partition("#")
        known = name.removesuffix(".md")
        if known in others:
            return f'<a href="{{{{guide:{known}}}}}{"#" + place if place else ""}">{found[2]}</a>'
        return found[0] if not name and place else found[2]

    def heading(found: re.Match[str]) -> str:
        words = re.findall(r"\w+", re.sub(r"<[^>]*>|&\w+;", " ", found[1]).lower())
        return f'<h2 id="{"-".join(words)}">{found[1]}</h2>'

    html = _LINK.sub(link, html[title.end() :])
    html = _PICTURE.sub(r'src="{{picture:\1}}" loading="lazy"', html)
    html = _HEADING.sub(heading, html)
    html = html.replace("<table>", '<div class="scroll" tabindex="0"><table>').replace("</table>", "</table></div>")
    html = html.replace("<pre>", '<pre tabindex="0">')
    words = unescape(re.sub("<[^>]*>", "", title[1]))
    return {"title": words, "lang": "vi" if _VIETNAMESE.search(words) else "en", "html": html.strip() + "\n"}


def write_guides(root: Path = ROOT) -> list[Path]:
    """Make the guides' pages and copy their pictures; the files that changed. What docs/ no longer has goes."""
    paths = sorted(path for path in (root / "docs").glob("*.md") if path.stem not in NO_PAGES)
    documents = {path.stem: path.read_text(encoding="utf-8") for path in paths}
    if not documents:
        return []
    wanted: dict[Path, bytes] = {}
    for name, markdown in documents.items():
        made = guide_of(markdown, set(documents))
        text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
        wanted[root / GUIDES / f"{name}.json"] = text.encode()
        for picture in re.findall(r"\{\{picture:([\w.-]+)\}\}", made["html"]):
            wanted[root / PICTURES / picture] = (root / "docs/screenshots" / picture).read_bytes()
    there = {*(root / GUIDES).glob("*.json"), *(root / PICTURES).glob("*.png")}
    for gone in there.difference(wanted):
        gone.unlink(missing_ok=True)
    return [file for file, content in wanted.items() if _put(file, content)]


def _put(file: Path, content: bytes) -> bool:
    """Write what differs, moved into place whole: another process may be reading the old one."""
    if file.is_file() and file.read_bytes() == content:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
        part.write(content)
    os.chmod(part.name, 0o644)
    os.replace(part.name, file)
    return True


def write_styles(root: Path = ROOT) -> list[Path]:
    """The theme's style sheets for a site of others, made of its own; the files that changed."""
    module = runpy.run_path(str(root / "hatch_styles.py"))
    return [file for file, text in module["all_scoped"](root / STYLES).items() if _put(file, text.encode())]


class BuildHook(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        compile_catalogues(root)
        write_guides(root)
        write_styles(root)


if __name__ == "__main__":
    for written_file in [*compile_catalogues(), *write_guides(), *write_styles()]:
        print(f"made {written_file.relative_to(ROOT)}")  # noqa: T201
