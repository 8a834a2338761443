"""The tables of the ledger. Rows are inserted and never changed; ``Statement.body`` has one exception, redaction.

Why numbers for verbs, activities and agents (``Term``, ``Agent``)? An IRI of 60 bytes in five indexes of 20 million
rows costs more than the statements. Why no foreign key from ``Voiding`` to its target? A voiding may arrive first.
Why composite primary keys? Those tables are indexes: nothing ever refers to one of their rows.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bdhvs_xapi.statements.references import AgentRole, TermRole


class Trust(models.IntegerChoices):
    """How much a statement's authority vouches for. Stored and compared: a higher number is more trust."""

    CLIENT_REPORTED = 0, "client-reported"
    SERVER_GRADED = 1, "server-graded"
    OBSERVED = 2, "invigilated or observed"
    CONFIRMED = 3, "officially confirmed"


class ObjectKind(models.IntegerChoices):
    """What a statement is about. Stored: never renumber. Labels are xAPI's ``objectType``."""

    ACTIVITY = 0, "Activity"
    AGENT = 1, "Agent"
    GROUP = 2, "Group"
    STATEMENT_REF = 3, "StatementRef"
    SUB_STATEMENT = 4, "SubStatement"


class Term(models.Model):
    """An IRI of a verb or an activity. At most 2,000 bytes (``statements.values.MAX_KEY_BYTES``).

    Also a registration that a StatementRef takes over, as ``registration|<UUID>``, which is no IRI.
    """

    # Four bytes: this number stands in seven rows and index entries of an average statement.
    id = models.AutoField(primary_key=True)
    # Unique: IRI -> number, for every insert and every filter.
    iri = models.TextField(unique=True)

    def __str__(self) -> str:
        return self.iri


class Agent(models.Model):
    """An agent or group by its canonical identifier (``statements.agents.agent_key``); no name, no contact kept."""

    # Four bytes, as in Term.
    id = models.AutoField(primary_key=True)
    # Unique: key -> number, for every insert and every filter; ``api.actors()`` walks it in order.
    key = models.TextField(unique=True)

    def __str__(self) -> str:
        return self.key


class Authority(models.Model):
    """Who put a statement into the ledger. Trust hangs here because a body can claim anything."""

    # Four bytes, as in Term.
    id = models.AutoField(primary_key=True)
    key = models.SlugField(max_length=100, unique=True)
    # The xAPI Agent or Group (JSON text) that stored statements show as ``authority``.
    agent = models.TextField()
    trust = models.PositiveSmallIntegerField(choices=Trust)
    # Whether activities and verbs take their canonical definitions from its statements when nothing else is known.
    defines = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "authorities"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(trust__lte=Trust.CONFIRMED), name="xapi_authority_trust"),
        ]

    def __str__(self) -> str:
        return self.key


class Statement(models.Model):
    """One stored statement: its bytes, and beside them the facts that filters and projections read."""

    # The time of storing and a slot (store/order.py): newest first, and the keyset of every list. Never a sequence:
    # numbers of a sequence and times of storing would be in two orders.
    seq = models.BigIntegerField(primary_key=True)
    # Unique: one statement by id; "same id again" is decided here.
    statement_id = models.UUIDField(unique=True)
    # No index of their own on the foreign keys: Meta.indexes names the queries there are.
    actor = models.ForeignKey(Agent, models.PROTECT, db_index=False, related_name="+")
    verb = models.ForeignKey(Term, models.PROTECT, db_index=False, related_name="+")
    object_kind = models.PositiveSmallIntegerField(choices=ObjectKind)
    # The activity, when the object is one.
    object_term = models.ForeignKey(Term, models.PROTECT, db_index=False, null=True, related_name="+")
    # The statement referred to, when the object is a StatementRef (it need not exist here).
    object_ref = models.UUIDField(null=True)
    registration = models.UUIDField(null=True)
    revision = models.TextField(null=True)  # noqa: DJ001 - absent and empty differ in context.revision
    success = models.BooleanField(null=True)
    completion = models.BooleanField(null=True)
    # Rounded down to nine places: no share may reach a pass mark by rounding.
    scaled = models.DecimalField(max_digits=10, decimal_places=9, null=True)
    # The learner's time: the statement's timestamp, but never later than its receipt.
    occurred_at = models.DateTimeField()
    # Set by the store while it inserts; not an argument, because it is a fact about this database. The time in ``seq``,
    # for people who read the table; since and until are asked of ``seq``.
    stored = models.DateTimeField()
    authority = models.ForeignKey(Authority, models.PROTECT, db_index=False, related_name="+")
    # UTF-8 JSON exactly as answered to a reader: the statement as it came plus what the store sets.
    body = models.BinaryField()
    # SHA-256 of ``canonical_bytes`` of the statement as it came; survives redaction.
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        # There is no change to permit: to take a statement out of force is to add one.
        permissions: ClassVar = [("void_statement", "Can void a statement")]
        indexes: ClassVar = [
            # facts(actor_key, activity): refold one learner x activity; facts(actor_key): rebuild one learner;
            # actors(): has this agent ever been an actor?
            models.Index(fields=["actor", "object_term", "occurred_at"], name="xapi_actor_object_occurred"),
            # Filter "verb", newest or oldest first.
            models.Index(fields=["verb", "seq"], name="xapi_verb_seq"),
            # Filter "registration"; facts(registration) of one attempt. Most foreign statements have none.
            models.Index(
                fields=["registration", "seq"],
                name="xapi_registration_seq",
                condition=models.Q(registration__isnull=False),
            ),
            # A reader who may see only what its own authority recorded; related_agents, for an agent that is one.
            models.Index(fields=["authority", "seq"], name="xapi_authority_seq"),
            # Statements that refer to a statement, voidings among them: asked at every insert, because the filters
            # follow StatementRefs (xAPI 1.0.3 Part Three, 2.1.3).
            models.Index(
                fields=["object_ref", "seq"],
                name="xapi_object_ref_seq",
                condition=models.Q(object_ref__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(scaled__isnull=True) | models.Q(scaled__gte=-1, scaled__lte=1),
                name="xapi_statement_scaled",
            ),
            models.CheckConstraint(
                condition=models.Q(object_kind=ObjectKind.ACTIVITY, object_term__isnull=False)
                | (~models.Q(object_kind=ObjectKind.ACTIVITY) & models.Q(object_term__isnull=True)),
                name="xapi_statement_object_term",
            ),
            models.CheckConstraint(
                condition=models.Q(object_kind=ObjectKind.STATEMENT_REF, object_ref__isnull=False)
                | (~models.Q(object_kind=ObjectKind.STATEMENT_REF) & models.Q(object_ref__isnull=True)),
                name="xapi_statement_object_ref",
            ),
        ]

    def __str__(self) -> str:
        return str(self.statement_id)


class StatementTerm(models.Model):
    """An activity that a statement mentions, the object included; what a StatementRef takes over.

    Those come with their own roles (``TermRole.REF_OBJECT`` and the following), as do a verb and a registration.
    """

    # Filter "activity" is (term, OBJECT) in statement order, "related_activities" the merge of a term's roles.
    pk = models.CompositePrimaryKey("term_id", "role", "statement_id")
    term = models.ForeignKey(Term, models.PROTECT, db_index=False, related_name="+")
    role = models.PositiveSmallIntegerField(choices=[(role.value, role.name.lower()) for role in TermRole])
    statement = models.ForeignKey(Statement, models.PROTECT, db_index=False, related_name="+")

    def __str__(self) -> str:
        return f"{self.statement_id} {TermRole(self.role).name.lower()} {self.term_id}"


class StatementAgent(models.Model):
    """An agent that a statement mentions, the actor included, the authority not (it has its own column).

    What a StatementRef takes over has roles of its own, the authority of the statement referred to included.
    """

    # Filter "agent" is the merge of (agent, ACTOR | OBJECT | MEMBER), "related_agents" of all roles.
    pk = models.CompositePrimaryKey("agent_id", "role", "statement_id")
    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False, related_name="+")
    role = models.PositiveSmallIntegerField(choices=[(role.value, role.name.lower()) for role in AgentRole])
    statement = models.ForeignKey(Statement, models.PROTECT, db_index=False, related_name="+")

    def __str__(self) -> str:
        return f"{self.statement_id} {AgentRole(self.role).name.lower()} {self.agent_id}"


class Voiding(models.Model):
    """A voiding statement and what it voids. The target may come later, or be a voiding itself and so stay valid.

    It is in force only against a target whose authority has no more trust than its own; that is asked when read, so
    that nothing depends on which of the two came first. Taken away when its authority is revoked with everything that
    was written under it (``written.set_aside``).
    """

    # "Is this id voided?" for one id or for a list of facts.
    pk = models.CompositePrimaryKey("target_id", "statement_id")
    target_id = models.UUIDField()
    statement = models.ForeignKey(Statement, models.PROTECT, db_index=False, related_name="+")
    # Of the voiding statement's authority.
    trust = models.PositiveSmallIntegerField(choices=Trust)

    def __str__(self) -> str:
        return f"{self.statement_id} voids {self.target_id}"


class Following(models.Model):
    """A statement that others refer to, or that refers to one, and whose references have not all been gone through.

    Written in the transaction that stores the statement, worked off in steps after it (store/inheritance.py): until
    then filters do not find the references by what they lead to, and ``consistent_through()`` says so.
    """

    statement = models.ForeignKey(Statement, models.PROTECT, db_index=False, related_name="+")
    # ``seq`` of the last reference to it that is done; -1: not even what the statement itself takes over.
    after = models.BigIntegerField()
    # ``seq`` of the statement whose arrival this follows from.
    since = models.BigIntegerField()
    # How many references lie between the two.
    depth = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"{self.statement_id} beyond {self.after}"


class Defining(models.Model):
    """A statement whose words about activities and verbs have not all been taken over into ``Definition``.

    Written in the transaction that stores the statement, worked off in steps after it (store/definitions.py).
    """

    statement = models.OneToOneField(Statement, models.PROTECT, primary_key=True, related_name="+")
    # How many of the things that it says are done.
    done = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.statement_id} beyond {self.done}"


class Definition(models.Model):
    """What is known about an activity or a verb, gathered from the statements of those who may define it."""

    class Kind(models.IntegerChoices):
        """One IRI may be both. Stored: never renumber."""

        ACTIVITY = 0, "activity"
        VERB = 1, "verb"

    # Also the order in which transactions lock several of them.
    pk = models.CompositePrimaryKey("term_id", "kind")
    term = models.ForeignKey(Term, models.PROTECT, db_index=False, related_name="+")
    kind = models.PositiveSmallIntegerField(choices=Kind)
    # JSON text: an activity's definition (xAPI 1.0.3 Part Two, 2.4.4.1), a verb's display.
    content = models.TextField()
    updated = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.term_id}: {self.content}"


class Blob(models.Model):
    """The bytes of an attachment, once however many statements name them; read only through one that does."""

    # Lower-case hexadecimal, as ``attachments[].sha2`` (xAPI 1.0.3 Part Two, 2.4.11).
    sha2 = models.CharField(max_length=128, primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.sha2


class Redaction(models.Model):
    """That personal content was taken out of a stored body: why, when, by whom."""

    # One-to-one: a statement is redacted once; read to tell a reader that the body is not the original.
    statement = models.OneToOneField(Statement, models.PROTECT, primary_key=True, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(reason="") & ~models.Q(by=""), name="xapi_redaction_said_why"),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id}: {self.reason}"


class ErasedAgent(models.Model):
    """That an agent's person was erased here, and under what digest (``store/erased.py``): the identifier is not kept.

    What arrives later about the agent is stored without words, too.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    # The identifier names nobody (an opaque UUID of ours) and stays in statements.
    opaque = models.BooleanField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest
