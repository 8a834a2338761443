"""The common base of the pages of receiving record stores and of sources: the form, the page that acts, the words."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from bdhvs_lms.base.admin.forms import ActionForm
from bdhvs_lms.base.admin.viewsets import RecordEdit, RecordList, RecordPage
from bdhvs_lms.base.api import row_number
from bdhvs_lms.tracking.admin.wording import breakable, moment
from bdhvs_xapi import api as xapi

VERSIONS = (("1.0.3", "1.0.3"), ("2.0.0", "2.0"))
# Of what could not be delivered or taken, on one page.
SHOWN = 50


def state(row: Any, never: Any) -> str:
    """Say in a few words how another record store stands. `never`: what to say before the first attempt."""
    if not row.active:
        return str(_("turned off"))
    if row.paused:
        return str(_("paused"))
    if row.failures:
        return str(_("unreachable"))
    return str(never if row.last_success_at is None else _("connected"))


class PeerForm(ActionForm):
    """`username` and `password` are kept sealed and are never shown again; empty ones on editing stay as they are."""

    key = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=60,
        help_text=gettext_lazy(
            "Short: letters, digits and hyphens. Used in commands and cannot be changed later. Example: lrs-tinh."
        ),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    url = forms.CharField(
        label=gettext_lazy("xAPI endpoint URL"),
        max_length=1000,
        help_text=gettext_lazy("Example: https://lrs.example.org/xapi, without /statements."),
    )
    version = forms.ChoiceField(label=gettext_lazy("xAPI version"), choices=VERSIONS)
    username = forms.CharField(
        label=gettext_lazy("Username (key)"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password (secret)"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    active = forms.BooleanField(label=gettext_lazy("Turned on"), required=False, initial=True)

    def __init__(self, *args: Any, for_user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.for_user = for_user
        if self.instance.pk:
            for name in ("key", "name", "url", "version", "active"):
                self.initial[name] = getattr(self.instance, name)
            self.initial["username"] = xapi.username_of(self.instance)
            self.fields["key"].disabled = True
            self.fields["password"].help_text = gettext_lazy("Leave empty to keep the current password.")

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if not self.instance.pk and self._meta.model._default_manager.filter(key=key).exists():
            raise ValidationError(_("This code is already in use."))
        return key

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip().rstrip("/")
        if faults := self.address_faults(url):
            raise ValidationError(self.in_words(faults))
        return url

    def in_words(self, faults: list[str]) -> list[str]:
        """Translate the faults of a record store's address into the reader's language."""
        return [
            _(
                "The address must begin with https:// (http:// only within your own network), contain no username, "
                "no ? and no #, and lead to a public network or to one listed in BDHVS_XAPI_PEER_NETWORKS."
            )
        ]

    def address_faults(self, url: str) -> list[str]:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("username") and not data.get("password") and not self._keeps_password(data["username"]):
            known = bool(self.instance.pk) and xapi.username_of(self.instance) == data["username"]
            self.add_error(
                "password",
                _("Enter the password again: the saved one is for a different address.")
                if known
                else _("Enter a password for the username."),
            )
        if data.get("password") and not data.get("username"):
            self.add_error("username", _("Enter a username for the password."))
        return data

    def _keeps_password(self, username: str) -> bool:
        return bool(self.instance.pk) and xapi.username_of(self.instance) == username and self._same_store()

    def _same_store(self) -> bool:
        """Tell whether the password still goes where it was typed in for. Without this whoever may edit an address
        could have it sent to a server of their own, and read it there."""
        there, here = urlsplit(self.cleaned_data.get("url", "")), urlsplit(self.instance.url)
        return (there.scheme, there.netloc) == (here.scheme, here.netloc)

    def apply(self) -> None:
        """Put what was typed into the row and save it; `save` leaves alone what a sender writes meanwhile."""
        data, row = self.cleaned_data, self.instance
        for name in ("name", "url", "version", "active"):
            setattr(row, name, data[name])
        if data["password"] or not data["username"]:
            xapi.set_credentials(row, data["username"], data["password"])
        row.save()


class WithUser:
    """A form that must know who fills it in."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "for_user": self.request.user}  # type: ignore[misc, attr-defined]


class PeerEdit(WithUser, RecordEdit):
    def perform(self, form: Any) -> Any:
        form.apply()
        return form.instance


class PeerList(RecordList):
    def _address(self, row: Any) -> str | None:
        # How it stands is read more often than changed.
        address: str | None = self.get_inspect_url(row)
        return address


class PeerPage(RecordPage):
    """The page of one record store; each button posts what it does (`do`), and `buttons` says which there are."""

    change = ""
    """The right that every button needs."""

    def buttons(self) -> dict[str, Any]:
        raise NotImplementedError

    def facts(self) -> dict[str, Any]:
        row = self.object
        return {
            "peer": row,
            "url": breakable(row.url),
            "may_change": self.request.user.has_perm(self.change),
            "last_success": moment(row.last_success_at),
            "last_error_at": moment(row.last_error_at),
            "next_attempt": moment(row.next_attempt_at) if row.next_attempt_at else "",
        }

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        if not request.user.has_perm(self.change):
            raise PermissionDenied
        press = self.buttons().get(request.POST.get("do", ""))
        try:
            if press is None:
                raise ValidationError(_("Choose an action."))
            press()
        except ValidationError as refused:
            for text in refused.messages:
                messages.error(request, text)
        return redirect(request.get_full_path())

    def newest(self, rows: QuerySet[Any, dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
        """Return the newest of rows with an `id`, before the one that `?truoc=` names, and the address
        of older ones."""
        asked = self.request.GET.get("truoc", "")
        if asked:
            if not (number := row_number(asked)):
                raise Http404
            rows = rows.filter(id__lt=number)
        found = list(rows.order_by("-id")[: SHOWN + 1])
        older = f"{self.request.path}?truoc={found[SHOWN - 1]['id']}" if len(found) > SHOWN else ""
        return found[:SHOWN], older

    def say(self, text: Any) -> None:
        messages.success(self.request, text)

    def log(self, **data: Any) -> None:
        log(
            instance=self.object,
            action="wagtail.edit",
            user=self.request.user,
            title=str(self.object),
            data=data,
            content_changed=True,
        )

    def tell(self, check: xapi.Check) -> None:
        """Show the result of asking the other side. Its own words are as they came, in whatever language."""
        if check.reachable and check.authorised is not False and not check.reason:
            versions = ", ".join(check.versions) or "—"
            self.say(_("Connection successful. The LRS supports xAPI %(versions)s.") % {"versions": versions})
        elif check.reachable and check.authorised is False:
            messages.error(self.request, _("The LRS responded but rejected the username and password."))
        elif check.reachable:
            messages.warning(self.request, _("The LRS responded with a note: %(reason)s") % {"reason": check.reason})
        else:
            messages.error(self.request, _("The LRS cannot be reached: %(reason)s") % {"reason": check.reason})
