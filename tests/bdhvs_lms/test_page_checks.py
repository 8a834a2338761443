"""What `manage.py check` says of a project that mounts the core's pages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Engine
from django.test import override_settings
from django.test.utils import override_script_prefix

from bdhvs_content import checks as content_checks
from bdhvs_lms import checks
from bdhvs_quiz import checks as quiz_checks
from tests.support.live import ROOT

WITHOUT_PAGES = "bdhvs_wagtail_vi.urls"


def said() -> list[tuple[str, str]]:
    return [(str(message.id), str(message.msg)) for message in checks.check_pages()]


def test_the_ready_site_has_everything() -> None:
    assert said() == []


def test_a_project_below_a_part_of_another_sites_addresses_has_everything() -> None:
    """As FORCE_SCRIPT_NAME says: every address begins with it, and none of them is looked up with it."""
    with override_script_prefix("/portal/"):
        assert said() == []


def test_without_the_middleware_nobody_is_a_learner() -> None:
    without = [name for name in settings.MIDDLEWARE if name != checks.MIDDLEWARE]
    for order in (without, [checks.MIDDLEWARE, *without]):
        with override_settings(MIDDLEWARE=order):
            assert [name for name, _text in said()] == ["bdhvs_lms.E007"]
    with override_settings(MIDDLEWARE=[*without, checks.MIDDLEWARE]):
        assert said() == []


def test_djangos_own_address_for_signing_in_leads_nowhere_here() -> None:
    with override_settings(LOGIN_URL="/accounts/login/"):
        assert [name for name, _text in said()] == ["bdhvs_lms.W004"]
    for own in ("/dang-nhap/", "bdhvs_lms:sign-in", "https://id.example/"):
        with override_settings(LOGIN_URL=own):
            assert said() == []


def test_without_the_theme_each_app_names_the_templates_that_its_pages_lack() -> None:
    bare: list[dict[str, Any]] = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
    with override_settings(TEMPLATES=bare):
        found = [*checks.check_pages(), *content_checks.check_project(), *quiz_checks.check_question_types()]
        for templates, message in zip(
            (checks.TEMPLATES, content_checks.TEMPLATES, quiz_checks.TEMPLATES), found, strict=True
        ):
            assert message.id == "bdhvs_lms.W003"
            assert str(message.msg).endswith(f"have no templates: {', '.join(templates)}.")


def test_a_project_with_pages_of_its_own_is_asked_for_nothing() -> None:
    with override_settings(ROOT_URLCONF="tests.bdhvs_lms.own_pages", MIDDLEWARE=[], LOGIN_URL="/accounts/login/"):
        assert said() == []


def test_courses_without_any_address_are_named() -> None:
    with override_settings(ROOT_URLCONF=WITHOUT_PAGES):
        assert [name for name, _text in said()] == ["bdhvs_lms.W008"]


def test_addresses_behind_wagtails_are_named() -> None:
    with override_settings(ROOT_URLCONF="tests.bdhvs_lms.behind_wagtail"):
        assert [name for name, _text in said()] == ["bdhvs_lms.E010"]


FRAMES = {
    "site.html": "<title>{% block heading %}{% endblock %}</title>{% block page %}{% endblock %}",
    "between.html": '{% extends "site.html" %}{% block page %}{% block inner %}{% endblock %}{% endblock %}',
    "titled.html": '{% extends "site.html" %}{% block heading %}{% block title %}{% endblock %}{% endblock %}',
    "lost.html": '{% extends "site.html" %}{% block nowhere %}{% block title %}{% endblock %}{% endblock %}',
    "good.html": '{% extends "between.html" %}{% block inner %}{% block bdhvs_main %}{% endblock %}{% endblock %}',
    "bad.html": '{% extends "site.html" %}{% block extra_css %}{% endblock %}{% block page %}{% endblock %}',
    "alone.html": "{% block bdhvs_main %}{% endblock %}",
}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("good.html", ([], "between.html", False)),
        ("titled.html", ([], "site.html", True)),
        ("lost.html", (["nowhere"], "site.html", False)),
        ("bad.html", (["extra_css"], "site.html", False)),
        ("alone.html", ([], "", True)),
    ],
)
def test_a_frame_that_fills_blocks_which_are_not_there_is_named(name: str, found: tuple[list[str], str, bool]) -> None:
    engine = Engine(loaders=[("django.template.loaders.locmem.Loader", FRAMES)])
    assert checks.dropped_blocks(engine.get_template(name)) == found


def named_in(package: Path) -> Iterator[str]:
    """The page templates that a package's Python names; the admin's are its own."""
    for path in package.rglob("*.py"):
        if {"admin", "migrations", "bank"} & set(path.parts) or path.name == "checks.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".html"):
                yield node.value


def test_the_lists_hold_every_template_that_code_names() -> None:
    named = {
        name
        for package in ("bdhvs_lms", "content/bdhvs_content", "content/bdhvs_quiz")
        for name in named_in(ROOT / package)
    }
    named = {name for name in named if name.startswith("bdhvs_")}
    # The frame, and pages that are there with the theme only: without them others take their place.
    named -= {checks.FRAME, "bdhvs_theme/errors/413.html"}
    # Fragments of questions and drawings of ways to sign in are the plugin contract's to check (E003, E009); the
    # admin's templates stand beside the code.
    named = {name for name in named if not name.startswith("bdhvs_quiz/types/") and "/admin/" not in name}
    named = {name for name in named if not name.startswith("bdhvs_lms/includes/method_")}
    assert named == {*checks.TEMPLATES, *content_checks.TEMPLATES, *quiz_checks.TEMPLATES}
