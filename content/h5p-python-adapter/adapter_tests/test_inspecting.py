"""Where packages are read from, what limits there are, and how much is said."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from adapter_tests import building
from adapter_tests.bad_packages import BAD, LIBRARY, entries, long_data, valid
from adapter_tests.raw import STORED, Raw, raw_zip, zeros
from h5p_python_adapter import DEFAULT_LIMITS, Limits, inspect
from h5p_python_adapter.vocabulary import CLAUSES, PHRASES, filled

MIB = 1 << 20


def codes(data: bytes, limits: Limits) -> list[str]:
    return [finding.code for finding in inspect(io.BytesIO(data), limits=limits).findings]


# --- Where from ------------------------------------------------------------------------------------------------------


class OneWay(io.RawIOBase):
    """A stream that cannot go back, and gives a little at a time."""

    def __init__(self, data: bytes) -> None:
        self._inner = io.BytesIO(data)
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._inner.read(min(len(buffer), 700))
        buffer[: len(piece)] = piece
        self.given += len(piece)
        return len(piece)


def test_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a.h5p"
    path.write_bytes(valid())
    assert inspect(path).ok


def test_a_file_that_is_not_there_is_no_bad_package(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        inspect(tmp_path / "a.h5p")
    with pytest.raises(IsADirectoryError):
        inspect(tmp_path)


def test_a_stream_somewhere_in_its_middle() -> None:
    stream = io.BytesIO(valid())
    stream.seek(50)
    assert inspect(stream).ok
    assert not stream.closed


def test_a_stream_that_cannot_go_back() -> None:
    stream = io.BufferedReader(OneWay(valid()))
    assert inspect(cast(BinaryIO, stream)).ok
    assert not stream.closed


def test_no_more_of_a_stream_is_copied_than_is_accepted() -> None:
    raw = OneWay(bytes(10 * MIB))
    report = inspect(cast(BinaryIO, io.BufferedReader(raw)), limits=replace(DEFAULT_LIMITS, packed_bytes=MIB))
    assert [finding.code for finding in report.findings] == ["package-too-large"]
    assert raw.given <= 2 * MIB


def test_a_raw_stream_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "a.h5p"
    path.write_bytes(valid())
    with path.open("rb", buffering=0) as raw:
        assert inspect(cast(BinaryIO, raw)).ok
        assert not raw.closed


# --- Limits ----------------------------------------------------------------------------------------------------------


def test_each_limit_is_the_largest_accepted() -> None:
    """A package at its limits is accepted; one less, and it is not."""
    files = building.package_files(
        LIBRARY, {"a": [1, 2]}, files={"content/a.svg": b"<svg/>", "content/b.txt": b"x" * 999}
    )
    data = building.zipped(files)
    facts = [len(content) for name, content in files.items() if name in ("h5p.json", "Bdhvs.Plain-1.0/library.json")]
    values = sum(
        files[name].count(sign) for name in files if name.endswith("/content.json") for sign in (b",", b"[", b"{")
    )
    values += sum(
        files[name].count(sign) for name in ("h5p.json", "Bdhvs.Plain-1.0/library.json") for sign in (b",", b"[", b"{")
    )
    exact: dict[str, tuple[int, str]] = {
        "packed_bytes": (len(data), "package-too-large"),
        "unpacked_bytes": (sum(map(len, files.values())), "total-size-too-large"),
        "entry_bytes": (999, "file-size-too-large"),
        "entries": (len(files), "too-many-entries"),
        "name_bytes": (max(map(len, files)), "name-too-long"),
        "segment_bytes": (len("Bdhvs.Plain-1.0"), "name-too-long"),
        "libraries": (1, "too-many-libraries"),
        "facts_bytes": (max(facts), "json-too-large"),
        "json_bytes": (len(files["content/content.json"]), "json-too-large"),
        "json_values": (values, "json-too-many-values"),
        "kept_bytes": (sum(facts) + len(files["content/content.json"]), "too-much-json"),
        "json_depth": (3, "json-too-deep"),
        "drawing_bytes": (6, "unreadable-drawing"),
    }
    for name, (most, code) in exact.items():
        assert codes(data, Limits(**{name: most})) == [], name
        assert code in codes(data, Limits(**{name: most - 1})), name
    assert set(exact) | {"ratio", "ratio_from_bytes", "findings", "core_api"} == set(Limits.__dataclass_fields__)


def test_the_ratio_is_asked_of_large_files_only() -> None:
    data = raw_zip([*entries(), Raw("content/a.txt", bytes(MIB))])
    assert codes(data, DEFAULT_LIMITS) == []
    assert codes(data, Limits(ratio_from_bytes=MIB)) == ["compression-ratio"] * 2
    assert codes(data, Limits(ratio_from_bytes=MIB, ratio=1100)) == []


def test_a_newer_core_takes_newer_libraries() -> None:
    data = valid(files=building.library(LIBRARY, coreApi={"majorVersion": 1, "minorVersion": 30}))
    assert codes(data, DEFAULT_LIMITS) == ["api-version-unsupported"]
    assert codes(data, Limits(core_api=(1, 30))) == []
    assert codes(data, Limits(core_api=(2, 0))) == []


def test_content_deeper_than_a_player_goes() -> None:
    """Also where a host has a higher limit."""
    data = valid(files={"content/content.json": b"[" * 250 + b"]" * 250})
    assert codes(data, Limits(json_depth=400)) == ["json-too-deep"]


def test_a_bomb_is_given_up_where_it_says_it_ends() -> None:
    """1.5 GiB that say they are 1,000 bytes: a piece is unpacked, and no more."""
    data = raw_zip([*entries(), long_data("content/a.txt", zeros(1536), 1000)])
    stream = CountingReads(data)
    assert [finding.code for finding in inspect(stream).findings] == ["size-mismatch"]
    assert stream.given < 400_000


class CountingReads(io.BytesIO):
    given = 0

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        self.given += len(piece)
        return piece


def test_what_h5p_skips_is_not_unpacked() -> None:
    broken = Raw("__MACOSX/a.txt", b"abc", packed=b"\xff\xff")
    assert codes(raw_zip([*entries(), broken, Raw("README", b"abc", packed=b"\xff\xff")]), DEFAULT_LIMITS) == []


# --- What is said ----------------------------------------------------------------------------------------------------


def test_all_that_is_wrong_is_said_at_once() -> None:
    data = valid(
        h5p={"language": ..., "license": "?"},
        files={
            "content/a.html": b"x",
            "content/content.json": b"{",
            **building.library(LIBRARY, runnable=7, files={"semantics.json": b"{", "language/vi.json": b"["}),
        },
    )
    assert sorted(codes(data, DEFAULT_LIMITS)) == [
        "invalid-language-file", "invalid-property", "invalid-semantics-json-file", "missing-required-property",
        "not-in-whitelist", "unable-to-parse-package", "unknown-license",
    ]  # fmt: skip


def test_an_archive_that_is_wrong_is_not_unpacked() -> None:
    data = raw_zip([Raw("../a", b"x"), Raw("h5p.json", b"{")])
    assert codes(data, DEFAULT_LIMITS) == ["zip-slip"]


def test_findings_are_limited_and_counted() -> None:
    data = raw_zip([*entries(), *(Raw(f"content/{number}.exe") for number in range(50))])
    report = inspect(io.BytesIO(data), limits=Limits(findings=10))
    assert [finding.code for finding in report.findings] == ["not-in-whitelist"] * 10 + ["more-findings"]
    assert report.findings[-1].message == "40 further issues."


def test_a_refusal_is_never_left_without_its_reason() -> None:
    """Warnings alone fill the report; the one error takes the place of the last."""
    doubled = [entry for number in range(20) for entry in [Raw(f"content/{number}.txt", b"x")] * 2]
    report = inspect(
        io.BytesIO(raw_zip([*entries(), *doubled, Raw("content/a.svg", b"<svg>")])), limits=Limits(findings=1)
    )
    assert not report.ok
    assert report.findings[0].severity == "error"


def test_strangers_names_are_harmless_in_a_report() -> None:
    names = ["\x1b[31m\r\n\0", "a" * 400, "\N{RIGHT-TO-LEFT OVERRIDE}", "%s%(x)d", "<b>"]
    report = inspect(io.BytesIO(raw_zip([*entries(), *(Raw(f"content/{name}.exe") for name in names)])))
    for finding in report.findings:
        said = finding.file + finding.message
        assert said.isprintable()
        assert len(finding.file) <= 300


def test_words_in_a_finding_can_be_translated() -> None:
    """What is no code, name or number is one of PHRASES: it can be said in another language, the whole sentence too."""
    said = set()
    for bad in BAD:
        for finding in inspect(io.BytesIO(bad.make())).findings:
            detail = finding.params.get("detail", finding.params.get("part", finding.params.get("needed_by")))
            if detail is not None:
                said.add(detail)
            assert "XX" not in filled(CLAUSES[finding.code].message, finding.params)
            translated = filled("XX" + CLAUSES[finding.code].message, finding.params, lambda phrase: f"YY {phrase}")
            assert translated.count("YY ") == len(PHRASES & {str(value) for value in finding.params.values()})
    code = re.compile(r"<.*[>=]|[a-z]+=|> \d+ × .*|[\w.]+ \d+\.\d+")
    assert {each for each in said if each not in PHRASES and not code.fullmatch(str(each))} == set()


def test_rules_say_whose_they_are() -> None:
    assert {clause.rule.partition(":")[0] for clause in CLAUSES.values()} == {"h5p", "bdhvs"}


def test_stored_and_deflated_are_one() -> None:
    files = building.package_files(LIBRARY, {})
    stored = inspect(io.BytesIO(raw_zip([Raw(name, data, STORED) for name, data in files.items()])))
    packed = inspect(io.BytesIO(building.zipped(files, method=zipfile.ZIP_DEFLATED)))
    assert stored.package is not None and packed.package is not None
    assert replace(stored.package, packed_bytes=0) == replace(packed.package, packed_bytes=0)
    assert stored.package.unpacked_bytes == sum(map(len, files.values()))
