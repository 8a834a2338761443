"""Who declares what operators and editors may do: the owner of the models, and the group's maker collects it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module

from django.db import models

from bdhvs_lms import roles
from bdhvs_lms.audit.models import Consent
from bdhvs_lms.learners.models import Person
from bdhvs_lms.plugins.api import ActivityType, activity_types
from bdhvs_xapi.api import Statement
from tests.architecture.layers import PARTS, ROOT
from tests.architecture.test_relations import place

Rights = Mapping[type[models.Model], str]
# The record store runs without operators: the part with its pages speaks for it.
LENT = {"tracking": {"bdhvs_xapi"}}


def declared() -> dict[str, Rights]:
    """By part; parts without are left out."""
    found: dict[str, Rights] = {}
    for part in PARTS:
        for path in sorted((ROOT / "bdhvs_lms" / part).rglob("models.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[part] = {**found.get(part, {}), **getattr(import_module(name), "RIGHTS", {})}
    return {part: rights for part, rights in found.items() if rights}


def of_others(rights: Mapping[str, Rights]) -> list[str]:
    return [
        f"{part} → {model.__name__}"
        for part, mine in rights.items()
        for model in mine
        if place(model) not in {f"bdhvs_lms.{part}"} | LENT.get(part, set())
    ]


def names_of_others(kinds: Iterable[type[ActivityType]]) -> list[str]:
    """Permissions that a kind of activity asks for and that are not its own package's."""
    return [
        f"{kind.key} → {right}"
        for kind in kinds
        for right in (*kind.editors_may, *kind.operators_may)
        if right.partition(".")[0] != kind.__module__.partition(".")[0]
    ]


def test_a_part_says_what_operators_may_do_with_its_own_models_and_no_others() -> None:
    assert of_others(declared()) == []


def test_what_another_part_owns_is_seen() -> None:
    seeded = {"learners": {Person: "view", Consent: "view"}, "classes": {Statement: "view"}}
    assert of_others(seeded) == ["learners → Consent", "classes → Statement"]


def test_the_group_of_operators_is_given_what_all_parts_declare() -> None:
    assert roles.RIGHTS == {model: names for rights in declared().values() for model, names in rights.items()}


def test_a_kind_of_activity_asks_for_permissions_of_its_own_package() -> None:
    kinds = [type(kind) for kind in activity_types]
    ours = {"bdhvs_content", "bdhvs_quiz", "bdhvs_h5p", "bdhvs_tasks"}
    assert {kind.__module__.partition(".")[0] for kind in kinds} >= ours
    assert names_of_others(kinds) == []
    right = {"key": "x", "editors_may": ("bdhvs_lms.add_area",), "__module__": "bdhvs_quiz.activity"}
    assert names_of_others([type("Seeded", (ActivityType,), right)]) == ["x → bdhvs_lms.add_area"]
