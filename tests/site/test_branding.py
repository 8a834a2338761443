"""The ready site's admin bears the site's mark and name, and none of Wagtail's."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

pytestmark = pytest.mark.django_db
MARK = "bdhvs_lms/mark.svg"


def test_every_kind_of_page_of_the_admin_has_the_mark_and_the_name(settings: Any, django_user_model: Any) -> None:
    settings.WAGTAIL_SITE_NAME = "Học ở Chương Mỹ"
    client = Client()
    sign_in = client.get("/quan-tri/login/").content.decode()
    client.force_login(django_user_model.objects.create_superuser("chu"))
    pages = [sign_in, *(client.get(f"/quan-tri/{path}").content.decode() for path in ("", "pages/999/edit/", "users/"))]
    for html in pages:
        assert " - Học ở Chương Mỹ</title>" in html
        assert f'<link rel="icon" href="/static/{MARK}"' in html
        assert f'src="/static/{MARK}"' in html
        assert "icon-wagtail" not in html and "favicon.ico" not in html
    assert "Học ở Chương Mỹ: trang quản trị" in sign_in
    assert finders.find(MARK) and finders.find("bdhvs_lms/brand.css") and finders.find("bdhvs_wagtail_vi/admin.css")
