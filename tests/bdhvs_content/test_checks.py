"""Settings of a project of one's own that lack something: said by `manage.py check`."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.test import override_settings

from bdhvs_content.checks import CSRF, FORMS, MIDDLEWARE, check_project


def ids() -> list[str]:
    return [str(message.id) for message in check_project()]


def test_the_ready_site_has_everything() -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("app", "code"),
    [("wagtailmedia", "bdhvs_content.E001"), ("wagtail.contrib.typed_table_block", "bdhvs_content.E003")],
)
def test_without_an_app_that_blocks_need_it_is_an_error(app: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps, "is_installed", lambda name: name != app)
    assert ids() == [code]


@pytest.mark.parametrize("order", [[CSRF], [CSRF, MIDDLEWARE], [MIDDLEWARE, CSRF, FORMS], [FORMS, CSRF], []])
def test_the_middleware_has_to_stand_before_the_one_that_reads_the_form(order: list[str]) -> None:
    with override_settings(MIDDLEWARE=order):
        assert ids() == ["bdhvs_content.W001"]


@pytest.mark.parametrize("form", ["", "wagtail.images.forms.BaseImageForm"])
def test_drawings_without_a_form_that_looks_into_them_are_a_warning(form: str) -> None:
    with override_settings(WAGTAILIMAGES_IMAGE_FORM_BASE=form):
        assert ids() == ["bdhvs_content.W002"]
        with override_settings(WAGTAILIMAGES_EXTENSIONS=["png"]):
            assert ids() == []
    assert "svg" in settings.WAGTAILIMAGES_EXTENSIONS
