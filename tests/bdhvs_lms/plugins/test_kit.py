"""The kit notices: each of these is broken in one way, and the test that is about it fails."""

from __future__ import annotations

import random
import unittest
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction
from plugin_example import actions
from plugin_example.activity import PracticeActivity
from plugin_example.models import NumberQuestion, PracticeNote, PracticeRecord
from plugin_example.number import Number
from plugin_example.privacy import PracticeData

from bdhvs_lms.plugins.api import (
    Interaction,
    Outcome,
    RegistrationError,
    activity_types,
    personal_data,
    question_types,
)
from bdhvs_lms.plugins.testing import plugged_in, unplugged
from tests.plugin_example import test_conformance as example
from tests.support.loops import for_each
from tests.support.world import T0, uid

pytestmark = pytest.mark.django_db
WITH_SCRIPT = "test_with_the_pages_script_answers_are_kept_on_the_device_reloaded_and_submitted"
WITHOUT_SCRIPT = "test_without_a_script_answers_are_saved_reloaded_and_submitted"


def failing(case: type, only: str | None = None, **attributes: object) -> dict[str, str]:
    """The kit's tests without a browser (or this one) that the implementation fails, and what they say; on this test's
    database."""
    kit = case.__bases__[0]
    members = {name: value for name, value in vars(case).items() if not name.startswith("__")}
    # unittest's own TestCase: Django's would begin a database of its own transactions inside this one.
    broken = type("Broken", (kit, unittest.TestCase), {**members, **attributes})
    failed = {}
    names = [name for name in unittest.TestLoader().getTestCaseNames(broken) if not hasattr(getattr(kit, name), "tags")]
    for name in names if only is None else [only]:
        result = unittest.TestResult()
        with transaction.atomic():
            broken(name).run(result)
            transaction.set_rollback(True)
        if not result.wasSuccessful():
            failed[name] = (result.failures + result.errors)[0][1]
    return failed


class Leaky(Number):
    def compile(self, question):
        shown, key = super().compile(question)
        return {**shown, "hint": key["text"]}, key


class Fickle(Number):
    def grade(self, shown, key, response):
        return Outcome(Decimal(0), False, matched=(str(random.random()),))


class Parrot(Number):
    def grade(self, shown, key, response):
        outcome = super().grade(shown, key, response)
        return Outcome(outcome.fraction, outcome.correct, matched=(str(response),))


class Nosy(Number):
    def grade(self, shown, key, response):
        NumberQuestion.objects.exists()
        return super().grade(shown, key, response)


class Clumsy(Number):
    def parse(self, shown, values):
        return str(Decimal(values[0]))


class Partial(Number):
    def grade(self, shown, key, response):
        assert response is None or isinstance(response, str)
        return super().grade(shown, key, response)


class Invalid(Number):
    def interaction(self, shown):
        return Interaction(type="numeric", components={"choices": [("a", {"vi": "a"})]})


@for_each(
    ("kind", "noticed_by"),
    [
        (Leaky, "test_two_questions_that_differ_in_their_key_are_shown_alike"),
        (Fickle, "test_right_is_right_and_wrong_is_wrong"),
        (Parrot, "test_what_a_learner_typed_is_not_repeated"),
        (Nosy, "test_reading_and_grading_change_nothing_and_ask_no_database"),
        (Clumsy, "test_reading_raises_nothing_but_value_errors"),
        (Partial, "test_any_response_has_an_outcome"),
        (Invalid, "test_its_statement_is_valid_xapi_and_tells_no_key"),
    ],
)
def test_a_broken_question_type_is_noticed(kind, noticed_by):
    with unplugged(question_types, Number.key), plugged_in(question_types, kind):
        assert noticed_by in failing(example.TestNumber, noticed_by, question_type=kind)


@pytest.mark.parametrize(
    ("template", "html", "noticed_by"),
    [
        ("template", "{{ question.prompt }}", "test_the_attempt_shows_a_labelled_field_and_what_was_answered"),
        (
            "template",
            '<input name="{{ name }}" value="{{ response }}"{% if disabled %} disabled{% endif %}>',
            "test_the_attempt_shows_a_labelled_field_and_what_was_answered",
        ),
        ("print_template", "{{ question.prompt }} (113; 29,7)", "test_no_fragment_before_submitting_knows_the_key"),
        ("review_template", '<p style="color: red">{{ response }}</p>', "test_fragments_are_quiet_html"),
        (
            "review_template",
            "<p>{{ question.prompt }}</p>",
            "test_the_review_of_a_wrong_answer_is_not_that_of_a_right_one",
        ),
    ],
)
def test_a_broken_fragment_is_noticed(settings, template, html, noticed_by):
    put_template(settings, "broken.html", html)
    kind = type("Broken", (Number,), {template: "broken.html"})
    with unplugged(question_types, Number.key), plugged_in(question_types, kind):
        assert noticed_by in failing(example.TestNumber, noticed_by, question_type=kind)


def put_template(settings, name, html):
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [
        {
            **{name: value for name, value in engine.items() if name != "APP_DIRS"},
            "OPTIONS": {
                **engine["OPTIONS"],
                "loaders": [
                    ("django.template.loaders.locmem.Loader", {name: html}),
                    "django.template.loaders.app_directories.Loader",
                ],
            },
        }
    ]


class Dialled(Number):
    """Three lists of one name, one a digit."""

    template = "dialled.html"

    def parse(self, shown, values):
        return super().parse(shown, ["".join(values)])


def dialled(order_once_answered):
    digits = (
        '{% for digit in "0123456789" %}<option{% if digit == RESPONSE %} selected{% endif %}>{{ digit }}</option>'
        "{% endfor %}"
    )
    lists = [
        '<select name="{{ name }}" aria-label="digit"{% if disabled %} disabled{% endif %}><option></option>'
        f"{digits.replace('RESPONSE', f'response.{place}')}</select>"
        for place in range(3)
    ]
    answered = "".join(lists[place] for place in order_once_answered)
    return f"{{% if response %}}{answered}{{% else %}}{''.join(lists)}{{% endif %}}"


def two_digits_alike(case):
    exact, _near = example.TestNumber.samples(case)
    return [replace(exact, right=[["1", "1", "3"]], wrong=[["1", "1", "4"]])]


FILLED_BY_A_SCRIPT = '<input type="hidden" name="{{ name }}" value="{{ response|default:"" }}">'


def fill_by_a_script(case, page, name, values):
    page.locator(f"[name='{name}']").evaluate(
        "(field, value) => { field.value = value; field.dispatchEvent(new Event('input', { bubbles: true })); }",
        values[0],
    )


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("kind", "html", "changed", "noticed_by"),
    [
        # Two lists have the same value: the page's script knows them by their places.
        (Dialled, dialled([0, 1, 2]), {"samples": two_digits_alike}, ""),
        # Their places follow from what was saved: what comes back stands in others.
        (Dialled, dialled([2, 0, 1]), {"samples": two_digits_alike}, "What was saved has to come back"),
        # The page's script leaves hidden fields alone: it neither counts them nor keeps them on the device.
        (Number, FILLED_BY_A_SCRIPT, {"choose": fill_by_a_script}, "The page counts it."),
    ],
    ids=["lists", "moving-lists", "hidden-field"],
)
def test_a_fragment_that_the_pages_script_breaks_is_noticed_in_a_browser(
    settings, chromium, kind, html, changed, noticed_by
):
    put_template(settings, "dialled.html", html)
    broken = type("Broken", (kind,), {"template": "dialled.html"})
    with unplugged(question_types, Number.key), plugged_in(question_types, broken):
        found = failing(example.TestNumber, WITH_SCRIPT, question_type=broken, **changed)
        if noticed_by:
            assert noticed_by in found[WITH_SCRIPT]
        else:
            assert found == failing(example.TestNumber, WITHOUT_SCRIPT, question_type=broken, **changed) == {}


class WrongVerbs(PracticeActivity):
    records = frozenset({"https://stranger.invalid/verbs/did"})


class Elsewhere(PracticeActivity):
    def address(self, activity_key, language):
        return "https://stranger.invalid/"


class Finished(PracticeActivity):
    done_on = "completed"


@pytest.mark.parametrize(
    ("kind", "noticed_by"),
    [
        (WrongVerbs, "test_doing_it_records_what_it_declares"),
        (Elsewhere, "test_its_address_is_a_path_of_this_site_or_none"),
        (Finished, "test_publishing_pushes_what_reports_need"),
    ],
)
def test_a_broken_activity_type_is_noticed(kind, noticed_by):
    with unplugged(activity_types, PracticeActivity.key), plugged_in(activity_types, kind):
        assert noticed_by in failing(example.TestPractice, noticed_by, activity_type=kind)


def test_an_activity_that_is_not_finished_is_noticed():
    def finish(self, activity_key):
        actions.tick_off(self.world.learner(), activity_key, passed=False, observer=uid("o"), act_id=uid("tick"), at=T0)

    assert "test_doing_it_finishes_it" in failing(example.TestPractice, finish=finish)


class Forgetful(PracticeData):
    def erase(self, learner):
        return 0


class Greedy(PracticeData):
    def erase(self, learner):
        return PracticeNote.objects.all().delete()[0]


class Thorough(PracticeData):
    def erase(self, learner):
        return PracticeRecord.objects.filter(learner=learner).delete()[0]


class Silent(PracticeData):
    def export(self, learner):
        return {"plugin_example.PracticeNote": super().export(learner)["plugin_example.PracticeNote"]}


class Talkative(PracticeData):
    def export(self, learner):
        rows = [{"text": note.text} for note in PracticeNote.objects.order_by("pk")]
        return {**super().export(learner), "plugin_example.PracticeNote": rows}


@pytest.mark.parametrize(
    ("kind", "noticed_by"),
    [
        (Forgetful, "test_erasure_takes_all_that_is_not_kept"),
        (Thorough, "test_erasure_takes_all_that_is_not_kept"),
        (Greedy, "test_erasing_one_person_leaves_the_others"),
        (Silent, "test_the_export_holds_every_declared_table_and_no_other"),
        (Talkative, "test_the_export_is_about_one_person"),
    ],
)
def test_broken_personal_data_is_noticed(kind, noticed_by):
    with unplugged(personal_data, PracticeData.key), plugged_in(personal_data, kind):
        assert noticed_by in failing(example.TestPracticeData, noticed_by, personal_data=kind)


# The same cases, by Django's runner, in a browser and on both databases: tests/plugin_example/test_conformance.py.
@for_each("case", [example.TestNumber, example.TestPractice, example.TestPracticeData])
def test_what_is_whole_passes_when_run_the_same_way(case):
    assert failing(case) == {}


# --- In and out ------------------------------------------------------------------------------------------------------


def test_unplugged_is_gone_and_comes_back():
    with unplugged(question_types, Number.key):
        assert question_types.get(Number.key) is None
    assert isinstance(question_types.get(Number.key), Number)
    with pytest.raises(KeyError), unplugged(question_types, "never.there"):
        pass


def test_what_registration_refuses_cannot_be_plugged_in():
    with pytest.raises(RegistrationError, match="both register the key"), plugged_in(question_types, Leaky):
        pass
    assert isinstance(question_types.get(Number.key), Number)
