"""The list of people: found by name, telephone or account, narrowed down, and as a file. Whoever is shown is logged."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet, Subquery, Value
from django.db.models.functions import Replace
from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter, ModelChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.admin.imports import ImportButton
from bdhvs_lms.base.admin.viewsets import RecordList, column
from bdhvs_lms.base.api import fold, now, one_line
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.learners.admin.person_forms import area_choices, today
from bdhvs_lms.learners.models import LearnerIdentity, Person
from bdhvs_lms.learners.queries import belonging_to, groups_by_list, is_waiting, newest_placement, speaking_belongings
from bdhvs_lms.learners.records import person_of, records_of_outer

UNPLACED = "none"
ENDED = "ended"
ACCOUNTS = 50
"""So many accounts of alike names are looked through."""


class PersonFilterSet(WagtailFilterSet):
    area = ChoiceFilter(
        label=gettext_lazy("Residence"),
        choices=lambda: [
            (UNPLACED, _("unknown")),
            (ENDED, _("in an abolished area")),
            *area_choices(),
        ],
        method="living",
    )
    group = ModelChoiceFilter(label=gettext_lazy("Target group"), queryset=groups_by_list(), method="belonging")
    newcomer = ChoiceFilter(
        label=gettext_lazy("Registered without help"),
        choices=[("yes", gettext_lazy("not in the lists yet")), ("no", gettext_lazy("in the lists"))],
        method="waiting",
    )

    class Meta:
        model = Person
        fields: list[str] = []

    def living(self, people: QuerySet[Any], _name: str, area: str) -> QuerySet[Any]:
        """Filter people by area: there, or in a part of it. `area_id` is what the list has annotated."""
        if area == ENDED:
            until = Subquery(newest_placement(today()).values("area__valid_to")[:1])
            return people.annotate(until=until).filter(until__lt=today())
        if area == UNPLACED:
            return people.filter(area_id__isnull=True)
        there = Area.objects.filter(Q(pk=int(area)) | Q(parent=int(area)) | Q(parent__parent=int(area)))
        return people.filter(area_id__in=list(there.values_list("pk", flat=True)))

    def belonging(self, people: QuerySet[Person], _name: str, group: Any) -> QuerySet[Person]:
        return people.filter(learner__in=belonging_to(group, today()))

    def waiting(self, people: QuerySet[Person], _name: str, answer: str) -> QuerySet[Person]:
        waits = is_waiting("learner__")
        return people.filter(waits if answer == "yes" else ~waits)


def with_place(people: QuerySet[Person]) -> QuerySet[Any]:
    """Add `area_id` and `area_name`, where they live today, to each who stands. A person is one row: whose records were
    merged is listed as the one that stands."""
    newest = newest_placement(today())
    return people.filter(learner__merged_into=None).annotate(
        area_id=Subquery(newest.values("area")[:1]), area_name=Subquery(newest.values("area__name")[:1])
    )


def with_all(people: QuerySet[Any]) -> QuerySet[Any]:
    """Add what else a file says; of an organisation the one joined last."""
    where = speaking_belongings(today()).filter(learner__in=records_of_outer(), organisation__isnull=False)
    where = where.order_by("-valid_from", "-pk")
    newest = newest_placement(today())
    return people.annotate(
        area_kind=Subquery(newest.values("area__kind")[:1]),
        above_name=Subquery(newest.values("area__parent__name")[:1]),
        organisation_name=Subquery(where.values("organisation__name")[:1]),
        grade=Subquery(where.values("grade")[:1]),
    ).select_related("learner__guardian")


def named_like(text: str) -> Q:
    """Return a condition on `Person`: this may be a name in any record, telephone or sign-in name. One query of its
    own."""
    words, digits = " ".join(fold(text).split()), re.sub(r"\D", "", text)
    model: Any = get_user_model()
    accounts = model._default_manager.filter(**{f"{model.USERNAME_FIELD}__icontains": text})
    keys = [str(pk) for pk in accounts.order_by("pk").values_list("pk", flat=True)[:ACCOUNTS]]
    signing = LearnerIdentity.objects.filter(kind=LearnerIdentity.Kind.USER, issuer="", subject__in=keys)
    found = Q(learner__in=Person.objects.filter(search_name__contains=words).values(person=person_of()))
    found |= Q(learner__in=signing.values(person=person_of()))
    if len(digits) >= 4 and not re.search(r"[^\W\d_]", text):
        plain: Any = "phone"
        for sign in " .-()":
            plain = Replace(plain, Value(sign), Value(""))
        with_phone = Person.objects.annotate(digits=plain).filter(digits__contains=digits)
        found |= Q(learner__in=with_phone.values(person=person_of()))
    return found


class PeopleList(ImportButton, RecordList):
    is_searchable = True
    show_export_buttons = True
    template_name = "bdhvs_lms/admin/people.html"

    def matches(self, text: str) -> Q:
        """Return the condition for what is typed into the search."""
        return named_like(text)

    def search_queryset(self, queryset: Any) -> Any:
        text = one_line(self.search_query or "")
        return queryset.filter(self.matches(text)) if text else queryset

    def get_base_queryset(self) -> QuerySet[Person]:
        people = with_place(super().get_base_queryset())
        return with_all(people) if self.is_export else people

    @cached_property
    def columns(self) -> list[Any]:
        return [BulkActionsCheckboxColumn("bulk_actions", obj_type="row"), *super().columns]

    def _address(self, row: Any) -> str | None:
        """Return the address of the page of all that is known of the person."""
        address: str | None = self.get_inspect_url(row) or self.get_edit_url(row)
        return address

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        shown = [person.learner.actor for person in context["object_list"]]
        if shown:
            # An export holds every page of the list, and names leave the site with it.
            page = f"people-{self.request.GET['export']}" if self.is_export else "people"
            log_access(user=self.request.user, actors=shown, page=page, at=now())
        return context


def people_view(request: HttpRequest) -> Any:
    """Return the view of the list, as it would answer this address: its `get_queryset()` are those whom filters and
    search leave, on all pages."""
    route: Any = resolve(reverse("people:index")).func
    view = route.view_class(**route.view_initkwargs)
    view.setup(request)
    view.is_export = False
    return view


def village(row: Any) -> str:
    return row.area_name if row.area_kind == Area.Kind.VILLAGE else ""


def commune(row: Any) -> str:
    return (row.above_name if row.area_kind == Area.Kind.VILLAGE else row.area_name) or ""


def guardian(field: str) -> Any:
    return lambda row: getattr(getattr(row.learner, "guardian", None), field, "")


# All facts, one a column, leave the site in a file; the screen shows those that tell people apart.
EXPORTED = (
    column("full_name", gettext_lazy("Full name")),
    column("birth_year", gettext_lazy("Year of birth")),
    column("village", gettext_lazy("Village"), village),
    column("commune", gettext_lazy("Commune or ward"), commune),
    column("phone", gettext_lazy("Phone")),
    column("organisation", gettext_lazy("Organisation"), "organisation_name"),
    column("grade", gettext_lazy("Grade")),
    column("guardian", gettext_lazy("Parent or guardian"), guardian("full_name")),
    column("guardian_phone", gettext_lazy("Guardian's phone"), guardian("phone")),
)
