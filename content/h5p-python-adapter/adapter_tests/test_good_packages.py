"""What real packages look like is accepted: nothing is stricter than H5P's validator but where ADR 42 says so."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from adapter_tests import building
from adapter_tests.bad_packages import (
    FOLDER,
    LIBRARY,
    adding,
    archive,
    drawing,
    entries,
    h5p,
    library,
    valid,
)
from adapter_tests.raw import STORED, Raw, deflated, raw_zip
from h5p_python_adapter import LibraryId, inspect

DEPENDENCY = building.dependency(LIBRARY)


def streamed() -> bytes:
    """As by a writer that cannot go back: sizes stand behind the data."""

    class OneWay(io.RawIOBase):
        def __init__(self) -> None:
            self.kept = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.kept += data
            return len(data)

    target = OneWay()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:  # type: ignore[arg-type]
        for path, data in building.package_files(LIBRARY, {}).items():
            made.writestr(path, data)
    return bytes(target.kept)


def wide() -> bytes:
    """With zip64 fields though nothing is large."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for path, data in building.package_files(LIBRARY, {}).items():
            with made.open(path, "w", force_zip64=True) as file:
                file.write(data)
    return target.getvalue()


def wide_directory() -> bytes:
    """With zip64 fields in the directory, too."""
    listed = entries()
    offset = 0
    for entry in listed:
        size, packed = len(entry.data), len(deflated(entry.data))
        entry.central = {
            "size": 0xFFFFFFFF, "packed": 0xFFFFFFFF, "offset": 0xFFFFFFFF,
            "extra": struct.pack("<2H3Q", 1, 24, size, packed, offset),
        }  # fmt: skip
        offset += 30 + len(entry.raw_name) + packed
    return raw_zip(listed, zip64={}, end={"here": 0xFFFF, "count": 0xFFFF, "size": 0xFFFFFFFF, "offset": 0xFFFFFFFF})


def described(length: int) -> Callable[[], bytes]:
    """Descriptors of every form, and a header that knows nothing yet."""

    def make() -> bytes:
        listed = entries()
        for entry in listed:
            entry.flags |= 8
            entry.local = {"checksum": 0, "packed": 0, "size": 0}
            entry.descriptor = bytes(length)
        return raw_zip(listed)

    return make


def info_zip() -> bytes:
    """A name in the DOS code page with Info-ZIP's field that says it in UTF-8."""
    name = b"content/#U1ea3nh.txt"
    field = b"\1" + struct.pack("<L", zlib.crc32(name)) + "content/ảnh.txt".encode()
    extra = struct.pack("<2H", 0x7075, len(field)) + field
    return raw_zip([*entries(), Raw(name, b"x", flags=0, extra=extra)])


def moved(folder: str) -> Callable[[], bytes]:
    return lambda: building.zipped(
        {name.replace(FOLDER, folder): data for name, data in building.package_files(LIBRARY, {}).items()}
    )


def files_at(changes: dict[str, bytes | None]) -> Callable[[], bytes]:
    return lambda: valid(files=changes)


ILLUSTRATOR = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]>'  # noqa: E501

# name → package, and the warnings that it gets
GOOD: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "as we make it": (valid, set()),
    "the question": (building.package, set()),
    "the container": (lambda: building.package("Bdhvs.TestContainer 1.0"), set()),
    # Archives
    "stored": (lambda: building.zipped(building.package_files(LIBRARY, {}), method=zipfile.ZIP_STORED), set()),
    "streamed": (streamed, set()),
    "zip64 fields": (wide, set()),
    "zip64 directory": (wide_directory, set()),
    **{f"a descriptor of {length} bytes": (described(length), set()) for length in (12, 16, 20, 24)},
    "a comment": (archive(comment=b"made by hand"), set()),
    "a comment of the greatest length": (archive(comment=b"P" * 65535), set()),
    "padding": (archive(before_directory=bytes(40)), {"unclaimed-bytes"}),
    "folders": (adding(Raw("content/"), Raw(f"{FOLDER}/", method=STORED, mode=0o40755)), {"folder-entry"}),
    "made by DOS": (adding(Raw("content/a.txt", b"x", made_by=0, mode=0)), set()),
    "empty files": (adding(Raw("content/a.txt"), Raw("content/b.txt", method=STORED)), set()),
    "a file twice": (adding(Raw("content/a.txt", b"x"), Raw("content/a.txt", b"x")), {"identical-duplicate"}),
    "h5p.json twice": (
        lambda: raw_zip([*entries(), *(entry for entry in entries() if entry.name == "h5p.json")]),
        {"identical-duplicate"},
    ),
    "a library twice": (
        lambda: raw_zip([*entries(), *(entry for entry in entries() if entry.raw_name.startswith(b"Bdhvs"))]),
        {"identical-duplicate"},
    ),
    "a file twice, in other case": (
        adding(Raw("content/a.txt", b"x"), Raw("content/A.txt", b"x")),
        {"identical-duplicate"},
    ),
    "names that only look alike": (
        adding(Raw("content/straße.txt", b"a"), Raw("content/strasse.txt", b"b"), Raw("content/strásse.txt", b"c")),
        set(),
    ),
    "a name in UTF-8": (adding(Raw("content/ảnh.txt", b"x")), set()),
    "a name in UTF-8 that does not say so": (adding(Raw("content/ảnh.txt", b"x", flags=0)), set()),
    "a name of DOS": (adding(Raw(b"content/\x84.txt", b"x", flags=0)), set()),
    "a name of Info-ZIP": (info_zip, set()),
    # What H5P skips
    "macOS": (adding(Raw("__MACOSX/._a", b"x"), Raw(".DS_Store", b"x"), Raw("content/.DS_Store", b"x")), set()),
    "what a library is made with": (
        files_at({f"{FOLDER}/{name}": b"x" for name in (".github/workflows/a.yml", ".gitignore", "_old/a.html")}),
        set(),
    ),
    "files at the top": (files_at({"h5p.jpg": b"x", "LICENSE": b"x", "readme.html": b"x"}), set()),
    # Kinds of files
    "extensions in capitals": (files_at({"content/a.PNG": b"x", "content/b.Jpg": b"x"}), set()),
    "several dots": (files_at({"content/a.b-c.d.mp4": b"x"}), set()),
    "everything that content may have": (
        files_at({f"content/a.{kind}": b"x" for kind in "png webm mp3 m4a vtt woff2 pdf docx glb csv swf".split()}),
        set(),
    ),
    "everything that a library may have": (
        files_at({f"{FOLDER}/a.{kind}": b"<" for kind in "js css svg xml json.txt md eot ttf map.txt".split()}),
        set(),
    ),
    "a drawing": (drawing('<path d="M0 0h1"/><a href="https://example.org/"><text>x</text></a>'), set()),
    "a drawing with a picture": (
        drawing('<image href="data:image/png;base64,AAAA"/><style>.a{fill:red}</style>'),
        set(),
    ),
    "a drawing that moves": (drawing('<g><animate attributeName="opacity" values="0;1" dur="1s"/></g>'), set()),
    "a diagram": (
        drawing(
            '<switch><foreignObject><div xmlns="http://www.w3.org/1999/xhtml">x<br/></div></foreignObject>'
            '<a xlink:href="https://example.org/"><text>x</text></a></switch>',
            'xmlns:xlink="http://www.w3.org/1999/xlink"',
        ),
        set(),
    ),
    "a drawing by Illustrator": (drawing("", head=f'<?xml version="1.0" encoding="utf-8"?>{ILLUSTRATOR}'), set()),
    "a drawing with what a program left in it": (
        drawing("<metadata><?xpacket begin='' id='x'?><?xpacket end='w'?></metadata>"),
        set(),
    ),
    "XML": (files_at({"content/a.xml": b"<?xml version='1.0'?><lesson><title>x</title></lesson>"}), set()),
    # h5p.json
    "properties that H5P does not know": (
        h5p(a11yTitle="x", defaultLanguage="vi", extra={"a": [1]}, yearFrom="x"),
        set(),
    ),
    "no authors": (h5p(authors=[], changes=[]), set()),
    "authors": (h5p(authors=[{"name": "A", "role": "Author"}, {"name": "B", "role": "Editor", "x": 1}]), set()),
    "changes": (h5p(changes=[{"date": "24-05-01 9:30:00", "author": "A", "log": "x\ny"}]), set()),
    "null for what is not said": (h5p(author=None, source=None, license=None), set()),
    "forms left empty": (h5p(source="", licenseVersion="", licenseExtras="", author=""), {"empty-property"}),
    "a line break behind the title": (h5p(title="Câu hỏi thử\n"), set()),
    "words on several lines": (h5p(metaDescription="x\ny", authorComments="x\ny"), set()),
    "years": (h5p(yearsFrom=2019, yearsTo="2020"), set()),
    "neither language": (h5p(language="und"), set()),
    **{f"embedTypes {kinds}": (h5p(embedTypes=kinds), set()) for kinds in (["div"], ["iframe", "div"], [], "div")},
    **{
        f"licence {name}": (h5p(license=name), set())
        for name in ("U", "C", "PD", "CC BY", "CC BY-NC-SA", "CC0 1.0", "GNU GPL", "ODC PDDL", "CC PDM")
    },
    "a licence's version": (h5p(license="CC BY", licenseVersion="4.0", licenseExtras="x\ny"), set()),
    "versions as text": (h5p(preloadedDependencies=[{**DEPENDENCY, "majorVersion": "1", "minorVersion": "0"}]), set()),
    "a long Vietnamese title": (h5p(title="ế" * 255), set()),
    "markup in the title": (h5p(title="1 &lt; 2 & <b>3</b>"), set()),
    "no optional property": (h5p(license=...), set()),
    "a dynamic library": (h5p(dynamicDependencies=[DEPENDENCY]), set()),
    "a property twice, the same": (
        files_at({"h5p.json": building.as_json(building.h5p_json(LIBRARY))[:-1] + b',"language":"vi"}'}),
        {"json-repeated-key"},
    ),
    # content.json
    "content of PHP": (files_at({"content/content.json": b"[]"}), set()),
    "content with white space": (
        files_at({"content/content.json": b'\r\n\t{ "a" : "\\u0110\\ud83d\\ude00" }\n'}),
        set(),
    ),
    "content that says a thing twice": (files_at({"content/content.json": b'{"a":1,"a":2}'}), {"json-repeated-key"}),
    "content of 120 levels": (files_at({"content/content.json": b"[" * 120 + b"]" * 120}), set()),
    "content that uses a library that is missing": (
        lambda: building.package(
            LIBRARY, {"a": [{"library": "H5P.Gone 1.0", "params": {}}]}, libraries=[LIBRARY],
            h5p={"preloadedDependencies": [DEPENDENCY]},
        ),
        {"content-library-missing"},
    ),
    "an empty place for a library": (
        lambda: building.package(
            LIBRARY, {"a": [{"library": "H5P.Gone 1.0"}]}, libraries=[LIBRARY],
            h5p={"preloadedDependencies": [DEPENDENCY]},
        ),
        set(),
    ),
    # Libraries
    "a folder without a version": (moved("Bdhvs.Plain"), set()),
    "a folder with the patch": (moved("Bdhvs.Plain-1.0.0"), set()),
    "a library twice, in two folders": (
        files_at({path.replace(FOLDER, "Bdhvs.Plain"): data for path, data in building.library(LIBRARY).items()}),
        set(),
    ),
    "no semantics": (files_at({f"{FOLDER}/semantics.json": None}), set()),
    "runnable as text": (library(runnable="1"), set()),
    "runnable as true": (library(runnable=True), {"boolean-property"}),
    "not runnable": (library(runnable=0), {"main-library-not-runnable"}),
    "patchVersion as text": (library(patchVersion="12"), set()),
    "a licence left empty": (library(license="", author=""), {"empty-property"}),
    "a line break behind the author": (library(author="A\n"), set()),
    "leading zeros": (library(patchVersion="007"), set()),
    "no scripts": (library(preloadedJs=[], preloadedCss=...), set()),
    "paths with a dot": (library(preloadedJs=[{"path": "./scripts/main.js"}]), set()),
    "paths with a separator in front": (library(preloadedJs=[{"path": "/scripts/main.js"}]), set()),
    "paths with backslashes": (library(preloadedJs=[{"path": "scripts\\main.js"}]), set()),
    "core API 1.28": (library(coreApi={"majorVersion": 1, "minorVersion": 28}), set()),
    "core API as text": (library(coreApi={"majorVersion": "1", "minorVersion": "3"}), set()),
    "core API as PHP says nothing": (library(coreApi=[]), set()),
    "metadataSettings": (library(metadataSettings={"disable": 0, "disableExtraTitleField": 1}), set()),
    "addTo": (library(addTo={"content": {"types": [{"text": {"regex": "/\\$/"}}]}}), set()),
    "what content types add": (
        library(fullscreen=1, embedTypes=["iframe"], w=10, h="20", contentType="x", isPatch={}),
        set(),
    ),
    "libraries whose style is dropped": (library(dropLibraryCss=[{"machineName": "H5P.Button"}]), set()),
    **{
        f"licence of a library {name}": (library(license=name), set())
        for name in ("MIT", "GPL3", "MPL2", "cc-by-sa", "pd")
    },
    "an editor's library is missing": (
        library(editorDependencies=[{**DEPENDENCY, "machineName": "H5PEditor.Gone"}]), {"missing-editor-library"},
    ),
    "translations": (
        files_at({f"{FOLDER}/language/{name}.json": b"{}" for name in ("vi", "zh-hans", "pt-br", ".x", "sr-latn-rs")}),
        set(),
    ),
    "README.md": (files_at({f"{FOLDER}/README.md": b"x", f"{FOLDER}/language/.gitkeep": b""}), set()),
}  # fmt: skip


def test_each_is_accepted_with_its_warnings_and_no_others() -> None:
    found = {}
    for name, (make, warnings) in GOOD.items():
        report = inspect(io.BytesIO(make()))
        assert all(finding.message for finding in report.findings), name
        errors = [finding.message for finding in report.findings if finding.severity == "error"]
        if errors or not report.ok or report.package is None or {one.code for one in report.findings} != warnings:
            found[name] = errors or [one.code for one in report.findings]
    assert found == {}


def test_facts() -> None:
    """What a package says about itself comes through."""
    report = inspect(io.BytesIO(building.package("Bdhvs.TestContainer 1.0", h5p={"title": "Bài học"})))
    package = report.package
    assert package is not None
    assert (package.title, package.language) == ("Bài học", "vi")
    assert package.main == LibraryId("Bdhvs.TestContainer", 1, 0)
    assert LibraryId("Bdhvs.TestQuestion", 1, 0) in [library.id for library in package.libraries]
    assert [library.id for library in package.libraries] == sorted(library.id for library in package.libraries)
    assert set(package.needed) == {library.id for library in package.libraries}
    assert package.params == building.PARAMS["Bdhvs.TestContainer 1.0"]
    assert set(package.content) == {"content.json"}


def test_facts_of_a_library() -> None:
    changes: dict[str, Any] = {
        "patchVersion": "12", "runnable": "0", "title": "Thư viện",
        "coreApi": {"majorVersion": 1, "minorVersion": "24"},
        "preloadedJs": [{"path": "/scripts/b.js"}, {"path": "./scripts\\main.js"}, {"path": "scripts/b.js"}],
        "preloadedDependencies": [DEPENDENCY], "dynamicDependencies": [DEPENDENCY, DEPENDENCY],
        "editorDependencies": [],
    }  # fmt: skip
    made = building.library(LIBRARY, files={"scripts/b.js": b"1"}, **changes)
    (found,) = _libraries(valid(files=made))
    assert (found.id, found.patch, found.version, found.title) == (
        LibraryId("Bdhvs.Plain", 1, 0),
        12,
        (1, 0, 12),
        "Thư viện",
    )
    assert (found.runnable, found.core_api) == (False, (1, 24))
    assert found.preloaded_js == ("scripts/b.js", "scripts/main.js")
    assert found.preloaded == found.dynamic == (found.id,)
    assert found.editor == ()
    assert {f"{FOLDER}/{path}": facts.size for path, facts in found.files.items()} == {
        path: len(data) for path, data in made.items()
    }


def test_the_tree_hash_is_of_names_and_contents_only() -> None:
    plain = building.library(LIBRARY)
    (here,) = _libraries(valid())
    (there,) = _libraries(
        building.zipped(reversed(building.package_files(LIBRARY, {}).items()), method=zipfile.ZIP_STORED)
    )
    assert here.tree_hash == there.tree_hash
    (elsewhere,) = _libraries(moved("Bdhvs.Plain")())
    assert here.tree_hash == elsewhere.tree_hash
    changed = {path: data + b" " if path.endswith("main.js") else data for path, data in plain.items()}
    (changed_one,) = _libraries(valid(files=changed))
    assert here.tree_hash != changed_one.tree_hash
    (renamed,) = _libraries(
        valid(files={f"{FOLDER}/semantics.json": None, f"{FOLDER}/other.json": plain[f"{FOLDER}/semantics.json"]})
    )
    assert here.tree_hash != renamed.tree_hash


def test_what_is_installed_is_not_missing() -> None:
    asked: list[LibraryId] = []

    def installed(id: LibraryId) -> int | None:
        asked.append(id)
        return 3

    report = inspect(io.BytesIO(valid(libraries=[])), installed=installed)
    assert report.ok
    assert asked == [LibraryId("Bdhvs.Plain", 1, 0)]
    assert report.to_json()["libraries"] == []
    assert report.to_json()["main_library"] == "Bdhvs.Plain 1.0"


def test_a_library_with_a_fault_is_not_missing_as_well() -> None:
    report = inspect(io.BytesIO(library(title=...)()))
    assert [finding.code for finding in report.findings] == ["missing-required-property"]


def _libraries(data: bytes) -> Any:
    report = inspect(io.BytesIO(data))
    assert report.package is not None, report.findings
    return report.package.libraries
