"""The one importer: records from a file, what would happen with each, and nothing of it while one is wrong.

A kind of list subclasses `Importer`: its columns, what it looks up once (`prepare`), what a record means (`plan`) and
how what is new is written (`write`). A file is read and planned outside of any transaction: whoever writes meanwhile
waits for the writing alone, of all rows, or where a row costs much of a piece (`Importer.piece`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.db.models import Max, Model
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bdhvs_lms.base.days import day_of
from bdhvs_lms.base.importing import cells
from bdhvs_lms.base.permissions import require
from question_files.folding import fold
from question_files.office.tables import TableError, read_rows

T = TypeVar("T")

TRIES = 3
"""How often a file is planned anew because somebody else wrote meanwhile."""


@dataclass(frozen=True)
class Column:
    """A column by its headings, Vietnamese and English; the first is how it is called. They are compared folded."""

    key: str
    label: Any
    headings: tuple[str, ...]
    required: bool = True
    example: str = ""
    help: Any = ""
    english: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """Return the headings in the reader's language."""
        return self.english if (get_language() or "vi").startswith("en") and self.english else self.headings


@dataclass(frozen=True)
class Finding:
    """Something about a line that the operator has to know. An error stops the import of the whole file."""

    line: int
    column: str
    text: str
    error: bool = True
    key: str = ""
    """The column's key, for forms."""
    asks: bool = False
    """Nothing is imported before somebody has said that it is right."""

    def __str__(self) -> str:
        where = _("Line %(line)d") % {"line": self.line} if self.line else _("The file")
        return f"{where}, {self.column}: {self.text}" if self.column else f"{where}: {self.text}"


@dataclass(frozen=True)
class Planned:
    """The outcome of a line: a new row, the same as there is, or something more of what is on record (`changed`)."""

    line: int
    state: Literal["new", "changed", "same"]
    text: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Preview:
    """The effect that an import would have (or had, `applied`).

    `written`: rows that are written; without `applied` it stopped after them, and a finding says why. `resumed`: rows
    that the same act had written before it was cut off.
    """

    planned: list[Planned] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    applied: bool = False
    written: int = 0
    resumed: int = 0
    named: set[Any] = field(default_factory=set)
    """Of whom on record the findings say something: for the access log, by what it names them."""

    @property
    def new(self) -> list[Planned]:
        return [row for row in self.planned if row.state == "new"]

    @property
    def changed(self) -> list[Planned]:
        return [row for row in self.planned if row.state == "changed"]

    @property
    def to_write(self) -> list[Planned]:
        """Return what is written, in the order of the lines."""
        return [row for row in self.planned if row.state != "same"]

    @property
    def same(self) -> list[Planned]:
        return [row for row in self.planned if row.state == "same"]

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.error]

    @property
    def notes(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.error]

    @property
    def asks(self) -> bool:
        """Tell whether somebody has to say that it is right as it stands."""
        return any(finding.asks for finding in self.findings)

    @property
    def ok(self) -> bool:
        return not self.errors


@dataclass(frozen=True)
class Record:
    """A line below the headings: its cells by column key."""

    line: int
    values: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.values.get(key)


class Refused(Exception):
    """A record is wrong; the finding says why."""


class Importer:
    """One kind of list. An instance serves one file.

    options: what was chosen for the file as a whole; which there are, a kind says. act_id: of the page that sends it,
    the same until all is written.
    """

    key: ClassVar[str]
    label: ClassVar[Any]
    permission: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]
    piece: ClassVar[int | None] = None
    """Rows of one transaction; None: all. With it, `left` says what is still to be written."""
    rests_on: ClassVar[tuple[type[Model], ...]] = ()
    """Tables whose new rows may change what the lines come to; a kind without pieces names them."""

    def __init__(self, *, at: datetime, options: Mapping[str, Any] | None = None, act_id: UUID | None = None) -> None:
        self.at = at
        self.act_id = act_id
        self.options = options or {}
        self.today = day_of(at)
        self.preview = Preview()

    # What a kind says ------------------------------------------------------------------------------------------------

    def prepare(self, records: Sequence[Record]) -> None:
        """Look up, in a constant number of queries, what `plan` will need."""

    def plan(self, record: Record) -> Planned:
        """Return the outcome of a record; wrong ones go through `wrong`."""
        raise NotImplementedError

    def left(self, planned: list[Planned]) -> list[Planned]:
        """Return the planned rows that nobody has written since; inside the transaction of the piece. Raises Refused
        where a row cannot be written any more."""
        return planned

    def write(self, planned: list[Planned], *, by: Any) -> None:
        """Write what is new or changed, inside the transaction."""
        raise NotImplementedError

    def follow(self, *, by: Any) -> None:
        """Do what may come afterwards, in transactions of its own; called once what was written stands."""

    # For kinds to use ------------------------------------------------------------------------------------------------

    def wrong(self, record: Record, key: str, text: str) -> Refused:
        """Make the error for `raise self.wrong(record, "name", _("…"))`: the line's column and what is
        wrong with it."""
        self.preview.findings.append(Finding(record.line, self._named(key), text, key=key))
        return Refused(text)

    def note(self, record: Record, key: str, text: str) -> None:
        self.preview.findings.append(Finding(record.line, self._named(key), text, error=False, key=key))

    def ask(self, record: Record, key: str, text: str) -> None:
        """Note what is most likely a mistake, and may be none."""
        self.preview.findings.append(Finding(record.line, self._named(key), text, error=False, key=key, asks=True))

    def read(self, record: Record, key: str, reader: Callable[[Any], T]) -> T:
        try:
            return reader(record[key])
        except cells.CellError as error:
            raise self.wrong(record, key, str(error)) from error

    def needed(self, record: Record, key: str, reader: Callable[[Any], T | None]) -> T:
        found = self.read(record, key, reader)
        if found is None or found == "":
            raise self.wrong(record, key, _("This cell must not be empty."))
        return found

    def short(self, record: Record, key: str, longest: int) -> str:
        """Return the cell's text, never empty, at most so long."""
        found = self.needed(record, key, cells.text)
        if len(found) > longest:
            raise self.wrong(record, key, _("Use at most %(most)d characters.") % {"most": longest})
        return found

    def _named(self, key: str) -> str:
        return next((str(column.label) for column in self.columns if column.key == key), "")

    # The work --------------------------------------------------------------------------------------------------------

    def read_records(self, content: bytes) -> list[Record]:
        """Read the file's lines below its headings. Asks no database. Raises TableError."""
        return self._records(read_rows(content))

    def run(self, records: Sequence[Record]) -> Preview:
        """Plan; writes nothing."""
        self.prepare(records)
        for record in records:
            try:
                self.preview.planned.append(self.plan(record))
            except Refused:
                continue
        self.preview.findings.sort(key=lambda finding: finding.line)
        return self.preview

    def _records(self, rows: list[tuple[int, list[Any]]]) -> list[Record]:
        """Return the lines below the headings, which need not be the first line: officials' tables begin
        with a title."""
        for place, (_line, row) in enumerate(rows[:10]):
            places = self._headings(row)
            if {column.key for column in self.columns if column.required} <= set(places):
                return [
                    Record(line, {key: cell[at] if at < len(cell) else None for key, at in places.items()})
                    for line, cell in rows[place + 1 :]
                ]
        raise TableError(
            _("No header row was found. Required columns: %(columns)s.")
            % {"columns": ", ".join(str(column.label) for column in self.columns if column.required)}
        )

    def _headings(self, row: Iterable[Any]) -> dict[str, int]:
        known = {
            fold(name): column.key
            for column in self.columns
            for name in (column.key, *column.headings, *column.english)
        }
        places: dict[str, int] = {}
        for at, cell in enumerate(row):
            key = known.get(fold(cells.text(cell)).rstrip(" *:"))
            if key is not None:
                places.setdefault(key, at)
        return places


def _read(importer: Importer, content: bytes) -> list[Record] | None:
    """Read the file; None: it cannot be read, and the preview says why."""
    try:
        return importer.read_records(content)
    except TableError as error:
        importer.preview.findings.append(Finding(0, "", str(error)))
        return None


def preview_import(
    kind: type[Importer],
    content: bytes,
    *,
    at: datetime,
    options: Mapping[str, Any] | None = None,
    act_id: UUID | None = None,
) -> Preview:
    """Return what importing this file would do. Writes nothing."""
    importer = kind(at=at, options=options, act_id=act_id)
    records = _read(importer, content)
    return importer.preview if records is None else importer.run(records)


def apply_import(
    kind: type[Importer],
    content: bytes,
    *,
    at: datetime,
    by: Any,
    options: Mapping[str, Any] | None = None,
    sure: bool = False,
    act_id: UUID | None = None,
) -> Preview:
    """Import the file: with a single error nothing of it. Again writes nothing new.

    The file is read once, and planned anew, so that what happened since the preview is seen. A kind with pieces writes
    them one after the other and leaves room for others between: killed it is called again, with the same `act_id`
    (none: a new act each time). Any other writes all rows at once. Needs the kind's permission.

    `sure`: what the preview asks about (`Preview.asks`) has been seen and is right; else that file is not imported.

    Returns the preview; `applied` says whether all was written.
    """
    require(by, kind.permission)
    importer = kind(at=at, options=options, act_id=act_id)
    records = _read(importer, content)
    if records is None:
        return importer.preview
    for _turn in range(TRIES):
        importer = kind(at=at, options=options, act_id=act_id)
        before = _newest(kind)
        preview = importer.run(records)
        if not preview.ok or (preview.asks and not sure):
            return preview
        preview.applied = _write_in_pieces(importer, by=by) if kind.piece else _write_at_once(importer, before, by=by)
        if preview.applied:
            importer.follow(by=by)
        if preview.applied or kind.piece:
            return preview
    preview.findings.append(Finding(0, "", _("Somebody else is writing to this list just now. Try again.")))
    return preview


def _newest(kind: type[Importer]) -> list[Any]:
    return [model._default_manager.aggregate(pk=Max("pk"))["pk"] for model in kind.rests_on]


def _write_at_once(importer: Importer, before: list[Any], *, by: Any) -> bool:
    """Write all rows; False: somebody wrote since it was planned, and nothing was written."""
    rows = importer.preview.to_write
    with transaction.atomic():
        if _newest(type(importer)) != before:
            return False
        importer.write(rows, by=by)
    importer.preview.written = len(rows)
    return True


def _write_in_pieces(importer: Importer, *, by: Any) -> bool:
    """Write piece by piece; False: stopped, and a finding says where."""
    # Not before there are tables: whoever starts the site imports this part first.
    from bdhvs_xapi.api import Turns

    rows, size = importer.preview.to_write, importer.piece or 1
    turns = Turns(DEFAULT_DB_ALIAS)
    for start in range(0, len(rows), size):
        piece = rows[start : start + size]
        try:
            try:
                importer.preview.written += _write_piece(importer, piece, by=by)
            except (IntegrityError, ValidationError):
                # The same page, sent twice, writes at this very moment: what it wrote is there now.
                importer.preview.written += _write_piece(importer, piece, by=by)
        except Refused:
            return False
        turns.leave()
    return True


def _write_piece(importer: Importer, piece: list[Planned], *, by: Any) -> int:
    with transaction.atomic():
        left = importer.left(piece)
        importer.write(left, by=by)
    return len(left)
