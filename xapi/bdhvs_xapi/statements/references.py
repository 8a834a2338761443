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
    # What a StatementRef takes over from the statements that it leads to (store/inheritance.py): through statements of
    # its own authority alone, or through somebody else's. A verb is a term too; a registration is kept as one.
    REF_OBJECT = 7
    REF_RELATED = 8
    REF_VERB = 9
    REF_REGISTRATION = 10
    FOREIGN_REF_OBJECT = 11
    FOREIGN_REF_RELATED = 12
    FOREIGN_REF_VERB = 13
    FOREIGN_REF_REGISTRATION = 14


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
    CONTEXT_AGENT = 6
    # As in TermRole: REF_AGENT is what ``agent`` matches in a statement referred to, REF_RELATED the rest of it.
    REF_AGENT = 7
    REF_RELATED = 8
    FOREIGN_REF_AGENT = 9
    FOREIGN_REF_RELATED = 10


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
            inner.extend(_context_agents(target.context))
        for agent in inner:
            found.update(_with_members(AgentRole.SUB_STATEMENT, AgentRole.SUB_STATEMENT, agent))
    if statement.context is not UNSET:
        if statement.context.instructor is not UNSET:
            found.update(_with_members(AgentRole.INSTRUCTOR, AgentRole.INSTRUCTOR, statement.context.instructor))
        if statement.context.team is not UNSET:
            found.update(_with_members(AgentRole.TEAM, AgentRole.TEAM, statement.context.team))
        for agent in _context_agents(statement.context):
            found.update(_with_members(AgentRole.CONTEXT_AGENT, AgentRole.CONTEXT_AGENT, agent))
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


def _context_agents(context: schema.Context) -> Iterator[schema.Agent]:
    """IEEE 9274.1.1, 4.2.5.3 and 4.2.5.4."""
    if context.context_agents is not UNSET:
        yield from (entry.agent for entry in context.context_agents)
    if context.context_groups is not UNSET:
        yield from (entry.group for entry in context.context_groups)


def _with_members(
    role: AgentRole, member_role: AgentRole, agent: schema.Agent | schema.Object
) -> Iterator[tuple[AgentRole, str]]:
    yield role, agent_key(agent)
    if agent.member is not UNSET:
        for member in agent.member:
            yield member_role, agent_key(member)
