"""A person's copy, to read, print or hand over as a file, and the erasure, which says beforehand what goes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import allowed, day_of, now
from bdhvs_lms.learners.api import Learner, learner_for_user, names
from bdhvs_lms.privacy.actions import LastOperator, erase, erase_account, may_erase, may_erase_account
from bdhvs_lms.privacy.models import DataRequest
from bdhvs_lms.privacy.queries import export, named_after
from bdhvs_lms.privacy.readable import as_file, parts_of
from bdhvs_lms.privacy.requests import unconfirmed

EXPORT, ERASE = "export_person", "delete_person"
LAST_OPERATOR = gettext_lazy("This is the only account that can manage the site. Create another one first.")


class _OfPerson(WagtailAdminTemplateMixin, TemplateView):
    permission = ""
    header_icon = "lock"
    # What the viewset hands every page.
    model: Any = None
    index_url_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user, self.permission):
            raise PermissionDenied
        found = get_object_or_404(Learner.objects.select_related("merged_into"), pk=kwargs["pk"])
        self.learner: Learner = found.whole
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        index = {"url": reverse("data-requests:index"), "label": _("Requests")}
        return [*self.breadcrumbs_items, index, {"url": "", "label": self.page_title}]

    @cached_property
    def name(self) -> str:
        return names([self.learner.pk])[self.learner.pk]

    def get_page_subtitle(self) -> str:
        return self.name

    def note(self, page: str) -> None:
        log_access(user=self.request.user, actors=[self.learner.actor], page=page, at=now())


class DataCopy(_OfPerson):
    """GET: the copy to read and print. POST: the file."""

    permission = EXPORT
    template_name = "bdhvs_lms/admin/data_copy.html"
    page_title = gettext_lazy("Copy of the data")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.note("data-copy")
        return {**super().get_context_data(**kwargs), "learner": self.learner, "parts": parts_of(export(self.learner))}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = now()
        self.note("data-copy-json")
        return as_file(export(self.learner), f"du-lieu-{day_of(at):%Y-%m-%d}")


class EraseForm(forms.Form):
    sure = forms.BooleanField(
        label=gettext_lazy("The person has asked for it, or the retention period is over. It cannot be undone."),
        error_messages={"required": gettext_lazy("Tick the box to confirm.")},
    )


class _Erasing(TemplateView):
    """A page that erases once its form is ticked."""

    def erase(self) -> int:
        """Erase, and return how many rows were touched. Raises LastOperator."""
        raise NotImplementedError

    def done(self) -> str:
        """Say what was erased."""
        raise NotImplementedError

    def carried_out(self, request: HttpRequest) -> HttpResponse:
        form = EraseForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            touched = self.erase()
        except LastOperator:
            form.add_error(None, LAST_OPERATOR)
            return self.render_to_response(self.get_context_data(form=form), status=409)
        if touched:
            messages.success(request, self.done())
        else:
            messages.info(request, _("There was nothing left to erase."))
        return redirect(reverse("data-requests:index"))


class ErasePerson(_Erasing, _OfPerson):
    """GET says what goes and what stays; POST with its tick erases. Where that may not be, both say why."""

    permission = ERASE
    template_name = "bdhvs_lms/admin/person_erase.html"
    page_title = gettext_lazy("Erase personal data")

    @cached_property
    def outranked(self) -> bool:
        return not may_erase(self.request.user, self.learner)

    @cached_property
    def unconfirmed(self) -> DataRequest | None:
        return unconfirmed(self.learner, DataRequest.Kind.ERASE)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.note("erase-person")
        parts = parts_of(export(self.learner))
        return {
            **super().get_context_data(**kwargs),
            "learner": self.learner,
            "name": self.name,
            "go": [part for part in parts if not part.kept or part.label == "auth.User"],
            "stay": [part for part in parts if part.kept and part.label != "auth.User"],
            "form": None if self.outranked or self.unconfirmed else kwargs.get("form") or EraseForm(),
            "named_after": named_after(self.learner),
            "outranked": self.outranked,
            "unconfirmed": self.unconfirmed,
            "may_export": allowed(self.request.user, EXPORT),
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.outranked or self.unconfirmed:
            return self.render_to_response(self.get_context_data(), status=403 if self.outranked else 409)
        return self.carried_out(request)

    def erase(self) -> int:
        return erase(self.learner, by=self.request.user, at=now())

    def done(self) -> str:
        title = str(_("Learner %(actor)s") % {"actor": self.learner.actor})
        log(instance=self.learner, action="wagtail.delete", user=self.request.user, title=title, deleted=True)
        return _("The personal data is erased. Results stay without a name.")


class EraseAccount(_Erasing, WagtailAdminTemplateMixin):
    """GET asks, POST with its tick erases an account of staff that is no learner's; a learner's leads to the person."""

    template_name = "bdhvs_lms/admin/account_erase.html"
    page_title = gettext_lazy("Erase the account's data")
    header_icon = "lock"
    # What the viewset hands every page.
    model: Any = None
    index_url_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user, ERASE):
            raise PermissionDenied
        self.account: Any = get_object_or_404(get_user_model(), pk=kwargs["pk"])
        learner = learner_for_user(self.account)
        if learner is not None:
            return redirect(reverse("data-requests:erase", args=[learner.pk]))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "account": self.account,
            "may_erase": may_erase_account(self.request.user, self.account),
            "form": kwargs.get("form") or EraseForm(),
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.carried_out(request)

    def erase(self) -> int:
        return erase_account(self.account, by=self.request.user, at=now())

    def done(self) -> str:
        return _("The account's data is erased, and the account closed.")
