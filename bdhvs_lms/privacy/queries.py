"""Everything that is kept about a person."""

from __future__ import annotations

from itertools import product
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model

from bdhvs_lms.classes.api import ClassGroup, Team
from bdhvs_lms.learners.api import Learner, Person, learner_for_actor, learner_for_user, names_person
from bdhvs_lms.plugins.api import personal_data


def export(learner: Learner) -> dict[str, Any]:
    """Return all that is recorded about the learner, in all records of the person, JSON-ready: actor, those of further
    records (`merged`, where there are any), and per model label the rows.

    Gathered from every registered `PersonalData`, record by record; a declared model without rows is there with an
    empty list, so that the person sees that it was looked at. The caller logs the access.
    """
    data: dict[str, list[dict[str, Any]]] = {}
    for owner, record in product(personal_data, learner.records):
        rows = owner.export(record)
        strange = sorted(set(rows) - set(owner.models))
        if strange:
            raise ValueError(f"{owner.key} exports {', '.join(strange)}, which it does not declare in `models`.")
        for label in owner.models:
            data.setdefault(label, []).extend(rows.get(label, []))
    actor, *merged = map(str, learner.actors)
    return {"actor": actor, **({"merged": merged} if merged else {}), "data": data}


def named_after(learner: Learner) -> list[str]:
    """Names of classes and teams that say the person's name. Records of learning name the class, so that erasure leaves
    them: whoever may rename it has to."""
    called = [person.full_name for person in Person.objects.filter(learner__in=learner.ids)]
    names = [*ClassGroup.objects.values_list("name", flat=True), *Team.objects.values_list("name", flat=True)]
    return [name for name in names if any(names_person(name, each) for each in called)]


def find_learner(text: str) -> Learner | None:
    """Find the learner with this actor UUID, else the one who signs in with this user name (as written,
    case and all)."""
    try:
        learner = learner_for_actor(UUID(text))
    except ValueError:
        learner = None
    if learner is not None:
        return learner
    user = find_account(text)
    return None if user is None else learner_for_user(user)


def find_account(text: str) -> Any:
    """Find the account that signs in with this user name, as written, a closed one too; None: there is none."""
    model = get_user_model()
    return model._default_manager.filter(**{model.USERNAME_FIELD: text}).first()
