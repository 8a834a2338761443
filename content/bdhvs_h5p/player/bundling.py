"""The joined scripts and styles of this site, in its storage."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime

from bdhvs_h5p.player.addresses import libraries_prefix
from bdhvs_h5p.storage import files_below, keep, storage
from h5p_python_adapter import Joiner

__all__ = ["joiner"]

_FOLDER = "bundles"


class _Bundles:
    """`KeptFiles` in the storage."""

    def read(self, name: str, /) -> bytes | None:
        try:
            with storage().open(f"{_FOLDER}/{name}") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def has(self, name: str, /) -> bool:
        return storage().exists(f"{_FOLDER}/{name}")

    def write(self, name: str, data: bytes, /) -> None:
        keep(f"{_FOLDER}/{name}", io.BytesIO(data), size=len(data))

    def remove(self, name: str, /) -> None:
        storage().delete(f"{_FOLDER}/{name}")

    def names(self) -> Iterable[tuple[str, datetime]]:
        for path in files_below(_FOLDER):
            yield path.removeprefix(f"{_FOLDER}/"), storage().get_modified_time(path)


joiner = Joiner(_Bundles(), libraries_prefix)
