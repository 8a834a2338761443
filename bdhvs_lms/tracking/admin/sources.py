"""Record stores whose statements are fetched: how far, what was new, and what could not be taken."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.admin.viewsets import RecordAdd, RecordViewSet, column, number
from bdhvs_lms.tracking.admin.peers import PeerEdit, PeerForm, PeerList, PeerPage, WithUser, state
from bdhvs_lms.tracking.admin.wording import (
    beginning,
    breakable,
    moment,
    recent_day,
    set_choices,
    trust_choices,
)
from bdhvs_lms.tracking.wording import trust_word
from bdhvs_xapi import api as xapi


class SourceForm(PeerForm):
    trust = forms.TypedChoiceField(
        label=gettext_lazy("Trust level of its statements"),
        coerce=int,
        help_text=gettext_lazy(
            "Cannot be changed later, whatever the statements claim. What only a device reports proves nothing."
        ),
    )
    since = recent_day(
        gettext_lazy("Fetch statements stored since"),
        required=False,
        help_text=gettext_lazy("Leave empty to fetch everything."),
    )
    field_order = ("key", "name", "url", "version", "username", "password", "trust", "since", "active")

    class Meta(PeerForm.Meta):
        model = xapi.Source

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "trust", trust_choices(self.for_user))
        if self.instance.pk:
            # Statements rest on it: another trust is another source. Where it begins again is on its page.
            set_choices(self, "trust", [(self.instance.trust, trust_word(self.instance.trust))])
            self.initial["trust"] = self.instance.trust
            self.fields["trust"].disabled = True
            del self.fields["since"]

    def address_faults(self, url: str) -> list[str]:
        return xapi.source_faults(xapi.Source(key="x", url=url))


class SourceAdd(WithUser, RecordAdd):
    success_message = gettext_lazy("Statements from %(object)s are fetched from now on.")

    def perform(self, form: Any) -> xapi.Source:
        data = form.cleaned_data
        given = {name: data[name] for name in ("key", "name", "url", "version", "username", "password", "trust")}
        made = xapi.create_source(since=beginning(data["since"]), **given)
        if not data["active"]:
            xapi.Source.objects.filter(pk=made.pk).update(active=False)
        return made


class SourceList(PeerList):
    results_template_name = "bdhvs_lms/admin/sources_results.html"


class RereadForm(forms.Form):
    since = recent_day(
        gettext_lazy("From date"),
        required=False,
        help_text=gettext_lazy("Leave empty to fetch everything. Statements already here are recognised."),
    )


class SourcePage(PeerPage):
    page_title = gettext_lazy("Source LRS")
    template_name = "bdhvs_lms/admin/source.html"
    change = "bdhvs_xapi.change_source"

    def facts(self) -> dict[str, Any]:
        status = xapi.source_status(self.object)
        rejections, older = self._rejections()
        return {
            **super().facts(),
            "status": status,
            "state": state(self.object, _("nothing fetched yet")),
            "trust": trust_word(self.object.trust),
            "through": moment(status.through, never=str(_("not yet"))),
            "counts": {name: number(name)(status) for name in ("new", "known", "rejected")},
            "rejections": rejections,
            "older_url": older,
            "reread_form": (form := RereadForm()),
            "media": form.media,
        }

    def _rejections(self) -> tuple[list[dict[str, Any]], str]:
        """List rejected statements, newest first. Without their body: that is a foreign statement with whatever is in
        it."""
        found, older = self.newest(self.object.rejections.values("id", "statement_id", "reason", "at"))
        return [{**row, "at": moment(row["at"])} for row in found], older

    def buttons(self) -> dict[str, Any]:
        return {"test": self._test, "resume": self._resume, "reread": self._reread}

    def _test(self) -> None:
        self.tell(xapi.test_source(self.object))

    def _resume(self) -> None:
        xapi.resume(self.object)
        self.log(resumed=True)
        self.say(_("It is included in the next fetch."))

    def _reread(self) -> None:
        form = RereadForm(self.request.POST)
        if form.is_valid():
            xapi.reread(self.object, beginning(form.cleaned_data["since"]))
            self.log(reread=True)
            self.say(_("The next fetch starts from there. Statements already here are recognised."))


class SourceViewSet(RecordViewSet):
    model = xapi.Source
    name = "sources"
    url_prefix = "kho-du-lieu/noi-lay"
    icon = "download"
    pages = ("index", "add", "edit", "inspect")
    index_view_class = SourceList
    add_view_class = SourceAdd
    edit_view_class = PeerEdit
    inspect_view_class = SourcePage
    add_form = SourceForm
    edit_form = SourceForm
    ordering = ("name", "pk")
    list_display = (
        column("name", gettext_lazy("Name"), sort="name"),
        column("url", gettext_lazy("Address"), lambda row: breakable(row.url)),
        column("state", gettext_lazy("Status"), lambda row: state(row, _("nothing fetched yet"))),
        column("trust", gettext_lazy("Trust level of its statements"), lambda row: trust_word(row.trust)),
        column("cursor", gettext_lazy("Fetched up to"), lambda row: moment(row.cursor, never="–")),
        column("new", gettext_lazy("New on this site"), number("new")),
        column("rejected", gettext_lazy("Not accepted"), number("rejected")),
    )
