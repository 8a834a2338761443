"""Reading xAPI profiles as their specification says (version 1.0): structure, templates, patterns.

Written from "xAPI Profiles Document Structure" (sections 4 to 9) and "Communication and Processing" (2.1, 2.2).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

Json = Mapping[str, Any]
UNMATCHABLE = object()

# --- JSONPath, as 8.1 allows it ---------------------------------------------------------------------------------------

_STEP = re.compile(r"\.(?P<name>\*|[A-Za-z_][\w-]*)|\[(?P<inside>[^\[\]]+)\]")
_VALUE = re.compile(r"\s*(?:'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\"|(?P<number>\d+)|(?P<all>\*))\s*(?:,|$)")


def _inside(text: str) -> list[Any]:
    """The values of `[…]`: strings, numbers, `*`, and unions of these."""
    values: list[Any] = []
    place = 0
    while place < len(text):
        found = _VALUE.match(text, place)
        if found is None:
            raise ValueError(f"not legal in a JSONPath of a profile: [{text}]")
        number = found["number"]
        values.append(int(number) if number else "*" if found["all"] else (found["single"] or found["double"] or ""))
        place = found.end()
    return values


def steps(path: str) -> list[list[Any]]:
    """The steps of one path, each a union of names, numbers and `*`. Raises ValueError for filters and the like."""
    text = path.strip()
    text = text[1:] if text.startswith("$") else f".{text}"
    found: list[list[Any]] = []
    place = 0
    while place < len(text):
        step = _STEP.match(text, place)
        if step is None:
            raise ValueError(f"not legal in a JSONPath of a profile: {path}")
        found.append([step["name"]] if step["name"] else _inside(step["inside"]))
        place = step.end()
    return found


def _children(value: Any, wanted: Any) -> Iterator[Any]:
    if wanted == "*":
        yield from value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    elif isinstance(value, Mapping):
        if wanted in value:
            yield value[wanted]
    elif isinstance(value, list) and isinstance(wanted, int) and wanted < len(value):
        yield value[wanted]


def at(value: Any, path: str) -> list[Any]:
    found: list[Any] = []
    for one in path.split("|"):
        here = [value]
        for step in steps(one):
            here = [child for each in here for wanted in step for child in _children(each, wanted)]
        found += here
    return found


# --- Templates (Communication, 2.1) -----------------------------------------------------------------------------------

DETERMINING = {
    "verb": "$.verb.id",
    "objectActivityType": "$.object.definition.type",
    "contextGroupingActivityType": "$.context.contextActivities.grouping[*].definition.type",
    "contextParentActivityType": "$.context.contextActivities.parent[*].definition.type",
    "contextOtherActivityType": "$.context.contextActivities.other[*].definition.type",
    "contextCategoryActivityType": "$.context.contextActivities.category[*].definition.type",
    "attachmentUsageType": "$.attachments[*].usageType",
}


def determined(statement: Json, template: Json) -> bool:
    for name, location in DETERMINING.items():
        if name in template:
            wanted = template[name] if isinstance(template[name], list) else [template[name]]
            there = at(statement, location)
            if not all(one in there for one in wanted):
                return False
    return True


def follows_rule(statement: Json, rule: Json) -> bool:
    values = at(statement, rule["location"])
    if "selector" in rule:
        values = [one for value in values for one in (at(value, rule["selector"]) or [UNMATCHABLE])]
    matchable = [value for value in values if value is not UNMATCHABLE]
    presence = rule.get("presence")
    if presence == "included" and (not values or len(matchable) < len(values)):
        return False
    if presence == "excluded" and matchable:
        return False
    if presence == "recommended" and not values:
        return True
    if "any" in rule and not any(value in rule["any"] for value in matchable):
        return False
    if "all" in rule and not (len(matchable) == len(values) and all(value in rule["all"] for value in values)):
        return False
    return not ("none" in rule and any(value in rule["none"] for value in matchable))


def broken_rules(statement: Json, template: Json) -> list[str]:
    return [rule["location"] for rule in template.get("rules", []) if not follows_rule(statement, rule)]


def validates(statement: Json, templates: Sequence[Json]) -> tuple[str, list[str]]:
    """('success', ids of templates that it follows), ('invalid', ids whose rules it breaks) or ('unmatched', [])."""
    of = [template for template in templates if determined(statement, template)]
    failing = [template["id"] for template in of if broken_rules(statement, template)]
    if failing:
        return "invalid", failing
    return ("success", [template["id"] for template in of]) if of else ("unmatched", [])


# --- Patterns (Communication, 2.2): greedy, without going back -------------------------------------------------------


def follows(statements: Sequence[Json], profile: Json) -> bool:
    """Whether these statements of one registration follow a primary pattern to its end."""
    return any(outcome == "success" and not rest for outcome, rest in _primaries(statements, profile))


def begins(statements: Sequence[Json], profile: Json) -> bool:
    """Whether they follow a primary pattern as far as they go."""
    return any(outcome == "partial" for outcome, _rest in _primaries(statements, profile))


def _primaries(statements: Sequence[Json], profile: Json) -> Iterator[tuple[str, list[list[str]]]]:
    matched = []
    for statement in statements:
        outcome, ids = validates(statement, profile["templates"])
        if outcome != "success":
            return
        matched.append(ids)
    elements = {pattern["id"]: pattern for pattern in profile["patterns"]}
    for pattern in profile["patterns"]:
        if pattern.get("primary"):
            yield _matches(matched, pattern["id"], elements)


def _matches(rest: list[list[str]], name: str, elements: Mapping[str, Json]) -> tuple[str, list[list[str]]]:
    if name not in elements:
        if not rest:
            return "partial", []
        return ("success", rest[1:]) if name in rest[0] else ("failure", rest)
    element = elements[name]
    if "sequence" in element:
        left = rest
        for each in element["sequence"]:
            outcome, left = _matches(left, each, elements)
            if outcome != "success":
                return outcome, (rest if outcome == "failure" else [])
        return "success", left
    if "alternates" in element:
        outcomes = [_matches(rest, each, elements) for each in element["alternates"]]
        good = [left for outcome, left in outcomes if outcome == "success"]
        if good:
            return "success", min(good, key=len)
        return ("partial", []) if any(outcome == "partial" for outcome, _left in outcomes) else ("failure", rest)
    repeated, needed = (element["oneOrMore"], 1) if "oneOrMore" in element else (element.get("zeroOrMore"), 0)
    if repeated is None:
        outcome, left = _matches(rest, element["optional"], elements)
        return ("success", rest) if outcome == "failure" or not rest else (outcome, left)
    times, left = 0, rest
    while left:
        outcome, further = _matches(left, repeated, elements)
        if outcome != "success" or len(further) == len(left):
            break
        times, left = times + 1, further
    if times >= needed:
        return "success", left
    return ("partial", []) if not left else ("failure", rest)


# --- Structure (Structure, 4 to 9) ------------------------------------------------------------------------------------

_MAP, _IRI, _TEXT, _LIST = "language map", "IRI", "text", "list"
_SHARED = {"id": _IRI, "type": _TEXT, "inScheme": _IRI, "prefLabel": _MAP, "definition": _MAP}
REQUIRED: dict[str, dict[str, str]] = {
    "Profile": {
        "id": _IRI, "@context": _IRI, "type": _TEXT, "conformsTo": _IRI, "prefLabel": _MAP, "definition": _MAP,
        "versions": _LIST, "author": "object",
    },
    "ActivityType": _SHARED, "Verb": _SHARED, "AttachmentUsageType": _SHARED,
    "ContextExtension": _SHARED, "ResultExtension": _SHARED, "ActivityExtension": _SHARED,
    "StatementTemplate": _SHARED,
    "Pattern": {"id": _IRI, "type": _TEXT},
}  # fmt: skip
_RELATED = {"deprecated", "broader", "broadMatch", "narrower", "narrowMatch", "related", "relatedMatch", "exactMatch"}
_EXTENSION = {"deprecated", "context", "schema", "inlineSchema"}
OPTIONAL: dict[str, set[str]] = {
    "Profile": {"seeAlso", "concepts", "templates", "patterns"},
    "ActivityType": _RELATED, "Verb": _RELATED, "AttachmentUsageType": _RELATED,
    "ContextExtension": _EXTENSION | {"recommendedVerbs"}, "ResultExtension": _EXTENSION | {"recommendedVerbs"},
    "ActivityExtension": _EXTENSION | {"recommendedActivityTypes"},
    "StatementTemplate": {
        *DETERMINING, "deprecated", "objectStatementRefTemplate", "contextStatementRefTemplate", "rules",
    },
    "Pattern": {
        "primary", "inScheme", "prefLabel", "definition", "deprecated",
        "alternates", "optional", "oneOrMore", "sequence", "zeroOrMore",
    },
}  # fmt: skip
KINDS_OF_PATTERN = ("alternates", "optional", "oneOrMore", "sequence", "zeroOrMore")
REQUIREMENTS = ("presence", "any", "all", "none")


def _is(value: Any, kind: str) -> bool:
    if kind == _IRI:
        return isinstance(value, str) and bool(urlsplit(value).scheme) and " " not in value
    if kind == _MAP:
        return isinstance(value, dict) and all(isinstance(text, str) and text for text in value.values())
    return isinstance(value, {_TEXT: str, _LIST: list}.get(kind, dict))


def _empty(value: Any, path: str) -> Iterator[str]:
    if value in ({}, None, "", []):
        yield f"{path}: empty (4.0)"
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _empty(each, f"{path}.{name}")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _empty(each, f"{path}[{place}]")


def _shape(thing: Json, path: str) -> Iterator[str]:
    kind = thing.get("type", "")
    if kind not in REQUIRED:
        yield f"{path}: unknown type {kind!r}"
        return
    for name, wanted in REQUIRED[kind].items():
        if name not in thing:
            yield f"{path}: no {name}"
        elif not _is(thing[name], wanted):
            yield f"{path}.{name}: not a {wanted}"
    for name in set(thing) - set(REQUIRED[kind]) - OPTIONAL[kind]:
        if ":" not in name and not name.startswith("@"):
            yield f"{path}.{name}: not a property of {kind}, and no IRI (4.0)"


def problems(profile: Json) -> list[str]:
    """What in the document the specification does not allow; empty for a valid profile."""
    found = [*_empty(profile, "$"), *_shape(profile, "$")]
    if profile.get("@context") != "https://w3id.org/xapi/profiles/context":
        found.append("$.@context: not the specification's (6.0)")
    versions = [version.get("id") for version in profile["versions"]]
    if len({profile["id"], *versions}) != len(versions) + 1:
        found.append("$.versions: ids are not unique, or one is the profile's own (6.1)")
    for place, version in enumerate(profile["versions"]):
        if "generatedAtTime" not in version:
            found.append(f"$.versions[{place}]: no generatedAtTime (6.1)")
        if place < len(versions) - 1 and not set(version.get("wasRevisionOf", [])) <= set(versions[place + 1 :]):
            found.append(f"$.versions[{place}].wasRevisionOf: not among the older versions (6.1)")
        if ("wasRevisionOf" in version) != (place < len(versions) - 1):
            found.append(f"$.versions[{place}]: wasRevisionOf is for all that succeed another (6.1)")
    if profile["author"].get("type") not in ("Organization", "Person") or not profile["author"].get("name"):
        found.append("$.author: neither an Organization nor a Person with a name (6.2)")
    ids: list[str] = []
    for part in ("concepts", "templates", "patterns"):
        for place, thing in enumerate(profile.get(part, [])):
            path = f"$.{part}[{place}]"
            found += _shape(thing, path)
            ids.append(thing["id"])
            if thing.get("inScheme", versions[0]) != versions[0]:
                found.append(f"{path}.inScheme: not the version that is described")
    if len(set(ids)) < len(ids):
        found.append("two things have one id")
    for place, concept in enumerate(profile.get("concepts", [])):
        if {"schema", "inlineSchema"} <= set(concept):
            found.append(f"$.concepts[{place}]: schema and inlineSchema (7.2)")
        if "inlineSchema" in concept:
            json.loads(concept["inlineSchema"])
    for place, template in enumerate(profile.get("templates", [])):
        found += _template_problems(template, f"$.templates[{place}]")
    return found + _pattern_problems(profile)


def _template_problems(template: Json, path: str) -> Iterator[str]:
    if {"objectStatementRefTemplate", "objectActivityType"} <= set(template):
        yield f"{path}: objectStatementRefTemplate and objectActivityType (8.0)"
    for place, rule in enumerate(template.get("rules", [])):
        where = f"{path}.rules[{place}]"
        if not any(name in rule for name in REQUIREMENTS):
            yield f"{where}: requires nothing (8.1)"
        if rule.get("presence", "included") not in ("included", "excluded", "recommended"):
            yield f"{where}.presence: {rule['presence']} (8.1)"
        if set(rule) - {*REQUIREMENTS, "location", "selector", "scopeNote"}:
            yield f"{where}: unknown properties (8.1)"
        for name in ("location", "selector"):
            for one in rule[name].split("|") if name in rule else ():
                try:
                    steps(one)
                except ValueError as error:
                    yield f"{where}.{name}: {error}"


def _pattern_problems(profile: Json) -> list[str]:
    found: list[str] = []
    patterns = {pattern["id"]: pattern for pattern in profile.get("patterns", [])}
    known = {*patterns, *(template["id"] for template in profile.get("templates", []))}

    def members(pattern: Json) -> list[str]:
        inside = [pattern[kind] for kind in KINDS_OF_PATTERN if kind in pattern]
        return [name for each in inside for name in (each if isinstance(each, list) else [each])]

    def below(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            found.append(f"{name}: inside itself (9.0)")
        elif name in patterns:
            for each in members(patterns[name]):
                below(each, (*above, name))

    used = [name for pattern in patterns.values() for name in members(pattern)]
    for name, pattern in patterns.items():
        if sum(kind in pattern for kind in KINDS_OF_PATTERN) != 1:
            found.append(f"{name}: not exactly one kind (9.0)")
        if pattern.get("primary") and not {"prefLabel", "definition"} <= set(pattern):
            found.append(f"{name}: primary without prefLabel or definition (9.0)")
        found += [f"{name}: unknown {each}" for each in members(pattern) if each not in known]
        if len(pattern.get("alternates", "two")) < 2:
            found.append(f"{name}: one alternate (9.0)")
        for each in pattern.get("alternates", ()):
            if {"optional", "zeroOrMore"} & set(patterns.get(each, {})):
                found.append(f"{name}: {each} may be nothing, directly inside alternates (9.0)")
        if len(pattern.get("sequence", "two")) < 2 and (
            not pattern.get("primary") or name in used or pattern["sequence"][0] in patterns
        ):
            found.append(f"{name}: a sequence of one (9.0)")
        below(name, ())
    return found
