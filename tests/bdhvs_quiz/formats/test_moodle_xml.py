"""Moodle XML: a file as Moodle 4.5 exports it, files that are none, and that what is written comes back."""

from __future__ import annotations

import base64
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.test import TestCase
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from bdhvs_lms.plugins.api import PlainAnswer, PlainBlank, PlainMedia, PlainOption, PlainQuestion, UnreadableFile
from bdhvs_lms.plugins.testing import QuestionFormatConformance
from bdhvs_lms.plugins.testing.formats import PICTURE
from bdhvs_quiz.formats import OFFERED
from question_files.moodle_xml.format import MoodleXml
from question_files.moodle_xml.tree import root_name
from tests.bdhvs_quiz.formats import plain_questions as plain
from tests.bdhvs_quiz.formats.test_gift import meant
from tests.support.loops import for_each

FILE = Path(__file__).parent / "files" / "moodle.xml"
EXPORTED = FILE.read_bytes()
THIRD = Fraction(1, 3)


class TestKit(QuestionFormatConformance, TestCase):
    question_format = OFFERED[MoodleXml]


@pytest.fixture(scope="module")
def found() -> dict[str, PlainQuestion]:
    with translation.override("vi"):
        reading = plain.read(MoodleXml(), EXPORTED)
    return {question.name or question.prompt: question for question in reading.questions}


def test_options_have_their_shares_pictures_and_feedback(found: dict[str, PlainQuestion]) -> None:
    one = found["Mã QR"]
    assert (one.kind, one.prompt, one.explanation) == ("single", "Hình này là gì?", "Quét mã để mở trang.")
    assert (one.points, one.key, one.tags, one.shuffle) == (2, "QR-1", ("QR", "điện thoại"), True)
    assert one.category == ("An toàn số", "Mật khẩu / mã")
    assert (one.feedback_right, one.feedback_partly) == ("Đúng rồi.", "Đúng một phần.")
    (picture,) = one.media
    assert (picture.name, picture.content_type, picture.alt) == ("hình 1.png", "image/png", "Một ô vuông đen")
    assert picture.load() == PICTURE
    right, barcode, unclear = one.options
    assert right == PlainOption("Mã QR", True, "Phải.")
    assert (barcode.text, barcode.credit, barcode.media[0].alt) == ("", THIRD, "Mã vạch")
    assert unclear == PlainOption("Không rõ", False, credit=Fraction(-1, 2))


def test_thirds_of_several_answers_are_exact(found: dict[str, PlainQuestion]) -> None:
    several = found["Việc nào nên làm\nkhi nhận tin nhắn lạ?"]
    assert (several.kind, several.partial, several.shuffle) == ("multiple", True, False)
    assert [(option.right, option.credit) for option in several.options] == [(True, None)] * 3 + [(False, None)]


def test_typed_answers_and_numbers(found: dict[str, PlainQuestion]) -> None:
    true = found["OTP"]
    assert (true.prompt, true.right) == ("Mã OTP <sáu số> là bí mật.", True)
    assert (true.feedback_right, true.feedback_wrong) == ("Phải.", "Xem lại.")
    short = found["Cấp cứu"]
    assert (short.case, short.feedback_wrong) == (True, "Chưa phải.")
    assert short.answers == (PlainAnswer("115", feedback="Đúng."), PlainAnswer("*115*", 2 * THIRD))
    number = found["Quãng đường"]
    assert number.answers == (
        PlainAnswer("12.5", feedback="Tốt.", tolerance=Decimal("0.25")),
        PlainAnswer("12", Fraction(1, 2), tolerance=Decimal(1)),
    )
    assert (number.unit, number.units, number.feedback_wrong) == ("km", (("m", Decimal(1000)),), "Đo lại.")


def test_pairs_and_steps(found: dict[str, PlainQuestion]) -> None:
    pairs = found["Số khẩn cấp"].pairs
    assert [(pair.left, pair.right) for pair in pairs] == [("113", "Công an"), ("114", "Cứu hỏa"), ("", "Bưu điện")]
    assert pairs[0].media[0].alt == "Cái khiên"
    assert found["Số khẩn cấp"].category == ()
    assert found["Các bước"].steps == ("Mở máy", "Mở trang", "Đăng nhập")


def test_gaps_within_a_text(found: dict[str, PlainQuestion]) -> None:
    cloze = found["Thủ đô"]
    assert cloze.prompt == "Điền vào đoạn sau."
    assert cloze.text == "Thủ đô là {1}, có {2} triệu người.\nSông là {3}, giá {4} {5}."
    assert (cloze.points, cloze.partial, cloze.shuffle, cloze.explanation) == (6, True, True, "Xem bản đồ.")
    short, number, river, price, cased = cloze.blanks
    assert short.answers == (
        PlainAnswer("Hà Nội", feedback="Đúng"),
        PlainAnswer("Ha Noi", Fraction(1, 2), "Thiếu dấu"),
        PlainAnswer("*", Fraction(0), "Xem lại"),
    )
    assert number == PlainBlank(
        "numeric",
        (PlainAnswer("8.4", tolerance=Decimal("0.5")), PlainAnswer("8", Fraction(1, 2), tolerance=Decimal(1))),
        weight=2,
    )
    assert river.options == (
        PlainOption("Hương", False, "Ở Huế"),
        PlainOption("Hồng", True),
        PlainOption("Đà }", False, credit=Fraction(1, 4)),
    )
    assert [option.text for option in price.options] == ["<5%", ">5%"]
    assert cased == PlainBlank("short", (PlainAnswer("VND"),), case=True)
    several = found["Chọn nhiều"]
    assert (several.kind, several.prompt, several.points) == ("multiple", "Nơi nào bán vé?", 2)


def test_gaps_with_lists(found: dict[str, PlainQuestion]) -> None:
    select = found["Từ còn thiếu"]
    assert (select.text, select.prompt) == ("Bấm nút {1} rồi chọn {2}.", "Điền vào chỗ trống.")
    assert [[(one.text, one.right) for one in blank.options] for blank in select.blanks] == [
        [("Xóa", False), ("Gửi", True)],
        [("Ảnh & tệp", True), ("Thoát", False)],
    ]
    assert (select.points, select.shuffle, select.feedback_right) == (3, True, "Giỏi.")
    dragged = found["Kéo từ"].blanks
    assert [[one.text for one in blank.options if one.right] for blank in dragged] == [["cao"], ["rộng"]]
    assert [one.text for one in dragged[0].options] == ["cao", "rộng", "thấp"]


def test_what_cannot_be_taken_and_what_is_doubtful_is_said_with_its_place() -> None:
    with translation.override("vi"):
        reading = plain.read(MoodleXml(), EXPORTED)
    refused = [finding for finding in reading.findings if not finding.doubtful]
    assert [finding.place for finding in refused] == [
        "câu 12 “Lời dặn”",
        "câu 13 “Kể lại”",
        "câu 14 “Tính”",
        "câu 15 “Tính”",
        "câu 16 “Tính”",
        "câu 17 “Ngẫu nhiên”",
        "câu 18 “Đánh dấu”",
        "câu 19 “Kéo hình”",
        "câu 20 “Đại số”",
        "câu 21 “Khớp mẫu”",
        "câu 22 “Không loại”",
    ]
    assert "biểu thức chính quy" in str(refused[-2].reason)
    doubts = [(finding.place, str(finding.reason)) for finding in reading.findings if finding.doubtful]
    assert [place for place, _reason in doubts] == ["câu 2"]
    penalty, hints = map(str, reading.notes)
    assert "penalty" in penalty and "Gợi ý" in hints and "câu 2" in hints


def test_what_was_read_of_moodle_is_the_same_after_writing_it() -> None:
    moodle = MoodleXml()
    once = plain.read(moodle, EXPORTED)
    quiz = replace(plain.of(once.questions[0]), questions=once.questions)
    assert list(moodle.losses(quiz)) == []
    again = plain.read(moodle, plain.write(moodle, quiz))
    assert list(map(plain.bare, again.questions)) == list(map(plain.bare, once.questions))


SIMPLE = '<quiz><question type="truefalse"><questiontext><text>Đúng?</text></questiontext>{}</quiz>'.format(
    '<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question>'
)


SOUND = b"ID3" + bytes(40)


def asked(html: str, files: str = "") -> str:
    text = f'<questiontext format="html"><text><![CDATA[{html}]]></text>{files}</questiontext>'
    return SIMPLE.replace("<questiontext><text>Đúng?</text></questiontext>", text)


def test_sounds_and_pictures_are_found_wherever_a_text_has_them() -> None:
    encoded, picture = base64.b64encode(SOUND).decode(), base64.b64encode(PICTURE).decode()
    files = "".join(
        f'<file name="{name}" path="{path}" encoding="base64">{data}</file>'
        for name, path, data in (("nghe 1.mp3", "/a/", encoded), ("b.mp3", "/", encoded), ("c.pdf", "/", "JVBERg=="))
    )
    html = (
        '<p>Nghe: <audio controls title="Chuông reo"><source src="@@PLUGINFILE@@/a/nghe%201.mp3"></audio></p>'
        f'<a href="@@PLUGINFILE@@/b.mp3">Tiếng hai</a><img alt="Ô" src="data:image/png;base64,{picture}">'
    )
    reading = plain.read(MoodleXml(), asked(html, files))
    (question,) = reading.questions
    assert question.prompt == "Nghe:\n\nTiếng hai"
    assert [(one.content_type, one.alt) for one in question.media] == [
        ("audio/mpeg", "Chuông reo"),
        ("audio/mpeg", "Tiếng hai"),
        ("image/png", "Ô"),
    ]
    assert [one.load() for one in question.media] == [SOUND, SOUND, PICTURE]
    assert reading.findings == ()
    again = plain.read(MoodleXml(), plain.write(MoodleXml(), plain.of(question))).questions[0]
    assert plain.bare(again) == plain.bare(question)
    broken = (
        '<a href="@@PLUGINFILE@@/c.pdf">x</a><img alt="y" src="@@PLUGINFILE@@/z.png"><img src="http://vi.du/a.png">'
    )
    assert len(plain.read(MoodleXml(), asked(broken, files)).findings) == 3


def test_two_files_of_one_name_stay_two() -> None:
    other = PlainMedia("a.png", "image/png", lambda: PICTURE + b"1", "Hai")
    media = (PlainMedia("a.png", "image/png", lambda: PICTURE, "Một"), other)
    question = PlainQuestion("true-false", "Đúng?", right=True, media=media)
    back = plain.read(MoodleXml(), plain.write(MoodleXml(), plain.of(question))).questions[0]
    assert [(one.name, one.alt, len(one.load())) for one in back.media] == [
        ("a.png", "Một", len(PICTURE)),
        ("a-2.png", "Hai", len(PICTURE) + 1),
    ]


def test_whatever_encoding_it_says_it_is_read() -> None:
    for declared, codec in (
        ("UTF-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("UTF-8", "utf-16-le"),
        ("utf-16", "utf-8"),
        ("ISO-8859-1", "utf-8"),
    ):
        data = f'\n<?xml version="1.0" encoding="{declared}"?>\n{SIMPLE}'.encode(codec)
        assert plain.read(MoodleXml(), data).questions[0].prompt == "Đúng?"
    western = SIMPLE.replace("Đúng", "Ça&nbsp;va\x08&#11;")
    data = f'<?xml version="1.0" encoding="windows-1252"?>{western}'.encode("cp1252")
    assert plain.read(MoodleXml(), data).questions[0].prompt == "Ça va?"


LAUGHS = '<!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><quiz><question>&b;</question></quiz>'
OUTSIDE = '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question>&x;</question></quiz>'


@for_each(
    ("data", "words"),
    [
        (LAUGHS.encode(), "không an toàn"),
        (OUTSIDE.encode(), "không an toàn"),
        (b"<!DOCTYPE quiz SYSTEM 'http://vi.du/x.dtd'><quiz></quiz>", "không an toàn"),
        (b"<quiz>" * 5000 + b"</quiz>" * 5000, "lồng"),
        (EXPORTED[:3000], "không trọn vẹn"),
        (b"<quiz><question></quiz>", "không trọn vẹn"),
        (b"<questestinterop></questestinterop>", "QTI"),
        (b'<q:assessmentItem xmlns:q="x"/>', "QTI"),
        (b"<!DOCTYPE html><html><body></body></html>", "trang web"),
        (b"<rss/>", "<rss>"),
        (b"", "XML"),
        (b"PK\x03\x04\x00", "văn bản"),
        (SIMPLE.encode("utf-16")[:-1], "Unicode"),
        (b'<?xml version="1.0" encoding="UTF-8"?><quiz>\xc3\x28\x81</quiz>', "Unicode"),
    ],
)
def test_what_is_no_file_of_moodle_is_refused_with_what_to_do(data: bytes, words: str) -> None:
    with translation.override("vi"), pytest.raises(UnreadableFile) as refused:
        plain.read(MoodleXml(), data)
    assert words in str(refused.value)


def test_what_stands_before_the_first_element_is_passed_over_in_no_time() -> None:
    before = "<?a?>" * 3000 + "<!-- <b> -->" * 3000 + "<!DOCTYPE quiz [<!ENTITY c '>'>]>"
    assert root_name(before + " <m:quiz>") == "quiz"
    assert root_name(before) == root_name("<!--" * 9000) == root_name("<quiz"[:1]) == ""


def test_it_is_told_from_other_files_of_xml() -> None:
    known = MoodleXml().recognises
    assert known(EXPORTED[:65536], "a.xml") == known(EXPORTED, "a.bin") == 3
    assert known(SIMPLE.encode("utf-16"), "a.xml") == 3
    for other in (b"<questestinterop/>", b"<html/>", b"<quizzes/>"):
        assert (known(other, "a.xml"), known(other, "a.bin")) == (1, 0)
    for other in (b"", b"Hello", b"\x00\x01"):
        assert known(other, "a.xml") == 0


TOLD = PlainQuestion("short", "Gọi?", answers=(PlainAnswer("115", Fraction(1)),), feedback_right="Phải.")


@given(plain.questions(MoodleXml.kinds), st.booleans())
@example(TOLD, False)
def test_what_no_loss_names_comes_back_the_same(question: PlainQuestion, holdable: bool) -> None:
    moodle = MoodleXml()
    if holdable:
        question = without_what_is_lost(question)
    reading = plain.read(moodle, plain.write(moodle, plain.of(question)))
    assert len(reading.questions) == 1, reading.findings
    (back,) = reading.questions
    assert (back.kind, back.prompt, back.text, back.category) == (
        question.kind,
        question.prompt,
        question.text,
        question.category,
    )
    if not moodle.losses(plain.of(question)):
        assert plain.bare(back) == plain.bare(meant(question))
        assert [one.load() for one in back.media] == [one.load() for one in question.media]
    again = plain.read(moodle, plain.write(moodle, plain.of(back)))
    assert plain.bare(again.questions[0]) == plain.bare(back)


def without_what_is_lost(question: PlainQuestion) -> PlainQuestion:
    whole = question.partial or question.kind in ("multiple", "matching", "blanks")
    question = replace(question, partial=whole, feedback_partly="")
    if question.kind in ("short", "numeric"):
        question = replace(question, feedback_right="")
    if question.kind == "blanks":
        together = sum(blank.weight for blank in question.blanks)
        question = replace(question, feedback_right="", feedback_wrong="", points=Decimal(2 * together))
    return question


@given(plain.spoiling)
def test_no_file_makes_it_fail(changes: list[tuple[float, int, bytes]]) -> None:
    plain.read_or_refused(MoodleXml(), plain.spoilt(EXPORTED, changes))


# What stands in texts and attributes, where a file that is spoilt stays XML.
@given(st.integers(0, 400), plain.raw, st.sampled_from([">", '"']))
def test_no_text_within_a_file_makes_it_fail(place: int, put: str, after: str) -> None:
    parts = EXPORTED.decode().split(after)
    at = place % len(parts)
    parts[at] = put.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;") + parts[at]
    plain.read_or_refused(MoodleXml(), after.join(parts).encode("utf-8", "replace"))
