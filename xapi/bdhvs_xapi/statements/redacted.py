"""A statement without the words of people.

What stays is what filters and projections rest on: ids, verb, identifiers of agents, scores, outcomes, times and the
context's references.
"""

from __future__ import annotations

from typing import Any


def redacted(statement: dict[str, Any]) -> dict[str, Any]:
    """A copy of a valid statement (decoded JSON) without names, free text, extensions and definitions.

    Definitions go entirely: which of them are ours cannot be seen from a statement, and a foreign one may quote a
    learner.
    """
    kept = {name: value for name, value in statement.items() if name != "attachments"}
    for name in ("actor", "authority"):
        if name in kept:
            kept[name] = _agent(kept[name])
    kept["object"] = _object(kept["object"])
    if "result" in kept:
        kept["result"] = _without(kept["result"], "response", "extensions")
    if "context" in kept:
        kept["context"] = _context(kept["context"])
    if "attachments" in statement:
        kept["attachments"] = [_attachment(attachment) for attachment in statement["attachments"]]
    return kept


def _without(part: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name not in names}


def _agent(agent: dict[str, Any]) -> dict[str, Any]:
    kept = _without(agent, "name")
    if "member" in kept:
        kept["member"] = [_agent(member) for member in kept["member"]]
    return kept


def _object(target: dict[str, Any]) -> dict[str, Any]:
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        return _without(target, "definition")
    if kind == "SubStatement":
        return redacted(target)
    return target if kind == "StatementRef" else _agent(target)


def _context(context: dict[str, Any]) -> dict[str, Any]:
    kept = _without(context, "extensions")
    for name in ("instructor", "team"):
        if name in kept:
            kept[name] = _agent(kept[name])
    for name, member in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in kept:
            kept[name] = [{**entry, member: _agent(entry[member])} for entry in kept[name]]
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
