"""An editor's work in the bank: finding, locking, approving, deleting; and an editor's mistakes, which lose nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from plugin_example.models import NumberQuestion
from wagtail.models import GroupApprovalTask, Revision, Workflow, WorkflowContentType, WorkflowState, WorkflowTask
from wagtail.test.utils.form_data import nested_form_data, streamfield

from bdhvs_content.api import editors
from bdhvs_quiz.api import Question, QuizItem, QuizPage, SingleChoiceQuestion
from bdhvs_quiz.types.short_text.model import ShortTextQuestion
from bdhvs_quiz.types.true_false.model import TrueFalseQuestion
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.bdhvs_quiz.helpers import Taking
from tests.support.loops import for_each

pytestmark = pytest.mark.django_db

LIST = "wagtailsnippets_bdhvs_quiz_question:list"
TYPES = ("singlechoicequestion", "multiplechoicequestion", "truefalsequestion", "shorttextquestion")


def url(kind: str, name: str, *args: Any) -> str:
    return reverse(f"wagtailsnippets_bdhvs_quiz_{kind}:{name}", args=args)


def of_role(name: str = "bien-tap") -> Client:
    """Signed in as somebody who is an editor and nothing else."""
    user = get_user_model().objects.create_user(name, password="x", first_name=name)
    user.groups.add(editors())
    return pages.client_of(name)


def found(client: Client, **query: str) -> set[str]:
    answer = client.get(reverse(LIST), query)
    assert answer.status_code == 200
    return {row.prompt for row in answer.context["object_list"]}


# --- Finding ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_questions(db: None) -> Client:
    """An editor of them."""
    pages.question("Khóa điện thoại bằng gì?")
    pages.question("Ai hỏi mã OTP?")
    return of_role()


@for_each("words", ["điện thoại", "dien thoai", "ĐIỆN  THOẠI", "thoại điện", "dien\u0323 thoai", "die\u0323\u0302n"])
def test_a_search_finds_words_with_and_without_diacritics_in_list_and_chooser(
    two_questions: Client, words: str
) -> None:
    client = two_questions
    assert found(client, q=words) == {"Khóa điện thoại bằng gì?"}
    chooser = reverse("wagtailsnippetchoosers_bdhvs_quiz_question:choose_results")
    page = client.get(chooser, {"q": words}).content.decode()
    assert "Khóa điện thoại" in page
    assert "mã OTP" not in page


def test_a_search_of_very_many_words_is_one_of_the_first(two_questions: Client) -> None:
    """More parts than a database takes in one condition; as many words as an address holds."""
    client = two_questions
    assert found(client, q="khóa " + "điện thoại " * 1_500) == {"Khóa điện thoại bằng gì?"}
    assert found(client, q=" ".join(f"{number:x}" for number in range(1_500))) == set()


def test_a_search_reads_what_each_type_adds_and_both_places_of_a_tone() -> None:
    kinds.several("Nhiều?", texts=["Mật khẩu dài", "Hòa Bình"], right=[0])
    kinds.short("Ngắn?", texts=["Cần Thơ"])
    kinds.true_false("Thúy nói đúng.")
    client = of_role()
    assert found(client, q="hoà bình") == {"Nhiều?"}
    assert found(client, q="can tho") == {"Ngắn?"}
    assert found(client, q="thuý") == {"Thúy nói đúng."}
    row = ShortTextQuestion.objects.get()
    row.accepted = kinds.accepted(["Huế"])
    row.save_revision().publish()
    assert found(client, q="can tho") == set()
    assert found(client, q="hue") == {"Ngắn?"}


def test_filters_by_type_status_use_and_competency() -> None:
    a1 = pages.framework().competencies.get(code="A1")
    used, unused = pages.question("Dùng?"), kinds.true_false("Chưa dùng.")
    kinds.short("Nháp?", live=False)
    unused.prompt = "Chưa dùng, sửa."
    unused.save_revision()
    pages.quiz(pages.course(pages.catalog()), [used], aligned=[(a1, 1)])
    client = of_role()
    assert found(client, type_key="bdhvs_quiz.true_false") == {"Chưa dùng."}
    assert found(client, status="draft") == {"Nháp?"}
    assert found(client, status="live") == {"Dùng?"}
    assert found(client, status="newer") == {"Chưa dùng."}
    assert found(client, used="yes") == {"Dùng?"}
    assert found(client, used="no") == {"Chưa dùng.", "Nháp?"}
    assert found(client, quiz_competency=str(a1.pk)) == {"Dùng?"}
    chooser = reverse("wagtailsnippetchoosers_bdhvs_quiz_question:choose_results")
    page = client.get(chooser, {"type_key": "bdhvs_quiz.true_false"}).content.decode()
    assert "Chưa dùng." in page
    assert "Dùng?" not in page


def test_the_list_of_all_types_costs_the_same_for_few_and_many_questions() -> None:
    course = pages.course(pages.catalog())
    client = of_role()
    counts = []
    for number, times in enumerate((1, 3)):
        rows = [row for turn in range(times) for row in kinds.one_of_each(f"list-{number}-{turn}")]
        pages.quiz(course, rows, f"Bài {number}")
        for query in ({}, {"q": "otp", "used": "yes"}):
            client.get(reverse(LIST), query)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(LIST), query).status_code == 200
            counts.append(len(queries))
    assert Question.objects.count() >= 16
    assert counts[:2] == counts[2:]


# --- Forms of all types, by the editors' role ------------------------------------------------------------------------


def accepted(*texts: str) -> Any:
    return streamfield([("answer", {"text": text, "credit": "", "feedback": ""}) for text in texts])


FORMS: dict[str, dict[str, Any]] = {
    "multiplechoicequestion": {
        "prompt": "Nhiều?",
        "explanation": "",
        "marking": "all",
        "options": streamfield(
            [("option", {"text": text, "feedback": "", **({"right": "on"} if text != "Ba" else {})}) for text in
             ("Một", "Hai", "Ba")]
        ),
    },
    "truefalsequestion": {
        "prompt": "Đúng?", "explanation": "", "answer": "False", "feedback_right": "", "feedback_wrong": "",
    },
    "shorttextquestion": {
        "prompt": "Ngắn?", "explanation": "", "accepted": accepted("115"),
        "ignore_case": "on", "ignore_diacritics": "on", "ignore_spacing": "on",
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", FORMS)
def test_an_editor_makes_edits_copies_previews_compares_and_deletes_a_question(kind: str) -> None:
    client = of_role()
    picker = client.get(reverse("wagtailsnippets_bdhvs_quiz_question:add")).content.decode()
    assert url(kind, "add") in picker
    form = nested_form_data({**FORMS[kind], "action-publish": "1"})
    assert client.post(url(kind, "add"), form).status_code == 302
    row = Question.objects.get()
    assert (row.live, row.problems()) == (True, [])
    client.post(url(kind, "edit", row.pk), {**form, "prompt": "Sửa?"})
    assert Question.objects.get().prompt == "Sửa?"
    for name, args in (("history", ()), ("usage", ()), ("revisions_compare", ("earliest", "latest")), ("copy", ())):
        assert client.get(url(kind, name, row.pk, *args)).status_code == 200, name
    preview = url(kind, "preview_on_edit", row.pk)
    assert client.post(preview, {**form, "prompt": "Xem trước?"}).json()["is_valid"]
    assert "Xem trước?" in client.get(preview).content.decode()
    assert client.post(url(kind, "copy", row.pk), {**form, "prompt": "Bản sao?"}).status_code == 302
    assert found(client) == {"Sửa?", "Bản sao?"}
    client.post(url(kind, "delete", row.pk))
    assert found(client) == {"Bản sao?"}


def test_who_may_edit_no_questions_reaches_none_of_it() -> None:
    from django.contrib.auth.models import Permission

    rows = dict(zip(TYPES, kinds.one_of_each(), strict=True))
    user = get_user_model().objects.create_user("chi-vao", password="x")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = pages.client_of("chi-vao")
    assert client.get(reverse(LIST)).status_code == 302
    for kind, row in rows.items():
        for name in ("edit", "delete", "copy", "history"):
            assert client.post(url(kind, name, row.pk)).status_code == 302, (kind, name)
    assert Question.objects.count() == 4


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("truefalsequestion", {"answer": ""}, "Hãy chọn câu này đúng hay sai."),
        ("shorttextquestion", {"accepted": streamfield([])}, "Chưa có câu trả lời được chấp nhận"),
        ("shorttextquestion", {"accepted": accepted("Hòa", "hoa.")},
         "“Hòa” và “hoa.” là một câu trả lời theo thiết lập này: chỉ giữ một."),
        ("multiplechoicequestion", {"options": streamfield([("option", {"text": "A", "feedback": ""})] * 2)},
         "Chưa có đáp án đúng: đánh dấu “Đây là đáp án đúng” ở mọi phương án đúng."),
        ("multiplechoicequestion",
         {"options": streamfield([("option", {"text": text, "feedback": "", "right": "on"}) for text in "AB"])},
         "Mọi phương án đều là đáp án đúng"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_not_published_and_nothing_typed_is_lost(
    kind: str, change: dict[str, Any], message: str
) -> None:
    client = of_role()
    form = nested_form_data({**FORMS[kind], **change, "explanation": "Lời đã gõ"})
    answer = client.post(url(kind, "add"), form | {"action-publish": "1"})
    assert answer.status_code == 200
    errors = str([str(error) for each in answer.context["form"].errors.as_data().values() for error in each]) + str(
        [
            error.as_json_data() if hasattr(error, "as_json_data") else ""
            for each in answer.context["form"].errors.as_data().values()
            for error in each
        ]
    )
    assert message in errors
    assert "Lời đã gõ" in answer.content.decode()
    assert not Question.objects.exists()
    # A draft may be unfinished.
    assert client.post(url(kind, "add"), form).status_code == 302
    assert Question.objects.get().live is False


def test_a_quiz_says_which_of_its_questions_cannot_be_asked() -> None:
    course = pages.course(pages.catalog())
    rows = [
        kinds.true_false("Chưa rõ.", answer=None),
        kinds.short("Trống?", texts=[]),
        kinds.several("Nháp?", live=False),
    ]
    page = pages.quiz(course, rows, live=False)
    from django.utils import translation

    with translation.override("vi"):
        assert page.publish_problems() == [
            "“Chưa rõ.”: Hãy chọn câu này đúng hay sai.",
            "“Trống?”: Chưa có câu trả lời được chấp nhận: thiếu nó thì câu trả lời nào cũng là chưa đúng.",
            "“Nháp?” chưa được xuất bản: hãy xuất bản trong ngân hàng câu hỏi trước.",
        ]
        page.items = []
        assert page.publish_problems() == ["Bài kiểm tra chưa có câu hỏi: chọn ít nhất một câu."]


# --- Forms that did not arrive whole ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", ["options-count", "options-0-order", "options-1-deleted", "all"])
def test_a_question_form_that_lost_a_part_is_shown_again_with_what_arrived(lost: str) -> None:
    row = pages.question("Cũ?")
    form = nested_form_data(
        {
            "prompt": "Mới gõ?",
            "explanation": "",
            "options": streamfield([("option", {"text": text, "feedback": ""}) for text in ("Go-mot", "Go-hai")]),
        }
    )
    for name in [name for name in form if name == lost or (lost == "all" and name.startswith("options"))]:
        del form[name]
    client = of_role()
    for more in ({}, {"action-publish": "1"}) if lost == "all" else ({},):
        answer = client.post(url(TYPES[0], "edit", row.pk), {**form, **more})
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Mới gõ?" in page
        assert "Biểu mẫu đến máy chủ không đầy đủ." in str(
            answer.context["form"].errors.as_data()["options"][0].__dict__
        )
        assert lost == "all" or all(text in page for text in ("Go-mot", "Go-hai"))
    row.refresh_from_db()
    assert (row.prompt, len(row.options), row.revisions.count()) == ("Cũ?", 3, 1)


@pytest.mark.parametrize("lost", ["items", "alignments"])
def test_a_quiz_form_without_its_management_data_is_shown_again_and_changes_nothing(lost: str) -> None:
    from wagtail.test.utils.form_data import inline_formset

    taking = Taking(2)
    form = nested_form_data(
        {
            "title": "Tên đã gõ", "slug": "ten", "intro": "Lời đã gõ", "pass_percent": "80", "attempts_allowed": "0",
            "wait_minutes": "0",
            "grade_from": "best",
            "show_answers": "after_each", "required": "on",
            "items": inline_formset([]), "alignments": inline_formset([]), "comments": inline_formset([]),
            "overall_feedback": inline_formset([]),
            "draws": inline_formset([]),
        }
    )  # fmt: skip
    for name in [name for name in form if name.startswith(f"{lost}-")]:
        del form[name]
    client = pages.editor()
    for more in ({}, {"action-publish": "1"}) if lost == "items" else ({},):
        answer = client.post(f"/quan-tri/pages/{taking.quiz.pk}/edit/", {**form, **more})
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Tên đã gõ" in page
        assert "Lời đã gõ" in page
    assert QuizPage.objects.get().title == "Kiểm tra cuối bài"
    assert QuizItem.objects.count() == 2


# --- In use ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["published", "draft"])
def test_a_question_in_use_is_not_deleted_and_the_quizzes_are_named(where: str) -> None:
    course = pages.course(pages.catalog())
    row, other = kinds.true_false(), pages.question()
    quiz = pages.quiz(course, [row if where == "published" else other], "Bài cuối khóa")
    if where == "draft":
        quiz.items = [QuizItem(question=row, sort_order=0)]
        quiz.save_revision()
        assert not QuizItem.objects.filter(question=row).exists()
    client = of_role()
    for answer, status in (
        (client.get(url("truefalsequestion", "delete", row.pk)), 200),
        (client.post(url("truefalsequestion", "delete", row.pk)), 409),
    ):
        page = answer.content.decode()
        assert answer.status_code == status
        assert "Câu hỏi này đang được dùng nên không xóa." in page
        assert "Bài cuối khóa" in page
        assert reverse("wagtailadmin_pages:edit", args=[quiz.pk]) in page
    assert TrueFalseQuestion.objects.filter(pk=row.pk).exists()
    usage = client.get(reverse("wagtailsnippets_bdhvs_quiz_question:usage", args=[row.pk]))
    assert where == "draft" or "Bài cuối khóa" in usage.content.decode()


def test_an_old_state_of_a_quiz_opens_without_a_question_that_was_deleted_since() -> None:
    course = pages.course(pages.catalog())
    row, kept = kinds.true_false(), pages.question("Còn?")
    quiz = pages.quiz(course, [row, kept])
    quiz.items = [QuizItem(question=kept, sort_order=0)]
    pages.publish(quiz)
    client = pages.editor()
    assert client.post(url("truefalsequestion", "delete", row.pk)).status_code == 302
    first = Revision.objects.for_instance(quiz).order_by("pk").first()
    page = client.get(reverse("wagtailadmin_pages:revisions_revert", args=[quiz.pk, first.pk]))
    assert page.status_code == 200
    assert "Còn?" in page.content.decode()


# --- Several editors -------------------------------------------------------------------------------------------------


@for_each(
    ("kind", "action"),
    [("multiplechoicequestion", {}), ("truefalsequestion", {"action-publish": "1"}), ("shorttextquestion", {})],
)
def test_the_second_of_two_editors_is_told_and_overwrites_only_knowing_it(kind: str, action: dict[str, str]) -> None:
    first, second = of_role("hoa"), of_role("mai")
    form = nested_form_data(FORMS[kind])
    first.post(url(kind, "add"), {**form, "action-publish": "1"})
    row = Question.objects.get()
    address = url(kind, "edit", row.pk)
    opened = marks(first.get(address))
    first.post(address, {**form, **opened, **action, "prompt": "Của Hoa"})

    answer = second.post(address, {**form, **opened, **action, "prompt": "Của Mai", "explanation": "Mai đã gõ"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Chưa lưu gì" in html and "hoa đã lưu" in html
    assert "Của Mai" in html and "Mai đã gõ" in html
    row.refresh_from_db()
    assert row.get_latest_revision_as_object().prompt == "Của Hoa"
    assert row.prompt == ("Của Hoa" if action else FORMS[kind]["prompt"])

    # What came back knows the newer one: sent again it is in force, and the other stays in the history.
    second.post(address, {**form, **marks(answer), **action, "prompt": "Của Mai"})
    row.refresh_from_db()
    assert row.get_latest_revision_as_object().prompt == "Của Mai"
    texts = [revision.content["prompt"] for revision in row.revisions.order_by("pk")]
    assert texts == [FORMS[kind]["prompt"], "Của Hoa", "Của Mai"]


def marks(answer: Any) -> dict[str, str]:
    """What a form was opened with, as its hidden fields say."""
    return {
        "loaded_revision_id": str(answer.context["object"].latest_revision_id),
        "loaded_revision_created_at": answer.context["loaded_revision_created_at"],
    }


def test_one_editor_alone_and_wagtails_quiet_saving_of_a_question_are_not_disturbed() -> None:
    row = kinds.true_false("Câu gốc.")
    editor, other = of_role("hoa"), of_role("mai")
    address, form = url("truefalsequestion", "edit", row.pk), nested_form_data(FORMS["truefalsequestion"])
    opened, quiet = marks(editor.get(address)), {"Accept": "application/json"}
    saved = editor.post(address, {**form, **opened, "prompt": "Lặng lẽ"}, headers=quiet).json()
    assert saved["success"] is True
    own = {**opened, "overwrite_revision_id": str(saved["revision_id"])}
    assert editor.post(address, {**form, **own, "prompt": "Bấm lưu"}).status_code == 302
    row.refresh_from_db()
    assert row.get_latest_revision_as_object().prompt == "Bấm lưu"
    refused = other.post(address, {**form, **opened, "prompt": "Của Mai"}, headers=quiet).json()
    assert (refused["success"], refused["error_code"]) == (False, "invalid_revision")


def test_a_locked_question_is_changed_by_nobody_else_and_unlocked_by_who_locked_it() -> None:
    row = kinds.short()
    one, other = of_role("hoa"), of_role("mai")
    assert one.post(url("shorttextquestion", "lock", row.pk)).status_code == 302
    row.refresh_from_db()
    assert (row.locked, row.locked_by.username) == (True, "hoa")
    form = nested_form_data({**FORMS["shorttextquestion"], "prompt": "Lén sửa?"})
    answer = other.post(url("shorttextquestion", "edit", row.pk), form)
    assert answer.status_code == 200
    assert "Lén sửa?" in answer.content.decode()
    assert row.revisions.count() == 1
    one.post(url("shorttextquestion", "unlock", row.pk))
    other.post(url("shorttextquestion", "edit", row.pk), form)
    assert row.revisions.count() == 2


def test_a_question_goes_through_a_workflow() -> None:
    kind, model = "multiplechoicequestion", kinds.MultipleChoiceQuestion
    group = editors()
    task = GroupApprovalTask.objects.create(name="Duyệt câu hỏi")
    task.groups.add(group)
    workflow = Workflow.objects.create(name="Duyệt")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
    WorkflowContentType.objects.create(content_type=ContentType.objects.get_for_model(model), workflow=workflow)
    client = of_role()
    form = nested_form_data(FORMS[kind])
    client.post(url(kind, "add"), {**form, "action-submit": "1"})
    row = Question.objects.get()
    state = WorkflowState.objects.get()
    assert (type(row), row.live, state.content_object.pk) == (model, False, row.pk)
    edit = client.get(url(kind, "edit", row.pk))
    assert edit.status_code == 200
    approve = url(kind, "workflow_action", row.pk, "approve", row.current_workflow_task_state.pk)
    assert client.post(approve, {"comment": "Được"}).status_code in (200, 302)
    row = Question.objects.get()
    assert (row.live, row.prompt) == (True, FORMS[kind]["prompt"])
    assert client.get(url(kind, "workflow_history", row.pk)).status_code == 200


def test_a_strangers_type_has_the_same_bank() -> None:
    from tests.plugin_example.helpers import number

    row = number()
    client = pages.editor()
    assert row.prompt in found(client, q=row.prompt.lower())
    target = reverse("wagtailsnippets_plugin_example_numberquestion:lock", args=[row.pk])
    assert client.post(target).status_code == 302
    assert NumberQuestion.objects.get().locked is True
    assert not SingleChoiceQuestion.objects.exists()
