"""Public interface of the ledger, and the only one.

Everything is written inside the caller's transaction, so that an act and its statement are one. What a statement is
worth comes from its authority, never from its body.
"""

from __future__ import annotations

from bdhvs_xapi.lrs.credentials import Scope, create_credential, revoke
from bdhvs_xapi.lrs.models import Credential
from bdhvs_xapi.outbox.erasure import Mention, erase_words, identifiers_of, mentions, queued, rejections
from bdhvs_xapi.outbox.models import Item, Rejection, Source, State, Target
from bdhvs_xapi.outbox.pulling import pull
from bdhvs_xapi.outbox.recording import catch_up, catching_up, record, recorded, recording
from bdhvs_xapi.outbox.registry import TransportError, register_transport, transports
from bdhvs_xapi.outbox.sending import deliver
from bdhvs_xapi.outbox.sources import (
    SourceStatus,
    authorities_of_source,
    create_source,
    forget_rejections,
    reread,
    source_faults,
    source_status,
    stop_source,
    test_source,
)
from bdhvs_xapi.outbox.targets import (
    Status,
    TransportMissing,
    create_target,
    pause,
    replay,
    requeue,
    resume,
    set_credentials,
    status,
    target_faults,
    test_connection,
    username_of,
)
from bdhvs_xapi.outbox.transport import (
    Answer,
    Blob,
    Check,
    Destination,
    Outcome,
    Outgoing,
    Result,
    Transport,
    Trouble,
)
from bdhvs_xapi.statements.agents import account_actor, account_key
from bdhvs_xapi.statements.errors import InvalidStatement, Problem
from bdhvs_xapi.statements.ids import statement_id
from bdhvs_xapi.statements.vocabulary import ActivityType, Interaction, Verb
from bdhvs_xapi.store.authorities import ensure_authority
from bdhvs_xapi.store.consistency import newest_stored
from bdhvs_xapi.store.documents import Document, documents_of
from bdhvs_xapi.store.errors import (
    AuthorityConflict,
    StatementConflict,
    TooManyStatements,
    TransactionRequired,
    UnknownAuthority,
    UnknownStatement,
)
from bdhvs_xapi.store.facts import (
    Fact,
    Recorded,
    actors,
    crowded,
    earliest_of,
    facts,
    facts_of,
    get,
    is_voided,
    voided_among,
)
from bdhvs_xapi.store.latest import Answer as LastAnswer
from bdhvs_xapi.store.latest import counts_of, last_answers, newest_of
from bdhvs_xapi.store.models import Statement, Trust
from bdhvs_xapi.store.numbers import register_iris
from bdhvs_xapi.store.query import Cursor, Filter, Page, page
from bdhvs_xapi.store.redact import redact
from bdhvs_xapi.store.turns import Turns
from bdhvs_xapi.store.written import (
    Written,
    actors_of,
    in_force_of,
    set_aside,
    voidings_against,
    voidings_of,
    written_under,
)

__all__ = [
    "ActivityType",
    "Answer",
    "AuthorityConflict",
    "Blob",
    "Check",
    "Credential",
    "Cursor",
    "Destination",
    "Document",
    "Fact",
    "Filter",
    "Interaction",
    "InvalidStatement",
    "Item",
    "LastAnswer",
    "Mention",
    "Outcome",
    "Outgoing",
    "Page",
    "Problem",
    "Recorded",
    "Rejection",
    "Result",
    "Scope",
    "Source",
    "SourceStatus",
    "State",
    "Statement",
    "StatementConflict",
    "TooManyStatements",
    "Status",
    "Target",
    "TransactionRequired",
    "Transport",
    "TransportError",
    "TransportMissing",
    "Trouble",
    "Trust",
    "Turns",
    "UnknownAuthority",
    "UnknownStatement",
    "Verb",
    "Written",
    "account_actor",
    "account_key",
    "actors",
    "actors_of",
    "authorities_of_source",
    "catch_up",
    "catching_up",
    "create_credential",
    "create_source",
    "create_target",
    "deliver",
    "documents_of",
    "crowded",
    "earliest_of",
    "ensure_authority",
    "erase_words",
    "facts",
    "facts_of",
    "forget_rejections",
    "get",
    "in_force_of",
    "identifiers_of",
    "is_voided",
    "counts_of",
    "last_answers",
    "mentions",
    "newest_of",
    "newest_stored",
    "page",
    "pause",
    "pull",
    "queued",
    "record",
    "recorded",
    "recording",
    "redact",
    "register_iris",
    "register_transport",
    "rejections",
    "replay",
    "requeue",
    "reread",
    "resume",
    "revoke",
    "set_aside",
    "set_credentials",
    "source_faults",
    "source_status",
    "statement_id",
    "status",
    "stop_source",
    "target_faults",
    "test_connection",
    "test_source",
    "transports",
    "username_of",
    "voided_among",
    "voidings_against",
    "voidings_of",
    "written_under",
]
