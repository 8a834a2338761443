"""Assignments of boards: which account sees which area's."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.views import generic
from wagtail.log_actions import log

from bdhvs_lms.base.admin.forms import ActionForm
from bdhvs_lms.base.admin.viewsets import RecordAdd, RecordViewSet, column
from bdhvs_lms.campaign.actions import assign_steering, end_steering
from bdhvs_lms.campaign.admin.choices import AreaField, area_label
from bdhvs_lms.campaign.models import SteeringAssignment


class AccountField(forms.CharField):
    """An account by its sign-in name: a list of everybody would show a whole commune's people."""

    def clean(self, value: Any) -> Any:
        name = super().clean(value)
        model: Any = get_user_model()
        user = model._default_manager.filter(**{model.USERNAME_FIELD: name}).first()
        if user is None or not user.is_active:
            raise ValidationError(_("No account has this username."))
        return user


class SteeringForm(ActionForm):
    user = AccountField(label=gettext_lazy("Username"), max_length=150)
    area = AreaField(help_text=gettext_lazy("The account can see this area, the areas within it and its successors."))

    class Meta(ActionForm.Meta):
        model = SteeringAssignment


class SteeringAdd(RecordAdd):
    def log_title(self, made: Any) -> str:
        return str(made.area)

    def perform(self, form: Any) -> SteeringAssignment:
        return assign_steering(form.cleaned_data["user"], form.cleaned_data["area"], by=self.request.user)


class SteeringEnd(generic.DeleteView):
    usage_url_name = None
    # Django's view takes DELETE too, past the action and the log.
    http_method_names: ClassVar[list[str]] = ["get", "head", "options", "post"]

    def delete_action(self) -> None:
        log(
            instance=self.object,
            action="wagtail.delete",
            user=self.request.user,
            title=str(self.object.area),
            deleted=True,
        )
        end_steering(self.object, by=self.request.user)


class SteeringViewSet(RecordViewSet):
    model = SteeringAssignment
    name = "steering"
    url_prefix = "chien-dich/ban-chi-dao"
    icon = "user"
    pages = ("index", "add", "delete")
    related = ("user", "area")
    add_view_class = SteeringAdd
    delete_view_class = SteeringEnd
    add_form = SteeringForm
    ordering = (f"user__{get_user_model().USERNAME_FIELD}", "pk")
    list_display = (
        column("user", gettext_lazy("Username"), lambda row: row.user.get_username()),
        column("area", gettext_lazy("Area"), lambda row: area_label(row.area)),
    )
