"""Ways round: rights that nobody may give themselves, choosers, actions on many rows, private pages, files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.core.files.base import ContentFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, GroupCollectionPermission, PageViewRestriction

from bdhvs_content.api import LessonPage
from bdhvs_h5p.models import H5PContent
from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.conf import app_settings
from bdhvs_lms.courses.api import Enrolment
from bdhvs_lms.learners.accounts import set_password
from bdhvs_lms.learners.api import Person, link_user
from bdhvs_quiz.api import Question, QuizItem, SingleChoiceQuestion
from bdhvs_quiz.models import Attempt
from tests.bdhvs_content import pages
from tests.permissions.answers import (
    ACCESS_LOG,
    ASIDE,
    HIDDEN,
    METHOD,
    REFUSED,
    SIGN_IN,
    changed_in,
    tables_written,
    word_of,
)
from tests.permissions.discovery import addresses_of_ours, is_ours
from tests.permissions.roles import QUESTIONS, ROLES, Cast
from tests.support.loops import for_each

pytestmark = pytest.mark.django_db

NOT_SUPERUSERS = [role for role in ROLES if role != "superuser"]
NOT_EDITORS = [role for role in NOT_SUPERUSERS if role != "editor"]
NO = {SIGN_IN, REFUSED, HIDDEN, METHOD}


def asked(cast: Cast, role: str, url: str, data: dict[str, Any] | None = None) -> str:
    """The word for what the role gets; what was written beside a refusal is in it."""
    with tables_written() as written:
        response = cast.client(role).get(url) if data is None else cast.client(role).post(url, data)
    if response.streaming:
        b"".join(response.streaming_content)  # to its end: the file is closed then
    changed = changed_in(written)
    word = word_of(url, response, bool(changed))
    return word if not changed or word not in NO else f"{word}, but wrote {changed}"


# --- Accounts and groups ---------------------------------------------------------------------------------------------


def _accounts(patterns: list[Any], namespace: str = "") -> Iterator[str]:
    """Wagtail's pages of accounts and groups, and whatever it adds to them."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _accounts(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and namespace.startswith("wagtailusers_"):
            yield f"{namespace}{pattern.name}"


def _url(name: str, pk: Any) -> str:
    for arguments in ([], [pk]):
        try:
            return reverse(name, args=arguments)
        except Exception as missing:
            last = missing
    raise last


@for_each("role", NOT_SUPERUSERS)
def test_only_superusers_reach_accounts_and_groups(cast: Cast, role: str) -> None:
    names = set(_accounts(get_resolver().url_patterns))
    assert {"wagtailusers_users:add", "wagtailusers_users:edit", "wagtailusers_groups:edit"} <= names
    groups = {"groups": [Group.objects.get(name="Người vận hành").pk], "is_superuser": "on", "is_active": "on"}
    form = {"username": "moi", "password1": "sen-hồng-nở", "password2": "sen-hồng-nở", "name": "Nhóm", **groups}
    mine = cast.users[role].pk if role in cast.users else cast.users["operator"].pk
    for name in sorted(names):
        pk = mine if name.startswith("wagtailusers_users") else groups["groups"][0]
        url = _url(name, pk)
        assert {asked(cast, role, url), asked(cast, role, url, form)} <= NO, name
    for action in ("assign_role", "delete", "set_active_state"):
        url = reverse("wagtail_bulk_action", args=["auth", "user", action]) + f"?id={mine}"
        assert asked(cast, role, url, {"role": groups["groups"][0], "mark_as_active": "True"}) in NO, action
    assert not User.objects.filter(is_superuser=True).exclude(username="superuser").exists()
    assert User.objects.count() == len(cast.users)


def test_nobody_gives_more_rights_through_the_own_account_page(cast: Cast) -> None:
    for role in ("editor", "operator"):
        form = {"name_email-first_name": "A", "is_superuser": "on", "name_email-is_superuser": "on", "groups": "1"}
        cast.client(role).post(reverse("wagtailadmin_account"), form)
        user = User.objects.get(pk=cast.users[role].pk)
        assert (user.is_superuser, user.is_staff, user.groups.count()) == (False, False, 1)


@for_each("holder", ["editor", "operator", "superuser", "staff", "closed editor", "own permission"])
def test_an_operator_gets_into_no_account_with_rights(cast: Cast, holder: str) -> None:
    user = cast.users["learner"]
    if holder in ("editor", "operator", "closed editor"):
        user.groups.set(cast.users[holder.split()[-1]].groups.all())
        User.objects.filter(pk=user.pk).update(is_active=not holder.startswith("closed"))
    elif holder == "own permission":
        user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    else:
        User.objects.filter(pk=user.pk).update(**{f"is_{holder}": True})
    before = User.objects.get(pk=user.pk).password
    url = reverse("people:edit", args=[cast.owner.person.pk])
    response = cast.client("operator").post(url, {"full_name": "A", "area": cast.area.pk, "password": "sen-hồng-nở"})
    assert response.status_code in (200, 422)
    assert User.objects.get(pk=user.pk).password == before
    User.objects.filter(pk=user.pk).update(is_staff=False, is_superuser=False, is_active=True)
    user.groups.clear()
    user.user_permissions.clear()
    set_password(cast.owner, password="sen-hồng-nở", by=cast.users["operator"])
    assert User.objects.get(pk=user.pk).password != before


def test_a_person_that_an_operator_registers_gets_an_account_without_rights(cast: Cast) -> None:
    form = {"full_name": "Lan", "username": "lan", "password": "sen-hồng-nở", "is_superuser": "on", "is_staff": "on"}
    cast.client("operator").post(reverse("people:add"), {**form, "groups": [cast.group.pk]})
    user = User.objects.get(username="lan")
    assert not (user.is_superuser or user.is_staff or user.get_all_permissions() or user.groups.exists())


def test_an_operator_registers_nobody_under_the_name_of_an_account_that_is_there(cast: Cast) -> None:
    before = User.objects.get(username="superuser").password
    form = {"full_name": "Lan", "username": "superuser", "password": "sen-hồng-nở"}
    cast.client("operator").post(reverse("people:add"), form)
    assert User.objects.get(username="superuser").password == before
    assert not cast.stranger.__class__.objects.filter(person__full_name="Lan").exists()


# --- Many at once ----------------------------------------------------------------------------------------------------


def _bulk() -> list[tuple[Any, str]]:
    """Every registered action on a model of ours."""
    found = []
    for model in apps.get_models():
        if is_ours(model):
            meta = model._meta
            actions = bulk_action_registry.get_bulk_actions_for_model(meta.app_label, meta.model_name)
            found += [(model, action.action_type) for action in actions]
    return found


def test_nothing_is_deleted_past_the_form_that_asks(cast: Cast) -> None:
    """Django's views for deleting take DELETE as well, without asking and without what a view of ours adds."""
    taking = {
        address.name
        for address in addresses_of_ours(get_resolver().url_patterns)
        if hasattr(view := getattr(address.view, "view_class", None), "delete") and "delete" in view.http_method_names
    }
    # A preview is closed so.
    assert {name.rpartition(":")[2] for name in taking} == {"preview_on_add", "preview_on_edit"}
    for role, name, row in (
        ("editor", "wagtailsnippets_bdhvs_quiz_singlechoicequestion:delete", cast.free[SingleChoiceQuestion]),
        ("operator", "steering:delete", cast.assigned),
    ):
        response = cast.client(role).delete(reverse(name, args=[row.pk]))
        assert response.status_code == 405
        assert type(row).objects.filter(pk=row.pk).exists()


def test_no_action_on_many_rows_is_registered_but_for_people_questions_and_h5p_activities() -> None:
    assert {model for model, _action in _bulk()} == {Person, Question, *QUESTIONS, H5PContent}
    assert {action for model, action in _bulk() if model is Person} == set(PEOPLE)


# What each form asks for; nothing else than these tables is written, and the look is in the log.
PEOPLE: dict[str, tuple[Any, set[str]]] = {
    "add-to-class": (lambda cast: {"class_group": cast.other_class.pk}, {"bdhvs_lms_membership"}),
    "add-to-group": (lambda cast: {"group": cast.group.pk}, {"bdhvs_lms_belonging"}),
    "place": (lambda cast: {"area": cast.other_area.pk}, {"bdhvs_lms_placement", "bdhvs_lms_standing"}),
    "export": (lambda _cast: {"kind": "csv"}, set()),
}


@for_each("action", PEOPLE)
@for_each("role", ROLES)
def test_people_are_acted_on_together_by_operators_only(cast: Cast, role: str, action: str) -> None:
    data, tables = PEOPLE[action]
    url = reverse("wagtail_bulk_action", args=["bdhvs_lms", "person", action]) + f"?id={cast.owner.person.pk}"
    may = role in ("operator", "superuser")
    for send in ({}, data(cast)):
        with tables_written() as written:
            answer = cast.client(role).post(url, send) if send else cast.client(role).get(url)
        assert (answer.status_code in (200, 302)) and (ACCESS_LOG in written) is (may and (not send or not tables))
        if not may:
            assert cast.owner.person.full_name not in answer.content.decode()
        assert changed_in(written) == (tables if may and send else set())


@for_each("role", ROLES)
def test_questions_are_acted_on_one_at_a_time_by_whomever(cast: Cast, role: str) -> None:
    # In a draft of a quiz only: the database would let it go.
    row = cast.free[SingleChoiceQuestion]
    draft = pages.quiz(cast.course, [row], "Nháp", live=False)
    draft.save_revision(clean=False)
    QuizItem.objects.filter(page=draft).delete()
    contents = H5PContent.objects.count()
    for model, action in _bulk():
        if model is Person:
            continue
        pk = cast.h5p_free.pk if model is H5PContent else cast.free.get(model, row).pk
        url = reverse("wagtail_bulk_action", args=[model._meta.app_label, model._meta.model_name, action])
        cast.client(role).post(f"{url}?id={pk}")
    assert Question.objects.non_polymorphic().count() == 4 * len(cast.free)
    assert H5PContent.objects.count() == contents


@for_each("role", NOT_EDITORS)
def test_pages_are_changed_together_by_nobody_else_than_editors(cast: Cast, role: str) -> None:
    actions = bulk_action_registry.get_bulk_actions_for_model("wagtailcore", "page")
    assert {action.action_type for action in actions} >= {"delete", "move", "publish", "unpublish"}
    for action in actions:
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action.action_type])
        with tables_written() as written:
            cast.client(role).post(f"{url}?id={cast.lesson_page.pk}", {"chooser": cast.catalog.pk})
        assert not written - ASIDE, action.action_type


# --- Choosing --------------------------------------------------------------------------------------------------------


@pytest.fixture
def things(cast: Cast) -> dict[str, str]:
    """Titles of a draft, a picture and a document: what choosers might tell of."""
    pages.course(cast.catalog, "Khóa kín", live=False)
    get_image_model().objects.create(title="Hình kín", file="hinh.png", width=1, height=1)
    get_document_model().objects.create(title="Giấy kín", file=ContentFile(b"x", name="giay.txt"))
    return {
        "Khóa kín": reverse("wagtailadmin_choose_page_child", args=[cast.catalog.pk]),
        "Hình kín": reverse("wagtailadmin_api:images:listing"),
        "Giấy kín": reverse("wagtailadmin_api:documents:listing"),
    }


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@for_each("role", ROLES)
def test_what_is_not_published_is_chosen_by_who_works_with_it(cast: Cast, role: str, things: dict[str, str]) -> None:
    search = reverse("wagtailadmin_choose_page_search") + "?q=kín"
    listed = {
        "Giấy kín": [reverse("wagtaildocs_chooser:choose_results")],
        "Khóa kín": [search, reverse("wagtailadmin_api:pages:listing")],
    }
    for title, url in things.items():
        for address in (url, *listed.get(title, ())):
            answer = cast.client(role).get(address)
            text = answer.content.decode()
            seen = answer.status_code == 200 and (title in text or json.dumps(title)[1:-1] in text)
            assert seen is (role in ("editor", "superuser")), (address, title)


def test_who_works_in_one_collection_meets_the_pictures_and_documents_of_no_other(cast: Cast) -> None:
    root = Collection.get_first_root_node()
    mine, other = (root.add_child(instance=Collection(name=name)) for name in ("Của tôi", "Của người khác"))
    group = Group.objects.create(name="Một bộ sưu tập")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("change_document", "choose_document", "change_image", "choose_image"):
        permission = Permission.objects.get(codename=codename)
        GroupCollectionPermission.objects.create(group=group, collection=mine, permission=permission)
    cast.users["operator"].groups.set([group])
    document, image = get_document_model(), get_image_model()
    rows = {
        place: document.objects.create(title=place.name, collection=place, file=ContentFile(b"x", name="a.txt"))
        for place in (mine, other)
    }
    client = cast.client("operator")
    listing = json.loads(client.get(reverse("wagtailadmin_api:documents:listing")).content)["items"]
    assert [item["title"] for item in listing] == ["Của tôi"]
    detail = reverse("wagtailadmin_api:documents:detail", args=[rows[other].pk])
    assert client.get(detail).status_code == 404
    assert client.get(reverse("wagtaildocs:edit", args=[rows[mine].pk])).status_code == 200
    for name in ("edit", "delete"):
        assert asked(cast, "operator", reverse(f"wagtaildocs:{name}", args=[rows[other].pk])) in NO, name
    picture = image.objects.create(title="Hình", collection=other, file="hinh.png", width=1, height=1)
    for name in ("edit", "delete", "url_generator", "preview"):
        arguments = [picture.pk, "original"] if name == "preview" else [picture.pk]
        assert asked(cast, "operator", reverse(f"wagtailimages:{name}", args=arguments)) in NO, name


# --- Files -----------------------------------------------------------------------------------------------------------


@for_each("role", ROLES)
def test_originals_have_no_address_for_anybody(cast: Cast, role: str) -> None:
    document = get_document_model().objects.create(title="Giấy", file=ContentFile(b"x", name="giay.txt"))
    for path in (f"/media/{document.file.name}", "/media/original_images/hinh.png", "/media/avatar_images/a.png"):
        assert asked(cast, role, path) == HIDDEN, path


@for_each("role", ROLES)
def test_a_document_of_a_private_collection_is_for_its_group(cast: Cast, role: str) -> None:
    from wagtail.models import CollectionViewRestriction

    place = Collection.get_first_root_node().add_child(instance=Collection(name="Riêng"))
    rule = CollectionViewRestriction.objects.create(collection=place, restriction_type="groups")
    rule.groups.add(cast.editors)
    document = get_document_model().objects.create(
        title="Giấy", collection=place, file=ContentFile(b"x", name="giay.txt")
    )
    word = asked(cast, role, reverse("wagtaildocs_serve", args=[document.pk, document.filename]))
    assert word == ("open" if role in ("editor", "superuser") else SIGN_IN)


# --- Private pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["learner", "other_learner"])
def test_what_is_private_is_neither_entered_nor_done_by_who_may_not_see_it(cast: Cast, role: str) -> None:
    rule = PageViewRestriction.objects.create(page=cast.course, restriction_type="groups")
    rule.groups.add(cast.editors)
    attempts, enrolments = Attempt.objects.count(), Enrolment.objects.count()
    act = {"act_id": str(uuid4()), "consent": "on", "text_version": app_settings.CONSENT_VERSION}
    for name, page in (
        ("bdhvs_content:enrol", cast.course),
        ("bdhvs_content:lesson-read", cast.lesson_page),
        ("bdhvs_quiz:begin", cast.quiz_page),
    ):
        assert asked(cast, role, reverse(name, args=[page.translation_key]), act) == REFUSED, name
    assert (Attempt.objects.count(), Enrolment.objects.count()) == (attempts, enrolments)
    # Whoever is let in goes on.
    cast.users[role].groups.add(cast.editors)
    assert asked(cast, role, reverse("bdhvs_content:enrol", args=[cast.course.translation_key]), act) in ("done", "on")


# --- Teachers, committees, operators ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["teacher", "other_teacher"])
def test_a_teacher_reaches_the_own_class_in_each_way_and_the_other_in_none(cast: Cast, role: str) -> None:
    own, other = cast.class_group, cast.other_class
    if role == "other_teacher":
        own, other = other, own
    for group, word in ((own, "open"), (other, HIDDEN)):
        for query in ("", "?tinh-trang=can-giup", "?sap-xep=ten"):
            assert asked(cast, role, reverse("bdhvs_lms:class-review", args=[group.uuid]) + query) in (word, "again")
        for kind in ("csv", "xlsx"):
            url = reverse("bdhvs_lms:class-file", kwargs={"class_uuid": group.uuid, "kind": kind})
            assert asked(cast, role, url) == word
    listed = cast.client(role).get(reverse("bdhvs_lms:class-list")).content.decode()
    assert (str(own.uuid) in listed, str(other.uuid) in listed) == (True, False)


def test_a_committee_sees_what_is_below_its_area_and_nothing_beside_or_above(cast: Cast) -> None:
    for area, word in ((cast.area, "open"), (cast.other_area, HIDDEN), (cast.province, HIDDEN)):
        day = area.valid_from.isoformat() if area.valid_from else ""
        for name, arguments in (
            ("board", {}),
            ("board-gain", {}),
            ("board-target", {"plan_key": "plan", "target_key": "T3-2025"}),
            ("board-classes", {"plan_key": "plan", "target_key": "T3-2025"}),
        ):
            url = reverse(f"bdhvs_lms:{name}", kwargs=arguments) + f"?dia-ban={area.code}@{day}"
            assert asked(cast, "steering", url) == word, (name, area)
        url = reverse("bdhvs_lms:board-file", kwargs={"kind": "csv"}) + f"?dia-ban={area.code}@{day}"
        assert asked(cast, "steering", url) == {"open": "on"}.get(word, word), area


def test_an_editors_lists_and_reports_name_no_learner(cast: Cast) -> None:
    cast.owner.person.__class__.objects.filter(learner=cast.owner).update(full_name="Nguyễn Thị Kín")
    for url in (
        reverse("wagtailadmin_home"),
        reverse("wagtailadmin_reports:site_history"),
        reverse("wagtailadmin_reports:site_history") + "?export=csv",
        reverse("wagtailsnippets_bdhvs_quiz_question:list") + "?export=xlsx",
        reverse("bdhvs_content_to_check") + "?export=csv",
        reverse("wagtailadmin_pages:usage", args=[cast.quiz_page.pk]),
        reverse("wagtailadmin_pages:history", args=[cast.quiz_page.pk]),
    ):
        answer = cast.client("editor").get(url)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200
        assert "Thị Kín".encode() not in body
    assert not AccessLog.objects.filter(user=cast.users["editor"]).exists()


def test_a_look_at_people_is_logged_with_the_operators_name_each_time(cast: Cast) -> None:
    for query in ("", "?export=csv", "?export=xlsx", "?name=le"):
        before = AccessLog.objects.filter(user=cast.users["operator"]).count()
        answer = cast.client("operator").get(reverse("people:index") + query)
        assert answer.status_code == 200
        assert AccessLog.objects.filter(user=cast.users["operator"]).count() > before, query


def test_an_alias_or_a_translation_of_a_draft_shows_nothing(cast: Cast) -> None:
    lesson = pages.lesson(cast.section, "Bài nháp", live=False)
    alias = lesson.create_alias(parent=cast.course, update_slug="ban-khac")
    assert isinstance(alias, LessonPage)
    for role in ROLES:
        assert asked(cast, role, alias.get_url_parts()[2]) == HIDDEN


def test_an_account_that_stands_for_a_learner_acts_for_that_learner_only(cast: Cast) -> None:
    link_user(cast.stranger, cast.users["operator"])
    url = reverse("bdhvs_quiz:attempt", args=[cast.open.uuid])
    assert asked(cast, "operator", url) == HIDDEN
    assert asked(cast, "operator", url, {"act_id": str(uuid4()), "do": "submit"}) == HIDDEN
