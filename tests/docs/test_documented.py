"""The documentation is whole and true: what the code reads, sends and registers is in it; what it names is there."""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import polib
import pytest
import wagtail.admin
from django.contrib.auth import get_user_model
from django.core.management import call_command, load_command_class
from django.core.management.base import BaseCommand
from django.template import engines

from bdhvs_content import checks as course_checks
from bdhvs_lms import checks as lms_checks
from bdhvs_lms.plugins import api as plugins
from bdhvs_lms.plugins.registry import Registry
from bdhvs_lms.site.cli import SITE_COMMANDS
from bdhvs_lms.tracking import api as tracking
from bdhvs_quiz import types
from bdhvs_quiz.formats import OFFERED
from bdhvs_xapi import api as xapi
from bdhvs_xapi.app_settings import AppSettings
from tests.architecture.layers import PACKAGES, ROOT
from tests.architecture.test_tree import PRIVATE
from tests.docs.setting_rows import OWNERS, tables
from tests.docs.statement_rows import golden_files, table
from tests.support.loops import for_each
from tests.support.source import modules
from tests.support.world import uid

DOCS = ROOT / "docs"
ADR = DOCS / "adr"
DECISIONS = sorted(ADR.glob("[0-9]*.md"))


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def first_cells(text: str) -> set[str]:
    """What stands in backticks in the first cells of a text's tables."""
    return {name for line in text.splitlines() if line.startswith("| `") for name in re.findall("`(.+?)`", line)[:1]}


def constant(node: ast.AST | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def environment_names(tree: ast.AST) -> set[str]:
    """Variables that code reads: by our readers, by os.environ.get, .pop and .setdefault, and by subscript."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            owner, name = ast.unparse(node.func.value), constant(node.args[0])
            if owner in ("env", "os.environ", "environ") and name:
                names.add(name)
                if node.func.attr == "secret":
                    names.add(f"{name}_FILE")
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            names.add(constant(node.slice))
    return names - {""}


# --- Settings --------------------------------------------------------------------------------------------------------


def section(text: str, title: str) -> str:
    (found,) = re.findall(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return str(found)


def test_every_environment_variable_is_documented_and_no_other() -> None:
    # The adapter reads none of its own: its `environ` is that of a WSGI request.
    ours = {path: tree for path, tree in modules().items() if "h5p_python_adapter" not in path.parts}
    read = set().union(*(environment_names(tree) for tree in ours.values()))
    part = section(text_of("settings.md"), "Environment of the ready site")
    # Named below the table: what the demo says to itself, and what is Django's.
    apart = {"BDHVS_DEMO_NEW", "DJANGO_SETTINGS_MODULE"}
    assert all(f"`{name}`" in part for name in apart)
    assert first_cells(part) == read - apart
    assert {"BDHVS_SECRET_KEY_FILE", "DATABASE_URL", "BDHVS_TEST_CLOCK"} <= read, "the walk finds what is there"


def test_the_tables_of_settings_are_what_the_settings_say() -> None:
    """A further one, or another text, needs its row: `python -m tests.docs.setting_rows` prints the tables."""
    part = section(text_of("settings.md"), "Django settings of ours")
    found = [line for line in part.splitlines() if line.startswith(("|", "###"))]
    assert found == [line for line in tables() if line]
    declared = {each.name for owner in OWNERS.values() for each in owner.declared()}
    assert {type(owner) for owner in OWNERS.values()} == {
        owner for owner in AppSettings.__subclasses__() if owner.__module__.startswith(tuple(OWNERS))
    }
    assert {"BDHVS_CONSENT_VERSION", "BDHVS_XAPI_PEER_NETWORKS", "BDHVS_THEME_TEXT_SIZE_COOKIE"} <= declared


def test_every_developers_variable_is_documented_and_no_other() -> None:
    read = set(re.findall(r"\b(BDHVS_[A-Z_]+)\b", (ROOT / "Makefile").read_text(encoding="utf-8")))
    for path in (ROOT / "tests").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "os.environ.get":
                read.add(constant(node.args[0]))
    read = {name for name in read if name.startswith("BDHVS_")}
    assert first_cells(section(text_of("settings.md"), "Developers' variables")) == read


def test_benchmarks_set_what_the_site_reads() -> None:
    """A name that is gone would leave them measuring with its default."""
    documented = first_cells(section(text_of("settings.md"), "Environment of the ready site"))
    found = set()
    for path in (ROOT / "benchmarks").rglob("*.py"):
        found.update(re.findall(r"\b(BDHVS_[A-Z0-9_]*[A-Z0-9])\b", path.read_text(encoding="utf-8")))
    assert "BDHVS_DATA_DIR" in found
    assert found <= documented


# --- Templates -------------------------------------------------------------------------------------------------------


def test_every_template_of_courses_and_people_can_be_copied_from_the_guide() -> None:
    given = re.findall(r"^<!-- install: write mysite/templates/(.+) -->$", text_of("templates.md"), re.MULTILINE)
    assert set(course_checks.TEMPLATES) | set(lms_checks.TEMPLATES) <= set(given)


def test_each_template_of_the_guide_can_be_read() -> None:
    texts = re.findall(r"^```django\n(.*?)^```$", text_of("templates.md"), re.MULTILINE | re.DOTALL)
    assert len(texts) > 50
    for text in texts:
        engines["django"].from_string(text)


LOOP = re.compile(r"\{% for ([\w, ]+) in ([\w.]+) %\}")


def unpacked(text: str) -> dict[str, set[int]]:
    """By what is looped over, how many names each of it is given."""
    found: dict[str, set[int]] = {}
    for names, over in LOOP.findall(text):
        found.setdefault(over, set()).add(names.count(",") + 1)
    return found


def test_templates_of_the_guide_unpack_lists_as_the_themes_own_do() -> None:
    given = re.findall(
        r"^<!-- install: write mysite/templates/([\w/.]+) -->\n```django\n(.*?)^```$",
        text_of("templates.md"),
        re.MULTILINE | re.DOTALL,
    )
    assert len(given) > 50
    for name, text in given:
        own = ROOT / "templates/bdhvs_theme/templates" / name
        theirs = unpacked(own.read_text(encoding="utf-8")) if own.is_file() else {}
        for over, counts in unpacked(text).items():
            assert theirs.get(over, counts) == counts, (name, over)


# --- Commands and checks ---------------------------------------------------------------------------------------------


def commands() -> dict[str, BaseCommand]:
    found: dict[str, BaseCommand] = {name: import_module(path).Command() for name, path in SITE_COMMANDS.items()}
    assert {"serve", "demo"} <= set(found)
    for path in modules():
        if path.parent.name == "commands" and not path.name.startswith("_"):
            app = ".".join(path.relative_to(ROOT).parts[-4:-3])
            found[path.stem] = load_command_class(app, path.stem)
    return found


def own_options(command: BaseCommand) -> set[str]:
    plain = {name for action in BaseCommand().create_parser("bdhvs", "x")._actions for name in action.option_strings}
    given: set[str] = set()
    waiting: list[Any] = [command.create_parser("bdhvs", "x")]
    while waiting:
        for action in waiting.pop()._actions:
            given.update(action.option_strings)
            if isinstance(action, argparse._SubParsersAction):
                waiting.extend(action.choices.values())
    return given - plain


def test_every_command_has_a_section_with_its_options_and_no_other() -> None:
    found = commands()
    assert len(found) >= 6
    parts = dict(re.findall(r"^### ([\w-]+)\n(.*?)(?=^##|\Z)", text_of("commands.md"), re.MULTILINE | re.DOTALL))
    assert set(parts) == set(found)
    for name, command in found.items():
        assert first_cells(parts[name]) == own_options(command), name


def test_every_system_check_is_documented() -> None:
    """Ids are given as keyword `id` or by an app's settings; the ledger's are put together from a number."""
    given = set()
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "id":
                given.add(constant(node.value))
            elif (
                isinstance(node, ast.Call) and ast.unparse(node.func) == "_error" and path.match("bdhvs_xapi/checks.py")
            ):
                given.add(f"bdhvs_xapi.E{ast.literal_eval(node.args[0]):03d}")
    for owner in OWNERS.values():
        given |= {owner.warning, owner.error, *(each.error for each in owner.declared())}
    given = {name for name in given if re.fullmatch(r"bdhvs_\w+\.[EW]\d{3}", name)}
    assert {"bdhvs_site.E001", "bdhvs_xapi.E006", "bdhvs_lms.E001"} <= given, "the walk finds what is there"
    named = first_cells(text_of("commands.md")) | first_cells(text_of("plugins.md"))
    assert {name for name in named if re.match(r"bdhvs_\w+\.[EW]", name)} == given


# --- Signals, registrations ------------------------------------------------------------------------------------------


def test_every_signal_has_a_section_with_its_arguments() -> None:
    names = {
        target.id
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if ast.unparse(node.value.func) in ("Signal", "django.dispatch.Signal", "dispatch.Signal")
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert {"recording", "recorded"} <= names, "the walk finds what is there"
    sent: dict[str, set[str]] = {}
    for tree in modules().values():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("send", "send_robust")
            ):
                arguments = {str(keyword.arg) for keyword in node.keywords} - {"sender"}
                sent.setdefault(ast.unparse(node.func.value), set()).update(arguments)
    for name in names:
        (part,) = re.findall(rf"^### {name}\n(.*?)(?=^##)", text_of("signals.md"), re.MULTILINE | re.DOTALL)
        assert first_cells(part) == sent[name], name


def registries() -> dict[str, Registry[Any]]:
    return {name: value for name, value in vars(plugins).items() if isinstance(value, Registry)}


def test_every_extension_point_and_built_in_is_documented_and_no_other() -> None:
    assert len(registries()) >= 3
    ours = tuple(package.name for package in PACKAGES)
    registered = {
        (registry.base.__name__, name, item.key)
        for name, registry in registries().items()
        for item in registry
        if type(item).__module__.startswith(ours)
    }
    # Question types and kinds of files are documented by their folders: there is nothing in the table to forget.
    of_folders = {("QuestionType", "question_types", f"bdhvs_quiz.{name}") for name in types.names()}
    of_folders |= {("QuestionFormat", "question_formats", kind.key) for kind in OFFERED.values()}
    assert of_folders <= registered
    registered -= of_folders
    # Of the ledger, which knows no plugin contract.
    found = xapi.transports().values()
    registered |= {("Transport", "transports", each.key) for each in found if each.__module__.startswith(ours)}
    assert "### Transport\n" in text_of("plugins.md")
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| `([\w.]+)` \|", text_of("signals.md"), re.MULTILINE)
    assert set(rows) == registered
    assert len(rows) == len(registered)
    for registry in registries().values():
        assert f"### {registry.base.__name__}\n" in text_of("plugins.md")


def test_every_projection_and_decider_is_documented_and_no_other() -> None:
    from bdhvs_lms.tracking import projections

    here = {(item.name, "projection") for item in tracking.projections()}
    here |= {(item.name, "decider") for item in projections._deciders}
    rows = re.findall(r"^\| `([\w.]+)` \| (projection|decider) \|", text_of("signals.md"), re.MULTILINE)
    assert set(rows) == here


# --- Statements ------------------------------------------------------------------------------------------------------


def test_the_table_of_statements_is_what_the_golden_files_say() -> None:
    """A changed format needs its row: `python -m tests.docs.statement_rows` prints the table."""
    lines = text_of("statements.md").splitlines()
    assert lines[lines.index(table()[0]) :] == table()


def test_every_verb_that_is_emitted_has_its_moment() -> None:
    text = text_of("statements.md")
    moments = section(text, "The moments") + section(text, "What an H5P activity says")
    emitted = {line.split("|")[2].strip() for line in table()[2:]}
    named = {verb for line in moments.splitlines() if line.startswith("|") for verb in re.findall(r"`(\w+)`", line)}
    assert named == emitted
    assert len(golden_files()) >= 16


# --- Decisions -------------------------------------------------------------------------------------------------------


def test_decisions_are_numbered_and_the_index_names_what_is_missing() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    index = (ADR / "README.md").read_text(encoding="utf-8")
    merged = {int(old): int(new) for old, new in re.findall(r"(\d+)\s+→\s+(\d+)", index)}
    alone = re.findall(r"\d+", index.partition("Said by the code alone: ")[2].partition(" (")[0])
    assert sorted([*numbers, *merged, *map(int, alone)]) == list(range(1, 109))
    assert set(merged.values()) <= set(numbers)
    assert len(numbers) <= 45


@for_each("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_the_five_headings_is_short_and_says_what_holds_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    number = int(path.name[:4])
    assert text.startswith(f"# {number}. ")
    assert re.findall(r"^#+ (.+)$", text, re.MULTILINE)[1:] == [
        "Status",
        "Context",
        "Decision",
        "Rejected",
        "Consequences",
    ]
    assert len(text.splitlines()) <= 60
    for heading in ("Status", "Context", "Decision", "Rejected", "Consequences"):
        assert section(text, heading).strip(), f"{heading} is empty"
    assert re.search(r"^- ", section(text, "Rejected"), re.MULTILINE), "nothing was rejected"
    held = text.rpartition("\nHeld by:")[2]
    assert re.findall(r"`(tests/[\w/]+\.py)", held), "no test holds it"


@for_each("path", DECISIONS, ids=lambda path: path.stem)
def test_what_a_decision_names_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for name, _, test in re.findall(r"`(tests/[\w/]+\.py)(::(test_\w+))?`", text):
        assert (ROOT / name).is_file(), name
        if test:
            assert re.search(rf"^ *def {test}\(", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE), test
    roots = ("", *{str(package.parent) for package in PACKAGES})
    for name in re.findall(r"`((?:bdhvs_\w+|benchmarks)/[\w/]*\w(?:\.py)?)`", text):
        assert any((ROOT / root / name).exists() for root in roots), name


def test_the_index_lists_every_decision_by_its_title() -> None:
    titles = [path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ") for path in DECISIONS]
    listed = re.findall(r"^- \[(.+)\]\((\d{4}.*\.md)\)$", (ADR / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == [(title, path.name) for title, path in zip(titles, DECISIONS, strict=True)]


# --- Links, paths, words ---------------------------------------------------------------------------------------------


def documents() -> list[Path]:
    tracked = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted({*(ROOT / name for name in tracked.splitlines()), *DOCS.rglob("*.md")})


def anchors(path: Path) -> set[str]:
    """Of a Markdown file's headings, as the common renderers make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(path: Path, text: str) -> Iterator[str]:
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        if not there.exists() or not there.is_relative_to(ROOT):
            yield target
        elif anchor and (there.suffix != ".md" or anchor not in anchors(there)):
            yield target


@for_each("path", [path for path in documents() if path.is_file()], ids=lambda p: str(p.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    assert list(broken_links(path, path.read_text(encoding="utf-8"))) == []


def test_a_link_to_nowhere_is_seen() -> None:
    text = "[a](settings.md) [b](settings.md#settings) [c](nothing.md) [d](settings.md#nothing) [e](https://a.example/)"
    assert list(broken_links(DOCS / "x.md", text)) == ["nothing.md", "settings.md#nothing"]


def test_every_document_is_in_the_index() -> None:
    listed = set(re.findall(r"\]\(([^)#]+)\)", text_of("README.md")))
    assert {path.name for path in DOCS.glob("*.md")} - {"README.md"} <= listed


def test_no_document_names_a_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in documents()
        if path.is_file()
        for line in path.read_text(encoding="utf-8").splitlines()
        if PRIVATE.search(line) or re.search(r"(?<![\w.])/(?:tmp|Users|mnt)/", line)
    ]
    assert found == []


VIETNAMESE = [f"guide-{role}.md" for role in ("learner", "teacher", "committee", "editor", "operator-vi")]


@cache
def words_on_screen() -> str:
    """Every Vietnamese word that our catalogues and those of Wagtail's admin show, one text a line."""
    catalogues = [ROOT / package / "locale/vi/LC_MESSAGES/django.po" for package in PACKAGES]
    catalogues = [path for path in catalogues if path.is_file()]
    assert len(catalogues) == 9
    assert wagtail.admin.__file__
    catalogues.append(Path(wagtail.admin.__file__).parent / "locale/vi/LC_MESSAGES/django.po")
    shown = []
    for path in catalogues:
        for entry in polib.pofile(str(path)):
            shown += [entry.msgstr, *entry.msgstr_plural.values()]
    return "\n".join(shown)


@pytest.mark.parametrize("name", VIETNAMESE)
def test_words_quoted_from_the_screen_are_on_the_screen(name: str) -> None:
    """In the guides **“…”** is what a button or heading says."""
    quoted = re.findall(r"\*\*“(.+?)”\*\*", text_of(name))
    assert len(quoted) >= 9
    assert [words for words in quoted if words not in words_on_screen()] == []
    assert "Chữ này không có ở đâu" not in words_on_screen()


@pytest.mark.parametrize("name", VIETNAMESE)
def test_a_guide_says_what_is_missing_and_explains_its_words(name: str) -> None:
    assert len(section(text_of(name), "Chưa có").splitlines()) >= 3
    assert section(text_of(name), "Từ dùng ở đây").count("\n|") >= 4


@pytest.mark.django_db
def test_what_the_operators_guide_tells_to_type_works(capsys: pytest.CaptureFixture[str]) -> None:
    """The guide's Python, block after block, on a site with the campaign and one course."""
    from datetime import UTC, datetime

    from bdhvs_lms.base.api import day_of
    from bdhvs_lms.campaign.api import SteeringAssignment
    from bdhvs_lms.classes.api import ClassGroup, members
    from bdhvs_lms.courses.api import push_course
    from bdhvs_lms.learners.api import Person

    at = datetime(2025, 9, 1, tzinfo=UTC)
    call_command("load_campaign", verbosity=0)
    push_course(uid("course"), host="test", titles={"vi": "Khóa"}, revision="1", at=at)
    users = get_user_model().objects
    for username in ("lan", "teacher", "committee", "editor"):
        users.create_user(username=username)
    users.create_superuser(username="operator")
    blocks = re.findall(r"```python\n(.*?)```", text_of("guide-operator.md"), re.DOTALL)
    assert len(blocks) == 2
    names: dict[str, Any] = {}
    exec(blocks[0], names)  # noqa: S102 - what the guide says
    group = ClassGroup.objects.get(code="toi-thu-ba")
    assert [str(learner.person) for learner in members(group, day_of(names["now"]()))] == ["Nguyễn Thị Lan"]
    assert users.get(username="editor").has_perm("wagtailadmin.access_admin")
    assert SteeringAssignment.objects.filter(user__username="committee").count() == 1
    exec(blocks[1], names)  # noqa: S102
    assert "Nguyễn Thị Lan" in capsys.readouterr().out
    assert not Person.objects.exists()
