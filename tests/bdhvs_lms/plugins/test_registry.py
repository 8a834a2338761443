"""Registration is loud: what cannot work is named, with its owner, in `manage.py check` and at every read."""

from __future__ import annotations

from typing import ClassVar

import pytest

from bdhvs_lms.plugins.api import ActivityType, PersonalData, QuestionType, RegistrationError
from bdhvs_lms.plugins.checks import registration_errors
from bdhvs_lms.plugins.registry import Registry
from tests.support.loops import for_each


class Moment:
    """Whether all apps are ready, as a test wants it."""

    def __init__(self) -> None:
        self.ready = False

    def __call__(self) -> bool:
        return self.ready


def activity_type(name: str, **attributes: object) -> type[ActivityType]:
    members: dict[str, object] = {
        "key": "stranger.walk",
        "label": "walk",
        "icon": "user",
        "activity_iri": "https://stranger.invalid/walk",
        "records": frozenset({"https://stranger.invalid/walked"}),
        "done_on": "completed",
        "not_begun_label": "not walked",
        "address": lambda self, activity_key, language: None,
        "__module__": "stranger",
        "__qualname__": name,
    }
    members.update(attributes)
    return type(name, (ActivityType,), {key: value for key, value in members.items() if value is not ...})


class Answer(PersonalData):
    key = "stranger"
    models = ("stranger.Answer",)

    def export(self, learner):
        return {}

    def erase(self, learner):
        return 0


def registry_of(*implementations: type, base: type = ActivityType) -> Registry:
    moment = Moment()
    registry = Registry(base, ready=moment)
    for implementation in implementations:
        registry.register(implementation)
    moment.ready = True
    return registry


def test_what_is_complete_is_found_by_its_key_in_order():
    walk, run = activity_type("Walk"), activity_type("Run", key="stranger.run")
    registry = registry_of(walk, run)
    assert [type(item) for item in registry] == [walk, run]
    assert isinstance(registry.get("stranger.run"), run)
    assert ("stranger.walk" in registry, "stranger.swim" in registry, len(registry)) == (True, False, 2)
    assert registry.get("stranger.swim") is None


def test_register_is_a_decorator_and_the_same_class_again_is_no_news():
    moment = Moment()
    registry = Registry(ActivityType, ready=moment)
    walk = activity_type("Walk")
    assert registry.register(walk) is walk
    moment.ready = True
    assert registry.register(walk) is walk
    assert len(registry) == 1


def test_a_key_taken_twice_names_both_owners_and_the_first_is_not_replaced():
    first, second = activity_type("Walk"), activity_type("Stroll")
    registry = registry_of(first, second)
    (problem,) = registry.problems
    assert "stranger.Walk" in problem
    assert "stranger.Stroll" in problem
    assert "'stranger.walk'" in problem
    assert [type(item) for item in registry.registered()] == [first]


@for_each(
    ("attributes", "said"),
    [
        ({"label": ...}, "lacks label"),
        ({"address": ..., "icon": ...}, "lacks address, icon"),
        ({"key": "Đi bộ"}, "key has to be"),
        ({"key": "stranger." + "w" * 60}, "at most 60 characters"),
        ({"activity_iri": "walk"}, "activity_iri has to be an absolute IRI"),
        ({"records": frozenset()}, "records has to be"),
        ({"records": {"https://stranger.invalid/walked"}}, "records has to be a frozenset"),
        ({"done_on": "walked"}, "done_on has to be 'completed' or 'passed', and is 'walked'"),
        ({"features": frozenset({"fun"})}, "features has to be"),
        ({"not_begun_label": ""}, "not_begun_label has to be"),
    ],
)
def test_what_an_activity_type_lacks_is_named(attributes, said):
    registry = registry_of(activity_type("Walk", **attributes))
    (problem,) = registry.problems
    assert problem.startswith("stranger.Walk: ")
    assert said in problem
    assert registry.registered() == ()


def test_a_class_of_another_extension_point_is_refused():
    registry = registry_of(Answer)
    assert "is no ActivityType" in registry.problems[0]


def test_a_question_type_must_name_a_model_and_templates():
    class Number(QuestionType):
        key = "stranger.number"
        label = "number"
        icon = "order"
        model = "stranger.Number"
        template = ""
        review_template = "stranger/review.html"
        print_template = "stranger/print.html"
        compile = parse = grade = interaction = lambda self, *args: None

    (problem,) = registry_of(Number, base=QuestionType).problems
    assert "model has to be a Django model, and is 'stranger.Number'" in problem
    assert "template has to be a template's name" in problem


def test_personal_data_that_keeps_what_it_does_not_declare_is_refused():
    class Careless(Answer):
        key = "careless"
        kept: ClassVar[dict[str, str]] = {"stranger.Other": "for no reason"}

    (problem,) = registry_of(Careless, base=PersonalData).problems
    assert "kept names stranger.Other" in problem


def test_after_all_apps_are_ready_registration_is_too_late():
    registry = registry_of()
    with pytest.raises(RegistrationError, match=r"stranger\.Walk registers too late"):
        registry.register(activity_type("Walk"))


def test_every_problem_is_an_error_of_manage_py_check():
    registry = registry_of(activity_type("Walk"), activity_type("Stroll"), activity_type("Run", label=...))
    errors = registration_errors([registry])
    assert [(error.id, error.is_serious(), error.msg) for error in errors] == [
        ("bdhvs_lms.E004", True, problem) for problem in registry.problems
    ]
    assert len(errors) == 2


@pytest.mark.parametrize(
    "read",
    [
        lambda registry: registry.get("stranger.walk"),
        list,
        len,
        lambda registry: "stranger.walk" in registry,
    ],
)
def test_a_server_that_runs_no_checks_is_told_at_every_read(read):
    registry = registry_of(activity_type("Walk"), activity_type("Stroll"))
    for _time in range(2):
        with pytest.raises(RegistrationError, match=r"stranger\.Stroll and stranger\.Walk"):
            read(registry)


def test_while_apps_get_ready_reading_does_not_raise_yet():
    registry = Registry(ActivityType, ready=Moment())
    registry.register(activity_type("Walk"))
    registry.register(activity_type("Stroll"))
    assert registry.get("stranger.walk") is not None


def test_an_address_for_teachers_needs_words_for_its_button():
    nameless = registry_of(activity_type("Walk", class_view="stranger:class"))
    assert len(nameless.problems) == 1
    assert "class_view and class_label go together" in nameless.problems[0]
    named = registry_of(activity_type("Walk", class_view="stranger:class", class_label="Who walked"))
    assert named.problems == []
