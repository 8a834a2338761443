"""The base of our IRIs is made once and never follows an address."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import IntegrityError

from bdhvs_lms.tracking.api import IriBase, ensure_base

pytestmark = pytest.mark.django_db
AT = datetime(2025, 9, 1, tzinfo=UTC)


@pytest.fixture
def fresh() -> None:
    """As on the first migrate."""
    IriBase.objects.all().delete()


def made(settings: Any, *, base: str = "", public: str = "") -> IriBase:
    settings.BDHVS_IRI_BASE, settings.BDHVS_PUBLIC_URL = base, public
    return ensure_base(at=AT)


def test_what_was_asked_for_goes_first(fresh: None, settings: Any) -> None:
    row = made(settings, base="https://ids.example", public="https://hoc.example")
    assert (row.base, row.home_page) == ("https://ids.example/xapi", "https://ids.example/")


def test_else_the_public_address_when_it_is_https(fresh: None, settings: Any) -> None:
    assert made(settings, public="https://hoc.example").home_page == "https://hoc.example/"


@pytest.mark.parametrize("public", ["http://127.0.0.1:8000", ""])
def test_a_set_up_on_http_names_no_address_and_no_other_set_up(fresh: None, settings: Any, public: str) -> None:
    first = made(settings, public=public)
    assert first.home_page.startswith("https://") and first.home_page.endswith(".bdhvs.invalid/")
    IriBase.objects.all().delete()
    assert made(settings, public=public).home_page != first.home_page


def test_later_settings_change_nothing(fresh: None, settings: Any) -> None:
    first = made(settings, public="https://hoc.example")
    again = made(settings, base="https://elsewhere.example", public="https://moved.example")
    assert (again.base, again.home_page) == (first.base, first.home_page)
    assert IriBase.objects.count() == 1


def test_a_check_says_that_a_later_setting_has_no_effect(fresh: None, settings: Any) -> None:
    def warned() -> list[str | None]:
        return [message.id for message in run_checks(tags=["database"], databases=["default"]) if message.id]

    made(settings, base="https://ids.example")
    assert "bdhvs_lms.W002" not in warned()
    settings.BDHVS_IRI_BASE = "https://elsewhere.example"
    assert "bdhvs_lms.W002" in warned()


def test_the_database_refuses_a_second_base() -> None:
    with pytest.raises(IntegrityError):
        IriBase.objects.create(pk=2, base="https://b.example/xapi", home_page="https://b.example/", created_at=AT)
