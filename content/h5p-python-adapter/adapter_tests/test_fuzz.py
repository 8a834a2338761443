"""Whatever the bytes are, there is a report."""

from __future__ import annotations

import io
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter_tests import building
from adapter_tests.bad_packages import FOLDER, LIBRARY, valid
from adapter_tests.raw import Raw, raw_zip
from h5p_python_adapter import Report, inspect

VALID = valid(
    files={"content/a.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>', f"{FOLDER}/language/vi.json": b"{}"}
)
MANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

bytes_like_zip = st.lists(
    st.sampled_from([b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\7\x08", b"\0" * 8, b"\xff" * 8])
    | st.binary(max_size=40),
    max_size=40,
).map(b"".join)
names = st.text(st.sampled_from("ab./\\_: \0é"), max_size=12) | st.text(max_size=12)
values: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["1", "H5P.A", "../x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def reported(data: bytes) -> Report:
    report = inspect(io.BytesIO(data))
    assert report.ok == (not any(finding.severity == "error" for finding in report.findings))
    assert report.ok == (report.package is not None)
    json.dumps(report.to_json(), allow_nan=False).encode()
    return report


@MANY
@given(st.binary(max_size=400) | bytes_like_zip)
def test_any_bytes(data: bytes) -> None:
    assert not reported(data).ok


@MANY
@given(st.data())
def test_a_valid_package_with_some_bytes_changed(data: st.DataObject) -> None:
    changed = bytearray(VALID)
    for _ in range(data.draw(st.integers(1, 4))):
        # Headers and directory are where it matters: half of the changes go to the end.
        first = data.draw(st.sampled_from([0, len(VALID) * 2 // 3]))
        changed[data.draw(st.integers(first, len(VALID) - 1))] = data.draw(st.sampled_from([0, 1, 8, 0x7F, 0x80, 0xFF]))
    reported(bytes(changed))


@MANY
@given(st.integers(0, len(VALID)), st.integers(0, len(VALID)), st.binary(max_size=30))
def test_a_valid_package_with_a_part_exchanged(start: int, end: int, new: bytes) -> None:
    reported(VALID[: min(start, end)] + new + VALID[max(start, end) :])


@MANY
@given(
    st.lists(st.tuples(names, st.binary(max_size=20), st.sampled_from([0o100644, 0o120777, 0o40755, 0])), max_size=6)
)
def test_any_names(listed: list[tuple[str, bytes, int]]) -> None:
    entries = [Raw(name.encode("utf-8", "surrogatepass"), data, mode=mode) for name, data, mode in listed]
    assert not reported(raw_zip(entries)).ok


HEADER_NUMBERS = st.sampled_from([0, 1, 2, 8, 20, 0x7FFF, 0xFFFE, 0xFFFF])


@MANY
@given(
    st.dictionaries(st.sampled_from(["disk", "first_disk", "here", "count", "comment"]), HEADER_NUMBERS, max_size=3),
    st.dictionaries(st.sampled_from(["size", "offset"]), st.integers(0, 0xFFFFFFFF), max_size=2),
    st.none()
    | st.dictionaries(st.sampled_from(["size", "offset", "count", "locator"]), st.integers(0, 2**64 - 1), max_size=2),
)
def test_any_numbers_at_the_end(small: dict[str, int], large: dict[str, int], wide: dict[str, int] | None) -> None:
    listed = [Raw(name, data) for name, data in building.package_files(LIBRARY, {}).items()]
    reported(raw_zip(listed, end=small | large, zip64=wide))


@MANY
@given(
    st.sampled_from(["h5p.json", "content/content.json", f"{FOLDER}/library.json"]),
    st.text(max_size=40) | values.map(json.dumps),
)
def test_any_json(name: str, text: str) -> None:
    reported(valid(files={name: text.encode("utf-8", "surrogatepass")}))


PROPERTIES = st.sampled_from(
    ["title", "machineName", "majorVersion", "minorVersion", "patchVersion", "runnable", "coreApi", "preloadedJs"]
    + [
        "preloadedDependencies",
        "dynamicDependencies",
        "editorDependencies",
        "embedTypes",
        "license",
        "metadataSettings",
    ]
    + ["mainLibrary", "language", "authors", "changes", "dropLibraryCss", "preloadedCss", "w", "source"]
)
parts: Any = st.lists(
    st.dictionaries(
        st.sampled_from(["machineName", "majorVersion", "minorVersion", "path"]),
        st.sampled_from(["Bdhvs.Plain", "1", 1, 0, "scripts/main.js", "../a.js", None, True, 1.5, []]),
    ),
    max_size=3,
)


@MANY
@given(st.booleans(), st.dictionaries(PROPERTIES, values | parts, min_size=1, max_size=3))
def test_any_properties(of_the_library: bool, changes: dict[str, Any]) -> None:
    if of_the_library:
        reported(valid(files=building.library(LIBRARY, **changes)))
    else:
        reported(valid(h5p=changes))


@MANY
@given(
    st.lists(
        st.sampled_from(
            ["<svg>", "</svg>", "<script>", "<!DOCTYPE svg [", "<!ENTITY a 'b'>", "]>", "&a;", "<?x y?>", "<g on", "='"]
        )
        | st.text(max_size=5),
        max_size=8,
    ).map("".join)
)
def test_any_drawing(text: str) -> None:
    report = reported(valid(files={"content/a.svg": text.encode("utf-8", "surrogatepass")}))
    if report.ok:
        assert "<script" not in text


def test_cut_anywhere() -> None:
    assert [length for length in range(0, len(VALID), 7) if reported(VALID[:length]).ok] == []
