"""Puts what is in a file into a database that is empty, and its uploads into their storages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from bdhvs_lms.management.progress import Bar, Steps
from bdhvs_lms.site.backups import unfinished
from bdhvs_lms.site.backups.archive import Archive, Manifest
from bdhvs_lms.site.backups.loading import load, others_tables, take_tables_away, what_is_there
from bdhvs_lms.site.backups.making import checked, fingerprints, seals, versions
from bdhvs_lms.site.backups.stored import conflicts, lacking_room, put_back, unknown_storages
from bdhvs_lms.site.backups.tables import Unkept

__all__ = ["finish", "fitting", "restore"]

Node = tuple[str, str]


def restore(path: Path, *, another_key: bool, another_version: bool, stderr: Any) -> Manifest:
    """Everything in the file, or Unkept, in words, before anything has changed. Killed half-way, the site says that it
    is half of the file, and the same call begins again.

    `another_key`: what was sealed or hashed under the file's key may be lost. `another_version`: of a version whose
    migrations are all known here, and migrated on from there.
    """
    archive = checked(path, stderr)
    try:
        manifest = archive.manifest
        if not another_key:
            _same_keys(manifest)
        _same_manifest(archive, stderr)
        targets = fitting(manifest, another_version=another_version)
        if _is_half_made(manifest, targets):
            take_tables_away(connection)
        unfinished.begin(connection, path.name)
        _migrate(targets)
        with Bar(total=sum(table.rows for table in manifest.tables), stream=stderr, label="tables") as bar:
            load(connection, manifest.tables, archive.rows, Steps(bar))
        _put_files_back(archive, stderr)
    finally:
        archive.close()
    # Nothing that was read before is true now.
    cache.clear()
    return manifest


def finish(*, compare: bool = False) -> None:
    """What follows from the tables and is not among them; then the site is whole. With `compare` it has to agree with
    its ledger before it is: what differs is printed, and SystemExit raised."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("wagtail_update_index", verbosity=0)
    if compare:
        call_command("rebuild", "--check")
    unfinished.end(connection)


def _same_keys(manifest: Manifest) -> None:
    here = set(fingerprints())
    if missing := [key for key in manifest.keys if key not in here]:
        which = "another secret key" if manifest.keys[0] in missing else "an older secret key that is not set here"
        raise Unkept(
            f"The file was made under {which} (fingerprint {missing[0]}). Set BDHVS_SECRET_KEY_FILE to the key of that "
            "site, and BDHVS_OLD_SECRET_KEY_FILE to the one before it if it had one. If the key is lost: with "
            "--another-key everything comes but what depends on it; afterwards everybody signs in again, PINs and "
            "cards, credentials of the record store and passwords of other record stores are made anew."
        )


def _same_manifest(archive: Archive, stderr: Any) -> None:
    """Raises Unkept for a manifest that somebody changed. Says so where that cannot be known."""
    if archive.seal.decode("latin-1") in seals(archive.digest):
        return
    if not archive.seal:
        why = "It has no seal, as files of earlier versions"
    elif archive.manifest.keys[:1] and archive.manifest.keys[0] not in fingerprints():
        why = "It was sealed under a key that is not set here"
    else:
        raise Unkept(
            f"{archive.path} was changed after it was made: its manifest is not what this site's key has sealed. Take "
            "another backup, and look for who could write where this one was kept."
        )
    stderr.write(f"{archive.path}: {why}. Whether somebody changed it since cannot be known.\n")


def fitting(manifest: Manifest, *, another_version: bool) -> list[Node]:
    """Migrations to be applied before the file's rows fit. Raises Unkept for a file that does not fit here."""
    loader = MigrationLoader(None)
    graph, there = loader.graph, {(app, name) for app, names in manifest.migrations.items() for name in names}
    # What one that took the place of several stands for is known too, though its file is gone.
    known = {*loader.disk_migrations, *(old for one in loader.disk_migrations.values() for old in one.replaces)}
    here = set(graph.nodes)
    made = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    if unknown := sorted(there - known):
        apps = sorted({app for app, _ in unknown} - {app for app, _ in known})
        what = f"The app {', '.join(apps)} is not installed here." if apps else f"Unknown here: {_listed(unknown)}."
        raise Unkept(f"The file does not fit what is installed. {what} It was made with {made}: install just that.")
    late = sorted(node for node in here - there if node[0] in manifest.migrations and not _replaces(graph, node, there))
    now = versions()
    if not another_version and (late or manifest.versions.get("bdhvs-lms") != now["bdhvs-lms"]):
        raise Unkept(
            f"The file was made with {made}; here is bdhvs-lms {now['bdhvs-lms']} with Django {now['django']} and "
            f"Wagtail {now['wagtail']}. Install those versions, restore, then upgrade. Or let --another-version "
            "restore it as it was and run the migrations that came since."
        )
    applied = {node for node in MigrationLoader(connection).applied_migrations if node in here}
    if late and (too_far := sorted(node for node in applied - there if node[0] in manifest.migrations)):
        raise Unkept(f"The database is ahead of the file by {_listed(too_far)}: take one without tables.")
    last = [node for node in there & here if not _children(graph, node) & there]
    others = [node for node in graph.leaf_nodes() if node[0] not in manifest.migrations]
    return sorted(last) + others


def _replaces(graph: Any, node: Node, there: set[Node]) -> bool:
    replaced = set(graph.nodes[node].replaces)
    return bool(replaced) and replaced <= there


def _children(graph: Any, node: Node) -> set[Node]:
    return {child.key for child in graph.node_map[node].children if child.key[0] == node[0]}


def _listed(nodes: list[Node]) -> str:
    names = [f"{app}.{name}" for app, name in nodes[:3]]
    return ", ".join(names) + (f" and {len(nodes) - 3} more" if len(nodes) > 3 else "")


def _is_half_made(manifest: Manifest, targets: list[Node]) -> bool:
    """Whether one before was killed among its migrations: a half of one may be there, which none goes on from. Raises
    Unkept for a database that is neither empty nor marked, and for what has no place here."""
    if unknown := unknown_storages(manifest.files):
        raise Unkept(f"The file has uploads of the storage {', '.join(sorted(unknown))}, which STORAGES does not name.")
    if lacking := lacking_room(manifest.files):
        raise Unkept(f"The disk lacks {lacking / 2**20:,.0f} MB of room for the uploads of the file.")
    under_way, found = unfinished.unfinished(connection) is not None, what_is_there(connection)
    if under_way and found:
        return False
    others = others_tables(connection)
    if found or others:
        site, something = f"a site here already ({', '.join(found[:5])} have rows)", ", ".join(others[:5])
        raise Unkept(
            f"There is {site if found else f'something else here ({something})'}: a file goes into an empty "
            "database only. Name another one in DATABASE_URL, and another folder in BDHVS_DATA_DIR."
        )
    if under_way:
        return bool(MigrationExecutor(connection).migration_plan(targets))
    for file in conflicts(manifest.files):
        raise Unkept(f"Another {file.name} lies in the storage {file.storage} already: name an empty folder.")
    return False


def _migrate(targets: list[Node]) -> None:
    connection.prepare_database()
    executor = MigrationExecutor(connection)
    # Not the command: what it sets up afterwards is in the file.
    executor.migrate(targets)


def _put_files_back(archive: Archive, stderr: Any) -> None:
    with Bar(total=len(archive.manifest.files), stream=stderr, label="files") as bar:
        for number, file in enumerate(archive.manifest.files, start=1):
            put_back(archive, file)
            bar.to(number)
