"""Action on several accounts of Wagtail's list of users at once: people on record are made of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.users.views.bulk_actions.user_bulk_action import UserBulkAction

from bdhvs_lms.base.api import account_name, allowed, now
from bdhvs_lms.learners.account_links import register_person_of
from bdhvs_lms.learners.admin.people_actions import MOST
from bdhvs_lms.learners.admin.person_forms import AreaTodayField
from bdhvs_lms.learners.queries import linked_among


class AccountsForm(forms.Form):
    area = AreaTodayField(help_text=gettext_lazy("Of all of them. It can be set for each person later."))


class RegisterAccounts(UserBulkAction):
    display_name = gettext_lazy("Add as learners")
    action_type = "add-as-learners"
    aria_label = gettext_lazy("Add the chosen accounts to the list of learners")
    template_name = "bdhvs_lms/admin/accounts_action.html"
    action_priority = 50
    form_class = AccountsForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (allowed(request.user, "add_person") and allowed(request.user, "add_learneridentity")):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self, model: Any, object_ids: Iterable[Any]) -> Any:
        users = list(super().get_queryset(model, object_ids))
        self.known = linked_among(users)
        return users

    def check_perm(self, user: Any) -> bool:
        return user.is_active and str(user.pk) not in self.known

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        names = [account_name(one["item"]) for one in context["items"]]
        left = [account_name(user) for user in context["items_with_no_access"]]
        return {**context, "title": self.display_name, "names": names, "left_out": left}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().form_valid(form)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
            return self.form_invalid(form)
        return answer

    def prepare_action(self, objects: Any, objects_without_access: Any) -> Any:
        if len(objects) > MOST:
            raise ValidationError(_("Choose at most %(most)d people at once.") % {"most": MOST})

    def execute_action(self, objects: list[Any], **kwargs: Any) -> tuple[int, int]:
        at, area = now(), self.cleaned_form.cleaned_data["area"]
        made = [register_person_of(user, at=at, by=self.request.user, area=area) for user in objects]
        return sum(learner is not None for learner in made), 0

    def get_success_message(self, count: int, _children: int) -> str:
        return ngettext("Done for %(count)d person.", "Done for %(count)d people.", count) % {"count": count}
