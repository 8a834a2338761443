"""The page on which a sheet that was keyed in for the wrong person is taken back, or given to the right one."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from bdhvs_lms.attempts.api import NotOffered, posted_act_id
from bdhvs_lms.audit.api import ConsentMissing, log_access
from bdhvs_lms.base.api import Refusing, SeeOther, day_of, read_and_send
from bdhvs_lms.courses.api import CourseClosed
from bdhvs_lms.learners.api import Learner
from bdhvs_quiz.actions import NoAttemptsLeft
from bdhvs_quiz.crossing import OtherForm
from bdhvs_quiz.grading import QuestionTypeMissing
from bdhvs_quiz.models import PaperPack
from bdhvs_quiz.paper.actions import AlreadyEntered
from bdhvs_quiz.paper.queries import Named, SheetRow, named_members, sheets_of
from bdhvs_quiz.paper.returning import REASONS, WRONG_PERSON, OtherSheetEntered, take_back
from bdhvs_quiz.paper.views import opened_pack, pack_address
from bdhvs_quiz.wording import taken_before_text


class ReturnForm(Refusing, forms.Form):
    """The reason, and who wrote on the sheet: one of `people`. `holder`: whom the sheet names, who is not offered."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=list(REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a reason.")},
    )
    learner = forms.ChoiceField(
        label=gettext_lazy("Who filled in this sheet"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("This person is not in the class.")},
    )
    exchange = forms.BooleanField(required=False)

    def __init__(self, people: list[Named], holder: Learner | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(one.learner.actor), f"{one.name} ({one.born})" if one.born else one.name) for one in people]
        learner = self.fields["learner"]
        assert isinstance(learner, forms.ChoiceField)  # noqa: S101  narrowing for the type checker
        learner.choices = [("", _("Not known: only take it back")), *named]
        # A form sent twice names who holds the sheet by now: it is to be understood all the same.
        holding = {str(one.actor) for one in holder.records} if holder is not None else set()
        learner.widget.choices = [each for each in learner.choices if each[0] not in holding]
        self.of = {str(one.learner.actor): one.learner for one in people}

    @property
    def to(self) -> Learner | None:
        """Return the learner chosen in a valid form."""
        return self.of.get(self.cleaned_data["learner"])


@never_cache
@read_and_send
@login_required
def return_page(request: HttpRequest, class_uuid: UUID, pack_uuid: UUID, number: int) -> HttpResponseBase:
    """Take an entered sheet back, with a reason; or give what was keyed in to the learner who wrote on it."""
    pack, at = opened_pack(request, class_uuid, pack_uuid, with_key=request.method == "POST")
    row = next((one for one in sheets_of(pack) if one.sheet.number == number), None)
    if row is None:
        raise Http404(_("There is no such sheet in this pack."))
    row.sheet.pack = pack
    people = named_members(pack.class_group, day_of(at))
    data = request.POST if request.method == "POST" else None
    form = ReturnForm(people, row.sheet.learner, data, initial={"reason": WRONG_PERSON})
    exchange: int | None = None
    if form.is_valid():
        try:
            return _taken_back(request, pack, row, form, at)
        except ValidationError as refused:
            form.refuse(refused)
        except ConsentMissing:
            form.add_error("learner", _("This person has not agreed that learning data is kept."))
        except NoAttemptsLeft:
            form.add_error("learner", _("This person has used all attempts for this quiz."))
        except OtherForm as form_of_theirs:
            form.add_error("learner", taken_before_text(form_of_theirs.activity))
        except (NotOffered, CourseClosed):
            form.add_error(None, _("Nothing was recorded: this quiz is not available any more."))
        except QuestionTypeMissing as missing:
            words = _("Plugin missing: %(key)s. Tell the site operator.")
            form.add_error(None, words % {"key": missing.args[0]})
        except OtherSheetEntered as other:
            exchange = other.number
            words = _("Sheet %(number)d is entered for this person. Swap the two sheets, or choose someone else.")
            form.add_error("learner", words % {"number": exchange})
    elif request.method != "POST" and not row.entered:
        return SeeOther(pack_address("paper-sheet", pack, number))
    return _page(request, pack, row, form, at, exchange)


def _page(
    request: HttpRequest, pack: PaperPack, row: SheetRow, form: ReturnForm, at: datetime, exchange: int | None
) -> HttpResponse:
    seen = [row.sheet.learner.actor] if row.sheet.learner is not None else []
    log_access(user=request.user, actors=seen, page="paper-return", at=at, detail=pack.class_group.code)
    context = {
        "pack": pack,
        "class_group": pack.class_group,
        "row": row,
        "form": form,
        "exchange": exchange,
        "entered": row.sheet.attempt.uuid if row.sheet.attempt is not None else "",
        "act_id": posted_act_id(request) or uuid.uuid4(),
    }
    return render(request, "bdhvs_quiz/paper_return.html", context, status=422 if form.errors else 200)


def _taken_back(
    request: HttpRequest, pack: PaperPack, row: SheetRow, form: ReturnForm, at: datetime
) -> HttpResponseBase:
    act_id = posted_act_id(request)
    try:
        entered = UUID(request.POST.get("entered", ""))
    except ValueError:
        entered = None
    if act_id is None or entered is None:
        raise ValidationError(_("The form was incomplete. Nothing was recorded."))
    to = form.to
    try:
        take_back(
            row.sheet,
            entered,
            reason=form.cleaned_data["reason"],
            by=request.user,
            act_id=act_id,
            at=at,
            to=to,
            exchange=form.cleaned_data["exchange"],
        )
    except AlreadyEntered:
        messages.warning(request, _("This sheet was changed meanwhile. Look at what is recorded now."))
        return SeeOther(pack_address("paper-sheet", pack, row.sheet.number))
    seen = [one.actor for one in (row.sheet.learner, to) if one is not None]
    log_access(user=request.user, actors=seen, page="paper-return", at=at, detail=pack.class_group.code)
    values = {"number": row.sheet.number}
    # No name: a message may travel in a cookie.
    if to is None:
        messages.success(request, _("Sheet %(number)d was taken back. It counts for no one.") % values)
        return SeeOther(pack_address("paper-sheet", pack, row.sheet.number))
    messages.success(request, _("Sheet %(number)d is now recorded for the person you chose.") % values)
    return SeeOther(pack_address("paper-pack", pack))
