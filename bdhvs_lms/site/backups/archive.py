"""The file: a zip of tables as lines of JSON and of uploads as they are, and a manifest with a digest of each.

It is written beside its name and gets it when it has been read again whole. The manifest comes last, so a file that
was cut off has none.
"""

from __future__ import annotations

import fcntl
import hashlib
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, Annotated, Any, cast

import msgspec

from bdhvs_lms.site.backups.kinds import row_type
from bdhvs_lms.site.backups.tables import Table, Unkept

__all__ = ["CHUNK", "FORMAT", "MANIFEST", "Archive", "Manifest", "StoredFile", "Writer", "digest_of", "written"]

FORMAT = 1
MANIFEST = "manifest.json"
UNFINISHED = ".unfinished"
CHUNK = 1024 * 1024
# Uploads are compressed already.
LEVEL = 6
# Bytes that are held in memory at once, whatever a file says: of the manifest (some million uploads), and of one row,
# which no form and no record store takes as large.
MOST_OF_A_MANIFEST = 512 * 1024 * 1024
# Digests of uploads cannot be made smaller: of a manifest that is longer than this a fortieth at least is there.
SMALL_MANIFEST, DENSITY = 1024 * 1024, 40
MOST_OF_A_ROW = 256 * 1024 * 1024


class StoredFile(msgspec.Struct):
    """An upload: where it lies, by the alias of its storage and its name there; digest and length of its bytes."""

    storage: str
    name: str
    sha256: str
    size: int

    @property
    def member(self) -> str:
        return f"files/{self.storage}/{self.name}"


class Manifest(msgspec.Struct):
    """What is in the file and where it comes from.

    `migrations`: app to the names of those applied. `keys`: fingerprints of the secret key and of those before it,
    never a key. `digests`: label of a table to the SHA-256 of its lines. `left_out`: tables that no app owns.
    """

    format: int
    made_at: Annotated[datetime, msgspec.Meta(tz=True)]
    versions: dict[str, str]
    engine: str
    migrations: dict[str, list[str]]
    keys: list[str]
    tables: list[Table]
    digests: dict[str, str]
    files: list[StoredFile]
    left_out: list[str]


class Writer:
    """Members of a file that is being written, one after the other."""

    def __init__(self, file: zipfile.ZipFile, at: datetime) -> None:
        self._zip, self._at = file, at
        self._encoder = msgspec.json.Encoder()

    def table(self, table: Table, rows: Iterable[list[Any]], step: Callable[[int], None]) -> tuple[int, str]:
        """(number of rows, digest). `step` is told every thousand rows how many came."""
        digest, number, waiting = hashlib.sha256(), 0, 0
        with self._member(f"tables/{table.label}.jsonl", zipfile.ZIP_DEFLATED) as member:
            piece = bytearray()
            for row in rows:
                piece += self._encoder.encode(row)
                piece += b"\n"
                number, waiting = number + 1, waiting + 1
                if waiting == 1000:
                    member.write(piece)
                    digest.update(piece)
                    step(waiting)
                    piece, waiting = bytearray(), 0
            member.write(piece)
            digest.update(piece)
            step(waiting)
        return number, digest.hexdigest()

    def stored(self, storage: str, name: str, source: Any) -> StoredFile:
        file = StoredFile(storage, name, "", 0)
        digest = hashlib.sha256()
        with self._member(file.member, zipfile.ZIP_STORED) as member:
            while piece := source.read(CHUNK):
                member.write(piece)
                digest.update(piece)
                file.size += len(piece)
        file.sha256 = digest.hexdigest()
        return file

    def manifest(self, manifest: Manifest, seal: Callable[[str], str]) -> None:
        """`seal`: of the manifest's digest. It is the zip's comment, which versions before pass over."""
        content = msgspec.json.format(self._encoder.encode(manifest), indent=1)
        with self._member(MANIFEST, zipfile.ZIP_DEFLATED) as member:
            member.write(content)
        self._zip.comment = seal(hashlib.sha256(content).hexdigest()).encode()

    def _member(self, name: str, kind: int) -> IO[bytes]:
        # A zip knows no other years, and the clock of a machine may stand anywhere.
        at = min(max(self._at.timetuple()[:6], (1980, 1, 1, 0, 0, 0)), (2107, 12, 31, 0, 0, 0))
        info = zipfile.ZipInfo(name, at)
        info.compress_type, info.external_attr = kind, 0o600 << 16
        if kind == zipfile.ZIP_DEFLATED:
            # Public from Python 3.13 on, and `open` has no argument for it.
            info._compresslevel = LEVEL  # type: ignore[attr-defined]
        return self._zip.open(info, "w", force_zip64=True)


@contextmanager
def written(target: Path, at: datetime, check: Callable[[Path], object]) -> Iterator[Writer]:
    """A file under this name, readable by its owner only, once the block has ended and `check` has found it good; else
    nothing. Raises Unkept when the name is taken or somebody else writes it, OSError."""
    if target.exists():
        raise Unkept(f"{target} is there already: give a name of its own.")
    unfinished = target.with_name(f"{target.name}{UNFINISHED}")
    _clear(target)
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unkept(f"Another process is writing {target}.") from None
        try:
            # What a killed process has left, if it had the same name.
            os.fchmod(descriptor, 0o600)
            file.truncate()
            with zipfile.ZipFile(file, "w", allowZip64=True) as opened:
                yield Writer(opened, at)
            file.flush()
            os.fsync(descriptor)
            check(unfinished)
            try:
                # Unlike `rename` it replaces nothing.
                os.link(unfinished, target)
            except FileExistsError:
                raise Unkept(f"{target} is there already: give a name of its own.") from None
            except OSError:
                os.rename(unfinished, target)  # a disk without links
            _sync(target.parent)
        finally:
            with suppress(FileNotFoundError):
                unfinished.unlink()


def _clear(target: Path) -> None:
    """Take away what killed processes have left of files of other names."""
    for left in target.parent.glob(f"*{target.suffix}{UNFINISHED}") if target.suffix else ():
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Archive:
    """A file that is there. Everything raises Unkept, in words, for one that is damaged or none of ours.

    `digest` of its manifest, and its `seal`, which is empty in a file of a version before and compared by others.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with _damage(path):
            self._zip = zipfile.ZipFile(path)
            # Others are unpacked in pieces of any length.
            if {one.compress_type for one in self._zip.infolist()} - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise Unkept(f"{path} is no backup of a site: it is packed in another way.")
            try:
                told = self._zip.getinfo(MANIFEST)
                if told.file_size > min(MOST_OF_A_MANIFEST, max(SMALL_MANIFEST, told.compress_size * DENSITY)):
                    raise Unkept(f"{path} is no backup of a site: its manifest is longer than any.")
                # Not more than it says, whatever it unpacks to.
                with self._zip.open(told) as member:
                    content = member.read(told.file_size)
            except KeyError:
                raise Unkept(f"{path} is no backup of a site: it has no manifest.") from None
            head = msgspec.json.decode(content, type=dict[str, Any])
            if head.get("format") != FORMAT:
                raise Unkept(
                    f"{path} has format {head.get('format')}, and this program reads format {FORMAT}: take the version "
                    f"that made it, {head.get('versions')}."
                )
            self.manifest = msgspec.json.decode(content, type=Manifest)
            self.digest, self.seal = hashlib.sha256(content).hexdigest(), self._zip.comment
            if len(self.seal) not in (0, len(self.digest)):
                raise Unkept(f"{path} is damaged: it was cut off within its seal.")

    def rows(self, table: Table) -> Iterator[tuple[Any, ...]]:
        """The table's rows; whoever reads to the end knows that they are what was written."""
        digest, number = hashlib.sha256(), 0
        with _damage(self.path), self._zip.open(f"tables/{table.label}.jsonl") as member:
            decoder = msgspec.json.Decoder(row_type(table.columns))
            for line in _lines(member):
                digest.update(line)
                number += 1
                try:
                    row = decoder.decode(line)
                except msgspec.DecodeError as error:
                    raise Unkept(f"{self.path}: row {number} of {table.label} cannot be read: {error}") from None
                yield row
        if (number, digest.hexdigest()) != (table.rows, self.manifest.digests.get(table.label)):
            raise Unkept(f"{self.path} is damaged: {table.label} is not what was written.")

    @contextmanager
    def stored(self, file: StoredFile) -> Iterator[_Member]:
        """What is wrong with the file is said of it; what is wrong where its content goes, of that."""
        with _damage(self.path):
            member = self._zip.open(file.member)
        with member:
            yield _Member(member, self.path)

    def check(self, step: Callable[[int], None]) -> None:
        """Read all of it. `step` is told of rows and files as they come."""
        names = [f"tables/{table.label}.jsonl" for table in self.manifest.tables]
        names += [file.member for file in self.manifest.files]
        if sorted([*names, MANIFEST]) != sorted(self._zip.namelist()):
            raise Unkept(f"{self.path} is damaged: what is in it is not what its manifest says.")
        for table in self.manifest.tables:
            for number, _ in enumerate(self.rows(table), start=1):
                if number % 1000 == 0:
                    step(1000)
            step(table.rows % 1000)
        for file in self.manifest.files:
            with self.stored(file) as member:
                if digest_of(member) != (file.sha256, file.size):
                    raise Unkept(f"{self.path} is damaged: {file.member} is not what was written.")
            step(1)

    def steps(self) -> int:
        """How many `check` tells."""
        return sum(table.rows for table in self.manifest.tables) + len(self.manifest.files)

    def close(self) -> None:
        self._zip.close()


class _Member:
    """An upload as a storage reads it: once, from its first byte on."""

    closed = False

    def __init__(self, member: IO[bytes], path: Path) -> None:
        self._member, self._path = member, path

    def read(self, size: int = -1) -> bytes:
        with _damage(self._path):
            return self._member.read(size)

    def seekable(self) -> bool:
        return False


def _lines(member: IO[bytes]) -> Iterator[bytes]:
    """In larger pieces than a zip looks for them by itself. Raises ValueError for one that is longer than any row."""
    buffered = BufferedReader(cast("RawIOBase", member), CHUNK)
    while line := buffered.readline(MOST_OF_A_ROW):
        if len(line) == MOST_OF_A_ROW:
            raise ValueError("a row is longer than any")
        yield line


def digest_of(file: Any) -> tuple[str, int]:
    """SHA-256 and length of what is left of an open file."""
    digest, size = hashlib.sha256(), 0
    while piece := file.read(CHUNK):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


# What zipfile and the libraries below it raise for bytes that are no zip, or one of a kind that no backup is:
# RuntimeError of one that is locked by a password.
DAMAGE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error, msgspec.MsgspecError,
    EOFError, LookupError, RuntimeError, OverflowError, ValueError,
)  # fmt: skip


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unkept(f"{path} cannot be read: {error.strerror or error}") from None
    except DAMAGE as error:
        raise Unkept(f"{path} is damaged, or no backup of a site: {error}") from None
