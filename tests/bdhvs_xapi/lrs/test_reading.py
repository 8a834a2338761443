"""xAPI 1.0.3 Part Three, 2.1.3, 2.1.4 and Part Two, 2.5 (IEEE 9274.1.1, 4.1.6.1): GET of statements."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.bdhvs_xapi.lrs.support import (
    ACTIVITY,
    AGENT,
    HOME,
    OTHER,
    ROOT,
    Lrs,
    new_lrs,
    problems,
    reference,
    statement,
    voiding,
)
from tests.support.loops import for_each

pytestmark = pytest.mark.database

THROUGH = "X-Experience-API-Consistent-Through"
GROUP = {"objectType": "Group", "name": "Tổ 3", "member": [AGENT, {"mbox": "mailto:an@example.vn", "name": "An"}]}
REGISTRATION = "ec531277-b57b-4c15-8d91-d292c5b2b8f7"


def sub_statement(**changes: Any) -> dict[str, Any]:
    return {
        "objectType": "SubStatement",
        "actor": OTHER,
        "verb": {"id": f"{HOME}/v"},
        "object": {"id": f"{HOME}/x"},
        **changes,
    }


# --- one statement ---------------------------------------------------------------------------------------------------


def test_part3_2_1_3_one_statement_by_its_id(lrs: Lrs) -> None:
    sent = statement()
    lrs.send(sent, statement())
    response = lrs.get("statements", statementId=sent["id"])
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert {name: response.json()[name] for name in sent} == sent
    assert lrs.get("statements", statementId=sent["id"].upper()).status_code == 200


@pytest.mark.parametrize("name", ["statementId", "voidedStatementId"])
def test_part3_2_1_3_an_unknown_id_is_404(lrs: Lrs, name: str) -> None:
    assert lrs.get("statements", **{name: str(uuid4())}).status_code == 404


@for_each("name", ["statementId", "voidedStatementId"])
@for_each("value", ["", "x", "6690e6c9"])
def test_part3_2_1_3_an_id_that_is_no_uuid_is_400(lrs: Lrs, name: str, value: str) -> None:
    response = lrs.get("statements", **{name: value})
    assert (response.status_code, problems(response)) == (400, [name])


def test_part3_2_1_3_both_ids_are_400(lrs: Lrs) -> None:
    [sent] = lrs.send(statement())
    assert lrs.get("statements", statementId=sent, voidedStatementId=sent).status_code == 400


FILTERS: dict[str, Any] = {
    "agent": AGENT,
    "verb": f"{HOME}/v",
    "activity": ACTIVITY,
    "registration": REGISTRATION,
    "related_activities": "true",
    "related_agents": "true",
    "since": "2020-01-01T00:00:00Z",
    "until": "2020-01-01T00:00:00Z",
    "limit": "1",
    "ascending": "true",
}


@for_each("name", FILTERS)
@for_each("by", ["statementId", "voidedStatementId"])
def test_part3_2_1_3_an_id_with_a_filter_is_400(lrs: Lrs, by: str, name: str) -> None:
    [sent] = lrs.send(statement())
    response = lrs.get("statements", **{by: sent, name: FILTERS[name]})
    assert (response.status_code, problems(response)) == (400, [name])


@pytest.mark.parametrize("by", ["statementId", "voidedStatementId"])
def test_part3_2_1_3_an_id_with_format_and_attachments_is_answered(lrs: Lrs, by: str) -> None:
    [sent] = lrs.send(statement())
    if by == "voidedStatementId":
        lrs.send(voiding(sent))
    assert lrs.get("statements", **{by: sent}, format="ids", attachments="false").json()["id"] == sent
    assert lrs.get("statements", **{by: sent}, attachments="true").headers["Content-Type"].startswith("multipart/mixed")


def test_part3_2_1_3_last_modified_is_when_it_was_stored(lrs: Lrs) -> None:
    [sent] = lrs.send(statement())
    response = lrs.get("statements", statementId=sent)
    stored = datetime.fromisoformat(response.json()["stored"])
    assert parsedate_to_datetime(response.headers["Last-Modified"]) == stored.replace(microsecond=0)


# --- lists -----------------------------------------------------------------------------------------------------------


def test_part3_2_1_3_nothing_found_is_200_and_an_empty_list(lrs: Lrs) -> None:
    for params in ({}, {"verb": f"{HOME}/nothing"}, {"agent": OTHER}, {"since": "2099-01-01T00:00:00Z"}):
        response = lrs.get("statements", **params)
        assert (response.status_code, response.json()) == (200, {"statements": [], "more": ""})


def test_part3_2_1_3_newest_first_or_oldest(lrs: Lrs) -> None:
    sent = [lrs.send(statement())[0] for _ in range(3)]
    assert lrs.listed() == lrs.listed(ascending="false") == sent[::-1]
    assert lrs.listed(ascending="true") == sent


@for_each("name", FILTERS)
@for_each("value", ["", "nonsense"])
def test_part3_2_1_3_a_value_of_the_wrong_kind_is_400(lrs: Lrs, name: str, value: str) -> None:
    response = lrs.get("statements", **{name: value})
    assert response.status_code == 400
    assert problems(response)[0].startswith(name)


@for_each("name", ["related_activities", "related_agents", "ascending", "attachments"])
@for_each("value", ["True", "1", "yes", "null", '"true"'])
def test_part3_2_1_3_booleans_are_true_or_false(lrs: Lrs, name: str, value: str) -> None:
    assert lrs.get("statements", **{name: value}).status_code == 400


@for_each("value", ["-1", "1.5", "1e2", "+1", "٣", "9" * 19])
def test_part3_2_1_3_limit_is_a_nonnegative_integer(lrs: Lrs, value: str) -> None:
    assert lrs.get("statements", limit=value).status_code == 400


@pytest.mark.parametrize(
    "agent",
    [
        "x",
        "{}",
        "[]",
        '"mailto:a@example.vn"',
        '{"mbox": "a@example.vn"}',
        '{"mbox": "mailto:a@example.vn", "openid": "https://a.example.vn"}',
        '{"objectType": "Group", "member": [{"mbox": "mailto:a@example.vn"}]}',
        '{"objectType": "Person", "mbox": "mailto:a@example.vn"}',
        '{"account": {"homePage": "https://a.example.vn"}}',
        '{"mbox": "mailto:a@example.vn", "foo": 1}',
        '{"name": "\\u0000", "mbox": "mailto:a@example.vn"}',
        '{"mbox": "mailto:a@example.vn"',
    ],
)
def test_part3_2_1_3_the_agent_is_an_identified_agent_or_group_as_json(lrs: Lrs, agent: str) -> None:
    response = lrs.get("statements", agent=agent)
    assert response.status_code == 400
    assert problems(response)[0].startswith("agent")


def test_part3_2_1_3_agent_is_actor_or_object(lrs: Lrs) -> None:
    [as_actor] = lrs.send(statement())
    [as_object] = lrs.send(statement(actor=OTHER, object=AGENT))
    lrs.send(statement(actor=OTHER), statement(actor=OTHER, context={"instructor": AGENT}))
    assert lrs.listed(agent=AGENT) == [as_object, as_actor]


def test_part3_2_1_3_agents_are_equal_by_their_identifier(lrs: Lrs) -> None:
    [sent] = lrs.send(statement(actor={**AGENT, "name": "An"}))
    assert lrs.listed(agent={"name": "Another", "account": AGENT["account"]}) == [sent]


@for_each(
    "agent",
    [
        {"mbox": "mailto:a@example.vn"},
        {"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"},
        {"openid": "https://id.example.vn/a"},
        {"account": {"homePage": HOME, "name": "chữ|có|gạch"}},
        {"objectType": "Group", "mbox": "mailto:g@example.vn"},
    ],
)
def test_part3_2_1_3_every_kind_of_identifier_finds(lrs: Lrs, agent: dict[str, Any]) -> None:
    [sent] = lrs.send(statement(actor=agent))
    lrs.send(statement())
    assert lrs.listed(agent=agent) == [sent]


def test_part3_2_1_3_a_group_is_found_by_its_members(lrs: Lrs) -> None:
    [anonymous] = lrs.send(statement(actor=GROUP))
    [identified] = lrs.send(statement(actor={**GROUP, "mbox": "mailto:g@example.vn"}))
    assert lrs.listed(agent=AGENT) == [identified, anonymous]


def test_part3_2_1_3_verb_activity_and_registration(lrs: Lrs) -> None:
    [one] = lrs.send(statement(verb={"id": f"{HOME}/v"}))
    [two] = lrs.send(statement(object={"id": f"{HOME}/a"}))
    [three] = lrs.send(statement(context={"registration": REGISTRATION}))
    assert lrs.listed(verb=f"{HOME}/v") == [one]
    assert lrs.listed(activity=f"{HOME}/a") == [two]
    assert lrs.listed(registration=REGISTRATION) == lrs.listed(registration=REGISTRATION.upper()) == [three]


def test_part3_2_1_3_filters_hold_together(lrs: Lrs) -> None:
    both = {"verb": {"id": f"{HOME}/v"}, "context": {"registration": REGISTRATION}}
    [sent] = lrs.send(statement(**both))
    lrs.send(statement(verb=both["verb"]), statement(context=both["context"]), statement(**both, actor=OTHER))
    assert lrs.listed(verb=f"{HOME}/v", registration=REGISTRATION, agent=AGENT, activity=ACTIVITY) == [sent]


@for_each("place", ["parent", "grouping", "category", "other"])
def test_part3_2_1_3_related_activities_are_the_contexts_too(lrs: Lrs, place: str) -> None:
    related = {"contextActivities": {place: [{"id": f"{HOME}/course"}]}}
    [sent] = lrs.send(statement(context=related))
    [inside] = lrs.send(statement(object=sub_statement(context=related)))
    [about] = lrs.send(statement(object=sub_statement(object={"id": f"{HOME}/course"})))
    lrs.send(statement())
    assert (
        lrs.listed(activity=f"{HOME}/course") == lrs.listed(activity=f"{HOME}/course", related_activities="false") == []
    )
    assert lrs.listed(activity=f"{HOME}/course", related_activities="true") == [about, inside, sent]


def test_part3_2_1_3_related_agents_are_instructor_team_sub_statement_and_authority(lrs: Lrs) -> None:
    wanted = {"mbox": "mailto:w@example.vn"}
    team = {"objectType": "Group", "member": [wanted]}
    sent = [
        lrs.send(made)[0]
        for made in (
            statement(context={"instructor": wanted}),
            statement(context={"team": team}),
            statement(object=sub_statement(actor=wanted)),
            statement(object=sub_statement(object={"objectType": "Agent", **wanted})),
            statement(object=sub_statement(context={"instructor": wanted})),
            statement(object=sub_statement(context={"team": team})),
        )
    ]
    lrs.send(statement())
    assert lrs.listed(agent=wanted) == []
    assert lrs.listed(agent=wanted, related_agents="true") == sent[::-1]
    authority = {"account": {"homePage": HOME, "name": lrs.key}}
    assert lrs.listed(agent=authority) == []
    assert len(lrs.listed(agent=authority, related_agents="true")) == 7


def test_part3_2_1_3_since_is_exclusive_and_until_inclusive(lrs: Lrs) -> None:
    sent = [lrs.send(statement())[0] for _ in range(3)]
    times = [lrs.get("statements", statementId=each).json()["stored"] for each in sent]
    assert lrs.listed(since=times[1]) == [sent[2]]
    assert lrs.listed(until=times[1]) == [sent[1], sent[0]]
    assert lrs.listed(since=times[0], until=times[1]) == [sent[1]]


def test_part3_2_1_3_any_time_may_be_asked_for(lrs: Lrs) -> None:
    sent = lrs.send(statement())
    for early in ("0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z"):
        assert (lrs.listed(since=early), lrs.listed(until=early)) == (sent, [])
    for late in ("9999-12-31T23:59:59.999999Z", "2300-01-01T00:00:00Z"):
        assert (lrs.listed(since=late), lrs.listed(until=late)) == ([], sent)


def test_part3_2_1_3_limit_and_more(lrs: Lrs) -> None:
    sent = [lrs.send(statement())[0] for _ in range(5)]
    response = lrs.get("statements", limit=2)
    result = response.json()
    assert [each["id"] for each in result["statements"]] == [sent[4], sent[3]]
    parts = urlsplit(result["more"])
    assert (parts.scheme, parts.netloc, parts.path.startswith(f"{ROOT}statements/more/")) == ("", "", True)
    for ascending in ("true", "false"):
        assert lrs.listed(limit=2, ascending=ascending) == lrs.listed(ascending=ascending)
    assert lrs.get("statements", limit=5).json()["more"] == ""


def test_part3_2_1_3_limit_0_is_what_the_server_allows(lrs: Lrs, settings: Any) -> None:
    settings.BDHVS_XAPI_PAGE_SIZE = 3
    lrs.send(*(statement() for _ in range(5)))
    for limit in (0, 4, 1000):
        assert len(lrs.get("statements", limit=limit).json()["statements"]) == 3
    assert len(lrs.listed()) == 5


def test_part2_2_5_a_more_link_keeps_filters_form_and_order(lrs: Lrs) -> None:
    lrs.send(*(statement(actor=actor) for actor in (AGENT, OTHER) * 3))
    response = lrs.get("statements", agent=AGENT, limit=1, format="ids", ascending="true")
    seen = []
    while True:
        result = response.json()
        seen += result["statements"]
        if not result["more"]:
            break
        response = lrs.get(result["more"])
    assert [each["actor"]["account"] for each in seen] == [AGENT["account"]] * 3
    assert all("display" not in each["verb"] for each in seen)


def test_part2_2_5_a_more_link_is_steady_while_others_write(lrs: Lrs) -> None:
    sent = [lrs.send(statement())[0] for _ in range(4)]
    first = lrs.get("statements", limit=2).json()
    lrs.send(statement())
    lrs.send(voiding(sent[1]))
    second = lrs.get(first["more"]).json()
    assert [each["id"] for each in second["statements"]] == [sent[0]]


def test_part2_2_5_a_more_link_takes_no_parameters(lrs: Lrs) -> None:
    lrs.send(statement(), statement())
    more = lrs.get("statements", limit=1).json()["more"]
    assert lrs.get(f"{more}?limit=1").status_code == 400


@for_each("token", ["x", "a:b", "eyJ9:x:y", "%00", "." * 500])
def test_part2_2_5_a_link_that_nobody_gave_is_400(lrs: Lrs, token: str) -> None:
    assert lrs.get(f"{ROOT}statements/more/{token}").status_code == 400


def test_part2_2_5_a_changed_link_is_400(lrs: Lrs) -> None:
    lrs.send(statement(), statement())
    more = lrs.get("statements", limit=1).json()["more"]
    assert lrs.get(more[:-1] + ("A" if more[-1] != "A" else "B")).status_code == 400


def test_part2_2_5_another_credentials_link_is_400(lrs: Lrs) -> None:
    lrs.send(statement(), statement())
    more = lrs.get("statements", limit=1).json()["more"]
    assert new_lrs("all", version=lrs.version).get(more).status_code == 400


# --- StatementRefs and voiding ---------------------------------------------------------------------------------------


def test_part3_2_1_3_a_reference_meets_what_its_target_meets(lrs: Lrs) -> None:
    [target] = lrs.send(
        statement(
            verb={"id": f"{HOME}/v"},
            object={"id": f"{HOME}/a"},
            context={"registration": REGISTRATION, "contextActivities": {"parent": [{"id": f"{HOME}/p"}]}},
        )
    )
    [ref] = lrs.send(reference(target))
    lrs.send(statement(actor=OTHER), reference(str(uuid4())))
    for params in (
        {"agent": AGENT},
        {"verb": f"{HOME}/v"},
        {"activity": f"{HOME}/a"},
        {"registration": REGISTRATION},
        {"activity": f"{HOME}/p", "related_activities": "true"},
    ):
        assert lrs.listed(**params) == [ref, target], params


def test_part3_2_1_3_references_are_followed_through_chains_in_any_order(lrs: Lrs) -> None:
    a, b, c = (str(uuid4()) for _ in range(3))
    lrs.send(reference(b, id=a))
    lrs.send(statement(id=c, verb={"id": f"{HOME}/v"}))
    lrs.send(reference(c, id=b))
    assert set(lrs.listed(verb=f"{HOME}/v")) == {a, b, c}


def test_part3_2_1_3_time_and_limit_are_of_the_reference_itself(lrs: Lrs) -> None:
    [target] = lrs.send(statement(verb={"id": f"{HOME}/v"}))
    time = lrs.get("statements", statementId=target).json()["stored"]
    [ref] = lrs.send(reference(target))
    assert lrs.listed(verb=f"{HOME}/v", since=time) == [ref]
    assert lrs.listed(verb=f"{HOME}/v", until=time) == [target]


def test_part3_2_1_3_a_reference_in_the_context_is_not_followed(lrs: Lrs) -> None:
    [target] = lrs.send(statement(verb={"id": f"{HOME}/v"}))
    lrs.send(statement(context={"statement": {"objectType": "StatementRef", "id": target}}))
    assert lrs.listed(verb=f"{HOME}/v") == [target]


def test_part3_2_1_4_a_voided_statement_is_in_no_list_and_what_targets_it_is(lrs: Lrs) -> None:
    [target] = lrs.send(statement(verb={"id": f"{HOME}/v"}))
    [ref] = lrs.send(reference(target))
    [void] = lrs.send(voiding(target))
    assert lrs.listed() == lrs.listed(verb=f"{HOME}/v") == lrs.listed(agent=AGENT) == [void, ref]


# --- format ----------------------------------------------------------------------------------------------------------

TEXTS = {"en": "A quiz", "vi": "Bài kiểm tra", "fr-CA": "Un quiz"}


def full() -> dict[str, Any]:
    definition = {
        "name": TEXTS,
        "description": TEXTS,
        "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
        "interactionType": "choice",
        "choices": [{"id": "a", "description": TEXTS}],
    }
    return statement(
        actor={**GROUP, "mbox": "mailto:g@example.vn"},
        verb={"id": f"{HOME}/v", "display": TEXTS},
        object={"objectType": "Activity", "id": ACTIVITY, "definition": definition},
        context={"instructor": {**OTHER, "name": "Lan"}},
    )


def test_part3_2_1_3_format_ids_has_only_what_identifies(lrs: Lrs) -> None:
    sent = full()
    lrs.send(sent)
    for found in (
        lrs.get("statements", statementId=sent["id"], format="ids").json(),
        lrs.get("statements", format="ids").json()["statements"][0],
    ):
        assert found["actor"] == {"objectType": "Group", "mbox": "mailto:g@example.vn"}
        assert found["verb"] == {"id": f"{HOME}/v"}
        assert found["object"] == {"objectType": "Activity", "id": ACTIVITY}
        assert found["context"]["instructor"] == {"mbox": OTHER["mbox"]}
        assert found["authority"].keys() == {"account"}


def test_part3_2_1_3_format_ids_says_of_a_group_that_it_is_one_wherever_it_stands(lrs: Lrs) -> None:
    """Without its type it would be read as an agent (XAPI-00171). An agent's is left out, as everywhere."""
    group = {"objectType": "Group", "account": {"homePage": HOME, "name": "lop-3"}}
    named = {**group, "name": "Lớp 3", "member": [AGENT]}
    within = {"actor": named, "verb": {"id": f"{HOME}/v"}, "context": {"instructor": named, "team": named}}
    target = {"objectType": "SubStatement", **within, "object": named}
    [sent] = lrs.send(statement(**within, object=target))
    found = lrs.get("statements", statementId=sent, format="ids").json()
    ids = {**within, "actor": group, "context": {"instructor": group, "team": group}}
    assert found["object"] == {"objectType": "SubStatement", **ids, "object": group}
    assert {name: found[name] for name in ids} == ids
    [sent] = lrs.send(statement(context={"instructor": {"objectType": "Agent", **OTHER}}))
    assert lrs.get("statements", statementId=sent, format="ids").json()["context"]["instructor"] == {
        "mbox": OTHER["mbox"]
    }


def test_part3_2_1_3_format_ids_of_an_agent_as_object_says_that_it_is_one(lrs: Lrs) -> None:
    """Everywhere else the place says so; an object without a type is an activity."""
    [sent] = lrs.send(statement(object={**OTHER, "name": "Lan"}))
    assert lrs.get("statements", statementId=sent, format="ids").json()["object"] == OTHER


def test_part3_2_1_3_format_ids_keeps_the_members_of_an_anonymous_group(lrs: Lrs) -> None:
    [sent] = lrs.send(statement(actor=GROUP))
    found = lrs.get("statements", statementId=sent, format="ids").json()
    assert found["actor"] == {
        "objectType": "Group",
        "member": [{"account": AGENT["account"]}, {"mbox": "mailto:an@example.vn"}],
    }


def test_part3_2_1_3_format_exact_is_the_default_and_as_received(lrs: Lrs) -> None:
    sent = full()
    lrs.send(sent)
    exact = lrs.get("statements", statementId=sent["id"], format="exact")
    assert {name: exact.json()[name] for name in sent} == sent
    assert lrs.get("statements", statementId=sent["id"]).content == exact.content


@for_each(
    ("header", "tag"),
    [
        ("vi", "vi"),
        ("en;q=0.5, vi;q=0.9", "vi"),
        ("en-US, vi;q=0.1", "en"),
        ("fr", "fr-CA"),
        ("de, *", "en"),
        ("", "en"),
        ("vi;q=0, en", "en"),
        (";;;q=x,,", "en"),
    ],
)
def test_part3_2_1_3_format_canonical_has_one_language_by_accept_language(lrs: Lrs, header: str, tag: str) -> None:
    sent = full()
    lrs.send(sent)
    response = lrs.get("statements", {"Accept-Language": header}, statementId=sent["id"], format="canonical")
    one = {tag: TEXTS[tag]}
    found = response.json()
    definition = found["object"]["definition"]
    assert (found["verb"]["display"], definition["name"], definition["description"]) == (one, one, one)
    assert definition["choices"] == [{"id": "a", "description": one}]
    assert found["actor"] == sent["actor"]


def test_part3_2_1_3_format_canonical_has_the_definition_known_to_the_store(lrs: Lrs) -> None:
    [first] = lrs.send(statement(object={"id": ACTIVITY, "definition": {"name": {"en": "Old"}}}))
    lrs.send(statement(object={"id": ACTIVITY, "definition": {"name": {"en": "New"}, "moreInfo": f"{HOME}/i"}}))
    found = lrs.get("statements", statementId=first, format="canonical").json()["object"]["definition"]
    assert (found["name"], found["moreInfo"]) == ({"en": "New"}, f"{HOME}/i")
    exact = lrs.get("statements", statementId=first).json()["object"]["definition"]
    assert exact == {"name": {"en": "Old"}}
    within = sub_statement(object={"id": ACTIVITY})
    [second] = lrs.send(statement(object=within))
    found = lrs.get("statements", statementId=second, format="canonical").json()["object"]["object"]["definition"]
    assert found["name"] == {"en": "New"}, "of a SubStatement too"


@for_each("form", ["", "Exact", "id", "full"])
def test_part3_2_1_3_another_format_is_400(lrs: Lrs, form: str) -> None:
    response = lrs.get("statements", format=form)
    assert (response.status_code, problems(response)) == (400, ["format"])


# --- X-Experience-API-Consistent-Through -----------------------------------------------------------------------------


def test_part3_2_1_3_consistent_through_is_on_every_answer(lrs: Lrs) -> None:
    [sent] = lrs.send(statement())
    lrs.send(statement())
    responses = [
        lrs.get("statements"),
        lrs.get("statements", statementId=sent),
        lrs.get("statements", statementId=str(uuid4())),
        lrs.get(lrs.get("statements", limit=1).json()["more"]),
        lrs.get("statements", attachments="true"),
        lrs.head("statements"),
        lrs.post("statements", statement()),
        lrs.post("statements", {}),
        lrs.put("statements", statement(id=None), statementId=str(uuid4())),
        lrs.put("statements", statement()),
        lrs.get("statements", {"Authorization": None}),
        lrs.get("statements", {"X-Experience-API-Version": None}),
        lrs.request("DELETE", "statements"),
    ]
    assert [each.status_code for each in responses] == [200, 200, 404, 200, 200, 200, 200, 400, 204, 400, 401, 400, 405]
    for response in responses:
        assert response.headers[THROUGH].endswith("Z")
        assert datetime.fromisoformat(response.headers[THROUGH]) <= datetime.now(UTC)


def test_consistent_through_is_on_no_other_resource(lrs: Lrs) -> None:
    assert THROUGH not in lrs.get("about").headers
