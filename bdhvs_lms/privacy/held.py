"""Declarations of personal data that are lists of tables: what is read of each, in one generic exporter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, Model

from bdhvs_lms.learners.api import Learner, LearnerIdentity
from bdhvs_lms.plugins.api import PersonalData


@dataclass(frozen=True)
class Held:
    """A table that holds something of a person: found through `field`, which holds the learner, the learner's actor
    UUID, or the learner's user account (`of`). `kept`: why erasure leaves the rows."""

    label: str
    field: str
    of: Literal["learner", "actor", "user"]
    kept: str


def user_ids(learner: Learner, *, brought: bool = True) -> list[str]:
    """Return primary keys, as strings, of the user accounts by which the learner signs in; not `brought`: without those
    that were there before, which outlive the learner."""
    found = LearnerIdentity.objects.filter(learner=learner, kind=LearnerIdentity.Kind.USER, issuer="")
    return list((found if brought else found.filter(brought=False)).values_list("subject", flat=True))


def readable(value: Any) -> Any:
    """Return a column's value as JSON that a person can read."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    return value


def row_of(instance: Model) -> dict[str, Any]:
    """Return the row's columns by name. Relations are told by what they are called; learner and accounts are left out:
    the export is about one person, and an account that did something to the person is not the person's data."""
    people = {"bdhvs_lms.learner", settings.AUTH_USER_MODEL.lower()}
    row: dict[str, Any] = {}
    for field in instance._meta.concrete_fields:
        if field.primary_key:
            continue
        if isinstance(field, ForeignKey):
            if field.related_model._meta.label_lower in people:
                continue
            related = getattr(instance, field.name)
            row[field.name] = None if related is None else str(related)
        elif field.choices:
            row[field.name] = str(getattr(instance, f"get_{field.name}_display")())
        else:
            row[field.name] = readable(getattr(instance, field.name))
    return row


_ERASED = "erased-"


def erased_name(known_as: UUID) -> str:
    """Return the sign-in name of an erased account, with which nobody signs in."""
    return f"{_ERASED}{known_as}"


def is_erased(user: Any) -> bool:
    return not user.is_active and str(user.get_username()).startswith(_ERASED)


class TableData(PersonalData):
    """Personal data that is a list of `Held` tables, all of which erasure leaves: the person's name is elsewhere.

    A table that is there twice is one in which the person is found in two ways."""

    tables: ClassVar[tuple[Held, ...]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.models = tuple(dict.fromkeys(held.label for held in cls.tables))
        cls.kept = {held.label: held.kept for held in cls.tables if held.kept}

    def export(self, learner: Learner) -> dict[str, list[dict[str, Any]]]:
        accounts = user_ids(learner)
        found: dict[str, list[dict[str, Any]]] = {}
        for held in self.tables:
            model = apps.get_model(held.label)
            lookups: dict[str, dict[str, Any]] = {
                "learner": {held.field: learner.pk},
                "actor": {held.field: learner.actor},
                "user": {f"{held.field}__in": accounts},
            }
            relations = [field.name for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]
            rows = model._default_manager.filter(**lookups[held.of]).order_by("pk").distinct()
            if relations:
                rows = rows.select_related(*relations)
            found.setdefault(held.label, []).extend(row_of(row) for row in rows)
        return found

    def erase(self, learner: Learner) -> int:
        return 0
