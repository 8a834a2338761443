"""The form of whoever confirms: of which people what can be confirmed, looked at once more before it is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bdhvs_lms.attempts.api import posted_act_id
from bdhvs_lms.base.api import DayField, Refusing, account_name, day_of, row_number
from bdhvs_lms.campaign.api import about_site
from bdhvs_lms.classes.api import ClassGroup
from bdhvs_lms.competency.api import (
    Attained,
    Certificate,
    Checked,
    ConfirmationProposal,
    Document,
    Left,
    Subject,
    act_done,
    check,
    clean_document,
    confirm,
    confirmed_among,
    end_proposals,
    proposals_among,
    propose,
)
from bdhvs_lms.learners.api import Learner, Person

WHAT_PARAMETER, WHO_PARAMETER, ALL_PARAMETER = "noi-dung", "nguoi", "chon"


class DocumentForm(Refusing, forms.Form):
    day = DayField(label=gettext_lazy("Day of the document"), missing=gettext_lazy("Choose the day of the document."))
    number = forms.CharField(
        label=gettext_lazy("Number of the document"),
        max_length=80,
        help_text=gettext_lazy("As it stands on the decision or record. Example: 12/XN-UBND."),
        error_messages={"required": gettext_lazy("Enter the number of the document.")},
    )
    signer = forms.CharField(
        label=gettext_lazy("Who signed it"),
        max_length=160,
        help_text=gettext_lazy("Name and position, as the certificate is to say."),
        error_messages={"required": gettext_lazy("Enter who signed the document.")},
    )
    unit = forms.CharField(
        label=gettext_lazy("Agency that confirms"),
        max_length=200,
        error_messages={"required": gettext_lazy("Enter the agency.")},
    )
    """Only where the site's data name none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if about_site().agency:
            del self.fields["unit"]


@dataclass(frozen=True)
class Line:
    """Somebody in the list. `why`: cannot be confirmed (now), in words; `certificate`: was, by this one; `proposal`: a
    teacher's that waits, or that was refused."""

    learner: Learner
    person: Person
    attained: tuple[Attained, ...] = ()
    why: str = ""
    certificate: Certificate | None = None
    proposal: ConfirmationProposal | None = None

    @property
    def waits(self) -> bool:
        return self.proposal is not None and self.proposal.refused_at is None

    @property
    def proposed_by(self) -> str:
        """The teacher's name; empty: erased."""
        return account_name(self.proposal.by) if self.proposal is not None and self.proposal.by is not None else ""

    @property
    def since(self) -> datetime | None:
        """The moment at which the last of it was attained."""
        return max((one.attained_at for one in self.attained), default=None)

    @property
    def trust(self) -> int:
        """Of the weakest of it."""
        return min((one.trust for one in self.attained), default=0)


class Desk:
    """One request of an officer who confirms; with `group`, of a teacher who proposes people of the class.

    `people`: whom the page lists, with `person`."""

    def __init__(
        self,
        request: HttpRequest,
        subject: Subject,
        people: Sequence[Learner],
        *,
        group: ClassGroup | None,
        at: datetime,
    ) -> None:
        self.request, self.subject, self.group, self.at = request, subject, group, at
        self.people = {learner.pk: learner for learner in people if getattr(learner, "person", None) is not None}
        sent = request.POST.getlist("learner")
        self.ticked = [self.people[pk] for pk in dict.fromkeys(map(row_number, sent)) if pk in self.people]
        self.wrong_people = ""
        bound = request.POST.get("do") in ("review", "confirm", "change")
        self.form = DocumentForm(request.POST if bound else None, initial=self._usual())
        if request.method != "POST":
            self._tick_by_address()

    def _usual(self) -> dict[str, Any]:
        today = day_of(self.at)
        return {"day": today, "signer": account_name(self.request.user)}

    def _tick_by_address(self) -> None:
        wanted = self.request.GET.get(WHO_PARAMETER, "")
        every = self.request.GET.get(ALL_PARAMETER) == "tat-ca"
        self.ticked = [one for one in self.people.values() if every or str(one.actor) == wanted]

    @cached_property
    def checked(self) -> Checked:
        return check(self.subject, list(self.people.values()), at=self.at, by=self.request.user, class_group=self.group)

    @cached_property
    def _certificates(self) -> dict[int, Certificate]:
        left = [one.learner for one in self.checked.left]
        return confirmed_among(self.subject, left) if left else {}

    @cached_property
    def _achieved(self) -> list[Line]:
        """Who can be confirmed, in the order of the page."""
        proposed = proposals_among(self.subject, self.checked.ready)
        return [
            Line(one, one.person, self.checked.ready[one], proposal=proposed.get(one.pk))
            for one in self.people.values()
            if one in self.checked.ready
        ]

    @property
    def ready(self) -> list[Line]:
        """Whom an officer can confirm, or a teacher propose: of a class those who are not proposed yet."""
        return [line for line in self._achieved if self.group is None or not line.waits]

    @property
    def waiting(self) -> list[Line]:
        """Those who are proposed and wait for the officer."""
        return [line for line in self._achieved if line.waits]

    @cached_property
    def _left(self) -> list[Line]:
        why = {one.learner.pk: one.why for one in self.checked.left}
        return [
            Line(one, one.person, why=why[pk], certificate=self._certificates.get(pk))
            for pk, one in self.people.items()
            if pk in why
        ]

    @property
    def confirmed(self) -> list[Line]:
        return [line for line in self._left if line.certificate is not None]

    @property
    def others(self) -> list[Line]:
        return [line for line in self._left if line.certificate is None]

    @property
    def chosen(self) -> list[Line]:
        """Of those who can be confirmed the ones that are ticked."""
        ticked = {one.pk for one in self.ticked}
        return [line for line in self.ready if line.learner.pk in ticked]

    @property
    def document(self) -> Document:
        data = self.form.cleaned_data
        return Document(data["day"], data["number"], data["signer"], data.get("unit", ""))

    def review(self) -> bool:
        """Whether what was sent can be confirmed. False: what is wrong is in `form` and `wrong_people`."""
        valid = self.form.is_valid()
        if not self.chosen:
            self.wrong_people = _("Choose at least one person.")
        elif valid:
            ready = {line.learner: line.attained for line in self.chosen}
            cleaned, wrong = clean_document(self.document, ready=ready, today=day_of(self.at))
            self.cleaned = cleaned
            if wrong:
                self.form.refuse(ValidationError(wrong))
                valid = False
        return valid and not self.wrong_people

    def confirm(self) -> bool:
        """Write it down, and say what was written. False: as `review`."""
        act_id = posted_act_id(self.request)
        if not self.form.is_valid() or not self.ticked or act_id is None:
            self.wrong_people = "" if self.ticked else _("Choose at least one person.")
            return False
        try:
            done = confirm(
                self.subject,
                self.ticked,
                self.document,
                act_id=act_id,
                at=self.at,
                by=self.request.user,
            )
        except ValidationError as refused:
            by_field = refused.error_dict
            people = by_field.pop("people", None)
            self.wrong_people = str(people[0].messages[0]) if people else ""
            self.form.refuse(ValidationError(by_field))
            return False
        count = len(done.confirmations)
        text = ngettext("%(count)d person was confirmed.", "%(count)d people were confirmed.", count)
        return self._said(text % {"count": count}, done.left)

    def propose(self) -> bool:
        """Propose to the officer those who are ticked, and say who was. False: why not is in `wrong_people`."""
        assert self.group is not None  # noqa: S101 - of a class's page alone; narrowing
        try:
            done = propose(self.subject, self.ticked, class_group=self.group, at=self.at, by=self.request.user)
        except ValidationError as refused:
            self.wrong_people = refused.messages[0]
            return False
        count = len(done.ready)
        text = ngettext("%(count)d person was proposed.", "%(count)d people were proposed.", count)
        return self._said(text % {"count": count}, done.left)

    def end_proposals(self) -> bool:
        """Refuse what was proposed of those who are ticked; of a class take it back. False: as `propose`."""
        sent: dict[str, Any] = {"class_group": self.group, "reason": self.request.POST.get("reason", "")}
        try:
            count, left = end_proposals(self.subject, self.ticked, at=self.at, by=self.request.user, **sent)
        except ValidationError as refused:
            self.wrong_people = refused.messages[0]
            return False
        text = _("Proposals taken back: %(count)d.") if self.group else _("Proposals refused: %(count)d.")
        return self._said(text % {"count": count}, left)

    def _said(self, text: str, left: Iterable[Left]) -> bool:
        """Say what was written, and who was left out."""
        messages.success(self.request, text)
        for one in left:
            name = self.people[one.learner.pk].person.full_name if one.learner.pk in self.people else ""
            messages.warning(self.request, _("Left out: %(name)s (%(why)s).") % {"name": name, "why": one.why})
        return True

    def context(self) -> dict[str, Any]:
        act_id = posted_act_id(self.request)
        return {
            "desk": self,
            "form": self.form,
            "subject": self.subject,
            "class_group": self.group,
            # Who goes back after a yes fills in a new form: people, document and all.
            "act_id": uuid4() if act_id is None or act_done(act_id) else act_id,
            "today": day_of(self.at),
            "ticked": {one.pk for one in self.ticked},
        }
