"""Everything that is kept about a person, and the tables that nobody has accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Model

from bdhvs_lms.learners.api import Learner, learner_for_actor, learner_for_user
from bdhvs_lms.plugins.api import PersonalData, personal_data


def export(learner: Learner) -> dict[str, Any]:
    """All that is recorded about the learner, JSON-ready: actor, and per model label the rows.

    Gathered from every registered `PersonalData`; a declared model without rows is there with an empty list, so that
    the person sees that it was looked at. The caller logs the access.
    """
    data: dict[str, list[dict[str, Any]]] = {}
    for owner in personal_data:
        rows = owner.export(learner)
        strange = sorted(set(rows) - set(owner.models))
        if strange:
            raise ValueError(f"{owner.key} exports {', '.join(strange)}, which it does not declare in `models`.")
        for label in owner.models:
            data.setdefault(label, []).extend(rows.get(label, []))
    return {"actor": str(learner.actor), "data": data}


def find_learner(text: str) -> Learner | None:
    """The learner with this actor UUID, else the one who signs in with this user name (as written, case and all)."""
    try:
        learner = learner_for_actor(UUID(text))
    except ValueError:
        learner = None
    if learner is not None:
        return learner
    model = get_user_model()
    user = model._default_manager.filter(**{model.USERNAME_FIELD: text}).first()
    return None if user is None else learner_for_user(user)


def personal_models(models: Iterable[type[Model]]) -> Iterator[tuple[type[Model], str]]:
    """Models with a relation of their own to Learner, to the user model or to an agent of the ledger, each with the

    field's name.

    Many-to-many tables count by the field that makes them. Inherited parents are looked at by themselves.
    """
    people = {Learner, get_user_model(), apps.get_model("bdhvs_xapi.Agent")}
    for model in models:
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            related = field.remote_field.model if field.remote_field else None
            if isinstance(related, type) and related._meta.concrete_model in people:
                yield model, field.name


def declared(owners: Iterable[PersonalData] | None = None) -> set[str]:
    """Lower-case labels of all models that some `PersonalData` accounts for."""
    return {label.lower() for owner in (personal_data if owners is None else owners) for label in owner.models}


def undeclared(models: Iterable[type[Model]] | None = None) -> list[str]:
    """'app.Model.field' of relations to a person that no `PersonalData` accounts for, in our packages (bdhvs_…).

    Args:
        models: look at these instead, of whatever package.
    """
    if models is None:
        models = [model for model in apps.get_models() if model.__module__.split(".")[0].startswith("bdhvs_")]
    known = declared()
    return sorted(
        f"{model._meta.label}.{name}" for model, name in personal_models(models) if model._meta.label_lower not in known
    )
