"""The browser of statements: what it finds, what it says, whom it logs, and what voiding does."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from wagtail.models import ModelLogEntry

from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.progress.api import Result
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.admin.sentences import sentence, what
from bdhvs_lms.tracking.admin.statements import verb_choices
from bdhvs_lms.tracking.iris import extension_iri
from bdhvs_lms.tracking.models import TakenId
from bdhvs_lms.tracking.vocabulary import VERB_VOIDED
from bdhvs_xapi import api as xapi
from tests.bdhvs_lms.admin.record_store import FOREIGN, Store, agreed, signed_in
from tests.support.markup import html_of
from tests.support.world import T0

pytestmark = [pytest.mark.database, pytest.mark.django_db]
INDEX = "/quan-tri/kho-du-lieu/ban-ghi/"


@pytest.fixture
def store(settings: Any) -> Store:
    settings.BDHVS_TEST_CLOCK = "2025-11-25T10:00:00+07:00"
    return Store()


@pytest.fixture
def operator(store: Store) -> Client:
    return signed_in("van-hanh")


def test_every_verb_of_adl_has_a_word() -> None:
    adl = {value for name, value in vars(xapi.Verb).items() if name.isupper()}
    with translation.override("vi"):
        assert adl <= {iri for iri, _word in verb_choices()}
        assert [word for iri, word in verb_choices() if iri.endswith(f"/{word}")] == []


def listed(client: Client, **asked: Any) -> list[str]:
    answer = client.get(INDEX, asked)
    assert answer.status_code == 200
    assert not answer.context["form"].errors, answer.context["form"].errors
    return [str(row["sentence"]) for row in answer.context["rows"]]


def page_of(fact: xapi.Fact) -> str:
    return reverse("statements:statement", args=[fact.statement_id])


def test_a_session_is_told_without_its_key() -> None:
    with translation.override("vi"):
        session = {"id": tracking.session_iri(uuid4()), "definition": {"type": tracking.TYPE_SESSION}}
        assert what(session) == "một buổi học"


def test_every_statement_is_a_sentence_in_the_readers_language(store: Store) -> None:
    short = str(store.lan.actor)[:8]
    quiz, foreign = store.fact(tracking.VERB_PASSED, store.world.quiz), xapi.facts(verbs=[FOREIGN["verb"]["id"]])[0]
    with translation.override("vi"):
        assert sentence(quiz) == f'Người học {short} đã đạt <span lang="vi">“Kiểm tra”</span>: 8/10'
        assert sentence(foreign).startswith("Người ")
        assert 'của hệ thống khác: tung hứng <span lang="en">“Three balls”</span>' in sentence(foreign)
    with translation.override("en"):
        assert sentence(quiz) == f'Learner {short} passed <span lang="vi">“Kiểm tra”</span>: 8/10'
        assert 'juggled <span lang="en">“Three balls”</span>' in sentence(foreign)


STRANGE: list[dict[str, Any]] = [
    {"object": {"objectType": "Agent", "mbox": "mailto:x@example.org"}},
    {"object": {"id": "http://example.org/%3Cscript%3E", "definition": {"name": {"vi": "<b>đậm</b>"}}}},
    {"object": {"id": "urn:x:y", "definition": {"name": {}}}, "result": {"score": {"raw": 1e300, "max": 1e301}}},
    # A number that no float holds.
    {"result": {"extensions": {"http://example.org/x": Decimal("1e-400")}, "score": {"scaled": Decimal("0.1")}}},
    {"verb": {"id": "http://example.org/%(who)s"}, "result": {"score": {"scaled": -0.33333333333}}},
    {"object": {"objectType": "StatementRef", "id": str(uuid4())}},
    {
        "object": {
            "objectType": "SubStatement",
            "actor": FOREIGN["actor"],
            "verb": FOREIGN["verb"],
            "object": FOREIGN["object"],
        }
    },
]


def test_whatever_a_statement_holds_it_can_be_listed_and_opened(store: Store, operator: Client) -> None:
    statements = [{**FOREIGN, "id": str(uuid4()), **strange} for strange in STRANGE]
    with transaction.atomic():
        recorded = xapi.record(statements, authority=tracking.CLIENT, received_at=T0)
    assert len(listed(operator)) > len(STRANGE)
    for fact in recorded:
        html = operator.get(page_of(fact)).content.decode()
        assert '<script>"' not in html
        assert "<b>đậm" not in html
        assert ("1E-400" in html) is ("extensions" in fact.statement.get("result", {}))


def test_people_are_opaque_in_lists(store: Store, operator: Client) -> None:
    html = operator.get(INDEX).content.decode()
    assert "tung hứng" in html
    for secret in ("Kín", "kin@example.org", "Lan"):
        assert secret not in html


def test_filters_find_what_they_say(store: Store, operator: Client) -> None:
    store.more(2)
    everything = listed(operator)
    assert len(everything) > 8
    lan = listed(operator, person=str(store.lan.actor))
    assert lan == listed(operator, person=store.key)
    assert all(str(store.lan.actor)[:8] in text for text in lan)
    assert len(lan) < len(everything)
    assert len(listed(operator, verb=tracking.VERB_PASSED)) == 2
    task = tracking.activity_iri(store.world.task)
    assert len(listed(operator, activity=task, verb=tracking.VERB_PASSED)) == 1
    # The course groups what is done in it.
    assert len(listed(operator, activity=tracking.course_iri(store.world.course_key))) > 3
    registration = store.fact(tracking.VERB_PASSED, store.world.quiz).registration
    assert len(listed(operator, registration=str(registration))) == 1
    assert len(listed(operator, authority=tracking.OBSERVER, verb=tracking.VERB_PASSED)) == 1
    # What rests on what somebody saw is worth as much.
    assert len(listed(operator, authority=tracking.OBSERVER, verb=tracking.VERB_MASTERED)) == 2
    assert listed(operator, since="01/01/2100") == []
    assert listed(operator, until="01/01/2100") == everything
    assert listed(operator, until="01/01/2020") == []
    assert listed(operator, person="nobody") == []


def test_a_filter_that_cannot_be_is_told_and_nothing_is_looked_for(operator: Client) -> None:
    for asked in (
        {"registration": "x"},
        {"since": "32/1/2026"},
        {"verb": "http://x"},
        # Neither has a time of its own in every zone, or a day after it.
        {"since": "01/01/0001"},
        {"until": "31/12/9999"},
    ):
        answer = operator.get(INDEX, asked)
        assert answer.status_code == 200
        assert list(answer.context["form"].errors) == list(asked)
        assert answer.context["rows"] == []


def test_a_cursor_that_nobody_gave_is_not_found(operator: Client) -> None:
    for cursor in ("-1", "x y", "g" * 5, "f" * 40, "%00"):
        assert operator.get(INDEX, {"sau": cursor}).status_code == 404, cursor


def test_pages_follow_each_other_without_a_gap_and_cost_the_same(store: Store, operator: Client) -> None:
    store.more(110)

    def read(address: str) -> tuple[Any, int]:
        with CaptureQueriesContext(connection) as queries:
            answer = operator.get(address)
        assert "COUNT(" not in "".join(query["sql"].upper() for query in queries if "xapi_statement" in query["sql"])
        return answer.context, len(queries)

    read(INDEX)
    seen: list[str] = []
    address, costs = INDEX, []
    while address:
        context, cost = read(address)
        costs.append(cost)
        seen += [row["url"] for row in context["rows"]]
        address = context["older_url"]
    assert len(costs) > 1
    assert len(set(costs[:-1])) == 1
    assert len(seen) == len(set(seen)) == xapi.Statement.objects.count()
    assert context["newest_url"].rstrip("?") == INDEX
    assert max(costs) <= min(costs) + 1


def looks(client: Any) -> list[tuple[str, str]]:
    looks = AccessLog.objects.filter(user=client.user).order_by("pk")
    return list(looks.values_list("page", "people__members__actor"))


def test_a_look_at_one_person_is_logged_and_a_look_at_all_is_not(store: Store, operator: Client) -> None:
    listed(operator)
    listed(operator, verb=tracking.VERB_PASSED)
    assert looks(operator) == []
    fact = store.fact(tracking.VERB_PASSED, store.world.quiz)
    listed(operator, person=str(store.lan.actor))
    listed(operator, registration=str(fact.registration))
    operator.get(page_of(fact))
    assert looks(operator) == [
        ("statements", store.lan.actor),
        ("statements", store.lan.actor),
        ("statement", store.lan.actor),
    ]
    foreign = xapi.facts(verbs=[FOREIGN["verb"]["id"]])[0]
    operator.get(page_of(foreign))
    operator.get(page_of(foreign))
    (one, two) = looks(operator)[3:]
    assert one == two, "the same stranger is the same person"
    assert one[1] != store.lan.actor


def test_a_statements_page_shows_it_whole(store: Store, operator: Client) -> None:
    fact = store.fact(tracking.VERB_PASSED, store.world.task)
    html = operator.get(page_of(fact)).content.decode()
    for text in (
        str(fact.statement_id),
        str(fact.registration),
        fact.object_id,
        "có người quan sát",
        "&quot;scaled&quot;",
    ):
        assert text in html, text
    assert operator.get(INDEX + f"{uuid4()}/").status_code == 404


def test_voiding_takes_a_statement_out_of_every_result(store: Store, operator: Any) -> None:
    quiz = store.fact(tracking.VERB_PASSED, store.world.quiz)
    assert Result.objects.get(learner=store.lan, activity_key=store.world.quiz).passed_at
    address = page_of(quiz)
    assert operator.post(address, {"reason": ""}).status_code == 200
    assert operator.post(address, {"reason": "because"}).status_code == 200
    assert not store.fact(tracking.VERB_PASSED, store.world.quiz).voided
    # Whose result changes is told first: nobody's, for nobody lives anywhere yet.
    asked = html_of(operator.post(address, {"reason": "wrong-person"}))
    assert "Kết quả của 0 người sẽ thay đổi" in asked and "Chưa lưu gì." in asked
    assert not store.fact(tracking.VERB_PASSED, store.world.quiz).voided
    back = html_of(operator.post(address, {"reason": "wrong-person", "edit": "1"}))
    assert '<option value="wrong-person" selected>' in back
    assert agreed(operator, address, {"reason": "wrong-person"})["Location"] == address
    assert store.fact(tracking.VERB_PASSED, store.world.quiz).voided
    assert list(tracking.check()) == []
    assert not Result.objects.filter(learner=store.lan, activity_key=store.world.quiz).exists()
    voidings = xapi.facts(verbs=[VERB_VOIDED])
    (voiding,) = (fact for fact in voidings if fact.voids == quiz.statement_id)
    # The course and two competencies rested on it; another of them is shown by the task too.
    others = [xapi.get(fact.voids) for fact in voidings if fact.voids not in (None, quiz.statement_id)]
    assert sorted(fact.verb.rsplit("/", 1)[1] for fact in others if fact) == ["completed", "mastered", "mastered"]
    assert voiding.statement["context"]["extensions"] == {extension_iri("reason"): "wrong-person"}
    assert tracking.actor_uuid(voiding.actor_key) is not None
    assert "van-hanh" not in voiding.body.decode()
    entry = ModelLogEntry.objects.get(content_type__model="statement")
    assert (entry.user, entry.data, entry.label) == (operator.user, {"voided": "wrong-person"}, str(quiz.statement_id))
    html = operator.get(address).content.decode()
    assert "ghi cho nhầm người" in html
    assert page_of(voiding) in html
    # Once is enough, and a voiding stays.
    for again in (address, page_of(voiding)):
        operator.post(again, {"reason": "trial"})
    assert len(xapi.facts(verbs=[VERB_VOIDED])) == 4
    assert len(listed(operator, shown="voided")) == 4
    rows = operator.get(INDEX, {"shown": "voided"}).context["rows"]
    assert "đã đạt “Kiểm tra”" in re.sub(r"<[^>]+>", "", str(rows[-1]["about"]))
    assert all(str(row["sentence"]).startswith("Hệ thống vô hiệu hóa") for row in rows[:-1])


def test_an_operators_voiding_takes_force_whatever_the_statement_is_worth(store: Store, operator: Client) -> None:
    for trust in (xapi.Trust.CLIENT_REPORTED, xapi.Trust.SERVER_GRADED, xapi.Trust.OBSERVED):
        xapi.ensure_authority(f"foreign-{trust}", agent=xapi.account_actor("https://x.example", "a"), trust=trust)
        statement = {**FOREIGN, "id": str(uuid4())}
        with transaction.atomic():
            (fact,) = xapi.record([statement], authority=f"foreign-{trust}", received_at=T0 + timedelta(days=1))
        agreed(operator, page_of(fact), {"reason": "trial"})
        found = xapi.get(fact.statement_id)
        assert found is not None
        assert found.voided, trust


def test_an_official_confirmation_is_voided_by_a_superuser_only(store: Store, operator: Client) -> None:
    statement = {**FOREIGN, "id": str(uuid4())}
    with transaction.atomic():
        (fact,) = xapi.record([statement], authority=tracking.CONFIRMER, received_at=T0)
    operator.post(page_of(fact), {"reason": "trial"})
    assert xapi.facts(verbs=[VERB_VOIDED]) == []
    assert "chính thức" in operator.get(page_of(fact)).content.decode()
    agreed(signed_in("chu", superuser=True), page_of(fact), {"reason": "trial"})
    found = xapi.get(fact.statement_id)
    assert found is not None
    assert found.voided


def test_a_taken_id_is_told_to_the_operators(store: Store, operator: Client) -> None:
    address = reverse("statements:index")
    assert "nội dung nằm dưới mã đó" not in operator.get(address).content.decode()
    there, made = store.fact(tracking.VERB_PASSED, store.world.quiz), store.fact(tracking.VERB_PASSED, store.world.task)
    TakenId.objects.create(
        statement_id=there.statement_id, recorded_as=made.statement_id, authority="lrs-ke-la", found_at=T0
    )
    html = operator.get(address).content.decode()
    assert "nội dung nằm dưới mã đó" in html and "lrs-ke-la" in html
    assert page_of(there) in html and page_of(made) in html


def test_an_empty_ledger_says_so() -> None:
    html = signed_in("van-hanh").get(INDEX).content.decode()
    assert "Chưa có bản ghi nào" in html
