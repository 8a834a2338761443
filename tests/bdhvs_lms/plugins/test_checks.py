"""Each check speaks when something is wrong, and is silent when nothing is."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.core import checks as django_checks

from bdhvs_lms.courses import api as courses
from bdhvs_lms.plugins import checks
from bdhvs_lms.plugins.api import personal_data
from tests.support.live import Installation
from tests.support.world import T0, uid


def ids(messages):
    return [message.id for message in messages]


@pytest.mark.versions
@pytest.mark.django_db
def test_this_site_has_nothing_to_complain_about():
    """Fields of some types ask what the database can do."""
    ours = [message for message in django_checks.run_checks() if str(message.id).startswith("bdhvs_lms.")]
    assert ours == []


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
    assert error.msg == "stranger.Data declares auth.Usr, which is not an installed model."


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
    assert warning.msg.startswith("Plugin missing: there are activities of type gone.walk, but gone is not installed")
    assert checks.check_missing_plugins(None, databases=None) == []


@pytest.mark.django_db
def test_a_database_without_tables_is_left_in_peace(monkeypatch):
    """`migrate` runs the database's checks before it makes the first table."""
    monkeypatch.setattr(courses.Activity._meta, "db_table", "not_made_yet")
    assert checks.check_missing_plugins(None, databases=["default"]) == []


# --- A plugin that cannot work, in a process of its own --------------------------------------------------------------

RIVAL = """
from django.apps import AppConfig

class RivalConfig(AppConfig):
    name = "rival"

    def ready(self):
        from bdhvs_lms.plugins import api
        from django.contrib.auth.models import User

        def register(registry, base, **members):
            names = {"__module__": "rival", "__qualname__": f"Rival{base.__name__}"}
            registry.register(type("Rival", (base,), members | names))

        register(api.activity_types, api.ActivityType, key="bdhvs_quiz.quiz", label="x", icon="x",
            activity_iri="https://rival.invalid/x", records=frozenset({"https://rival.invalid/did"}), done_on="passed",
            not_begun_label="x", address=lambda self, key, language: None)
        register(api.question_types, api.QuestionType, key="bdhvs_quiz.single_choice", label="x", icon="x", model=User,
            template="404.html", review_template="404.html", print_template="404.html",
            compile=None, parse=None, grade=None, interaction=None)
        register(api.personal_data, api.PersonalData, key="bdhvs_quiz", models=("auth.User",), export=None, erase=None)
"""
BOTH = [
    ("bdhvs_quiz.activity.QuizActivity", "rival.RivalActivityType"),
    ("bdhvs_quiz.personal.QuizPersonalData", "rival.RivalPersonalData"),
    ("bdhvs_quiz.types.single_choice.type.SingleChoice", "rival.RivalQuestionType"),
]


BOTH_COMMANDS = """
import sys
from django.core.management import execute_from_command_line
for command in ("check", "migrate"):
    try:
        execute_from_command_line(["bdhvs", command])
    except SystemExit as ended:
        print("ended with", ended.code, file=sys.stderr)
"""


def test_both_owners_of_a_key_are_named(tmp_path):
    """Of each of the three registries, all at once: nothing reads a broken registry before the check has spoken."""
    rival = tmp_path / "rival"
    rival.mkdir()
    (rival / "__init__.py").touch()
    (rival / "apps.py").write_text(RIVAL)
    site = Installation.make(tmp_path / "data", "sqlite://:memory:", PYTHONPATH=str(tmp_path), BDHVS_EXTRA_APPS="rival")
    printed = site.manage("shell", "--no-imports", "-c", BOTH_COMMANDS, stderr=True)
    of_check, of_migrate, rest = printed.split("ended with 1\n")
    for said in (of_check, of_migrate):
        named = [line for line in said.splitlines() if "bdhvs_lms.E004" in line]
        assert len(named) == len(BOTH)
        for line, (ours, rivals) in zip(sorted(named), BOTH, strict=True):
            assert f"{ours} and {rivals} both register" in line
    assert "Traceback" not in printed and rest == ""
