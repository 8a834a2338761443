"""SIGKILL on the way through a submit, on a database file or a PostgreSQL of its own."""

from __future__ import annotations

import json

import pytest

from tests.support.live import Installation
from tests.support.soak import rounds

pytestmark = [pytest.mark.database, pytest.mark.thorough]

KILLS = rounds(15, soak=200)


def test_act_and_statement_are_both_there_or_neither(installation: Installation) -> None:
    printed = installation.manage(
        "shell", "--no-imports", "-c", f"from tests.bdhvs_quiz.crashing import main; main({KILLS})", timeout=400
    )
    [line] = [line for line in printed.splitlines() if line.startswith("DONE")]
    seen = json.loads(line.removeprefix("DONE"))
    assert seen["wrong"] == []
    assert seen["died"]["between queries"] == seen["queries"] - 1
    assert seen["died"]["between queries"] >= 10
    assert seen["died"]["at commit"] == 2
    assert seen["died"]["at random"] == KILLS, "the kills came too late to say anything"
