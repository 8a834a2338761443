"""What every page's frame needs, and numbers and days as Vietnamese and English readers write them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language

from bdhvs_lms.competency.api import trust_word
from bdhvs_lms.learners.api import names

register = template.Library()

LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}


@register.simple_tag
def site_name() -> str:
    """The site's name as its owner set it."""
    return str(getattr(settings, "WAGTAIL_SITE_NAME", "Bình dân học vụ số"))


@register.simple_tag
def learner_name(learner: Any) -> str:
    """The learner's full name, or the placeholder of an erased person."""
    return str(names([learner.pk]).get(learner.pk, ""))


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list[dict[str, str]]:
    """The other languages of this page: `code`, `name` and `url` of each.

    A link and no form: the address alone decides the language, so switching changes nothing on the server.
    """
    request = context.get("request")
    if request is None:
        return []
    current = get_language()
    translated = _page_translations(context.get("page"), request)
    return [
        {
            "code": code,
            "name": LANGUAGE_NAMES.get(code, code),
            "url": translated.get(code) or translate_url(request.get_full_path(), code),
        }
        for code, _name in settings.LANGUAGES
        if code != current
    ]


def _page_translations(page: Any, request: HttpRequest) -> dict[str, str]:
    """Addresses of the live translations of a Wagtail page: their slugs differ, so no address can be derived."""
    if page is None or not hasattr(page, "get_translations") or not page.pk:
        return {}
    found = page.get_translations().filter(live=True).select_related("locale")
    addresses = {translation.locale.language_code: translation.get_url(request) for translation in found}
    return {code: address for code, address in addresses.items() if address}


def _vietnamese() -> bool:
    return (get_language() or "vi").startswith("vi")


@register.filter
def day(value: date | datetime | None) -> str:
    """24/11/2026 in Vietnamese, 24 November 2026 in English; a moment counts by the local day."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return format_date(value, "d/m/Y" if _vietnamese() else "j F Y")


@register.filter
def number(value: int | Decimal | None) -> str:
    """1.240 or 84,9 in Vietnamese, 1,240 or 84.9 in English. Decimals keep the places they have."""
    if value is None:
        return ""
    text = f"{value:,}"
    return text.translate(str.maketrans(",.", ".,")) if _vietnamese() else text


@register.filter
def title_in(titles: dict[str, str] | None) -> str:
    """From a language map the title in the reader's language, else in Vietnamese, else any."""
    if not titles:
        return ""
    return titles.get(get_language() or "vi") or titles.get("vi") or next(iter(titles.values()))


@register.filter
def label(thing: Any) -> str:
    """The label of a competency, level, framework, group or rule in the reader's language, else in Vietnamese."""
    if thing is None:
        return ""
    stem = "label" if hasattr(thing, "label_vi") else "title"
    english = "" if _vietnamese() else getattr(thing, f"{stem}_en", "")
    return str(english or getattr(thing, f"{stem}_vi"))


@register.filter
def score(value: Decimal | None) -> str:
    """Points without needless zeros: 4, 7,5."""
    if value is None:
        return ""
    plain = value.normalize()
    return number(plain.quantize(Decimal(1)) if plain == plain.to_integral_value() else plain)


@register.filter
def percent(scaled: Decimal | None) -> str:
    """A scaled score (0 to 1) as whole percent, cut and never rounded up to a pass mark."""
    return "" if scaled is None else f"{int(scaled * 100)}%"


@register.filter
def trust(value: int) -> str:
    """How far a piece of evidence is trusted, in words."""
    return trust_word(value)
