"""Speech, made once for each text and kept in the storage of uploads under a name that follows from what is said."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import local
from time import monotonic
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet, Sum
from django.utils import translation

from bdhvs_content.blocks import readings_of
from bdhvs_content.conf import app_settings
from bdhvs_content.models import LessonPage, Speech
from bdhvs_content.speech.words import words_of
from bdhvs_lms.plugins.api import SpeechEngine, SpeechFailed, speech_engines

log = logging.getLogger("bdhvs_content.speech")

FOLDER = "speech"
# Half an hour of a slow reader: whoever writes more in one block is not listened to.
MAX_CHARACTERS = 10_000
MAX_BYTES = 8 * 1024 * 1024
# While an editor waits, in any half minute of one thread: several pages may be published at once.
SECONDS_AT_ONCE, EACH = 3.0, 30.0

_later: ContextVar[bool] = ContextVar("bdhvs_content_speech_later", default=False)
_spent = local()


@dataclass(frozen=True)
class Words:
    """A text for a voice, and the key under which its speech is kept; no key if no engine speaks the language."""

    text: str
    language: str
    key: str = ""


@dataclass
class Made:
    """Result of making speech. `failed`: the reasons, each with its page."""

    made: int = 0
    left: int = 0
    failed: list[str] = field(default_factory=list)


def engine() -> SpeechEngine | None:
    """Return the engine whose voice reads; None: there is none."""
    key = app_settings.SPEECH_ENGINE
    return speech_engines.get(key) if key else None


def key_of(voice: SpeechEngine, language: str, text: str) -> str:
    whole = "\0".join((voice.key, voice.version, language, text))
    return hashlib.sha256(whole.encode()).hexdigest()


def words_in(page: Any) -> dict[int, Words]:
    """Return by place the blocks of a lesson that are to be read and that nobody has recorded."""
    language = page.locale.language_code
    voice = engine()
    recorded = readings_of(page.body)
    found = {}
    with translation.override(language):
        for place, child in enumerate(page.body):
            text = "" if place in recorded else words_of(child)
            if text:
                speaks = voice is not None and language in voice.languages and len(text) <= MAX_CHARACTERS
                found[place] = Words(text, language, key_of(voice, language, text) if voice and speaks else "")
    return found


def speak_lesson(page: Any, *, at: datetime, go_on: Callable[[], bool] = lambda: True) -> Made:
    """Make what this lesson lacks, each block in a transaction of its own; `go_on` is asked before each."""
    voice = engine()
    done = Made()
    if voice is None:
        return done
    wanted = {words.key: words for words in words_in(page).values() if words.key}
    there = set(Speech.objects.filter(key__in=wanted).values_list("key", flat=True))
    for key, words in wanted.items():
        if key in there:
            continue
        if not go_on():
            done.left += 1
            continue
        try:
            _keep(key, _spoken(voice, words), voice, at)
            done.made += 1
        except SpeechFailed as failed:
            done.failed.append(f"{page.title}: “{words.text[:60]}”: {failed}")
    return done


def _spoken(voice: SpeechEngine, words: Words) -> bytes:
    try:
        data = voice.speak(words.text, words.language)
    except SpeechFailed:
        raise
    except Exception as error:  # a stranger's: whatever it raises, the other blocks are spoken
        raise SpeechFailed(repr(error)) from error
    if not 0 < len(data) <= MAX_BYTES:
        raise SpeechFailed(f"{voice.key} gave {len(data)} bytes; 1 to {MAX_BYTES} are kept")
    return data


def _keep(key: str, data: bytes, voice: SpeechEngine, at: datetime) -> None:
    name = default_storage.save(f"{FOLDER}/{key}.mp3", ContentFile(data))
    try:
        with transaction.atomic():
            Speech.objects.create(key=key, file=name, bytes=len(data), engine=voice.key, made_at=at)
    except IntegrityError:
        # Somebody else was faster.
        default_storage.delete(name)


def lessons() -> QuerySet[LessonPage]:
    """Return the lessons that learners may meet."""
    return LessonPage.objects.live().select_related("locale").order_by("pk")


# --- When a page is published -----------------------------------------------------------------------------------------


@contextmanager
def speech_later() -> Iterator[None]:
    """Suspend speech for pages published meanwhile: the command `speak` makes it, or nobody."""
    before = _later.set(True)
    try:
        yield
    finally:
        _later.reset(before)


def after_publishing(page: LessonPage, *, at: datetime) -> None:
    """Make the speech of the page's new blocks when this transaction is written."""
    if not _later.get() and engine() is not None:
        transaction.on_commit(lambda: speak_at_once(page.pk, at=at), robust=True)


def speak_at_once(pk: int, *, at: datetime) -> None:
    """Make what speech of this lesson can be made while somebody waits; without an engine that is quick and works,
    none."""
    voice = engine()
    page = lessons().filter(pk=pk).first()
    if page is None or voice is None or not voice.quick or voice.problems():
        return
    began = monotonic()
    if began > getattr(_spent, "until", 0):
        _spent.until, _spent.seconds = began + EACH, 0.0
    end = began + SECONDS_AT_ONCE - _spent.seconds
    done = speak_lesson(page, at=at, go_on=lambda: monotonic() < end)
    _spent.seconds += monotonic() - began
    for why in done.failed:
        log.warning("Not spoken: %s", why)
    if done.left:
        log.info("%s: %s blocks are left to the command speak", page, done.left)


# --- What nobody needs any more ---------------------------------------------------------------------------------------


def clean(*, at: datetime) -> tuple[int, int]:
    """Remove what no live lesson needs, rows without their file, and day-old files without a row; return (files, bytes)
    removed."""
    last = Speech.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    needed = {words.key for page in lessons().iterator(chunk_size=50) for words in words_in(page).values()}
    files = size = 0
    for row in Speech.objects.filter(pk__lte=last).iterator(chunk_size=500):
        if row.key not in needed:
            row.delete()
            row.file.delete(save=False)
            files, size = files + 1, size + row.bytes
        elif not default_storage.exists(str(row.file)):
            row.delete()  # of a restored database, say: it is spoken again
    for name in _nameless(at - timedelta(days=1)):
        files, size = files + 1, size + default_storage.size(name)
        default_storage.delete(name)
    return files, size


def _nameless(before: datetime) -> Iterable[str]:
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    known = set(Speech.objects.values_list("file", flat=True))
    for name in sorted(f"{FOLDER}/{name}" for name in names):
        if name not in known and default_storage.get_modified_time(name) < before:
            yield name


def kept() -> tuple[int, int]:
    """Count the (files, bytes) of all speech that is kept."""
    found = Speech.objects.aggregate(files=Count("pk"), size=Sum("bytes"))
    return found["files"], found["size"] or 0
