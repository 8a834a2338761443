"""Credentials of the record store: made, shown once, revoked, also with everything that was written with them.

Nothing here ever reads a secret back: there is none."""

from __future__ import annotations

from time import monotonic
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import Button
from wagtail.log_actions import log

from bdhvs_lms.base.admin.forms import ActionForm
from bdhvs_lms.base.admin.viewsets import RecordAdd, RecordList, RecordViewSet, column
from bdhvs_lms.base.api import now
from bdhvs_lms.tracking.admin.statements import VOID
from bdhvs_lms.tracking.admin.wording import SCOPES, moment, scope_words, set_choices, trust_choices
from bdhvs_lms.tracking.models import Revocation
from bdhvs_lms.tracking.revoking import begin, go_on, preview
from bdhvs_lms.tracking.staff import staff_actor
from bdhvs_lms.tracking.wording import trust_word
from bdhvs_xapi import api as xapi

Credential = xapi.Credential
REVOKE = "bdhvs_xapi.change_credential"
# How long a request goes on with a revocation before it shows how far it has come.
SECONDS = 2.0


class CredentialForm(ActionForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("The application that uses it and its owner. Example: “Power BI of the department”."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"),
        choices=[(scope.value, word) for scope, word in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Grant only what is needed. A credential can be revoked but not changed later."),
    )
    trust = forms.TypedChoiceField(
        label=gettext_lazy("Trust level of its statements"),
        coerce=int,
        initial=xapi.Trust.CLIENT_REPORTED.value,
        help_text=gettext_lazy(
            "Cannot be changed later, whatever the statements claim. What only a device reports proves nothing."
        ),
    )

    class Meta(ActionForm.Meta):
        model = Credential

    def __init__(self, *args: Any, for_user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "trust", trust_choices(for_user))


@method_decorator(never_cache, name="dispatch")
class CredentialAdd(RecordAdd):
    """The answer to the form is the page with the secret: it stands in no address, session or log, and not twice."""

    page_title = gettext_lazy("New credential")
    shown_template = "bdhvs_lms/admin/credential_made.html"

    def _endpoint(self) -> list[str]:
        """Return the address of the record store; empty on a site that does not mount it."""
        try:
            about = reverse("bdhvs_xapi:about")
        except NoReverseMatch:
            return []
        return [self.request.build_absolute_uri(about.removesuffix("about"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "for_user": self.request.user}

    @sensitive_variables("secret")
    def form_valid(self, form: Any) -> HttpResponse:
        self.form = form
        try:
            made, secret = xapi.create_credential(**form.cleaned_data, at=now())
        except (ValueError, xapi.InvalidStatement) as refused:
            form.refuse(ValidationError(str(refused)))
            return self.form_invalid(form)
        self.object = Credential.objects.get(pk=made.pk)
        log(instance=self.object, action="wagtail.create", user=self.request.user, title=made.name)
        title = _("Credential “%(name)s”") % {"name": made.name}
        context = {
            **self.get_context_data(form=form),
            "header_title": title,
            "page_subtitle": made.name,
            "fields": [
                *({"name": "endpoint", "label": _("Address"), "value": url} for url in self._endpoint()),
                {"name": "key", "label": _("Key"), "value": made.key},
                {"name": "secret", "label": _("Secret"), "value": secret},
            ],
            "scopes": scope_words(made.scopes),
            "trust": trust_word(form.cleaned_data["trust"]),
            "done_url": self.get_success_url(),
        }
        response = self.response_class(self.request, self.shown_template, context, using=self.template_engine)
        # Also not kept for the "back" button.
        response["Cache-Control"] = "no-store, private"
        return response


class Revoke(WagtailAdminTemplateMixin, TemplateView):
    """Asks once more, since whatever uses the credential stops at once."""

    template_name = "bdhvs_lms/admin/credential_revoke.html"
    page_title = gettext_lazy("Revoke")
    header_icon = "key"
    index_url_name = ""
    withdraw_url_name = ""
    model: Any = Credential

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(REVOKE):
            raise PermissionDenied
        self.credential = get_object_or_404(Credential, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.credential.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": gettext_lazy("Credentials")},
            {"url": "", "label": self.page_title, "sublabel": self.credential.name},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "credential": self.credential,
            "last_used": moment(self.credential.last_used_at),
            "index_url": reverse(self.index_url_name),
            "withdraw_url": reverse(self.withdraw_url_name, args=[self.credential.pk])
            if self.request.user.has_perm(VOID)
            else "",
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.credential.revoked_at is None:
            xapi.revoke(self.credential, now())
            log(
                instance=self.credential,
                action="wagtail.edit",
                user=request.user,
                title=self.credential.name,
                data={"revoked": True},
                content_changed=True,
            )
        text = _("“%(name)s” is revoked and can no longer be used.")
        messages.success(request, text % {"name": self.credential.name})
        return redirect(self.index_url_name)


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For future reference; kept on this site only. Do not name any learner."),
    )


class Withdraw(Revoke):
    """Revoking with everything that was written: first what it would take away, then the act, in bounded steps.

    A request does steps for about two seconds, each a transaction of its own; the page then says how far it is and has
    the button to go on. Closed in between, it goes on where it was; `bdhvs withdraw_credential` does it in one go.
    """

    template_name = "bdhvs_lms/admin/credential_withdraw.html"
    page_title = gettext_lazy("Void its statements")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(VOID):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def _refusal(self) -> str:
        if self.credential.authority.trust >= xapi.Trust.CONFIRMED and not self.request.user.is_superuser:
            return str(_("This credential recorded official confirmations. Only a superuser can void them."))
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        revocation = Revocation.objects.filter(credential_key=self.credential.key).first()
        refusal = self._refusal()
        left = xapi.written_under(self.credential.authority.key)
        return {
            **super().get_context_data(**kwargs),
            "revocation": revocation,
            "begun": moment(revocation.begun_at) if revocation is not None else "",
            "finished": moment(revocation.finished_at) if revocation is not None and revocation.finished_at else "",
            "left": left,
            "voided": revocation.voided if revocation is not None else 0,
            "in_all": left.statements + (revocation.voided if revocation is not None else 0),
            "preview": preview(self.credential) if revocation is None and not refusal else None,
            "refusal": refusal,
            "form": kwargs.get("form") or WithdrawForm(),
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if refusal := self._refusal():
            messages.error(request, refusal)
            return redirect(request.path)
        revocation = Revocation.objects.filter(credential_key=self.credential.key).first()
        if revocation is None:
            form = WithdrawForm(request.POST)
            if not form.is_valid() or "edit" in request.POST:
                return self.render_to_response(self.get_context_data(form=form))
            if (question := self.question(form)) is not None:
                return question
            revocation = begin(
                self.credential,
                by=request.user,
                actor=staff_actor(request.user),
                reason=form.cleaned_data["reason"],
                at=now(),
            )
            self._log(revocation, begun=True)
        elif revocation.finished_at is not None:
            left = xapi.written_under(self.credential.authority.key)
            if not left.statements and not left.voidings:
                return redirect(request.path)
        end = monotonic() + SECONDS
        if go_on(revocation, now=now, enough=lambda: monotonic() > end):
            self._log(revocation, finished=True)
            text = _("All statements of “%(name)s” were voided.")
            messages.success(request, text % {"name": self.credential.name})
        return redirect(request.path)

    def question(self, form: forms.Form) -> HttpResponse | None:
        """Return a page that asks before it begins; None: nothing is asked. A part above tells whose result changes."""
        return None

    def _log(self, revocation: Revocation, **what: bool) -> None:
        log(
            instance=self.credential,
            action="wagtail.edit",
            user=self.request.user,
            title=self.credential.name,
            data={
                "taken_back": {
                    **what,
                    "reason": revocation.reason,
                    "voided": revocation.voided,
                    "withdrawn": revocation.withdrawn,
                }
            },
            content_changed=True,
        )


class CredentialList(RecordList):
    revoke_url_name = ""
    withdraw_url_name = ""
    results_template_name = "bdhvs_lms/admin/credentials_results.html"

    def get_list_buttons(self, instance: Credential) -> list[Any]:
        user = self.request.user
        if not user.has_perm(REVOKE):
            return []
        found = []
        if instance.revoked_at is None:
            label = _("Revoke “%(name)s”") % {"name": instance.name}
            found.append((_("Revoke"), label, self.revoke_url_name))
        if user.has_perm(VOID):
            label = _("Void all statements of “%(name)s”") % {"name": instance.name}
            found.append((_("Void its statements"), label, self.withdraw_url_name))
        return [
            Button(
                text,
                url=reverse(name, args=[instance.pk]),
                classname="button button-small button-secondary",
                attrs={"aria-label": label},
            )
            for text, label, name in found
        ]


def state(row: Credential) -> str:
    if row.revoked_at is None:
        return str(_("in effect"))
    return str(_("revoked on %(day)s") % {"day": moment(row.revoked_at)})


class CredentialViewSet(RecordViewSet):
    model = Credential
    name = "credentials"
    url_prefix = "kho-du-lieu/tai-khoan-ket-noi"
    icon = "key"
    pages = ("index", "add")
    related = ("authority",)
    index_view_class = CredentialList
    add_view_class = CredentialAdd
    add_form = CredentialForm
    withdraw_view_class: ClassVar[type[Withdraw]] = Withdraw
    ordering = ("-pk",)
    list_display: tuple[Column, ...] = (
        column("name", gettext_lazy("Name"), sort="name"),
        column("key", gettext_lazy("Key"), "key"),
        column("scopes", gettext_lazy("Scopes"), lambda row: scope_words(row.scopes)),
        column("trust", gettext_lazy("Trust level of its statements"), lambda row: trust_word(row.authority.trust)),
        column("last_used", gettext_lazy("Last used"), lambda row: moment(row.last_used_at), sort="last_used_at"),
        column("state", gettext_lazy("Status"), state, sort="revoked_at"),
    )

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(
            revoke_url_name=self.get_url_name("revoke"), withdraw_url_name=self.get_url_name("withdraw"), **kwargs
        )

    def extra_urlpatterns(self) -> list[URLPattern]:
        return [
            self.route("revoke/<int:pk>/", Revoke, "revoke"),
            self.route("withdraw/<int:pk>/", self.withdraw_view_class, "withdraw"),
        ]
