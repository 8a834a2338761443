"""Settings of an app: read when they are used, refused in a sentence, and looked at by `manage.py check`."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from bdhvs_xapi.app_settings import AppSettings, Kind, Setting, flag, number, text, texts
from tests.support.loops import for_each


class ShopSettings(AppSettings):
    prefix, error, warning = "SHOP_", "shop.E001", "shop.W001"

    OPEN = Setting(flag, True, "whether anything is sold")
    MAX_ITEMS = Setting(number(1, 100), 20, "items in one order")
    LEAST = Setting(number(0), 5, "what is too little", error="shop.E009")
    CURRENCY = Setting(text("three capital letters", "[A-Z]{3}"), "VND", "of prices")
    COUNTRIES = Setting(texts("a list of two letters", "[a-z]{2}"), ["vn"], "where it is sent")
    SIGN = Setting(text("a sign or empty", ".?"), "₫", "after prices")
    TAX = Setting(Kind("a rate", float), "0.1", "added to prices")


class DrinkSettings(AppSettings):
    prefix, error, warning = "SHOP_DRINKS_", "drinks.E001", "drinks.W001"

    COLD = Setting(flag, True, "whether they are")


shop, drinks = ShopSettings(), DrinkSettings()


def said(of: AppSettings) -> list[tuple[str | None, str, str | None]]:
    return [(message.id, message.msg, message.hint) for message in of.check()]


def test_what_is_not_set_has_its_default() -> None:
    found = (shop.OPEN, shop.MAX_ITEMS, shop.LEAST, shop.CURRENCY, shop.COUNTRIES, shop.TAX)
    assert found == (True, 20, 5, "VND", ("vn",), 0.1)
    assert (said(shop), said(drinks)) == ([], [])


def test_a_value_is_read_when_it_is_used() -> None:
    with override_settings(SHOP_MAX_ITEMS=7, SHOP_COUNTRIES=("vn", "la"), SHOP_TAX="0.2"):
        assert (shop.MAX_ITEMS, shop.COUNTRIES, shop.TAX) == (7, ("vn", "la"), 0.2)
        with override_settings(SHOP_MAX_ITEMS=8):
            assert shop.MAX_ITEMS == 8
    assert shop.MAX_ITEMS == 20


@pytest.mark.parametrize("kind", [list, tuple, set, frozenset])
def test_several_texts_may_be_in_any_collection(kind: Any) -> None:
    with override_settings(SHOP_COUNTRIES=kind(["vn", "la"])):
        assert sorted(shop.COUNTRIES) == ["la", "vn"]
        assert said(shop) == []


def test_none_is_the_empty_text_where_that_may_be() -> None:
    with override_settings(SHOP_SIGN=None):
        assert (shop.SIGN, said(shop)) == ("", [])
    with override_settings(SHOP_CURRENCY=None):
        assert [id_ for id_, _, _ in said(shop)] == ["shop.E001"]


@for_each(
    ("name", "value", "words"),
    [
        ("OPEN", 1, "True or False"),
        ("OPEN", "yes", "True or False"),
        ("MAX_ITEMS", 0, "a whole number from 1 to 100"),
        ("MAX_ITEMS", 101, "a whole number from 1 to 100"),
        ("MAX_ITEMS", True, "a whole number from 1 to 100"),
        ("MAX_ITEMS", "7", "a whole number from 1 to 100"),
        ("MAX_ITEMS", 7.0, "a whole number from 1 to 100"),
        ("MAX_ITEMS", None, "a whole number from 1 to 100"),
        ("CURRENCY", "VNDD", "three capital letters"),
        ("CURRENCY", "VND\n", "three capital letters"),
        ("CURRENCY", b"VND", "three capital letters"),
        ("COUNTRIES", "vn", "a list of two letters"),
        ("COUNTRIES", ["vn", 7], "a list of two letters"),
        ("COUNTRIES", ["vn", "Laos"], "a list of two letters"),
        ("COUNTRIES", None, "a list of two letters"),
        ("TAX", "much", "a rate"),
    ],
)
def test_a_value_of_another_kind_is_refused_in_a_sentence(name: str, value: Any, words: str) -> None:
    sentence = f"SHOP_{name} is {value!r}, but must be {words}."
    with override_settings(**{f"SHOP_{name}": value}):
        with pytest.raises(ImproperlyConfigured) as raised:
            getattr(shop, name)
        assert str(raised.value) == sentence
        [(id_, message, hint)] = said(shop)
    assert (id_, message) == ("shop.E001", sentence)
    assert str(hint).startswith("Remove it to use the default, ")


def test_a_setting_may_have_a_message_of_its_own() -> None:
    with override_settings(SHOP_LEAST=-1):
        assert [message.id for message in shop.check()] == ["shop.E009"]


def test_a_name_that_nobody_reads_is_named_with_the_one_that_was_meant() -> None:
    with override_settings(SHOP_MAX_ITEM=7, SHOP_XYZ=1):
        assert said(shop) == [
            ("shop.W001", "SHOP_MAX_ITEM is set, but no installed app declares it.", "Did you mean SHOP_MAX_ITEMS?"),
            (
                "shop.W001",
                "SHOP_XYZ is set, but no installed app declares it.",
                "Remove it, or install the app that it is for. A setting of your own needs another prefix than "
                "SHOP_, or an AppSettings of its own.",
            ),
        ]


def test_a_name_is_said_by_whom_it_is_most_likely_for() -> None:
    with override_settings(SHOP_DRINKS_COOL=True, SHOP_DRINKS_COLD=False):
        assert said(shop) == []
        assert [message.hint for message in drinks.check()] == ["Did you mean SHOP_DRINKS_COLD?"]
