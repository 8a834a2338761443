"""Lists of who has agreed and who signs, for whoever collects signed forms: the class's teacher, an operator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bdhvs_lms.base.api import DayField, day_of, name_order, one_line, row_number
from bdhvs_lms.learners.api import (
    Consenting,
    Learner,
    Person,
    agreed_among,
    who_agrees,
    with_guardian,
    withdrawn_among,
)
from bdhvs_lms.privacy.papers import Recorded, record_papers


@dataclass(frozen=True)
class Signer:
    """A line of the list. `needs`: whose signature the form of this person needs. `withdrew`: when, if consent was
    taken back since. `guardian`: as it was typed who signs for a child; None: not asked, or on record."""

    learner: Learner
    name: str
    birth_year: int | None
    agreed: bool
    needs: Consenting
    withdrew: datetime | None = None
    guardian: str | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether "tick everybody" means them. Against a withdrawal a signature counts that was
        ticked by itself."""
        return not self.agreed and self.withdrew is None

    @property
    def who(self) -> str:
        """Say in words who signs."""
        if not self.needs.guardian:
            return _("the learner")
        return _("the learner and a parent or guardian") if self.needs.own else _("a parent or guardian")


def signers(learners: Iterable[Learner], at: datetime) -> list[Signer]:
    """Return those who have a name on record, by given name. Four queries."""
    rows = list(learners)
    agreed, withdrawn, known = agreed_among(rows, at), withdrawn_among(rows), with_guardian(rows)
    people = {one.learner_id: one for one in Person.objects.filter(learner__in=[row.pk for row in rows])}
    today = day_of(at)
    found = [
        Signer(
            row,
            person.full_name,
            person.birth_year,
            row.pk in agreed,
            needs,
            withdrawn.get(row.pk),
            "" if needs.guardian and row.pk not in known else None,
        )
        for row in rows
        if (person := people.get(row.pk)) is not None
        for needs in (who_agrees(person.birth_year, today),)
    ]
    return sorted(found, key=lambda one: (name_order(one.name), one.learner.pk))


class PaperForm(forms.Form):
    """The day and the place; who signed comes beside it (`learner`, repeated).

    `signed_after` is asked where somebody has withdrawn."""

    signed_on = DayField(
        label=gettext_lazy("Day of signing"),
        missing=gettext_lazy("Choose the day on which the forms were signed."),
        help_text=gettext_lazy("The form names the version of its text: it has to be the one in force on that day."),
    )
    kept_at = forms.CharField(
        label=gettext_lazy("Where the papers are kept"),
        max_length=200,
        help_text=gettext_lazy("A folder and a room, without names. Example: folder 3, office of the commune."),
        error_messages={"required": gettext_lazy("Say where the papers are kept, in at most 200 characters.")},
    )

    signed_after = forms.BooleanField(
        label=gettext_lazy("Who withdrew consent on the day of signing signed after that"),
        required=False,
        help_text=gettext_lazy("Tick it only if you were there. A withdrawal of a later day stands in any case."),
    )


class PaperDesk:
    """The content of a page on which signed forms are written down: the people, the form, what is wrong with what was
    sent.

    lines: whom the page may name. What was sent is read here; `save` writes it down.
    """

    def __init__(self, request: HttpRequest, lines: list[Signer]) -> None:
        self.request = request
        self.lines = [
            replace(line, guardian=one_line(request.POST.get(f"guardian-{line.learner.pk}", "")))
            if line.guardian is not None
            else line
            for line in lines
        ]
        self.form = PaperForm(request.POST if request.method == "POST" else None)
        if not any(line.withdrew for line in lines):
            del self.form.fields["signed_after"]
        among = {line.learner.pk: line.learner for line in lines}
        keys = (row_number(each) for each in request.POST.getlist("learner"))
        self.ticked = [among[key] for key in dict.fromkeys(keys) if key in among]
        if request.method != "POST" and request.GET.get("chon") == "tat-ca":
            self.ticked = [line.learner for line in self.lines if line.is_open]
        self.wrong: list[str] = []

    def save(self, at: datetime, *, teaches: bool) -> bool:
        """Write it down, say so on the next page, and return whether that was done. `teaches`: as for
        `record_papers`."""
        if not self.ticked:
            self.wrong = [_("Choose at least one person.")]
        guardians = {line.learner: line.guardian for line in self.lines if line.guardian}
        if guardians.keys() - set(self.ticked):
            self.wrong.append(_("Tick whoever you named a parent or guardian for, or empty that name."))
        if not self.form.is_valid() or self.wrong:
            return False
        sent, by = self.form.cleaned_data, self.request.user
        try:
            done = record_papers(
                self.ticked,
                **sent,
                at=at,
                by=by,
                teaches=teaches,
                guardians={learner.whole.pk: name for learner, name in guardians.items()},
            )
        except ValidationError as refused:
            for field, texts in refused.message_dict.items():
                if field in self.form.fields:
                    self.form.add_error(field, texts)
                else:
                    self.wrong += texts
            return False
        messages.success(self.request, _said(done))
        return True

    def context(self) -> dict[str, Any]:
        ticked = {learner.pk for learner in self.ticked}
        any_open = any(line.is_open for line in self.lines)
        return {"lines": self.lines, "form": self.form, "wrong": self.wrong, "ticked": ticked, "open": any_open}


def _said(done: Recorded) -> str:
    text = ngettext(
        "The signed form of %(count)d person is written down (version of the text: %(version)s).",
        "The signed forms of %(count)d people are written down (version of the text: %(version)s).",
        done.people,
    ) % {"count": done.people, "version": done.version}
    if not done.stopped:
        return text
    stopped = ngettext(
        "%(count)d of them withdrew later: that stands, and nothing is recorded.",
        "%(count)d of them withdrew later: that stands, and nothing is recorded.",
        done.stopped,
    )
    return f"{text} {stopped % {'count': done.stopped}}"
