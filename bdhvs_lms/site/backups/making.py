"""Makes a file of a site, from one moment of its database."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils.crypto import salted_hmac

from bdhvs_lms.management.progress import Bar, Steps
from bdhvs_lms.site.backups import archive
from bdhvs_lms.site.backups.archive import Archive, Manifest, StoredFile, Writer
from bdhvs_lms.site.backups.stored import every_file, folder_of_uploads
from bdhvs_lms.site.backups.tables import (
    Unkept,
    count,
    counter_of,
    kept_models,
    read_rows,
    snapshot,
    strangers,
    table_of,
)
from bdhvs_lms.site.backups.unfinished import MARK, unfinished

__all__ = ["checked", "fingerprints", "make", "make_within", "seals", "versions"]

SALT = "bdhvs_lms.site.backups"
# What decides whether a file fits: ours first.
DISTRIBUTIONS = ("bdhvs-lms", "django", "wagtail")


def versions() -> dict[str, str]:
    found = {name: importlib.metadata.version(name) for name in DISTRIBUTIONS}
    return {**found, "python": platform.python_version()}


def fingerprints() -> list[str]:
    """Of the secret key, then of those before it. Raises Unkept without a key: what is sealed or hashed under it would
    be lost with it, and nobody would know."""
    return [digest[:32] for digest in _under_each_key("fingerprint", "")]


def seals(digest: str) -> list[str]:
    """What a manifest of this digest is sealed with under the secret key, then under those before it."""
    return list(_under_each_key("seal", digest))


def _under_each_key(purpose: str, text: str) -> Iterator[str]:
    try:
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    except ImproperlyConfigured:
        raise Unkept("No secret key: set BDHVS_SECRET_KEY_FILE (or BDHVS_SECRET_KEY) as for the site itself.") from None
    for key in keys:
        yield salted_hmac(SALT, f"{purpose}{text}", secret=key, algorithm="sha256").hexdigest()


def _seal(digest: str) -> str:
    return seals(digest)[0]


def make(target: Path, *, at: datetime, stderr: Any) -> Manifest:
    """The file under this name, read again whole, while the site goes on. Raises Unkept, in words, and OSError."""
    if (folder := folder_of_uploads(target)) is not None:
        raise Unkept(f"{target} lies among the uploads of {folder}, which the file would hold: give another folder.")
    with _ready():
        # Files first and what came meanwhile last: of what the rows name nothing is missing.
        with _checked_file(target, at, stderr) as writer:
            kept = _files(writer, [], stderr)
            with snapshot(connection):
                manifest = _tables(writer, at, stderr)
            manifest.files = _files(writer, kept, stderr)
            writer.manifest(manifest, _seal)
        return manifest


def make_within(target: Path, *, at: datetime, stderr: Any) -> Manifest:
    """The same of the tables alone, within a `snapshot` of the caller's."""
    with _ready(), _checked_file(target, at, stderr) as writer:
        manifest = _tables(writer, at, stderr)
        writer.manifest(manifest, _seal)
    return manifest


@contextmanager
def _ready() -> Iterator[None]:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unkept(
            "The database lacks migrations of what is installed: make the file with the version that the site ran, or "
            "run `bdhvs migrate` first."
        )
    if file := unfinished(connection):
        raise Unkept(f"This site is half of {file}: run `bdhvs restore` with that file again.")
    yield


def _checked_file(target: Path, at: datetime, stderr: Any) -> Any:
    return archive.written(target, at, lambda path: checked(path, stderr))


def checked(path: Path, stderr: Any) -> Archive:
    """The file, read whole. Raises Unkept when it is damaged."""
    found = Archive(path)
    with Bar(total=found.steps(), stream=stderr, label="verify") as bar:
        found.check(Steps(bar))
    return found


def _tables(writer: Writer, at: datetime, stderr: Any) -> Manifest:
    models = [(model, table_of(model)) for model in kept_models()]
    for _, table in models:
        table.rows = count(connection, table.name)
        table.counter = counter_of(connection, table)
    digests = {}
    with Bar(total=sum(table.rows for _, table in models), stream=stderr, label="tables") as bar:
        step = Steps(bar)
        for model, table in models:
            number, digests[table.label] = writer.table(table, read_rows(connection, model), step)
            if number != table.rows:
                raise Unkept(f"{table.label}: {number} rows were read, and {table.rows} are counted.")
    migrations: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        if app != MARK:
            migrations.setdefault(app, []).append(name)
    return Manifest(
        format=archive.FORMAT,
        made_at=at,
        versions=versions(),
        engine=connection.vendor,
        migrations=migrations,
        keys=fingerprints(),
        tables=[table for _, table in models],
        digests=digests,
        files=[],
        left_out=strangers(connection),
    )


def _files(writer: Writer, kept: list[StoredFile], stderr: Any) -> list[StoredFile]:
    """`kept`, and what is not among them."""
    known = {(file.storage, file.name) for file in kept}
    found = [file for file in every_file() if file not in known]
    files = list(kept)
    with Bar(total=len(found), stream=stderr, label="files") as bar:
        for number, (alias, name) in enumerate(found, start=1):
            try:
                with storages[alias].open(name, "rb") as source:
                    files.append(writer.stored(alias, name, source))
            except FileNotFoundError:
                continue  # deleted since it was listed
            bar.to(number)
    return files
