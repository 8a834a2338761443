"""The question bank in the admin: one list for all types, forms per type, and the guards that keep data."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import translation
from wagtail.models import Locale, Revision
from wagtail.test.utils.form_data import nested_form_data, streamfield

from bdhvs_quiz.api import Question, QuizItem, QuizPage, SingleChoiceQuestion, real_questions
from bdhvs_quiz.models import Attempt, bank_rows
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import Taking, address

pytestmark = [pytest.mark.versions, pytest.mark.django_db]

BASE = "wagtailsnippets_bdhvs_quiz_question"
SINGLE = "wagtailsnippets_bdhvs_quiz_singlechoicequestion"


def form(prompt: str = "Câu?", right: int | None = 1, texts: tuple[str, ...] = ("Một", "Hai"), **more: str) -> Any:
    blocks = []
    for place, text in enumerate(texts):
        value = {"text": text, "feedback": ""}
        if place == right:
            value["right"] = "on"
        blocks.append(("option", value))
    return nested_form_data({"prompt": prompt, "explanation": "", "options": streamfield(blocks), **more})


def uninstall(row: Question) -> None:
    """What is left in the base's table when the app of a type is gone: a content type that no model answers to."""
    gone = ContentType.objects.create(app_label="gone", model="gonequestion")
    Question.objects.non_polymorphic().filter(pk=row.pk).update(type_key="gone.question", polymorphic_ctype=gone)


# --- Forms -----------------------------------------------------------------------------------------------------------


def test_a_question_is_made_and_published_in_its_types_form() -> None:
    client = pages.editor()
    response = client.post(reverse(f"{SINGLE}:add"), form(**{"action-publish": "1"}))
    assert response.status_code == 302
    row = SingleChoiceQuestion.objects.get()
    assert (row.live, row.type_key, row.problems()) == (True, "bdhvs_quiz.single_choice", [])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"right": None}, "Chưa có đáp án đúng: đánh dấu “Đây là đáp án đúng” ở một phương án."),
        ({"texts": ("Một",), "right": 0}, "Cần ít nhất hai phương án để chọn."),
        ({"texts": tuple("ABCDEFGHI")}, "Nhiều nhất tám phương án: nhiều hơn thì điện thoại không hiện hết."),
        ({"texts": ("Một", "một ")}, "Hai phương án giống nhau: người học không phân biệt được."),
    ],
)
def test_publishing_says_what_is_missing_and_a_draft_may_miss_it(values: dict[str, Any], message: str) -> None:
    client = pages.editor()
    response = client.post(reverse(f"{SINGLE}:add"), form(**values, **{"action-publish": "1"}))
    assert response.status_code == 200
    errors = response.context["form"].errors["options"].as_data()[0]
    assert errors.as_json_data() == {"messages": [message]}
    assert not SingleChoiceQuestion.objects.exists()

    client.post(reverse(f"{SINGLE}:add"), form(**values))
    assert SingleChoiceQuestion.objects.get().live is False


def test_two_right_answers_are_refused() -> None:
    client = pages.editor()
    data = form(**{"action-publish": "1"}) | {"options-0-value-right": "on"}
    assert client.post(reverse(f"{SINGLE}:add"), data).status_code == 200
    assert not SingleChoiceQuestion.objects.exists()


def test_an_options_id_stays_when_its_text_is_changed() -> None:
    row = pages.question()
    before = [block.id for block in row.options]
    client = pages.editor()
    blocks = [("option", {"text": f"Mới {place}", "feedback": ""}) for place in range(3)]
    blocks[1][1]["right"] = "on"
    data = nested_form_data({"prompt": "Câu?", "explanation": "", "options": streamfield(blocks)})
    data |= {f"options-{place}-id": block for place, block in enumerate(before)}
    client.post(reverse(f"{SINGLE}:edit", args=[row.pk]), data | {"action-publish": "1"})
    row = SingleChoiceQuestion.objects.get()
    assert row.prompt == "Câu?"
    assert [block.id for block in row.options] == before


def test_history_compare_revert_and_preview_open() -> None:
    row = pages.question("Đầu?")
    row.prompt = "Sau?"
    row.save_revision().publish()
    first = Revision.objects.for_instance(row).order_by("pk").first()
    client = pages.editor()
    for name, args in (
        ("history", [row.pk]),
        ("revisions_compare", [row.pk, "earliest", "latest"]),
        ("revisions_revert", [row.pk, first.pk]),
        ("revisions_view", [row.pk, first.pk]),
        ("usage", [row.pk]),
    ):
        assert client.get(reverse(f"{SINGLE}:{name}", args=args)).status_code == 200, name
    target = reverse(f"{SINGLE}:preview_on_edit", args=[row.pk])
    assert client.post(target, form("Xem trước?")).json()["is_valid"]
    preview = client.get(target).content.decode()
    assert "Xem trước?" in preview
    assert preview.count('type="radio"') == 2


# --- The base leads on to the types ----------------------------------------------------------------------------------


def test_the_base_leads_on_to_the_types_form() -> None:
    row = pages.question()
    client = pages.editor()
    for name in ("edit", "delete", "copy", "history"):
        response = client.get(reverse(f"{BASE}:{name}", args=[row.pk]))
        assert (response.status_code, response["Location"]) == (302, reverse(f"{SINGLE}:{name}", args=[row.pk])), name


def test_adding_asks_for_the_type_unless_there_is_one() -> None:
    client = pages.editor()
    response = client.get(reverse(f"{BASE}:add"), follow=True)
    assert response.status_code == 200
    assert reverse(f"{SINGLE}:add") in response.content.decode() or response.redirect_chain[-1][0].startswith(
        reverse(f"{SINGLE}:add")
    )


def test_who_may_add_no_question_gets_no_choice_of_types() -> None:
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Permission

    user = get_user_model().objects.create_user("chi-xem", password="x")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    assert pages.client_of("chi-xem").get(reverse(f"{BASE}:add")).status_code in (302, 404)


def test_the_types_list_is_the_banks_filtered() -> None:
    client = pages.editor()
    response = client.get(reverse(f"{SINGLE}:list"))
    assert response["Location"] == f"{reverse(f'{BASE}:list')}?type_key=bdhvs_quiz.single_choice"
    assert client.get(response["Location"]).status_code == 200


def test_the_list_costs_the_same_for_many_questions() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = pages.editor()
    counts = []
    for more in (2, 10):
        for number in range(more):
            pages.question(f"Câu {more} {number}?")
        client.get(reverse(f"{BASE}:list"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"{BASE}:list")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_choosing_questions_for_a_quiz() -> None:
    rows = [pages.question(f"Câu {number}?") for number in range(2)]
    client = pages.editor()
    chooser = "wagtailsnippetchoosers_bdhvs_quiz_question"
    page = client.get(reverse(f"{chooser}:choose"), {"multiple": "1"})
    assert page.status_code == 200
    assert "Câu 1?" in page.json()["html"]
    chosen = client.get(reverse(f"{chooser}:chosen_multiple"), {"id": [row.pk for row in rows]})
    assert [row["string"] for row in chosen.json()["result"]] == ["Câu 0?", "Câu 1?"]


# --- Guards ----------------------------------------------------------------------------------------------------------


def test_a_revision_does_not_hold_the_content_type() -> None:
    row = pages.question()
    assert "polymorphic_ctype" not in row.latest_revision.content


def test_a_revision_of_another_database_does_not_corrupt_the_bank() -> None:
    """Its content type pk names another model here; saved, every list of the bank would fail."""
    row = pages.question()
    revision = row.latest_revision
    revision.content = {**revision.content, "polymorphic_ctype": ContentType.objects.get_for_model(Locale).pk}
    revision.save()
    revision.publish()
    assert [type(one) for one in Question.objects.all()] == [SingleChoiceQuestion]


def test_select_related_gives_the_base_and_real_questions_the_type() -> None:
    """The trap that `real_questions` is there for: if the first assertion fails, the trap is gone."""
    row = pages.question()
    pages.quiz(pages.course(pages.catalog()), [row])
    assert type(QuizItem.objects.select_related("question").get().question) is Question
    assert {pk: type(one) for pk, one in real_questions([row.pk]).items()} == {row.pk: SingleChoiceQuestion}


def test_real_questions_cost_the_same_for_many(django_assert_num_queries: Any) -> None:
    few = [pages.question(f"Câu {number}?").pk for number in range(2)]
    many = few + [pages.question(f"Câu khác {number}?").pk for number in range(10)]
    real_questions(few)
    with django_assert_num_queries(3):
        assert len(real_questions(few)) == 2
    with django_assert_num_queries(3):
        assert len(real_questions(many)) == 12


def test_a_copy_is_a_new_question_and_the_original_stays() -> None:
    row = pages.question("Gốc?")
    client = pages.editor()
    target = reverse(f"{SINGLE}:copy", args=[row.pk])
    page = client.get(target)
    assert page.status_code == 200
    assert f'action="{target}"' in page.content.decode()
    response = client.post(target, form("Sao?", **{"action-publish": "1"}))
    assert response.status_code == 302
    original, copy = SingleChoiceQuestion.objects.order_by("pk")
    assert (original.prompt, copy.prompt) == ("Gốc?", "Sao?")
    assert original.key != copy.key
    assert original.latest_revision_id != copy.latest_revision_id


def test_a_copy_keeps_the_options_of_the_latest_draft() -> None:
    row = pages.question("Gốc?")
    row.prompt = "Nháp?"
    row.save_revision()
    page = pages.editor().get(reverse(f"{SINGLE}:copy", args=[row.pk]))
    assert page.context["form"].instance.pk is None
    assert page.context["form"].instance.prompt == "Nháp?"


def test_deleting_one_question_takes_both_of_its_rows() -> None:
    row = pages.question()
    client = pages.editor()
    client.post(reverse(f"{SINGLE}:delete", args=[row.pk]))
    assert not Question.objects.non_polymorphic().exists()
    assert not SingleChoiceQuestion.objects.non_polymorphic().exists()


def test_a_translation_shares_the_key() -> None:
    english = Locale.objects.create(language_code="en")
    row = pages.question()
    translated = row.copy_for_translation(english)
    translated.save()
    assert translated.key == row.key
    assert [block.id for block in translated.options] == [block.id for block in row.options]


# --- A type that is no longer installed ------------------------------------------------------------------------------


def test_the_bank_lists_a_question_whose_plugin_is_missing() -> None:
    kept, gone = pages.question("Còn?"), pages.question("Mất?")
    uninstall(gone)
    client = pages.editor()
    page = client.get(reverse(f"{BASE}:list")).content.decode()
    assert "Mất?" in page
    assert "Còn?" in page
    assert "Thiếu phần mở rộng: gone.question" in page
    assert {row.pk for row in bank_rows()} == {kept.pk, gone.pk}
    assert client.get(f"{reverse(f'{BASE}:list')}?type_key=gone.question").context["object_list"].count() == 1


def test_what_cannot_be_opened_says_so_and_is_not_deleted() -> None:
    row = pages.question("Mất?")
    uninstall(row)
    client = pages.editor()
    for name in ("edit", "delete", "copy", "history"):
        for response in (
            client.get(reverse(f"{BASE}:{name}", args=[row.pk])),
            client.post(reverse(f"{BASE}:{name}", args=[row.pk])),
        ):
            assert response.status_code == 200
            assert "gone.question" in response.content.decode()
    assert Question.objects.non_polymorphic().filter(pk=row.pk).exists()


def test_usage_and_the_quizs_form_open_without_the_plugin() -> None:
    taking = Taking(2)
    row = taking.questions[0]
    uninstall(row)
    client = pages.editor()
    usage = client.get(reverse(f"{BASE}:usage", args=[row.pk]))
    assert usage.status_code == 200
    assert taking.quiz.title in usage.content.decode()
    page = client.get(reverse("wagtailadmin_pages:edit", args=[taking.quiz.pk]))
    assert page.status_code == 200
    assert "gone.question" in page.content.decode()


def test_a_quiz_is_not_published_with_what_cannot_be_asked() -> None:
    taking = Taking(2)
    uninstall(taking.questions[0])
    with translation.override("en"):
        assert taking.quiz.publish_problems() == [
            "“Câu 1?” cannot be used because its plugin “gone.question” is not installed."
        ]


def test_a_missing_type_cannot_be_chosen() -> None:
    row = pages.question("Mất?")
    uninstall(row)
    page = pages.editor().get(reverse("wagtailsnippetchoosers_bdhvs_quiz_question:choose"))
    assert page.status_code == 200
    assert "Mất?" not in page.json()["html"]


def test_an_old_result_opens_without_the_plugin_and_an_open_attempt_says_why_not(monkeypatch: Any) -> None:
    from bdhvs_lms.plugins.api import question_types

    taking = Taking(2)
    attempt = taking.open()
    taking.client.post(address(attempt), taking.form(2))
    going = taking.open()
    get = question_types.get
    monkeypatch.setattr(question_types, "get", lambda key: None if key == "bdhvs_quiz.single_choice" else get(key))

    page = taking.client.get(address(attempt, "result"))
    assert page.status_code == 200
    assert "2/2" in page.content.decode()
    assert "Câu 1?" in page.content.decode()
    assert "bdhvs_quiz.single_choice" in page.content.decode()
    for response in (taking.client.get(address(going)), taking.client.post(address(going), taking.form(2))):
        assert response.status_code == 409
        assert "bdhvs_quiz.single_choice" in response.content.decode()
    assert Attempt.objects.get(pk=going.pk).submitted_at is None


def test_unknown_keys_are_404() -> None:
    client = pages.editor()
    for name in ("edit", "delete", "usage"):
        assert client.get(reverse(f"{BASE}:{name}", args=[uuid.uuid4().int % 10**6 + 10**6])).status_code == 404


@pytest.mark.parametrize("given", ["abc", "-1", "9" * 40, "1 or 1=1", "²"])
def test_a_quiz_form_that_names_no_question_is_refused_and_not_a_crash(given: str) -> None:
    course = pages.course(pages.catalog())
    form = {
        "title": "T",
        "slug": "t",
        "intro": "",
        "pass_percent": "80",
        "attempts_allowed": "0",
        "wait_minutes": "0",
        "grade_from": "best",
        "required": "on",
    }
    for name, total in (("items", 1), ("alignments", 0), ("overall_feedback", 0), ("draws", 0), ("comments", 0)):
        form |= {f"{name}-TOTAL_FORMS": str(total), f"{name}-INITIAL_FORMS": "0"}
    form |= {"items-0-question": given, "items-0-ORDER": "1"}
    answer = pages.editor().post(f"/quan-tri/pages/add/bdhvs_quiz/quizpage/{course.pk}/", form)
    assert answer.status_code == 200
    assert not QuizPage.objects.exists()
