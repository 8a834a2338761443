"""Statements into a folder, for a place without a line: somebody carries the stick to where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from bdhvs_xapi.api import Answer, Check, Destination, Outcome, Outgoing, Result, Transport, Trouble


class FolderTransport(Transport):
    """A file for each statement, named by its id, so that one written twice is there once."""

    key = "plugin_example.folder"
    label = _("Folder")

    @classmethod
    def faults(cls, destination: Destination) -> list[str]:
        return [] if destination.url.startswith("file:///") else ["the address of a folder begins with file:///"]

    @property
    def folder(self) -> Path:
        return Path(self.destination.url.removeprefix("file://"))

    def send(self, batch: Sequence[Outgoing]) -> Answer:
        results = [Result(Outcome.LATER)] * len(batch)
        try:
            for place, item in enumerate(batch):
                for sha2, blob in item.blobs.items():
                    self._write(sha2, blob.data)
                self._write(f"{item.statement_id}.json", item.body)
                results[place] = Result(Outcome.DELIVERED)
        except OSError as error:
            return Answer(results, Trouble(str(error)))
        return Answer(results)

    def check(self) -> Check:
        try:
            self._write("check", b"")
            (self.folder / "check").unlink()
        except OSError as error:
            return Check(False, reason=str(error))
        return Check(True, True)

    def _write(self, name: str, data: bytes) -> None:
        part = self.folder / f"{name}.part"
        part.write_bytes(data)
        # A stick that is pulled out meanwhile holds whole files only.
        part.replace(self.folder / name)
