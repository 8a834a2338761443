"""What an H5P activity says to the ledger, by its own actions: one golden file a statement."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapter_tests.saying import CHILD, CHOICE, GAPS, OTHER_CHILD, said
from bdhvs_h5p.attempts.actions import finish_by_hand, open_attempt
from bdhvs_h5p.attempts.taking import Claim, take
from bdhvs_h5p.models import H5PAttempt, H5PContent
from bdhvs_xapi import api as xapi
from bdhvs_xapi.statements.validate import encode, parse
from tests.bdhvs_content import pages
from tests.bdhvs_h5p.playing import PAGE, Playing, activity, statements, version
from tests.support.world import uid

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "golden"


def fixed(page: Any, name: str) -> Any:
    """Published under a key that is the same in every run."""
    type(page).objects.filter(pk=page.pk).update(translation_key=uid(name))
    return pages.publish(type(page).objects.get(pk=page.pk))


def emitted() -> dict[str, dict[str, Any]]:
    a1 = pages.framework().competencies.get(code="A1")
    course = fixed(pages.course(pages.catalog(), live=False), "h5p-course")
    content = H5PContent.objects.create(title="Cuộc gọi lạ", created_at=pages.AT)
    version(content)
    marked, by_hand = (
        fixed(activity(course, content, aligned=[(a1, 1)], live=False, slug=name, **values), name)
        for name, values in (("h5p-marked", {"pass_percent": 75}), ("h5p-by-hand", {"completion": "by_hand"}))
    )
    learner = pages.enrolled(course)

    def begin(page: Any, name: str, minutes: int) -> H5PAttempt:
        at = pages.AT + timedelta(minutes=minutes)
        return open_attempt(learner, page.translation_key, act_id=uid(name), uuid=uid(name), at=at)

    def say(attempt: H5PAttempt, minutes: int, *rows: Any, first: int = 1) -> None:
        claims = [Claim(first + place, row) for place, row in enumerate(rows)]
        take(attempt, PAGE, claims, at=pages.AT + timedelta(minutes=minutes))

    first = begin(marked, "h5p-first", 0)
    say(
        first,
        5,
        said("attempted"),
        said("interacted", part=CHILD),
        said("progressed"),
        said("answered", part=CHILD, definition=CHOICE, score=(1, 1), success=True, response="0", duration="PT9.5S"),
        said("answered", part=OTHER_CHILD, definition=GAPS, score=(0, 1), success=False, response="Lan, 0912 345 678"),
        said("completed", score=(1, 2), success=False, duration="PT61.04S"),
    )
    say(first, 9, said("answered", score=(2, 2)), first=7)
    second = begin(marked, "h5p-second", 10)
    say(second, 11, said("answered", score=(2, 2), success=True))
    hand = begin(by_hand, "h5p-hand", 12)
    finish_by_hand(hand.uuid, learner, act_id=uid("done"), at=pages.AT + timedelta(minutes=20))
    first_said = ["initialized", "attempted", "interacted-part", "progressed", "answered-part-choice"]
    first_said += ["answered-part-typed", "completed", "failed", "answered-again", "passed"]
    names: dict[H5PAttempt, list[str]] = {
        first: first_said,
        second: ["", "answered", "completed-after-answered", ""],
        hand: ["", "experienced", "completed-by-hand"],
    }
    found: dict[str, dict[str, Any]] = {}
    for attempt, said_names in names.items():
        for name, row in zip(said_names, statements(attempt), strict=True):
            if name:
                found[name] = {key: value for key, value in row.items() if key != "stored"}
    return found


def test_every_statement_is_as_its_golden_file_says(request: Any, known_ids: None) -> None:
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


def test_golden_statements_are_valid_and_have_no_name_and_no_typed_word() -> None:
    files = sorted(GOLDEN.glob("*.json"))
    assert len(files) == 14
    assert [parse(encode(json.loads(path.read_text(encoding="utf-8")))) for path in files]
    for path in files:
        text = path.read_text(encoding="utf-8")
        statement = json.loads(text)
        assert set(statement["actor"]) == {"account", "objectType"}, path.stem
        assert "Lan" not in text and "0912" not in text, path.stem
        trusted = path.stem in ("initialized", "experienced", "completed-by-hand")
        name = "authority-server" if trusted else "authority-client"
        assert statement["authority"]["account"]["name"] == name, path.stem
        context = statement["context"]
        assert context["revision"] == "1" and context["registration"], path.stem
        assert [each["id"].rsplit("/", 2)[1] for each in context["contextActivities"]["grouping"]] == ["courses"]
        assert context["contextActivities"]["other"], path.stem
        assert ("/parts/" in statement["object"]["id"]) == ("part" in path.stem), path.stem


def test_trust_is_the_browsers() -> None:
    play = Playing(values={"pass_percent": 50})
    attempt = play.open()
    play.say(attempt, said("completed", score=(2, 2)))
    trusts = {fact.verb.rsplit("/", 1)[1]: fact.trust for fact in xapi.facts(registration=attempt.uuid)}
    assert trusts == {"initialized": 1, "completed": 0, "passed": 0}
