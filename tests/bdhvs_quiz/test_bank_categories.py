"""Categories of the bank: what belongs to the row and what to a draft, and who may do what in one category only."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from bdhvs_content.api import editors
from bdhvs_content.models import CatalogPage
from bdhvs_lms.competency.api import Competency
from bdhvs_quiz.api import Question, QuizItem, SingleChoiceQuestion
from bdhvs_quiz.models import QuestionAlignment, QuestionTag
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.support.loops import for_each

pytestmark = pytest.mark.django_db

BASE = "wagtailsnippets_bdhvs_quiz_question"
SINGLE = "wagtailsnippets_bdhvs_quiz_singlechoicequestion"
CHOOSER = "wagtailsnippetchoosers_bdhvs_quiz_question"
ALL = ("view", "add", "change", "publish", "delete", "lock", "unlock")


def category(name: str, parent: Collection | None = None) -> Collection:
    return (parent or Collection.get_first_root_node()).add_child(name=name)


def put(row: Question, where: Collection) -> Any:
    Question.objects.rows().filter(pk=row.pk).update(collection=where)
    return type(row).objects.get(pk=row.pk)


def only_in(where: Collection, rights: tuple[str, ...] = ALL, name: str = "chi-mot") -> Client:
    """Signed in as somebody whose group has these rights in that category and no others."""
    group = Group.objects.create(name=f"Nhóm {name}")
    group.permissions.add(Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin"))
    for right in rights:
        permission = Permission.objects.get(codename=f"{right}_question", content_type__app_label="bdhvs_quiz")
        GroupCollectionPermission.objects.create(group=group, collection=where, permission=permission)
    get_user_model().objects.create_user(name, password="x").groups.add(group)
    return pages.client_of(name)


def form(prompt: str = "Câu?", **more: Any) -> dict[str, Any]:
    blocks = [
        ("option", {"text": text, "feedback": "", **({"right": "on"} if text == "Hai" else {})})
        for text in ("Một", "Hai")
    ]
    return nested_form_data({"prompt": prompt, "explanation": "", "options": streamfield(blocks), **more})


def prompts(client: Client, **query: str) -> set[str]:
    answer = client.get(reverse(f"{BASE}:list"), query)
    assert answer.status_code == 200
    return {row.prompt for row in answer.context["object_list"]}


# --- What is of the row, and what of a draft ------------------------------------------------------------------------


def test_tags_points_difficulty_and_competencies_are_drafted_and_category_and_author_are_not() -> None:
    competency = pages.framework().competencies.get(code="A1")
    row, where = pages.question("Câu?"), category("An toàn")
    client = pages.editor()
    sent = form(
        "Câu?",
        collection=str(where.pk),
        points="2.5",
        difficulty="hard",
        tags="OTP, lừa đảo",
        alignments=inline_formset([{"competency": str(competency.pk), "level": "1"}]),
    )
    assert client.post(reverse(f"{SINGLE}:edit", args=[row.pk]), sent).status_code == 302
    live = SingleChoiceQuestion.objects.get(pk=row.pk)
    assert (live.points, live.difficulty, list(live.tags.all()), live.alignments.count()) == (Decimal(1), "", [], 0)
    assert live.collection == where
    assert not {"collection", "author", "polymorphic_ctype"} & set(live.latest_revision.content)

    # Moved meanwhile: the draft does not bring it back.
    other = category("Khác")
    put(live, other)
    live.latest_revision.publish()
    live = SingleChoiceQuestion.objects.get(pk=row.pk)
    assert (live.points, live.difficulty) == (Decimal("2.5"), "hard")
    assert {tag.name for tag in live.tags.all()} == {"OTP", "lừa đảo"}
    assert [(one.competency, one.level) for one in live.alignments.all()] == [(competency, 1)]
    assert live.collection == other


def test_an_old_state_opens_without_a_competency_that_was_deleted_since() -> None:
    competency = pages.framework().competencies.get(code="A1")
    gone = Competency.objects.create(
        framework=competency.framework, domain=competency.domain, code="X9", label_vi="Bỏ", label_en="Gone",
        position=99,
    )  # fmt: skip
    row = pages.question()
    row.alignments = [QuestionAlignment(competency=one, level=1) for one in (competency, gone)]
    row.save_revision(clean=False)
    gone.delete()
    assert [one.competency for one in row.get_latest_revision_as_object().alignments.all()] == [competency]


def test_a_copy_and_a_translation_have_what_the_original_has_and_who_made_them() -> None:
    competency = pages.framework().competencies.get(code="A1")
    where = category("An toàn")
    row = put(pages.question("Gốc?"), where)
    row.tags.add("OTP")
    row.alignments = [QuestionAlignment(competency=competency, level=1)]
    row.points = Decimal("0.5")
    row.save_revision().publish()
    client = pages.editor()
    copying = reverse(f"{SINGLE}:copy", args=[row.pk])
    page = client.get(copying).context["form"]
    assert (page.initial["points"], page.initial["collection"]) == (Decimal("0.5"), where.pk)
    assert [tag.name for tag in page.initial["tags"]] == ["OTP"]
    sent = form("Bản sao?", collection=str(where.pk), tags="OTP", points="0.5")
    assert client.post(copying, sent).status_code == 302
    copy = SingleChoiceQuestion.objects.exclude(pk=row.pk).get()
    assert (copy.collection, copy.author.username, copy.points) == (where, "bien-soan", Decimal("0.5"))

    translated = row.copy_for_translation(Locale.objects.create(language_code="en"))
    translated.save()
    translated = SingleChoiceQuestion.objects.get(pk=translated.pk)
    assert (translated.collection, translated.author) == (where, None)
    assert [one.competency for one in translated.alignments.all()] == [competency]
    assert [tag.name for tag in translated.tags.all()] == ["OTP"]


def test_a_tag_is_one_however_it_is_typed() -> None:
    client = pages.editor()
    for tags in ("Lừa đảo, OTP", "lu\u031b\u0300a đa\u0309o,  otp ", '"lửa đào"'):
        assert client.post(reverse(f"{SINGLE}:add"), form(f"Câu {tags}?", tags=tags)).status_code == 302
    assert {tag.name: tag.slug for tag in QuestionTag.objects.all()} == {
        "Lừa đảo": "lua-dao", "OTP": "otp", "lửa đào": "lua-dao_1",
    }  # fmt: skip


@for_each("points", ["0", "-1", "0.001", "10000", "abc", "NaN"])
def test_points_are_a_number_above_zero(points: str) -> None:
    answer = pages.editor().post(reverse(f"{SINGLE}:add"), form(points=points))
    assert answer.status_code == 200
    assert "points" in answer.context["form"].errors
    assert not Question.objects.exists()


def test_the_database_keeps_points_above_zero() -> None:
    row = pages.question()
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.rows().filter(pk=row.pk).update(points=0)


def test_the_same_competency_twice_is_refused() -> None:
    competency = pages.framework().competencies.get(code="A1")
    rows = [{"competency": str(competency.pk), "level": "1"}] * 2
    answer = pages.editor().post(reverse(f"{SINGLE}:add"), form(alignments=inline_formset(rows)))
    assert answer.status_code == 200
    assert "được chọn hai lần: chỉ giữ một." in answer.content.decode()
    assert not Question.objects.exists()


@pytest.mark.parametrize("prompt", ["", "   "])
@pytest.mark.parametrize("quiet", [False, True])
def test_an_empty_form_leaves_no_row_behind(prompt: str, quiet: bool) -> None:
    client = pages.editor()
    headers = {"Accept": "application/json"} if quiet else {}
    answer = client.post(reverse(f"{SINGLE}:add"), form(prompt), headers=headers)
    if quiet:
        assert answer.json()["success"] is False
    else:
        assert "Hãy viết câu hỏi trước." in answer.content.decode()
    assert not Question.objects.rows().exists()


def test_a_category_with_questions_is_not_deleted() -> None:
    where = category("An toàn")
    row = put(pages.question(), where)
    client = pages.editor()
    page = client.get(reverse("wagtailadmin_collections:delete", args=[where.pk]))
    assert "1 câu hỏi" in page.content.decode()
    client.post(reverse("wagtailadmin_collections:delete", args=[where.pk]))
    assert Collection.objects.filter(pk=where.pk).exists()
    with pytest.raises(ProtectedError):
        where.delete()
    assert Question.objects.filter(pk=row.pk).exists()


# --- Rights in one category -----------------------------------------------------------------------------------------


@pytest.fixture
def two() -> tuple[Any, Any, Collection, Collection]:
    """A question in a part of a category, and one in another: (mine, other, my category, the other)."""
    mine, theirs = category("Của tôi"), category("Của người khác")
    rows = put(pages.question("Của tôi?"), category("Phần", mine)), put(pages.question("Của họ?"), theirs)
    return *rows, mine, theirs


def test_a_list_and_a_chooser_show_the_rows_of_ones_category_and_what_is_below(two: Any) -> None:
    mine, other, where, _theirs = two
    client = only_in(where, ("view",))
    assert prompts(client) == {"Của tôi?"}
    page = client.get(reverse(f"{CHOOSER}:choose")).json()["html"]
    assert "Của tôi?" in page
    assert "Của họ?" not in page
    chosen = client.get(reverse(f"{CHOOSER}:chosen_multiple"), {"id": [mine.pk, other.pk]})
    assert [row["string"] for row in chosen.json()["result"]] == ["Của tôi?"]
    assert client.get(reverse(f"{CHOOSER}:chosen", args=[other.pk])).status_code == 404
    menu = client.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse(f"{BASE}:list") in menu


VIEWS: dict[str, tuple[str, Any]] = {
    "edit": ("change", ()), "delete": ("delete", ()), "usage": ("change", ()), "history": ("view", ()),
    "history_results": ("view", ()), "copy": ("add", ()), "preview_on_edit": ("change", ()),
    "unpublish": ("publish", ()), "lock": ("lock", ()), "revisions_compare": ("change", ("earliest", "latest")),
    "workflow_history": ("change", ()), "confirm_workflow_cancellation": ("view", ()),
}  # fmt: skip


def test_every_view_of_a_question_asks_for_its_category(two: Any) -> None:
    mine, other, where, _theirs = two
    client = only_in(where)
    for name, (_right, args) in VIEWS.items():
        for row, open_ in ((mine, True), (other, False)):
            answer = client.get(reverse(f"{SINGLE}:{name}", args=[row.pk, *args]))
            denied = answer.status_code == 302 and answer["Location"] == reverse("wagtailadmin_home")
            denied = denied or answer.status_code == 403
            assert denied is not open_, (name, row.prompt, answer.status_code)
    revision = other.latest_revision_id
    for name in ("revisions_view", "revisions_revert", "revisions_unschedule"):
        answer = client.get(reverse(f"{SINGLE}:{name}", args=[other.pk, revision]))
        assert answer.status_code == 302, name
    for name in ("edit", "delete", "copy", "history", "usage"):
        assert client.get(reverse(f"{BASE}:{name}", args=[other.pk])).status_code == 302, name
        assert "Location" not in client.get(reverse(f"{BASE}:{name}", args=[other.pk])).headers or client.get(
            reverse(f"{BASE}:{name}", args=[other.pk])
        )["Location"] == reverse("wagtailadmin_home")


@for_each("right", [name for name in ALL if name != "view"])
def test_each_right_opens_what_it_is_for_and_nothing_else(two: Any, right: str) -> None:
    mine, _other, where, _theirs = two
    client = only_in(where, (right,))
    for name, (needed, args) in VIEWS.items():
        answer = client.get(reverse(f"{SINGLE}:{name}", args=[mine.pk, *args]))
        denied = answer.status_code in (302, 403)
        # Looking follows from any of these; locking and publishing alone show nothing.
        sees = right in ("add", "change", "delete")
        assert denied is not (sees and (needed in (right, "view"))), (right, name, answer.status_code)


def test_one_writes_and_publishes_in_ones_category_only(two: Any) -> None:
    mine, other, where, theirs = two
    client = only_in(where)
    page = client.get(reverse(f"{SINGLE}:add")).content.decode()
    assert 'name="action-publish"' in page
    assert client.post(reverse(f"{SINGLE}:add"), form("Mới?", **{"action-publish": "1"})).status_code == 302
    new = Question.objects.get(prompt="Mới?")
    assert (new.live, new.collection, new.author.username) == (True, where, "chi-mot")
    # Into the other, whoever writes the form by hand.
    answer = client.post(reverse(f"{SINGLE}:add"), form("Sang đó?", collection=str(theirs.pk)))
    assert "collection" in answer.context["form"].errors
    answer = client.post(reverse(f"{SINGLE}:edit", args=[mine.pk]), form("Sửa?", collection=str(theirs.pk)))
    assert "collection" in answer.context["form"].errors
    client.post(reverse(f"{SINGLE}:edit", args=[other.pk]), form("Sửa của họ?", **{"action-publish": "1"}))
    client.post(reverse(f"{SINGLE}:delete", args=[other.pk]))
    other.refresh_from_db()
    assert (other.prompt, other.collection) == ("Của họ?", theirs)
    assert client.post(reverse(f"{SINGLE}:delete", args=[new.pk])).status_code == 302
    assert not Question.objects.filter(pk=new.pk).exists()


def test_who_may_publish_elsewhere_only_saves_a_draft_here(two: Any) -> None:
    mine, _other, where, theirs = two
    client = only_in(where, ("add", "change"))
    group = Group.objects.get(name="Nhóm chi-mot")
    for right in ("add", "publish"):
        permission = Permission.objects.get(codename=f"{right}_question", content_type__app_label="bdhvs_quiz")
        GroupCollectionPermission.objects.create(group=group, collection=theirs, permission=permission)
    edit = reverse(f"{SINGLE}:edit", args=[mine.pk])
    assert 'name="action-publish"' not in client.get(edit).content.decode()
    client.post(edit, form("Lén?", **{"action-publish": "1"}))
    mine.refresh_from_db()
    assert mine.prompt == "Của tôi?"
    answer = client.post(reverse(f"{SINGLE}:add"), form("M?", collection=str(where.pk), **{"action-publish": "1"}))
    assert "Bạn không được xuất bản câu hỏi trong danh mục này." in answer.content.decode()
    assert client.post(
        reverse(f"{SINGLE}:add"), form("M?", collection=str(theirs.pk), **{"action-publish": "1"})
    ).status_code == 302  # fmt: skip
    assert Question.objects.get(prompt="M?").live


def test_a_question_of_another_category_is_neither_put_into_a_quiz_by_its_number_nor_drawn(two: Any) -> None:
    mine, other, where, theirs = two
    course = pages.course(pages.catalog())
    client = only_in(where, ("view",))
    group = Group.objects.get(name="Nhóm chi-mot")
    for permission in Permission.objects.filter(codename__in=("add_page", "change_page")):
        GroupPagePermission.objects.create(group=group, page=CatalogPage.objects.get(), permission=permission)
    fields = {
        "title": "T",
        "slug": "t",
        "intro": "",
        "pass_percent": "80",
        "attempts_allowed": "0",
        "wait_minutes": "0",
        "grade_from": "best",
        "required": "on",
    }
    fields |= {"show_answers": "after_each"}
    asked = (
        (other, {}, 200),
        (mine, {"category": theirs.pk}, 200),
        (mine, {"difficulty": "easy"}, 200),
        (mine, {"category": where.pk}, 302),
    )
    for row, draw, status in asked:
        drawn = [{"count": "1", "category": "", "tag": "", "competency": "", "difficulty": "", **draw}] if draw else []
        sent = nested_form_data(
            {
                **fields,
                "items": inline_formset([{"question": str(row.pk)}]),
                "alignments": inline_formset([]),
                "overall_feedback": inline_formset([]),
                "draws": inline_formset(drawn),
                "comments": inline_formset([]),
            }
        )
        answer = client.post(f"/quan-tri/pages/add/bdhvs_quiz/quizpage/{course.pk}/", sent)
        assert answer.status_code == status, (row.prompt, draw)
    assert {item.question_id for item in QuizItem.objects.all()} <= {mine.pk}


def test_editors_as_before_work_everywhere(two: Any) -> None:
    _mine, other, _where, theirs = two
    user = get_user_model().objects.create_user("bien-tap", password="x")
    user.groups.add(editors())
    client = pages.client_of("bien-tap")
    assert prompts(client) == {"Của tôi?", "Của họ?"}
    page = client.get(reverse(f"{SINGLE}:edit", args=[other.pk])).content.decode()
    assert "Của người khác" in page
    sent = form("Sửa?", collection=str(theirs.pk), **{"action-publish": "1"})
    assert client.post(reverse(f"{SINGLE}:edit", args=[other.pk]), sent).status_code == 302
    other.refresh_from_db()
    assert (other.prompt, other.collection) == ("Sửa?", theirs)


def test_the_form_of_a_group_gives_rights_in_a_category(two: Any) -> None:
    mine, _other, where, _theirs = two
    kinds.short("Loại khác, gốc?")
    page = pages.editor().get(reverse("wagtailusers_groups:add")).content.decode()
    assert "Quyền với câu hỏi theo danh mục" in page
    assert "Xem câu hỏi và chọn vào bài kiểm tra" in page
    client = only_in(where, ("view",), "mot-nguoi")
    assert prompts(client) == {mine.prompt}


def test_another_apps_right_of_this_name_opens_nothing(two: Any) -> None:
    from django.contrib.contenttypes.models import ContentType

    _mine, _other, where, _theirs = two
    client = only_in(where, ())
    strange = Permission.objects.create(
        codename="view_question", name="x", content_type=ContentType.objects.create(app_label="polls", model="question")
    )
    group = Group.objects.get(name="Nhóm chi-mot")
    GroupCollectionPermission.objects.create(group=group, collection=where, permission=strange)
    assert client.get(reverse(f"{BASE}:list")).status_code == 302


def test_editors_make_and_rename_categories_of_their_own_and_touch_no_other_collection() -> None:
    others = category("Ảnh của tỉnh")
    user = get_user_model().objects.create_user("hoa", password="x")
    group = editors()
    user.groups.add(group)
    client = pages.client_of("hoa")
    own = Collection.objects.get(name="Danh mục câu hỏi")
    assert f'href="{reverse("wagtailadmin_collections:index")}"' in client.get(reverse(f"{BASE}:list")).content.decode()

    def send(name: str, parent: Collection, address: str = "add", **where: Any) -> Any:
        sent = {"name": name, "parent": str(parent.pk)}
        return client.post(reverse(f"wagtailadmin_collections:{address}", **where), sent)

    assert send("An toàn", own).status_code == 302
    made = Collection.objects.get(name="An toàn")
    assert made.get_parent() == own
    assert send("Mật khẩu", made).status_code == 302
    assert send("An toàn mạng", own, "edit", args=[made.pk]).status_code == 302
    assert Collection.objects.get(pk=made.pk).name == "An toàn mạng"
    # Questions are written into it at once.
    assert client.post(reverse(f"{SINGLE}:add"), form("Câu?", collection=str(made.pk))).status_code == 302
    assert SingleChoiceQuestion.objects.get().collection == made
    for parent in (Collection.get_first_root_node(), others):
        assert send("Lạ", parent).status_code == 200, "shown again: no such parent"
        assert send("An toàn", parent, "edit", args=[made.pk]).status_code == 200
    for address in ("edit", "delete"):
        for row in (others, Collection.get_first_root_node()):
            assert send("Lạ", own, address, args=[row.pk]).status_code == 404
    assert send("Lạ", own, "delete", args=[own.pk]).status_code == 404
    assert not Collection.objects.filter(name="Lạ").exists()
    assert client.get(reverse("wagtailadmin_collections:set_privacy", args=[others.pk])).status_code == 302

    # Whatever an administrator calls it, and wherever it is moved: the next run finds it.
    Collection.objects.filter(pk=own.pk).update(name="Ngân hàng")
    editors()
    assert not Collection.objects.filter(name="Danh mục câu hỏi").exists()
    held = GroupCollectionPermission.objects.filter(group=group, permission__codename__endswith="_collection")
    assert {row.collection_id for row in held} == {own.pk}
