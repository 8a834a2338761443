"""The shape of a statement as msgspec structs (xAPI 1.0.3 Part Two, 2.2 to 2.6; IEEE 9274.1.1, 4.2).

Only shape is checked here: names, JSON types, no unknown property, no ``null`` outside extensions. What must hold
between properties is in ``rules.py``. Property names are snake_case here and as the specification spells them in
JSON. One struct, ``Object``, covers all five kinds of object, because msgspec wants a tag to tell structs apart and
xAPI lets ``objectType`` be absent.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

_NAMES = {
    "object_type": "objectType",
    "home_page": "homePage",
    "more_info": "moreInfo",
    "interaction_type": "interactionType",
    "correct_responses_pattern": "correctResponsesPattern",
    "context_activities": "contextActivities",
    "context_agents": "contextAgents",
    "context_groups": "contextGroups",
    "relevant_types": "relevantTypes",
    "usage_type": "usageType",
    "content_type": "contentType",
    "file_url": "fileUrl",
}

# Strings by property: keys are language tags in one and IRIs in the other.
LanguageMap = dict[str, str]
Extensions = dict[str, Any]


class _Part(Struct, forbid_unknown_fields=True, rename=_NAMES, gc=False):
    """Common options. ``gc=False``: these trees are built from JSON and hold no cycles."""


class Account(_Part):
    home_page: str
    name: str


class Agent(_Part):
    """An Agent or, with ``object_type`` "Group", a Group."""

    object_type: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    mbox: str | UnsetType = UNSET
    mbox_sha1sum: str | UnsetType = UNSET
    openid: str | UnsetType = UNSET
    account: Account | UnsetType = UNSET
    member: list[Agent] | UnsetType = UNSET


class Verb(_Part):
    id: str
    display: LanguageMap | UnsetType = UNSET


class Component(_Part):
    id: str
    description: LanguageMap | UnsetType = UNSET


class Definition(_Part):
    name: LanguageMap | UnsetType = UNSET
    description: LanguageMap | UnsetType = UNSET
    type: str | UnsetType = UNSET
    more_info: str | UnsetType = UNSET
    interaction_type: str | UnsetType = UNSET
    correct_responses_pattern: list[str] | UnsetType = UNSET
    choices: list[Component] | UnsetType = UNSET
    scale: list[Component] | UnsetType = UNSET
    source: list[Component] | UnsetType = UNSET
    target: list[Component] | UnsetType = UNSET
    steps: list[Component] | UnsetType = UNSET
    extensions: Extensions | UnsetType = UNSET


class Activity(_Part):
    id: str
    object_type: str | UnsetType = UNSET
    definition: Definition | UnsetType = UNSET


class StatementRef(_Part):
    object_type: str
    id: str


class ContextActivities(_Part):
    parent: list[Activity] | Activity | UnsetType = UNSET
    grouping: list[Activity] | Activity | UnsetType = UNSET
    category: list[Activity] | Activity | UnsetType = UNSET
    other: list[Activity] | Activity | UnsetType = UNSET


class ContextAgent(_Part):
    """IEEE 9274.1.1, 4.2.5.3; unknown to xAPI 1.0.3."""

    object_type: str
    agent: Agent
    relevant_types: list[str] | UnsetType = UNSET


class ContextGroup(_Part):
    """IEEE 9274.1.1, 4.2.5.4; unknown to xAPI 1.0.3."""

    object_type: str
    group: Agent
    relevant_types: list[str] | UnsetType = UNSET


class Context(_Part):
    registration: str | UnsetType = UNSET
    instructor: Agent | UnsetType = UNSET
    team: Agent | UnsetType = UNSET
    context_activities: ContextActivities | UnsetType = UNSET
    context_agents: list[ContextAgent] | UnsetType = UNSET
    context_groups: list[ContextGroup] | UnsetType = UNSET
    revision: str | UnsetType = UNSET
    platform: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    statement: StatementRef | UnsetType = UNSET
    extensions: Extensions | UnsetType = UNSET


class Score(_Part):
    scaled: float | UnsetType = UNSET
    raw: float | UnsetType = UNSET
    min: float | UnsetType = UNSET
    max: float | UnsetType = UNSET


class Result(_Part):
    score: Score | UnsetType = UNSET
    success: bool | UnsetType = UNSET
    completion: bool | UnsetType = UNSET
    response: str | UnsetType = UNSET
    duration: str | UnsetType = UNSET
    extensions: Extensions | UnsetType = UNSET


class Attachment(_Part):
    usage_type: str
    display: LanguageMap
    content_type: str
    length: int
    sha2: str
    description: LanguageMap | UnsetType = UNSET
    file_url: str | UnsetType = UNSET


class Object(_Part):
    """Activity (when ``object_type`` is absent), Agent, Group, StatementRef or SubStatement."""

    object_type: str | UnsetType = UNSET
    # Activity and StatementRef
    id: str | UnsetType = UNSET
    definition: Definition | UnsetType = UNSET
    # Agent and Group
    name: str | UnsetType = UNSET
    mbox: str | UnsetType = UNSET
    mbox_sha1sum: str | UnsetType = UNSET
    openid: str | UnsetType = UNSET
    account: Account | UnsetType = UNSET
    member: list[Agent] | UnsetType = UNSET
    # SubStatement
    actor: Agent | UnsetType = UNSET
    verb: Verb | UnsetType = UNSET
    object: Object | UnsetType = UNSET
    result: Result | UnsetType = UNSET
    context: Context | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET
    attachments: list[Attachment] | UnsetType = UNSET


class Statement(_Part):
    actor: Agent
    verb: Verb
    object: Object
    id: str | UnsetType = UNSET
    result: Result | UnsetType = UNSET
    context: Context | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET
    stored: str | UnsetType = UNSET
    authority: Agent | UnsetType = UNSET
    version: str | UnsetType = UNSET
    attachments: list[Attachment] | UnsetType = UNSET
