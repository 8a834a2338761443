"""One corpus of hostile files before every reader of files: refused in words, in bounds, and no process ends."""

from __future__ import annotations

import ast
import io
import json
import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import translation

from bdhvs_content.documents import is_what_it_says
from bdhvs_content.pixels import AvatarField, BoundedImageField
from bdhvs_content.taking import take_file
from bdhvs_h5p.sentences import sentences
from bdhvs_lms.base.admin.imports import ImportPage
from bdhvs_lms.base.api import Importer, Misfit, read_json
from bdhvs_lms.classes.rosters import RosterImporter
from bdhvs_lms.competency.framework_files import FrameworkFile
from bdhvs_lms.plugins.api import UnreadableFile, question_formats
from bdhvs_lms.site.backups.archive import Archive
from bdhvs_lms.site.backups.tables import Unkept
from bdhvs_quiz.importing.reading import read_file
from h5p_python_adapter import DEFAULT_LIMITS, inspect
from question_files.document.opening import open_docx
from question_files.document.parts import WordRefused
from question_files.office.workbooks import TableError
from tests.support.hostile import CORPUS, MB, HostileFile
from tests.support.live import ROOT
from tests.support.loops import for_each
from tests.support.markup import html_of

SECONDS = 2
MEMORY = 150 * MB
AT = datetime(2026, 9, 1, tzinfo=UTC)


class Refused(Exception):
    """In words, where the reader itself answers by a value."""


REFUSALS = (Refused, TableError, UnreadableFile, WordRefused, ValidationError, Misfit, Unkept)


@dataclass(frozen=True)
class FileReader:
    name: str
    kind: str
    read: Callable[[bytes, str], Any]


def subclasses(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)


def _questions(key: str) -> Callable[[bytes, str], Any]:
    return lambda data, name: read_file(io.BytesIO(data), name, language="vi", key=key)


def _h5p(data: bytes, name: str) -> None:
    report = inspect(io.BytesIO(data), limits=DEFAULT_LIMITS, installed=lambda id: 0)
    if not report.ok:
        raise Refused(" ".join(sentences(report.findings)))


def _from_disk(read: Callable[[Path], Any]) -> Callable[[bytes, str], Any]:
    def on_disk(data: bytes, name: str) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder, "file")
            path.write_bytes(data)
            read(path)

    return on_disk


def _backup(path: Path) -> None:
    archive = Archive(path)
    archive.check(lambda count: None)


def _document(data: bytes, name: str) -> None:
    if not is_what_it_says(io.BytesIO(data), name.rpartition(".")[2]):
        raise Refused("another kind")


KINDS = {
    "bdhvs_quiz.excel": "workbook", "bdhvs_quiz.word": "word", "bdhvs_quiz.moodle_xml": "xml", "bdhvs_h5p.h5p": "h5p",
}  # fmt: skip


def lists() -> list[type[Importer]]:
    get_resolver().url_patterns  # noqa: B018 - whatever is imported has a page
    return [one for one in subclasses(Importer) if hasattr(one, "key") and one.__module__.startswith("bdhvs_")]


def readers() -> list[FileReader]:
    """One for each way in which a file is read; `MODULES` says which code each stands for."""
    return [
        FileReader("list", "table", lambda data, name: RosterImporter(at=AT).read_records(data)),
        *(
            FileReader(f"questions, {one.key}", KINDS.get(one.key, "text"), _questions(one.key))
            for one in question_formats
            if one.reads
        ),
        FileReader("lesson of Word", "word", lambda data, name: open_docx(io.BytesIO(data))),
        FileReader("H5P package", "h5p", _h5p),
        FileReader("backup", "backup", _from_disk(_backup)),
        FileReader("file of data", "json", _from_disk(lambda path: read_json(path, FrameworkFile))),
        FileReader("document", "", _document),
        FileReader("picture", "picture", lambda data, name: BoundedImageField().to_python(_uploaded(data, name))),
        FileReader("avatar", "picture", lambda data, name: AvatarField().to_python(_uploaded(data, name))),
        FileReader("media of questions", "picture", lambda data, name: take_file(name, data)),
    ]


def _uploaded(data: bytes, name: str) -> Any:
    return SimpleUploadedFile(name, data)


# Which reader a module that opens files is tried by; those with none write only, open what is the site's own, take a
# recording as it is, or make a digest of bytes.
MODULES = {
    "bdhvs_lms/base/admin/imports.py": "list",
    "bdhvs_lms/base/importing/importer.py": "list",
    "content/question-files/question_files/office/old_workbook.py": "list",
    "content/question-files/question_files/office/tables.py": "list",
    "content/question-files/question_files/office/packages.py": "list",
    "bdhvs_lms/management/commands/import_list.py": "list",
    "bdhvs_lms/management/commands/link_accounts.py": "list",
    "bdhvs_lms/campaign/files.py": "file of data",
    "bdhvs_lms/competency/framework_files.py": "file of data",
    "bdhvs_lms/site/backups/archive.py": "backup",
    "content/bdhvs_content/documents.py": "document",
    "content/bdhvs_content/pixels.py": "picture",
    "content/bdhvs_quiz/bank/quick.py": "media of questions",
    "content/bdhvs_quiz/bank/quick_files.py": "media of questions",
    "content/bdhvs_content/svg.py": "media of questions",
    "content/question-files/question_files/document/opening.py": "lesson of Word",
    "content/question-files/question_files/document/reading.py": "lesson of Word",
    "content/bdhvs_content/word_lessons/forms.py": "lesson of Word",
    "content/bdhvs_content/word_lessons/pictures.py": "lesson of Word",
    "content/bdhvs_content/word_lessons/views.py": "lesson of Word",
    "content/bdhvs_h5p/forms.py": "H5P package",
    "content/h5p-python-adapter/h5p_python_adapter/drawings.py": "H5P package",
    "content/question-files/question_files/excel/opening.py": "questions, bdhvs_quiz.excel",
    "content/bdhvs_quiz/importing/forms.py": "questions, bdhvs_quiz.excel",
    "content/bdhvs_quiz/importing/views.py": "questions, bdhvs_quiz.excel",
    "content/question-files/question_files/moodle_xml/files.py": "questions, bdhvs_quiz.moodle_xml",
    "content/question-files/question_files/moodle_xml/kinds.py": "questions, bdhvs_quiz.moodle_xml",
    "content/question-files/question_files/moodle_xml/parts.py": "questions, bdhvs_quiz.moodle_xml",
    "content/question-files/question_files/moodle_xml/tree.py": "questions, bdhvs_quiz.moodle_xml",
    "content/question-files/question_files/word/format.py": "questions, bdhvs_quiz.word",
    "bdhvs_lms/base/acting.py": "",
    "bdhvs_lms/base/pdf.py": "",
    "bdhvs_lms/reporting/readings/docx_file.py": "",
    "bdhvs_lms/site/backups/making.py": "",
    "content/bdhvs_content/models.py": "",
    "content/bdhvs_content/recording_chooser.py": "",
    "content/bdhvs_demo/files.py": "",
    "content/bdhvs_demo/h5p.py": "",
    "content/question-files/question_files/word/writing.py": "",
    "content/bdhvs_quiz/media/copies.py": "",
    "content/h5p-python-adapter/h5p_python_adapter/exporting.py": "",
    "content/h5p-python-adapter/h5p_python_adapter/filesystem/contents.py": "",
    "content/h5p-python-adapter/h5p_python_adapter/filesystem/libraries.py": "",
    "content/h5p-python-adapter/h5p_python_adapter/player/core.py": "",
    "content/h5p-python-adapter/h5p_python_adapter/player/host.py": "",
    "content/h5p-python-adapter/hatch_player.py": "",
}


def peak() -> int:
    text = Path("/proc/self/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) * 1024


def seconds() -> float:
    own, below = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime


def try_all(pairs: list[tuple[HostileFile, FileReader]], say: Callable[[Any], None]) -> None:
    made, data = None, b""
    for place, (file, reader) in enumerate(pairs):
        if file is not made:
            made, data = file, file.make()
        say([place])
        Path("/proc/self/clear_refs").write_text("5")
        before, began = peak(), seconds()
        # Ends the process: nothing that a reader catches.
        signal.setitimer(signal.ITIMER_PROF, 4 * SECONDS)
        try:
            reader.read(data, file.name.rpartition("/")[2])
            outcome = "read"
        except REFUSALS as refused:
            outcome = "refused" if str(refused).strip() else "no words"
        except BaseException as error:
            outcome = f"{type(error).__name__}: {str(error)[:100]}"
        say([place, outcome, seconds() - began, peak() - before])


def outcomes(pairs: list[tuple[HostileFile, FileReader]]) -> Iterator[tuple[HostileFile, FileReader, str, float, int]]:
    """What each reader makes of a file, its seconds and bytes, in a process of its own; in another, where it ends."""
    first = 0
    while first < len(pairs):
        reads, writes = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
                with os.fdopen(writes, "w") as out:
                    try_all(pairs[first:], lambda said: print(json.dumps(said), file=out, flush=True))
            finally:
                os._exit(0)
        os.close(writes)
        place = -1
        begun = False
        with os.fdopen(reads) as told:
            for line in told:
                place, *rest = json.loads(line)
                begun = not rest
                if rest:
                    yield *pairs[first + place], *rest
        status = os.waitpid(child, 0)[1]
        if begun:
            yield *pairs[first + place], f"ended the process: {status}", 0.0, 0
        first += place + 1


@pytest.fixture(scope="module")
def warm() -> list[FileReader]:
    """The readers, once what they load is loaded."""
    found = readers()
    for reader in found:
        for name in ("a.txt", "a.svg", "a.png"):
            with suppress(*REFUSALS):
                reader.read(b"x", name)
    return found


@pytest.mark.thorough
def test_no_reader_is_ended_or_held_up_by_a_hostile_file(warm: list[FileReader]) -> None:
    wrong = []
    for file, reader, outcome, took, grew in outcomes([(file, reader) for file in CORPUS for reader in warm]):
        if outcome != "refused" and (outcome != "read" or reader.kind in file.kinds):
            wrong.append(f"{reader.name}, {file.name}: {outcome}")
        if took > SECONDS or grew > MEMORY:
            wrong.append(f"{reader.name}, {file.name}: {took:.1f} s, {grew / MB:.0f} MB")
    assert wrong == []


@for_each("name", ["1.5 KB, last cell.xlsx", "last cell.xls", "rows by the thousand million.ods", "empty"])
def test_every_list_has_the_same_reader(name: str) -> None:
    data = next(file for file in CORPUS if file.name == name).make()
    assert len(lists()) >= 7
    for kind in lists():
        assert kind.read_records is Importer.read_records
        with translation.override("en"), pytest.raises(TableError, match="Delete|delete|empty"):
            kind(at=AT).read_records(data)


def test_whatever_opens_files_is_tried() -> None:
    """A new form, library or command that opens what somebody has brought belongs into `MODULES`, and to a reader."""
    opening = {
        path.relative_to(ROOT).as_posix()
        for folder in ("bdhvs_lms", "content", "xapi/bdhvs_xapi")
        for path in (ROOT / folder).rglob("*.py")
        if not {"migrations", "testing", "adapter_tests", "plugin_template"} & set(path.parts) and opens_files(path)
    }
    assert opening == set(MODULES)
    assert {one for one in MODULES.values() if one} <= {reader.name for reader in readers()}


LIBRARIES = frozenset(("zipfile", "tarfile", "xml", "lxml", "openpyxl", "docx", "python_calamine", "defusedxml", "PIL"))
NAMES = frozenset(
    ("FileField", "ImageField", "FILES", "read_bytes", "read_json", "read_rows", "read_workbook", "open_docx")
)


def opens_files(path: Path) -> bool:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import) and {name.name.partition(".")[0] for name in node.names} & LIBRARIES:
            return True
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in LIBRARIES:
            return True
        if isinstance(node, ast.Attribute) and node.attr in NAMES or isinstance(node, ast.Name) and node.id in NAMES:
            return True
    return False


def import_pages(patterns: Any, namespace: tuple[str, ...] = ()) -> Iterator[str]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            inner = (*namespace, pattern.namespace) if pattern.namespace else namespace
            yield from import_pages(pattern.url_patterns, inner)
        elif issubclass(getattr(pattern.callback, "view_class", object), ImportPage):
            yield ":".join((*namespace, pattern.name))


@pytest.mark.django_db
def test_every_import_page_says_what_is_wrong() -> None:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("vanhanh"))
    data = next(file for file in CORPUS if file.name == "1.5 KB, last cell.xlsx").make()
    assert 1_000 < len(data) < 2_000
    names = list(import_pages(get_resolver().url_patterns))
    assert len(names) >= 6
    for name in names:
        answer = client.post(
            reverse(name), {"file": SimpleUploadedFile("a.xlsx", data)}, headers={"accept-language": "vi"}
        )
        assert (answer.status_code, "dòng 1.048.576, cột 16.384" in html_of(answer)) == (422, True), name
