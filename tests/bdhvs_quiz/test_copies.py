"""Two tabs, two telephones, an old page sent late: no saved answer is lost, and whose page was older is told."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_quiz.actions import AnswersDiffer, open_attempt, save_answers, submit
from bdhvs_quiz.merging import Copy, State, join
from bdhvs_quiz.models import Attempt, AttemptStep
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.bdhvs_quiz.helpers import GROUND, Taking, address
from tests.support.loops import for_each
from tests.support.markup import html_of

LATER = pages.AT + timedelta(minutes=7)
HIDDEN = re.compile(r'<input type="hidden" name="(base|act_id|copy|who)" value="([^"]*)">')


# --- Any order of arrival --------------------------------------------------------------------------------------------

KEYS = ("a", "b", "c")


@dataclass
class Page:
    """One open copy as the page's script keeps it (`name`), or as a browser without one does (`name` empty)."""

    name: str
    base: int
    shown: dict[str, Any]
    fields: dict[str, Any]
    tick: int = 0

    def form(self) -> tuple[Copy, dict[str, Any]]:
        return Copy(self.base, self.name, self.tick if self.name else 0), dict(self.fields)


@dataclass
class Server:
    """The steps, and for each question who answered it last with which message."""

    states: list[State] = field(default_factory=lambda: [State(1, {})])
    author: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def now(self) -> State:
        return self.states[-1]

    def open(self, name: str) -> Page:
        return Page(name, self.now.seq, dict(self.now.responses), dict(self.now.responses))

    def receive(self, copy: Copy, sent: Mapping[str, Any]) -> Any:
        before = self.now
        shown = next((dict(one.responses) for one in self.states if one.seq == copy.base), {})
        joined = join(before, shown, sent, copy)
        if joined.news(before):
            self.states.append(State(before.seq + 1, joined.responses, joined.since, joined.ticks))
        for key in KEYS:
            was, now = before.responses.get(key), joined.responses.get(key)
            changed_here = sent.get(key) != shown.get(key)
            if was == now:
                # What this page had changed and was not taken is told, never dropped without a word.
                lost = changed_here and now != sent.get(key)
                late = copy.name and before.ticks.get(copy.name, -1) >= copy.tick
                assert not lost or key in joined.passed_over or late
                continue
            assert now == sent.get(key), "a change is what the page that was sent says"
            by, base_of = self.author.get(key, ("", 0))
            seen = base_of <= copy.base
            assert seen or (copy.name and by == copy.name), "nothing saved after this copy was made is replaced by it"
            self.author[key] = (copy.name, self.now.seq)
        return joined


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.sampled_from(["tab", "phone", ""])),
        st.tuples(st.just("answer"), st.integers(0, 5), st.sampled_from(KEYS), st.sampled_from(["x", "y", "z", None])),
        st.tuples(st.just("send"), st.integers(0, 5), st.booleans()),
        st.tuples(st.just("late"), st.integers(0, 20)),
    ),
    max_size=40,
)


@given(ACTS)
def test_no_interleaving_of_copies_loses_a_saved_answer(acts: list[Any]) -> None:
    """Copies open, answer, save, do not hear the reply, and what they sent arrives again, late and in any order."""
    server = Server()
    opened, sent = [server.open("first")], []
    for number, act in enumerate(acts):
        if act[0] == "open":
            opened.append(server.open(f"{act[1]}-{number}" if act[1] else ""))
            continue
        if act[0] == "late":
            if sent:
                server.receive(*sent[act[1] % len(sent)])
            continue
        page = opened[act[1] % len(opened)]
        if act[0] == "answer":
            page.tick += 1
            if act[3] is None:
                page.fields.pop(act[2], None)
            else:
                page.fields[act[2]] = act[3]
            continue
        form = page.form()
        sent.append(form)
        joined = server.receive(*form)
        if act[2]:
            # The reply arrives: the page shows what there is now, and goes on from it.
            page.base, page.shown, page.fields = server.now.seq, dict(joined.responses), dict(joined.responses)


@given(st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_what_one_copy_sent_last_wins_over_what_it_sent_before_in_any_order(answers: list[str], order: Any) -> None:
    messages = [(Copy(1, "copy-of-a-tab", tick), {"a": answer}) for tick, answer in enumerate(answers, start=1)]
    order.shuffle(messages)
    server = Server()
    for message in messages:
        server.receive(*message)
    assert server.now.responses == {"a": answers[-1]}


def test_the_order_of_only_so_many_copies_is_remembered() -> None:
    server = Server()
    for number in range(50):
        server.receive(Copy(server.now.seq, f"copy-{number:04}", 1), {"a": str(number)})
    assert len(server.now.ticks) == 20
    assert server.now.responses == {"a": "49"}


# --- On the page -----------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db
ground = GROUND.once(3)


def opened(client: Client, attempt: Attempt) -> dict[str, str]:
    """The hidden fields that a copy of the page carries."""
    return dict(HIDDEN.findall(html_of(client.get(address(attempt)))))


def kept(attempt: Attempt) -> dict[str, Any]:
    step = attempt.steps.order_by("-seq").first()
    assert step is not None
    responses: dict[str, Any] = step.data.get("responses", {})
    return responses


def answers(taking: Taking, *places: int | None) -> dict[str, str]:
    """By field: the option at that place of each question; None: not answered."""
    return {
        f"q-{row.key}": pages.option_id(row, place)
        for row, place in zip(taking.questions, places, strict=False)
        if place is not None
    }


def chosen(taking: Taking, *places: int | None) -> dict[str, str]:
    return {name.removeprefix("q-"): value for name, value in answers(taking, *places).items()}


def test_a_second_copy_that_answers_another_question_takes_nothing_away() -> None:
    taking = Taking(3)
    attempt = taking.open()
    first, second = opened(taking.client, attempt), opened(pages.client_of("lan"), attempt)
    for hidden, given_ in ((first, (1, None, None)), (second, (None, 2, None))):
        answer = taking.client.post(address(attempt), {**hidden, **answers(taking, *given_), "do": "save"})
        assert answer.status_code == 303
    assert kept(attempt) == chosen(taking, 1, 2, None)


def test_an_older_page_never_replaces_a_newer_answer_and_both_are_shown() -> None:
    taking = Taking(2)
    attempt = taking.open()
    old = opened(taking.client, attempt)
    new = opened(taking.client, attempt)
    taking.client.post(address(attempt), {**new, **answers(taking, 1, 1), "do": "save"})
    answer = taking.client.post(address(attempt), {**old, **answers(taking, 0, None), "do": "save"})
    page = html_of(answer)
    assert answer.status_code == 409
    assert kept(attempt) == chosen(taking, 1, 1)
    assert "Có câu trả lời được lưu sau ở cửa sổ hoặc máy khác" in page
    row = taking.questions[0]
    assert f'name="q-{row.key}" id="q-{row.key}-2" value="{pages.option_id(row, 1)}" checked' in page
    assert f'name="mine-{row.key}" id="mine-{row.key}-1" value="{pages.option_id(row, 0)}" checked' in page
    # The page that came back goes on from what there is: choosing it again is one tap.
    again = dict(HIDDEN.findall(page))
    taking.client.post(address(attempt), {**again, **answers(taking, 0, 1), "do": "save"})
    assert kept(attempt) == chosen(taking, 0, 1)


def test_an_old_page_cannot_hand_in_what_it_never_saw_and_tells_first() -> None:
    taking = Taking(2)
    attempt = taking.open()
    old = opened(taking.client, attempt)
    new = opened(taking.client, attempt)
    taking.client.post(address(attempt), {**new, **answers(taking, 1, 1), "do": "save"})
    form = {**old, **answers(taking, 0, 0), "do": "submit"}
    for _twice in range(2):
        answer = taking.client.post(address(attempt), form)
        page = html_of(answer)
        assert answer.status_code == 409
        assert "Chưa nộp" in page
        assert page.count("Trên trang vừa gửi") == 2
    attempt.refresh_from_db()
    assert attempt.submitted_at is None
    confirm = {**dict(HIDDEN.findall(page)), "do": "submit", "confirmed": "1"}
    assert taking.client.post(address(attempt), confirm).status_code == 303
    attempt.refresh_from_db()
    assert attempt.raw == 2


def test_the_page_before_submitting_hands_in_what_it_was_made_from_or_asks_again() -> None:
    taking = Taking(2)
    attempt = taking.open()
    page = opened(taking.client, attempt)
    taking.client.post(address(attempt), {**page, **answers(taking, 1, None), "do": "submit"})
    asked = html_of(taking.client.get(f"{address(attempt)}?buoc=nop"))
    other = opened(taking.client, attempt)
    taking.client.post(address(attempt), {**other, **answers(taking, 0, 1), "do": "save"})
    confirm = {**dict(HIDDEN.findall(asked)), "do": "submit", "confirmed": "1"}
    answer = taking.client.post(address(attempt), confirm)
    assert answer.status_code == 409
    attempt.refresh_from_db()
    assert attempt.submitted_at is None
    confirm = {**dict(HIDDEN.findall(html_of(answer))), "do": "submit", "confirmed": "1"}
    assert taking.client.post(address(attempt), confirm).status_code == 303


@for_each("base", ["", "x", "-1", "999999999", "1" * 400, "٣"])
def test_a_page_that_does_not_say_what_it_shows_takes_nothing_away(base: str) -> None:
    taking = Taking(2)
    attempt = taking.open()
    taking.client.post(address(attempt), {**opened(taking.client, attempt), **answers(taking, 1, None), "do": "save"})
    form = {"act_id": str(uuid.uuid4()), "base": base, "copy": "x" * 99, "do": "save"}
    taking.client.post(address(attempt), {**form, **answers(taking, 0, 2)})
    assert kept(attempt) == chosen(taking, 1, 2)
    assert taking.client.post(address(attempt), {**form, "do": "submit", "confirmed": "1"}).status_code == 409


def test_a_page_says_the_step_that_it_shows_in_digits_only(settings: Any) -> None:
    """A site may separate thousands; an attempt may have as many saves."""
    settings.USE_THOUSAND_SEPARATOR, settings.NUMBER_GROUPING = True, 3
    taking = Taking(1)
    attempt = taking.open()
    kept = {"responses": taking.responses(1)}
    AttemptStep.objects.create(
        attempt=attempt, seq=1234, kind="saved", data=kept, act_id=uuid.uuid4(), occurred_at=LATER, received_at=LATER
    )
    for where in ("", "?buoc=nop"):
        page = html_of(taking.client.get(address(attempt) + where))
        assert dict(HIDDEN.findall(page))["base"] == "1234"


def test_every_type_of_answer_is_joined_and_words_passed_over_are_not_kept() -> None:
    taking = Taking(1)
    rows = kinds.one_of_each("copies")
    quiz = pages.quiz(taking.course, rows, "Đủ loại")
    attempt = _opened(taking, quiz)
    old, new = opened(taking.client, attempt), opened(taking.client, attempt)
    first = kinds.form(rows, 4, do="save")
    taking.client.post(address(attempt), {**first, **new})
    before = kept(attempt)
    answer = taking.client.post(address(attempt), {**kinds.form(rows, 0, do="save"), **old})
    assert answer.status_code == 409
    assert html_of(answer).count('<details class="mine"') == 4
    assert "không nhớ" in html_of(answer)
    assert kept(attempt) == before
    assert [row.text for row in attempt.typed_answers.all()] == ["115"]


def _opened(taking: Taking, quiz: Any) -> Attempt:

    return open_attempt(taking.learner, quiz.translation_key, act_id=uuid.uuid4(), at=pages.AT)


def test_the_script_is_told_what_changed_elsewhere_and_from_where_to_go_on() -> None:
    taking = Taking(2)
    attempt = taking.open()
    here = {**opened(taking.client, attempt), "copy": f"{uuid.uuid4()}.1", "do": "save"}
    there = opened(taking.client, attempt)
    taking.client.post(address(attempt), {**there, **answers(taking, 1, None), "do": "save"})
    json = {"Accept": "application/json"}
    said = taking.client.post(address(attempt), {**here, **answers(taking, 0, 1)}, headers=json).json()
    assert (said["base"], said["changed"]) == (3, [f"q-{taking.questions[0].key}"])
    assert kept(attempt) == chosen(taking, 1, 1)


def test_copies_in_python_see_everything_unless_they_say_what_they_saw() -> None:
    taking = Taking(2)
    attempt = taking.open()
    save_answers(attempt.uuid, taking.learner, taking.responses(2), act_id=uuid.uuid4(), at=LATER)
    save_answers(attempt.uuid, taking.learner, taking.responses(0), act_id=uuid.uuid4(), at=LATER)
    assert kept(attempt) == taking.responses(0)
    with pytest.raises(AnswersDiffer) as told:
        submit(attempt.uuid, taking.learner, taking.responses(2), act_id=uuid.uuid4(), at=LATER, copy=Copy(base=1))
    assert dict(told.value.saved.elsewhere) == taking.responses(2)
    assert Attempt.objects.get().submitted_at is None
    assert AttemptStep.objects.filter(kind="submitted").count() == 0


# --- Who leaves ------------------------------------------------------------------------------------------------------


def test_switching_learner_on_the_page_takes_the_answers_along() -> None:
    taking = Taking(2)
    attempt = taking.open()
    page = html_of(taking.client.get(address(attempt)))
    leaving = r'<button(?: class="link")? type="submit" form="answers" name="do" value="leave">'
    assert re.findall(leaving + r".*?(Đổi người học|Thoát)", page, re.DOTALL) == ["Đổi người học", "Thoát"]
    form = {**dict(HIDDEN.findall(page)), **answers(taking, 1, None), "do": "leave"}
    answer = taking.client.post(address(attempt), form, follow=True)
    assert [status for _url, status in answer.redirect_chain] == [307, 302]
    assert kept(attempt) == chosen(taking, 1, None)
    assert "_auth_user_id" not in taking.client.session


def test_what_cannot_be_kept_is_shown_before_anybody_leaves_and_then_one_can() -> None:
    taking = Taking(1)
    attempt = taking.open()
    hidden = opened(taking.client, attempt)
    wrong = {f"q-{taking.questions[0].key}": "x"}
    answer = taking.client.post(address(attempt), {**hidden, **wrong, "do": "leave"})
    assert answer.status_code == 400
    assert "_auth_user_id" in taking.client.session
    assert 'value="leave"' not in html_of(answer)


def test_signing_out_asks_while_this_learners_answers_are_unsent_and_keeps_those_of_others() -> None:
    from bdhvs_lms.learners.api import device_tag

    taking = Taking(1)
    minh = pages.enrolled(pages.course(taking.course.get_parent().specific, "Khóa hai"), "minh")
    mine, others = device_tag(taking.learner), device_tag(minh)

    def out(left: str, **form: str) -> Any:
        client = pages.client_of("lan")
        client.cookies["bdhvs-unsent"] = left
        return client.post(reverse("bdhvs_lms:sign-out"), form), client

    answer, client = out(f"{others}.{mine}")
    assert answer.status_code == 200
    assert "Còn câu trả lời chưa gửi" in html_of(answer)
    assert "_auth_user_id" in client.session
    assert "Clear-Site-Data" not in answer.headers
    for left, form, cleared in (
        (mine, {"unsent": "keep"}, False),
        (mine, {"unsent": "drop"}, True),
        (f"{mine}.{others}", {"unsent": "drop"}, False),
        (others, {}, False),
        ("", {}, True),
        ("rubbish;", {}, True),
    ):
        answer, client = out(left, **form)
        assert answer.status_code == 302, (left, form)
        assert ("Clear-Site-Data" in answer.headers) is cleared, (left, form)
        assert "_auth_user_id" not in client.session


def test_a_page_of_another_learner_says_that_somebody_else_is_signed_in() -> None:
    taking = Taking(1)
    attempt = taking.open()
    hidden = opened(taking.client, attempt)
    pages.enrolled(pages.course(taking.course.get_parent().specific, "Khóa hai"), "minh")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(pages.get_user_model().objects.get(username="minh"))
    answer = strict.post(address(attempt), {**hidden, **answers(taking, 1), "do": "submit"})
    page = html_of(answer)
    assert answer.status_code == 403
    assert "Người khác đang học trên máy này" in page
    assert "Nguyễn Thị Minh" in page
    assert "quá lâu" not in page
    strict.logout()
    page = html_of(strict.post(address(attempt), {**hidden, **answers(taking, 1), "do": "submit"}))
    assert "Người khác đang học" not in page
    assert "Chưa ai đăng nhập trên máy này" in page
    strict.force_login(pages.get_user_model().objects.get(username="minh"))
    own = html_of(strict.post(address(attempt), {**answers(taking, 1), "do": "submit"}))
    assert "Trang này đã mở quá lâu" in own
