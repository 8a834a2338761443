"""Every resource × method × scope: what a credential may do (xAPI 1.0.3 Part Three, 4.2)."""

from __future__ import annotations

from typing import Any

import pytest

from bdhvs_xapi import api
from tests.bdhvs_xapi.lrs.support import ACTIVITY, AGENT, BOTH, new_lrs, statement
from tests.support.loops import for_each

ALL = {"all"}
READ_STATEMENTS = {"statements/read/mine", "statements/read", "all/read", "all"}
DEFINITIONS = {"statements/read", "all/read", "all"}
PEOPLE = {"statements/read/mine", "statements/read", "state", "profile", "all/read", "all"}
ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"

# (method, resource): (parameters, content, scopes that open it).
RIGHTS: dict[tuple[str, str], tuple[dict[str, Any], Any, set[str]]] = {
    ("GET", "statements"): ({}, b"", READ_STATEMENTS),
    ("HEAD", "statements"): ({}, b"", READ_STATEMENTS),
    ("PUT", "statements"): ({"statementId": ID}, statement(id=None), {"statements/write", "all"}),
    ("POST", "statements"): ({}, statement(id=None), {"statements/write", "all"}),
    ("GET", "activities"): ({"activityId": ACTIVITY}, b"", DEFINITIONS),
    ("HEAD", "activities"): ({"activityId": ACTIVITY}, b"", DEFINITIONS),
    ("GET", "agents"): ({"agent": AGENT}, b"", PEOPLE),
    ("HEAD", "agents"): ({"agent": AGENT}, b"", PEOPLE),
}
for _resource, _scope, _params in (
    ("activities/state", "state", {"activityId": ACTIVITY, "agent": AGENT, "stateId": "s"}),
    ("activities/profile", "profile", {"activityId": ACTIVITY, "profileId": "p"}),
    ("agents/profile", "profile", {"agent": AGENT, "profileId": "p"}),
):
    for _method in ("GET", "HEAD"):
        RIGHTS[_method, _resource] = (_params, b"", {_scope, "all/read", "all"})
    for _method in ("PUT", "POST", "DELETE"):
        RIGHTS[_method, _resource] = (_params, {"a": 1}, {_scope, "all"})


def test_the_table_is_whole() -> None:
    from bdhvs_xapi.lrs.endpoint import RESOURCES

    there = {
        (method, name)
        for name, resource in RESOURCES.items()
        for method in ("GET", "HEAD", "PUT", "POST", "DELETE")
        if hasattr(resource, "get" if method == "HEAD" else method.lower()) and name != "about"
    }
    assert set(RIGHTS) == there


@pytest.mark.django_db
@for_each("version", BOTH)
@for_each("scope", api.Scope)
def test_what_a_scope_opens_and_what_it_does_not(scope: str, version: str) -> None:
    full, lrs = new_lrs("all", version=version), new_lrs(scope, version=version)
    found = {}
    for (method, resource), (params, content, _) in RIGHTS.items():
        if method in ("GET", "HEAD") and "/" in resource:
            full.put(resource, {}, {"If-None-Match": "*"}, **params)
        headers = {"If-None-Match": "*"} if method == "PUT" and "/" in resource else None
        if method == "PUT":
            full.delete(resource, **params)
        status = lrs.request(method, resource, params, content, headers=headers).status_code
        found[method, resource] = status
    opened = {call for call, status in found.items() if status in (200, 204)}
    assert opened == {call for call, (_, _, scopes) in RIGHTS.items() if scope in scopes}
    assert {status for call, status in found.items() if call not in opened} <= {403}


@pytest.mark.django_db
def test_a_refusal_names_what_is_missing() -> None:
    response = new_lrs("state").post("statements", statement())
    assert response.json()["error"] == "this credential lacks the scope statements/write or all"


@pytest.mark.django_db
def test_who_may_not_is_told_so_before_anything_is_read_or_written() -> None:
    lrs = new_lrs("statements/read/mine")
    assert lrs.post("statements", b"nonsense").status_code == 403
    assert lrs.put("activities/state", {"a": 1}, activityId=ACTIVITY, agent=AGENT, stateId="s").status_code == 403
    assert new_lrs().get("activities/state", activityId=ACTIVITY, agent=AGENT).json() == []


@pytest.mark.django_db
def test_scopes_add_up() -> None:
    lrs = new_lrs("statements/write", "statements/read/mine")
    [sent] = lrs.send(statement())
    assert lrs.listed() == [sent]


@pytest.mark.django_db
def test_a_more_link_asks_for_the_scope_again() -> None:
    lrs = new_lrs("statements/write", "statements/read")
    lrs.send(statement(), statement())
    more = lrs.get("statements", limit=1).json()["more"]
    api.Credential.objects.filter(key=lrs.key).update(scopes="statements/write")
    assert lrs.get(more).status_code == 403
