"""The bytes of attachments, kept once by their SHA-2 digest.

Who may read one is not decided here: a reader gets it only with a statement that names it and that it may read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from bdhvs_xapi.store import rows
from bdhvs_xapi.store.models import Blob


def put(blobs: Mapping[str, bytes], connection: BaseDatabaseWrapper) -> None:
    """Keeps ``blobs`` (digest in hexadecimal: content, which the caller has checked), in the caller's transaction."""
    found = sorted((sha2.lower(), content) for sha2, content in blobs.items())
    # One by one: attachments are large, and one INSERT would hold all of them twice.
    for each in found:
        rows.insert_rows(Blob, ("sha2", "content"), [each], connection, ignore_conflicts=True)


def get(sha2: str, *, using: str = "default") -> bytes | None:
    """The bytes with this digest, in whichever case."""
    content = Blob.objects.using(using).filter(sha2=sha2.lower()).values_list("content", flat=True).first()
    return None if content is None else bytes(content)


def known(sha2s: Collection[str], *, using: str = "default") -> set[str]:
    """Those of ``sha2s`` (lower case in the answer) whose bytes are here."""
    wanted = sorted({sha2.lower() for sha2 in sha2s})
    connection = connections[using]
    found: set[str] = set()
    for part in rows.chunks(wanted):
        sql = f"SELECT sha2 FROM {rows.table(Blob)} WHERE sha2 IN {rows.marks(len(part))}"  # noqa: S608
        found.update(row[0] for row in rows.select(sql, part, connection))
    return found
