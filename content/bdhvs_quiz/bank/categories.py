"""Categories of questions, which are Wagtail's collections: the parts on questions in its pages of groups and
collections,
and the publishing actions in a question's form for users with rights in a category only."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.forms.collections import collection_member_permission_formset_factory
from wagtail.snippets.action_menu import PublishMenuItem, UnpublishMenuItem

from bdhvs_quiz.bank.policy import policy_for
from bdhvs_quiz.models import Question

GIVEN = [
    ("view_question", _("View"), _("View questions and choose them for quizzes")),
    ("add_question", _("Add"), _("Add questions")),
    ("change_question", _("Edit"), _("Edit questions")),
    ("publish_question", _("Publish"), _("Publish questions")),
    ("delete_question", _("Delete"), _("Delete questions")),
    ("lock_question", _("Lock"), _("Lock questions")),
    ("unlock_question", _("Unlock"), _("Unlock questions")),
]


def permissions_of_group() -> Any:
    """Return the formset for the form of a group: a row for each category, for questions of all types."""
    return collection_member_permission_formset_factory(Question, GIVEN, "bdhvs_quiz/admin/question_permissions.html")


def contents(collection: Any) -> dict[str, Any] | None:
    """Describe the questions that keep a collection from being deleted; None if it holds none."""
    count = Question.objects.rows().filter(collection=collection).count()
    if not count:
        return None
    return {
        "count": count,
        "count_text": ngettext("%(count)s question", "%(count)s questions", count) % {"count": count},
        "url": reverse("wagtailsnippets_bdhvs_quiz_question:list") + f"?category={collection.pk}",
    }


class _Allowed:
    """A menu item for users with the right by the question's category. Wagtail's own item asks for the right on the
    whole
    type, and was left out."""

    def is_shown(self, context: dict[str, Any]) -> bool:
        return True


class Publish(_Allowed, PublishMenuItem):
    pass


class Unpublish(_Allowed, UnpublishMenuItem):
    pass


def offer_publishing(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Offer publishing and unpublishing also where the right is for the category."""
    model, row = context["model"], context.get("instance")
    if not issubclass(model, Question) or context.get("locked_for_user"):
        return
    policy, user = policy_for(model), request.user
    saved = row if row is not None and row.pk is not None else None
    if not (
        policy.user_has_permission(user, "publish")
        if saved is None
        else policy.user_has_permission_for_instance(user, "publish", saved)
    ):
        return
    if not any(isinstance(item, PublishMenuItem) for item in items):
        items.append(Publish(order=30))
    if saved is not None and saved.live and not any(isinstance(item, UnpublishMenuItem) for item in items):
        items.append(Unpublish(order=20))
    items.sort(key=lambda item: item.order)
