"""The commands and tasks that deliver and fetch: what they say, and how they end."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from bdhvs_xapi import api, tasks
from tests.bdhvs_xapi.outbox.conftest import Foreign
from tests.bdhvs_xapi.outbox.test_delivery import recorded
from tests.bdhvs_xapi.outbox.test_pull import at, stored


def test_deliver_once_sends_what_waits_and_says_so(
    target: api.Target, foreign: Foreign, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = recorded(3)
    foreign.told(bad=ids[:1])
    call_command("deliver", once=True)
    assert capsys.readouterr().out == "province: 2 delivered, 1 dead letters, 0 left out by filters\n"


def test_deliver_once_with_trouble_is_exit_code_1(
    target: api.Target, foreign: Foreign, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(1)
    foreign.told(always="401")
    with pytest.raises(SystemExit) as ended:
        call_command("deliver", "--once", "--target", "province")
    assert ended.value.code == 1
    assert "; waiting: user name and password are not accepted (401" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        (
            "deliver",
            ["--once", "--target", "nowhere", "--target", "province"],
            "no receiving record store has the key nowhere",
        ),
        ("pull", ["--source", "nowhere"], "no source has the key nowhere"),
        ("pull", ["--since", "yesterday"], "a date and time with a time zone"),
        ("pull", ["--since", "2026-01-01T00:00:00"], "a date and time with a time zone"),
        ("pull", ["--since", "2026-13-01T00:00:00Z"], "a date and time with a time zone"),
    ],
)
def test_what_cannot_be_meant_is_refused(target: api.Target, command: str, options: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command(command, *options)


def test_pull_fetches_says_so_and_reads_again_when_told(
    ledger: None, foreign: Foreign, capsys: pytest.CaptureFixture[str]
) -> None:
    api.create_source("other", url=foreign.url)
    api.create_source("closed", url=foreign.url)
    api.Source.objects.filter(key="closed").update(active=False)
    foreign.told(statements=[stored(minute) for minute in range(3)], through=at(9))
    call_command("pull", verbosity=2)
    assert capsys.readouterr().out.splitlines() == [
        "other: 1 pages, 2 new, 0 known, 0 rejected",
        "other: 2 pages, 3 new, 0 known, 0 rejected",
        "other: 2 pages, 3 new, 0 known, 0 rejected",
    ]
    call_command("pull", "--source", "other", "--since", at(1).replace("08:01", "07:59"))
    assert capsys.readouterr().out == "other: 2 pages, 0 new, 3 known, 0 rejected\n"


def test_pull_that_does_not_reach_the_end_is_exit_code_1(
    ledger: None, foreign: Foreign, capsys: pytest.CaptureFixture[str]
) -> None:
    api.create_source("other", url=foreign.url)
    foreign.told(always="500")
    with pytest.raises(SystemExit) as ended:
        call_command("pull")
    assert ended.value.code == 1
    assert "; not at the end: 500" in capsys.readouterr().out


def test_both_are_tasks_too(target: api.Target, foreign: Foreign) -> None:
    recorded(2)
    foreign.told(statements=[stored(1)], through=at(9))
    api.create_source("other", url=foreign.url)
    delivered: Any = tasks.deliver.call()
    assert delivered == {"province": {"delivered": 2, "dead": 0, "left_out": 0, "trouble": ""}}
    fetched: Any = tasks.pull.call(["other"])
    assert fetched == {"other": {"new": 1, "known": 0, "rejected": 0, "finished": True, "trouble": ""}}
    # Arguments and results go through JSON.
    done = tasks.deliver.enqueue(targets=["province"])
    assert done.return_value["province"]["left_out"] == 1
