"""Django finds an app's models here; they live in the subpackages that own them."""

from bdhvs_xapi.lrs.models import Credential
from bdhvs_xapi.outbox.models import Item, Rejection, Source, SourceAuthority, Target
from bdhvs_xapi.store.documents import ActivityProfile, ActivityState, AgentProfile
from bdhvs_xapi.store.models import (
    Agent,
    Authority,
    Blob,
    Defining,
    Definition,
    ErasedAgent,
    Following,
    Redaction,
    Statement,
    StatementAgent,
    StatementTerm,
    Term,
    Voiding,
)

__all__ = [
    "ActivityProfile",
    "ActivityState",
    "Agent",
    "AgentProfile",
    "Authority",
    "Blob",
    "Credential",
    "Defining",
    "Definition",
    "Following",
    "ErasedAgent",
    "Item",
    "Redaction",
    "Rejection",
    "Source",
    "SourceAuthority",
    "Statement",
    "StatementAgent",
    "StatementTerm",
    "Target",
    "Term",
    "Voiding",
]
