"""What a practical task says to the ledger, by its own actions: one golden file a statement."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from bdhvs_tasks.actions import correct
from bdhvs_tasks.models import Observation
from bdhvs_xapi import api as xapi
from bdhvs_xapi.statements.validate import encode, parse
from tests.bdhvs_content import pages
from tests.bdhvs_tasks.helpers import CLOCK, Watching, item_id
from tests.support.world import uid

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "golden"


def emitted() -> dict[str, dict[str, Any]]:
    a1 = pages.framework().competencies.get(code="A1")
    watching = Watching(aligned=[(a1, 1)], fixed=True)
    teacher = User.objects.get(username="co-hanh")
    given = {"by": teacher, "observer": uid("observer")}
    watching.observe(watching.lan, (0, 3), note="Nguyễn Thị Lan, 0912 345 678", uuid=uid("seen-1"), **given)
    at = pages.AT + timedelta(minutes=30)
    second = watching.observe(watching.lan, uuid=uid("seen-2"), at=at, **given)
    correct(
        watching.group, second.observation, frozenset(map(item_id, range(3))), by=None, observer=uid("observer"),
        act_id=uid("mend"), at=at + timedelta(days=1),
    )  # fmt: skip
    named: dict[str, dict[str, Any]] = {}
    names = iter(("failed", "passed", "passed-corrected"))
    for fact in sorted(xapi.facts(after_seq=0, include_voided=True), key=lambda fact: fact.seq):
        if fact.registration in Observation.objects.values_list("uuid", flat=True):
            named[next(names)] = {key: value for key, value in fact.statement.items() if key != "stored"}
    return named


def test_every_statement_is_as_its_golden_file_says(request: Any, settings: Any, known_ids: None) -> None:
    settings.BDHVS_TEST_CLOCK = CLOCK
    found = emitted()
    if request.config.getoption("--write-golden"):
        GOLDEN.mkdir(exist_ok=True)
        for name, statement in found.items():
            text = json.dumps(statement, ensure_ascii=False, indent=1, sort_keys=True)
            (GOLDEN / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    wanted = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in GOLDEN.glob("*.json")}
    assert set(found) == set(wanted)
    for name, statement in found.items():
        assert statement == wanted[name], name


def test_golden_statements_are_valid_name_an_observer_and_nobody_else() -> None:
    files = sorted(GOLDEN.glob("*.json"))
    assert len(files) == 3
    for path in files:
        text = path.read_text(encoding="utf-8")
        statement = json.loads(text)
        assert parse(encode(statement))
        assert "Lan" not in text and "0912" not in text and "Lớp" not in text, path.stem
        assert statement["authority"]["account"]["name"] == "authority-observer", path.stem
        context = statement["context"]
        assert context["instructor"]["account"]["name"] == str(uid("observer")), path.stem
        places = [each["id"].rsplit("/", 2)[1] for each in context["contextActivities"]["grouping"]]
        assert places == ["courses", "classes"] and context["contextActivities"]["other"], path.stem
        assert context["revision"] == "1" and context["registration"], path.stem
        assert set(statement["result"]["response"].split("[,]")) <= {item_id(place) for place in range(4)}, path.stem
