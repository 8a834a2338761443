"""Record stores that get our statements: how they stand, what waits for them, what they refused."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bdhvs_lms.base.admin.viewsets import RecordAdd, RecordViewSet, column, number
from bdhvs_lms.base.api import now, row_number
from bdhvs_lms.tracking.admin.peers import SHOWN, PeerEdit, PeerForm, PeerList, PeerPage, WithUser, state
from bdhvs_lms.tracking.admin.sentences import sentence
from bdhvs_lms.tracking.admin.statements import VIEW, verb_choices
from bdhvs_lms.tracking.admin.wording import beginning, breakable, moment, recent_day, set_choices
from bdhvs_lms.tracking.wording import TRUST_WORDS
from bdhvs_xapi import api as xapi

HTTP = "bdhvs_xapi.http"
# One a line: (name in Target.filters, name of the field).
LINES = ("activities", "categories", "authorities")


def _lines(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReceiverForm(PeerForm):
    trust = forms.TypedChoiceField(
        label=gettext_lazy("Minimum trust level of statements"),
        coerce=lambda value: int(value) if value else None,
        empty_value=None,
        required=False,
        choices=[
            ("", gettext_lazy("all, regardless of trust level")),
            *((key.value, word) for key, word in TRUST_WORDS.items()),
        ],
    )
    verbs = forms.MultipleChoiceField(
        label=gettext_lazy("Only these verbs"),
        required=False,
        choices=verb_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Leave all unticked to include every verb."),
    )
    activities = _lines(gettext_lazy("Only these activities"), gettext_lazy("One IRI per line. Leave empty for all."))
    categories = _lines(
        gettext_lazy("Only statements with these profiles"),
        gettext_lazy("One category IRI per line. Leave empty for all."),
    )
    authorities = _lines(
        gettext_lazy("Only statements recorded by"),
        gettext_lazy("One key per line: server, observer, confirmer, client. Leave empty for all."),
    )
    batch_size = forms.IntegerField(
        label=gettext_lazy("Maximum statements per request"), min_value=1, max_value=100, initial=50
    )
    transport = forms.ChoiceField(label=gettext_lazy("Delivery method"), required=False)
    field_order = ("key", "name", "transport", "url", "version", "username", "password", "active", "batch_size")

    class Meta(PeerForm.Meta):
        model = xapi.Target

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = {key: str(transport.label) for key, transport in xapi.transports().items()}
        self.initial["transport"] = self.instance.transport
        # A plugin that is gone leaves its key.
        ways = {self.instance.transport: self.instance.transport} | ways
        set_choices(self, "transport", list(ways.items()))
        if len(ways) == 1:
            # Nothing to choose, until a plugin brings another way.
            self.fields["transport"].widget = forms.HiddenInput()
        if self.instance.pk:
            filters = self.instance.filters
            self.initial["batch_size"] = self.instance.batch_size
            self.initial["trust"] = filters.get("trust", "")
            self.initial["verbs"] = filters.get("verbs", [])
            # What the form has no box for stays, and can be taken away.
            known = {iri for iri, _word in verb_choices()}
            strange = [(iri, iri) for iri in filters.get("verbs", []) if iri not in known]
            set_choices(self, "verbs", [*verb_choices(), *strange])
            for name in LINES:
                self.initial[name] = "\n".join(filters.get(name, []))

    def clean_transport(self) -> str:
        chosen: str = self.cleaned_data["transport"] or self.instance.transport
        if chosen not in xapi.transports():
            raise ValidationError(_("The plugin that sends to this LRS is not installed."))
        return chosen

    def _way(self) -> str:
        """Return the chosen transport; where there is no such one, its own field says so."""
        chosen: str = self.cleaned_data.get("transport", HTTP)
        return chosen

    def address_faults(self, url: str) -> list[str]:
        return xapi.target_faults(xapi.Target(key="x", url=url, transport=self._way()))

    def in_words(self, faults: list[str]) -> list[str]:
        # A plugin's way of sending has addresses of its own kind, and its own words about them.
        return super().in_words(faults) if self._way() == HTTP else faults

    def filters(self) -> dict[str, Any]:
        data = self.cleaned_data
        found: dict[str, Any] = {"verbs": data["verbs"]}
        found |= {name: [line.strip() for line in data[name].splitlines() if line.strip()] for name in LINES}
        if data["trust"] is not None:
            found["trust"] = data["trust"]
        # Trust 0 is a filter that keeps nothing back; an empty list is none.
        return {name: value for name, value in found.items() if value != []}

    def apply(self) -> None:
        self.instance.filters = self.filters()
        self.instance.transport = self.cleaned_data["transport"]
        self.instance.batch_size = self.cleaned_data["batch_size"]
        super().apply()


class ReceiverAdd(WithUser, RecordAdd):
    success_message = gettext_lazy("%(object)s receives statements recorded from now on.")

    def perform(self, form: Any) -> xapi.Target:
        data = form.cleaned_data
        names = ("key", "name", "transport", "url", "version", "username", "password", "batch_size")
        given = {name: data[name] for name in names}
        made = xapi.create_target(filters=form.filters(), **given)
        if not data["active"]:
            xapi.Target.objects.filter(pk=made.pk).update(active=False)
        return made


class ReceiverList(PeerList):
    results_template_name = "bdhvs_lms/admin/receivers_results.html"

    def get_base_queryset(self) -> QuerySet[xapi.Target]:
        waiting = Q(items__state=xapi.State.WAITING)
        return (
            super()
            .get_base_queryset()
            .annotate(
                waiting=Count("items", filter=waiting),
                oldest=Min("items__queued_at", filter=waiting),
                dead=Count("items", filter=Q(items__state=xapi.State.DEAD)),
            )
        )


class RequeueForm(forms.Form):
    since = recent_day(
        gettext_lazy("All statements stored since"),
        help_text=gettext_lazy("Statements the LRS already has are recognised and not duplicated."),
    )


class PauseForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason for pausing"), max_length=200)


class ReceiverPage(PeerPage):
    page_title = gettext_lazy("Receiving LRS")
    template_name = "bdhvs_lms/admin/receiver.html"
    change = "bdhvs_xapi.change_target"

    def facts(self) -> dict[str, Any]:
        status = xapi.status(self.object)
        letters, older = self._letters()
        return {
            **super().facts(),
            "status": status,
            "state": state(self.object, _("nothing sent yet")),
            "oldest": moment(status.oldest_waiting) if status.oldest_waiting else "",
            "counts": {name: number(name)(status) for name in ("waiting", "delivered", "dead", "left_out")},
            "filters": bool(self.object.filters),
            "letters": letters,
            "older_url": older,
            "pause_form": PauseForm(),
            "requeue_form": (form := RequeueForm()),
            "media": form.media,
        }

    def _letters(self) -> tuple[list[dict[str, Any]], str]:
        """Return dead letters, newest first, and the address of older ones."""
        dead = self.object.items.filter(state=xapi.State.DEAD)
        found, older = self.newest(
            dead.values("id", "attempts", "last_error", "last_error_at", "statement__statement_id")
        )
        ids = [row["statement__statement_id"] for row in found]
        known = {fact.statement_id: fact for fact in xapi.facts(statement_ids=ids, include_voided=True)} if ids else {}
        opens = self.request.user.has_perm(VIEW)
        rows = [
            {
                "id": row["id"],
                "sentence": sentence(known[statement_id]),
                "url": reverse("statements:statement", args=[statement_id]) if opens else "",
                "reason": row["last_error"],
                "at": moment(row["last_error_at"]),
            }
            for row, statement_id in zip(found, ids, strict=True)
        ]
        return rows, older

    def buttons(self) -> dict[str, Any]:
        return {
            "test": self._test,
            "pause": self._pause,
            "resume": self._resume,
            "replay": self._replay,
            "replay-all": self._replay_all,
            "requeue": self._requeue,
        }

    def _test(self) -> None:
        try:
            self.tell(xapi.test_connection(self.object))
        except xapi.TransportMissing as missing:
            raise ValidationError(_("The plugin that sends to this LRS is not installed.")) from missing

    def _pause(self) -> None:
        form = PauseForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(_("Enter the reason for pausing."))
        xapi.pause(self.object, form.cleaned_data["reason"])
        self.log(paused=True)
        self.say(_("Nothing is sent until you resume. New statements wait in the queue."))

    def _resume(self) -> None:
        xapi.resume(self.object)
        self.log(resumed=True)
        self.say(_("Sending has resumed."))

    def _replay(self) -> None:
        chosen = [number for text in self.request.POST.getlist("item") if (number := row_number(text))]
        if not chosen:
            raise ValidationError(_("Choose statements from the list."))
        self._replayed(xapi.replay(self.object, items=chosen[:SHOWN], at=now()))

    def _replay_all(self) -> None:
        self._replayed(xapi.replay(self.object, at=now()))

    def _replayed(self, count: int) -> None:
        self.log(replayed=count)
        text = ngettext("%(count)d statement will be sent again.", "%(count)d statements will be sent again.", count)
        self.say(text % {"count": count})

    def _requeue(self) -> None:
        form = RequeueForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(_("Enter the date from which to send again."))
        count = xapi.requeue(self.object, beginning(form.cleaned_data["since"]), at=now())
        self.log(requeued=count)
        text = ngettext("%(count)d statement is queued.", "%(count)d statements are queued.", count)
        self.say(text % {"count": count})


class ReceiverViewSet(RecordViewSet):
    model = xapi.Target
    name = "receivers"
    url_prefix = "kho-du-lieu/noi-nhan"
    icon = "upload"
    pages = ("index", "add", "edit", "inspect")
    index_view_class = ReceiverList
    add_view_class = ReceiverAdd
    edit_view_class = PeerEdit
    inspect_view_class = ReceiverPage
    add_form = ReceiverForm
    edit_form = ReceiverForm
    ordering = ("name", "pk")
    list_display = (
        column("name", gettext_lazy("Name"), sort="name"),
        column("url", gettext_lazy("Address"), lambda row: breakable(row.url)),
        column("state", gettext_lazy("Status"), lambda row: state(row, _("nothing sent yet"))),
        column("waiting", gettext_lazy("Waiting"), number("waiting")),
        column("oldest", gettext_lazy("Oldest waiting since"), lambda row: moment(row.oldest, never="–")),
        column("delivered", gettext_lazy("Delivered"), number("delivered")),
        column("dead", gettext_lazy("Dead letters"), number("dead")),
    )
