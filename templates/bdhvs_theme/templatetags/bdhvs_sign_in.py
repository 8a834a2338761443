"""Where people sign in here and look after their account: at pages of ours, or of the site's own."""

from __future__ import annotations

from django import template
from django.urls import reverse

from bdhvs_lms.learners.api import (
    OUR_SIGN_IN,
    OwnAccount,
    offer_address,
    own_account,
    password_address,
    sign_in_address,
    signs_in_here,
)

register = template.Library()


@register.simple_tag(takes_context=True)
def sign_in_url(context: template.Context, leads_to: str = "") -> str:
    """Of the site's sign-in page, which leads to this path of ours afterwards."""
    return sign_in_address(context["request"], leads_to)


@register.simple_tag
def offer_url(path: str, anchor: str = "") -> str:
    """Of the page on which an account becomes a learner, which leads to this path of ours afterwards."""
    return offer_address(f"{path}{anchor}")


@register.simple_tag
def other_ways_url() -> str:
    """Of our own page, for PINs and cards, where the site's sign-in page is another one; empty: it is ours."""
    return "" if signs_in_here() else reverse(OUR_SIGN_IN)


@register.simple_tag(name="own_account")
def own_account_link() -> OwnAccount:
    """Where somebody's account is looked after: `url`, `label`."""
    return own_account()


@register.simple_tag
def password_url() -> str:
    """Where whoever has an account changes its password."""
    return password_address()
