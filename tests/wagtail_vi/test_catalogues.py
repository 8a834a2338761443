"""The supplementary catalogues: whole, well formed, in the words of this project, and effective on the ready site."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, date, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.forms import DateField, DateTimeField
from django.test import Client
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext, override, pgettext
from wagtail.models import Collection
from wagtail.users.models import UserProfile

from tests.architecture.layers import ROOT
from tests.support.locks import OLDEST

HOME = ROOT / "templates/bdhvs-wagtail-vi/bdhvs_wagtail_vi/locale/vi/LC_MESSAGES"
DOMAINS = ("django", "djangojs")

# Whose words they are. Contributed apps that the ready site leaves out are here for other sites.
WAGTAIL = [
    "wagtail", "wagtail.admin", "wagtail.images", "wagtail.documents", "wagtail.snippets", "wagtail.users",
    "wagtail.sites", "wagtail.search", "wagtail.locales", "wagtail.embeds", "wagtail.contrib.simple_translation",
    "wagtail.contrib.forms", "wagtail.contrib.redirects", "wagtail.contrib.search_promotions",
    "wagtail.contrib.settings", "wagtail.contrib.styleguide", "wagtail.contrib.table_block",
    "wagtail.contrib.typed_table_block", "wagtailmedia", "taggit", "polymorphic",
]  # fmt: skip
DJANGO = [
    "django.conf", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.humanize",
    "django.contrib.postgres", "django.contrib.sessions", "django_filters",
]  # fmt: skip

Key = tuple[str | None, str]

# Both languages write these alike.
ALIKE = {
    "%(field_label)s:", "%(range_start)s - %(range_end)s", "%(status_display)s %(task_name)s %(started_at)s",
    "%(time_zone_option)s: %(localized_time_zone_label)s", "%(truncated_text)s…", "%s GB", "%s KB", "%s MB", "%s PB",
    "%s TB", "%(size)d byte", ",", ", ", ":", ":?.!", "…", "Email", "Humanize", "IPv4", "IPv6", "URL",
}  # fmt: skip
MISTAKEN = {
    # The plural speaks of child pages where the template says that there are none.
    "Deleting this page will also delete %(translation_count)s translation of this page.",
    # The search of pages hands in no name of a model: "4 of 4 None".
    "%(start_index)s-%(end_index)s of %(items_count)s %(model_name)s",
}
# In no catalogue: for labels.py and the names of permissions, and two that wagtailmedia forgot.
ADDED = {
    "Report this error to your webmaster with the following information:", "media items",
    "locales", "Content types", "Link text", "Subject", "Body", "Phone number", "Role",
    "Can publish", "Can lock", "Can unlock", "Can add", "Can change", "Can delete",
}  # fmt: skip


def entries(path: Path) -> dict[Key, Any]:
    if not path.exists():
        return {}
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path)) if not entry.obsolete}


@cache
def own(domain: str) -> dict[Key, Any]:
    return entries(HOME / f"{domain}.po")


@cache
def upstream(package: str, domain: str) -> tuple[dict[Key, Any], dict[Key, Any]]:
    """(every message of the package, those with a Vietnamese of the package's own)."""
    found = find_spec(package)
    assert found and found.submodule_search_locations, package
    locale = Path(found.submodule_search_locations[0]) / "locale"
    source = next(
        (path for name in ("en", "fr") if (path := locale / name / f"LC_MESSAGES/{domain}.po").exists()), locale
    )
    translated = entries(locale / f"vi/LC_MESSAGES/{domain}.po")
    words = {key: entry for key, entry in translated.items() if entry.translated()}
    return (entries(source) if source != locale else {}), words


def shown(entry: Any) -> str:
    """The Vietnamese of an entry: it has one form for any number."""
    return str(entry.msgstr or entry.msgstr_plural.get(0, ""))


FORMS = re.compile(r"%\(\w+\)[a-z]|%[sdr]|\{\w*\}")
TAGS = re.compile(r"<[^>]+>")


def test_the_walk_over_packages_finds_their_messages() -> None:
    assert len(upstream("wagtail.admin", "django")[0]) > 850
    assert len(upstream("wagtail.admin", "djangojs")[0]) > 80
    assert len(upstream("wagtailmedia", "django")[0]) > 80
    assert len(upstream("django_filters", "django")[0]) > 30


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_message_has_a_vietnamese(domain: str) -> None:
    """An upgrade of Wagtail that brings new words fails here and names them."""
    words: set[Key] = set(own(domain))
    for package in (*WAGTAIL, *DJANGO):
        words |= set(upstream(package, domain)[1])
    missing = [
        (package, key) for package in (*WAGTAIL, *DJANGO) for key in upstream(package, domain)[0] if key not in words
    ]
    assert missing == []


def test_no_message_is_left_over() -> None:
    """What the newest Wagtail says no more is taken out, but for what the oldest does. (Django's differ so too.)"""
    if OLDEST:
        pytest.skip("The words of the newest are more than those of this one.")
    for domain in DOMAINS:
        said = {key for package in WAGTAIL for key in upstream(package, domain)[0]}
        owner, left = "", []
        for key, entry in own(domain).items():
            # The first entry of each package says whose words follow.
            owner = entry.tcomment.removeprefix("--- ") or owner
            if not owner.startswith(("django", "wagtail 7")) and key not in said and key[1] not in ADDED:
                left.append((owner, key))
        assert left == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_entries_are_well_formed(domain: str) -> None:
    catalogue = polib.pofile(str(HOME / f"{domain}.po"), check_for_duplicates=True)
    assert catalogue.metadata["Plural-Forms"] == "nplurals=1; plural=0;"
    assert len(catalogue) > {"django": 1900, "djangojs": 70}[domain]
    wrong = []
    for entry in catalogue:
        text = shown(entry)
        one, many = set(FORMS.findall(entry.msgid)), set(FORMS.findall(entry.msgid_plural or entry.msgid))
        held = set(FORMS.findall(text))
        whole = held == many if entry.msgid not in MISTAKEN else held < one | many
        tags = sorted(TAGS.findall(text)) == sorted(TAGS.findall(entry.msgid_plural or entry.msgid))
        edges = (text[:1].isspace(), text[-1:].isspace()) == (entry.msgid[:1].isspace(), entry.msgid[-1:].isspace())
        composed = text == unicodedata.normalize("NFC", text)
        plural = set(entry.msgstr_plural) == ({0} if entry.msgid_plural else set())
        if not (text.strip() and whole and tags and edges and composed and plural) or entry.fuzzy or entry.obsolete:
            wrong.append((entry.msgid, text))
    assert wrong == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_words_are_those_of_the_glossary(domain: str) -> None:
    """Of what is shown in the end, ours or upstream's: no pronoun for the reader, one spelling, one word a thing."""
    words = {key: shown(entry) for key, entry in own(domain).items()}
    for package in (*WAGTAIL, *DJANGO):
        every, translated = upstream(package, domain)
        for key in set(every) & set(translated):
            words.setdefault(key, shown(translated[key]))
    avoided = re.compile(
        r"\bbạn\b|\bxoá|\bkhoá|\bhuỷ\b|\bhoá\b|hủy bỏ|kiểm duyệt|phê chuẩn|luồng công việc|tác vụ|thu hồi xuất bản"
        r"|vùng miền|bí danh|tập tin|tệp tin|đăng xuất",
        re.IGNORECASE,
    )
    assert {key: text for key, text in words.items() if avoided.search(text)} == {}
    same = {key[1] for key, text in words.items() if text == key[1]}
    assert same - ALIKE == set()


# --- On the ready site -----------------------------------------------------------------------------------------------

# As INSTALLED_APPS has them: the first wins.
OURS = (
    "templates/bdhvs_theme",
    "content/bdhvs_quiz",
    "content/bdhvs_h5p",
    "content/bdhvs_tasks",
    "content/bdhvs_content",
    "bdhvs_lms",
)


def ours() -> dict[Key, str]:
    words: dict[Key, str] = {}
    for folder in reversed(OURS):
        for key, entry in entries(ROOT / folder / "locale/vi/LC_MESSAGES/django.po").items():
            words[key] = shown(entry)
    return words


def test_it_wins_over_wagtail_and_loses_to_ours() -> None:
    mine = ours()
    with override("vi"):
        for (context, msgid), entry in own("django").items():
            expected = mine.get((context, msgid), shown(entry))
            if entry.msgid_plural:
                assert ngettext(msgid, entry.msgid_plural, 3) == expected
            else:
                assert (pgettext(context, msgid) if context else gettext(msgid)) == expected


def test_words_that_we_and_wagtail_share_mean_the_same() -> None:
    """A new entry in this list: does Wagtail mean the same? Else give ours a context."""
    theirs: dict[Key, set[str]] = {}
    for package in (*WAGTAIL, *DJANGO):
        every, words = upstream(package, "django")
        for key in every:
            supplied = own("django").get(key) or words.get(key)
            theirs.setdefault(key, set()).add(shown(supplied) if supplied else "")
    clashes = {
        key: (text, sorted(theirs[key] - {""})) for key, text in ours().items() if theirs.get(key, {""}) - {"", text}
    }
    assert clashes == {}


def served(language: str) -> dict[str, Any]:
    user = User.objects.create_superuser(f"reads-{language}")
    UserProfile.objects.create(user=user, preferred_language=language)
    client = Client()
    client.force_login(user)
    body = client.get("/quan-tri/jsi18n/").content.decode()
    assert "django.gettext" in body
    # Without a word to give, Django leaves the catalogue out.
    found = re.search(r"const newcatalog = (\{.*?\n  \});", body, re.DOTALL)
    catalogue: dict[str, Any] = json.loads(found[1]) if found else {}
    return catalogue


@pytest.mark.django_db
def test_scripts_get_every_word() -> None:
    catalogue = served("vi")
    for (_, msgid), entry in upstream("wagtail.admin", "djangojs")[0].items():
        supplied = catalogue[msgid]
        text = supplied[0] if entry.msgid_plural else supplied
        assert text and (text != msgid or msgid in ALIKE), msgid
    assert catalogue["%(num)s error"] == ["%(num)s lỗi"]
    assert served("en") == {}


def test_days_and_times_put_the_day_first() -> None:
    moment = localtime(datetime(2026, 4, 3, 12, 42, tzinfo=UTC))
    written = {}
    for language in ("vi", "en"):
        with override(language):
            forms = ("SHORT_DATE_FORMAT", "DATE_FORMAT", "DATETIME_FORMAT")
            written[language] = [date_format(moment, form) for form in forms]
    assert written == {
        "vi": ["03/04/2026", "03/04/2026", "19:42 03/04/2026"],
        "en": ["03/04/2026", "3 April 2026", "3 April 2026, 19:42"],
    }
    for language in ("vi", "en"):
        with override(language):
            assert DateField().clean(moment.strftime(settings.WAGTAIL_DATE_FORMAT)) == date(2026, 4, 3)
            assert DateTimeField().clean(moment.strftime(settings.WAGTAIL_DATETIME_FORMAT)) == moment
    with override("vi"):
        assert timesince(datetime(2026, 4, 3, 12, 0, tzinfo=UTC), datetime(2026, 4, 3, 12, 42, tzinfo=UTC)) == (
            "42\xa0phút"
        )


# --- What no catalogue reaches ---------------------------------------------------------------------------------------

# Templates with a word in English, and the line that has it in the reader's language.
COPIES = {
    ("wagtail.admin", "wagtailadmin/home.html"): [('value="Search"', "value=\"{% trans 'Search' %}\"")],
    ("wagtail.admin", "wagtailadmin/shared/header.html"): [('value="Search"', "value=\"{% trans 'Search' %}\"")],
    ("wagtail.admin", "wagtailadmin/shared/headers/_actions.html"): [
        ('aria-label="Actions"', "aria-label=\"{% trans 'Actions' %}\""),
        ("{# Actions divider #}", "{% load i18n %}\n{# Actions divider #}"),
    ],
    ("wagtail.admin", "wagtailadmin/shared/user_avatar.html"): [
        (
            "{% load wagtailadmin_tags %}",
            "{% load wagtailadmin_tags i18n %}"
            "{# Of what nobody did, a migration or an import, Wagtail writes Python's None. #}",
        ),
        (
            "{% if not username %}{{ user }}{% else %}{{ username }}{% endif %}",
            '{% if username %}{{ username }}{% elif user %}{{ user }}{% else %}{% translate "system" %}{% endif %}',
        ),
    ],
    ("wagtail.images", "wagtailimages/chooser/results.html"): [
        (
            'title="Select {% if collections %}{{ image.collection.name }} » {% endif %}{{ image.title }}"',
            'title="{% if collections %}{{ image.collection.name }} » {% endif %}'
            '{% blocktrans trimmed with title=image.title %}Select {{ title }}{% endblocktrans %}"',
        )
    ],
}


def test_copied_templates_are_wagtails_but_for_one_word() -> None:
    """After an upgrade: copy the new template, and change the word again if it still needs it."""
    folder = ROOT / "templates/bdhvs-wagtail-vi/bdhvs_wagtail_vi/templates"
    texts = {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}
    # What extends the template of its own name changes blocks, and is no copy of the rest.
    copies = {name for name, text in texts.items() if not text.startswith(f'{{% extends "{name}" %}}')}
    assert copies == {name for _, name in COPIES}
    for (package, name), changes in COPIES.items():
        found = find_spec(package)
        assert found and found.submodule_search_locations
        text = (Path(found.submodule_search_locations[0]) / "templates" / name).read_text(encoding="utf-8")
        for theirs, ours_ in changes:
            assert text.count(theirs) == 1, (name, theirs)
            text = text.replace(theirs, ours_)
        assert (folder / name).read_text(encoding="utf-8") == text, name


@pytest.mark.django_db
def test_names_that_migrations_wrote_become_vietnamese_once_and_others_stay() -> None:
    Collection.objects.create(name="Editors", path="00020001", depth=2)
    Group.objects.create(name="Người soạn")
    call_command("name_in_vietnamese", verbosity=0)
    assert set(Collection.objects.values_list("name", flat=True)) == {"Gốc", "Editors"}
    # Names of groups are unique: taken by somebody, it leaves Wagtail's as it is.
    assert set(Group.objects.values_list("name", flat=True)) >= {"Người duyệt", "Editors", "Người soạn"}
    permission = Permission.objects.get(codename="add_lessonpage")
    assert permission.name == "Được thêm bài học"
    Permission.objects.filter(pk=permission.pk).update(name="Viết bài")
    call_command("name_in_vietnamese", verbosity=0)
    assert Permission.objects.get(pk=permission.pk).name == "Viết bài"
    assert not Permission.objects.filter(name__startswith="Can ").exists()


@pytest.mark.django_db
def test_names_can_be_given_back() -> None:
    def names() -> set[Any]:
        models = (Collection, Group, Permission)
        return {(model, *row) for model in models for row in model.objects.values_list("pk", "name")}

    before = names()
    call_command("name_in_vietnamese", verbosity=0)
    Permission.objects.filter(codename="add_lessonpage").update(name="Viết bài")
    assert names() != before
    call_command("name_in_vietnamese", undo=True, verbosity=0)
    # One model of Wagtail's search was called otherwise in its first migration.
    assert [row[2] for row in names() - before if "fts index" not in row[2]] == ["Viết bài"]
