"""Rates: tokens of a bucket, by credential and by address (xAPI 1.0.3 Part Three, 3.2: 429)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from bdhvs_xapi.lrs import limits
from bdhvs_xapi.lrs.limits import Buckets
from bdhvs_xapi.store import query
from tests.bdhvs_xapi.lrs.support import Lrs, new_lrs, statement


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_is_full_empties_and_fills_again_within_a_minute() -> None:
    clock = Clock()
    buckets = Buckets(clock)
    assert [buckets.take("a", 60) for _ in range(60)] == [0.0] * 60
    assert buckets.take("a", 60) == pytest.approx(1.0)
    assert buckets.take("b", 60) == 0.0
    clock.now = 0.5
    assert buckets.take("a", 60) == pytest.approx(0.5)
    clock.now = 1.1
    assert [buckets.take("a", 60) > 0 for _ in range(2)] == [False, True]
    clock.now = 1_000
    assert [buckets.take("a", 60) > 0 for _ in range(61)] == [False] * 60 + [True]


def test_zero_is_no_limit() -> None:
    buckets = Buckets(Clock())
    assert [buckets.take("a", 0) for _ in range(100)] == [0.0] * 100


def test_buckets_do_not_pile_up() -> None:
    buckets = Buckets(Clock())
    for number in range(limits._MAX_BUCKETS + 500):
        buckets.take(str(number), 60)
    assert len(buckets._filled) == limits._MAX_BUCKETS


def test_part3_3_2_too_many_requests_of_a_credential_are_429(lrs: Lrs, settings: Any) -> None:
    settings.BDHVS_XAPI_REQUESTS_PER_MINUTE = 3
    other = new_lrs(version=lrs.version)
    assert [lrs.post("statements", statement()).status_code for _ in range(4)] == [200, 200, 200, 429]
    response = lrs.get("statements")
    assert (response.status_code, 1 <= int(response.headers["Retry-After"]) <= 60) == (429, True)
    assert response.json()["error"] == "too many requests with this credential"
    assert other.get("statements").status_code == 200
    settings.BDHVS_XAPI_REQUESTS_PER_MINUTE = 0
    assert lrs.get("statements").status_code == 200


def test_refused_sign_ins_of_an_address_are_429_and_right_ones_pass(lrs: Lrs, settings: Any) -> None:
    settings.BDHVS_XAPI_FAILURES_PER_MINUTE = 2
    wrong = replace(lrs, secret="wrong")
    assert [wrong.get("statements").status_code for _ in range(3)] == [401, 401, 429]
    assert int(wrong.get("statements").headers["Retry-After"]) >= 1
    assert lrs.get("statements").status_code == 200
    elsewhere = replace(wrong, client=Client(REMOTE_ADDR="192.0.2.9"))
    assert elsewhere.get("statements").status_code == 401


def test_asking_without_credentials_is_no_guess(lrs: Lrs, settings: Any) -> None:
    settings.BDHVS_XAPI_FAILURES_PER_MINUTE = 1
    for _ in range(3):
        assert lrs.get("statements", {"Authorization": None}).status_code == 401


@pytest.mark.parametrize(
    ("meta", "header", "address"),
    [
        ({"REMOTE_ADDR": "192.0.2.1"}, "", "192.0.2.1"),
        ({"REMOTE_ADDR": "2001:db8:1:2:3::4"}, "", "2001:db8:1:2::/64"),
        ({"REMOTE_ADDR": "::ffff:192.0.2.1"}, "", "192.0.2.1"),
        (
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 192.0.2.7"},
            "HTTP_X_FORWARDED_FOR",
            "192.0.2.7",
        ),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6"}, "", "127.0.0.1"),
        ({"REMOTE_ADDR": "127.0.0.1"}, "HTTP_X_FORWARDED_FOR", ""),
        ({"REMOTE_ADDR": "nonsense"}, "", ""),
    ],
)
def test_the_address_is_the_one_that_our_own_proxy_saw(
    meta: dict[str, str], header: str, address: str, settings: Any
) -> None:
    settings.BDHVS_XAPI_CLIENT_ADDRESS_HEADER = header
    assert limits.address_of(meta) == address


def test_of_two_proxies_of_ours_the_outer_one_saw_the_visitor(settings: Any) -> None:
    settings.BDHVS_XAPI_CLIENT_ADDRESS_HEADER, settings.BDHVS_XAPI_TRUSTED_PROXIES = "HTTP_X_FORWARDED_FOR", 2
    assert limits.address_of({"HTTP_X_FORWARDED_FOR": "6.6.6.6, 192.0.2.7, 10.0.0.1"}) == "192.0.2.7"
    assert limits.address_of({"HTTP_X_FORWARDED_FOR": "192.0.2.7"}) == "192.0.2.7"


@pytest.mark.parametrize("ascending", ["true", "false"])
def test_a_page_ends_with_the_statement_that_fills_it(
    lrs: Lrs, monkeypatch: pytest.MonkeyPatch, ascending: str
) -> None:
    """A page of the largest statements would be hundreds of megabytes, several times over."""
    sizes = [3_000, 100, 3_000, 3_000, 9_000, 100, 100]
    sent = [statement(result={"response": "x" * size}) for size in sizes]
    assert lrs.post("statements", sent).status_code == 200
    monkeypatch.setattr(query, "PAGE_BYTES", 6_000)
    answer = lrs.get("statements", ascending=ascending).json()
    pages = [answer["statements"]]
    while answer["more"]:
        answer = lrs.get(answer["more"].split("/xapi/")[1]).json()
        pages.append(answer["statements"])
    found = [len(each["result"]["response"]) for page in pages for each in page]
    assert found == (sizes if ascending == "true" else sizes[::-1])
    # No page is empty, the last one neither, and none goes on after it is full.
    assert all(pages)
    for page in pages:
        assert sum(len(json.dumps(each)) for each in page[:-1]) < 6_000
    assert len(pages) == 3
