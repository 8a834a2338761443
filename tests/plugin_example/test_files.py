"""A stranger's type and a stranger's format: what one editor brings, another system gets back."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from plugin_example.models import NumberQuestion
from plugin_example.outline import OutlineFormat
from wagtail.models import Collection, Locale

from bdhvs_lms.plugins.api import question_types
from bdhvs_lms.plugins.testing import unplugged
from tests.bdhvs_content import pages

pytestmark = pytest.mark.django_db

TEXT = """Số cần nhớ

1. Gọi công an thì bấm số nào?
= 113 ± 0
> Gọi không mất tiền.

2. Một trang A4 dài bao nhiêu?
= 29.7 ± 0.5 cm

3. Số nào?
= 1.2.3 ± 0

4. Ai được biết mã OTP?
(x) Không ai
( ) Cán bộ
"""


def test_questions_of_the_plugin_come_and_go_as_its_file(tmp_path: Path) -> None:
    client = pages.editor()
    data: dict[str, Any] = {
        "file": SimpleUploadedFile("so.txt", TEXT.encode()),
        "collection": Collection.get_first_root_node().pk,
        "locale": Locale.get_default().pk,
    }
    address = client.post(reverse("bdhvs_quiz_import"), data).headers["Location"]
    page = re.sub(r"\s+", " ", client.get(address).content.decode())
    assert "tìm thấy 4 câu hỏi" in page
    assert "1 câu không nhập được" in page
    assert "<strong>29,7</strong>" in page
    assert "____________________ cm" in page
    client.post(address, {"p": "1", "take": ["0", "1", "2"], "publish": "on", "go": "import"})
    rows = NumberQuestion.objects.order_by("pk")
    assert [(row.answer, row.tolerance, row.unit, row.live) for row in rows] == [
        (113, 0, "", True),
        (Decimal("29.7"), Decimal("0.5"), "cm", True),
    ]

    listed = client.get(reverse("bdhvs_quiz_bank_export")).content.decode()
    assert reverse("bdhvs_quiz_bank_export_file", args=[OutlineFormat.key]) in listed
    file = client.get(reverse("bdhvs_quiz_bank_export_file", args=[OutlineFormat.key])).content.decode()
    assert "1. Gọi công an thì bấm số nào?\n= 113 ± 0\n> Gọi không mất tiền." in file
    assert "2. Một trang A4 dài bao nhiêu?\n= 29.7 ± 0.5 cm" in file
    assert "3. Ai được biết mã OTP?\n(x) Không ai\n( ) Cán bộ" in file

    again = tmp_path / "again.txt"
    again.write_text(file)
    out = io.StringIO()
    call_command("questions", "check", str(again), stdout=out)
    report = json.loads(out.getvalue())
    assert (report["format"], report["found"], report["ready"]) == (OutlineFormat.key, 3, 3)


def test_without_the_type_its_questions_are_named_and_the_others_come(tmp_path: Path) -> None:
    path = tmp_path / "so.txt"
    path.write_text(TEXT)
    out = io.StringIO()
    with unplugged(question_types, "plugin_example.number"):
        call_command("questions", "check", str(path), stdout=out)
    report = json.loads(out.getvalue())
    assert (report["found"], report["ready"]) == (4, 1)
    assert ["plugin_example.number" in each["reason"] for each in report["unsupported"]] == [False, True, True]
