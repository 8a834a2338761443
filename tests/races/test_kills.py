"""SIGKILL between any two steps of a submit: act and statement are both there or neither is (invariant 2)."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.races.test_races import LEARNER
from tests.support.live import ROOT, Installation

pytestmark = pytest.mark.process
RANDOM_KILLS = 60


def test_a_killed_submit_leaves_act_and_statement_or_neither(demo: Installation) -> None:
    actor, activity = demo.python(LEARNER).split()
    done = subprocess.run(
        [sys.executable, "-m", "tests.races.kill_worker", actor, activity, str(RANDOM_KILLS)],
        cwd=ROOT,
        env=demo.environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    found = outcome["found"]
    assert {state for _name, state, _code in found} == {"neither", "both"}
    assert {code for _name, _state, code in found} <= {-9, 0}, "nothing but the kill ended a submit"
    by_name = {name: (state, code) for name, state, code in found}
    assert outcome["steps"] > 10, "the submit was cut at each of its statements"
    assert by_name["before commit"] == ("neither", -9)
    assert by_name["after commit"] == ("both", -9)
    assert by_name["unharmed"] == ("both", 0)
    assert by_name["afterwards"] == ("both", 0)
    assert sum(code == -9 for _name, _state, code in found) >= 50
    assert outcome["differences"] == []
