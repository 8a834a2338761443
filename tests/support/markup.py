"""Whether a page is the HTML that it means to be: as browsers parse it (WHATWG), with every mistake named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from tinyhtml5.parser import HTMLParser

_ROOT = Path(__file__).parents[2]
# Whose texts a script shows → the attribute by which it finds the element that carries them. "" is its own tag.
TEXTS_OF = {
    "bdhvs_theme/h5p.js": "data-h5p",
    "bdhvs_theme/quiz.js": "data-quiz",
    "bdhvs_theme/sign_in.js": "",
    "bdhvs_content/captions.js": "data-bdhvs-captions",
    "bdhvs_content/editor.js": "",
    "bdhvs_h5p/upload.js": "data-h5p-upload",
    "bdhvs_quiz/ordering.js": "data-up",
}
# Where one script serves a second kind of page: the attribute by which it finds the element there → all that it reads
# of it. The rest, without that attribute, is the first kind's.
ELSEWHERE = {"bdhvs_theme/quiz.js": {"data-quiz-confirm": {"data-quiz-confirm", "data-waits"}}}
_FOLDERS = [folder for root in ("content", "templates", "xapi", ".") for folder in _ROOT.glob(f"{root}/bdhvs_*/static")]
_TAKEN = re.compile(r"\b(text|words|own|input)(?:\s*=\s*[\w.]*dataset\b|\.dataset\b)")
# What Wagtail's own templates get wrong.
_OF_WAGTAIL = re.compile(
    r"unexpected-cell-in-table-body.*workflow-progress-table__|duplicate-attribute.*-ORDER\" value="
)


@lru_cache(maxsize=512)
def mistakes(html: str) -> tuple[str, ...]:
    """What a browser would have to guess at, each with the words around it."""
    parser = HTMLParser(namespace_html_elements=False)
    tree = parser.parse(html)
    lines = html.splitlines() or [""]
    found = [
        f"{kind} {values or ''} in line {line}: …{lines[min(line, len(lines)) - 1][max(column - 60, 0) : column + 40]}…"
        for (line, column), kind, values in parser.errors
    ]
    return (*(one for one in found if not _OF_WAGTAIL.search(one)), *_without_texts(tree))


def scripts_of_ours() -> dict[str, str]:
    """Path below static → source."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for folder in _FOLDERS
        for path in sorted(folder.rglob("*.js"))
    }


def texts_of(source: str) -> set[str]:
    """Names of data attributes that the script takes words and settings from."""
    found = set()
    for name in {match[1] for match in _TAKEN.finditer(source)}:
        holds = re.search(rf"\b{name}\s*=\s*[\w.]*dataset\b", source) is not None
        reads = rf"(?<![\w.]){name}{'' if holds else '[.]dataset'}\.([a-zA-Z0-9]+)"
        found.update(re.findall(reads, source))
    return {"data-" + re.sub(r"([A-Z])", lambda one: "-" + one[1].lower(), name) for name in found}


def _without_texts(tree: Element) -> Iterator[str]:
    for script in tree.iter("script"):
        address = re.sub(r"\.[0-9a-f]{12}(?=\.js$)", "", script.get("src", "").partition("?")[0])
        for path, attribute in TEXTS_OF.items():
            if not address.endswith("/" + path):
                continue
            read = texts_of(scripts_of_ours()[path])
            others = ELSEWHERE.get(path, {})
            for found_by, wanted in ((attribute, read - set(others)), *others.items()):
                for element in [script] if not found_by else [one for one in tree.iter() if found_by in one.attrib]:
                    if missing := sorted(wanted - set(element.attrib)):
                        yield f"{path} reads {', '.join(missing)}, which <{element.tag}> has not"


# White space at the edges of these is not shown: elements that begin a line of their own, and what is no text.
_BLOCKS = frozenset(
    "html head body title meta link base script style header footer main nav section article aside address div p "
    "h1 h2 h3 h4 h5 h6 hr ul ol li dl dt dd figure figcaption blockquote details summary form fieldset legend "
    "table caption colgroup col thead tbody tfoot tr td th select option optgroup datalist template noscript br "
    "g path circle rect line polyline defs use symbol source track".split()
)
_RAW = frozenset(("script", "style", "pre", "textarea"))
_PIECE = re.compile(r"(?P<tag></?(?P<name>[a-zA-Z][\w-]*)(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>)|[^<]+|<")


def collapsed(html: str) -> str:
    """The page with its white space as browsers collapse it, whatever the layout of its templates: a tag is one line,
    spaces are one, and none where a line begins or ends."""
    pieces: list[str] = []
    edge, raw = True, False
    for piece in _PIECE.finditer(html):
        name = (piece["name"] or "").lower()
        if name:
            # Not in a value.
            text = re.sub(r"(\"[^\"]*\"|'[^']*')|\s+", lambda found: found[1] or " ", piece[0])
        else:
            text = piece[0] if raw else re.sub(r"\s+", " ", piece[0])
        if not name:
            pieces.append(text.lstrip() if edge and not raw else text)
            edge = text.endswith(" ") or (edge and not text.strip())
            continue
        ends = text.startswith("</")
        if pieces and not raw and (name in _BLOCKS or (name == "button" and ends)):
            pieces[-1] = pieces[-1].rstrip()
        pieces.append(re.sub(r" (/?>)\Z", r"\1", text))
        edge = name in _BLOCKS or (name == "button" and not ends)
        raw = name in _RAW and not ends
    return "".join(pieces)


def html_of(response: Any) -> str:
    """A response's page, to be searched for what it shows."""
    return collapsed(response.content.decode())


def without_chance(text: str) -> str:
    """Without tokens and UUIDs: a year or three letters of a name stand in one of some thousand by chance."""
    text = re.sub(r'(csrfmiddlewaretoken" value=")\w+"', r'\1"', text)
    return re.sub(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "", text)
