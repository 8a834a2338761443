"""Actions on many questions of several types. Each row is handled by itself, with the guards of the single form. The
page
shows beforehand what cannot be done, and names it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from taggit.forms import TagField
from wagtail.actions.unpublish import UnpublishAction
from wagtail.admin import messages
from wagtail.admin.widgets import AdminTagWidget
from wagtail.log_actions import log
from wagtail.models import Collection
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from bdhvs_lms.base.api import row_number
from bdhvs_quiz.bank.access import visible
from bdhvs_quiz.bank.filters import BankFilterSet
from bdhvs_quiz.bank.policy import BANK_POLICY, policy_for
from bdhvs_quiz.bank.rows import found_by, type_label
from bdhvs_quiz.bank.uses import pages_holding
from bdhvs_quiz.forms import WRITE_FIRST, CategoryField, known_tags
from bdhvs_quiz.models import Difficulty, Question, QuestionTag, QuizPage, real_questions

# More at once would keep a browser waiting, and whoever waits presses again.
MOST = 500
# Of refusals in a message.
NAMED = 5


class Refusal(Exception):
    """The reason why this row stays as it is; the text is for the editor."""


class BankAction(SnippetBulkAction):
    """A bulk action; derive `right`, `act` and perhaps `refuse`. A row is a question of the base, `real` the same in
    its own
    class."""

    models: ClassVar[list[Any]] = [Question]
    template_name = "bdhvs_quiz/admin/bulk_action.html"
    right: ClassVar[str] = "change"

    @staticmethod
    def done(count: int) -> str:
        """Return the message of success for this many questions."""
        raise NotImplementedError

    @classmethod
    def get_queryset(cls, model: type[Question], object_ids: Iterable[Any]) -> list[Question]:
        numbers = {number for given in object_ids if (number := row_number(given))}
        rows = Question.objects.rows().filter(pk__in=numbers).select_related("collection", "locale")
        return list(rows.order_by("pk")[:MOST])

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        """Return all rows that the list showed with its last filters, not all rows there are."""
        query = QueryDict(self.next_url.partition("?")[2])
        rows = visible(Question.objects.rows(), self.request.user)
        rows = BankFilterSet(query, queryset=rows, request=self.request).qs
        if words := query.get("q"):
            rows = found_by(rows, words)
        return rows.order_by("pk").values_list("pk", flat=True)[:MOST]

    @cached_property
    def rows(self) -> list[Question]:
        ids: Any = self.request.GET.getlist("id")
        if "all" in ids:
            ids = self.get_all_objects_in_listing_query(None)
        may_see = visible(Question.objects.rows(), self.request.user).values_list("pk", flat=True)
        rows = self.get_queryset(Question, ids)
        seen = set(may_see.filter(pk__in=[row.pk for row in rows]))
        return [row for row in rows if row.pk in seen]

    @cached_property
    def real(self) -> dict[int, Any]:
        return real_questions(row.pk for row in self.rows)

    def why_not(self, row: Question) -> str:
        """Return the reason why the action is impossible for this row; empty if it is possible."""
        real = self.real.get(row.pk)
        if real is None:
            return type_label(row)
        if not policy_for(type(real)).user_has_permission_for_instance(self.request.user, self.right, real):
            return _("You have no right to do this in its category.")
        lock = real.get_lock()
        if lock is not None and lock.for_user(self.request.user):
            return _("Somebody else has locked it, or it waits for approval.")
        return self.refuse(real)

    def refuse(self, real: Any) -> str:
        return ""

    def act(self, real: Any, given: dict[str, Any]) -> None:
        """Apply the action to one question, in a transaction of its own. May raise Refusal."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pairs = [(row, self.why_not(row)) for row in self.rows]
        return {
            "form": kwargs.get("form") or self.get_form(),
            "title": self.display_name,
            "doing": [row for row, why in pairs if not why],
            "refused": [(row, why) for row, why in pairs if why],
            "more_than": MOST if len(self.rows) == MOST else 0,
            "action_button_text": self.display_name,
            "action_button_class": " ".join(sorted(self.classes)),
            "no_action_button_text": _("Cancel"),
            "next": self.next_url,
            "submit_url": f"{self.request.path}?{self.request.META['QUERY_STRING']}",
        }

    def form_valid(self, form: Any) -> HttpResponseBase:
        done, refused = 0, []
        for row in self.rows:
            why = self.why_not(row)
            if not why:
                try:
                    with transaction.atomic():
                        self.act(self.real[row.pk], form.cleaned_data)
                    done += 1
                except Refusal as refusal:
                    why = str(refusal)
            if why:
                refused.append(f"“{row}”: {why}")
        if done:
            messages.success(self.request, type(self).done(done))
        if refused:
            count = len(refused)
            text = ngettext("%(count)s question stays as it is: ", "%(count)s questions stay as they are: ", count)
            named = " ".join(refused[:NAMED]) + (" …" if count > NAMED else "")
            messages.warning(self.request, text % {"count": count} + named)
        # redirect() takes a word for the name of a view.
        return HttpResponseRedirect(self.next_url)


def on_row_and_draft(real: Any, user: Any, change: Callable[[Any], None]) -> None:
    """Change a question's labels in its newest draft, and in the published version if the user may publish."""
    draft = real.get_latest_revision_as_object() if real.latest_revision_id else real
    unchanged = real.live and not real.has_unpublished_changes
    may_publish = policy_for(type(real)).user_has_permission_for_instance(user, "publish", real)
    if real.live and not unchanged and may_publish:
        change(real)
        real.save()
        draft = real.get_latest_revision_as_object()
    change(draft)
    revision = draft.save_revision(user=user, clean=False, log_action=True)
    if unchanged and may_publish:
        revision.publish(user=user, skip_permission_checks=True)
    elif not real.live:
        # What the row says is what nobody has seen; it is what lists are filtered by.
        row = type(real).objects.get(pk=real.pk)
        change(row)
        row.save()


class MoveForm(forms.Form):
    category = CategoryField(queryset=Collection.objects.none(), label=gettext_lazy("Category"), empty_label=None)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = BANK_POLICY.collections_user_has_permission_for(user, "add").order_by("path")
        self.fields["category"].queryset = rows  # type: ignore[attr-defined]


class Move(BankAction):
    display_name = gettext_lazy("Move to a category")
    aria_label = gettext_lazy("Move the selected questions to a category")
    action_type = "move"
    action_priority = 10
    form_class = MoveForm

    @staticmethod
    def done(count: int) -> str:
        return ngettext("%(count)s question moved.", "%(count)s questions moved.", count) % {"count": count}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def act(self, real: Any, given: dict[str, Any]) -> None:
        target = given["category"]
        policy = policy_for(type(real))
        if not policy.collections_user_has_permission_for(self.request.user, "add").filter(pk=target.pk).exists():
            raise Refusal(_("You may not add questions of this type there."))
        Question.objects.rows().filter(pk=real.pk).update(collection=target)
        log(real, "wagtail.edit", user=self.request.user)


class TagForm(forms.Form):
    tags = TagField(label=gettext_lazy("Tags"), widget=AdminTagWidget(tag_model=QuestionTag))

    def clean_tags(self) -> list[str]:
        return known_tags(self.cleaned_data["tags"])


class Tag(BankAction):
    display_name = gettext_lazy("Add tags")
    aria_label = gettext_lazy("Add tags to the selected questions")
    action_type = "tag"
    action_priority = 20
    form_class = TagForm

    @staticmethod
    def done(count: int) -> str:
        return ngettext("%(count)s question tagged.", "%(count)s questions tagged.", count) % {"count": count}

    def act(self, real: Any, given: dict[str, Any]) -> None:
        on_row_and_draft(real, self.request.user, lambda question: question.tags.add(*given["tags"]))


class DifficultyForm(forms.Form):
    difficulty = forms.ChoiceField(
        label=gettext_lazy("Difficulty"), choices=[("", gettext_lazy("not said")), *Difficulty.choices], required=False
    )


class SetDifficulty(BankAction):
    display_name = gettext_lazy("Set difficulty")
    aria_label = gettext_lazy("Set the difficulty of the selected questions")
    action_type = "difficulty"
    action_priority = 30
    form_class = DifficultyForm

    @staticmethod
    def done(count: int) -> str:
        return ngettext("%(count)s question changed.", "%(count)s questions changed.", count) % {"count": count}

    def act(self, real: Any, given: dict[str, Any]) -> None:
        on_row_and_draft(real, self.request.user, lambda one: setattr(one, "difficulty", given["difficulty"]))


class Publish(BankAction):
    display_name = gettext_lazy("Publish")
    aria_label = gettext_lazy("Publish the selected questions")
    action_type = "publish"
    action_priority = 40
    right = "publish"

    @staticmethod
    def done(count: int) -> str:
        return ngettext("%(count)s question published.", "%(count)s questions published.", count) % {"count": count}

    def refuse(self, real: Any) -> str:
        if real.live and not real.has_unpublished_changes:
            return _("It is published already.")
        draft = real.get_latest_revision_as_object()
        if not draft.prompt.strip():
            return str(WRITE_FIRST)
        return " ".join(draft.all_problems())

    def act(self, real: Any, given: dict[str, Any]) -> None:
        revision = real.latest_revision or real.save_revision(user=self.request.user, clean=False)
        revision.publish(user=self.request.user, skip_permission_checks=True)


class _OnlyUnused(BankAction):
    """An action that refuses questions held by a quiz or its draft."""

    @cached_property
    def held(self) -> dict[int, list[str]]:
        holding = pages_holding(row.pk for row in self.rows)
        titles = dict(QuizPage.objects.filter(pk__in=set().union(*holding.values())).values_list("pk", "title"))
        return {pk: sorted(titles[page] for page in pages if page in titles) for pk, pages in holding.items()}

    def refuse(self, real: Any) -> str:
        titles = self.held.get(real.pk)
        return _("It is used in: %(quizzes)s.") % {"quizzes": ", ".join(titles)} if titles else ""


class Unpublish(_OnlyUnused):
    display_name = gettext_lazy("Unpublish")
    aria_label = gettext_lazy("Unpublish the selected questions")
    action_type = "unpublish"
    action_priority = 50
    right = "publish"

    @staticmethod
    def done(count: int) -> str:
        return ngettext("%(count)s question unpublished.", "%(count)s questions unpublished.", count) % {"count": count}

    def refuse(self, real: Any) -> str:
        return super().refuse(real) if real.live else _("It is not published.")

    def act(self, real: Any, given: dict[str, Any]) -> None:
        # Wagtail 7.4 asks a question what only pages can answer.
        UnpublishAction(real, user=self.request.user).execute(skip_permission_checks=True)


class Delete(_OnlyUnused):
    display_name = gettext_lazy("Delete")
    aria_label = gettext_lazy("Delete the selected questions")
    action_type = "delete"
    action_priority = 60
    classes: ClassVar[set[str]] = {"serious"}
    right = "delete"

    @staticmethod
    def done(count: int) -> str:
        return ngettext("%(count)s question deleted.", "%(count)s questions deleted.", count) % {"count": count}

    def act(self, real: Any, given: dict[str, Any]) -> None:
        try:
            log(real, "wagtail.delete", user=self.request.user, deleted=True)
            real.delete()
        except ProtectedError as held:
            raise Refusal(_("It is in use.")) from held


ACTIONS = (Move, Tag, SetDifficulty, Publish, Unpublish, Delete)


def only_ours(
    request: HttpRequest, action_type: str, objects: list[Any], action_class_instance: Any
) -> HttpResponseBase | None:
    """Refuse Wagtail's own bulk actions on questions: they delete by one query."""
    if not issubclass(action_class_instance.model, Question) or isinstance(action_class_instance, BankAction):
        return None
    messages.error(request, _("Open each question to make changes there. The bank holds several question types."))
    return redirect("wagtailsnippets_bdhvs_quiz_question:list")
