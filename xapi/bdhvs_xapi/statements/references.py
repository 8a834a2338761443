"""Which activities and agents a statement mentions, and as what: the rows behind the filters of a record store."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from msgspec import UNSET, UnsetType

from bdhvs_xapi.statements import schema
from bdhvs_xapi.statements.agents import agent_key
from bdhvs_xapi.statements.vocabulary import ObjectType


class TermRole(IntEnum):
    """Where an activity stands in a statement. Stored: never renumber."""

    OBJECT = 0
    PARENT = 1
    GROUPING = 2
    CATEGORY = 3
    OTHER = 4
    SUB_OBJECT = 5
    SUB_CONTEXT = 6


class AgentRole(IntEnum):
    """Where an agent stands in a statement. Stored: never renumber.

    The first three are what the ``agent`` filter matches, all of them (and the authority) what ``related_agents``
    does (xAPI 1.0.3 Part Three, 2.1.3). A group's members count as the group does.
    """

    ACTOR = 0
    OBJECT = 1
    MEMBER = 2
    INSTRUCTOR = 3
    TEAM = 4
    SUB_STATEMENT = 5


_CONTEXT_ROLES = (
    ("parent", TermRole.PARENT),
    ("grouping", TermRole.GROUPING),
    ("category", TermRole.CATEGORY),
    ("other", TermRole.OTHER),
)


def activities(statement: schema.Statement) -> set[tuple[TermRole, str]]:
    """(role, activity IRI) of every activity in a valid statement."""
    found: set[tuple[TermRole, str]] = set()
    target = statement.object
    if target.object_type in (UNSET, ObjectType.ACTIVITY):
        found.add((TermRole.OBJECT, target.id or ""))
    elif target.object_type == ObjectType.SUB_STATEMENT and target.object is not UNSET:
        if target.object.object_type in (UNSET, ObjectType.ACTIVITY):
            found.add((TermRole.SUB_OBJECT, target.object.id or ""))
        found.update((TermRole.SUB_CONTEXT, iri) for _, iri in _context_activities(target.context))
    found.update(_context_activities(statement.context))
    return found


def agents(statement: schema.Statement) -> set[tuple[AgentRole, str]]:
    """(role, agent key) of every agent in a valid statement except its authority."""
    found: set[tuple[AgentRole, str]] = set(_with_members(AgentRole.ACTOR, AgentRole.MEMBER, statement.actor))
    target = statement.object
    if target.object_type in (ObjectType.AGENT, ObjectType.GROUP):
        found.update(_with_members(AgentRole.OBJECT, AgentRole.MEMBER, target))
    elif target.object_type == ObjectType.SUB_STATEMENT:
        inner: list[schema.Agent | schema.Object] = [target.actor] if target.actor is not UNSET else []
        if target.object is not UNSET and target.object.object_type in (ObjectType.AGENT, ObjectType.GROUP):
            inner.append(target.object)
        if target.context is not UNSET:
            inner.extend(agent for agent in (target.context.instructor, target.context.team) if agent is not UNSET)
        for agent in inner:
            found.update(_with_members(AgentRole.SUB_STATEMENT, AgentRole.SUB_STATEMENT, agent))
    if statement.context is not UNSET:
        if statement.context.instructor is not UNSET:
            found.update(_with_members(AgentRole.INSTRUCTOR, AgentRole.INSTRUCTOR, statement.context.instructor))
        if statement.context.team is not UNSET:
            found.update(_with_members(AgentRole.TEAM, AgentRole.TEAM, statement.context.team))
    return found


def _context_activities(context: schema.Context | UnsetType) -> Iterator[tuple[TermRole, str]]:
    if context is UNSET or context.context_activities is UNSET:
        return
    for name, role in _CONTEXT_ROLES:
        listed: list[schema.Activity] | schema.Activity | UnsetType = getattr(context.context_activities, name)
        if listed is UNSET:
            continue
        for activity in [listed] if isinstance(listed, schema.Activity) else listed:
            yield role, activity.id


def _with_members(
    role: AgentRole, member_role: AgentRole, agent: schema.Agent | schema.Object
) -> Iterator[tuple[AgentRole, str]]:
    yield role, agent_key(agent)
    if agent.member is not UNSET:
        for member in agent.member:
            yield member_role, agent_key(member)
