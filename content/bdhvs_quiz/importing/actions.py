"""The import: a file is read and waits, an editor looks at it, and its questions come into the bank in one
transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Collection as Category
from wagtail.models import Locale
from wagtail.search.backends import get_search_backends

from bdhvs_content.api import TakenFile, unsaved_file
from bdhvs_lms.plugins.api import Finding, PlainMedia, Reading, UnreadableFile
from bdhvs_quiz.importing.categories import made_below
from bdhvs_quiz.importing.duplicates import Twin, twins
from bdhvs_quiz.importing.plain_json import question_from, to_json
from bdhvs_quiz.importing.planning import Plan, Planned, plan, row_of
from bdhvs_quiz.importing.reading import read_file
from bdhvs_quiz.importing.staging import FromStage, Stage, StagedFile, place_of, stage, with_media
from bdhvs_quiz.importing.tags import tag_key, tags_named
from bdhvs_quiz.importing.writing import note_files, pieces, write_questions
from bdhvs_quiz.models import ImportedFile, Question, QuestionImport, TaggedQuestion

KEPT_FOR = timedelta(days=1)
# Of files in one INSERT: they are in memory once more then.
FILES_AT_ONCE = 20


@dataclass(frozen=True)
class Wish:
    """A question that is to be written."""

    planned: Planned
    publish: bool
    """Where it is ready, and its pictures have their words."""


@dataclass(frozen=True)
class Written:
    questions: int
    published: int
    pictures: int = 0


class AlreadyImported(Exception):
    """The import was done before: somebody was faster, or pressed twice."""

    def __init__(self, written: int) -> None:
        super().__init__(written)
        self.written = written


# --- Between preview and import ------------------------------------------------------------------------------------


def begin_import(
    file: BinaryIO, name: str, *, category: Category, locale: Locale, by: Any, at: datetime, key: str = ""
) -> QuestionImport:
    """Read a file and keep what it holds until somebody imports it. Raises UnreadableFile."""
    read = read_file(file, name, language=locale.language_code, key=key)
    found = stage(read.reading, read.kind.key)
    if not found.reading.questions and not any(not finding.doubtful for finding in found.reading.findings):
        raise UnreadableFile(_("No question was found in the file."))
    with transaction.atomic():
        QuestionImport.objects.filter(created_at__lt=at - KEPT_FOR).delete()
        row = QuestionImport.objects.create(
            user=by,
            created_at=at,
            file_name=name[-255:],
            format_key=found.format_key,
            locale=locale,
            collection=category,
            reading=_reading_json(found.reading),
        )
        for part in pieces(found.files, FILES_AT_ONCE):
            ImportedFile.objects.bulk_create(_file_row(row, each) for each in part)
    return row


def _file_row(row: QuestionImport, each: StagedFile) -> ImportedFile:
    taken = each.taken
    return ImportedFile(
        question_import=row,
        place=each.place,
        kind=taken.kind,
        name=taken.name,
        content_type=taken.content_type,
        alt=each.alt,
        data=taken.data,
    )


def _reading_json(reading: Reading) -> dict[str, Any]:
    return {
        "questions": [to_json(question, place_of) for question in reading.questions],
        "findings": [
            {"place": each.place, "reason": str(each.reason), "doubtful": each.doubtful, "question": each.question}
            for each in reading.findings
        ],
        "notes": [str(note) for note in reading.notes],
    }


def waiting_reading(row: QuestionImport) -> Reading:
    """Build the reading of a waiting import, without loading the files themselves: one query for all their names."""
    media = {each.place: _media(row, each) for each in row.files.defer("data").order_by("place")}
    data: Mapping[str, Any] = row.reading
    return Reading(
        tuple(question_from(each, media.__getitem__) for each in data.get("questions", ())),
        tuple(Finding(**each) for each in data.get("findings", ())),
        tuple(data.get("notes", ())),
    )


def _media(row: QuestionImport, file: ImportedFile) -> PlainMedia:
    def load() -> bytes:
        return bytes(row.files.values_list("data", flat=True).get(place=file.place))

    return PlainMedia(file.name, file.content_type, FromStage(file.place, load), file.alt)


# --- The import ------------------------------------------------------------------------------------------------------


@dataclass
class _Stored:
    """Files that lie in the site's storage before anything points at them."""

    rows: dict[int, Any] = field(default_factory=dict)

    def forget(self) -> None:
        for row in self.rows.values():
            row.file.delete(save=False)

    def write(self) -> None:
        """Write their rows, which gives them the numbers that questions name them by."""
        for model in {type(row) for row in self.rows.values()}:
            same = [row for row in self.rows.values() if type(row) is model]
            model.objects.bulk_create(same)
            for backend in get_search_backends(with_auto_update=True):
                backend.add_bulk(model, same)


def write_wishes(
    wishes: Sequence[Wish],
    taken: Callable[[int], TakenFile],
    *,
    category: Category,
    locale: Locale,
    by: Any,
    at: datetime,
    alts: Mapping[int, str] | None = None,
    own_categories: bool = False,
    first: Callable[[], None] = lambda: None,
    then: Callable[[Sequence[Question]], None] = lambda _rows: None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Written:
    """Write all of these questions with their pictures and sounds, in one transaction, or nothing.

    Args:
        taken: a picture or sound by its place.
        alts: words for those that the file has none for, by place.
        own_categories: make those of the file below this one.
        first: called in the transaction before anything is written; may raise.
        then: called in the transaction with the questions, in their order.
        progress: told how many pictures, sounds and questions there are more.
    """
    words = dict(alts or {})
    wishes = [replace(wish, planned=_with_words(wish.planned, words)) for wish in wishes]
    described = {place_of(media): media.alt for wish in wishes for media in wish.planned.media}
    stored = _Stored()
    try:
        # What takes long is done before the transaction: pictures are measured and stored.
        for place, alt in described.items():
            stored.rows[place] = unsaved_file(taken(place), collection=category, by=by, description=alt)
            progress(1)
        with transaction.atomic():
            first()
            stored.write()
            paths = [wish.planned.plain.category for wish in wishes] if own_categories else []
            own = made_below(category, filter(None, paths))
            rows = [
                _row(
                    wish,
                    stored.rows,
                    category=own.get(wish.planned.plain.category, category),
                    locale=locale,
                    by=by,
                    at=at,
                )
                for wish in wishes
            ]
            tags = tags_named({name for wish in wishes for name in wish.planned.plain.tags})
            for row, wish in zip(rows, wishes, strict=True):
                named = dict.fromkeys(tags[tag_key(name)] for name in wish.planned.plain.tags if tag_key(name))
                row.tagged_items = [TaggedQuestion(tag=tag) for tag in named]
            write_questions(rows, by=by, at=at, progress=progress)
            note_files(row for row, wish in zip(rows, wishes, strict=True) if wish.planned.media)
            then(rows)
    except BaseException:
        stored.forget()
        raise
    return Written(len(rows), sum(row.live for row in rows), len(stored.rows))


def _with_words(planned: Planned, alts: Mapping[int, str]) -> Planned:
    def take(given: tuple[PlainMedia, ...]) -> tuple[PlainMedia, ...]:
        return tuple(media if media.alt else replace(media, alt=alts.get(place_of(media), "")) for media in given)

    return replace(planned, plain=with_media(planned.plain, take), media=take(planned.media))


def publishable(planned: Planned) -> bool:
    """Tell whether the question needs no further look, and all its pictures and sounds are described."""
    return not planned.doubtful and all(media.alt for media in planned.media)


def _row(wish: Wish, files: Mapping[int, Any], *, category: Category, locale: Locale, by: Any, at: datetime) -> Any:
    plain = wish.planned.plain
    row: Any = row_of(plain, wish.planned.kind, locale, lambda media: files[place_of(media)].pk, category.pk)
    row.author = by
    row.live = wish.publish and publishable(wish.planned)
    row.has_unpublished_changes = not row.live
    if row.live:
        row.first_published_at = row.last_published_at = at
    return row


class Appeared(Exception):
    """Some of the questions came into the bank since the preview; nothing was written. `twins`: the present ones."""

    def __init__(self, twins: dict[int, Twin]) -> None:
        super().__init__(twins)
        self.twins = twins


def finish_import(
    row: QuestionImport,
    taken: Sequence[Planned],
    *,
    known: Mapping[int, Twin],
    alts: Mapping[int, str],
    publish: Callable[[Planned], bool],
    by: Any,
    at: datetime,
    own_categories: bool = False,
    then: Callable[[Sequence[Question]], None] = lambda _rows: None,
) -> Written:
    """Import what was chosen of a file that waits. Once: who comes second gets AlreadyImported.

    Args:
        known: what the editor was told to be there already; where there is more now, Appeared is raised.
        alts: words for pictures and sounds that have none, by place.
        own_categories: make those of the file below the chosen one.
        then: called in the same transaction with the questions.
    """
    if row.done_at is not None:
        raise AlreadyImported(row.written or 0)
    category = row.collection
    if category is None:
        raise UnreadableFile(_("The category is no longer there. Choose the file again."))

    def first() -> None:
        # Who imports into this category meanwhile waits here, and looks at what is there then.
        Category.objects.select_for_update().get(pk=category.pk)
        locked = QuestionImport.objects.select_for_update().get(pk=row.pk)
        if locked.done_at is not None:
            raise AlreadyImported(locked.written or 0)
        now_there = twins(taken)
        if any(twin.pk is not None and index not in known for index, twin in now_there.items()):
            raise Appeared({**known, **now_there})
        locked.done_at, locked.written, locked.reading, locked.choices = at, len(taken), {}, {}
        locked.save()

    def load(place: int) -> TakenFile:
        file = row.files.get(place=place)
        return TakenFile(
            "picture" if file.kind == "picture" else "sound", file.name, file.content_type, bytes(file.data)
        )

    wishes = [Wish(each, publish(each)) for each in taken]
    written = write_wishes(
        wishes,
        load,
        category=category,
        locale=row.locale,
        by=by,
        at=at,
        alts=alts,
        own_categories=own_categories,
        first=first,
        then=then,
    )
    row.files.all().delete()
    return written


def look_at(file: BinaryIO, name: str, *, locale: Locale, key: str = "") -> tuple[Stage, Plan]:
    """Read a file and plan its import. Writes nothing. Raises UnreadableFile."""
    read = read_file(file, name, language=locale.language_code, key=key)
    found = stage(read.reading, read.kind.key)
    return found, plan(found.reading, locale)


def import_at_once(
    found: Stage,
    wishes: Sequence[Wish],
    *,
    category: Category,
    locale: Locale,
    at: datetime,
    own_categories: bool = False,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Written:
    """Import the wishes chosen from the result of `look_at`, without a preview; for the command."""
    return write_wishes(
        wishes,
        lambda place: found.files[place].taken,
        category=category,
        locale=locale,
        by=None,
        at=at,
        own_categories=own_categories,
        progress=progress,
    )
