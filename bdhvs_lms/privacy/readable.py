"""A copy of everything that is kept of a person, in words to read: the same rows as the JSON of `export`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpResponse, JsonResponse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import has_marks, language_name
from bdhvs_lms.courses.api import Course, activities
from bdhvs_lms.plugins.api import personal_data
from bdhvs_lms.privacy.titles import TITLES
from bdhvs_lms.tracking.api import trust_word

# Of keys that name nothing to a reader by themselves.
WORDS = {
    "actor": gettext_lazy("identifier"),
    "answer": gettext_lazy("answer"),
    "answered_at": gettext_lazy("answered"),
    "answers": gettext_lazy("answers"),
    "act": pgettext_lazy("copy of data", "number of the document"),
    "area": gettext_lazy("area"),
    "asked_at": gettext_lazy("asked"),
    "proposed_at": gettext_lazy("proposed"),
    "refusal": gettext_lazy("reason"),
    "refused_at": pgettext_lazy("copy of data", "refused"),
    "at": gettext_lazy("time"),
    "attempt": gettext_lazy("attempt"),
    "basis": gettext_lazy("basis"),
    "began_at": gettext_lazy("since"),
    "birth_year": gettext_lazy("year of birth"),
    "by_weak_sign_in": gettext_lazy("asked after signing in by pictures or a card"),
    "by_representative": gettext_lazy("by a parent or guardian"),
    "class_group": gettext_lazy("class"),
    "competency": gettext_lazy("competency"),
    "course": gettext_lazy("course"),
    "confirmed_at": gettext_lazy("confirmed by the person"),
    "date_joined": gettext_lazy("opened"),
    "detail": gettext_lazy("class"),
    "device": gettext_lazy("device"),
    "due": gettext_lazy("to be answered by"),
    "email": gettext_lazy("e-mail"),
    "enrolled_at": gettext_lazy("enrolled"),
    "expire_date": gettext_lazy("until"),
    "first_name": gettext_lazy("given name"),
    "found": gettext_lazy("found on record by name and year"),
    "full_name": gettext_lazy("full name"),
    "given": gettext_lazy("agreed"),
    "grade": gettext_lazy("grade"),
    "group": gettext_lazy("group"),
    "is_active": gettext_lazy("in use"),
    "brought": gettext_lazy("an account that was there before"),
    "issuer": gettext_lazy("issued by"),
    "kept_at": gettext_lazy("where the paper is kept"),
    "kept": pgettext_lazy("copy of data", "what the provider said"),
    "kind": gettext_lazy("kind"),
    "known": gettext_lazy("on a device where they had signed in before"),
    "language": pgettext_lazy("copy of data", "language"),
    "last": gettext_lazy("last used"),
    "last_login": gettext_lazy("last sign-in"),
    "last_name": gettext_lazy("family name"),
    "level": gettext_lazy("level"),
    "name": pgettext_lazy("copy of data", "name"),
    "number": gettext_lazy("number"),
    "of": gettext_lazy("out of"),
    "opened_at": gettext_lazy("begun"),
    "organisation": gettext_lazy("organisation"),
    "outcome": gettext_lazy("outcome"),
    "page": gettext_lazy("page"),
    "paper": gettext_lazy("on paper"),
    "passed": gettext_lazy("passed"),
    "phone": gettext_lazy("phone"),
    "points": gettext_lazy("points"),
    "present": gettext_lazy("present"),
    "provider": pgettext_lazy("copy of data", "identity provider"),
    "purpose": gettext_lazy("purpose"),
    "question": gettext_lazy("question"),
    "quiz": gettext_lazy("quiz"),
    "received_at": gettext_lazy("received"),
    "recorded_at": gettext_lazy("written down"),
    "registered_at": gettext_lazy("registered"),
    "relation": gettext_lazy("relation"),
    "search_name": gettext_lazy("name for searching"),
    "seen_at": gettext_lazy("last used"),
    "shared": gettext_lazy("shared device"),
    "signed_on": gettext_lazy("signed on"),
    "since": gettext_lazy("since"),
    "status": gettext_lazy("status"),
    "subject": gettext_lazy("known as"),
    "submitted_at": gettext_lazy("handed in"),
    "text": gettext_lazy("text"),
    "text_version": gettext_lazy("version of the text"),
    "user_label": gettext_lazy("who"),
    "username": gettext_lazy("username"),
    "valid_from": gettext_lazy("from"),
    "valid_to": gettext_lazy("until"),
    "what": gettext_lazy("what"),
    "words": gettext_lazy("in own words"),
    "activity_key": gettext_lazy("activity"),
    "best_max": gettext_lazy("out of"),
    "best_raw": gettext_lazy("most points"),
    "completed_at": gettext_lazy("done"),
    "completed_trust": gettext_lazy("trust of that"),
    "course_key": gettext_lazy("course"),
    "experienced_at": gettext_lazy("read"),
    "counts": gettext_lazy("points that count"),
    "failed_at": gettext_lazy("not passed"),
    "grade_at": gettext_lazy("time of the points that count"),
    "grade_from": gettext_lazy("which attempts count"),
    "grade_max": gettext_lazy("out of"),
    "grade_of": gettext_lazy("of how many attempts"),
    "grade_raw": gettext_lazy("points that count"),
    "last_at": gettext_lazy("last time"),
    "marked_at": gettext_lazy("written down"),
    "occurred_at": gettext_lazy("time"),
    "passed_at": pgettext_lazy("copy of data", "passed"),
    "reason": gettext_lazy("reason"),
    "revoked_at": pgettext_lazy("copy of data", "revoked"),
    "step": gettext_lazy("step"),
    "success": gettext_lazy("passed"),
    "trust": gettext_lazy("trust"),
    "withdrawn": gettext_lazy("taken back"),
    "written_at": gettext_lazy("written down"),
    "activity": pgettext_lazy("copy of data", "activity"),
    "month": pgettext_lazy("copy of data", "month"),
    "made_at": pgettext_lazy("copy of data", "made"),
    "changed_at": pgettext_lazy("copy of data", "changed"),
    "reading": gettext_lazy("reading"),
    "as_of": pgettext_lazy("copy of data", "as of"),
    "attained_at": pgettext_lazy("copy of data", "attained"),
    "attended_at": pgettext_lazy("copy of data", "attended"),
    "begun_at": pgettext_lazy("copy of data", "begun"),
    "day_from": pgettext_lazy("copy of data", "counted from"),
    "day_to": pgettext_lazy("copy of data", "counted until (not that day)"),
    "assigned": pgettext_lazy("copy of data", "place known"),
    "code": pgettext_lazy("copy of data", "code"),
    "content": pgettext_lazy("copy of data", "content"),
    "created_at": pgettext_lazy("copy of data", "written down"),
    "done": pgettext_lazy("copy of data", "done"),
    "effective_from": pgettext_lazy("copy of data", "in force from"),
    "entered_at": pgettext_lazy("copy of data", "entered"),
    "facts": pgettext_lazy("copy of data", "facts"),
    "from": pgettext_lazy("copy of data", "sent by"),
    "given_at": pgettext_lazy("copy of data", "allowed"),
    "percent": gettext_lazy("percent"),
    "file": gettext_lazy("file"),
    "grading": pgettext_lazy("copy of data", "grading"),
    "illustrative": pgettext_lazy("copy of data", "illustrative"),
    "indicator": pgettext_lazy("copy of data", "indicator"),
    "leader": pgettext_lazy("copy of data", "leads the team"),
    "not_done": pgettext_lazy("copy of data", "not done"),
    "numerator": pgettext_lazy("copy of data", "number"),
    "observation": pgettext_lazy("copy of data", "observation"),
    "owner": pgettext_lazy("copy of data", "in charge of the class"),
    "part": pgettext_lazy("copy of data", "part"),
    "presence": pgettext_lazy("copy of data", "presence only"),
    "rule": pgettext_lazy("copy of data", "rule"),
    "source": pgettext_lazy("copy of data", "source"),
    "starts": pgettext_lazy("copy of data", "first day"),
    "state": pgettext_lazy("copy of data", "state"),
    "task": pgettext_lazy("copy of data", "practical task"),
    "team": pgettext_lazy("copy of data", "team"),
    "test_on": pgettext_lazy("copy of data", "day of the test"),
    "to": pgettext_lazy("copy of data", "changed to"),
    "type": pgettext_lazy("copy of data", "kind"),
    "undone": pgettext_lazy("copy of data", "parted again"),
    "updated": pgettext_lazy("copy of data", "saved"),
    "value": pgettext_lazy("copy of data", "number"),
    "voided": pgettext_lazy("copy of data", "voided"),
    "voided_at": pgettext_lazy("copy of data", "taken back"),
    "why": pgettext_lazy("copy of data", "why"),
    "youth_union": pgettext_lazy("copy of data", "from the youth union"),
}
# By key what a value is called that no table has words for.
VALUES: dict[str, dict[str, Any]] = {
    "kind": {
        "totp": gettext_lazy("authenticator app"),
        "webauthn": gettext_lazy("passkey"),
        "recovery_codes": gettext_lazy("recovery codes"),
    },
    "purpose": {"learning": gettext_lazy("learning")},
    "what": {
        "opened": gettext_lazy("begun"),
        "saved": gettext_lazy("saved"),
        "submitted": gettext_lazy("handed in"),
        "graded": gettext_lazy("graded"),
        "reopened": gettext_lazy("opened again"),
    },
}
# For programs alone: the file has them.
TECHNICAL_TABLES = frozenset(
    {
        "bdhvs_lms.AccessedPerson",
        "bdhvs_lms.Act",
        "bdhvs_lms.SessionAct",
        "bdhvs_xapi.Item",
        "bdhvs_xapi.StatementAgent",
    }
)
TECHNICAL = frozenset(
    {
        "act_id",
        "attained",
        "best_scaled",
        "bytes",
        "confirmation",
        "confirmer",
        "credential_key",
        "digest",
        "evidence_ids",
        "from_revision",
        "frozen",
        "generation",
        "id_seed",
        "instructor",
        "last_seq",
        "object_key",
        "payload",
        "people",
        "references",
        "revision",
        "revoker",
        "software",
        "rule_version",
        "scaled",
        "session",
        "session_key",
        "tree",
    }
    | {"statement", "statement_id", "uuid", "verb", "version"}
)


@dataclass(frozen=True)
class Part:
    """A table of the copy. `kept`: erasure leaves it, without a name. `rows`: of each row (label, text, whether that is
    Vietnamese whatever the reader's language)."""

    label: str
    title: str
    kept: bool
    rows: list[list[tuple[str, str, bool]]] = field(default_factory=list)


def parts_of(copy: Mapping[str, Any]) -> list[Part]:
    """Return `export` in words and in the order of the page; tables without rows, and what only programs read, are left
    out. Two queries, for the titles."""
    kept = {label for owner in personal_data for label in owner.kept}
    order = {label: place for place, label in enumerate(TITLES)}
    data: Mapping[str, list[dict[str, Any]]] = copy["data"]
    titles = _titles(data)
    return [
        Part(label, title_of(label), label in kept, [_row(label, row, titles) for row in rows])
        for label, rows in sorted(data.items(), key=lambda pair: (order.get(pair[0], len(order)), pair[0]))
        if rows and label not in TECHNICAL_TABLES
    ]


def _titles(data: Mapping[str, list[dict[str, Any]]]) -> dict[str, dict[str, str]]:
    """Return the titles of activities and courses that rows name by their keys."""
    rows = [row for listed in data.values() for row in listed]
    found = {str(key): row.titles for key, row in activities(_keys(rows, "activity_key")).items()}
    courses = Course.objects.filter(key__in=_keys(rows, "course_key"))
    return found | {str(course.key): course.titles for course in courses}


def _keys(rows: list[dict[str, Any]], name: str) -> set[UUID]:
    return {UUID(str(row[name])) for row in rows if row.get(name)}


def as_file(copy: dict[str, Any], name: str) -> HttpResponse:
    """Send the copy as a JSON file that no browser or proxy keeps; `name`: ASCII, and nobody's."""
    response = JsonResponse(copy, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def title_of(label: str) -> str:
    return str(TITLES[label]) if label in TITLES else capfirst(str(apps.get_model(label)._meta.verbose_name_plural))


def _row(label: str, row: dict[str, Any], titles: Mapping[str, dict[str, str]]) -> list[tuple[str, str, bool]]:
    if label == "bdhvs_xapi.Statement":
        pairs = _statement(row)
    else:
        pairs = [
            (_word(label, key), text)
            for key, value in row.items()
            if key not in TECHNICAL and (text := in_words(_value(key, value, titles)))
        ]
    return [(word, text, has_marks(text)) for word, text in pairs]


def _value(key: str, value: Any, titles: Mapping[str, dict[str, str]]) -> Any:
    if key in ("activity_key", "course_key"):
        return titles.get(str(value), "")
    if key in ("trust", "completed_trust") and isinstance(value, int):
        return str(trust_word(value))
    if key == "language":
        return language_name(str(value))
    return str(VALUES.get(key, {}).get(value, value)) if isinstance(value, str) else value


def _word(label: str, key: str) -> str:
    if key in WORDS:
        return capfirst(str(WORDS[key]))
    try:
        return capfirst(str(apps.get_model(label)._meta.get_field(key).verbose_name))
    except (FieldDoesNotExist, AttributeError):
        return capfirst(key.replace("_", " "))


def _statement(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Say the time, the verb, the activity and the result of a statement: the rest is in the file."""
    recorded = row["statement"]
    target = recorded["object"]
    verb = recorded["verb"].get("display") or recorded["verb"]["id"]
    score = recorded.get("result", {}).get("score", {})
    facts: list[tuple[str, Any]] = [
        (_("Time"), recorded.get("timestamp")),
        (_("What"), verb),
        (_("Activity"), target.get("definition", {}).get("name") or target.get("id", "")),
        (_("Points"), f"{score['raw']}/{score['max']}" if "raw" in score and "max" in score else None),
        (_("In force"), _("no: voided") if row["voided"] else None),
    ]
    return [(word, text) for word, value in facts if (text := in_words(value))]


def in_words(value: Any) -> str:
    """Write a value of the copy as a reader of the page's language does; empty for nothing."""
    if value is None or value == "" or value == {} or value == []:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return _language(value)
    if isinstance(value, list):
        return ", ".join(in_words(each) for each in value)
    text = str(value)
    return _moment(text) if text[:2] in ("19", "20") and text[4:5] == "-" else text


def _moment(text: str) -> str:
    try:
        at: datetime | date | None = parse_datetime(text) if "T" in text else parse_date(text)
    except ValueError:
        at = None
    if isinstance(at, datetime):
        return date_format(localtime(at) if is_aware(at) else at, "SHORT_DATETIME_FORMAT")
    return text if at is None else date_format(at, "SHORT_DATE_FORMAT")


def _language(words: dict[str, Any]) -> str:
    """Return the reader's words of a language map; any other table as it is."""
    active = (get_language() or "vi").split("-")[0]
    for language in (active, "vi", "en"):
        if isinstance(words.get(language), str):
            return str(words[language])
    return json.dumps(words, ensure_ascii=False)
