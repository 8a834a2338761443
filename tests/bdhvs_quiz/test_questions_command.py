"""`bdhvs questions`: what a file holds is told as JSON, all of it comes into the bank or nothing."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Collection, ModelLogEntry, Revision

from bdhvs_lms.plugins.api import question_formats
from bdhvs_lms.plugins.testing import plugged_in
from bdhvs_quiz.exporting.plain import plain_bank
from bdhvs_quiz.models import Question, QuestionTag
from tests.bdhvs_quiz.slips import SlipFormat, options, picture, slips

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _slips() -> Any:
    with plugged_in(question_formats, SlipFormat):
        yield


def ran(*args: Any, **more: Any) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("questions", *map(str, args), stdout=out, stderr=err, **more)
    return out.getvalue(), err.getvalue()


def file_of(folder: Path, content: bytes, name: str = "de.slips") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


FILED = """<?xml version="1.0" encoding="UTF-8"?><quiz>
<question type="category"><category><text>$course$/top/An toàn/Mật khẩu</text></category></question>
<question type="truefalse"><questiontext><text>Một.</text></questiontext>
<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question>
</quiz>""".encode()


def test_the_files_own_categories_are_made_below_the_chosen_one_where_it_is_asked_for(tmp_path: Path) -> None:
    file = file_of(tmp_path, FILED, "moodle.xml")
    ran("import", file, "--category", "Từ tệp")
    assert Question.objects.get().collection.name == "Từ tệp", "not unless it is asked for"
    Question.objects.all().delete()
    _out, err = ran("import", file, "--category", "Từ tệp", "--own-categories")
    made = Question.objects.get().collection
    assert [made.name, made.get_parent().name, made.get_parent().get_parent().name] == ["Mật khẩu", "An toàn", "Từ tệp"]
    assert "Danh mục mới: Từ tệp / An toàn / Mật khẩu." in err
    Question.objects.all().delete()
    _out, err = ran("import", file, "--category", "Từ tệp", "--own-categories")
    assert Question.objects.get().collection == made
    assert "Danh mục mới" not in err


MIXED = slips(
    {"prompt": "Ai được biết mã OTP?"},
    {"prompt": "Chưa có đáp án?", "options": options(-1)},
    {"prompt": "Vẽ một cái cây.", "kind": "drawing"},
    {"prompt": "Nên mở đường dẫn lạ.", "kind": "true-false", "right": False},
    {"prompt": "Ô nào?", "options": options(0)},
    findings=[
        {"place": "câu 6", "reason": "Câu tự luận.", "doubtful": False},
        {"place": "câu 5", "reason": "Chữ đậm ở hai phương án.", "doubtful": True, "question": 4},
    ],
    notes=["Bỏ qua 2 trang bìa."],
)


def test_the_report_counts_each_question_once_and_writes_nothing(tmp_path: Path) -> None:
    out, _err = ran("check", file_of(tmp_path, MIXED))
    report = json.loads(out)
    assert (report["format"], report["found"], report["ready"]) == ("tests.slips", 6, 2)
    assert [(each["place"], each["question"]) for each in report["doubtful"]] == [
        ("câu 2", "Chưa có đáp án?"),
        ("câu 5", "Ô nào?"),
    ]
    assert "Chưa có đáp án đúng" in report["doubtful"][0]["reason"]
    assert report["doubtful"][1]["reason"] == "Chữ đậm ở hai phương án."
    assert [each["place"] for each in report["unsupported"]] == ["câu 6", "câu 3"]
    assert "drawing" in report["unsupported"][1]["reason"]
    assert report["notes"] == ["Bỏ qua 2 trang bìa."]
    assert report["found"] == report["ready"] + len(report["doubtful"]) + len(report["unsupported"])
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("de.slips", b"", "trống"),
        ("de.slips", b"{", "Tệp hỏng."),
        ("de.exe", b"MZ\x00\x00", "Slips (.slips)"),
        ("de.slips", slips(fails=True), "Slips"),
        ("de.slips", slips(*[{"prompt": f"Câu {n}"} for n in range(2001)]), "2.000"),
    ],
)
def test_what_cannot_be_read_is_said_as_json_and_fails(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("questions", "check", str(file_of(tmp_path, content, name)), stdout=out)
    assert said in json.loads(out.getvalue())["error"]
    assert said in str(failed.value)
    assert failed.value.returncode == 1


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError, match="none"):
        call_command("questions", "check", str(tmp_path / "none.slips"), stdout=out)
    assert "none.slips" in json.loads(out.getvalue())["error"]


def test_ready_questions_are_published_doubtful_ones_are_drafts(tmp_path: Path) -> None:
    out, err = ran("import", file_of(tmp_path, MIXED), category="An toàn / Mật khẩu")
    assert "4" in out
    assert "câu 3 (không nhập)" in err
    inner = Collection.objects.get(name="Mật khẩu")
    assert inner.get_parent().name == "An toàn"
    rows = {row.prompt: row for row in Question.objects.all()}
    assert {prompt: row.live for prompt, row in rows.items()} == {
        "Ai được biết mã OTP?": True,
        "Chưa có đáp án?": False,
        "Nên mở đường dẫn lạ.": True,
        "Ô nào?": False,
    }
    assert {row.collection for row in rows.values()} == {inner}
    first = rows["Ai được biết mã OTP?"]
    assert [block.value["right"] for block in first.options] == [False, True, False]
    assert first.live_revision == first.latest_revision
    assert first.get_latest_revision_as_object().options[1].value["text"] == "Không đọc"
    assert "khong doc" in first.folded
    history = ModelLogEntry.objects.filter(object_id=str(first.pk)).order_by("pk")
    assert [entry.action for entry in history] == ["wagtail.create", "wagtail.publish"]


def test_the_same_file_again_is_no_news(tmp_path: Path) -> None:
    path = file_of(tmp_path, MIXED)
    ran("import", path, category="An toàn")
    before = Question.objects.count()
    out, err = ran("import", path, category="An toàn")
    assert Question.objects.count() == before
    assert "câu 1: bỏ qua" in err
    assert "Không có gì để nhập" in out


def test_drafts_are_asked_for(tmp_path: Path) -> None:
    ran("import", file_of(tmp_path, MIXED), category="An toàn", draft=True)
    assert not Question.objects.filter(live=True).exists()


def test_a_category_of_two_is_named_by_its_path(tmp_path: Path) -> None:
    root = Collection.get_first_root_node()
    for name in ("Một", "Hai"):
        Collection.objects.get(pk=root.add_child(name=name).pk).add_child(name="Mật khẩu")
    path = file_of(tmp_path, MIXED)
    with pytest.raises(CommandError, match="Hai / Mật khẩu"):
        ran("import", path, category="mật khẩu")
    ran("import", path, category="hai/mật khẩu")
    assert {row.collection.get_parent().name for row in Question.objects.all()} == {"Hai"}


def test_when_writing_fails_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **more: Any) -> None:
        raise KeyboardInterrupt

    content = slips(*({"prompt": f"Câu {n}?", "tags": ["Mới"]} for n in range(120)))
    monkeypatch.setattr("bdhvs_quiz.importing.actions.note_files", broken)
    with pytest.raises(SystemExit) as stopped:
        ran("import", file_of(tmp_path, content), category="Mới")
    assert stopped.value.code == 130
    assert not Question.objects.exists()
    assert not Revision.objects.exists()
    assert not QuestionTag.objects.exists()


def test_labels_of_the_file_come_along_and_go_again(tmp_path: Path) -> None:
    QuestionTag.objects.create(name="Lừa đảo")
    labels = {"tags": ["lừa đảo", "OTP", "otp"], "difficulty": "hard", "points": "2.5"}
    path = file_of(tmp_path, slips({"prompt": "Ai hỏi?", **labels}, {"prompt": "Hỏi gì?", "tags": ["OTP"]}))
    ran("import", path, category="An toàn / Mật khẩu")
    row = Question.objects.get(prompt="Ai hỏi?")
    assert sorted(row.tags.names()) == ["Lừa đảo", "OTP"]
    assert sorted(tag.name for tag in row.get_latest_revision_as_object().tags.all()) == ["Lừa đảo", "OTP"]
    assert (row.difficulty, row.points) == ("hard", Decimal("2.5"))
    assert QuestionTag.objects.count() == 2
    (plain, _other) = plain_bank(list(Question.objects.rows().order_by("pk")), title="", language="vi").quiz.questions
    assert (plain.category, plain.tags) == (("An toàn", "Mật khẩu"), ("Lừa đảo", "OTP"))
    assert (plain.difficulty, plain.points) == ("hard", Decimal("2.5"))


def test_the_number_of_queries_grows_with_hundreds_only(tmp_path: Path) -> None:
    def queries(count: int, name: str) -> int:
        content = slips(*({"prompt": f"{name} {n}?", "tags": ["OTP"]} for n in range(count)))
        path = file_of(tmp_path, content, f"{name}.slips")
        with CaptureQueriesContext(connection) as captured:
            ran("import", path, category="An toàn")
        return len(captured)

    queries(1, "làm quen")
    few, hundred, three = queries(10, "mười"), queries(100, "trăm"), queries(300, "ba trăm")
    assert few <= hundred <= few + 8
    assert three <= hundred + 2 * 18


def test_pictures_come_along_once_each_and_broken_ones_are_named(tmp_path: Path) -> None:
    red, words = picture("red"), "Nút màu đỏ"
    content = slips(
        {"prompt": "Nút nào?", "options": [{**option, "media": [red]} for option in options(0)]},
        {"prompt": "Hình gì?", "media": [{**red, "alt": words}]},
        {"prompt": "Hỏng?", "media": [{"name": "hong.png", "data": "AAAA"}]},
        {"prompt": "Không ra?", "media": [{"name": "mat.png", "data": "?"}]},
    )
    report = json.loads(ran("check", file_of(tmp_path, content))[0])
    reasons = {each["place"]: each["reason"] for each in report["doubtful"]}
    assert "hong.png" in reasons["câu 3"]
    assert "mat.png" in reasons["câu 4"]


def test_the_bank_is_written_as_a_file_by_category(tmp_path: Path) -> None:
    ran("import", file_of(tmp_path, slips({"prompt": "Trong?", "tags": ["OTP"]})), category="An toàn / Mật khẩu")
    ran("import", file_of(tmp_path, slips({"prompt": "Ngoài?"}), "hai.slips"), category="Khác")
    target = tmp_path / "ra.txt"
    _out, err = ran("export", format="outline", category="An toàn", output=target)
    assert "1. Trong?" in target.read_text()
    assert "Ngoài?" not in target.read_text()
    assert "Đã ghi 1 câu hỏi." in err
    assert "“Trong?”" in err  # its tag is not in such a file
    ran("export", format="gift", output=target)
    assert "Ngoài?" in target.read_text()
    with pytest.raises(CommandError, match="Không có danh mục “Mất”"):
        ran("export", format="gift", category="Mất", output=target)
    with pytest.raises(CommandError, match="bdhvs_quiz.gift"):
        ran("export", format="none", output=target)
