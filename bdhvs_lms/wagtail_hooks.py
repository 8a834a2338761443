"""The core's pages in Wagtail's admin: four menus, whose entries are there for who may open them, and what waits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSetGroup

from bdhvs_lms.audit.admin.texts import ConsentTextViewSet
from bdhvs_lms.campaign.admin.areas import AreaViewSet, OrganisationViewSet
from bdhvs_lms.campaign.admin.numbers import DenominatorAdd, DenominatorImport, DenominatorViewSet, FigureViewSet
from bdhvs_lms.campaign.admin.plans import PlanViewSet, TargetViewSet
from bdhvs_lms.campaign.admin.site_information import SiteInformationViewSet
from bdhvs_lms.campaign.admin.steering import SteeringViewSet
from bdhvs_lms.campaign.admin.waiting import numbers_missing
from bdhvs_lms.classes.admin.classes import ClassViewSet
from bdhvs_lms.classes.admin.people import ClassFilterSet, FoundByCard, IntoClass
from bdhvs_lms.classes.admin.rosters import RosterImport
from bdhvs_lms.classes.admin.teams import TeamViewSet
from bdhvs_lms.competency.admin import impacts
from bdhvs_lms.competency.admin.frameworks import FrameworkViewSet
from bdhvs_lms.competency.admin.realignments import RealignmentViewSet
from bdhvs_lms.competency.admin.rules import EvidenceRuleViewSet, PassRuleViewSet
from bdhvs_lms.competency.admin.vneid import VneidViewSet
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.admin.account_actions import RegisterAccounts
from bdhvs_lms.learners.admin.groups import GroupEdit, TargetGroupViewSet
from bdhvs_lms.learners.admin.newcomers import NewcomerViewSet
from bdhvs_lms.learners.admin.people import PeopleViewSet
from bdhvs_lms.learners.admin.people_actions import AddToGroup, ExportPeople, PeopleAction, PlaceInArea
from bdhvs_lms.learners.admin.people_list import PeopleList, PersonFilterSet
from bdhvs_lms.learners.admin.person_groups import GroupsOfPerson
from bdhvs_lms.learners.admin.staff import StaffViewSet
from bdhvs_lms.learners.admin.waiting import people_without_area, unclaimed_people
from bdhvs_lms.learners.admin.who_learns import WhoLearnsViewSet
from bdhvs_lms.learners.api import keeps_places
from bdhvs_lms.plugins.admin.waiting import WaitingPanel
from bdhvs_lms.plugins.api import StaffRole, register_staff_role, register_waiting
from bdhvs_lms.privacy.admin.accesses import AccessViewSet
from bdhvs_lms.privacy.admin.papers import PaperViewSet
from bdhvs_lms.privacy.admin.requests import DataRequestViewSet
from bdhvs_lms.privacy.admin.waiting import data_requests, found_on_record
from bdhvs_lms.reporting.admin import coverage, populations, retests
from bdhvs_lms.reporting.admin.person import PersonPage
from bdhvs_lms.reporting.admin.progress import ProgressPage
from bdhvs_lms.roles import (
    CONFIRMERS,
    DATA_OFFICERS,
    OPERATORS,
    TEACHERS,
    confirmers,
    data_officers,
    operators,
    teachers,
)
from bdhvs_lms.tracking.admin.credentials import CredentialViewSet, Withdraw
from bdhvs_lms.tracking.admin.receivers import ReceiverViewSet
from bdhvs_lms.tracking.admin.sources import SourceViewSet
from bdhvs_lms.tracking.admin.statements import StatementPage, StatementViewSet
from bdhvs_lms.tracking.admin.waiting import record_stores

register_waiting("bdhvs_lms.record_stores", record_stores)
register_waiting("bdhvs_lms.people_without_area", people_without_area)
register_waiting("bdhvs_lms.unclaimed_people", unclaimed_people)
register_waiting("bdhvs_lms.found_on_record", found_on_record)
register_waiting("bdhvs_lms.numbers_missing", numbers_missing)
register_waiting("bdhvs_lms.data_requests", data_requests)


register_staff_role(
    StaffRole(
        key="teacher",
        label=_("Teacher of classes"),
        help=_("makes classes and teaches those that it is named in"),
        given_by="bdhvs_lms.add_classteacher",
        group=TEACHERS,
        make_group=teachers,
        order=10,
    )
)
register_staff_role(
    StaffRole(
        key="steering",
        label=_("Member of the steering committee"),
        help=_("reads the board of the areas chosen below"),
        given_by="bdhvs_lms.add_steeringassignment",
        areas=True,
        order=20,
    )
)
# Only superusers make somebody one of these: nobody multiplies what they may do.
register_staff_role(
    StaffRole(
        key="confirmer",
        label=_("Officer who confirms results"),
        help=_("confirms results of people in the areas chosen below, by name, and revokes what was confirmed"),
        group=CONFIRMERS,
        make_group=confirmers,
        areas=True,
        order=30,
    )
)
register_staff_role(
    StaffRole(
        key="operator",
        label=_("Operator"),
        help=_("looks after areas, people, classes, numbers and the record store"),
        group=OPERATORS,
        make_group=operators,
        order=40,
    )
)
register_staff_role(
    StaffRole(
        key="data-officer",
        label=_("Data officer"),
        help=_("answers requests about personal data, and erases"),
        group=DATA_OFFICERS,
        make_group=data_officers,
        order=50,
    )
)


class GroupEditTold(impacts.ToldOfAge, GroupEdit):
    """The form of a group, which tells the effect of another age before it is saved."""


class TargetGroupPages(TargetGroupViewSet):
    edit_view_class = GroupEditTold


class DenominatorTold(populations.ToldOfPopulation, DenominatorAdd):
    """The form of a denominator, which tells before it is entered which targets another population changes."""


class DenominatorImportTold(populations.ToldOfPopulations, DenominatorImport):
    """The same for a list."""


class DenominatorPages(DenominatorViewSet):
    add_view_class = DenominatorTold
    import_page = DenominatorImportTold


class CampaignGroup(ViewSetGroup):
    menu_label = _("Campaign")
    menu_name = "campaign"
    menu_icon = "clipboard-list"
    menu_order = 300
    items = (
        AreaViewSet,
        OrganisationViewSet,
        TargetGroupPages,
        PlanViewSet,
        TargetViewSet,
        DenominatorPages,
        FigureViewSet,
        PassRuleViewSet,
        EvidenceRuleViewSet,
        RealignmentViewSet,
        FrameworkViewSet,
        SteeringViewSet,
        SiteInformationViewSet,
    )


class PeopleFilters(PersonFilterSet, ClassFilterSet):  # type: ignore[misc]  # both say of which model
    """Filters by where people live and belong, and by their classes."""


class PeopleIndex(FoundByCard, PeopleList):
    """A list of people, searched by name, telephone, account, and card."""


class OnePerson(GroupsOfPerson, PersonPage):
    """All that is known of somebody, and their groups to look after."""


class PeoplePages(PeopleViewSet):
    """The pages that learners' part shows of people, with what parts above it add."""

    index_view_class = PeopleIndex
    filterset_class = PeopleFilters
    import_page = RosterImport
    inspect_view_class = OnePerson


class AddToClass(IntoClass, PeopleAction):
    """A bulk action of the list of people: put them into a class."""


for action in (AddToClass, AddToGroup, PlaceInArea, ExportPeople, RegisterAccounts):
    hooks.register("register_bulk_action", action)


class TeamPages(TeamViewSet):
    """Teams, and how far the people whom they help are."""

    def extra_urlpatterns(self) -> list[Any]:
        return [*super().extra_urlpatterns(), self.route("tien-do/", ProgressPage, "progress")]


class PeopleGroup(ViewSetGroup):
    menu_label = _("Classes and learners")
    menu_name = "classes-and-people"
    menu_icon = "group"
    menu_order = 310
    items = (ClassViewSet, PeoplePages, NewcomerViewSet, VneidViewSet, TeamPages, StaffViewSet, WhoLearnsViewSet)


class PrivacyGroup(ViewSetGroup):
    menu_label = _("Personal data")
    menu_name = "personal-data"
    menu_icon = "lock"
    menu_order = 315
    items = (DataRequestViewSet, PaperViewSet, ConsentTextViewSet, AccessViewSet)


class StatementTold(impacts.ToldOfVoiding, StatementPage):
    """The page of a statement, which tells whose result changes by a voiding before it is done."""


class StatementPages(StatementViewSet):
    statement_view_class = StatementTold


class WithdrawTold(impacts.ToldOfRevocation, Withdraw):
    """The same for all that a credential wrote."""


class CredentialPages(CredentialViewSet):
    withdraw_view_class = WithdrawTold


class RecordStoreGroup(ViewSetGroup):
    menu_label = _("Record store")
    menu_name = "record-store"
    menu_icon = "tasks"
    menu_order = 320
    items = (StatementPages, CredentialPages, ReceiverViewSet, SourceViewSet)


@hooks.register("register_admin_viewset")
def campaign_pages() -> CampaignGroup:
    return CampaignGroup()


@hooks.register("register_admin_viewset")
def people_pages() -> PeopleGroup:
    return PeopleGroup()


@hooks.register("register_admin_viewset")
def privacy_pages() -> PrivacyGroup:
    return PrivacyGroup()


@hooks.register("register_admin_viewset")
def record_store_pages() -> RecordStoreGroup:
    return RecordStoreGroup()


@hooks.register("insert_global_admin_js")
def days_that_do_not_exist_stay() -> str:
    return format_html('<script src="{}"></script>', static("bdhvs_lms/dates.js"))


@hooks.register("insert_global_admin_css")
def pages_of_ours_fit() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("bdhvs_lms/admin.css"))


@hooks.register("construct_homepage_panels")
def what_waits_first(request: HttpRequest, panels: list[Any]) -> None:
    panels.insert(0, WaitingPanel())


@hooks.register("construct_help_menu")
def our_own_guides(request: HttpRequest, menu_items: list[Any]) -> None:
    """Replace Wagtail's guides, which lead to other sites and speak English, by ours where the admin is ours; else add
    ours beside them."""
    try:
        guides = reverse("bdhvs_theme:guides")
    except NoReverseMatch:
        # Without the theme, Wagtail's own are better than none.
        return
    if app_settings.OWN_ADMIN:
        menu_items[:] = [item for item in menu_items if not item.url.startswith("http")]
    menu_items.append(MenuItem(_("Guides"), guides, name="bdhvs-guides", icon_name="help", order=10))


@hooks.register("register_account_menu_item")
def places_item(request: HttpRequest) -> dict[str, Any] | None:
    """Add an entry below “More actions” of one's account, where sessions are of ours and can be listed."""
    if not keeps_places():
        return None
    try:
        address = reverse("bdhvs_lms:places")
    except NoReverseMatch:  # a project that does not mount our pages
        return None
    return {
        "url": address,
        "label": _("My devices"),
        "help_text": _("See every device that is signed in to this account, or sign out everywhere."),
    }


hooks.register("register_reports_menu_item", coverage.menu_item)
hooks.register("register_reports_menu_item", retests.menu_item)
hooks.register("register_admin_urls", coverage.urls)
