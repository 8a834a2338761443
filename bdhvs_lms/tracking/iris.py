"""IRIs of what statements speak of. Base and homePage are made once, kept in the database, and never follow the host
name: statements outlive addresses. `tests` and first set-ups may give the base by setting BDHVS_IRI_BASE."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.models import IriBase
from bdhvs_lms.tracking.vocabulary import COINED_FIRST, COINED_LATER, EXTENSION_EVIDENCE, PROFILE_VERSION
from bdhvs_xapi import api as xapi

# Of the key of our ids: as long as the digest that it goes into.
KEY_BYTES = 32


def ensure_base(*, at: datetime) -> IriBase:
    """Return the one row, made at the first set-up. Later settings are ignored (a check warns)."""
    public = app_settings.PUBLIC_URL
    # What was set up on http (somebody's own machine) would later share its IRIs with every other such machine.
    wanted = app_settings.IRI_BASE or (public if public.startswith("https://") else "")
    # .invalid is reserved (RFC 2606): an IRI that names no place can never come to name somebody else's.
    root = (wanted or f"https://{uuid.uuid4().hex[:12]}.bdhvs.invalid").rstrip("/")
    row, _ = IriBase.objects.get_or_create(
        pk=1,
        defaults={
            "base": f"{root}/xapi",
            "home_page": f"{root}/",
            "created_at": at,
            "id_key": secrets.token_hex(KEY_BYTES),
        },
    )
    if not row.id_key:
        # Set up before ids had a key: what is recorded keeps its id, whatever comes gets one that nobody can guess.
        IriBase.objects.filter(pk=1, id_key="").update(id_key=secrets.token_hex(KEY_BYTES), unkeyed_until=at)
        row.refresh_from_db()
    return row


@cache
def _base() -> IriBase:
    try:
        return IriBase.objects.get(pk=1)
    except IriBase.DoesNotExist:
        raise RuntimeError("No IRI base in the database: run `migrate`, which makes it once.") from None


def forget() -> None:
    """Drop the process's copy: after a migrate, and between tests."""
    _base.cache_clear()


def home_page() -> str:
    return _base().home_page


def id_key() -> bytes:
    """Return the key of our statements' ids. It leaves the database for nothing but computing them."""
    key = bytes.fromhex(_base().id_key)
    if len(key) != KEY_BYTES:
        raise RuntimeError("No key of statement ids in the database: run `migrate`, which makes it once.")
    return key


def unkeyed_until() -> datetime | None:
    """Return the moment before which our statements were stored with ids without the key; None: there are none."""
    return _base().unkeyed_until


def profile_overall_iri() -> str:
    """Return the IRI of the profile, whatever its version."""
    return f"{_base().base}/profiles/bdhvs"


def profile_iri(version: str = PROFILE_VERSION) -> str:
    """Return the IRI of a version of the profile: what statements name as their category."""
    return f"{profile_overall_iri()}/{version}"


def extension_iri(name: str) -> str:
    return f"{profile_iri(COINED_LATER.get(name, COINED_FIRST))}/extensions/{name}"


def class_type() -> str:
    """Return our own term: ADL's vocabulary has no type for a group of people who take a course together."""
    return f"{profile_iri(COINED_FIRST)}/activity-types/class"


def activity_iri(key: uuid.UUID) -> str:
    return f"{_base().base}/activities/{key}"


def part_iri(activity: uuid.UUID, part: uuid.UUID) -> str:
    """Return the IRI of a part of an activity that no other activity has: what its browser's program speaks of. Never
    an activity by itself (`activity_key` finds none in it), so that a part's score is nobody's result."""
    return f"{activity_iri(activity)}/parts/{part}"


def question_iri(key: uuid.UUID) -> str:
    return f"{_base().base}/questions/{key}"


def course_iri(key: uuid.UUID) -> str:
    return f"{_base().base}/courses/{key}"


def class_iri(key: uuid.UUID) -> str:
    return f"{_base().base}/classes/{key}"


def session_iri(key: uuid.UUID) -> str:
    return f"{_base().base}/sessions/{key}"


def competency_prefix() -> str:
    return f"{_base().base}/competencies/"


def competency_iri(framework_key: str, code: str, level: int) -> str:
    return f"{competency_prefix()}{quote(framework_key, safe='')}/{quote(code, safe='')}/levels/{level}"


def _uuid_after(prefix: str, iri: str | None) -> uuid.UUID | None:
    if not iri or not iri.startswith(prefix):
        return None
    text = iri[len(prefix) :]
    try:
        found = uuid.UUID(text)
    except ValueError:
        return None
    # Only the one spelling that we make: the ledger finds statements by it.
    return found if str(found) == text else None


def activity_key(iri: str | None) -> uuid.UUID | None:
    """Return the activity that an object IRI names, or None: it names something else, or somebody else's."""
    return _uuid_after(f"{_base().base}/activities/", iri)


def course_key(iri: str | None) -> uuid.UUID | None:
    return _uuid_after(f"{_base().base}/courses/", iri)


def session_key(iri: str | None) -> uuid.UUID | None:
    return _uuid_after(f"{_base().base}/sessions/", iri)


def actor_uuid(actor_key: str) -> uuid.UUID | None:
    """Return our learner's UUID for the ledger's key of an actor; None for an actor of another homePage."""
    return _uuid_after(f"account:{home_page()}|", actor_key)


def actor_key(learner: Learner) -> str:
    """Return the ledger's key of our learner."""
    return xapi.account_key(home_page(), str(learner.actor))


def context_extension(fact: xapi.Fact, name: str) -> Any:
    """Return the value of this extension of our profile in a statement's context; None: nothing. It may be of any type:
    other systems may say it too."""
    found = fact.statement.get("context", {}).get("extensions")
    return found.get(extension_iri(name)) if isinstance(found, dict) else None


def named_evidence(fact: xapi.Fact) -> list[uuid.UUID]:
    """Return the ids of the statements that a decider's statement names; empty for any other statement."""
    found = context_extension(fact, EXTENSION_EVIDENCE)
    return [uuid.UUID(str(item)) for item in found] if isinstance(found, list) else []
