"""The browser of statements: filters, a sentence for each, one page after the other, and taking one out of force.

Nothing is counted and nothing is skipped over: a page costs the same whatever the ledger holds. People stay opaque, and
whoever looks at what one person did is in the access log, as on the pages that show names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID, uuid5

import msgspec
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.log_actions import log

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import now
from bdhvs_lms.tracking import iris
from bdhvs_lms.tracking.actions import AUTHORITIES, void
from bdhvs_lms.tracking.admin.sentences import FOREIGN_VERBS, sentence, verb_word, who
from bdhvs_lms.tracking.admin.wording import beginning, breakable, moment, recent_day
from bdhvs_lms.tracking.models import TakenId
from bdhvs_lms.tracking.staff import staff_actor
from bdhvs_lms.tracking.statements import STATEMENT_NAMESPACE
from bdhvs_lms.tracking.vocabulary import EXTENSION_REASON, REASON_REVOKED, REASON_WITHDRAWN, VERB_NAMES, VERB_VOIDED
from bdhvs_lms.tracking.wording import trust_word
from bdhvs_xapi import api as xapi

VIEW = "bdhvs_xapi.view_statement"
VOID = "bdhvs_xapi.void_statement"
ROWS = 50
# How many of the taken ids are shown above the list: one is a reason to look, more of them are the same reason.
TAKEN = 5

# Codes, because a voiding goes to other record stores too, and free words about a person must not.
REASONS = {
    "wrong-person": gettext_lazy("recorded for the wrong person"),
    "wrong-result": gettext_lazy("the result is wrong"),
    "recorded-twice": gettext_lazy("recorded twice"),
    "trial": gettext_lazy("test data"),
    "not-own-work": gettext_lazy("not the person's own work"),
    "other": gettext_lazy("other reason"),
}


# Those of acts that void more than one statement: shown, and not to be chosen.
OF_ACTS = {
    REASON_REVOKED: gettext_lazy("the credential that recorded it was revoked, with everything it recorded"),
    REASON_WITHDRAWN: gettext_lazy("the evidence it was based on was voided, and no other evidence is sufficient"),
}


def looked_at(keys: Iterable[str]) -> list[UUID]:
    """Return the access log's ids of these actors; another store's person has a digest there."""
    return [iris.actor_uuid(key) or uuid5(STATEMENT_NAMESPACE, key) for key in keys]


def verb_choices() -> list[tuple[str, str]]:
    """Return our own verbs, then the rest of ADL's, which foreign statements have."""
    return [(iri, verb_word({"id": iri})) for iri in (*VERB_NAMES, *FOREIGN_VERBS)]


class FilterForm(forms.Form):
    """A form of optional filters; all that are given must hold."""

    person = forms.CharField(
        label=gettext_lazy("Actor (opaque identifier)"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "The UUID of a learner, or another system's full identifier as shown on a statement's page."
        ),
    )
    verb = forms.ChoiceField(
        label=gettext_lazy("Verb"), required=False, choices=lambda: [("", _("any")), *verb_choices()]
    )
    activity = forms.CharField(
        label=gettext_lazy("Activity (IRI)"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Also matches where it is the course, quiz or competency of the statement."),
    )
    registration = forms.UUIDField(label=gettext_lazy("Attempt (registration)"), required=False)
    since = recent_day(gettext_lazy("Stored from"), required=False)
    until = recent_day(gettext_lazy("Stored until"), required=False)
    authority = forms.CharField(
        label=gettext_lazy("Recorded by (key)"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("server, observer, confirmer, reported, client, or lrs- and the key of a credential."),
    )
    shown = forms.ChoiceField(
        label=gettext_lazy("Statements to show"),
        required=False,
        choices=[
            ("", gettext_lazy("statements in force")),
            ("voided", gettext_lazy("voided statements, and who voided them")),
        ],
    )

    def clean_person(self) -> str:
        text: str = self.cleaned_data["person"].strip()
        try:
            return xapi.account_key(iris.home_page(), str(UUID(text)))
        except ValueError:
            return text

    def active(self) -> Iterator[tuple[Any, str]]:
        """Yield (label, value as it was given) of every filter that is set."""
        for field in self:
            value = self.data.get(field.name)
            if value:
                choices = dict(getattr(field.field, "choices", ()))
                yield field.label, breakable(str(choices.get(value, value)))

    def filter(self) -> xapi.Filter:
        """Return the filter to ask the ledger with. Days are the site's, and whole."""
        data = self.cleaned_data
        return xapi.Filter(
            agent_key=data["person"] or None,
            verb=VERB_VOIDED if data["shown"] else data["verb"] or None,
            activity=data["activity"].strip() or None,
            related_activities=True,
            registration=data["registration"],
            since=beginning(data["since"]),
            until=_last_moment(data["until"]),
            authority=data["authority"].strip() or None,
            limit=ROWS,
        )


def _last_moment(day: date | None) -> datetime | None:
    after = beginning(day and day + timedelta(days=1))
    return after and after - timedelta(microseconds=1)


class _Page(WagtailAdminTemplateMixin, TemplateView):
    header_icon = "list-ul"
    index_url_name = ""
    statement_url_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class StatementList(_Page):
    page_title = gettext_lazy("Statements")
    template_name = "bdhvs_lms/admin/statements.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = FilterForm(self.request.GET)
        found = xapi.Page([], None)
        try:
            after = xapi.Cursor.decode(self.request.GET["sau"]) if self.request.GET.get("sau") else None
        except ValueError as error:
            raise Http404 from error
        if form.is_valid():
            found = xapi.page(form.filter(), after=after)
        facts = {fact.statement_id: fact for fact in _facts([row.statement_id for row in found.rows])}
        ordered = [facts[row.statement_id] for row in found.rows]
        self._log(form, ordered)
        asked = self.request.GET.copy()
        asked.pop("sau", None)
        further = asked.copy()
        if found.more is not None:
            further["sau"] = found.more.encode()
        return {
            **super().get_context_data(**kwargs),
            "form": form,
            "media": form.media,
            "rows": self._rows(ordered),
            "filtered": any(asked.values()),
            "active": list(form.active()) if form.is_valid() else [],
            "later_pages": after is not None,
            "newest_url": f"{self.request.path}?{asked.urlencode()}",
            "older_url": f"{self.request.path}?{further.urlencode()}" if found.more is not None else "",
            "index_url": reverse(self.index_url_name),
            "taken": self._taken(),
        }

    def _taken(self) -> list[dict[str, Any]]:
        """Return decisions under whose id something else stood: the newest of them, with both statements."""
        return [
            {
                "at": moment(row.found_at),
                "authority": row.authority,
                "there_url": reverse(self.statement_url_name, args=[row.statement_id]),
                "made_url": reverse(self.statement_url_name, args=[row.recorded_as]),
            }
            for row in TakenId.objects.order_by("-pk")[:TAKEN]
        ]

    def _log(self, form: FilterForm, facts: list[xapi.Fact]) -> None:
        """Log a filter on a person, or on an attempt, which is one person's, as a look at that person."""
        if not form.is_valid() or not facts:
            return
        if form.cleaned_data["person"]:
            keys = [form.cleaned_data["person"]]
        elif form.cleaned_data["registration"]:
            keys = [fact.actor_key for fact in facts]
        else:
            return
        log_access(user=self.request.user, actors=looked_at(keys), page="statements", at=now())

    def _rows(self, facts: list[xapi.Fact]) -> list[dict[str, Any]]:
        voided = {fact.statement_id: fact for fact in _facts([fact.voids for fact in facts if fact.voids is not None])}
        return [
            {
                "url": reverse(self.statement_url_name, args=[fact.statement_id]),
                "at": moment(fact.occurred_at),
                "sentence": sentence(fact),
                "about": sentence(voided[fact.voids]) if fact.voids in voided else "",
                "trust": trust_word(fact.trust),
                "authority": fact.authority,
            }
            for fact in facts
        ]


def _facts(ids: list[UUID]) -> list[xapi.Fact]:
    return xapi.facts(statement_ids=ids, include_voided=True) if ids else []


class VoidForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=[("", "—"), *REASONS.items()])


class StatementPage(_Page):
    """One statement: the sentence, what is known of it, its JSON, and the form that takes it out of force."""

    page_title = gettext_lazy("Statement")
    template_name = "bdhvs_lms/admin/statement.html"

    @cached_property
    def fact(self) -> xapi.Fact:
        found = xapi.get(self.kwargs["statement_id"])
        if found is None:
            raise Http404
        return found

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": gettext_lazy("Statements")},
            {"url": "", "label": self.page_title, "sublabel": str(self.fact.statement_id)[:8]},
        ]

    def _refusal(self) -> str:
        """Say why this account cannot void this statement; empty when it can."""
        fact = self.fact
        if not self.request.user.has_perm(VOID):
            return str(_("Your account can view statements but not void them."))
        if fact.verb == VERB_VOIDED:
            return str(_("This statement voids another one and cannot be voided itself."))
        if fact.voided:
            return str(_("This statement is voided."))
        if fact.trust >= AUTHORITIES["confirmer"] and not self.request.user.is_superuser:
            return str(_("This statement is an official confirmation. Only a superuser can void it."))
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fact = self.fact
        log_access(user=self.request.user, actors=looked_at([fact.actor_key]), page="statement", at=now())
        voidings = xapi.Statement.objects.filter(object_ref=fact.statement_id, verb__iri=VERB_VOIDED)
        others = _facts([fact.voids] if fact.voids else list(voidings.values_list("statement_id", flat=True)[:ROWS]))
        refusal = self._refusal()
        return {
            **super().get_context_data(**kwargs),
            "fact": fact,
            "sentence": sentence(fact),
            "who": who(fact.actor_key, fact.verb),
            "actor_key": breakable(fact.actor_key),
            "verb": verb_word(fact.statement["verb"]),
            "verb_iri": breakable(fact.verb),
            "object_id": breakable(fact.object_id or ""),
            "occurred": moment(fact.occurred_at),
            "stored": moment(fact.stored),
            "trust": trust_word(fact.trust),
            "person_url": self._filtered(person=fact.actor_key),
            "attempt_url": self._filtered(registration=str(fact.registration)) if fact.registration else "",
            "others": [
                {
                    "url": reverse(self.statement_url_name, args=[other.statement_id]),
                    "sentence": sentence(other),
                    "at": moment(other.occurred_at),
                    "reason": self._reason(other if fact.voids is None else fact),
                }
                for other in others
            ],
            # As it is stored, digit for digit.
            "body": msgspec.json.format(fact.body, indent=2).decode(),
            "refusal": refusal,
            "form": None if refusal else kwargs.get("form") or VoidForm(),
        }

    def _filtered(self, **asked: str) -> str:
        return f"{reverse(self.index_url_name)}?{urlencode(asked)}"

    def _reason(self, voiding: xapi.Fact) -> str:
        """Say why it was voided, in words where the code is one of ours."""
        code = str(iris.context_extension(voiding, EXTENSION_REASON) or "")
        return str({**REASONS, **OF_ACTS}.get(code, code))

    def post(self, request: HttpRequest, statement_id: UUID) -> HttpResponse:
        if not request.user.has_perm(VOID):
            raise PermissionDenied
        form = VoidForm(request.POST)
        if refusal := self._refusal():
            messages.error(request, refusal)
        elif "edit" in request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        elif form.is_valid():
            if (question := self.question(form)) is not None:
                return question
            try:
                self._void(form.cleaned_data["reason"])
                messages.success(
                    request,
                    _(
                        "The statement and the conclusions that depended on it alone were voided. Other results "
                        "were recalculated."
                    ),
                )
            except ValueError:
                # Somebody else was faster.
                messages.error(request, _("This statement is voided."))
        else:
            return self.render_to_response(self.get_context_data(form=form))
        return redirect(request.path)

    def question(self, form: forms.Form) -> HttpResponse | None:
        """Return a page that asks before it is done; None: nothing is asked. A part above tells whose
        result changes."""
        return None

    def _void(self, reason: str) -> None:
        at = now()
        with transaction.atomic():
            void(self.fact.statement_id, by=staff_actor(self.request.user), reason_code=reason, at=at)
        row = xapi.Statement.objects.only("seq").get(seq=self.fact.seq)
        log(
            instance=row,
            action="wagtail.edit",
            user=self.request.user,
            title=str(self.fact.statement_id),
            data={"voided": reason},
            content_changed=True,
        )


class _StatementMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(VIEW))


class StatementViewSet(ViewSet):
    name = "statements"
    url_prefix = "kho-du-lieu/ban-ghi"
    icon = "list-ul"
    menu_label = gettext_lazy("Statements")
    menu_item_class = _StatementMenuItem
    statement_view_class: ClassVar[type[StatementPage]] = StatementPage
    # What `is_ours` of a viewset is asked for, and Wagtail's groups of rights.
    model = xapi.Statement

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(
            index_url_name=self.get_url_name("index"), statement_url_name=self.get_url_name("statement"), **kwargs
        )

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.construct_view(StatementList), name="index"),
            path("<uuid:statement_id>/", self.construct_view(self.statement_view_class), name="statement"),
        ]
