"""Django finds an app's models here; they live in the subpackages that own them."""

from bdhvs_xapi.outbox.models import Item, Target
from bdhvs_xapi.store.models import (
    Agent,
    Authority,
    Redaction,
    Statement,
    StatementAgent,
    StatementTerm,
    Term,
    Voiding,
)

__all__ = [
    "Agent",
    "Authority",
    "Item",
    "Redaction",
    "Statement",
    "StatementAgent",
    "StatementTerm",
    "Target",
    "Term",
    "Voiding",
]
