"""Storage of the uploaded file between the preview and the editor's agreement: in the storage of uploads, a day at
most."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

# The ready site serves nothing of this folder; elsewhere its names can be guessed by nobody.
FOLDER = "word-drafts"
_SALT = "bdhvs_content.word_lessons"
KEPT = timedelta(days=1)


def keep(content: bytes, *, name: str, user: Any, parent: Any) -> str:
    """Store the file and return its key, valid only for this account and this page. `name`: the file's own."""
    kept = default_storage.save(f"{FOLDER}/{uuid4().hex}.docx", ContentFile(content))
    return signing.dumps([kept, name, user.pk, parent.pk], salt=_SALT, compress=True)


def kept(key: str, *, user: Any, parent: Any) -> tuple[str, bytes] | None:
    """Return (the file's own name, content); None: it is gone, or the key is not theirs."""
    found = _opened(key, user, parent)
    if found is None:
        return None
    try:
        with default_storage.open(found[0]) as file:
            return found[1], file.read()
    except OSError:
        return None


def forget(key: str, *, user: Any, parent: Any) -> None:
    found = _opened(key, user, parent)
    if found is not None:
        default_storage.delete(found[0])


def _opened(key: str, user: Any, parent: Any) -> tuple[str, str] | None:
    try:
        place, name, owner, page = signing.loads(key, salt=_SALT, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (str(place), str(name)) if (owner, page) == (user.pk, parent.pk) else None


def clean(*, at: datetime) -> None:
    """Remove files that nobody came back for."""
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except (FileNotFoundError, NotImplementedError):
        return
    for name in names:
        place = f"{FOLDER}/{name}"
        if default_storage.get_modified_time(place) < at - KEPT:
            default_storage.delete(place)
