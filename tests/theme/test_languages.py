"""No page mixes the languages: what is ours is in the reader's, what is content is marked with its own.

The demonstration's pages are walked in a browser (tests/e2e/test_pages_measured.py); here are the learner's pages as
the core makes them, the refusals, and the proof that a stray word is seen.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from bdhvs_lms.learners.api import link_user, register
from bdhvs_lms.tracking import api as tracking
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.support.addresses import below
from tests.support.loops import for_each
from tests.support.markup import html_of
from tests.support.words import strays, texts_of
from tests.support.world import T0
from tests.theme.test_frame import ERROR_PAGES

EN = '<html lang="en"><head></head><body>{}</body></html>'
VI = '<html lang="vi"><head></head><body>{}</body></html>'


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T10:00:00+07:00"
    return Stage()


@for_each(
    ("html", "seen"),
    [
        (EN.format("<p>Nothing on this page</p>"), 0),
        (EN.format("<p>Không có gì</p>"), 1),
        (EN.format('<p lang="vi">Không có gì</p><p>Nothing</p>'), 0),
        (EN.format('<img alt="Một cái máy"><br>'), 1),
        (EN.format("<p>Target board: Phường Chương Mỹ, and a part of phường Đồng Mai</p>"), 0),
        (EN.format("<p>Phường Chương Mỹ</p>"), 1),
        (EN.format("<p>Source: SỐ LIỆU MINH HỌA</p>"), 1),
        (EN.format("<p>Next: Bài kiểm tra cuối khóa</p>"), 1),
        (EN.format('<p><span lang="vi">Lan</span> <b>học</b></p>'), 1),
        (VI.format("<p>Không có gì</p>"), 0),
        (VI.format("<p>Nothing on this page</p>"), 1),
        (VI.format('<a lang="en">English</a><p lang="en">Nothing on this page</p>'), 0),
        (VI.format('<button aria-label="Show the page">Xem</button>'), 1),
        (VI.format("<p>Mở ứng dụng VNeID, bấm OTP</p><script>const nothing = page;</script>"), 0),
        (VI.format("<p>Bài hát hay, tin can dan</p>"), 0),
    ],
)
def test_a_stray_word_is_seen(html: str, seen: int) -> None:
    assert len(strays(texts_of(html))) == seen


@for_each("name", ERROR_PAGES)
@for_each("language", ["vi", "en"])
def test_refusals_are_in_the_readers_language(name: str, language: str) -> None:
    with translation.override(language):
        html = render_to_string(name, {"until": T0})
    assert strays(texts_of(html)) == []


ADDRESSES = (
    "/viec-hoc/",
    "/viec-hoc/lop/",
    "/viec-hoc/ket-qua/",
    "/viec-hoc/nang-luc/test-framework/A1/1/",
    "/viec-hoc/du-lieu/",
    "/viec-hoc/du-lieu/xoa/",
    "/tro-giup/",
    "/day/",
    "/khong-co/",
)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_learners_pages_are_in_the_readers_language(stage: Stage, prefix: str) -> None:
    learner, client = stage.learning_user("Nguyễn Thị Lan")
    stage.record(
        stage.act(learner, tracking.VERB_EXPERIENCED, stage.lesson, minutes=1),
        stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=2, score=9),
        stage.act(learner, tracking.VERB_FAILED, stage.task, minutes=3, score=3),
    )
    empty = stage.user("moi")
    link_user(register(full_name="Người Mới", at=T0), empty)
    found = []
    for reader in (client, stage.signed_in(empty)):
        for address in ADDRESSES:
            html = html_of(reader.get(below(prefix, address)))
            assert f'<html lang="{prefix[1:] or "vi"}"' in html, address
            found += [f"{address}: {stray}" for stray in strays(texts_of(html))]
    assert found == []


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_signing_in_is_in_the_readers_language(prefix: str) -> None:
    client = Client()
    pages = [
        client.get(below(prefix, "/dang-nhap/")),
        client.post(below(prefix, "/dang-nhap/"), {"username": "", "password": ""}),
        *(client.post(below(prefix, "/dang-nhap/"), {"username": "lan", "password": "sai"}) for _ in range(11)),
    ]
    assert [page.status_code for page in pages] == [200, *[422] * 11, 429]
    found = [stray for page in pages for stray in strays(texts_of(html_of(page)))]
    assert found == []
