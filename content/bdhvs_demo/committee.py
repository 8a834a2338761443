"""The committee's data: people who were confirmed by a paper, and the readings of the last three months."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bdhvs_demo.data import demo_id
from bdhvs_demo.evenings import HANOI, WEEK, Calendar, evening
from bdhvs_lms.classes.api import ClassGroup, members
from bdhvs_lms.competency.api import Document, certificates_of, check, confirm, pass_rules, revoke, subject_of
from bdhvs_lms.reporting.api import freeze, month_before, planned_areas, readings_of

GROUP, YEAR = "adult", 2025
# By then those of the first class who pass have passed.
PAPER = 7 * WEEK
PEOPLE, REVOKED = 10, 2
MONTHS = 3


def confirmed(class_code: str, *, at: datetime) -> None:
    """Confirm the first ten of the class who pass by a paper; of two it is taken back a week later. Once."""
    day = Calendar(at).first + PAPER
    rule = next((one for one in pass_rules() if (one.group.key, one.year) == (GROUP, YEAR)), None)
    subject = subject_of(f"r{rule.pk}") if rule is not None else None
    if subject is None or evening(day + WEEK) > at:
        return
    group = ClassGroup.objects.get(code=class_code)
    known = list(members(group, day).order_by("pk"))
    if any(certificates_of(learner) for learner in known):
        return
    document = Document(day, "15/XN-UBND", "Trần Văn Cường, Phó Chủ tịch", "UBND phường (minh họa)")
    passing = check(subject, known, at=evening(day, 30), by=None).ready
    done = confirm(
        subject,
        [*passing][:PEOPLE],
        document,
        act_id=demo_id("confirmed"),
        at=evening(day, 30),
        by=None,
    )
    for number, one in enumerate(done.confirmations[:REVOKED]):
        revoke(one, "Ghi nhầm danh sách.", act_id=demo_id(f"revoked/{number}"), at=evening(day + WEEK), by=None)


def readings(at: datetime) -> None:
    """Make the readings of the last three months of each area with a plan, each on the morning after its last day.

    Raises ValueError where the static files that PDF files are made with have not been collected.
    """
    for area in planned_areas():
        for last in month_ends(at.astimezone(HANOI).date()):
            if not readings_of(area, last, at=at):
                morning = datetime.combine(last + timedelta(days=1), time(1), tzinfo=HANOI)
                freeze(area, last, at=morning, by=None)


def month_ends(today: date) -> list[date]:
    """Return the last days of the last three months that are over, the earliest first."""
    found = [month_before(today)]
    while len(found) < MONTHS:
        found.insert(0, month_before(found[0]))
    return found
