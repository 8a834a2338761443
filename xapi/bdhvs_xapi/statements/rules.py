"""What must hold between the properties of a statement: the clauses of xAPI, one method for each kind of part.

Clauses without another name are of xAPI 1.0.3, Part Two. The two dialects, 1.0.3 and 2.0 (IEEE 9274.1.1), differ in
three things: how a timestamp may be spelled, which ``version`` a statement may name, and whether a context has
``contextAgents`` and ``contextGroups``.
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Any, Final

from msgspec import UNSET, UnsetType

from bdhvs_xapi.statements import schema
from bdhvs_xapi.statements.agents import agent_key
from bdhvs_xapi.statements.errors import Problem
from bdhvs_xapi.statements.times import is_duration, parse_timestamp
from bdhvs_xapi.statements.values import (
    IRI,
    LANGUAGE,
    MAX_DEPTH,
    MAX_KEY_BYTES,
    MBOX,
    MEDIA_TYPE,
    SHA1,
    SHA2,
    UUID,
    depth_of,
    walk,
)
from bdhvs_xapi.statements.versions import Version
from bdhvs_xapi.statements.vocabulary import Interaction, ObjectType, Verb

# Which lists of components an interaction type may carry (xAPI 1.0.3 Part Two, 2.4.4.1, "Interaction Components").
_COMPONENTS: Final[dict[str, frozenset[str]]] = {
    Interaction.TRUE_FALSE: frozenset(),
    Interaction.CHOICE: frozenset({"choices"}),
    Interaction.FILL_IN: frozenset(),
    Interaction.LONG_FILL_IN: frozenset(),
    Interaction.MATCHING: frozenset({"source", "target"}),
    Interaction.PERFORMANCE: frozenset({"steps"}),
    Interaction.SEQUENCING: frozenset({"choices"}),
    Interaction.LIKERT: frozenset({"scale"}),
    Interaction.NUMERIC: frozenset(),
    Interaction.OTHER: frozenset(),
}

_AGENT_PROPERTIES: Final = ("name", "mbox", "mbox_sha1sum", "openid", "account", "member")
_SUBSTATEMENT_PROPERTIES: Final = ("actor", "verb", "object", "result", "context", "timestamp", "attachments")
# What each kind of object must not carry, as (struct field) names.
_FOREIGN: Final[dict[str, tuple[str, ...]]] = {
    ObjectType.ACTIVITY: _AGENT_PROPERTIES + _SUBSTATEMENT_PROPERTIES,
    ObjectType.AGENT: ("id", "definition", *_SUBSTATEMENT_PROPERTIES),
    ObjectType.GROUP: ("id", "definition", *_SUBSTATEMENT_PROPERTIES),
    ObjectType.STATEMENT_REF: ("definition", *_AGENT_PROPERTIES, *_SUBSTATEMENT_PROPERTIES),
    ObjectType.SUB_STATEMENT: ("id", "definition", *_AGENT_PROPERTIES),
}

_AGENT_ONLY: Final = (ObjectType.AGENT,)
_GROUP_ONLY: Final = (ObjectType.GROUP,)
_AGENT_OR_GROUP: Final = (ObjectType.AGENT, ObjectType.GROUP)
_ACTIVITY_OR_UNSET: Final = (UNSET, ObjectType.ACTIVITY)

# 2.4.10: "1.0" means 1.0.0. A store of 2.0 also takes what was made for 1.0.x (IEEE 9274.1.1, 4.1.2). A version of both
# is one of 1.0.x.
_VERSIONS: Final[dict[Version | None, tuple[re.Pattern[str], str]]] = {
    Version.V1: (re.compile(r"1\.0(?:\.[0-9]+)?"), "expected 1.0.x"),
    Version.V2: (re.compile(r"1\.0(?:\.[0-9]+)?|2\.0\.[0-9]+"), "expected 2.0.x or 1.0.x"),
    None: (re.compile(r"1\.0\.[0-9]+"), "expected 1.0.x"),
}


class Check:
    """Collects the problems of one statement under one dialect, or (``None``) under both at once."""

    def __init__(self, version: Version | None = None) -> None:
        self.version = version
        self.problems: list[Problem] = []
        self.instants: dict[str, datetime] = {}
        self.lone_activities = False

    def report(self, path: str, reason: str) -> None:
        self.problems.append(Problem(path, reason))

    # -- values ------------------------------------------------------------------------------------------------

    def iri(self, path: str, text: str, *, key: bool = False) -> None:
        if not IRI.fullmatch(text):
            self.report(path, "expected an IRI with a scheme, like https://example.org/x")
        elif key and len(text.encode()) > MAX_KEY_BYTES:
            self.report(path, f"longer than {MAX_KEY_BYTES} bytes")

    def uuid(self, path: str, text: str | UnsetType) -> None:
        if text is not UNSET and not UUID.fullmatch(text):
            self.report(path, "expected a UUID")

    def instant(self, path: str, text: str | UnsetType) -> None:
        if text is UNSET:
            return
        try:
            self.instants[path] = parse_timestamp(text, self.version)
        except ValueError as error:
            self.report(path, str(error))

    def language_map(self, path: str, texts: schema.LanguageMap | UnsetType) -> None:
        if texts is UNSET:
            return
        for tag in texts:
            if not LANGUAGE.fullmatch(tag):
                self.report(path, f"{tag!r} is not a language tag (RFC 5646)")

    def extensions(self, path: str, values: schema.Extensions | UnsetType) -> None:
        if values is UNSET:
            return
        for key, value in values.items():
            if not IRI.fullmatch(key):
                self.report(path, f"the key {key!r} is not an IRI with a scheme")
            if isinstance(value, dict | list) and depth_of(value) > MAX_DEPTH:
                self.report(path, f"{key!r} is nested deeper than {MAX_DEPTH} levels")

    def no_nul(self, statement: Any) -> None:
        """U+0000, which PostgreSQL's text cannot hold; in extensions only where other stores must be able to follow.

        Values of extensions are in the body alone, and 4.1 forbids to refuse a statement for them.
        """
        for path, value in walk(statement, without=None if self.version is None else "extensions"):
            if isinstance(value, str) and "\0" in value:
                # One says it: each has a path of its own, and together those may be as long as the square of what came.
                self.report(str(path), "the character U+0000 is not allowed")
                return

    # -- agents ------------------------------------------------------------------------------------------------

    def agent(self, path: str, agent: schema.Agent | schema.Object, kinds: tuple[str, ...]) -> None:
        """``kinds``: the object types allowed here; the first is assumed when ``objectType`` is absent."""
        kind = kinds[0] if agent.object_type is UNSET else agent.object_type
        if kind not in kinds:
            self.report(f"{path}.objectType", f"expected {' or '.join(kinds)}, got {kind!r}")
            return
        identifiers = (
            (agent.mbox is not UNSET)
            + (agent.mbox_sha1sum is not UNSET)
            + (agent.openid is not UNSET)
            + (agent.account is not UNSET)
        )
        if agent.mbox is not UNSET and not MBOX.fullmatch(agent.mbox):
            self.report(f"{path}.mbox", "expected mailto: and one address")
        if agent.mbox_sha1sum is not UNSET and not SHA1.fullmatch(agent.mbox_sha1sum):
            self.report(f"{path}.mbox_sha1sum", "expected 40 hexadecimal digits")
        if agent.openid is not UNSET:
            self.iri(f"{path}.openid", agent.openid)
        if agent.account is not UNSET:
            self.iri(f"{path}.account.homePage", agent.account.home_page)
        if identifiers > 1:
            self.report(path, "expected one of mbox, mbox_sha1sum, openid, account; got several")
        elif kind == ObjectType.AGENT:
            if not identifiers:
                self.report(path, "expected one of mbox, mbox_sha1sum, openid, account")
            if agent.member is not UNSET:
                self.report(f"{path}.member", "only a Group has members")
        elif not identifiers and agent.member is UNSET:
            self.report(path, "a Group without identifier needs members")
        if identifiers == 1 and len(agent_key(agent).encode()) > MAX_KEY_BYTES:
            self.report(path, f"the identifier is longer than {MAX_KEY_BYTES} bytes")
        if kind == ObjectType.GROUP and agent.member is not UNSET:
            for index, member in enumerate(agent.member):
                self.agent(f"{path}.member[{index}]", member, _AGENT_ONLY)

    def authority(self, agent: schema.Agent) -> None:
        """xAPI 1.0.3 Part Two, 2.4.9: an Agent, or a Group of exactly two (OAuth consumer and user), not identified."""
        self.agent("authority", agent, _AGENT_OR_GROUP)
        if agent.object_type == ObjectType.GROUP:
            if agent.member is UNSET or len(agent.member) != 2:
                self.report("authority", "a Group authority has exactly two members")
            if any(x is not UNSET for x in (agent.mbox, agent.mbox_sha1sum, agent.openid, agent.account)):
                self.report("authority", "a Group authority is anonymous")

    # -- objects -----------------------------------------------------------------------------------------------

    def verb(self, path: str, verb: schema.Verb) -> None:
        self.iri(f"{path}.id", verb.id, key=True)
        self.language_map(f"{path}.display", verb.display)

    def activity(self, path: str, id_: str, definition: schema.Definition | UnsetType) -> None:
        self.iri(f"{path}.id", id_, key=True)
        if definition is not UNSET:
            self.definition(f"{path}.definition", definition)

    def definition(self, path: str, definition: schema.Definition) -> None:
        self.language_map(f"{path}.name", definition.name)
        self.language_map(f"{path}.description", definition.description)
        if definition.type is not UNSET:
            self.iri(f"{path}.type", definition.type)
        if definition.more_info is not UNSET:
            self.iri(f"{path}.moreInfo", definition.more_info)
        self.extensions(f"{path}.extensions", definition.extensions)
        lists = {
            "choices": definition.choices,
            "scale": definition.scale,
            "source": definition.source,
            "target": definition.target,
            "steps": definition.steps,
        }
        used = {name: components for name, components in lists.items() if components is not UNSET}
        kind = definition.interaction_type
        if kind is UNSET:
            if used or definition.correct_responses_pattern is not UNSET:
                self.report(f"{path}.interactionType", "required with correctResponsesPattern or components")
        elif kind not in _COMPONENTS:
            self.report(f"{path}.interactionType", f"expected one of {', '.join(_COMPONENTS)}; got {kind!r}")
        else:
            for name in used.keys() - _COMPONENTS[kind]:
                self.report(f"{path}.{name}", f"not allowed with interactionType {kind}")
        for name, components in used.items():
            seen: set[str] = set()
            for index, component in enumerate(components):
                if component.id in seen:
                    self.report(f"{path}.{name}[{index}].id", f"{component.id!r} occurs twice")
                seen.add(component.id)
                self.language_map(f"{path}.{name}[{index}].description", component.description)

    def object(self, path: str, obj: schema.Object, *, inside: bool) -> str:
        """Checks an object and returns its kind; ``inside``: it is the object of a SubStatement."""
        kind = ObjectType.ACTIVITY if obj.object_type is UNSET else obj.object_type
        foreign = _FOREIGN.get(kind)
        if foreign is None:
            self.report(f"{path}.objectType", f"expected one of {', '.join(_FOREIGN)}; got {kind!r}")
            return kind
        for name in foreign:
            if getattr(obj, name) is not UNSET:
                self.report(f"{path}.{name}", f"not a property of {kind}")
        if kind == ObjectType.ACTIVITY:
            if obj.id is UNSET:
                self.report(f"{path}.id", "required")
            else:
                self.activity(path, obj.id, obj.definition)
        elif kind == ObjectType.STATEMENT_REF:
            if obj.id is UNSET:
                self.report(f"{path}.id", "required")
            self.uuid(f"{path}.id", obj.id)
        elif kind == ObjectType.SUB_STATEMENT:
            if inside:
                self.report(path, "a SubStatement holds no other SubStatement")
            else:
                self.sub_statement(path, obj)
        else:
            self.agent(path, obj, _AGENT_OR_GROUP)
        return kind

    # -- result and context ------------------------------------------------------------------------------------

    def result(self, path: str, result: schema.Result | UnsetType) -> None:
        if result is UNSET:
            return
        if result.score is not UNSET:
            self.score(f"{path}.score", result.score)
        if result.duration is not UNSET and not is_duration(result.duration):
            self.report(f"{path}.duration", "expected an ISO 8601 duration, like PT4M30S; weeks stand alone")
        self.extensions(f"{path}.extensions", result.extensions)

    def score(self, path: str, score: schema.Score) -> None:
        scaled, raw, low, high = score.scaled, score.raw, score.min, score.max
        for name, number in (("scaled", scaled), ("raw", raw), ("min", low), ("max", high)):
            if number is not UNSET and not math.isfinite(number):
                self.report(f"{path}.{name}", "out of range")
        if scaled is not UNSET and not -1 <= scaled <= 1:
            self.report(f"{path}.scaled", "expected a number from -1 to 1")
        if low is not UNSET and high is not UNSET and not low < high:
            self.report(f"{path}.min", "expected less than max")
        if raw is not UNSET and ((low is not UNSET and raw < low) or (high is not UNSET and raw > high)):
            self.report(f"{path}.raw", "expected a number from min to max")

    def context(self, path: str, context: schema.Context | UnsetType, kind: str) -> None:
        if context is UNSET:
            return
        self.uuid(f"{path}.registration", context.registration)
        if context.instructor is not UNSET:
            self.agent(f"{path}.instructor", context.instructor, _AGENT_OR_GROUP)
        if context.team is not UNSET:
            self.agent(f"{path}.team", context.team, _GROUP_ONLY)
            if context.team.object_type is UNSET:
                self.report(f"{path}.team.objectType", "required: Group")
        # An unknown kind is reported already; what may go with it cannot be known.
        if kind != ObjectType.ACTIVITY and kind in _FOREIGN:
            for name in ("revision", "platform"):
                if getattr(context, name) is not UNSET:
                    self.report(f"{path}.{name}", "only allowed when the object is an Activity")
        if context.language is not UNSET and not LANGUAGE.fullmatch(context.language):
            self.report(f"{path}.language", "expected a language tag (RFC 5646)")
        if context.statement is not UNSET:
            if context.statement.object_type != ObjectType.STATEMENT_REF:
                self.report(f"{path}.statement.objectType", "expected StatementRef")
            self.uuid(f"{path}.statement.id", context.statement.id)
        self.extensions(f"{path}.extensions", context.extensions)
        if context.context_agents is not UNSET or context.context_groups is not UNSET:
            self.context_agents(path, context)
        groups = context.context_activities
        if groups is UNSET:
            return
        for name in ("parent", "grouping", "category", "other"):
            activities = getattr(groups, name)
            if activities is UNSET:
                continue
            if isinstance(activities, schema.Activity):
                self.lone_activities = True
                activities = [activities]
            for index, activity in enumerate(activities):
                where = f"{path}.contextActivities.{name}[{index}]"
                if activity.object_type not in _ACTIVITY_OR_UNSET:
                    self.report(f"{where}.objectType", "expected Activity")
                self.activity(where, activity.id, activity.definition)

    def context_agents(self, path: str, context: schema.Context) -> None:
        """IEEE 9274.1.1, 4.2.5.3 and 4.2.5.4: whom the statement also concerns, and as what."""
        listed: tuple[tuple[str, str, list[Any] | UnsetType, tuple[str, ...]], ...] = (
            ("contextAgents", "agent", context.context_agents, _AGENT_ONLY),
            ("contextGroups", "group", context.context_groups, _GROUP_ONLY),
        )
        for name, member, entries, kinds in listed:
            if entries is UNSET:
                continue
            if self.version is not Version.V2:
                self.report(f"{path}.{name}", "exists in xAPI 2.0 only")
                continue
            for index, entry in enumerate(entries):
                where = f"{path}.{name}[{index}]"
                kind = name.removesuffix("s")
                if entry.object_type != kind:
                    self.report(f"{where}.objectType", f"expected {kind}")
                who: schema.Agent = getattr(entry, member)
                self.agent(f"{where}.{member}", who, kinds)
                if kinds is _GROUP_ONLY and who.object_type is UNSET:
                    self.report(f"{where}.{member}.objectType", "required: Group")
                if entry.relevant_types is UNSET:
                    continue
                if not entry.relevant_types:
                    self.report(f"{where}.relevantTypes", "expected at least one type, or leave it out")
                for number, type_ in enumerate(entry.relevant_types):
                    self.iri(f"{where}.relevantTypes[{number}]", type_)

    def attachments(self, path: str, attachments: list[schema.Attachment] | UnsetType) -> None:
        if attachments is UNSET:
            return
        for index, attachment in enumerate(attachments):
            where = f"{path}[{index}]"
            self.iri(f"{where}.usageType", attachment.usage_type)
            self.language_map(f"{where}.display", attachment.display)
            self.language_map(f"{where}.description", attachment.description)
            if not MEDIA_TYPE.fullmatch(attachment.content_type):
                self.report(f"{where}.contentType", "expected a media type, like application/pdf")
            if attachment.length < 0:
                self.report(f"{where}.length", "expected 0 or more")
            if not SHA2.fullmatch(attachment.sha2):
                self.report(f"{where}.sha2", "expected a SHA-2 digest in hexadecimal")
            if attachment.file_url is not UNSET:
                self.iri(f"{where}.fileUrl", attachment.file_url)

    # -- statements --------------------------------------------------------------------------------------------

    def sub_statement(self, path: str, sub: schema.Object) -> None:
        kind: str = ObjectType.ACTIVITY
        if sub.actor is UNSET:
            self.report(f"{path}.actor", "required")
        else:
            self.agent(f"{path}.actor", sub.actor, _AGENT_OR_GROUP)
        if sub.object is UNSET:
            self.report(f"{path}.object", "required")
        else:
            kind = self.object(f"{path}.object", sub.object, inside=True)
        if sub.verb is UNSET:
            self.report(f"{path}.verb", "required")
        else:
            self.verb(f"{path}.verb", sub.verb)
        self.result(f"{path}.result", sub.result)
        self.context(f"{path}.context", sub.context, kind)
        self.instant(f"{path}.timestamp", sub.timestamp)
        self.attachments(f"{path}.attachments", sub.attachments)

    def statement(self, statement: schema.Statement) -> None:
        self.uuid("id", statement.id)
        self.agent("actor", statement.actor, _AGENT_OR_GROUP)
        self.verb("verb", statement.verb)
        kind = self.object("object", statement.object, inside=False)
        # xAPI 1.0.3 Part Two, 2.3.2: what is voided is named by a StatementRef.
        if statement.verb.id == Verb.VOIDED and kind != ObjectType.STATEMENT_REF:
            self.report("object", "the object of a voiding statement is a StatementRef")
        self.result("result", statement.result)
        self.context("context", statement.context, kind)
        self.instant("timestamp", statement.timestamp)
        self.instant("stored", statement.stored)
        if statement.authority is not UNSET:
            self.authority(statement.authority)
        pattern, expected = _VERSIONS[self.version]
        if statement.version is not UNSET and not pattern.fullmatch(statement.version):
            self.report("version", expected)
        self.attachments("attachments", statement.attachments)
