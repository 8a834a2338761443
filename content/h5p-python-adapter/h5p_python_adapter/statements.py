"""Statements of a package's browser (xAPI, in H5P's way) made into facts that a ledger can keep. Pure, total, no
Django.

A statement from a browser is a claim by somebody who can write anything. Taken from it are a verb off a list, which
part of the package it is about, a score within what the package gives, ids of what was chosen, and words that the
package itself contains. Who, when, where and under which id is for the caller to say.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from h5p_python_adapter.claims import (
    Interaction,
    Score,
    duration_of,
    interaction_of,
    response_of,
    score_of,
    text_of,
)
from h5p_python_adapter.records import LibraryId
from h5p_python_adapter.strict import BadJson, depth_of, parsed_json
from h5p_python_adapter.words import Words, plain

__all__ = [
    "ACTIVITY",
    "ATTEMPTED",
    "CONSUMED",
    "INTERACTED",
    "MAX_DEPTH",
    "MAX_STATEMENT",
    "OURS",
    "REJECTIONS",
    "VERBS",
    "Accepted",
    "Part",
    "Rejected",
    "StatementRules",
    "normalise",
    "rules_of",
]

ACTIVITY = "https://h5p.invalid/activity"
"""What a player may call the activity that it plays (integration's `object_id`): the same for all, so that a frame
learns nothing from it. A part of it is `<ACTIVITY>?subContentId=<uuid>`."""
MAX_STATEMENT = 64 * 1024
"""Bytes of one statement as compact JSON."""
MAX_DEPTH = 20
"""Objects and lists in one another; H5P's own statements have 6."""

_ADL = "http://adlnet.gov/expapi/verbs/"
_OF_CORE = (
    "accessed-copyright",
    "accessed-embed",
    "accessed-reuse",
    "answered",
    "asked",
    "attempted",
    "attended",
    "commented",
    "completed",
    "copied",
    "downloaded",
    "exited",
    "experienced",
    "failed",
    "imported",
    "initialized",
    "interacted",
    "launched",
    "mastered",
    "passed",
    "preferred",
    "progressed",
    "registered",
    "responded",
    "resumed",
    "scored",
    "shared",
    "suspended",
    "terminated",
)
CONSUMED = "http://activitystrea.ms/schema/1.0/consume"
VERBS: Mapping[str, str] = {**{_ADL + name: name for name in _OF_CORE}, CONSUMED: "consume"}
"""Verb IRIs that are taken: those that H5P core knows, without `voided`, and the one that H5P.Accordion has."""

SHOWS_ONLY = frozenset({"H5P.Accordion", "H5P.ContinuousText", "H5P.Table", "H5P.TwitterUserFeed"})
"""Main libraries whose `consume` with completion finishes them: they say nothing else."""

VOIDED = _ADL + "voided"
# What only the site says about the activity as a whole: being there, being enrolled, having attained something.
OURS = frozenset(_ADL + name for name in ("attended", "experienced", "imported", "mastered", "registered"))
"""Verbs that are taken of parts only."""
ATTEMPTED, INTERACTED, PASSED = (_ADL + name for name in ("attempted", "interacted", "passed"))
FINISHING = frozenset(_ADL + name for name in ("answered", "completed", "failed", "passed"))
"""Verbs that carry a score, and about the whole say that it was gone through (H5P core takes the first two so)."""

REJECTIONS: Mapping[str, str] = {
    "not_json": "The bytes are no JSON.",
    "not_a_number": "NaN or Infinity, which JSON has not.",
    "duplicate_keys": "An object has the same key twice.",
    "too_large": f"More than {MAX_STATEMENT} bytes.",
    "too_deep": f"More than {MAX_DEPTH} objects and lists in one another.",
    "not_an_object": "The statement is no JSON object.",
    "verb_missing": "There is no verb with an id.",
    "verb_unknown": "The verb is on no list.",
    "verb_refused": "The verb takes statements of others out of force.",
    "verb_ours": "The verb says of the whole activity what only the site says.",
    "object_kind": "The object is no activity.",
    "object_foreign": "The object is neither the activity nor a part of it.",
    "part_unknown": "The package has no such part.",
    "verdict_without_score": "A part is said to be passed, without points that make it so.",
}
"""Code to what it means."""

SUB_CONTENT = "http://h5p.org/x-api/h5p-subContentId"
_LIBRARIES = "http://h5p.org/libraries/"
# For parts that have no UUID of their own; changing it would make every such part a new one.
_PARTS = uuid.UUID("0b9b2f1e-4b0c-5d52-9d6a-6f3f0a8a3f77")


@dataclass(frozen=True)
class Part:
    """A piece of content within the package that statements can be about."""

    key: UUID
    title: str = ""
    library: str = ""
    """Machine name."""


@dataclass(frozen=True)
class StatementRules:
    """Rules for the statements of a package. Made once a version (`rules_of`); comparing is cheap then."""

    main: LibraryId
    object_ids: frozenset[str]
    """What the player gives the package as its own address: the object of statements about the whole."""
    parts: Mapping[str, Part] = field(default_factory=dict)
    """subContentId, in lower case, to part."""
    words: Words = field(default_factory=lambda: Words(None))
    max_score: Decimal | None = None
    """Points that the package gives, when it can be told without playing."""


@dataclass(frozen=True)
class Rejected:
    """A statement that was not taken. `code`: of REJECTIONS. `detail`: where it was looked for; never what was found
    there."""

    code: str
    detail: str = ""


@dataclass(frozen=True)
class Accepted:
    """A statement's facts once everything that was not ours to believe is left out."""

    verb: str
    """IRI, of VERBS."""
    part: Part | None = None
    """None: the activity as a whole."""
    finishes: bool = False
    """It says that the whole was gone through."""
    score: Score | None = None
    success: bool | None = None
    """Of the whole never true without the points that make it so: the pass mark where there is one, else any."""
    completion: bool | None = None
    duration: timedelta | None = None
    interaction: Interaction | None = None
    name: str = ""
    """Of the object, in words of the package, or ""."""
    response: str | None = None
    """Ids, `other` when words were typed, "" when nothing was answered, None when nothing was asked."""
    typed: str = ""
    """What a person typed: for an erasable table and nowhere else."""


def rules_of(
    params: Any,
    main: LibraryId,
    *,
    object_ids: frozenset[str],
    title: str = "",
    max_score: Decimal | None = None,
) -> StatementRules:
    """Build the rules from a package's content. Linear in its size; total, whatever the params are."""
    words = Words([params, title])
    parts: dict[str, Part] = {}
    waiting = [params]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            sub = one.get("subContentId")
            if isinstance(sub, str) and sub.strip():
                parts.setdefault(sub.lower(), _part(sub, one))
            waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
    return StatementRules(main, object_ids, parts, words, max_score)


def _part(sub: str, piece: Mapping[str, Any]) -> Part:
    library, metadata = piece.get("library"), piece.get("metadata")
    title = metadata.get("title") if isinstance(metadata, Mapping) else None
    name = library.split(" ")[0] if isinstance(library, str) else ""
    return Part(_key_of(sub), plain(title)[:500] if isinstance(title, str) else "", name)


def _key_of(sub: str) -> UUID:
    try:
        found = UUID(sub)
    except ValueError:
        found = None
    # Only the spelling that H5P writes: "{…}" or no hyphens is another id.
    return found if found is not None and str(found) == sub.lower() else uuid.uuid5(_PARTS, _ascii(sub))


def _ascii(value: Any) -> str:
    # uuid5 encodes to UTF-8, which a lone surrogate has none of.
    return json.dumps(value, ensure_ascii=True, sort_keys=True, default=str)


def normalise(
    raw: bytes | Mapping[str, Any],
    rules: StatementRules,
    *,
    longest: timedelta = timedelta(hours=24),
    pass_percent: int | None = None,
) -> Accepted | Rejected:
    """Return what of a statement can be kept, or why nothing can. Never raises.

    Args:
        raw: the bytes, or what `strict.parsed_json` made of them (its size counts as compact JSON).
        longest: a duration is at most this; the caller knows since when the attempt has been open.
        pass_percent: what the whole has to reach; None: whatever the package takes for enough, but not nothing.
    """
    try:
        statement = _read(raw)
    except BadJson as bad:
        return Rejected(bad.code)
    if not isinstance(statement, Mapping):
        return Rejected("not_an_object")
    verb = _mapping(statement.get("verb")).get("id")
    if not isinstance(verb, str):
        return Rejected("verb_missing", "verb.id")
    if verb == VOIDED:
        return Rejected("verb_refused", "verb.id")
    if verb not in VERBS:
        return Rejected("verb_unknown", "verb.id")
    part = _part_of(statement, rules)
    if isinstance(part, Rejected):
        return part
    if part is None and verb in OURS:
        return Rejected("verb_ours", "verb.id")
    return _accepted(statement, verb, part, rules, longest, pass_percent)


def _read(raw: bytes | Mapping[str, Any]) -> Any:
    if isinstance(raw, bytes):
        if len(raw) > MAX_STATEMENT:
            raise BadJson("too_large")
        return parsed_json(raw, max_depth=MAX_DEPTH)
    if depth_of(raw, limit=MAX_DEPTH) > MAX_DEPTH:
        raise BadJson("too_deep")
    try:
        size = len(json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
    except (TypeError, ValueError):
        raise BadJson("not_json") from None
    if size > MAX_STATEMENT:
        raise BadJson("too_large")
    return raw


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _part_of(statement: Mapping[str, Any], rules: StatementRules) -> Part | None | Rejected:
    """Return the part that it is about, None for the whole.

    The whole is named by its address, has no parent (H5P core's own test) and speaks as the package's main library. A
    child without an id of its own names the same address: it must not overwrite the total.
    """
    about = _mapping(statement.get("object"))
    if about.get("objectType", "Activity") != "Activity":
        return Rejected("object_kind", "object.objectType")
    definition = _mapping(about.get("definition"))
    claimed = about.get("id")
    base, _mark, query = claimed.partition("?subContentId=") if isinstance(claimed, str) else ("", "", "")
    sub = query or _mapping(definition.get("extensions")).get(SUB_CONTENT)
    if claimed is not None and base not in rules.object_ids:
        return Rejected("object_foreign", "object.id")
    if sub is not None:
        part = rules.parts.get(sub.lower()) if isinstance(sub, str) else None
        return Rejected("part_unknown", "object.id") if part is None else part
    context = _mapping(_mapping(statement.get("context")).get("contextActivities"))
    library = _library_of(context.get("category"))
    if claimed is not None and not context.get("parent") and library in ("", rules.main.machine_name):
        return None
    name = text_of(definition.get("name"), rules.words) or text_of(definition.get("description"), rules.words)
    what = _ascii([definition.get("interactionType"), definition.get("name"), definition.get("description")])
    return Part(uuid.uuid5(_PARTS, what), name)


def _library_of(category: Any) -> str:
    """Return the machine name of the library that speaks, or ""."""
    first = category[0] if isinstance(category, list) and category else category
    iri = _mapping(first).get("id")
    if not isinstance(iri, str) or not iri.startswith(_LIBRARIES):
        return ""
    named = LibraryId.parsed(iri.removeprefix(_LIBRARIES))
    return "" if named is None else named.machine_name


def _all_shown(verb: str, completion: Any, rules: StatementRules) -> bool:
    """Check for types that only show something. In others a link within can say it, long before the end."""
    return verb == CONSUMED and completion is True and rules.main.machine_name in SHOWS_ONLY


def _got_something(score: Score | None) -> bool:
    return score is not None and score.scaled > 0


def _reached(claimed: Any, score: Score | None, pass_percent: int | None) -> bool | None:
    """Return what a package may say of its own success: some types say that they were passed with NaN of 1 points."""
    if not isinstance(claimed, bool):
        return None
    if score is not None and pass_percent is not None:
        return score.scaled * 100 >= pass_percent
    return claimed if not claimed or (pass_percent is None and _got_something(score)) else None


def _accepted(
    statement: Mapping[str, Any],
    verb: str,
    part: Part | None,
    rules: StatementRules,
    longest: timedelta,
    pass_percent: int | None,
) -> Accepted | Rejected:
    definition = _mapping(_mapping(statement.get("object")).get("definition"))
    result = _mapping(statement.get("result"))
    interaction = interaction_of(definition, rules.words)
    response = response_of(result.get("response"), interaction, rules.words)
    score = None
    if verb in FINISHING:
        # What a part gives is not known beforehand, only that the whole gives no less.
        score = score_of(result.get("score"), rules.max_score)
    success, completion = result.get("success"), result.get("completion")
    if part is None:
        success = _reached(success, score, pass_percent)
    elif verb == PASSED and not _got_something(score):
        return Rejected("verdict_without_score", "result.score")
    title = part.title if part is not None else ""
    name = title or text_of(definition.get("name"), rules.words)
    return Accepted(
        verb=verb,
        part=part,
        finishes=part is None and (verb in FINISHING or _all_shown(verb, completion, rules)),
        score=score,
        success=success if isinstance(success, bool) else None,
        completion=completion if isinstance(completion, bool) else None,
        duration=duration_of(result.get("duration"), longest=longest),
        interaction=interaction,
        name=name
        or text_of(definition.get("name"), rules.words)
        or text_of(definition.get("description"), rules.words),
        response=response.ids,
        typed=response.typed,
    )
