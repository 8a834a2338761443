"""A short form beside the chooser, for writing a question of one of the types that most quizzes are made of.

It makes what a file's plain question would make (`QuestionType.from_plain`), so no type has a second form to keep. All
else a question can have is in its own form.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.utils import quote
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.log_actions import log
from wagtail.models import Collection, Locale

from bdhvs_lms.base.api import nfc, post_once
from bdhvs_lms.plugins.api import PlainAnswer, PlainOption, PlainQuestion, QuestionType, question_types
from bdhvs_quiz.bank.access import OfTheBank
from bdhvs_quiz.bank.policy import policy_for
from bdhvs_quiz.bank.quick_files import QuickFiles, add_fields, fields_of
from bdhvs_quiz.forms import WRITE_FIRST, CategoryField
from bdhvs_quiz.media.plain import media_blocks_of
from bdhvs_quiz.models import Question

ROWS = 8
SHOWN_ROWS = 4
# A choice is single or multiple by how many are marked.
CHOICE, TRUE_FALSE, SHORT = "choice", "true-false", "short"
NEEDED = {CHOICE: ("single", "multiple"), TRUE_FALSE: ("true-false",), SHORT: ("short",)}
LABELS = {
    CHOICE: gettext_lazy("Choose the answer"),
    TRUE_FALSE: gettext_lazy("True or false"),
    SHORT: gettext_lazy("Short answer"),
}


def _type_of(kind: str) -> QuestionType | None:
    return next((one for one in question_types if kind in one.kinds), None)


def kinds_for(user: Any) -> list[tuple[str, Any]]:
    """List the kinds that this user may write in the short form."""
    return [
        (kind, LABELS[kind])
        for kind, plain in NEEDED.items()
        if all((made := _type_of(one)) and policy_for(made.model).user_has_permission(user, "add") for one in plain)
    ]


class QuickQuestionForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Type"))
    prompt = forms.CharField(
        label=gettext_lazy("Question text"),
        max_length=2000,
        error_messages={"required": WRITE_FIRST},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    truth = forms.ChoiceField(
        label=gettext_lazy("The statement is"),
        choices=[("yes", gettext_lazy("True")), ("no", gettext_lazy("False"))],
        widget=forms.RadioSelect,
        required=False,
    )
    answers = forms.CharField(
        label=gettext_lazy("Accepted answers, one a line"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    explanation = forms.CharField(
        label=gettext_lazy("Explanation (shown after submission)"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, user: Any, language: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.locale = Locale.objects.filter(language_code=language).first() or Locale.get_default()
        self.fields["kind"].choices = kinds_for(user)  # type: ignore[attr-defined]
        for place in range(ROWS):
            self.fields[f"option-{place}"] = forms.CharField(max_length=300, required=False)
            self.fields[f"feedback-{place}"] = forms.CharField(max_length=500, required=False)
            self.fields[f"right-{place}"] = forms.BooleanField(required=False)
            add_fields(self, f"-{place}")
        add_fields(self, "")
        self.uploads = QuickFiles(user)
        rows = policy_for(Question).collections_user_has_permission_for(user, "add").order_by("path")
        self.categories = list(rows)
        if len(self.categories) > 1:
            self.fields["category"] = CategoryField(
                queryset=rows, label=_("Category"), empty_label=None, required=False
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return the fields of the options, for the template."""
        return [
            {
                "number": place + 1,
                "text": self[f"option-{place}"],
                "right": self[f"right-{place}"],
                "feedback": self[f"feedback-{place}"],
                "more": place >= SHOWN_ROWS,
                "media": fields_of(self, f"-{place}"),
            }
            for place in range(ROWS)
        ]

    @property
    def prompt_media(self) -> dict[str, Any]:
        return fields_of(self, "")

    @property
    def other_types(self) -> list[dict[str, Any]]:
        """List the types that the short form cannot write, with the addresses of their own forms."""
        short = {kind for one in NEEDED.values() for kind in one}
        return [
            {"label": capfirst(str(one.label)), "url": reverse(one.model.snippet_viewset.get_url_name("add"))}  # type: ignore[attr-defined]
            for one in question_types
            if not short & one.kinds and policy_for(one.model).user_has_permission(self.user, "add")
        ]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        plain = self._plain(given)
        made = _type_of(plain.kind)
        where = given.get("category") or next(iter(self.categories), None) or Collection.get_first_root_node()
        if made is None:
            raise forms.ValidationError(_("This type of question is not installed."))
        row = made.model(locale=self.locale, prompt=plain.prompt, explanation=plain.explanation, live=False)
        row.collection, row.author = where, self.user  # type: ignore[attr-defined]
        if not policy_for(made.model).user_has_permission_for_instance(self.user, "add", row):  # type: ignore[arg-type]
            raise forms.ValidationError(_("You may not add questions of this type there."))
        self.uploads.category = where
        try:
            row.prompt_media = media_blocks_of(plain.media, self.uploads.keep)  # type: ignore[attr-defined]
            for name, value in made.from_plain(plain, self.uploads.keep).items():
                setattr(row, name, value)
        except ValueError as refused:
            raise forms.ValidationError(str(refused)) from refused
        for problem in row.all_problems():  # type: ignore[attr-defined]
            self.add_error(None, problem)
        self.row = row
        return given

    def _plain(self, given: dict[str, Any]) -> PlainQuestion:
        prompt, explanation = nfc(given["prompt"]), nfc(given["explanation"])
        media = self.uploads.media(given, "")
        if given["kind"] == TRUE_FALSE:
            right = {"yes": True, "no": False}.get(given["truth"])
            return PlainQuestion("true-false", prompt, right=right, explanation=explanation, media=media)
        if given["kind"] == SHORT:
            lines = [line.strip() for line in nfc(given["answers"]).splitlines()]
            answers = tuple(PlainAnswer(line.replace("*", "\\*")) for line in lines if line)
            return PlainQuestion("short", prompt, answers=answers, explanation=explanation, media=media)
        options = tuple(option for place in range(ROWS) if (option := self._option(given, place)))
        kind = "multiple" if sum(option.right for option in options) > 1 else "single"
        return PlainQuestion(kind, prompt, options, explanation=explanation, media=media)

    def _option(self, given: dict[str, Any], place: int) -> PlainOption | None:
        text, media = nfc(given[f"option-{place}"]), self.uploads.media(given, f"-{place}")
        if not text and not media:
            return None
        return PlainOption(text, given[f"right-{place}"], nfc(given[f"feedback-{place}"]), media=media)

    def save(self) -> Question:
        """Save and return the row; publish it at once if the user may publish there. The caller holds a transaction."""
        row: Any = self.row
        row.save()
        log(row, "wagtail.create", user=self.user, content_changed=True)
        revision = row.save_revision(user=self.user, clean=False)
        if policy_for(type(row)).user_has_permission_for_instance(self.user, "publish", row):
            revision.publish(user=self.user, skip_permission_checks=True)
        saved: Question = Question.objects.rows().get(pk=row.pk)
        return saved


@post_once
class QuickCreateView(OfTheBank, View):
    """POST view that makes a question: {"id", "title", "draft", "edit_url"}; 422 with {"errors": [words]} for invalid
    input."""

    http_method_names = ("post",)

    @cached_property
    def form(self) -> QuickQuestionForm:
        given = self.request.POST
        language = self.request.GET.get("locale", "")
        return QuickQuestionForm(given, self.request.FILES, user=self.request.user, language=language)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = self.form
        try:
            # Pictures are rows of the library before the question can be looked at with them.
            with transaction.atomic():
                if form.is_valid():
                    row = form.save()
                else:
                    transaction.set_rollback(True)
        except BaseException:
            form.uploads.forget()
            raise
        if not form.is_valid():
            form.uploads.forget()
            return JsonResponse({"errors": [text for texts in form.errors.values() for text in texts]}, status=422)
        address = reverse("wagtailsnippets_bdhvs_quiz_question:edit", args=[quote(row.pk)])
        return JsonResponse({"id": str(row.pk), "title": str(row), "draft": not row.live, "edit_url": address})
