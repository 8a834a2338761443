"""What every page's frame needs, and numbers and days as Vietnamese and English readers write them."""

from datetime import date, datetime
from decimal import Decimal
from html import unescape
from typing import Any

from django import template
from django.apps import apps
from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import (
    account_name,
    day_of,
    format_day,
    format_number,
    has_marks,
    in_language,
    is_vietnamese,
    language_name,
    language_of,
    now,
)
from bdhvs_lms.campaign.api import about_site
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.api import Learner, device_tag, learner_of, name_of
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.privacy.api import changes_in_words
from bdhvs_lms.reporting.api import address_of, courses_of
from bdhvs_lms.tracking.api import trust_word
from bdhvs_theme.conf import app_settings as theme_settings
from bdhvs_theme.languages import languages_apart, page_translations
from bdhvs_theme.text_size import SIZES, chosen

register = template.Library()


def _language(code: str | None) -> str:
    """The language without its country: pages are in "en" where a site's readers have "en-us"."""
    return (code or "vi").split("-")[0]


def _own() -> str:
    """The reader's."""
    return _language(get_language())


@register.simple_tag
def changed_sign_in(learner: Learner) -> list[Any]:
    """Who gave the learner another way in lately: see `changes_in_words`."""
    return changes_in_words(learner, now())


@register.simple_tag
def site_name() -> str:
    """The site's name as its owner set it."""
    return str(getattr(settings, "WAGTAIL_SITE_NAME", "Bình dân học vụ số"))


@register.simple_tag
def home_url() -> str:
    """The first page in the reader's language. Known without a request, a database or a page tree."""
    try:
        return reverse("wagtail_serve", args=[""])
    except NoReverseMatch:
        return "/"


@register.simple_tag(takes_context=True)
def courses_url(context: template.Context) -> str:
    """The page with all courses: the first one, or one of a site that had a first page before. Two queries."""
    if not apps.is_installed("bdhvs_content"):
        return home_url()
    from bdhvs_content.api import catalog_address  # a site may have other content

    return catalog_address(context.get("request")) or home_url()


@register.simple_tag(takes_context=True)
def announcements(context: template.Context) -> dict[str, Any]:
    """The newest announcements for whoever reads, three at most (`notices`: `.page`, `.url`), and the `address` of the
    list of all; empty in an editor's preview and where there are none. Eight queries at most."""
    request = context.get("request")
    if request is None or getattr(request, "is_preview", False) or not apps.is_installed("bdhvs_content"):
        return {}
    from bdhvs_content.api import announcements_address, notices  # a site may have other content

    found = notices(request, few=True)
    return {"notices": found, "address": announcements_address(request)} if found else {}


@register.simple_tag(takes_context=True)
def announcements_url(context: template.Context) -> str:
    """The list of announcements; empty where there is none. Two queries."""
    if not apps.is_installed("bdhvs_content"):
        return ""
    from bdhvs_content.api import announcements_address  # a site may have other content

    return announcements_address(context.get("request")) or ""


@register.simple_tag
def self_register_url() -> str:
    """Where somebody registers without help; empty on a site that does not offer it."""
    try:
        return reverse("bdhvs_lms:self-register") if app_settings.SELF_REGISTER else ""
    except NoReverseMatch:
        return ""


@register.filter
def in_tongue(text: str, language: str) -> SafeString:
    """The text as HTML, marked with its language where that is not the page's: a voice reads it right, and a
    browser offers no wrong translation."""
    if _language(language) == _own():
        return conditional_escape(text)
    return format_html('<span lang="{}">{}</span>', language, text)


@register.filter
def marked_by_itself(text: str) -> SafeString:
    """The text as HTML, marked as Vietnamese where its letters say so: words of which nobody has kept the language."""
    return in_tongue(text, "vi") if has_marks(text) else conditional_escape(text)


@register.filter(name="device_tag")
def tag_of(learner: Learner | None) -> str:
    """By which a device knows whose answers it keeps; empty without a learner."""
    return device_tag(learner) if learner is not None else ""


@register.filter
def lang_of(page: Any) -> SafeString:
    """For a tag that holds words of a Wagtail page: ` lang="vi"` where the reader's page is in another language."""
    code = page.locale.language_code
    return SafeString("") if _language(code) == _own() else format_html(' lang="{}"', code)


@register.simple_tag
def learner_name(learner: Any) -> str:
    """The learner's full name, or the placeholder of an erased person."""
    return in_tongue(name_of(learner), "vi")


@register.filter
def initial(name: str) -> str:
    """The first letter of the given name, which is the last word of a Vietnamese name; of HTML too."""
    words = unescape(strip_tags(name)).split()
    return words[-1][:1].upper() if words else ""


# Drawn with one line each, 24 by 24.
LEARN = "M3 11l9-8 9 8v10H3z"
CLASS = "M8 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM1 21c0-9 14-9 14 0M17 12a3 3 0 1 0 0-6M16 15c4-1 7 2 7 6"
RESULTS = "M4 13l5 5L20 6"
HELP = "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .9-1 1.7M12 17v.5"


@register.simple_tag(takes_context=True)
def main_nav(context: template.Context) -> dict[str, Any]:
    """Where the visitor may go from every page: `links` (`url`, `label`, `icon`, `current`, `home`), and whether they
    are `tabs` below a learner's telephone. No query: which pages somebody has is known from the page, or not said."""
    request = context.get("request")
    path = request.path if request is not None else ""
    learner = getattr(request, "learner", None)
    user = getattr(request, "user", None)
    # Whoever is refused at a place of work, or finds nothing there, need not have it: then the address says nothing.
    refused = "exception" in context
    places = () if refused else ("class-list", "board", "area-confirm")
    work = next((name for name in places if path.startswith(reverse(f"bdhvs_lms:{name}"))), "")
    tabs = learner is not None and not work
    if work == "class-list":
        found = [(work, _("Classes"), ""), ("", _("Courses"), "")]
    elif work == "area-confirm":
        found = [(work, pgettext("menu", "Confirm"), ""), ("board", pgettext("menu", "Targets"), "")]
    elif work:
        found = [(work, pgettext("menu", "Targets"), ""), ("frameworks", _("Frameworks"), "")]
    elif tabs:
        found = [
            ("my-learning", pgettext("tab", "Learn"), LEARN),
            ("my-classes", pgettext("tab", "Class"), CLASS),
            ("my-results", pgettext("tab", "Results"), RESULTS),
        ]
    elif user is not None and user.is_authenticated:
        found = [("start", _("My pages"), ""), ("", _("Courses"), "")]
    else:
        found = [("", _("Courses"), "")]
    links = []
    for name, label, icon in (*found, ("help", _("Help"), HELP)):
        url = reverse(f"bdhvs_lms:{name}") if name else home_url()
        # On a page below it, a place of work is where one is too.
        current = "page" if path == url else "true" if work and name == work else ""
        links.append({"url": url, "label": label, "icon": icon, "current": current, "home": not name})
    return {"links": links, "tabs": tabs}


@register.simple_tag(takes_context=True)
def site_information(context: template.Context) -> Any:
    """Who runs the site, whom to call, what is kept (`About`). None without a request: pages that say that something
    is broken ask no database."""
    return about_site() if context.get("request") is not None else None


@register.simple_tag(name="account_name")
def account_named(user: Any) -> str:
    """How an account without a learner is called."""
    return in_tongue(account_name(user), "vi")


@register.simple_tag(takes_context=True)
def text_sizes(context: template.Context) -> list[dict[str, Any]]:
    """The sizes that may be chosen: `value`, `sign` (A, A+, A++), `words`, `css` (class of <html>), `chosen`."""
    current = chosen(context.get("request"))
    words = (_("normal text"), _("large text"), _("very large text"))
    return [
        {
            "value": size,
            "sign": "A" + "+" * place,
            "words": words[place],
            "css": f"text-{size}" if place else "",
            "chosen": size == current,
        }
        for place, size in enumerate(SIZES)
    ]


@register.simple_tag(takes_context=True)
def here(context: template.Context) -> str:
    """The address to come back to. The answer to a form has none that could be opened: then the page with the form."""
    request = context.get("request")
    if request is None:
        return "/"
    if request.method in ("GET", "HEAD"):
        return str(request.get_full_path())
    before = request.headers.get("Referer", "")
    local = url_has_allowed_host_and_scheme(before, allowed_hosts={request.get_host()})
    return before if local else "/"


@register.simple_tag
def style(name: str) -> str:
    """The address of a style sheet of the theme: on a site whose frame is its own (BDHVS_THEME_SCOPED) of the one that
    styles nothing outside of our element."""
    return static(f"bdhvs_theme/{'scoped/' if theme_settings.SCOPED else ''}{name}")


@register.simple_tag(takes_context=True)
def our_classes(context: template.Context) -> str:
    """Of the element that our pages fill on a site whose frame is its own: `bdhvs`, and letters as the visitor chose
    them."""
    return " ".join(["bdhvs", *(size["css"] for size in text_sizes(context) if size["chosen"] and size["css"])])


@register.simple_tag(takes_context=True)
def page_classes(context: template.Context) -> str:
    """Of <body> in our own frame: what the style sheets ask for where they are those of a site of others."""
    return f"{our_classes(context)} follows-dark " if theme_settings.SCOPED else ""


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list[dict[str, str]]:
    """The other languages of this page: `code`, `name` and `url` of each. Where the site has a start page of its own in
    a language, a page of Wagtail's that is not translated has no address in it, and no link.

    A link and no form: the address alone decides the language, so switching changes nothing on the server.
    """
    request = context.get("request")
    if request is None or not is_language_prefix_patterns_used(getattr(request, "urlconf", settings.ROOT_URLCONF))[0]:
        return []
    current = get_language()
    page = context.get("page")
    translated = page_translations(page, request)
    apart = languages_apart(request) - translated.keys() if hasattr(page, "get_translations") else set()
    return [
        {
            "code": code,
            "name": language_name(code),
            "url": translated.get(code) or translate_url(request.get_full_path(), code),
        }
        for code, _name in settings.LANGUAGES
        if code not in (current, _own()) and code not in apart
    ]


register.filter("language_name", language_name)


@register.filter
def day(value: date | datetime | None) -> str:
    """24/11/2026 in Vietnamese, 24 November 2026 in English; a moment counts by the local day."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return format_day(value)


@register.filter
def clock(moment: datetime | None) -> str:
    """19:42, where the site is."""
    return "" if moment is None else format_date(timezone.localtime(moment), "H:i")


@register.filter
def number(value: int | Decimal | None) -> str:
    """1.240 or 84,9 in Vietnamese, 1,240 or 84.9 in English. Decimals keep the places they have."""
    return "" if value is None else format_number(value)


@register.filter
def title_in(titles: dict[str, str] | None) -> str:
    """From a language map the title in the reader's language, else in Vietnamese, else any."""
    if not titles:
        return ""
    return titles.get(language_of(titles), "")


@register.simple_tag(takes_context=True)
def continue_learning(context: template.Context) -> dict[str, Any]:
    """What comes next for whoever reads: `progress` (with a next activity) and its `address`; or one of `visitor`,
    `begin` (no course yet), `finished`. Empty in an editor's preview. Seven queries at most."""
    request = context.get("request")
    if request is None or getattr(request, "is_preview", False):
        return {}
    learner = learner_of(request)
    if learner is None:
        return {"visitor": not request.user.is_authenticated}
    courses = courses_of(learner, day_of(now()))
    if not courses:
        return {"begin": True}
    address = address_of(courses[0].next_activity)
    if address is not None:
        return {"progress": courses[0], "address": address}
    return {"finished": courses[0].next_activity is None}


@register.filter
def offered(activity: Any) -> bool:
    """Whether the plugin that owns the activity, if there is one, is installed: else there is nothing to open."""
    return activity is not None and activity_types.get(activity.type_key) is not None


@register.filter
def unlocalised(value: int) -> str:
    """A year and the like, without a thousands separator."""
    return str(value)


@register.filter
def titled(titles: dict[str, str] | None) -> str:
    """Like `title_in`, as HTML marked with its language where that is not the page's. Not for attributes."""
    return in_tongue(title_in(titles), language_of(titles)) if titles else ""


@register.filter
def labelled(thing: Any) -> str:
    """Like `label`, as HTML marked with its language where that is not the page's. Not for attributes."""
    if thing is None:
        return ""
    stem = "label" if hasattr(thing, "label_vi") else "title"
    english = "" if is_vietnamese() else getattr(thing, f"{stem}_en", "")
    return in_tongue(label(thing), "en" if english else "vi")


@register.filter
def label(thing: Any) -> str:
    """The label of a competency, level, framework, group or rule in the reader's language, else in Vietnamese."""
    if thing is None:
        return ""
    stem = "label" if hasattr(thing, "label_vi") else "title"
    return str(in_language(getattr(thing, f"{stem}_vi"), getattr(thing, f"{stem}_en", "")))


@register.filter
def score(value: Decimal | None) -> str:
    """Points without needless zeros: 4, 7,5."""
    return "" if value is None else format_number(value, short=True)


@register.filter
def percent(scaled: Decimal | None) -> str:
    """A scaled score (0 to 1) as whole percent, cut and never rounded up to a pass mark."""
    return "" if scaled is None else f"{int(scaled * 100)}%"


@register.filter
def trust(value: int) -> str:
    """How far a piece of evidence is trusted, in words."""
    return trust_word(value)
