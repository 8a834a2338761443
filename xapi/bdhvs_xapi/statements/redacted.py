"""A statement without the words of people.

What stays is what filters and projections rest on: ids, verb, identifiers of agents, scores, outcomes, times and the
context's references.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# What an agent is called instead, as the properties that identify it; None: it keeps what it has.
Rename = Callable[[dict[str, Any]], dict[str, Any] | None]
_IDENTIFIERS = ("account", "mbox", "mbox_sha1sum", "openid")


def redacted(statement: dict[str, Any], rename: Rename | None = None) -> dict[str, Any]:
    """A copy of a valid statement (decoded JSON) without names, free text, extensions and definitions.

    Definitions go entirely, and what a verb is called: which of them are ours cannot be seen from a statement, and a
    foreign one may quote a learner. ``rename``: what agents are called from now on.
    """
    kept = {name: value for name, value in statement.items() if name != "attachments"}
    if isinstance(kept.get("verb"), dict):
        kept["verb"] = _without(kept["verb"], "display")
    for name in ("actor", "authority"):
        if name in kept:
            # Who recorded it is no person whom it is about: no other name, or nobody could tell whose word it is.
            kept[name] = _agent(kept[name], rename if name == "actor" else None)
    kept["object"] = _object(kept["object"], rename)
    if "result" in kept:
        kept["result"] = _without(kept["result"], "response", "extensions")
    if "context" in kept:
        kept["context"] = _context(kept["context"], rename)
    if "attachments" in statement:
        kept["attachments"] = [_attachment(attachment) for attachment in statement["attachments"]]
    return kept


def _without(part: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name not in names}


def _agent(agent: dict[str, Any], rename: Rename | None) -> dict[str, Any]:
    kept = _without(agent, "name")
    if rename is not None and (other := rename(kept)) is not None:
        kept = {**_without(kept, *_IDENTIFIERS), **other}
    if "member" in kept:
        kept["member"] = [_agent(member, rename) for member in kept["member"]]
    return kept


def _object(target: dict[str, Any], rename: Rename | None) -> dict[str, Any]:
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        return _without(target, "definition")
    if kind == "SubStatement":
        return redacted(target, rename)
    return target if kind == "StatementRef" else _agent(target, rename)


def _context(context: dict[str, Any], rename: Rename | None) -> dict[str, Any]:
    kept = _without(context, "extensions")
    for name in ("instructor", "team"):
        if name in kept:
            kept[name] = _agent(kept[name], rename)
    for name, member in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in kept:
            kept[name] = [{**entry, member: _agent(entry[member], rename)} for entry in kept[name]]
    if "contextActivities" in kept:
        kept["contextActivities"] = {
            name: [_without(activity, "definition") for activity in activities]
            if isinstance(activities, list)
            else _without(activities, "definition")
            for name, activities in kept["contextActivities"].items()
        }
    return kept


def _attachment(attachment: dict[str, Any]) -> dict[str, Any]:
    """Its kind, size and digest say that something was attached; ``display`` is required, so it becomes empty."""
    return {**_without(attachment, "description", "fileUrl"), "display": {}}
