"""Accounts of staff: made with a password that is told once, changed, closed; `learners.staff` says who may."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets import Button
from wagtail.log_actions import log

from bdhvs_lms.base.admin.forms import ActionForm
from bdhvs_lms.base.admin.viewsets import RecordAdd, RecordList, RecordPage, RecordViewSet, column
from bdhvs_lms.base.api import allowed, now
from bdhvs_lms.campaign.api import Area, SteeringAssignment
from bdhvs_lms.learners.models import SignInAccount
from bdhvs_lms.learners.site_pages import sign_in_address
from bdhvs_lms.learners.staff import (
    change_roles,
    close_account,
    may_look_after,
    open_staff_account,
    reset_password,
    roles_of,
    staff,
)
from bdhvs_lms.plugins.api import staff_roles

SHEET = "bdhvs_lms/admin/staff_sheet.html"


def full_name(user: Any) -> str:
    return str(getattr(user, "get_full_name", str)() or "")


class RolesField(forms.MultipleChoiceField):
    """Roles that this account may give; the value is a list of them."""

    def __init__(self, **kwargs: Any) -> None:
        label = gettext_lazy("The account is for")
        super().__init__(label=label, widget=forms.CheckboxSelectMultiple, required=False, **kwargs)

    def for_user(self, by: Any) -> None:
        self.given = {role.key: role for role in staff_roles() if role.may_give(by)}
        self.choices = [(key, f"{role.label}: {role.help}") for key, role in self.given.items()]

    def clean(self, value: Any) -> list[Any]:
        return [self.given[key] for key in super().clean(value)]


def areas_field() -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        label=gettext_lazy("Areas"),
        queryset=Area.objects.filter(valid_to=None).exclude(kind="village").order_by("name", "pk"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Of the steering committee: whose board the account sees, with the areas within."),
    )


class StaffForm(ActionForm):
    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=120)
    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=150,
        help_text=gettext_lazy("What the person types to sign in, without spaces. Example: lan1966."),
    )
    roles = RolesField()
    areas = areas_field()

    class Meta(ActionForm.Meta):
        model = SignInAccount

    def __init__(self, *args: Any, for_user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["roles"]
        field.for_user(for_user)


class RolesForm(forms.Form):
    roles = RolesField()
    areas = areas_field()

    def __init__(self, *args: Any, for_user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["roles"]
        field.for_user(for_user)


class _Sheet:
    """The page with the password: it stands in no address, session or log, and not twice."""

    request: HttpRequest

    @sensitive_variables("password")
    def sheet(self, context: dict[str, Any], account: SignInAccount, password: str) -> HttpResponse:
        shown = {
            **context,
            "header_title": _("Sheet for %(name)s") % {"name": account.user.get_username()},
            "account": account,
            "called": full_name(account.user),
            "password": password,
            "roles": [role.label for role in roles_of(account.user)],
            "site_address": self.request.build_absolute_uri(sign_in_address(self.request)),
            "done_url": reverse("staff:inspect", args=[account.pk]),
        }
        response: HttpResponse = self.response_class(  # type: ignore[attr-defined]
            self.request,
            SHEET,
            shown,
            using=self.template_engine,  # type: ignore[attr-defined]
        )
        # Also not kept for the "back" button.
        response["Cache-Control"] = "no-store, private"
        return response


@method_decorator(never_cache, name="dispatch")
class StaffAdd(_Sheet, RecordAdd):
    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "for_user": self.request.user}

    @sensitive_variables("password")
    def form_valid(self, form: Any) -> HttpResponse:
        self.form = form
        try:
            account, password = open_staff_account(**form.cleaned_data, by=self.request.user)
        except ValidationError as refused:
            form.refuse(refused)
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)
        self.object = account
        log(instance=account, action="wagtail.create", user=self.request.user, title=str(account.pk))
        return self.sheet(self.get_context_data(form=form), account, password)


class StaffFilterSet(WagtailFilterSet):
    role = ChoiceFilter(
        label=gettext_lazy("The account is for"),
        choices=lambda: [(role.key, role.label) for role in staff_roles()],
        method="of_role",
    )

    class Meta:
        model = SignInAccount
        fields: list[str] = []

    def of_role(self, rows: QuerySet[SignInAccount], _name: str, key: str) -> QuerySet[SignInAccount]:
        role = next(one for one in staff_roles() if one.key == key)
        if role.group:
            return rows.filter(user__groups__name=role.group)
        return rows.filter(user__in=SteeringAssignment.objects.values("user"))


class StaffList(RecordList):
    is_searchable = True

    def get_base_queryset(self) -> QuerySet[SignInAccount]:
        return staff()

    def search_queryset(self, queryset: Any) -> Any:
        text = (self.search_query or "").strip()
        name = get_user_model().USERNAME_FIELD
        found = Q(**{f"user__{name}__icontains": text}) | Q(user__last_name__icontains=text)
        return queryset.filter(found) if text else queryset

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        rows = list(context["object_list"])
        assigned = SteeringAssignment.objects.filter(user__in=[row.user_id for row in rows])
        steering = set(assigned.values_list("user", flat=True))
        for row in rows:
            row.roles = roles_of(row.user, [True] if row.user_id in steering else [])
        return context


@method_decorator(never_cache, name="dispatch")
class StaffPage(_Sheet, RecordPage):
    page_title = gettext_lazy("Staff account")
    template_name = "bdhvs_lms/admin/staff.html"
    form: RolesForm | None = None

    def get_object(self, queryset: Any = None) -> SignInAccount:
        found = staff().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_page_subtitle(self) -> str:
        return str(self.object.user.get_username())

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        found = list(super().header_more_buttons)
        if allowed(self.request.user, "delete_person"):
            # A page of the part that knows everything that is kept.
            erase = reverse("data-requests:erase-account", args=[self.object.user_id])
            found.append(Button(_("Erase the account's data"), url=erase, icon_name="bin", priority=30))
        return found

    @cached_property
    def may_change(self) -> bool:
        return allowed(self.request.user, "change_signinaccount") and may_look_after(
            self.object.user, self.request.user
        )

    def facts(self) -> dict[str, Any]:
        user = self.object.user
        areas = list(SteeringAssignment.objects.filter(user=user).select_related("area").order_by("area__name"))
        roles = roles_of(user, areas)
        form = self.form or RolesForm(
            initial={"roles": [role.key for role in roles], "areas": [row.area_id for row in areas]},
            for_user=self.request.user,
        )
        return {
            "account": self.object,
            "called": full_name(user),
            "roles": [role.label for role in roles],
            "areas": [row.area for row in areas],
            "form": form,
            "may_change": self.may_change,
            "own": user.pk == self.request.user.pk,
        }

    @sensitive_variables("password")
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.may_change:
            raise PermissionDenied
        do = request.POST.get("do", "")
        try:
            if do == "reset":
                password = reset_password(self.object, by=request.user)
                self._note(request)
                return self.sheet(self.get_context_data(), self.object, password)
            if do == "roles":
                return self._roles(request)
            if do != "close":
                raise ValidationError(_("Choose an action."))
            close_account(self.object, at=now(), by=request.user)
            self._note(request)
            messages.success(request, _("The account is closed. It opens nothing any more."))
        except ValidationError as refused:
            messages.error(request, refused.messages[0])
        return redirect(request.path if do != "close" else reverse("staff:index"))

    def _roles(self, request: HttpRequest) -> HttpResponse:
        form = RolesForm(request.POST, for_user=request.user)
        if form.is_valid():
            try:
                change_roles(self.object, **form.cleaned_data, by=request.user)
            except ValidationError as refused:
                for name, errors in refused.error_dict.items():
                    form.add_error(name, ValidationError(errors))
            else:
                self._note(request)
                messages.success(request, _("Saved. It holds from now on."))
                return redirect(request.path)
        self.form = form
        return self.render_to_response(self.get_context_data())

    def _note(self, request: HttpRequest) -> None:
        log(instance=self.object, action="wagtail.edit", user=request.user, title=str(self.object.pk))


def _state(row: SignInAccount) -> str:
    return _("in use") if row.user.is_active else _("closed")


class StaffViewSet(RecordViewSet):
    model = SignInAccount
    name = "staff"
    url_prefix = "lop-hoc/can-bo"
    icon = "key"
    pages = ("index", "add", "inspect")
    index_view_class = StaffList
    add_view_class = StaffAdd
    inspect_view_class = StaffPage
    add_form = StaffForm
    filterset_class = StaffFilterSet
    ordering = (f"user__{get_user_model().USERNAME_FIELD}", "pk")
    list_display = (
        column("username", gettext_lazy("Username"), lambda row: row.user.get_username()),
        column("full_name", gettext_lazy("Full name"), lambda row: full_name(row.user)),
        column("roles", gettext_lazy("The account is for"), lambda row: ", ".join(str(one.label) for one in row.roles)),
        column("state", gettext_lazy("State"), _state),
    )
