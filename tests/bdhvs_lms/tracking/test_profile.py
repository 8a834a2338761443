"""Our xAPI profile: valid by its specification, true of what we emit, and never changed once it is published."""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.iris import profile_iri
from bdhvs_lms.tracking.profile import document
from bdhvs_lms.tracking.vocabulary import PROFILE_VERSION, PROFILE_VERSIONS
from tests.docs.statement_rows import CORE, H5P, QUIZ, TASKS
from tests.support import xapi_profiles
from tests.support.loops import for_each

pytestmark = pytest.mark.django_db
VERSIONS = Path(__file__).parent / "profiles"
GOLDEN = sorted(path for folder in (CORE, QUIZ, H5P, TASKS) for path in folder.glob("*.json"))
BASE = "https://bdhvs.example/xapi/profiles/bdhvs"


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def golden(name: str, folder: Path = QUIZ) -> Any:
    return read(folder / f"{name}.json")


def test_the_document_follows_the_specification_of_profiles() -> None:
    assert xapi_profiles.problems(document()) == []


@for_each(
    ("spoil", "said"),
    [
        (lambda profile: profile.pop("conformsTo"), "no conformsTo"),
        (lambda profile: profile["prefLabel"].update(en=""), "empty"),
        (lambda profile: profile["concepts"][0].pop("definition"), "no definition"),
        (lambda profile: profile["concepts"][1].update(schema="https://x.example/s"), "schema and inlineSchema"),
        (lambda profile: profile["templates"][0].update(inScheme=profile["id"]), "inScheme"),
        (lambda profile: profile["templates"][0]["rules"][0].pop("presence"), "requires nothing"),
        (lambda profile: profile["templates"][0]["rules"][0].update(location="$.a[?(@.b)]"), "not legal"),
        (lambda profile: profile["templates"][0]["rules"][0].update(location="$..a"), "not legal"),
        (lambda profile: profile["patterns"][0].update(oneOrMore="x"), "not exactly one kind"),
        (lambda profile: profile["patterns"][1].update(zeroOrMore=profile["patterns"][0]["id"]), "inside itself"),
        (lambda profile: profile["patterns"][0].pop("prefLabel"), "primary without"),
        (lambda profile: profile["versions"].append({"id": profile["id"]}), "not unique"),
        (lambda profile: profile.update(extra="x"), "not a property"),
        (lambda profile: profile["patterns"][4].update(id=profile["templates"][0]["id"]), "one id"),
    ],
)
def test_a_document_that_breaks_the_specification_is_seen(spoil: Any, said: str) -> None:
    profile = copy.deepcopy(document())
    spoil(profile)
    assert any(said in problem for problem in xapi_profiles.problems(profile)), xapi_profiles.problems(profile)


@for_each("path", GOLDEN, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_every_emitted_statement_follows_exactly_one_template(path: Path) -> None:
    outcome, ids = xapi_profiles.validates(read(path), document()["templates"])
    assert (outcome, len(ids)) == ("success", 1), ids


def test_every_template_is_of_a_statement_that_we_emit() -> None:
    templates = document()["templates"]
    followed = {id for path in GOLDEN for id in xapi_profiles.validates(read(path), templates)[1]}
    assert followed == {template["id"] for template in templates}


def _spoilt(name: str, folder: Path = QUIZ, **changes: Any) -> dict[str, Any]:
    """The golden statement with members replaced by their dotted path; `None` takes them away."""
    statement: dict[str, Any] = golden(name, folder)
    for path, value in changes.items():
        *above, last = path.split("__")
        part = statement
        for step in above:
            part = part[step]
        if value is None:
            del part[last]
        else:
            part[last] = value
    return statement


@pytest.mark.parametrize(
    ("name", "changes", "broken"),
    [
        ("passed", {"actor__name": "Nguyễn Thị Lan"}, "$.actor["),
        ("passed", {"actor__mbox": "mailto:lan@example.org"}, "$.actor["),
        ("passed", {"result__success": False}, "$.result.success"),
        ("failed", {"result__success": True}, "$.result.success"),
        ("passed", {"result__score__scaled": None}, "$.result.score.scaled"),
        ("passed", {"context__contextActivities__category": None}, "category[*].id"),
        ("passed", {"context__contextActivities__grouping": None}, "grouping[*]"),
        ("passed", {"context__platform": "moodle"}, "$.context.platform"),
        ("passed", {"context__language": None}, "$.context.language"),
        ("initialized-passed", {"context__registration": None}, "$.context.registration"),
        ("answered-true-false", {"result__response": None}, "$.result.response"),
        ("answered-true-false", {"object__definition__correctResponsesPattern": ["true"]}, "correctResponsesPattern"),
        ("answered-true-false", {"context__contextActivities__parent": None}, "parent[*]"),
        ("completed-course", {"context__extensions": None}, "extensions/evidence"),
        ("completed-lesson", {"context__revision": None}, "$.context.revision"),
        ("completed-passed", {"result__completion": False}, "$.result.completion"),
    ],
)
def test_a_statement_that_is_changed_against_its_template_is_caught(
    name: str, changes: dict[str, Any], broken: str
) -> None:
    statement = _spoilt(name, **changes)
    templates = document()["templates"]
    outcome, ids = xapi_profiles.validates(statement, templates)
    assert outcome == "invalid"
    (template,) = [template for template in templates if template["id"] == ids[0]]
    assert any(broken in location for location in xapi_profiles.broken_rules(statement, template))


@for_each(
    ("rule", "followed"),
    [
        # Communication, 2.1: what a rule says of {"a": [{"b": 1}, {}], "c": 2}.
        ({"location": "$.a[*].b", "presence": "included"}, True),
        ({"location": "a[0]['b','d']", "all": [1]}, True),
        ({"location": "$.c | $.a[*].b", "all": [1, 2]}, True),
        ({"location": "$.c | $.a[*].b", "all": [2]}, False),
        ({"location": "$.d", "presence": "recommended", "all": [9]}, True),
        ({"location": "$.c", "presence": "recommended", "all": [9]}, False),
        ({"location": "$.d", "any": [9]}, False),
        ({"location": "$.c", "none": [2]}, False),
        ({"location": "$.d", "presence": "excluded"}, True),
        ({"location": "$.a[*]", "selector": "$.b", "presence": "included"}, False),
        ({"location": "$.a[1]", "selector": "$.b", "presence": "excluded"}, True),
        ({"location": "$.a[*]", "selector": "$.b", "all": [1]}, False),
        ({"location": "$.a[*]", "selector": "$.b", "any": [1]}, True),
    ],
)
def test_rules_are_read_as_the_specification_says(rule: dict[str, Any], followed: bool) -> None:
    assert xapi_profiles.follows_rule({"a": [{"b": 1}, {}], "c": 2}, rule) is followed


def test_attempts_follow_their_pattern_and_everything_else_stands_alone() -> None:
    profile = document()
    attempts: dict[str, list[Any]] = defaultdict(list)
    alone: list[Any] = []
    rank = {tracking.VERB_INITIALIZED: 0, tracking.VERB_ANSWERED: 1, tracking.VERB_COMPLETED: 2}
    for path in QUIZ.glob("*.json"):
        statement = read(path)
        registration = statement["context"].get("registration")
        (attempts[registration] if registration else alone).append(statement)
    whole = [sorted(each, key=lambda one: rank.get(one["verb"]["id"], 3)) for each in attempts.values()]
    whole = [each for each in whole if each[0]["verb"]["id"] == tracking.VERB_INITIALIZED]
    assert sorted(map(len, whole)) == [5, 5]
    for statements in whole:
        assert xapi_profiles.follows(statements, profile)
        assert xapi_profiles.follows([*statements, statements[-1]], profile), "graded anew"
        assert xapi_profiles.begins(statements[:1], profile), "abandoned"
        assert xapi_profiles.begins(statements[:-1], profile)
        assert not xapi_profiles.follows(statements[:-1], profile)
        assert not xapi_profiles.follows([statements[1], statements[0], *statements[2:]], profile)
    core = ("attended", "confirmed", "mastered", "passed-task-observed", "voided")
    for statement in [*alone, *(golden(name, CORE) for name in core)]:
        assert xapi_profiles.follows([statement], profile), statement["verb"]


def test_an_attempt_at_interactive_content_begins_with_its_opening_and_then_says_anything() -> None:
    profile = document()
    opened = golden("initialized", H5P)
    rest = [read(path) for path in H5P.glob("*.json")]
    rest = [one for one in rest if one["context"]["registration"] == opened["context"]["registration"] != one["id"]]
    rest.remove(opened)
    assert len(rest) == 9
    assert xapi_profiles.follows([opened, *rest], profile)
    assert xapi_profiles.follows([opened, *reversed(rest)], profile)
    assert xapi_profiles.follows([opened], profile), "nothing was done"
    assert not xapi_profiles.follows([rest[0], opened], profile)


def test_every_extension_and_type_of_ours_in_a_statement_is_a_concept() -> None:
    terms = {concept["id"] for concept in document()["concepts"]}
    used = set()
    for path in GOLDEN:
        used |= set(xapi_profiles.at(read(path), "$.context.contextActivities[*][*].definition.type"))
        used |= set(read(path)["context"].get("extensions", {}))
        used |= set(read(path).get("result", {}).get("extensions", {}))
    assert {term for term in used if term.startswith(BASE)} == terms


def test_a_published_version_never_changes(request: Any) -> None:
    """A changed term, template or pattern is a new version: old statements name, and keep to, the old one."""
    path = VERSIONS / f"{PROFILE_VERSION}.json"
    if request.config.getoption("--write-golden") and not path.exists():
        path.write_text(json.dumps(document(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert path.exists(), f"{PROFILE_VERSION} is new: write its golden file with --write-golden"
    assert document() == read(path), (
        f"The profile is no longer what {PROFILE_VERSION} says. Take the change back, or add a version to "
        "PROFILE_VERSIONS in bdhvs_lms/tracking/vocabulary.py and write its golden file with --write-golden."
    )
    assert {each.stem for each in VERSIONS.glob("*.json")} == {name for name, _day in PROFILE_VERSIONS}


@pytest.mark.parametrize("version", [name for name, _day in PROFILE_VERSIONS[1:]])
def test_what_was_said_in_a_version_before_is_still_what_that_one_says(version: str) -> None:
    """Marks by competency and what counts of several attempts came with v2, confirmations with v3: without them a
    statement differs in the version that it names alone."""
    before = read(VERSIONS / f"{version}.json")["templates"]
    for path in GOLDEN:
        text = path.read_text(encoding="utf-8").replace(f"{BASE}/{PROFILE_VERSION}", f"{BASE}/{version}")
        outcome, ids = xapi_profiles.validates(json.loads(text), before)
        # A verb that was new then follows no template.
        wanted = ("unmatched", 0) if path.stem == "confirmed" else ("success", 1)
        assert (outcome, len(ids)) == wanted, path.stem
    later = tuple(f"{BASE}/{name}/" for name, _day in PROFILE_VERSIONS if name > version)
    assert {concept["id"] for concept in read(VERSIONS / f"{version}.json")["concepts"]} == {
        concept["id"] for concept in document()["concepts"] if not concept["id"].startswith(later)
    }


@pytest.mark.parametrize("address", ["/xapi/profiles/bdhvs", *(f"/xapi/profiles/bdhvs/v{n}" for n in (1, 2, 3))])
def test_the_profile_is_served_where_statements_say(address: str) -> None:
    answer = Client().get(address, headers={"accept": "application/ld+json, */*;q=0.1"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/ld+json")
    assert json.loads(answer.content) == document()
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert answer["Vary"].split(", ")[0] == "Accept"
    assert "Set-Cookie" not in answer
    again = Client().get(address, headers={"accept": "application/ld+json", "if-none-match": answer["ETag"]})
    assert again.status_code == 304
    head = Client().head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert Client().post(address).status_code == 405
    assert profile_iri().endswith("/xapi/profiles/bdhvs/v3")


def test_a_browser_shows_the_profile_instead_of_saving_it() -> None:
    wanted = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = Client().get("/xapi/profiles/bdhvs/v1", headers={"accept": wanted})
    assert answer["Content-Type"] == "application/json"
    assert "Bình dân học vụ số" in answer.content.decode()
    assert Client().get("/xapi/profiles/bdhvs/v1")["Content-Type"] == "application/ld+json"


def test_a_version_that_there_never_was_is_not_found() -> None:
    assert Client().get("/xapi/profiles/bdhvs/v9").status_code == 404
