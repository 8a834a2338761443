"""Where the demonstration cannot be loaded it says why, and leaves nothing behind."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Locale, Page

pytestmark = pytest.mark.django_db


def refused() -> str:
    before = Page.objects.count()
    with pytest.raises(CommandError) as error:
        call_command("load_demo", verbosity=0)
    assert Page.objects.count() == before
    return str(error.value)


def test_without_the_campaign_it_says_what_to_run_first() -> None:
    assert "run load_campaign first" in refused()


def test_a_site_without_vietnamese_pages_is_told_so() -> None:
    Locale.objects.update(language_code="en")
    assert "add the locale first" in refused()
