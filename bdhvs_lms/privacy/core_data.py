"""Declares the personal data of the core's own parts, table by table: one declaration for each part, and the ledger.

Tables are named as strings and read by one generic exporter, because a declaration is about columns, not behaviour:
a part that adds a table adds a line here (a test fails until it does).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.db.models import Q

from bdhvs_lms.base.api import digits, fold, now
from bdhvs_lms.classes.api import forget_numbers
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.api import Learner, LearnerIdentity, without_name
from bdhvs_lms.plugins.api import PersonalData, personal_data
from bdhvs_lms.privacy.confirmed_data import ConfirmingData
from bdhvs_lms.privacy.held import Held, TableData, readable, row_of, user_ids
from bdhvs_lms.privacy.papers import forget_papers
from bdhvs_lms.privacy.requests import forget_words
from bdhvs_lms.privacy.retest_data import RetestData
from bdhvs_lms.tracking.api import AUTHORITIES, CLIENT, actor_key, home_page
from bdhvs_xapi import api as xapi

OPAQUE = "Names nobody: it points at an opaque row and is needed for counts that were reported."
FACT = "A fact about what was done in the campaign; it names an account that erasure empties and closes."


class AuditData(TableData):
    key = "bdhvs_lms.audit"
    tables = (
        Held("bdhvs_lms.Consent", "actor", "actor", "Proof of what was consented to and when; holds the UUID only."),
        Held("bdhvs_lms.ConsentText", "by", "user", FACT),
        # By whom it was written down is about the others; where the paper lies may say whose it is.
        Held("bdhvs_lms.PaperConsent", "consents__actor", "actor", "That a paper was signed, without where it lies."),
        # Looks by the learner's own account (a teacher's) at others are about those others.
        Held("bdhvs_lms.AccessLog", "people__members__actor", "actor", "Proof of who looked, until it is old enough."),
        Held("bdhvs_lms.AccessedPerson", "actor", "actor", "Who was seen in a look; the person is in it by UUID only."),
    )

    def erase(self, learner: Learner) -> int:
        return forget_papers(learner)


class PrivacyData(TableData):
    key = "bdhvs_lms.privacy"
    tables = (
        Held("bdhvs_lms.DataRequest", "learner", "learner", "Proof of what was asked and answered; its words go."),
    )

    def erase(self, learner: Learner) -> int:
        return forget_words(learner)


class CampaignData(TableData):
    key = "bdhvs_lms.campaign"
    tables = (
        Held("bdhvs_lms.Denominator", "entered_by", "user", FACT),
        Held("bdhvs_lms.Figure", "entered_by", "user", FACT),
        Held("bdhvs_lms.SteeringAssignment", "user", "user", FACT),
        Held("bdhvs_lms.Reading", "made_by", "user", FACT),
        Held("bdhvs_lms.ReportDraft", "changed_by", "user", FACT),
    )


class LearnersData(TableData):
    """The data of the learners part. All but what is kept is deleted by `privacy.erase` itself, after everybody else:
    other owners may have to ask which account is the learner's."""

    key = "bdhvs_lms.learners"
    tables = (
        Held("bdhvs_lms.Person", "learner", "learner", ""),
        Held("bdhvs_lms.Guardian", "learner", "learner", ""),
        Held("bdhvs_lms.LearnerIdentity", "learner", "learner", ""),
        Held("bdhvs_lms.Placement", "learner", "learner", OPAQUE),
        Held("bdhvs_lms.Belonging", "learner", "learner", OPAQUE),
        Held("bdhvs_lms.SelfRegistration", "learner", "learner", ""),
        Held("bdhvs_lms.Claim", "learner", "learner", OPAQUE),
        Held("bdhvs_lms.LearnerAlias", "duplicate", "learner", f"{OPAQUE} What was written as the reason goes."),
        Held("bdhvs_lms.SignInAccount", "user", "user", ""),
        Held("bdhvs_lms.SignInSession", "user", "user", ""),
    )

    def export(self, learner: Learner) -> dict[str, list[dict[str, Any]]]:
        found = super().export(learner)
        # Those without an account: by a PIN, a card.
        begun = apps.get_model("bdhvs_lms.SignInSession")._default_manager.filter(identity__learner=learner)
        found["bdhvs_lms.SignInSession"] += [row_of(row) for row in begun.order_by("pk")]
        for row in found["bdhvs_lms.Person"]:
            del row["sort_name"]  # the name once more, spelt for sorting
        for row in found["bdhvs_lms.SignInSession"]:
            del row["session_data"], row["identity"]  # what pages remember for the browser, sealed
        for row in found["bdhvs_lms.LearnerIdentity"]:
            del row["secret"]  # of no use to anybody but a thief
        for row in found["bdhvs_lms.SelfRegistration"]:
            del row["form"], row["origin"]  # marks by which registering is bounded; they say nothing of the person
        return found


class AccountData(PersonalData):
    """The user account: emptied and closed by `privacy.erase` itself, see `LearnersData`."""

    key = "bdhvs_lms.account"
    models = (settings.AUTH_USER_MODEL,)
    kept: ClassVar[Mapping[str, str]] = {settings.AUTH_USER_MODEL: "Emptied and closed: other rows point at it."}
    FIELDS = ("username", "first_name", "last_name", "email", "date_joined", "last_login", "is_active")

    def export(self, learner: Learner) -> dict[str, list[dict[str, Any]]]:
        model = apps.get_model(settings.AUTH_USER_MODEL)
        names = {field.name for field in model._meta.concrete_fields}
        fields = [name for name in (model.USERNAME_FIELD, *self.FIELDS) if name in names]
        rows = model._default_manager.filter(pk__in=user_ids(learner)).order_by("pk").values(*dict.fromkeys(fields))
        return {settings.AUTH_USER_MODEL: [{name: readable(value) for name, value in row.items()} for row in rows]}

    def erase(self, learner: Learner) -> int:
        return 0


class TrackingData(TableData):
    key = "bdhvs_lms.tracking"
    tables = (
        Held("bdhvs_lms.Act", "learner", "learner", OPAQUE),
        Held("bdhvs_lms.Revocation", "by", "user", FACT),
    )


class CoursesData(TableData):
    key = "bdhvs_lms.courses"
    tables = (Held("bdhvs_lms.Enrolment", "learner", "learner", OPAQUE),)


class ClassesData(TableData):
    key = "bdhvs_lms.classes"
    tables = (
        # The number that learners call.
        Held("bdhvs_lms.ClassGroup", "phone_of", "user", ""),
        Held("bdhvs_lms.Membership", "learner", "learner", OPAQUE),
        # Goes with the PIN, when `privacy.erase` takes the ways to recognise the person.
        Held("bdhvs_lms.PinTry", "identity__learner", "learner", ""),
        Held("bdhvs_lms.PinChoice", "identity__learner", "learner", ""),
        Held("bdhvs_lms.ClassTeacher", "user", "user", FACT),
        Held("bdhvs_lms.TeamMember", "user", "user", FACT),
        # Somebody on record without an account; and rows with the name only, which `neighbours` finds.
        Held("bdhvs_lms.TeamMember", "learner", "learner", f"{FACT} Of a neighbour who is in no list the name goes."),
        Held("bdhvs_lms.Attendance", "learner", "learner", OPAQUE),
        Held("bdhvs_lms.SessionAct", "learner", "learner", OPAQUE),
        Held("bdhvs_lms.JoinRequest", "learner", "learner", ""),
        Held("bdhvs_lms.Match", "learner", "learner", ""),
        Held("bdhvs_lms.Match", "record", "learner", ""),
        # What somebody who teaches them allows.
        Held("bdhvs_lms.ExtraAttempt", "learner", "learner", OPAQUE),
        Held("bdhvs_lms.ExtraTime", "learner", "learner", OPAQUE),
        Held("bdhvs_lms.ClassNote", "learner", "learner", ""),
        Held("bdhvs_lms.CompletionMark", "learner", "learner", f"{OPAQUE} What was written as the reason goes."),
    )

    def export(self, learner: Learner) -> dict[str, list[dict[str, Any]]]:
        found = super().export(learner)
        for row in found["bdhvs_lms.PinTry"] + found["bdhvs_lms.PinChoice"]:
            del row["identity"], row["device"]
        found["bdhvs_lms.TeamMember"] += [row_of(row) for row in _neighbours(learner)]
        return found

    def erase(self, learner: Learner) -> int:
        rows, _by_model = apps.get_model("bdhvs_lms.JoinRequest")._default_manager.filter(learner=learner).delete()
        found = apps.get_model("bdhvs_lms.Match")._default_manager.filter(Q(learner=learner) | Q(record=learner))
        asked, _by_model = found.delete()
        notes, _by_model = apps.get_model("bdhvs_lms.ClassNote")._default_manager.filter(learner=learner).delete()
        marks = apps.get_model("bdhvs_lms.CompletionMark")._default_manager.filter(learner=learner).exclude(reason="")
        rows += asked + notes + marks.update(reason="")
        called = [row.pk for row in _neighbours(learner)]
        named = apps.get_model("bdhvs_lms.TeamMember")._default_manager.filter(pk__in=called)
        rows += named.update(full_name="", phone="")
        # Whom learners call may have been them.
        own = _numbers(learner)
        groups = apps.get_model("bdhvs_lms.ClassGroup")._default_manager.exclude(phone="")
        theirs = [pk for pk, phone in groups.values_list("pk", "phone") if digits(phone) in own] if own else []
        rows += groups.filter(pk__in=theirs).update(phone="", phone_of=None)
        rows += forget_numbers(user_ids(learner))
        # Where somebody was visited may be their address.
        visits = apps.get_model("bdhvs_lms.ClassSession")._default_manager.filter(
            kind="visit", attendance__learner=learner
        )
        ids = list(visits.exclude(place="").values_list("pk", flat=True))
        rows += visits.model._default_manager.filter(pk__in=ids).update(place="")
        return int(rows) + _forget_places(learner)


def _numbers(learner: Learner) -> set[str]:
    people = apps.get_model("bdhvs_lms.Person")._default_manager.filter(learner=learner)
    return {number for person in people if (number := digits(person.phone))}


def _neighbours(learner: Learner) -> list[Any]:
    """Return members of teams that stand there by name only and are this person, as far as can be told: the same
    telephone, or the same name where one of the two has none."""
    person = apps.get_model("bdhvs_lms.Person")._default_manager.filter(learner=learner).first()
    if person is None:
        return []
    own = _numbers(learner)
    named = apps.get_model("bdhvs_lms.TeamMember")._default_manager.exclude(full_name="", phone="").order_by("pk")
    return [
        row
        for row in named
        if (number := digits(row.phone)) in own
        or (fold(row.full_name) == fold(person.full_name) and not (number and own))
    ]


def _forget_places(learner: Learner) -> int:
    """Remove the person's name from places of classes: one may meet at somebody's, "nhà bà Bưởi"."""
    called = [
        row.full_name
        for label in ("bdhvs_lms.Person", "bdhvs_lms.Guardian")
        for row in apps.get_model(label)._default_manager.filter(learner=learner)
    ]
    sessions, changed = apps.get_model("bdhvs_lms.ClassSession")._default_manager.exclude(place=""), 0
    for place in sessions.order_by().values_list("place", flat=True).distinct():
        rest = place
        for name in called:
            rest = without_name(rest, name)
        if rest != place:
            changed += sessions.filter(place=place).update(place=rest)
    return changed


class ProgressData(TableData):
    key = "bdhvs_lms.progress"
    tables = (
        Held("bdhvs_lms.Result", "learner", "learner", OPAQUE),
        Held("bdhvs_lms.CourseResult", "learner", "learner", OPAQUE),
        Held("bdhvs_lms.Presence", "learner", "learner", OPAQUE),
    )


class CompetencyData(TableData):
    key = "bdhvs_lms.competency"
    tables = (
        Held("bdhvs_lms.Evidence", "learner", "learner", OPAQUE),
        Held("bdhvs_lms.Attainment", "learner", "learner", OPAQUE),
        Held("bdhvs_lms.Standing", "learner", "learner", OPAQUE),
        Held("bdhvs_lms.RetestMark", "learner", "learner", OPAQUE),
        Held("bdhvs_lms.Realignment", "by", "user", FACT),
        Held("bdhvs_lms.EvidenceRuleVersion", "created_by", "user", FACT),
        Held("bdhvs_lms.RuleApplication", "by", "user", FACT),
    )


class LedgerData(PersonalData):
    """The statements about the learner, what programs keep beside them, and what is on its way to other record stores.

    The ledger cannot declare them itself: it does not know the core.
    """

    key = "bdhvs_xapi"
    models = (
        "bdhvs_xapi.Statement",
        "bdhvs_xapi.StatementAgent",
        "bdhvs_xapi.ActivityState",
        "bdhvs_xapi.AgentProfile",
        "bdhvs_xapi.Item",
        "bdhvs_xapi.Rejection",
    )
    kept: ClassVar[Mapping[str, str]] = {
        "bdhvs_xapi.Statement": (
            "They name the actor by UUID only, and every reported number was computed from them. What other programs "
            "wrote loses its words."
        ),
        "bdhvs_xapi.StatementAgent": "Where a statement names the UUID: an index of the statements.",
        "bdhvs_xapi.Item": "That a statement is to be sent; what the receiver said of it is taken out.",
    }

    def export(self, learner: Learner) -> dict[str, list[dict[str, Any]]]:
        """Export as much as erasure takes: under the UUID, and under the names that others may call the person by."""
        keys = [actor_key(learner), *sorted(other_names(learner))]
        documents = [document for key in keys for document in xapi.documents_of(key)]
        rejections = {row.pk: row for key in keys for row in xapi.rejections(key)}
        return {
            "bdhvs_xapi.Statement": [
                {"voided": fact.voided, "statement": fact.statement}
                for key in keys
                for fact in xapi.facts(actor_key=key, include_voided=True)
            ],
            "bdhvs_xapi.StatementAgent": [
                {"statement": each.statement_id, "role": each.role} for key in keys for each in xapi.mentions(key)
            ],
            "bdhvs_xapi.ActivityState": [_document(each) for each in documents if each.activity is not None],
            "bdhvs_xapi.AgentProfile": [_document(each) for each in documents if each.activity is None],
            "bdhvs_xapi.Item": [
                {
                    "statement": str(item.statement.statement_id),
                    "to": str(item.target),
                    "state": item.get_state_display(),
                    "said": item.last_error,
                }
                for key in keys
                for item in xapi.queued(key)
            ],
            "bdhvs_xapi.Rejection": [
                {
                    "from": str(row.source),
                    "reason": row.reason,
                    "at": readable(row.at),
                    "statement": _text(bytes(row.body)),
                }
                for row in rejections.values()
            ],
        }

    def erase(self, learner: Learner) -> int:
        # What a device claims may come from a package with words in it: only what we build ourselves is known to have
        # none.
        return erase_words(learner)


def erase_words(learner: Learner, *, most: int | None = None) -> int:
    """Remove words and names from what other programs said of the learner, or under other names of the same person.

    `most`: at most about so many statements, in a short transaction of its own; 0 is answered when none is left.
    """
    own = [key for key in AUTHORITIES if key != CLIENT]
    return xapi.erase_words(
        actor_key(learner),
        own=own,
        also=other_names(learner),
        reason="erasure of the person",
        by="privacy.erase",
        at=now(),
        most=most,
    )


def other_names(learner: Learner) -> set[str]:
    """Return the agents that others may call the learner: by mail address, sign-in name here, outside identity."""
    model: Any = apps.get_model(settings.AUTH_USER_MODEL)
    mail = getattr(model, "EMAIL_FIELD", None)
    mails, accounts = [], []
    for user in model._default_manager.filter(pk__in=user_ids(learner)):
        name = user.get_username()
        accounts += [(home, name) for home in _own_addresses()]
        mails += [address for address in (name, getattr(user, mail) if mail else "") if "@" in address]
    for identity in learner.identities.exclude(kind=LearnerIdentity.Kind.USER):
        accounts.append((identity.issuer, identity.subject))
        if "@" in identity.subject:
            mails.append(identity.subject.removeprefix("mailto:"))
    return xapi.identifiers_of(mails=mails, accounts=accounts) - {actor_key(learner)}


def _own_addresses() -> set[str]:
    """Return the addresses that others may take for the home page of accounts here."""
    origin = "/".join(home_page().split("/", 3)[:3])
    found = {home_page().rstrip("/"), origin, app_settings.PUBLIC_URL.rstrip("/")} - {""}
    return found | {f"{address}/" for address in found}


def _text(content: bytes) -> str:
    """Return the content as text where it is text."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return base64.b64encode(content).decode()


def _document(document: xapi.Document) -> dict[str, Any]:
    return {
        "name": document.document_id,
        "activity": document.activity,
        "registration": None if document.registration is None else str(document.registration),
        "type": document.content_type,
        "updated": readable(document.updated),
        "content": _text(document.content),
    }


CORE = (
    AccountData,
    LearnersData,
    AuditData,
    PrivacyData,
    CampaignData,
    TrackingData,
    CoursesData,
    ClassesData,
    ProgressData,
    CompetencyData,
    ConfirmingData,
    RetestData,
    LedgerData,
)


def register() -> None:
    """Register all; called once from `AppConfig.ready()`; again is the same."""
    for declaration in CORE:
        personal_data.register(declaration)
