"""A site's own context processors give every template names of theirs, `settings` (Wagtail's) the first of them."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db

NAMES = (
    "settings",
    "site",
    "menu",
    "error",
    "next",
    "heading",
    "person",
    "first",
    "known",
    "unknown",
    "theme",
    "status",
)


class OfTheSite:
    def __init__(self, name: str) -> None:
        self.name = name

    def __bool__(self) -> bool:
        raise AssertionError(f"The page takes the site's {self.name} for its own.")

    __str__ = __bool__  # type: ignore[assignment]


def of_the_site(request: HttpRequest) -> dict[str, Any]:
    return {name: OfTheSite(name) for name in NAMES}


@pytest.mark.parametrize("page", ["join", "class-sign-in", "self-register", "class-new", "password", "class-list"])
def test_pages_take_nothing_of_the_site_for_their_own(client: Client, settings: Any, page: str) -> None:
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["context_processors"].append(f"{__name__}.of_the_site")
    settings.TEMPLATES = templates
    if page in ("class-new", "password", "class-list"):
        client.force_login(get_user_model().objects.create_superuser("root", password="x"))
    assert client.get(reverse(f"bdhvs_lms:{page}"), follow=True).status_code == 200
