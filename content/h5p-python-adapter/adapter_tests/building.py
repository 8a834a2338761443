"""Packages for tests, made of the project's own test libraries (libraries/<Folder>/). Needs no Django.

``package()`` is a valid package; each argument changes one thing about it. ``raw.py`` writes archives that lie.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["LIBRARIES", "Files", "as_json", "h5p_json", "library", "needed_by", "package", "package_files", "zipped"]

LIBRARIES = Path(__file__).with_name("libraries")

Files = dict[str, bytes]
"""Path in the archive → bytes."""

QUESTION = "Bdhvs.TestQuestion 1.0"

# Params with which the test libraries play.
PARAMS: dict[str, Any] = {
    QUESTION: {"question": "Hai cộng hai bằng mấy?", "answers": [{"text": "Bốn", "correct": True}, {"text": "Năm"}]},
    "Bdhvs.TestContainer 1.0": {
        "items": [
            {"library": QUESTION, "subContentId": f"00000000-0000-4000-8000-00000000000{n}", "params": {
                "question": f"Câu {n}", "answers": [{"text": "Đúng", "correct": True}, {"text": "Sai"}],
            }}
            for n in (1, 2)
        ]
    },
}  # fmt: skip


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def parsed(name: str) -> tuple[str, int, int]:
    machine_name, version = name.rsplit(" ", 1)
    major, minor = version.split(".")
    return machine_name, int(major), int(minor)


def dependency(name: str) -> dict[str, Any]:
    """A library as h5p.json and library.json name it."""
    machine_name, major, minor = parsed(name)
    return {"machineName": machine_name, "majorVersion": major, "minorVersion": minor}


def folder(name: str) -> str:
    return name.replace(" ", "-")


def library(name: str = QUESTION, *, files: Mapping[str, bytes | None] | None = None, **changes: Any) -> Files:
    """The files of a library, its folder's name in front. Of libraries/ when it is there, else a made-up one.

    ``files``: further files by path below the folder, or None to take one away. ``changes``: what library.json says
    otherwise; a value of ``...`` takes the property away.
    """
    machine_name, major, minor = parsed(name)
    source = LIBRARIES / folder(name)
    if source.is_dir():
        found: Files = {
            path.relative_to(source).as_posix(): path.read_bytes()
            for path in sorted(source.rglob("*"))
            if path.is_file()
        }
    else:
        found = {
            "library.json": as_json(
                {
                    "title": f"{machine_name} of the tests",
                    "machineName": machine_name,
                    "majorVersion": major,
                    "minorVersion": minor,
                    "patchVersion": 0,
                    "runnable": 1,
                    "preloadedJs": [{"path": "scripts/main.js"}],
                    "preloadedCss": [{"path": "styles/main.css"}],
                }
            ),
            "semantics.json": b"[]",
            "scripts/main.js": f"H5P['{machine_name}'] = function () {{}};\n".encode(),
            "styles/main.css": f".{machine_name.replace('.', '-').lower()} {{ color: black; }}\n".encode(),
        }
    if changes:
        found["library.json"] = as_json(_changed(json.loads(found["library.json"]), changes))
    for path, data in (files or {}).items():
        if data is None:
            del found[path]
        else:
            found[path] = data
    return {f"{folder(name)}/{path}": data for path, data in found.items()}


def needed_by(names: Iterable[str]) -> list[str]:
    """The libraries and all that they need, those that are needed first."""
    ordered: list[str] = []
    waiting: list[str] = []

    def visit(name: str) -> None:
        if name in ordered or name in waiting:
            return
        waiting.append(name)
        facts = json.loads(library(name)[f"{folder(name)}/library.json"])
        for kind in ("preloadedDependencies", "dynamicDependencies", "editorDependencies"):
            for each in facts.get(kind, []):
                visit(f"{each['machineName']} {each['majorVersion']}.{each['minorVersion']}")
        ordered.append(name)

    for name in names:
        visit(name)
    return ordered


def h5p_json(main: str = QUESTION, *, libraries: Sequence[str] | None = None, **changes: Any) -> dict[str, Any]:
    """h5p.json of a package; ``changes`` as with `library`."""
    names = needed_by([main]) if libraries is None else list(libraries)
    facts = {
        "title": "Câu hỏi thử",
        "language": "vi",
        "mainLibrary": parsed(main)[0],
        "embedTypes": ["iframe"],
        "license": "U",
        "preloadedDependencies": [dependency(name) for name in dict.fromkeys([*names, main])],
    }
    return _changed(facts, changes)


def package_files(
    main: str = QUESTION,
    params: Any = None,
    *,
    uses: Sequence[str] = (),
    libraries: Sequence[str] | None = None,
    h5p: Mapping[str, Any] | None = None,
    files: Mapping[str, bytes | None] | None = None,
) -> Files:
    """As `package`, as a dict of files in the order in which they are written."""
    if params is None:
        params = PARAMS.get(main, {})
    named = needed_by([main, *uses, *_named_in(params)])
    brought = named if libraries is None else list(libraries)
    found: Files = {
        "h5p.json": as_json(h5p_json(main, libraries=named, **(h5p or {}))),
        "content/content.json": as_json(params),
    }
    for name in brought:
        found.update(library(name))
    for path, data in (files or {}).items():
        if data is None:
            del found[path]
        else:
            found[path] = data
    return found


def package(
    main: str = QUESTION,
    params: Any = None,
    *,
    uses: Sequence[str] = (),
    libraries: Sequence[str] | None = None,
    h5p: Mapping[str, Any] | None = None,
    files: Mapping[str, bytes | None] | None = None,
) -> bytes:
    """A valid package with everything that it needs: ``package("Bdhvs.TestContainer 1.0", {"items": […]})``.

    ``params``: content.json; what they name as "library" is brought too. ``uses``: further libraries to bring and name.
    ``libraries``: bring these and no other. ``h5p``: what h5p.json says otherwise (``...`` takes a property away).
    ``files``: further files by their path in the archive, or None to take one away. The same call gives the same bytes.
    """
    return zipped(package_files(main, params, uses=uses, libraries=libraries, h5p=h5p, files=files))


def zipped(files: Mapping[str, bytes] | Iterable[tuple[str, bytes]], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these files, in this order; pairs may name a path twice."""
    pairs = files.items() if isinstance(files, Mapping) else files
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for path, data in pairs:
            info = zipfile.ZipInfo(path, (2025, 1, 1, 0, 0, 0))
            info.compress_type = method
            info.external_attr = 0o644 << 16
            # zipfile warns of a path that is there already.
            archive.NameToInfo.pop(path, None)
            archive.writestr(info, data)
    return target.getvalue()


def _changed(facts: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**facts, **changes}
    return {name: value for name, value in merged.items() if value is not ...}


def _named_in(params: Any) -> list[str]:
    """Libraries that content names, however deep."""
    if isinstance(params, Mapping):
        own = [params["library"]] if isinstance(params.get("library"), str) and " " in params["library"] else []
        return own + [name for value in params.values() for name in _named_in(value)]
    if isinstance(params, list):
        return [name for value in params for name in _named_in(value)]
    return []
