"""Rules about files: a part's door and its README, short modules, and nothing of a machine in what is published."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.layers import ADAPTER, APPS, LEDGER, PACKAGES, PARTS, ROOT, option
from tests.support.loops import for_each

MAXIMUM_LINES = 400
# path → lines allowed, each with a reason in a comment
LONGER: dict[str, int] = {}

DOORS = [f"bdhvs_lms/{part}" for part in PARTS] + [
    str(package) for package in APPS if package.name in option("packages", "protected_modules")
]


@for_each("door", [*(f"{folder}/api.py" for folder in DOORS), f"{ADAPTER}/__init__.py"])
def test_door_says_what_is_open(door: str) -> None:
    """It exists and lists what it opens by hand: a list of names that the module really has."""
    path = ROOT / door
    assert path.is_file(), f"there is no {door}"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{door} does not say what it is the interface of"
    lists = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and any(
            isinstance(target, ast.Name) and target.id == "__all__"
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        )
    ]
    assert len(lists) == 1 and isinstance(lists[0], ast.List | ast.Tuple), f"{door}: write __all__ as one list"
    names = [element.value for element in lists[0].elts if isinstance(element, ast.Constant)]
    assert len(names) == len(lists[0].elts), f"{door}: __all__ holds something that is not a plain string"
    assert not any(
        isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names) for node in ast.walk(tree)
    ), f"{door} imports *"
    assert sorted(set(names)) == sorted(names), f"{door} names something twice"
    defined: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            defined.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Assign):
            defined.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            defined.add(node.target.id)
    assert set(names) <= defined, f"{door} lists what it does not have: {sorted(set(names) - defined)}"


@for_each("folder", DOORS)
def test_part_says_what_it_owns(folder: str) -> None:
    # Of a distribution it lies beside the package, for an index to show it.
    path = ROOT / (LEDGER.parent if folder == str(LEDGER) else folder) / "README.md"
    assert path.is_file(), f"{folder} has no README.md"
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ") and len(text.split()) >= 20, f"{folder}/README.md says next to nothing"


def test_modules_are_short() -> None:
    long = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            name = str(path.relative_to(ROOT))
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > LONGER.get(name, MAXIMUM_LINES):
                long[name] = lines
    assert long == {}, "split these modules into packages"


# Put together here, so that this file does not match itself.
_HOSTS = [("py", "pi.org"), ("python", "hosted.org"), ("registry.npm", "js.org"), ("deb.", "debian.org")]
PRIVATE = re.compile(
    r"(?<![\w.~/-])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me)/|" + "|".join(re.escape(a + b) for a, b in _HOSTS)
)


def templates() -> dict[str, str]:
    """Name → source. Not what is word by word Wagtail's."""
    names = subprocess.run(["git", "ls-files", "*.html"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    ours = [name for name in names.split() if not name.startswith("templates/bdhvs-wagtail-vi/")]
    assert len(ours) > 100
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in ours}


def test_a_line_of_a_template_can_be_read_in_a_diff() -> None:
    """The formatter breaks what it may; a tag of Django is one line."""
    found = [
        f"{name}:{number}"
        for name, source in templates().items()
        for number, line in enumerate(source.splitlines(), 1)
        if len(line) > 120
    ]
    assert found == []


def test_a_template_means_the_same_without_its_indentation() -> None:
    """So that it may be left out of what is sent."""
    texts = re.compile(
        r"<(?P<name>pre|textarea)\b[^>]*>(?P<raw>.*?)</(?P=name)>"
        r"|{% blocktranslate\b(?!(?:(?!%}).)* trimmed\b)(?:(?!%}).)*%}(?P<words>.*?){% endblocktranslate",
        re.DOTALL,
    )
    found = [
        f"{name}: {match[0][:60]}"
        for name, source in templates().items()
        for match in texts.finditer(source)
        if "\n" in (match["raw"] or match["words"] or "")
    ]
    assert found == []


def unexplained_imports(text: str, *, apps: bool = False) -> list[int]:
    """Lines of imports inside functions without their reason: a comment above or beside (the first of several), what
    is asked (`is_installed`), or the `ready()` of an app."""
    lines, found = text.splitlines(), []

    def told(line: int) -> bool:
        return lines[line - 2].lstrip().startswith("#") or "  # " in lines[line - 1]

    def look(node: ast.AST, inside: bool) -> None:
        imported = False
        for child in ast.iter_child_nodes(node):
            importing = isinstance(child, ast.Import | ast.ImportFrom)
            if importing and inside and not imported and not told(child.lineno):
                found.append(child.lineno)
            imported = importing
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                look(child, not (apps and child.name == "ready"))
            elif isinstance(child, ast.If) and "is_installed" in ast.unparse(child.test):
                look(child, inside=False)
            else:
                look(child, inside)

    look(ast.parse(text), inside=False)
    return found


@for_each("package", PACKAGES, ids=lambda path: path.name)
def test_an_import_inside_a_function_says_why(package: Path) -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in (ROOT / package).rglob("*.py")
        for line in unexplained_imports(path.read_text(encoding="utf-8"), apps=path.name == "apps.py")
    }
    assert found == set()


def test_an_import_without_its_reason_is_found() -> None:
    bare = (
        "def ready():\n    import a\n    x = 1\n    # Why.\n    import b\n    import c\n    if x:\n        import d\n"
    )
    assert unexplained_imports(bare) == [2, 8]
    assert unexplained_imports(bare, apps=True) == []
    assert unexplained_imports("def f():\n    if apps.is_installed('a'):\n        import a\n") == []


@pytest.mark.parametrize(
    "text",
    ["see /" + "work/main", "open('/" + "root/x')", "/" + "home/lan/a", "https://py" + "pi.org/simple"],
)
def test_private_pattern_matches(text: str) -> None:
    assert PRIVATE.search(text)


@pytest.mark.parametrize("text", ["https://example.org/home/", "static/work/a.css", "network/", "a /home page"])
def test_private_pattern_leaves_the_rest(text: str) -> None:
    assert not PRIVATE.search(text)


def test_nothing_of_a_machine_is_published() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = []
    for name in filter(None, tracked.split("\0")):
        path = ROOT / name
        if not path.is_file() or b"\0" in (data := path.read_bytes())[:8192]:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
            if PRIVATE.search(line):
                found.append(f"{name}:{number}")
    assert found == []
