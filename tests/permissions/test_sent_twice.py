"""A form that is sent twice makes what it makes once: every address of ours that makes rows gets the very same form a
second time. Below Wagtail's own addresses (pages) its button is out of use while the form is on its way."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from wagtail.models import Page

from bdhvs_content.word_lessons import keeping
from bdhvs_lms.courses.api import Course
from tests.bdhvs_content.word_files import lesson
from tests.permissions.answers import ACCESS_LOG, ASIDE, DONE, SEEN, Probe
from tests.permissions.discovery import OURS
from tests.permissions.roles import ROLES, Cast
from tests.permissions.test_matrix import MATRIX, TYPES

pytestmark = pytest.mark.django_db

# What else a form is kept by: the key that this is about, and the traces of each look.
NOT_MADE = {*ASIDE, ACCESS_LOG, *SEEN, "bdhvs_lms_sentform"}

SIGNED_IN = {"bdhvs_lms_consent", "bdhvs_lms_learneridentity"}
THE_DEVICE = "the same person, whose browser keeps what the second answer signs it in with: that one has to hold"
# Of what a second one is right, and why.
MEANT: dict[str, tuple[set[str], str]] = {
    "bdhvs_lms:self-register": (SIGNED_IN, THE_DEVICE),
    "bdhvs_lms:join-class": (SIGNED_IN, THE_DEVICE),
    "credentials:add": (
        {"bdhvs_xapi_agent", "bdhvs_xapi_authority", "bdhvs_xapi_credential"},
        "its answer is the only page that shows the secret, and nobody keeps it to show it twice: the first one opens "
        "nothing until somebody hands it out, and the list shows both",
    ),
}


def a_person(cast: Cast) -> dict[str, Any]:
    return {"full_name": "Lê Thị Mới", "birth_year": "1966", "area": cast.area.pk, "consent": "on"}


def a_meeting(_cast: Cast) -> dict[str, Any]:
    return {"day": "2025-11-15", "time": "09:30", "minutes": "60", "place": "Nhà văn hóa"}


def a_word_lesson(cast: Cast) -> dict[str, Any]:
    page = Page.objects.get(pk=cast.course.pk)
    return {
        "key": keeping.keep(lesson(), name="goi.docx", user=cast.users["editor"], parent=page),
        "title": "Gọi điện",
        "below": page.pk,
        **{f"alt-{number}": "Hình" for number in range(20)},
    }


# Whole forms of addresses whose probe sends an empty one, or one that makes nothing. An address may have a query.
FILLED: list[tuple[str, str, str, Callable[[Cast], dict[str, Any]]]] = [
    ("bdhvs_lms:self-register", "", "anonymous", a_person),
    ("bdhvs_lms:learn-with-account", "", "teacher", a_person),
    ("bdhvs_lms:join-class", "", "anonymous", a_person),
    (
        "bdhvs_lms:class-new",
        "",
        "teacher",
        lambda cast: {
            "name": "Lớp tối",
            "course": cast.class_group.course_id,
            "area": cast.area.pk,
            "starts": "2025-11-15",
        },
    ),
    ("bdhvs_lms:class-add", "", "teacher", a_person),
    # Somebody else than the one on record.
    (
        "bdhvs_lms:class-add",
        "",
        "teacher",
        lambda cast: {"full_name": "newcomer", "birth_year": "1960", "area": cast.area.pk, **ANOTHER},
    ),
    (
        "bdhvs_lms:class-courses",
        "",
        "teacher",
        lambda cast: {
            "course": Course.objects.exclude(pk=cast.class_group.course_id).values_list("pk", flat=True)[0],
            "opens": "2025-11-15",
        },
    ),
    ("bdhvs_lms:session-new", "", "teacher", lambda cast: {**a_meeting(cast), "weeks": "3"}),
    ("bdhvs_lms:visit-new", "", "teacher", lambda cast: {**a_meeting(cast), "here": cast.owner.pk}),
    ("bdhvs_lms:class-teachers", "", "superuser", lambda _cast: {"do": "add", "username": "other_teacher"}),
    (
        "bdhvs_lms:readings",
        "",
        "operator",
        lambda cast: {"area": "01@", "as_of": "2025-10-31", "why": "Báo cáo tháng", "do": "freeze"},
    ),
    (
        "bdhvs_quiz:class-papers",
        "",
        "teacher",
        lambda cast: {"quiz": cast.quiz_page.translation_key, "held_on": "2025-11-15", "codes": "2", "spare": "1"},
    ),
    ("papers:add", "?q=other", "operator", lambda cast: {"learner": cast.stranger.pk, **SIGNED}),
    ("data-requests:add", "?learner={}", "operator", lambda _cast: {"kind": "copy", "words": ""}),
    ("bdhvs_content_from_word", "", "editor", a_word_lesson),
    (
        "wagtailsnippetchoosers_bdhvs_quiz_question:create",
        "",
        "editor",
        lambda _cast: {"kind": "true-false", "prompt": "Ngân hàng hỏi mã OTP?", "truth": "no"},
    ),
]
ANOTHER = {"one_word": "newcomer", "same": "nobody"}
SIGNED = {"signed_on": "2025-11-14", "kept_at": "Tủ 2"}
FORM_OF = {"wagtailsnippetchoosers_bdhvs_quiz_question:create": "wagtailsnippetchoosers_bdhvs_quiz_question:choose"}
"""The page with the form, where it stands at another address."""


class Forms(HTMLParser):
    """The forms of a page: (address, hidden fields, all names)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], set[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            post = given.get("method", "").lower() == "post"
            self.found.append((given.get("action", "") if post else "none", {}, set()))
        elif tag in ("input", "select", "textarea", "button") and self.found and "name" in given:
            self.found[-1][2].add(given["name"])
            if given.get("type") == "hidden":
                self.found[-1][1][given["name"]] = given.get("value", "")


def hidden_fields(page: Any, url: str, data: dict[str, Any]) -> dict[str, str]:
    """What the form comes with that sends this data: of several to one address the one that knows most of it."""
    if page.status_code != 200 or page.streaming:
        return {}
    # A dialog's page comes to a script.
    text = page.content.decode()
    text = json.loads(text)["html"] if "json" in page["Content-Type"] else text
    own = {"", url, url.partition("?")[0]}
    forms = [form for form in Forms(text).found if form[0].partition("?")[0] in own]
    return max(forms, key=lambda form: len(form[2] & set(data)))[1] if forms else {}


TABLES = sorted(
    {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OURS or model in (User, Page)
    }
    - NOT_MADE
)


def counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', COUNT(*) FROM \"{table}\"" for table in TABLES))
        return dict(cursor.fetchall())


def sending(cast: Cast) -> list[tuple[Probe, str, str, Callable[[Cast], Any]]]:
    """(probe, query, role, data): every form that does something for somebody."""
    found: list[tuple[Probe, str, str, Callable[[Cast], Any]]] = []
    for name, query, role, data in FILLED:
        probe = next(probe for probe in MATRIX[name] if probe.method == "POST")
        found.append((probe, query.format(cast.stranger.pk), role, data))
    for name, probes in MATRIX.items():
        for probe in probes if not TYPES.match(name) else []:
            who = [role for role in ROLES if probe.answers[role].startswith(DONE)]
            if probe.method == "POST" and who:
                found.append((probe, "", who[0], probe.data))
    return found


def made_twice(
    cast: Cast, probe: Probe, query: str, role: str, given: Callable[[Cast], Any]
) -> tuple[set[str], set[str], list[int]]:
    """In which tables the form makes rows, and the same form sent again; both answers."""
    url, data = probe.url(cast) + query, dict(given(cast))
    other = FORM_OF.get(probe.address)
    page = f"{MATRIX[other][0].url(cast)}?multiple=1" if other else url
    hidden = hidden_fields(cast.client(role).get(page), url, data)
    if hidden:
        data.pop("act_id", None)  # the page has to bring it
    data = {**hidden, **data}
    seen, answers = [counts()], []
    for _time in range(2):
        for value in data.values():
            if isinstance(value, SimpleUploadedFile):
                value.seek(0)
        answers.append(cast.client(role).post(url, data).status_code)
        seen.append(counts())
    first, again = ({table for table in TABLES if after[table] > before[table]} for before, after in pairwise(seen))
    return first, again, answers


@pytest.mark.thorough
def test_a_form_that_is_sent_twice_makes_its_rows_once(cast: Cast) -> None:
    made, wrong, idle = 0, {}, []
    for number, (probe, query, role, data) in enumerate(sending(cast)):
        with transaction.atomic():
            first, again, answers = made_twice(cast, probe, query, role, data)
            transaction.set_rollback(True)
        made += bool(first)
        if number < len(FILLED) and not first:
            idle.append(str(probe))
        meant = MEANT.get(probe.address, (set(), ""))[0] if first else set()
        if again - meant or answers[1] >= 500:
            wrong[str(probe)] = f"{role} got {answers}; sent again it made {sorted(again)}"
    # What is filled in here makes something.
    assert (idle, wrong) == ([], {})
    assert made >= 75, made
