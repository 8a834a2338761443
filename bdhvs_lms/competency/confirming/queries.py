"""Queries of what can be confirmed and of whom, what was, and whether a certificate holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import day_of
from bdhvs_lms.campaign.api import Indicator, Target
from bdhvs_lms.competency.confirming.models import (
    Confirmation,
    ConfirmationAct,
    ConfirmationProposal,
    VneidConfirmation,
)
from bdhvs_lms.competency.confirming.statements import ids_of
from bdhvs_lms.competency.models import Attainment, Competency, FrameworkLevel, PassRule
from bdhvs_lms.learners.api import Learner, Person, belonging_to, person_of
from bdhvs_xapi import api as xapi

# By a statement, which a confirmation names.
DECIDED = Q(attained_at__isnull=False, statement_id__isnull=False)


@dataclass(frozen=True)
class Subject:
    """The subject of a confirmation: all that a pass rule asks for, or one competency at a level (or above)."""

    competencies: tuple[Competency, ...]
    """With their framework. Of a rule: as many as the framework knows; a rule that names others holds for nobody."""
    level: int
    rule: PassRule | None = None
    target: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Of a rule: what it makes somebody achieve, by language (`find_target_titles`)."""

    @property
    def key(self) -> str:
        """Return the key for addresses and forms."""
        return f"r{self.rule.pk}" if self.rule is not None else f"c{self.competencies[0].pk}-{self.level}"

    @property
    def columns(self) -> dict[str, Any]:
        """Return the columns of a row about it: of an act, of a proposal."""
        if self.rule is not None:
            return {"pass_rule": self.rule, "competency": None, "level": None}
        return {"pass_rule": None, "competency": self.competencies[0], "level": self.level}

    @property
    def act_columns(self) -> dict[str, Any]:
        """Return `columns` of a confirmation's act, for a query."""
        return {f"act__{name}": value for name, value in self.columns.items()}

    @property
    def holds(self) -> bool:
        return self.rule is None or len(self.competencies) == len(set(self.rule.all_of)) > 0

    @property
    def titles(self) -> dict[str, str]:
        """Return titles by language; never what a rule calls itself, which may be provisional."""
        return dict(self.target) if self.rule is not None else _titles(self.competencies[0])


@dataclass(frozen=True)
class Attained:
    """One competency as somebody has attained it. `level`: the one that was attained first, at least the one asked."""

    competency: Competency
    level: int
    attained_at: datetime
    trust: int
    statement_id: UUID


def rule_subjects(on: date) -> list[Subject]:
    """Return the newest pass rule of each group and year, of this year and those before, the newest year first. Three
    queries."""
    rules: dict[tuple[int, int], PassRule] = {}
    for rule in PassRule.objects.filter(year__lte=on.year).select_related("group", "framework").order_by("number"):
        rules[(rule.group_id, rule.year)] = rule
    ordered = sorted(rules.values(), key=lambda rule: (-rule.year, rule.group_id))
    return _of_rules(ordered)


def _of_rules(rules: Sequence[PassRule]) -> list[Subject]:
    known: dict[tuple[int, str], Competency] = {}
    titles = find_target_titles(rules)
    if rules:
        frameworks = {rule.framework_id for rule in rules}
        rows = Competency.objects.filter(framework__in=frameworks).select_related("framework")
        known = {(one.framework_id, one.code): one for one in rows.order_by("position", "pk")}
    return [
        Subject(
            tuple(one for (framework, code), one in known.items() if framework == rule.framework_id and code in codes),
            rule.level,
            rule,
            titles[rule.pk],
        )
        for rule in rules
        for codes in (set(rule.all_of),)
    ]


def competency_subjects(learner_ids: Collection[int]) -> list[Subject]:
    """Return the competencies at the levels that any of these people has attained, in the frameworks' order. Two
    queries."""
    rows = Attainment.objects.filter(learner__in=learner_ids, attained_at__isnull=False)
    pairs = set(rows.order_by().values_list("competency", "level").distinct())
    found = Competency.objects.select_related("framework").in_bulk({pk for pk, _level in pairs})
    subjects = [Subject((found[pk],), level) for pk, level in pairs]
    return sorted(subjects, key=lambda one: (one.competencies[0].framework_id, one.competencies[0].position, one.level))


def subjects_of(keys: Iterable[str]) -> dict[str, Subject]:
    """Return the existing subjects by `Subject.key`. Four queries, however many."""
    rules: set[int] = set()
    levels: set[tuple[int, int]] = set()
    for kind, rest in {(key[:1], key[1:]) for key in keys}:
        parts = rest.split("-")
        if not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts):
            continue
        if kind == "r" and len(parts) == 1:
            rules.add(int(rest))
        elif kind == "c" and len(parts) == 2:
            levels.add((int(parts[0]), int(parts[1])))
    found = _of_rules(list(PassRule.objects.filter(pk__in=rules).select_related("group", "framework"))) if rules else []
    if levels:
        asked = Competency.objects.select_related("framework").in_bulk({pk for pk, _level in levels})
        known = set(
            FrameworkLevel.objects.filter(framework__in={one.framework_id for one in asked.values()}).values_list(
                "framework", "number"
            )
        )
        found += [
            Subject((asked[pk],), level)
            for pk, level in levels
            if pk in asked and (asked[pk].framework_id, level) in known
        ]
    return {subject.key: subject for subject in found}


def subject_of(key: str) -> Subject | None:
    """Find a subject by `Subject.key`; None: there is none such."""
    return next(iter(subjects_of([key]).values()), None)


def holders(subject: Subject, *, confirmed: bool = False) -> QuerySet[Attainment, Any]:
    """Return primary keys of learners who have attained all of it: within a query. `confirmed`: of whom all of it is
    confirmed as it stands, so not what was attained anew after its evidence was taken away."""
    rows = Attainment.objects.filter(
        DECIDED, competency__in=[one.pk for one in subject.competencies], level__gte=subject.level
    ).order_by()
    if confirmed:
        rows = rows.filter(confirmed_at__isnull=False)
    if not subject.holds:
        rows = rows.none()
    counted = rows.values("learner").annotate(found=Count("competency", distinct=True))
    return counted.filter(found=len(subject.competencies)).values("learner")


def attained_among(subject: Subject, learner_ids: Iterable[int]) -> dict[int, tuple[Attained, ...]]:
    """Return what was attained by those of these people who have attained all of it, in the framework's order. One
    query."""
    if not subject.holds:
        return {}
    known = {one.pk: one for one in subject.competencies}
    rows = Attainment.objects.filter(
        DECIDED, learner__in=list(learner_ids), competency__in=list(known), level__gte=subject.level
    ).order_by("attained_at", "level", "pk")
    first: dict[int, dict[int, Attained]] = defaultdict(dict)
    for row in rows:
        assert row.attained_at is not None and row.statement_id is not None  # noqa: S101 - asked for; narrowing
        one = Attained(known[row.competency_id], row.level, row.attained_at, row.trust or 0, row.statement_id)
        first[row.learner_id].setdefault(row.competency_id, one)
    return {pk: tuple(found[one] for one in known) for pk, found in first.items() if len(found) == len(known)}


def in_group(subject: Subject, on: date) -> QuerySet[Learner]:
    """Return the learners of whom it may be confirmed: everybody, or those whom the rule's group counts on this day."""
    return Learner.objects.filter(merged_into=None) if subject.rule is None else belonging_to(subject.rule.group, on)


Word = Literal["valid", "revoked", "lapsed"]


@dataclass(frozen=True)
class Certificate:
    """A confirmation with what became of it. `lapsed`: nobody has revoked it, but what it rests on was taken away."""

    confirmation: Confirmation
    state: Word
    revoked_at: datetime | None = None
    target: Mapping[str, str] = field(default_factory=dict, compare=False)
    """As `Subject.target`."""

    @property
    def since(self) -> date:
        """Return the day on which the last of it was attained."""
        return max(day_of(_moment(one["attained_at"])) for one in self.confirmation.attained)

    @property
    def titles(self) -> dict[str, str]:
        """Return titles of what was confirmed, by language."""
        by_rule = self.confirmation.act.pass_rule_id is not None
        return dict(self.target if by_rule else self.confirmation.attained[0]["names"])

    @property
    def person(self) -> Person | None:
        """Return the person; None: erased."""
        return getattr(self.confirmation.learner.whole, "person", None)


def _titles(labelled: Any) -> dict[str, str]:
    return {"vi": labelled.label_vi} | ({"en": labelled.label_en} if labelled.label_en else {})


def find_target_titles(rules: Iterable[PassRule]) -> dict[int, dict[str, str]]:
    """Return, by primary key of the rule, the target in the plan's words with year and group, by language: 'Người
    trưởng thành sử dụng được thiết bị thông minh (mục tiêu năm 2025, nhóm: Người trưởng thành)'.

    Where plans word the target of a group and year differently, year and group alone: a paper says nothing that another
    plan says. English where both have an English name. `group` is read of each rule. One query, none for none.
    """
    listed = list(rules)
    if not listed:
        return {}
    rows = Target.objects.filter(
        group__in={rule.group_id for rule in listed},
        year__in={rule.year for rule in listed},
        indicator__source_kind=Indicator.SourceKind.LEARNING_RECORD,
    )
    wordings: dict[tuple[int, int], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for target in rows:
        for language, words in (("vi", target.name_vi or target.quote_vi), ("en", target.name_en or target.quote_en)):
            wordings[target.group_id, target.year][language].add(words)
    return {
        rule.pk: {
            language: _target_title(wordings[rule.group_id, rule.year][language], label, rule.year, language)
            for language, label in _titles(rule.group).items()
            if language == "vi" or "" not in wordings[rule.group_id, rule.year][language]
        }
        for rule in listed
    }


def _target_title(wordings: Collection[str], group: str, year: int, language: str) -> str:
    values = {"year": year, "group": group}
    with translation.override(language):
        if len(wordings) != 1:
            return _("Target of %(year)s, group: %(group)s") % values
        [words] = wordings
        return _("%(target)s (target of %(year)s, group: %(group)s)") % {**values, "target": words}


def _moment(text: str) -> datetime:
    found = parse_datetime(text)
    assert found is not None  # noqa: S101 - written by us
    return found


def _read(rows: QuerySet[Confirmation]) -> QuerySet[Confirmation]:
    return rows.select_related(
        "act__pass_rule__group",
        "act__competency",
        "act__class_group",
        "learner__person",
        "learner__merged_into__person",
        "revocation",
    )


def certificates(rows: QuerySet[Confirmation]) -> list[Certificate]:
    """Return certificates with their states, the newest first. Five queries at most, two more where an operator has
    voided."""
    found = list(_read(rows).order_by("-act__occurred_at", "-pk"))
    ids = {one.pk: ids_of(one) for one in found}
    void = xapi.voided_among([each for listed in ids.values() for each in listed])
    voided_at: dict[UUID, datetime] = {}
    for target, _seq, at in xapi.voidings_against(void) if void else ():
        voided_at[target] = min(at, voided_at.get(target, at))
    standing = _standing(one for one in found if not hasattr(one, "revocation"))
    titles = find_target_titles({one.act.pass_rule for one in found if one.act.pass_rule is not None})
    made = []
    for one in found:
        words = titles.get(one.act.pass_rule_id or 0, {})
        gone = [voided_at[each] for each in ids[one.pk] if each in voided_at]
        if hasattr(one, "revocation"):
            made.append(Certificate(one, "revoked", one.revocation.revoked_at, words))
        elif gone:
            made.append(Certificate(one, "revoked", min(gone), words))
        else:
            made.append(Certificate(one, "valid" if one.pk in standing else "lapsed", target=words))
    return made


def _standing(confirmations: Iterable[Confirmation]) -> set[int]:
    """Return keys of those of which everything is still attained, and was by then. One query, none for none."""
    listed = list(confirmations)
    if not listed:
        return set()
    rows = Attainment.objects.filter(learner__in={one.learner.whole.pk for one in listed}, attained_at__isnull=False)
    held: dict[tuple[int, str, str], list[tuple[int, datetime]]] = defaultdict(list)
    for pk, framework, code, level, at in rows.values_list(
        "learner", "competency__framework__key", "competency__code", "level", "attained_at"
    ):
        if at is not None:
            held[(pk, framework, code)].append((level, at))
    return {
        one.pk
        for one in listed
        if all(
            any(
                level >= each["level"] and at <= one.act.occurred_at
                for level, at in held[(one.learner.whole.pk, each["framework"], each["code"])]
            )
            for each in one.attained
        )
    }


def certificates_of(learner: Learner) -> list[Certificate]:
    """Return all certificates of this person, under whatever record."""
    return certificates(Confirmation.objects.filter(learner__in=learner.ids))


def certificate_with(*, code: str = "", uuid: UUID | None = None) -> Certificate | None:
    """Find a certificate by the code on the paper, or by its key among staff; None: there is none."""
    wanted = Q(code=code) if uuid is None else Q(uuid=uuid)
    return next(iter(certificates(Confirmation.objects.filter(wanted))), None) if code or uuid else None


def confirmed_among(subject: Subject, learners: Iterable[Learner]) -> dict[int, Certificate]:
    """Return by primary key of the person the newest certificate of this subject that was not revoked."""
    whose = {record: learner.pk for learner in learners for record in learner.ids}
    rows = Confirmation.objects.filter(learner__in=list(whose), **subject.act_columns)
    found: dict[int, Certificate] = {}
    for one in certificates(rows):
        if one.state != "revoked":
            found.setdefault(whose[one.confirmation.learner_id], one)
    return found


def proposals(subject: Subject) -> QuerySet[Any, Any]:
    """Return proposals of this subject that wait for an officer, with `person`: the primary key of the record that
    stands for whom it names."""
    return _proposed(subject).filter(refused_at=None)


def _proposed(subject: Subject) -> QuerySet[Any, Any]:
    return ConfirmationProposal.objects.filter(**subject.columns).annotate(person=person_of())


def proposals_among(subject: Subject, learners: Iterable[Learner]) -> dict[int, ConfirmationProposal]:
    """Return by primary key of the person the first proposal that waits, else one that was refused, with class and
    accounts.
    One query."""
    rows = _proposed(subject).filter(person__in=[one.pk for one in learners])
    rows = rows.select_related("class_group", "by", "refused_by").order_by("-proposed_at", "-pk")
    return {row.person: row for row in sorted(rows, key=lambda row: row.refused_at is None)}


def proposed_competencies(living: QuerySet[Learner]) -> list[Subject]:
    """Return the competencies at the levels that were proposed of these people, in the frameworks' order. Three
    queries."""
    rows = ConfirmationProposal.objects.filter(pass_rule=None, refused_at=None).annotate(person=person_of())
    pairs = rows.filter(person__in=living.values("pk")).values_list("competency", "level").distinct()
    found = subjects_of(f"c{pk}-{level}" for pk, level in pairs).values()
    return sorted(found, key=lambda one: (one.competencies[0].framework_id, one.competencies[0].position, one.level))


def act_done(act_id: UUID) -> bool:
    """Tell whether a form has confirmed anybody."""
    return ConfirmationAct.objects.filter(act_id=act_id).exists()


def vneid_of(learners: Iterable[Learner]) -> Mapping[int, VneidConfirmation]:
    """Return by primary key of the person the row that speaks of the confirmation on VNeID. One query."""
    whose = {record: learner.pk for learner in learners for record in learner.ids}
    rows = VneidConfirmation.objects.filter(learner__in=list(whose)).order_by("as_of", "entered_at", "pk")
    return {whose[row.learner_id]: row for row in rows}
