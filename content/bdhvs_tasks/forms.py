"""Parsing of a teacher's form into what was seen. Only our own forms are accepted; others are refused whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import nfc
from bdhvs_tasks.actions import Seen
from bdhvs_tasks.models import MAX_NOTE, TaskVersion
from bdhvs_tasks.queries import Row

ALL = "all"


def without(actor: Any) -> str:
    """Return the name of the boxes for what this learner did not do."""
    return f"without-{actor}"


class Broken(Exception):
    """The data is not from our form, or the form did not arrive whole."""


def version_number(data: QueryDict) -> int:
    """Return the number of the checklist that the form showed. Raises Broken."""
    number = data.get("version", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Broken
    return int(number)


def _known(ids: Sequence[str], version: TaskVersion) -> frozenset[str]:
    known = {item["id"] for item in version.items}
    if not known.issuperset(ids):
        raise Broken
    return frozenset(ids)


@dataclass(frozen=True)
class Ticks:
    """The form for many: the learners it names, and the items that each did not do. `errors`: sentences for its top."""

    seen: Sequence[Seen] = ()
    ticked: frozenset[str] = frozenset()
    """Actors at whom “did all of it” was ticked, as text."""
    lacking: Mapping[str, frozenset[str]] = field(default_factory=dict)
    errors: Sequence[str] = ()


def ticks_of(data: QueryDict, rows: Sequence[Row], version: TaskVersion) -> Ticks:
    """Parse the form for many. Raises Broken for somebody who is not in the class and for an item that is not on the
    checklist."""
    by_actor = {str(row.learner.actor): row for row in rows}
    ticked = frozenset(data.getlist(ALL))
    named = {name.removeprefix(without("")) for name in data if name.startswith(without(""))}
    if not by_actor.keys() >= ticked | named:
        raise Broken
    lacking = {actor: _known(data.getlist(without(actor)), version) for actor in named}
    everything = {item["id"] for item in version.items}
    seen, refused = [], []
    for actor, row in by_actor.items():
        if actor not in ticked and not lacking.get(actor):
            continue
        if row.agreed:
            seen.append(Seen(row.learner, frozenset(everything - lacking.get(actor, frozenset()))))
        else:
            refused.append(row.name)
    errors = [_no_consent(name) for name in refused]
    if not seen and not errors:
        errors.append(_("No one is ticked. Tick whoever did it, then record."))
    return Ticks(seen, ticked, lacking, errors)


def _no_consent(name: str) -> str:
    return _("%(name)s has not agreed that learning data is kept: nothing can be recorded. Untick this person.") % {
        "name": name
    }


@dataclass(frozen=True)
class Checked:
    """The form for one person."""

    done: frozenset[str] = frozenset()
    note: str = ""
    errors: Sequence[tuple[str, str]] = ()
    """(id of the field, sentence)."""


def checked_of(data: QueryDict, version: TaskVersion) -> Checked:
    """Parse the form for one person. `do=none` says that nothing was done; without it and without a tick there is an
    error. Raises Broken."""
    done = _known(data.getlist("done"), version)
    note = nfc(data.get("note", "")).strip()
    errors = []
    if data.get("do") == "none":
        done = frozenset()
    elif not done:
        errors.append(("items", _("Tick what was done. If nothing was done yet, press “Nothing was done yet”.")))
    if len(note) > MAX_NOTE:
        errors.append(("id_note", _("The note has %(count)d characters; at most 500 are kept.") % {"count": len(note)}))
    return Checked(done, note, errors)
