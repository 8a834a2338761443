"""``format=ids`` and ``format=canonical`` of a stored body (xAPI 1.0.3 Part Three, 2.1.3); ``exact`` is the body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from bdhvs_xapi.statements.canonical import decode_exact
from bdhvs_xapi.statements.validate import encode
from bdhvs_xapi.store.definitions import Kind, definitions

_IDENTIFIERS: Final = ("mbox", "mbox_sha1sum", "openid", "account")
_LISTS: Final = ("parent", "grouping", "category", "other")
# Where a definition holds language maps: itself, and in the components of an interaction.
_TEXTS: Final = ("name", "description")
_COMPONENTS: Final = ("choices", "scale", "source", "target", "steps")
# Characters of what is asked for; RFC 5646, 4.4.1 has 35 for the longest that anybody needs.
LONGEST_TAG: Final = 64


def ids(body: bytes) -> bytes:
    """Agents, groups, activities and verbs with no more than identifies them; everything else as it is."""
    statement = decode_exact(body)
    _ids(statement)
    return encode(statement)


def canonical(body: bytes, languages: Sequence[str], *, using: str = "default") -> bytes:
    """``canonical_all()`` of one body."""
    return canonical_all([body], languages, using=using)[0]


def canonical_all(
    bodies: Sequence[bytes], languages: Sequence[str], *, gathered: bool = True, using: str = "default"
) -> list[bytes]:
    """Activities and verbs with their canonical definitions and displays, each text in one language.

    ``languages``: tags in order of preference (``Accept-Language``); a tag also stands for its narrower and broader
    ones. Without a match the first language that is there. Two queries for all bodies, and one for each activity that
    nobody has defined. Without ``gathered`` every body keeps its own definitions: for a reader who may not learn what
    other statements say.
    """
    statements = [decode_exact(body) for body in bodies]
    places = [place for statement in statements for place in _places(statement)]
    known = {
        kind: definitions(kind, {part["id"] for found, part in places if found is kind}, using=using)
        if gathered
        else {}
        for kind in Kind
    }
    # Most statements of a page are about the same.
    shaped: dict[tuple[Kind, str], dict[str, Any]] = {}
    for kind, part in places:
        texts = known[kind].get(part["id"])
        name, in_one = ("display", one_language) if kind is Kind.VERB else ("definition", _in_one_language)
        if texts:
            if (kind, part["id"]) not in shaped:
                shaped[(kind, part["id"])] = in_one(texts, languages)
            part[name] = shaped[(kind, part["id"])]
        elif part.get(name):
            part[name] = in_one(part[name], languages)
    return [encode(statement) for statement in statements]


def one_language(texts: dict[str, str], languages: Sequence[str]) -> dict[str, str]:
    """The entry of a language map that comes nearest to what is asked for (RFC 4647, 3.4: Lookup; then narrower)."""
    by_tag: dict[str, str] = {}
    narrower: dict[str, str] = {}
    for tag in texts:
        lower = tag.lower()
        by_tag[lower] = tag
        # Once for each text, not once for each text and tag that is asked for: both may be hundreds.
        end = lower.find("-")
        while 0 < end <= LONGEST_TAG:
            narrower.setdefault(lower[:end], lower)
            end = lower.find("-", end + 1)
    for wanted in languages:
        asked = wanted.lower()
        if len(asked) > LONGEST_TAG and asked not in by_tag:
            asked = asked[: LONGEST_TAG + 1].rpartition("-")[0]
        while asked:
            found = asked if asked in by_tag else narrower.get(asked)
            if found is not None:
                return {by_tag[found]: texts[by_tag[found]]}
            asked = asked.rpartition("-")[0]
    first = next(iter(texts))
    return {first: texts[first]}


def _in_one_language(definition: dict[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    found = dict(definition)
    for name in _TEXTS:
        if found.get(name):
            found[name] = one_language(found[name], languages)
    for name in _COMPONENTS:
        if name in found:
            found[name] = [
                {**each, "description": one_language(each["description"], languages)}
                if each.get("description")
                else each
                for each in found[name]
            ]
    return found


def _places(statement: dict[str, Any]) -> list[tuple[Kind, dict[str, Any]]]:
    """The verbs and activities of a statement, its SubStatement's too, to be changed in place."""
    found: list[tuple[Kind, dict[str, Any]]] = [(Kind.VERB, statement["verb"])]
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        found.append((Kind.ACTIVITY, target))
    elif kind == "SubStatement":
        found.extend(_places(target))
    groups = statement.get("context", {}).get("contextActivities", {})
    found.extend((Kind.ACTIVITY, activity) for name in _LISTS for activity in groups.get(name, ()))
    return found


def _ids(statement: dict[str, Any]) -> None:
    statement["actor"] = _agent(statement["actor"])
    statement["verb"] = {"id": statement["verb"]["id"]}
    target = statement["object"]
    match target.get("objectType", "Activity"):
        case "Activity":
            statement["object"] = _activity(target)
        case "SubStatement":
            _ids(target)
        case "Agent" | "Group":
            # Without its type it would be read as an activity.
            statement["object"] = {"objectType": target["objectType"], **_agent(target)}
    context = statement.get("context", {})
    for name in ("instructor", "team"):
        if name in context:
            context[name] = _agent(context[name])
    for name, member in (("contextAgents", "agent"), ("contextGroups", "group")):
        for entry in context.get(name, ()):
            entry[member] = _agent(entry[member])
    groups = context.get("contextActivities", {})
    for name in _LISTS:
        if name in groups:
            groups[name] = [_activity(activity) for activity in groups[name]]
    if "authority" in statement:
        statement["authority"] = _agent(statement["authority"])


def _activity(activity: dict[str, Any]) -> dict[str, Any]:
    return {name: activity[name] for name in ("objectType", "id") if name in activity}


def _agent(agent: dict[str, Any]) -> dict[str, Any]:
    """Its identifier alone. A group keeps its type: without it it would be read as an agent; an anonymous one is known
    by its members, and keeps them."""
    found: dict[str, Any] = {name: agent[name] for name in _IDENTIFIERS if name in agent}
    if agent.get("objectType") != "Group":
        return found
    return {"objectType": "Group", **(found or {"member": [_agent(member) for member in agent.get("member", ())]})}
