"""Every page of the operators' menus: who finds it, who may not open it or only look, what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from bdhvs_lms.audit.api import AccessLog, ConsentText, PaperConsent, log_access
from bdhvs_lms.audit.texts import write_text
from bdhvs_lms.campaign import api as campaign
from bdhvs_lms.campaign import models as campaign_models
from bdhvs_lms.campaign.api import Area, Denominator, Figure, Indicator, Organisation, Plan, Target, TargetGroup
from bdhvs_lms.campaign.declaring import add_organisation, add_village
from bdhvs_lms.campaign.site_information import FIELDS
from bdhvs_lms.classes.api import ClassGroup, Team, create_class
from bdhvs_lms.classes.teams.actions import make_team
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.api import EvidenceRule, Framework, PassRule, VneidConfirmation
from bdhvs_lms.competency.confirming.vneid import enter_vneid
from bdhvs_lms.competency.models import Realignment
from bdhvs_lms.courses.api import ActivityFacts, Course, push_activity, push_course
from bdhvs_lms.learners.account_learners import write_who_learns
from bdhvs_lms.learners.api import Learner, Person, register
from bdhvs_lms.learners.claims import register_self
from bdhvs_lms.learners.models import SelfRegistration, SignInAccount, WhoLearns
from bdhvs_lms.privacy.models import DataRequest
from bdhvs_lms.privacy.papers import record_papers
from bdhvs_lms.privacy.requests import ask
from bdhvs_lms.roles import operators
from bdhvs_xapi import api as xapi
from tests.bdhvs_lms.learners.making import AT, DAY
from tests.support.markup import html_of
from tests.support.world import uid
from tests.support.worlds import made_once

pytestmark = [pytest.mark.versions, pytest.mark.django_db]
NEW = "2025-07-01"
PREFIXES = ("quan-tri/chien-dich/", "quan-tri/lop-hoc/", "quan-tri/kho-du-lieu/", "quan-tri/du-lieu-ca-nhan/")


def make_land() -> None:
    campaign.load_campaign()
    for path in competency.packaged():
        competency.load_framework(path, at=AT)
    ward = Area.objects.get(code="10015", valid_from=NEW)
    push_course(key=uid("course"), host="tests", titles={"vi": "Khóa"}, revision="1", at=AT)
    facts = {"type_key": "tests.x", "plugin": "tests", "titles": {"vi": "Bài"}, "done_on": "passed", "position": 0}
    push_activity(uid("course"), ActivityFacts(key=uid("activity"), revision="2", **facts), at=AT)
    for revision in ("1", "2"):
        competency.push_alignment(uid("activity"), revision, [], at=AT)
    competency.realign(uid("activity"), "1", "2", by=None, reason="Gắn nhầm", at=AT)
    create_class(name="Lớp một", code="mot", course=Course.objects.get(), area=ward, starts=DAY, at=AT, by=None)
    register(full_name="Đỗ Thị Hòa", birth_year=1966, area=ward, at=AT)
    newcomer = register_self(full_name="Bà Tư", birth_year=1950, area=ward, at=AT)
    enter_vneid(newcomer, confirmed=True, confirmed_on=None, as_of=DAY, source="Công an", at=AT, by=None)
    add_organisation(name="Trường A", kind="school", area=ward, at=AT, by=None)
    add_village(parent=ward, name="Tổ dân phố 1", at=AT, by=None)
    make_team(name="Tổ một", area=ward, valid_from=DAY, at=AT, by=None)
    entry = {"group": TargetGroup.objects.get(key="adult"), "area": ward, "as_of": DAY, "source": "sổ", "at": AT}
    campaign.enter_denominator(value=62140, by=None, **entry)
    campaign.enter_figure(indicator=Indicator.objects.get(key="vneid_rank"), rank=7, by=None, **entry)
    write_who_learns(rule="everyone", groups=[], at=AT, by=None)
    campaign.write_site_information(at=AT, by=None, **{**dict.fromkeys(FIELDS, ""), "agency": "Ủy ban"})
    member = get_user_model().objects.create_user("uy-vien")
    campaign.assign_steering(member, ward, by=None)
    Authenticator.objects.create(user=member, type="totp", data={})
    learner = Person.objects.get(full_name="Đỗ Thị Hòa").learner
    ask(learner, "copy", words="", at=AT)
    record_papers([learner], signed_on=DAY, kept_at="Tủ", at=AT, by=None)
    log_access(user=None, actors=[learner.actor], page="people", at=AT)
    write_text(text_vi="Một", text_en="One", valid_from=None, at=AT, by=None)
    more_of_the_record_store("mot")


made, land = made_once(make_land)


def more_of_the_record_store(name: str) -> None:
    xapi.create_credential(name, scopes=["all"], home_page="https://bdhvs.example/", at=AT)
    xapi.create_target(name, url="https://lrs.example.org/xapi")
    xapi.create_source(name, url="https://lrs.example.org/xapi")
    actor = xapi.account_actor("https://bdhvs.example/", str(uid(name)))
    thing = {"id": f"https://example.org/{name}"}
    with transaction.atomic():
        statement = {"actor": actor, "verb": {"id": xapi.Verb.ATTEMPTED}, "object": thing}
        xapi.record([statement], authority="client", received_at=AT)


@pytest.fixture
def operator(land: None) -> Client:
    user = get_user_model().objects.create_user("van-hanh")
    user.groups.add(operators())
    client = Client()
    client.force_login(user)
    return client


def pages() -> Iterator[tuple[str, str]]:
    """(name, route) of every page of ours in the admin."""

    def walk(patterns: list[Any], route: str, namespace: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            here = route + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(
                    pattern.url_patterns, here, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                )
            elif isinstance(pattern, URLPattern) and here.startswith(PREFIXES):
                yield f"{namespace}{pattern.name}", here

    return walk(get_resolver().url_patterns, "", "")


ROWS = {
    "areas": Area,
    "organisations": Organisation,
    "target_groups": TargetGroup,
    "plans": Plan,
    "targets": Target,
    "denominators": Denominator,
    "figures": Figure,
    "pass_rules": PassRule,
    "evidence_rules": EvidenceRule,
    "realignments": Realignment,
    "frameworks": Framework,
    "steering": campaign.SteeringAssignment,
    "site-information": campaign_models.SiteInformation,
    "who-learns": WhoLearns,
    "classes": ClassGroup,
    "people": Person,
    "newcomers": SelfRegistration,
    "vneid": VneidConfirmation,
    "staff": SignInAccount,
    "second-factors": Authenticator,
    "teams": Team,
    "consent-texts": ConsentText,
    "data-requests": DataRequest,
    "papers": PaperConsent,
    "accesses": AccessLog,
    "credentials": xapi.Credential,
    "receivers": xapi.Target,
    "sources": xapi.Source,
    "statements": xapi.Statement,
}
PAGES = {
    "areas": {"index", "index_results", "add", "edit", "history", "history_results", "import"},
    "organisations": {"index", "index_results", "add", "edit", "history", "history_results", "import"},
    "target_groups": {"index", "index_results", "edit", "history", "history_results"},
    "plans": {"index", "index_results", "inspect"},
    "targets": {"index", "index_results", "inspect"},
    # Append-only: nothing is edited and nothing deleted.
    "denominators": {"index", "index_results", "add", "import"},
    "figures": {"index", "index_results", "add", "import"},
    "pass_rules": {"index", "index_results", "add"},
    "evidence_rules": {"index", "index_results", "inspect", "version", "apply"},
    "realignments": {"index", "index_results", "choose", "realign"},
    "frameworks": {"index", "index_results", "inspect"},
    "steering": {"index", "index_results", "add", "delete"},
    "site-information": {"index", "index_results", "add"},
    "who-learns": {"index", "index_results", "add"},
    "classes": {"index", "index_results", "add", "inspect", "merge", "end_member"},
    "people": {"index", "index_results", "add", "edit", "inspect", "import"},
    "newcomers": {"index", "index_results", "inspect"},
    # Whatever a source says comes by its list.
    "vneid": {"index", "index_results", "import"},
    "staff": {"index", "index_results", "add", "inspect"},
    # Of the optional app that tests run with.
    "second-factors": {"index", "index_results", "inspect"},
    "teams": {"index", "index_results", "add", "edit", "inspect", "progress"},
    "data-requests": {"index", "index_results", "add", "inspect", "copy", "erase", "erase-account"},
    "papers": {"index", "index_results", "add"},
    "accesses": {"index", "index_results"},
    # What people have been asked for is read only.
    "consent-texts": {"index", "index_results", "add", "edit", "inspect"},
    # A secret cannot be changed, and a credential that wrote is not deleted: it is revoked.
    "credentials": {"index", "index_results", "add", "revoke", "withdraw"},
    "receivers": {"index", "index_results", "add", "edit", "inspect"},
    "sources": {"index", "index_results", "add", "edit", "inspect"},
    "statements": {"index", "statement"},
}


# A person's record, among the pages of classes and of requests.
OF_A_PERSON = ("classes:merge", "data-requests:copy", "data-requests:erase")


def address(name: str, route: str) -> str:
    model = Learner if name in OF_A_PERSON else ROWS[name.split(":")[0]]
    rows = model.objects.order_by("-pk")
    # Every account has such a row, and few are staff's.
    row = (rows.filter(user__username="uy-vien") if model is SignInAccount else rows).first()
    # An activity has no page of its own: the one that counts its work otherwise is named by it.
    named = {xapi.Statement: "statement_id", Realignment: "activity_key"}.get(model, "pk")
    key = getattr(row, named)
    if name == "evidence_rules:apply":
        # A version of the rule is applied.
        key = row.versions.order_by("-pk").values_list("pk", flat=True)[0]
    return reverse(name, args=[key] if "<" in route else [])


def test_there_are_these_pages_and_no_other():
    found: dict[str, set[str]] = {}
    for name, _route in pages():
        viewset, page = name.split(":")
        found.setdefault(viewset, set()).add(page)
    assert found == PAGES


def test_an_operator_finds_all_of_them_in_the_menu(operator):
    """That they may open each is what tests/permissions/test_matrix.py asks."""
    home = operator.get("/quan-tri/").content.decode()
    for name in ROWS:
        assert reverse(f"{name}:index") in home, name


def test_nobody_else_may_open_any(land):
    editor = get_user_model().objects.create_user("bien-soan")
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    learner = get_user_model().objects.create_user("hoc-vien")
    for user in (None, editor, learner):
        client = Client()
        if user is not None:
            client.force_login(user)
        for name, route in pages():
            for response in (client.get(address(name, route)), client.post(address(name, route), {})):
                # To the sign-in page, or home with "no permission".
                assert response.status_code in (302, 403), (user, name, response.status_code)
                where = response.get("Location", "").split("?")[0]
                assert not any(prefix in where for prefix in PREFIXES)


def test_who_may_only_look_cannot_write(land):
    user = get_user_model().objects.create_user("xem")
    user.user_permissions.add(
        *Permission.objects.filter(
            codename__startswith="view_", content_type__app_label__in=("bdhvs_lms", "bdhvs_xapi", "mfa")
        ),
        Permission.objects.get(codename="access_admin"),
    )
    client = Client()
    client.force_login(user)
    for name, route in pages():
        page = name.split(":")[1]
        status = client.get(address(name, route)).status_code
        reads = page in ("index", "index_results", "inspect", "statement", "progress")
        assert (status == 200) is reads or page.startswith("history"), (name, status)
    # Wagtail sends home who may not.
    refused = client.post(reverse("classes:inspect", args=[ClassGroup.objects.get().pk]), {"do": "add"})
    assert (refused.status_code, refused["Location"]) == (302, "/quan-tri/")
    for name, do in (("receivers", "pause"), ("sources", "resume")):
        refused = client.post(address(f"{name}:inspect", "<"), {"do": do, "reason": "x"})
        assert (refused.status_code, refused["Location"]) == (302, "/quan-tri/")
    refused = client.post(address("statements:statement", "<"), {"reason": "trial"})
    assert (refused.status_code, refused["Location"]) == (302, "/quan-tri/")
    assert not xapi.facts(verbs=[xapi.Verb.VOIDED])


def test_lists_cost_the_same_for_more_rows(operator):
    # Each look at the log is a further row of other people: see tests/bdhvs_lms/privacy/test_requests.py.
    lists = ROWS.keys() - {"accesses"}

    def cost(names: Iterable[str] = lists) -> dict[str, int]:
        found = {}
        for name in names:
            with CaptureQueriesContext(connection) as queries:
                assert operator.get(reverse(f"{name}:index")).status_code == 200
            found[name] = len(queries)
        return found

    # The first look at these very people writes down who they are, in three queries for however many; each later look
    # finds them. The rest that a first call alone costs is content types and the like.
    cost()
    before = cost()
    ward = Area.objects.get(code="10015", valid_from=NEW)
    for number in range(8):
        more_of_the_record_store(f"r{number}")
        add_village(parent=ward, name=f"Tổ mới {number}", at=AT, by=None)
        add_organisation(name=f"Trường {number}", kind="school", area=ward, at=AT, by=None)
        register(full_name=f"Người {number}", birth_year=1966, area=ward, at=AT)
        member = get_user_model().objects.create_user(f"uy-vien-{number}")
        campaign.assign_steering(member, ward, by=None)
        entry = {"group": TargetGroup.objects.order_by("pk")[number % 7], "area": ward, "as_of": DAY, "source": "sổ"}
        campaign.enter_denominator(value=5, at=AT, by=member_with_rights(number), sure=True, **entry)
        campaign.enter_figure(
            indicator=Indicator.objects.order_by("pk")[number % 4],
            rank=7,
            at=AT,
            by=member_with_rights(number + 10),
            **entry,
        )
        make_team(name=f"Tổ {number}", area=ward, valid_from=DAY, at=AT, by=None)
        create_class(
            name=f"Lớp {number}", code=f"l{number}", course=Course.objects.get(), area=ward, starts=DAY, at=AT, by=None
        )
    assert cost() == {**before, "people": before["people"] + 3}
    assert cost(["people"]) == {"people": before["people"]}


def test_a_list_tells_the_day_here_and_not_greenwichs(operator: Client) -> None:
    early = datetime(2025, 11, 14, 22, 30, tzinfo=UTC)
    campaign.write_site_information(at=early, by=None, **{**dict.fromkeys(FIELDS, ""), "agency": "Ủy ban xã"})
    listed = html_of(operator.get(reverse("site-information:index")))
    assert "15/11/2025" in listed and "14/11/2025" not in listed


def member_with_rights(number: int) -> Any:
    return get_user_model().objects.create_superuser(f"chu-{number}")
