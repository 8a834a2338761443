"""Each check speaks when something is wrong, and is silent when nothing is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.core import checks as django_checks

from bdhvs_lms.courses import api as courses
from bdhvs_lms.plugins import checks
from bdhvs_lms.plugins.api import now, personal_data
from tests.support.live import Installation
from tests.support.world import T0, uid


def ids(messages):
    return [message.id for message in messages]


def test_this_site_has_nothing_to_complain_about():
    ours = [message for message in django_checks.run_checks() if str(message.id).startswith("bdhvs_lms.")]
    assert ours == []


# --- The test-only clock ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "testing", "expected"),
    [
        (None, False, []),
        (None, True, []),
        ("2025-11-15T09:00:00+07:00", True, []),
        ("2025-11-15T09:00:00+07:00", False, ["bdhvs_lms.E001"]),
        ("nonsense", False, ["bdhvs_lms.E001"]),
        ("nonsense", True, ["bdhvs_lms.E002"]),
        ("2025-11-15T09:00:00", True, ["bdhvs_lms.E002"]),
        ("2025-13-45T09:00:00+07:00", True, ["bdhvs_lms.E002"]),
    ],
)
def test_the_test_only_clock_is_for_tests(settings, clock, testing, expected):
    settings.BDHVS_TEST_CLOCK, settings.BDHVS_TESTING = clock, testing
    assert ids(checks.check_test_clock(None)) == expected


def test_the_clock_starts_where_it_is_told_and_runs_on(settings):
    settings.BDHVS_TEST_CLOCK = "2025-11-15T09:00:00+07:00"
    first, second = now(), now()
    start = datetime(2025, 11, 15, 2, 0, tzinfo=UTC)
    assert first >= start
    assert (first - start).total_seconds() < 24 * 3600
    assert second > first
    settings.BDHVS_TEST_CLOCK = None
    assert now().year >= 2026


@pytest.mark.slow
def test_a_site_outside_tests_with_a_test_clock_does_not_start(tmp_path):
    site = Installation.make(tmp_path, "sqlite://:memory:", BDHVS_TEST_CLOCK="2025-11-15T09:00:00+07:00")
    del site.environment["BDHVS_TESTING"]
    with pytest.raises(AssertionError, match=r"bdhvs_lms\.E001"):
        site.manage("check")


# --- Question types --------------------------------------------------------------------------------------------------


def question_type(name="Kind", **attributes):
    values = {
        "template": "403.html",
        "review_template": "404.html",
        "print_template": "500.html",
        "model": courses.Activity,  # any model with a field type_key
    } | attributes
    return type(name, (), {"__module__": "stranger", "__qualname__": name, **values})()


def test_templates_that_are_missing_are_listed_by_name():
    kind = question_type(template="stranger/no.html", print_template="stranger/neither.html")
    (error,) = checks.question_type_errors([kind])
    assert error.id == "bdhvs_lms.E003"
    assert error.msg == "stranger.Kind names templates that are missing: stranger/no.html, stranger/neither.html."


def test_a_model_without_type_key_is_named():
    (error,) = checks.question_type_errors([question_type(model=get_user_model())])
    assert error.id == "bdhvs_lms.E005"
    assert "auth.User has no field type_key" in error.msg


def test_two_types_of_one_model_are_both_named():
    (error,) = checks.question_type_errors([question_type("One"), question_type("Two")])
    assert error.id == "bdhvs_lms.E005"
    assert error.msg == "stranger.Two and stranger.One share the model bdhvs_lms.Activity."


# --- Personal data ---------------------------------------------------------------------------------------------------


def test_a_declared_table_that_is_not_there_is_named(monkeypatch):
    owner = type("Data", (), {"__module__": "stranger", "__qualname__": "Data", "models": ("auth.User", "auth.Usr")})()
    monkeypatch.setattr(personal_data, "_items", {"stranger": owner})
    (error,) = checks.check_personal_data(None)
    assert error.id == "bdhvs_lms.E006"
    assert error.msg == "stranger.Data declares auth.Usr, which is no installed model."


# --- Plugins that are gone -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_activities_whose_plugin_is_gone_are_reported_once_a_type():
    course = courses.push_course(uid("course"), host="tests", titles={"vi": "Khóa"}, revision="1", at=T0)
    for name, type_key in (("a", "gone.walk"), ("b", "gone.walk"), ("c", "plugin_example.practice")):
        courses.push_activity(
            course.key,
            courses.ActivityFacts(
                key=uid(name), type_key=type_key, plugin="gone", titles={"vi": name}, done_on="passed", revision="1"
            ),
            at=T0,
        )
    (warning,) = checks.check_missing_plugins(None, databases=["default"])
    assert (warning.id, warning.is_serious()) == ("bdhvs_lms.W001", False)
    assert warning.msg.startswith("Plugin missing: activities of type gone.walk are kept, and gone is not installed")
    assert checks.check_missing_plugins(None, databases=None) == []


@pytest.mark.django_db
def test_a_database_without_tables_is_left_in_peace(monkeypatch):
    """`migrate` runs the database's checks before it makes the first table."""
    monkeypatch.setattr(courses.Activity._meta, "db_table", "not_made_yet")
    assert checks.check_missing_plugins(None, databases=["default"]) == []


# --- A plugin that cannot work, in a process of its own --------------------------------------------------------------

TWICE = """
from django.apps import AppConfig

class RivalConfig(AppConfig):
    name = "rival"

    def ready(self):
        from bdhvs_lms.plugins.api import {registry}, {base}
        {registry}.register(type("Rival", ({base},), {{**{members}, "__module__": "rival", "__qualname__": "Rival"}}))
"""
ACTIVITY = """{"key": "bdhvs_quiz.quiz", "label": "x", "icon": "x", "activity_iri": "https://rival.invalid/x",
    "records": frozenset({"https://rival.invalid/did"}), "done_on": "passed", "not_begun_label": "x",
    "address": lambda self, key, language: None}"""
QUESTION = """{"key": "bdhvs_quiz.single_choice", "label": "x", "icon": "x",
    "model": __import__("django.contrib.auth.models").contrib.auth.models.User,
    "template": "404.html", "review_template": "404.html", "print_template": "404.html",
    "compile": None, "parse": None, "grade": None, "interaction": None}"""
PERSON = """{"key": "bdhvs_quiz", "models": ("auth.User",), "export": None, "erase": None}"""


@pytest.mark.slow
@pytest.mark.parametrize("command", [("check",), ("migrate",)], ids=" ".join)
@pytest.mark.parametrize(
    ("registry", "base", "members", "first"),
    [
        ("activity_types", "ActivityType", ACTIVITY, "bdhvs_quiz.activity.QuizActivity"),
        ("question_types", "QuestionType", QUESTION, "bdhvs_quiz.types.SingleChoice"),
        ("personal_data", "PersonalData", PERSON, "bdhvs_quiz.personal.QuizPersonalData"),
    ],
)
def test_check_names_both_owners_of_a_key(tmp_path, registry, base, members, first, command):
    rival = tmp_path / "rival"
    rival.mkdir()
    (rival / "__init__.py").touch()
    (rival / "apps.py").write_text(TWICE.format(registry=registry, base=base, members=members))
    site = Installation.make(tmp_path / "data", "sqlite://:memory:", PYTHONPATH=str(tmp_path), BDHVS_EXTRA_APPS="rival")
    with pytest.raises(AssertionError) as caught:
        site.manage(*command)
    said = str(caught.value)
    assert "bdhvs_lms.E004" in said
    assert "rival.Rival" in said
    assert first in said
    assert "Traceback" not in said
