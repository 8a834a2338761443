"""Uploads of a file as a version of a content: inspected, installed or parked, stored. Or refused, and nothing is kept.

Reading a package of 200 MB takes seconds: no transaction is open meanwhile. Files come first, rows last.
"""

from __future__ import annotations

import hashlib
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO, cast

from django.db import transaction

from bdhvs_h5p.conf import app_settings
from bdhvs_h5p.libraries import InstalledLibraries, authoring_only, install, installed_patch, loaded_bytes
from bdhvs_h5p.models import H5PContent, H5PVersion, WaitingPackage
from bdhvs_h5p.storage import keep, storage, take_away, take_away_below
from h5p_python_adapter import LibraryFacts, Limits, PackageFacts, Report, inspect, needed, opened, points_of, weigh

__all__ = ["Decided", "Parked", "Refused", "Stored", "approve", "limits", "receive", "refuse"]

_PIECE = 256 * 1024


@dataclass(frozen=True)
class Refused:
    """Refusal: nothing was kept. The report says why."""

    report: Report


@dataclass(frozen=True)
class Stored:
    version: H5PVersion
    installed: tuple[LibraryFacts, ...]
    """Libraries that came with it, new or newer."""


@dataclass(frozen=True)
class Parked:
    """An operator has to allow its libraries."""

    waiting: WaitingPackage


def limits() -> Limits:
    return Limits(packed_bytes=app_settings.MAX_UPLOAD)


def receive(
    source: BinaryIO,
    *,
    file_name: str,
    may_install: bool,
    at: datetime,
    content: H5PContent | None = None,
    title: str = "",
) -> Stored | Parked | Refused:
    """Take an uploaded file: for a new content (named `title`, or as the package says), or in place of an older file of
    `content`. The very file that is there already makes no other version.

    Whether they may add or change contents is the caller's to ask. `may_install`: they hold `install_libraries`.
    """
    report = inspect(source, limits=limits(), installed=installed_patch)
    facts = report.package
    if not report.ok or facts is None:
        return Refused(report)
    lacking = _lacking(facts)
    if lacking and not may_install:
        return Parked(_park(source, facts, lacking, file_name=file_name, at=at, content=content, title=title))
    return _store(source, report, facts, at=at, content=content, title=title)


def approve(waiting: WaitingPackage, *, at: datetime) -> Stored | Refused:
    """Install what the package brings and store it. It is inspected again: the site is another one meanwhile.

    Raises Decided, and FileNotFoundError when its file is gone.
    """
    with storage().open(waiting.path) as file:
        package = cast(BinaryIO, file.file)
        report = inspect(package, limits=limits(), installed=installed_patch)
        if not report.ok or report.package is None:
            return Refused(report)
        return _store(package, report, report.package, at=at, content=waiting.content, title="", approved=waiting)


class Decided(Exception):
    """Somebody else has approved or refused it meanwhile, or another file took its place."""


def refuse(waiting: WaitingPackage) -> None:
    """Delete the package; its content stays, with the file it had before or with none."""
    _forget(waiting)


def _forget(waiting: WaitingPackage) -> None:
    path = waiting.path
    with transaction.atomic():
        WaitingPackage.objects.filter(pk=waiting.pk).delete()
        transaction.on_commit(lambda: take_away(path))


def _lacking(facts: PackageFacts) -> list[tuple[LibraryFacts, LibraryFacts | None]]:
    """Return libraries that it brings and that would be installed, each with what is there now."""
    there = InstalledLibraries(one.id.machine_name for one in facts.libraries)
    pairs = [(one, there.library(one.id)) for one in facts.libraries if not authoring_only(one.id)]
    return [(one, now) for one, now in pairs if weigh(one, now).installs]


def _park(
    source: BinaryIO,
    facts: PackageFacts,
    lacking: Iterable[tuple[LibraryFacts, LibraryFacts | None]],
    *,
    file_name: str,
    at: datetime,
    content: H5PContent | None,
    title: str,
) -> WaitingPackage:
    waiting = WaitingPackage(
        file_name=_plain(file_name),
        packed_bytes=facts.packed_bytes,
        title=_plain(facts.title),
        uploaded_at=at,
        installs=[
            {
                "machine_name": one.id.machine_name,
                "major": one.id.major,
                "minor": one.id.minor,
                "patch": one.patch,
                "title": _plain(one.title),
                "bytes": sum(file.size for file in one.files.values()),
                "now": None if now is None else now.patch,
            }
            for one, now in lacking
        ],
    )
    source.seek(0)
    try:
        keep(waiting.path, source)
        with transaction.atomic():
            owner = _owner(content, title=title or facts.title, at=at)
            for before in WaitingPackage.objects.filter(content=owner):
                _forget(before)
            waiting.content = owner
            waiting.save()
    except BaseException:
        take_away(waiting.path)
        raise
    return waiting


def _store(
    source: BinaryIO,
    report: Report,
    facts: PackageFacts,
    *,
    at: datetime,
    content: H5PContent | None,
    title: str,
    approved: WaitingPackage | None = None,
) -> Stored:
    digest = _sha256(source)
    latest = content.versions.order_by("-number").first() if content is not None else None
    if latest is not None and latest.package_sha256 == digest and approved is None:
        return Stored(latest, ())
    key = uuid.uuid4()
    folder = H5PVersion(uuid=key).file_path()
    installed: list[LibraryFacts] = []
    files = {path: one for path, one in facts.content.items() if path != "content.json"}
    with opened(source, limits(), report=report) as package:
        for library, _now in _lacking(facts):
            if install(library, partial(package.library_files, library.id), at=at).installs:
                installed.append(library)
        there = InstalledLibraries(one.id.machine_name for one in facts.libraries)
        loaded = needed(facts.main, facts.params, there, named=facts.needed)
        js, css = loaded_bytes(loaded)
        try:
            for path, _facts, file in package.content_files():
                if path in files:
                    keep(folder + path, file)
            with transaction.atomic():
                owner = _owner(content, title=title or facts.title, at=at)
                waiting = list(WaitingPackage.objects.filter(content=owner))
                if approved is not None and approved not in waiting:
                    raise Decided(approved)
                # What was uploaded later takes its place.
                for one in waiting:
                    _forget(one)
                version = H5PVersion.objects.create(
                    uuid=key,
                    content=owner,
                    number=owner.versions.count() + 1,
                    title=_plain(facts.title),
                    language=_plain(facts.language)[:35] or "und",
                    main_name=facts.main.machine_name,
                    main_major=facts.main.major,
                    main_minor=facts.main.minor,
                    h5p=dict(facts.h5p),
                    params=facts.params,
                    files={path: {"size": one.size, "sha256": one.sha256} for path, one in files.items()},
                    libraries=[_named(one) for one in loaded],
                    max_score=points_of(facts.main, facts.params),
                    js_bytes=js,
                    css_bytes=css,
                    media_bytes=sum(one.size for one in files.values()),
                    packed_bytes=facts.packed_bytes,
                    package_sha256=digest,
                    created_at=at,
                )
        except BaseException:
            take_away_below(folder)
            raise
    return Stored(version, tuple(installed))


def _owner(content: H5PContent | None, *, title: str, at: datetime) -> H5PContent:
    """Return the content that the file belongs to, locked until the transaction ends; a new one without."""
    if content is None:
        return H5PContent.objects.create(title=_plain(title) or "H5P", created_at=at)
    return H5PContent.objects.select_for_update().get(pk=content.pk)


def _named(library: LibraryFacts) -> dict[str, Any]:
    return {
        "machine_name": library.id.machine_name,
        "major": library.id.major,
        "minor": library.id.minor,
        "patch": library.patch,
        "tree_hash": library.tree_hash,
    }


def _sha256(source: BinaryIO) -> str:
    source.seek(0)
    digest = hashlib.sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
    source.seek(0)
    return digest.hexdigest()


def _plain(text: str) -> str:
    """Return a name as it may stand in a list: no control characters or halves of characters, which no database
    takes."""
    kept = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") else sign for sign in str(text))
    return " ".join(kept.split())[:255]
