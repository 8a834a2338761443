"""Size of the project and the English of its docstrings: `make size` prints them, a test holds the bounds.

A line of code has code on it: no blank line, comment, docstring, migration, test or generated file. A docstring is
judged by the first word of its first line; Wagtail has 4.6 % prepositions and 49.2 % verbs, Django 2.4 % and 56.2 %.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Distributions of their own, apps that a site may do without, kits for tests.
BESIDE_THE_HOUSE = (
    "xapi/", "content/h5p-python-adapter/", "content/question-files/", "templates/bdhvs-wagtail-vi/",
    "content/bdhvs_allauth/", "content/bdhvs_wagtail_lms/", "content/bdhvs_retest/", "bdhvs_lms/reporting/retest/",
    "bdhvs_lms/plugins/testing", "content/bdhvs_quiz/testing",
)  # fmt: skip
NOT_COUNTED = re.compile(
    r"(^|/)(\.venv|node_modules|var|dist|migrations|tests|adapter_tests|benchmarks|docs|deploy)(/|-|$)"
    r"|^hatch_|^conftest\.py$|/test_"
)
NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
PREPOSITIONS = frozenset(
    "of what by who whom whose those which in where from to for on with without as at how when whether until after"
    " before under beside than that these this".split()
)
VERBS = frozenset(
    "return read write make build create find get set show send check add remove delete list raise yield parse render"
    " record store load save compute count run open close start stop turn tell say give take keep use print import"
    " export apply merge move update ask answer choose draw grade hold allow refuse accept replace collect convert"
    " format register resolve split join sort filter fold handle serve validate verify wrap mark name match log lock"
    " install hide fill enter end encode decode copy call cancel clean compare confirm describe do drop emit expand"
    " fail fetch follow forget freeze generate group guess ignore insert iterate look limit measure mount normalise"
    " normalize note offer order pass patch pick place plan post prepare produce prove publish pull push put quote"
    " reach rebuild redact redirect reduce refresh reissue release repeat report require reset restore resume rewrite"
    " round search select sign skip suppress suspend switch test time track translate trim try unpack upload wait walk"
    " warn withdraw work".split()
)
# Lower them when the project has become smaller; a change that has to raise one says in its commit by how much.
BOUNDS = {
    "house": 68_300, "total": 92_850, "modules": 1_020, "decisions": 45, "words": 90_200,
    "prepositions": 0.115, "verbs": 0.44,
}  # fmt: skip


@dataclass
class Size:
    """Counts of a checkout. `house`: lines of code without `BESIDE_THE_HOUSE`; `verbs` and `prepositions`: shares."""

    house: int = 0
    total: int = 0
    modules: int = 0
    decisions: int = 0
    words: int = 0
    docstrings: int = 0
    prepositions: float = 0
    verbs: float = 0


def measure(root: Path = ROOT) -> Size:
    """Return the size of a checkout."""
    found, first_words = Size(), list[str]()
    for path in sorted(root.rglob("*.py")):
        where = path.relative_to(root).as_posix()
        if NOT_COUNTED.search(where):
            continue
        lines, words = _read_module(path.read_text())
        found.total += lines
        found.house += 0 if where.startswith(BESIDE_THE_HOUSE) else lines
        found.modules += lines > 0
        first_words += words
    found.docstrings = len(first_words)
    found.prepositions = sum(word in PREPOSITIONS for word in first_words) / max(len(first_words), 1)
    found.verbs = sum(_is_verb(word) for word in first_words) / max(len(first_words), 1)
    found.decisions = sum(path.name != "README.md" for path in (root / "docs" / "adr").glob("*.md"))
    documents = (
        path
        for path in root.rglob("*.md")
        # What tools leave behind is in folders with a dot.
        if not re.search(r"(^|/)(\.\w|node_modules|var)", path.relative_to(root).as_posix())
    )
    found.words = sum(len(path.read_text().split()) for path in documents)
    return found


def beyond(size: Size) -> list[str]:
    """Return the names of the counts that are beyond their bounds."""
    return [
        name for name, bound in BOUNDS.items() if (getattr(size, name) - bound) * (-1 if name == "verbs" else 1) > 0
    ]


def _is_verb(word: str) -> bool:
    return any(word.removesuffix(ending) in VERBS for ending in ("", "s", "es"))


def _read_module(source: str) -> tuple[int, list[str]]:
    """Return how many lines have code, and each docstring's first word in small letters."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    words = []
    for docstring in _docstrings(ast.parse(source)):
        lines -= set(range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1))
        word = re.match(r"\w*", str(docstring.value).strip())
        words.append(word[0].lower() if word else "")
    return len(lines), words


def _docstrings(tree: ast.AST) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            match node.body[0]:
                case ast.Expr(value=ast.Constant(value=str()) as docstring):
                    yield docstring


if __name__ == "__main__":
    size = measure()
    for field in fields(size):
        number, bound = getattr(size, field.name), BOUNDS.get(field.name, "")
        words = f"{number:>10.1%}" if isinstance(number, float) else f"{number:>10,}"
        print(f"{field.name:14}{words}   bound: {bound}")  # noqa: T201
