"""Rows of the append-only tables: every way that code has to change or delete one is refused, each table by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, models, transaction

from bdhvs_lms.audit.api import Consent, log_access, record_consent
from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.base.append_only import AppendOnlyError
from bdhvs_lms.campaign.api import Denominator, enter_denominator
from bdhvs_lms.learners.actions import place
from bdhvs_lms.learners.api import Belonging, Placement, belong
from tests.bdhvs_lms.learners.making import AT, DAY, make_group, make_land, make_learner, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def _placement() -> Any:
    return place(make_learner(), make_land().north, valid_from=DAY, at=AT)


def _belonging() -> Any:
    return belong(make_learner(), make_group(), valid_from=DAY, at=AT)


def _consent() -> Any:
    return record_consent(uuid4(), given=True, at=AT)


def _access() -> Any:
    log_access(user=None, actors=[uuid4()], page="class-review", at=AT)
    return AccessLog.objects.get()


def _denominator() -> Any:
    return enter_denominator(
        group=make_group(), area=make_land().north, as_of=DAY, value=10, source="register", at=AT, by=None
    )


# Table, how to make a row, a column, and another value for it.
TABLES: list[tuple[type[models.Model], Callable[[], Any], str, Any]] = [
    (Placement, _placement, "valid_from", date(2030, 1, 1)),
    (Belonging, _belonging, "valid_from", date(2030, 1, 1)),
    (Consent, _consent, "given", False),
    (AccessLog, _access, "page", "other"),
    (Denominator, _denominator, "value", 11),
]
by_table = pytest.mark.parametrize(
    ("model", "make", "column", "other"), TABLES, ids=[row[0].__name__ for row in TABLES]
)


@pytest.fixture
def unchanged() -> Callable[[Any], Any]:
    def check(row: Any) -> None:
        values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        assert list(type(row).objects.filter(pk=row.pk).values()) == [values]

    return check


@by_table
def test_save_of_a_stored_row_is_refused(model, make, column, other, unchanged):
    row = make()
    before = getattr(row, column)
    setattr(row, column, other)
    with pytest.raises(AppendOnlyError, match=model.__name__):
        row.save()
    with pytest.raises(AppendOnlyError, match=model.__name__):
        row.save(update_fields=[column])
    setattr(row, column, before)
    unchanged(row)


@by_table
def test_a_new_object_with_a_taken_key_does_not_overwrite(model, make, column, other, unchanged):
    row = make()
    values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        model(**{**values, column: other}).save()
    unchanged(row)


@by_table
def test_delete_of_a_row_is_refused(model, make, column, other, unchanged):
    row = make()
    with pytest.raises(AppendOnlyError, match=model.__name__):
        row.delete()
    unchanged(row)


@by_table
def test_update_of_a_queryset_is_refused(model, make, column, other, unchanged):
    row = make()
    for rows in (model.objects, model.objects.filter(pk=row.pk)):
        with pytest.raises(AppendOnlyError, match=model.__name__):
            rows.update(**{column: other})
    unchanged(row)


@by_table
def test_bulk_update_and_upserts_are_refused(model, make, column, other, unchanged):
    row = make()
    before = getattr(row, column)
    setattr(row, column, other)
    with pytest.raises(AppendOnlyError, match=model.__name__):
        model.objects.bulk_update([row], [column])
    with pytest.raises(AppendOnlyError, match=model.__name__):
        model.objects.bulk_create([row], update_conflicts=True, update_fields=[column], unique_fields=["pk"])
    with pytest.raises(AppendOnlyError, match=model.__name__):
        model.objects.update_or_create(pk=row.pk, defaults={column: other})
    setattr(row, column, before)
    unchanged(row)


@by_table
def test_delete_of_a_queryset_is_refused(model, make, column, other, unchanged):
    row = make()
    with pytest.raises(AppendOnlyError, match=model.__name__):
        model.objects.filter(pk=row.pk).delete()
    with pytest.raises(AppendOnlyError, match=model.__name__):
        model.objects.all().delete()
    unchanged(row)


def test_rows_of_a_related_manager_are_guarded_too():
    placement = _placement()
    with pytest.raises(AppendOnlyError):
        placement.learner.placements.update(valid_from=DAY + timedelta(days=1))
    with pytest.raises(AppendOnlyError):
        placement.learner.placements.all().delete()


def test_the_log_outlives_the_account_that_looked():
    user = make_user(username="co-giao")
    actor = uuid4()
    log_access(user=user, actors=[actor], page="class-review", at=AT)
    user.delete()
    row = AccessLog.objects.get()
    assert (row.user_id, row.user_label) == (None, "co-giao")
