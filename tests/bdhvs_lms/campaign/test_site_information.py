"""Who runs the site: said by operators, read at the foot of every page, where somebody signs in and needs help."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from bdhvs_lms.campaign.api import write_site_information
from bdhvs_lms.campaign.site_information import FIELDS, KEY
from tests.support.markup import html_of
from tests.support.world import T0

pytestmark = pytest.mark.django_db

SAID = {
    **dict.fromkeys(FIELDS, ""),
    "agency": "Ủy ban nhân dân xã Trần Phú",
    "address": "Thôn 3",
    "phone": "0000 123 456",
    "hours_vi": "giờ hành chính",
    "hours_en": "office hours",
    "privacy_vi": "Trang không hỏi mã OTP.",
    "privacy_en": "This site never asks for an OTP code.",
}


def test_the_newest_is_at_the_foot_and_where_somebody_needs_help(django_assert_num_queries: Any) -> None:
    client = Client()
    before = html_of(client.get("/tro-giup/"))
    assert "Gọi người giúp" not in before
    write_site_information(at=T0, by=None, **{**SAID, "agency": "Cơ quan cũ"})
    write_site_information(at=T0, by=None, **SAID)
    for path, times in (("/tro-giup/", 2), ("/dang-nhap/", 2), ("/khung-nang-luc/", 1)):
        html = html_of(client.get(path))
        assert html.count('href="tel:0000123456"') == times, path
        assert "Cơ quan cũ" not in html
        assert "<strong>Ủy ban nhân dân xã Trần Phú</strong> · Thôn 3" in html
        assert "Trang không hỏi mã OTP." in html
    english = html_of(client.get("/en/learning-help/"))
    assert "(office hours)" in english and "This site never asks for an OTP code." in english
    with django_assert_num_queries(0):
        client.get("/tro-giup/")
    cache.delete(KEY)
    with django_assert_num_queries(1):
        client.get("/tro-giup/")


@pytest.mark.parametrize(("name", "value"), [("agency", "  "), ("phone", "gọi anh Tư")])
def test_what_cannot_be_is_refused_by_its_field(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        write_site_information(at=T0, by=None, **{**SAID, name: value})
    assert list(refused.value.message_dict) == [name]


def test_only_who_may_says_it(django_user_model: Any) -> None:
    with pytest.raises(PermissionDenied):
        write_site_information(at=T0, by=django_user_model.objects.create_user("ai"), **SAID)
