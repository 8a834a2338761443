"""Reads of versions and of attempts."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Window
from django.http import HttpRequest
from django.template import Template

from bdhvs_content.api import page_address
from bdhvs_lms.attempts.api import extra_attempts
from bdhvs_lms.base.api import now
from bdhvs_lms.competency.api import counting_already
from bdhvs_lms.courses.api import Activity, seed_of
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.plugins.api import fragment, question_types
from bdhvs_lms.tracking.api import CompetencyMark
from bdhvs_quiz.crossing import other_form
from bdhvs_quiz.grading import decimal, field_name, marks_by_competency, outcome_of, points_of
from bdhvs_quiz.models import Attempt, AttemptStep, QuizVersion, ShowAnswers, questions_of
from bdhvs_quiz.steps import last_step
from bdhvs_quiz.timing import NotNow, moment, require_now
from bdhvs_quiz.typed import load_typed_answers
from bdhvs_quiz.wording import counted_text, method_text, not_now_text, on_paper_text, other_form_text

# Results on the quiz's page, and on a page of older ones.
LAST_SHOWN = 5
PAGE = 20


PLACE = "cau"
"""In an address: which question is shown, from 1."""


def one_per_page(attempt: Attempt) -> bool:
    return bool(attempt.version.shown.get("one_per_page")) and len(attempt.questions) > 1


@dataclass(frozen=True)
class Item:
    """One question of an attempt as a page shows it. Before submitting `key` and `outcome` are None."""

    place: int
    question_key: str
    name: str
    prompt: str
    shown: dict[str, Any]
    template: Template | None
    """None: the plugin is missing."""
    type_key: str
    response: Any = None
    error: str = ""
    differs: bool = False
    """The page that was sent showed `mine`; `response` was saved by another copy of the page, and stays."""
    mine: Any = None
    key: dict[str, Any] | None = None
    """None also on a result page that may not say yet what would have been right."""
    outcome: dict[str, Any] | None = None
    points: Decimal = Decimal(1)
    """What it counts."""
    query: str = ""
    """Of the address of the page that shows it, where each has a page of its own: '?cau=3'."""
    media: Sequence[Mapping[str, Any]] = ()
    """Pictures and sounds above it, as the version keeps them (`media.copies.with_copies`)."""
    section: dict[str, str] | None = None
    """{"title", "intro"} of the section that begins with it."""

    @property
    def share(self) -> Fraction:
        """Return the share of its points that was earned."""
        return Fraction((self.outcome or {}).get("fraction", 0))

    @property
    def earned(self) -> Decimal:
        return decimal(Fraction(self.points) * self.share, places=2)

    @property
    def partly(self) -> bool:
        return 0 < self.share < 1

    @property
    def answered(self) -> bool:
        return self.response is not None

    @property
    def first(self) -> bool:
        """Tell whether it is the first on a page with all: its pictures are loaded at once, others when they
        come near."""
        return self.place == 1 and not self.query


def latest_version(activity_key: UUID, language: str = "") -> QuizVersion | None:
    """Return the newest version in this language (`QuizVersion.published`), without its key: nobody may see it, so it
    is not
    read."""
    return QuizVersion.published(activity_key, language).defer("key").first()


def answers_of(attempt: Attempt, step: AttemptStep | None) -> dict[str, Any]:
    """Return the responses that a step holds, typed words in their places. At most one query."""
    return load_typed_answers(attempt, step.data.get("responses", {})) if step is not None else {}


def _rank(attempt: Attempt, *names: str) -> str:
    """Return a place in an order that looks random, differs between attempts, and is the same each time."""
    return hashlib.sha256("/".join((str(attempt.uuid), *names)).encode()).hexdigest()


def asked(attempt: Attempt) -> list[dict[str, Any]]:
    """Return the version's questions as this attempt shows them, shuffled if the quiz says so. Pure.

    They are shuffled for display only: grading and statements use the version's own order.
    """
    version = attempt.version.shown
    questions = attempt.questions
    if version.get("shuffle_questions"):
        # Within its section: that is about what it asks.
        sections = sections_of(attempt)
        questions.sort(key=lambda question: (sections[question["key"]][0], _rank(attempt, question["key"])))
    if version.get("shuffle_options"):
        questions = [_options_shuffled(attempt, question) for question in questions]
    return questions


def sections_of(attempt: Attempt) -> dict[str, tuple[int, dict[str, str]]]:
    """Return by question key the number of its section and that section; 0 and {} before the first. Pure."""
    begin = {section["first"]: section for section in attempt.version.shown.get("sections", ())}
    found: dict[str, tuple[int, dict[str, str]]] = {}
    number, current = 0, {}
    for question in attempt.version.shown["questions"]:
        if question["key"] in begin:
            number, current = number + 1, begin[question["key"]]
        found[question["key"]] = number, current
    return found


def _options_shuffled(attempt: Attempt, question: dict[str, Any]) -> dict[str, Any]:
    kind = question_types.get(question["type"])
    if kind is None:
        return question
    return {**question, "shown": kind.shuffled(question["shown"], partial(_rank, attempt, question["key"]))}


def items_to_answer(attempt: Attempt, responses: dict[str, Any], errors: dict[str, str] | None = None) -> list[Item]:
    """Build the items of an open attempt from visible content alone. Pure."""
    items = []
    sections, last = sections_of(attempt), 0
    for place, question in enumerate(asked(attempt), start=1):
        number, section = sections[question["key"]]
        begins, last = number != last, number
        kind = question_types.get(question["type"])
        items.append(
            Item(
                place=place,
                question_key=question["key"],
                name=field_name(question["key"]),
                prompt=question["prompt"],
                shown=question["shown"],
                template=fragment(kind, kind.template) if kind is not None else None,
                type_key=question["type"],
                response=responses.get(question["key"]),
                error=(errors or {}).get(question["key"], ""),
                points=decimal(points_of(question), places=2),
                query=f"?{PLACE}={place}" if one_per_page(attempt) else "",
                media=question.get("media", ()),
                section=section if begins else None,
            )
        )
    return items


@dataclass(frozen=True)
class AttemptsUsed:
    """A learner's use of a quiz's attempts: it decides whether there is another, and whether answers may be shown."""

    passed: bool
    """By any attempt that counted then."""
    submitted: int
    open: bool
    allowed: int
    "0 for unlimited attempts."
    show_answers: str

    @property
    def all_used(self) -> bool:
        return bool(self.allowed) and self.submitted >= self.allowed

    @property
    def answers_shown(self) -> bool:
        if self.show_answers == ShowAnswers.NEVER:
            return False
        return self.show_answers != ShowAnswers.WHEN_DONE or self.passed or (self.all_used and not self.open)


def attempts_of(learner: Learner, activity_key: UUID) -> QuerySet[Attempt]:
    """Return the person's attempts, in whichever record, without those taken back."""
    return Attempt.objects.filter(learner__in=learner.ids, activity_key=activity_key, taken_back_at=None)


def allowed_to(learner: Learner, activity_key: UUID, allowed: int) -> int:
    """Return the allowed attempts, with the learner's extra ones. 0: any number. A query if there is a limit."""
    return allowed + extra_attempts(learner, activity_key).get(activity_key, 0) if allowed else 0


def attempts_used(learner: Learner, activity_key: UUID) -> AttemptsUsed:
    """Count the learner's attempts under the quiz's present rules, which also govern beginning another attempt. Two
    queries;
    three where attempts are limited."""
    version = latest_version(activity_key)
    rules = version.shown if version is not None else {}
    counted = attempts_of(learner, activity_key).aggregate(
        all=Count("pk"),
        submitted=Count("submitted_at"),
        passed=Count("pk", filter=Q(grade__isnull=True, success=True) | Q(grade__verdict=True)),
    )
    return AttemptsUsed(
        passed=counted["passed"] > 0,
        submitted=counted["submitted"],
        open=counted["all"] > counted["submitted"],
        allowed=allowed_to(learner, activity_key, rules.get("attempts_allowed", 0)),
        show_answers=rules.get("show_answers", ShowAnswers.AFTER_EACH),
    )


def items_to_review(attempt: Attempt, step: AttemptStep, *, answers_shown: bool) -> list[Item]:
    """Build the answered items with their outcomes, from the rows of that day. Feedback comes from the type: without
    its
    plugin the question, the points and whether it was right still stand.

    Without `answers_shown` neither key nor feedback nor explanation is handed out, and the question is shown as it was
    asked: each template that knows the key would tell it.
    """
    outcomes, keys = step.data.get("outcomes", {}), attempt.keys if answers_shown else {}
    reviewed = []
    for item in items_to_answer(attempt, answers_of(attempt, step)):
        outcome = dict(outcomes.get(item.question_key, {}))
        if not answers_shown:
            told = {name: outcome[name] for name in ("correct", "fraction") if name in outcome}
            reviewed.append(replace(item, outcome=told))
            continue
        kind = question_types.get(item.type_key)
        key = keys[item.question_key]
        if kind is not None:
            outcome["feedback"] = list(kind.grade(item.shown, key, item.response).feedback)
        template = fragment(kind, kind.review_template) if kind is not None else None
        reviewed.append(replace(item, key=key, outcome=outcome, template=template))
    return reviewed


def overall_text(attempt: Attempt) -> str:
    """Return the feedback on the result: the text of the highest mark that was reached. Pure."""
    assert attempt.raw is not None  # noqa: S101  narrowing for the type checker
    reached = attempt.raw * 100 / attempt.version.max_score
    found = (one["text"] for one in attempt.version.shown.get("overall", ()) if reached >= one["percent"])
    return next(found, "")


@dataclass(frozen=True)
class CompetencyLine:
    """The result of the part of an attempt that is about one competency with a pass mark of its own."""

    names: dict[str, str]
    mark: CompetencyMark
    earlier: bool
    """Not reached with this attempt, but the quiz counts for it by another one."""


def competency_lines(attempt: Attempt, step: AttemptStep) -> list[CompetencyLine]:
    """Return the lines in the quiz's order, from the rows of that day; empty where no competency has a mark of its own.
    One query where a mark was not reached."""
    shown = attempt.version.shown
    outcomes = {key: outcome_of(kept) for key, kept in step.data.get("outcomes", {}).items()}
    names = {one["competency"]: one["names"] for one in shown.get("marks", ())}
    marks = marks_by_competency(shown, attempt.questions, outcomes)
    missing = [mark.competency for mark in marks if not mark.reached]
    already = counting_already(attempt.learner.whole, attempt.activity_key, missing)
    return [CompetencyLine(names[mark.competency], mark, mark.competency in already) for mark in marks]


def quiz_context(page: Any, request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Build the context of the quiz's own page: its facts, and the one button that begins an attempt or goes on."""
    language = page.locale.language_code
    if given["looking"]:
        return {"preview_items": _published_items(given["activity_key"], language)}
    if given["preview"]:
        return {"preview_items": _preview_items(page)}
    key, learner = given["activity_key"], given["learner"]
    version = latest_version(key, language)
    more: dict[str, Any] = {"version": version, "attempts": [], "open_attempt": None, "attempts_left": None}
    if version is None:
        return more
    more |= {"closes_at": moment(version.shown, "closes_at"), "time_limit": version.shown.get("time_limit")}
    more |= {"method": method_text(version.shown), "counted": counted_text(given["standing"].result)}
    allowed = version.shown["attempts_allowed"]
    enrolment = given["standing"].enrolment
    if learner is not None and enrolment is not None:
        more |= _attempts_shown(learner, key, request)
        more |= _times(version, more)
        # The page of two tabs carries one key; the page that the back button brings leads to the attempt it began.
        more["act_id"] = uuid.uuid5(seed_of(enrolment, learner), f"{key}:{more['attempts_ever'] + 1}")
        form = other_form(learner, given["standing"].row)
        if form is not None:
            more |= {"not_now": other_form_text(form), "other_form": page_address(form.key, language)}
        if given["standing"].row.role == Activity.Role.RETEST:
            more["not_now"] = on_paper_text()
        if allowed:
            more["attempts_left"] = max(0, allowed_to(learner, key, allowed) - more["attempts_submitted"])
    return more


def _times(version: QuizVersion, shown: dict[str, Any]) -> dict[str, Any]:
    """Return {"not_now": why no attempt can be begun, in words}; {} if one can be begun, or is open."""
    rules = version.shown
    last = shown["last_received"] if rules.get("wait_minutes") else None
    if shown["open_attempt"] is not None:
        return {}
    try:
        require_now(rules, last, now())
    except NotNow as reason:
        return {"not_now": not_now_text(reason)}
    return {}


def _attempts_shown(learner: Learner, key: UUID, request: HttpRequest) -> dict[str, Any]:
    """Return the open attempt and its progress, and the newest results; with `?truoc-luot=`, a longer page of older
    ones.
    One query, and one each for those two. The number of attempts does not matter: they are numbered from 1."""
    rows = (
        attempts_of(learner, key)
        .select_related("version")
        .defer("version__key", "version__shown", "references")
        .annotate(submitted_ever=Window(Count("submitted_at")), all_ever=Window(Count("pk")))
        .order_by("-number")
    )
    newest = list(rows[: LAST_SHOWN + 1])
    ever = newest[0].number if newest else 0
    # Mostly the newest; of somebody whose records were merged, or one that was opened again, perhaps not.
    open_ones = [attempt for attempt in newest if attempt.submitted_at is None]
    if newest and not open_ones and newest[0].all_ever > newest[0].submitted_ever:
        open_ones = list(rows.filter(submitted_at=None)[:2])
    open_one = next((one for one in open_ones if one.learner_id == learner.pk), next(iter(open_ones), None))
    shown = [attempt for attempt in newest if attempt.submitted_at is not None][:LAST_SHOWN]
    asked_for = request.GET.get("truoc-luot", "")
    before = int(asked_for) if re.fullmatch(r"[0-9]{1,9}", asked_for, re.ASCII) else None
    if before is not None:
        shown = list(rows.filter(number__lt=before, submitted_at__isnull=False)[:PAGE])
    step = last_step(open_one) if open_one is not None else None
    return {
        "open_attempt": open_one,
        "open_answered": len(step.data.get("responses", {})) if step is not None else 0,
        "open_saved_at": step.received_at if step is not None and step.kind == AttemptStep.Kind.SAVED else None,
        "attempts": shown,
        "attempts_all": before is not None,
        "attempts_older": shown[-1].number if before is not None and shown and shown[-1].number > 1 else None,
        "attempts_ever": ever,
        "last_received": max((one.submitted_received_at for one in newest if one.submitted_received_at), default=None),
        "attempts_submitted": newest[0].submitted_ever if newest else 0,
    }


def _published_items(activity_key: UUID, language: str) -> list[dict[str, Any]]:
    """Return the questions as learners get them, for users who only look: the right answers are not even read. One
    query."""
    version = latest_version(activity_key, language)
    if version is None:
        return []
    found: list[dict[str, Any]] = []
    for question in version.shown["questions"]:
        kind = question_types.get(question["type"])
        template = fragment(kind, kind.template) if kind is not None else None
        known = {"prompt": question["prompt"], "shown": question["shown"], "name": field_name(question["key"])}
        known["media"] = question.get("media", ())
        found.append({**known, "template": template, "missing": kind is None})
    return found


def _preview_items(page: Any) -> list[dict[str, Any]]:
    return [one.asked.preview() | {"name": f"preview-{one.asked.pk}"} for one in questions_of(page)]
