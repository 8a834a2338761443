"""A library's folder in a package, checked as H5P's validator checks it, and the facts about it."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping
from typing import Any, Protocol

from h5p_python_adapter.documents import Documents
from h5p_python_adapter.findings import Broken, Findings
from h5p_python_adapter.limits import Limits
from h5p_python_adapter.records import FileFacts, LibraryFacts, LibraryId
from h5p_python_adapter.rules import LANGUAGE_FILE, LIBRARY_FOLDER, LIBRARY_OPTIONAL, LIBRARY_REQUIRED, check

__all__ = ["Files", "check_folder", "dependencies", "tree_hash"]


class Files(Protocol):
    """Files of a folder, each unpacked at most once for the checks."""

    def paths(self) -> list[str]:
        """Return the allowed paths below the folder."""

    def document(self, path: str, most: int) -> bytes:
        """Return a file's bytes. Raises Broken when it is longer than ``most``, or not as the archive says."""

    def facts(self) -> dict[str, FileFacts]:
        """Return facts of all files that could be read, by path below the folder."""


def check_folder(
    folder: str, files: Files, limits: Limits, documents: Documents, findings: Findings
) -> LibraryFacts | LibraryId | None:
    """Return the library; only its id when something else about it is wrong; None when not even that can be said."""
    before = findings.errors
    if not LIBRARY_FOLDER.fullmatch(folder):
        findings.add("invalid-library-name", folder)
    paths = set(files.paths())
    data = _library_json(folder, files, paths, limits, documents, findings)
    _check_semantics(folder, files, paths, limits, documents, findings)
    _check_languages(folder, files, paths, limits, documents, findings)
    facts = files.facts()
    if data is None:
        return None
    good = check(data, LIBRARY_REQUIRED, LIBRARY_OPTIONAL, f"{folder}/library.json", findings, limits.core_api)
    if not {"machineName", "majorVersion", "minorVersion"} <= good:
        return None
    id = LibraryId(str(data["machineName"]), int(data["majorVersion"]), int(data["minorVersion"]))
    if "patchVersion" not in good:
        return id
    patch = int(data["patchVersion"])
    if folder not in (id.machine_name, id.folder, f"{id.folder}.{patch}"):
        findings.add("library-directory-name-mismatch", folder, wanted=id.folder)
    loaded = {}
    for kind in ("preloadedJs", "preloadedCss"):
        loaded[kind] = _loaded(data, kind, folder, facts, findings) if kind in good else ()
    if findings.errors > before:
        return id
    core = data.get("coreApi")
    return LibraryFacts(
        id,
        patch,
        str(data["title"]),
        runnable=data["runnable"] in (True, "1", 1),
        preloaded_js=loaded["preloadedJs"],
        preloaded_css=loaded["preloadedCss"],
        preloaded=dependencies(data, "preloadedDependencies"),
        dynamic=dependencies(data, "dynamicDependencies"),
        editor=dependencies(data, "editorDependencies"),
        core_api=(int(core["majorVersion"]), int(core["minorVersion"])) if core else None,
        metadata=data,
        files=facts,
        tree_hash=tree_hash(facts),
    )


def dependencies(data: Mapping[str, Any], kind: str) -> tuple[LibraryId, ...]:
    """Return the libraries of a valid property; each once, in the order in which they are named."""
    found = (
        LibraryId(str(each["machineName"]), int(each["majorVersion"]), int(each["minorVersion"]))
        for each in data.get(kind) or []
    )
    return tuple(dict.fromkeys(found))


def tree_hash(files: Mapping[str, FileFacts]) -> str:
    """Compute the SHA-256 of lines of a file's hash, a space and its path, in the order of paths."""
    lines = sorted(files.items())
    return hashlib.sha256("".join(f"{facts.sha256} {path}\n" for path, facts in lines).encode()).hexdigest()


def _library_json(
    folder: str, files: Files, paths: set[str], limits: Limits, documents: Documents, findings: Findings
) -> dict[str, Any] | None:
    name = f"{folder}/library.json"
    if "library.json" not in paths:
        findings.add("invalid-library-json-file", name, detail="there is none")
        return None
    try:
        data = documents.parsed(files.document("library.json", limits.facts_bytes), name, decides=True)
    except Broken as broken:
        findings.take(_named(broken, "invalid-library-json-file"))
        return None
    if not isinstance(data, dict):
        findings.add("invalid-library-json-file", name, detail="it is no object")
        return None
    return data


def _check_semantics(
    folder: str, files: Files, paths: set[str], limits: Limits, documents: Documents, findings: Findings
) -> None:
    """Check the source of editors' forms. A library without one is in order; one that is no JSON is not."""
    if "semantics.json" in paths:
        _check_json(
            f"{folder}/semantics.json",
            "semantics.json",
            "invalid-semantics-json-file",
            files,
            limits,
            documents,
            findings,
        )


def _check_languages(
    folder: str, files: Files, paths: set[str], limits: Limits, documents: Documents, findings: Findings
) -> None:
    for path in sorted(paths):
        head, _, name = path.partition("/")
        if head != "language":
            continue
        if not LANGUAGE_FILE.fullmatch(name):
            findings.add("invalid-language-file", f"{folder}/{path}", detail="its name says no language")
            continue
        _check_json(f"{folder}/{path}", path, "invalid-language-file", files, limits, documents, findings)


def _check_json(
    file: str, path: str, code: str, files: Files, limits: Limits, documents: Documents, findings: Findings
) -> None:
    try:
        if documents.parsed(files.document(path, limits.json_bytes), file, kept=False) is None:
            # json_decode() answers null to what is no JSON, so that "null" is taken for none, too.
            findings.add(code, file, detail="it is null")
    except Broken as broken:
        findings.take(_named(broken, code))


def _named(broken: Broken, code: str) -> Broken:
    """Give files of libraries that are no JSON the codes that H5P has for them."""
    if broken.code != "unable-to-parse-package":
        return broken
    return Broken(code, broken.file, **broken.params)


def _loaded(
    data: Mapping[str, Any], kind: str, folder: str, facts: Mapping[str, FileFacts], findings: Findings
) -> tuple[str, ...]:
    """Return paths of scripts or styles, as they are in the archive."""
    found = []
    for each in data.get(kind) or []:
        path = str(each["path"])
        # PHP looks for "folder/" + path, so a separator in front makes no difference there.
        plain = posixpath.normpath(path.replace("\\", "/").lstrip("/"))
        if plain.split("/")[0] == "..":
            findings.add("path-outside-library", f"{folder}/library.json", property=kind, path=path)
        elif plain not in facts:
            findings.add("library-missing-file", f"{folder}/library.json", property=kind, path=path)
        else:
            found.append(plain)
    return tuple(dict.fromkeys(found))
