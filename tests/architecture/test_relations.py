"""Foreign keys written as strings are invisible to import-linter: no relation of a model may point up a layer."""

from collections.abc import Iterable

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.test.utils import isolate_apps

from tests.architecture.layers import ROOT_PACKAGES, layers
from tests.support.loops import for_each

# package or part → height; equal heights are strangers to each other
HEIGHT = {
    name: 100 * height for height, layer in enumerate(reversed(layers("distribution")), start=1) for name in layer
} | {
    f"bdhvs_lms.{part}": 100 * [["bdhvs_lms"] == layer for layer in reversed(layers("distribution"))].index(True)
    + 100
    + height
    for height, layer in enumerate(reversed(layers("core")), start=1)
    for part in layer
}
# The core and the ledger know no Wagtail, and no app of a site.
STANDALONE = ("bdhvs_lms", "bdhvs_xapi")


def place(model: type[models.Model]) -> str:
    """The part or package that owns the model, or its module when it is not ours."""
    module = model.__module__
    package, _, rest = module.partition(".")
    if package not in ROOT_PACKAGES:
        return module
    part = f"{package}.{rest.partition('.')[0]}"
    return part if part in HEIGHT else package


def wrong_relations(checked: Iterable[type[models.Model]]) -> list[str]:
    """One line for each relation of our models that points up a layer, to a stranger, or from the core to Wagtail."""
    wrong = []
    for model in checked:
        here = place(model)
        for field in model._meta.get_fields(include_parents=False):
            if not field.is_relation or field.auto_created and not field.concrete:
                continue
            targets = [field.related_model]
            if field.many_to_many:
                targets.append(field.remote_field.through)
            for target in targets:
                if target is None:  # a generic foreign key points to no model in particular
                    continue
                assert not isinstance(target, str), (
                    f"{model.__name__}.{field.name} names {target}, which does not exist"
                )
                there = place(target)
                if there in HEIGHT:
                    bad = there != here and HEIGHT[there] >= HEIGHT[here]
                else:
                    bad = here.startswith(STANDALONE) and not there.startswith("django.")
                if bad:
                    wrong.append(f"{model.__name__}.{field.name} → {target.__name__} ({here} → {there})")
    return wrong


def ours() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.partition(".")[0] in ROOT_PACKAGES
    ]


def test_no_relation_points_up() -> None:
    assert wrong_relations(ours()) == []


def left_on_others(checked: Iterable[type[models.Model]]) -> list[str]:
    """Names by which models of Django, Wagtail and other packages would know ours, and that a site's own models may
    want: the accessor on the model, and the word in a query."""
    found = set()
    for model in checked:
        prefix = f"{model._meta.app_label}_"
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many, *model._meta.private_fields):
            remote = field.remote_field
            if remote is None or not remote.model or place(remote.model) in HEIGHT:
                continue
            for name in (remote.get_accessor_name(), field.related_query_name()):
                if name and not name.endswith("+") and not name.startswith(prefix):
                    found.add(f"{model.__name__}.{field.name} → {remote.model.__name__}.{name}")
    return sorted(found)


def test_no_name_of_ours_is_left_on_models_of_others() -> None:
    assert left_on_others(ours()) == []


@isolate_apps()
def test_a_name_left_on_others_is_caught() -> None:
    class Meta:
        app_label = "bdhvs_lms"

    to = models.ForeignKey(get_user_model(), models.CASCADE)
    bare = type("Bare", (models.Model,), {"__module__": "bdhvs_lms.learners.models", "Meta": Meta, "user": to})
    many = models.ManyToManyField(get_user_model(), related_name="taught")
    named = type("Named", (models.Model,), {"__module__": "bdhvs_lms.learners.models", "Meta": Meta, "users": many})
    assert left_on_others([bare, named]) == [
        "Bare.user → User.bare",
        "Bare.user → User.bare_set",
        "Named.users → User.taught",
    ]


def test_every_model_of_the_core_belongs_to_a_part() -> None:
    """A model in a root module would have no layer, and no relation of it could be judged."""
    assert [model.__name__ for model in ours() if place(model) == "bdhvs_lms"] == []


@for_each(
    ("low", "high"),
    [
        ("bdhvs_lms.plugins.models", "bdhvs_lms.learners.models"),
        ("bdhvs_lms.learners.models", "bdhvs_lms.tracking.models"),
        ("bdhvs_lms.progress.models", "bdhvs_lms.competency.models"),
        ("bdhvs_xapi.store.models", "bdhvs_lms.learners.models"),
        ("bdhvs_lms.courses.models", "bdhvs_content.models"),
        ("bdhvs_h5p.models", "bdhvs_quiz.models"),
        ("bdhvs_tasks.models", "bdhvs_quiz.models"),
    ],
)
@for_each("relation", [models.ForeignKey, models.OneToOneField, models.ManyToManyField])
@isolate_apps()
def test_seeded_relation_is_caught(low: str, high: str, relation: type[models.Field]) -> None:
    class Meta:
        app_label = "bdhvs_lms"

    arguments = () if relation is models.ManyToManyField else (models.CASCADE,)
    upper = type("Upper", (models.Model,), {"__module__": high, "Meta": Meta})
    lower = type(
        "Lower",
        (models.Model,),
        {"__module__": low, "Meta": Meta, "seeded": relation("bdhvs_lms.Upper", *arguments)},
    )
    down = type(
        "Down",
        (models.Model,),
        {"__module__": high, "Meta": Meta, "allowed": relation("bdhvs_lms.Lower", *arguments)},
    )
    assert wrong_relations([lower, upper])[0].startswith("Lower.seeded → Upper")
    # Downwards is the way it should be; between strangers neither is.
    strangers = low in ("bdhvs_lms.progress.models", "bdhvs_h5p.models", "bdhvs_tasks.models")
    assert bool(wrong_relations([down])) is strangers


@pytest.mark.parametrize("low", ["bdhvs_lms.courses.models", "bdhvs_xapi.store.models"])
@isolate_apps()
def test_seeded_relation_to_wagtail_is_caught(low: str) -> None:
    class Meta:
        app_label = "bdhvs_lms"

    type("Page", (models.Model,), {"__module__": "wagtail.models.pages", "Meta": Meta})
    seeded = models.ForeignKey("bdhvs_lms.Page", models.CASCADE)
    lower = type("Lower", (models.Model,), {"__module__": low, "Meta": Meta, "seeded": seeded})
    assert wrong_relations([lower])[0].startswith("Lower.seeded → Page")
