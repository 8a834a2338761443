"""Outside figures: what may be written down, and which of them speak on a day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from bdhvs_lms.base.append_only import AppendOnlyError
from bdhvs_lms.campaign.api import Figure, Indicator, enter_figure
from tests.bdhvs_lms.learners.making import AT, DAY, LAST_OF_OLD, make_group, make_land, make_user
from tests.support.loops import for_each

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def land():
    return make_land()


@pytest.fixture
def enter(land):
    indicator = Indicator.objects.create(key="smartphone_ownership", source_kind="survey")
    group = make_group()

    def write(hours: int = 0, **values) -> Figure:
        what = {
            "indicator": indicator,
            "group": group,
            "area": land.north,
            "as_of": DAY,
            "source": "VNPT",
            "by": None,
            "numerator": 40,
            **values,
        }
        return enter_figure(at=AT + timedelta(hours=hours), **what)

    write.indicator, write.group = indicator, group
    return write


@for_each(
    ("values", "field"),
    [
        ({"numerator": None}, "__all__"),
        ({"numerator": 40, "percent": Decimal(5)}, "percent"),
        ({"numerator": None, "percent": Decimal("100.01")}, "percent"),
        ({"numerator": None, "percent": Decimal(-1)}, "percent"),
        ({"base": 39}, "base"),
        ({"base": 0, "numerator": 0}, "base"),
        ({"numerator": None, "rank": 0}, "rank"),
        ({"source": "  "}, "source"),
        ({"source": "x" * 301}, "source"),
        ({"as_of": DAY + timedelta(days=1)}, "as_of"),
        ({"as_of": LAST_OF_OLD}, "area"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(enter, values, field):
    with pytest.raises(ValidationError) as refused:
        enter(**values)
    assert list(getattr(refused.value, "error_dict", {"__all__": 0})) == [field]
    assert not Figure.objects.exists()


def test_the_database_refuses_too(enter, land):
    row = {
        "indicator": enter.indicator,
        "group": enter.group,
        "area": land.north,
        "as_of": DAY,
        "source": "s",
        "entered_at": AT,
    }
    impossible = [
        {},
        {"numerator": 4, "percent": 5},
        {"percent": 101},
        {"rank": 0},
        {"numerator": 5, "base": 4},
    ]
    for numbers in impossible:
        with pytest.raises(IntegrityError), transaction.atomic():
            Figure.objects.create(**row, **numbers)


def test_entering_needs_the_permission_and_is_for_good(enter):
    with pytest.raises(PermissionDenied):
        enter(by=make_user("add_denominator"))
    figure = enter(by=make_user("add_figure"), source="Công an\n xã", note=" điều tra ", base=50)
    figure.refresh_from_db()
    assert (figure.source, figure.note, figure.base, figure.illustrative) == ("Công an xã", "điều tra", 50, False)
    figure.numerator = 41
    with pytest.raises(AppendOnlyError):
        figure.save()
