"""Why the store refuses a valid statement."""

from __future__ import annotations

from uuid import UUID


class StatementConflict(Exception):
    """The ledger holds another statement under this id (xAPI 1.0.3 Part Three, 2.1.1: 409).

    ``statement_id``; ``properties``: the differing top-level properties, sorted. After a redaction the stored body
    lacks words that the original had, so properties that only lost words may be listed too.
    """

    def __init__(self, statement_id: UUID, properties: tuple[str, ...]) -> None:
        self.statement_id = statement_id
        self.properties = properties
        super().__init__(
            f"statement {statement_id} is already recorded with other content in: {', '.join(properties) or 'nothing'}"
        )


class TooManyStatements(Exception):
    """Whoever listens to ``recorded`` wants no more about somebody (a record store answers 403; a pull goes on without
    the statement). The text says about whom, and how many there may be."""


class TransactionRequired(RuntimeError):
    """record() was called outside transaction.atomic(): the act and its statement would not be one."""


class UnknownAuthority(LookupError):
    """No authority has this key; ``ensure_authority()`` makes one."""


class AuthorityConflict(ValueError):
    """An authority of this key exists with another agent or trust, and statements may already rest on it."""


class UnknownStatement(LookupError):
    """No statement has this id."""
