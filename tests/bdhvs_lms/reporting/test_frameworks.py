"""The packaged plan and frameworks as people read them: complete in both languages, cited as people cite, no secret of

how the files came about; and the page that tells everybody which framework is what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from bdhvs_lms.campaign.api import Area, Plan, SteeringAssignment, Target, TargetGroup, load_campaign
from bdhvs_lms.competency.api import Competency, Framework, FrameworkLevel, PassRule, load_framework, packaged
from bdhvs_lms.competency.models import Domain
from tests.support.addresses import below
from tests.support.loops import for_each
from tests.support.words import looks_vietnamese, strays, texts_of

pytestmark = pytest.mark.django_db
AT = datetime(2025, 11, 15, 3, 0, tzinfo=UTC)
# Names of files, and what people who made them told each other.
INTERNAL = re.compile(r"\.(txt|json|md)\b|\bSTUB\b|code files|retrieved|keep the operator|label_vi", re.I)


@pytest.fixture
def loaded() -> None:
    load_campaign()
    for file in packaged():
        load_framework(file, at=AT)


def texts() -> Iterator[tuple[str, str, str]]:
    """(where, Vietnamese, English) of every text that a page shows to whoever reads the campaign's data."""
    for model in (Plan, Target, TargetGroup, Framework, FrameworkLevel, Domain, Competency, PassRule):
        names = {field.name for field in model._meta.get_fields()}
        for row in model._default_manager.all():
            where = f"{model.__name__} {row}"
            for name in sorted(names):
                stem = name.removesuffix("_vi")
                if name.endswith("_vi") and f"{stem}_en" in names:
                    yield f"{where}: {stem}", getattr(row, name), getattr(row, f"{stem}_en")
            if model is Plan:
                yield where, row.source_vi, row.source
                yield where, row.confidence_vi, row.confidence
                yield from ((where, note["vi"], note["en"]) for note in row.notes)
            if model in (Plan, Framework):
                yield where, row.issued_by, row.issued_by_en
            if model is Framework:
                yield where, row.caveat_vi, row.caveat
                yield from ((where, note["vi"], note["en"]) for note in row.notes)
                for source in row.sources:
                    yield where, source["fact_vi"], source["fact_en"]
                    yield where, source["where_vi"], source["where_en"]


def test_every_text_of_the_packaged_data_is_there_in_both_languages(loaded: None) -> None:
    wrong = []
    for where, vi, en in texts():
        if bool(vi) != bool(en):
            wrong.append(f"{where}: only one of {vi!r}, {en!r}")
        # The address of a source is no sentence.
        if looks_vietnamese(en) and not en.startswith("https://"):
            wrong.append(f"{where}: Vietnamese in {en!r}")
        wrong += [f"{where}: internal: {text!r}" for text in (vi, en) if INTERNAL.search(text)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_frameworks_are_told_to_everybody_with_their_caveats(loaded: None, prefix: str) -> None:
    html = Client().get(below(prefix, "/khung-nang-luc/")).content.decode()
    assert strays(texts_of(html)) == []
    assert not INTERNAL.search(html)
    shell, circular = "Quyết định 757/QĐ-BKHCN", "Thông tư 02/2025/TT-BGDĐT"
    assert shell in html and circular in html
    if prefix:
        assert "is not the framework of the movement for adults" in html
        assert html.count("An empty shell") == html.count("nothing counts under this framework yet") == 1
        assert "24 January 2025" in html
    else:
        assert "tự nó không phải khung của phong trào cho người trưởng thành" in html
        assert html.count("Khung rỗng: ") == html.count("chưa tính gì theo khung này") == 1
        assert html.count("Các chỉ tiêu của phong trào được tính theo khung này.") == 1
        assert "24/01/2025" in html


@for_each("prefix", ["", "/en"])
@for_each("key", ["T1-2025", "T2-2025", "T3-2026", "T5-2026", "T6-2026"])
def test_a_targets_page_is_in_the_readers_language(loaded: None, django_user_model: Any, prefix: str, key: str) -> None:
    plan = Plan.objects.get()
    user = django_user_model.objects.create_user("chidao")
    for area in [plan.area, *Area.objects.filter(code="10015")]:
        SteeringAssignment.objects.create(user=user, area=area)
    client = Client()
    client.force_login(user)
    html = client.get(below(prefix, f"/chi-dao/{plan.key}/{key}/?dia-ban=277@&nam={key[-4:]}")).content.decode()
    assert key in html
    assert strays(texts_of(html)) == []
    assert not INTERNAL.search(html)
    if key[:2] in ("T1", "T2", "T3"):
        several = "One quiz can count for several competencies" if prefix else "được tính cho nhiều năng lực"
        # Of the system, and said with the rule, which paper has once more.
        assert html.count(several) == 3
        assert f'href="{below(prefix, "/khung-nang-luc/")}"' in html
