"""Files as other programs write them, and people who use these: shapes that no format's own description has."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace
from fractions import Fraction

import pytest

from bdhvs_lms.plugins.api import PlainMedia, PlainOption, PlainQuestion, QuestionFormat, Reading, UnreadableFile
from bdhvs_lms.plugins.testing.formats import QUIZ
from question_files.aiken.format import Aiken
from question_files.excel.format import ExcelFormat
from question_files.gift.format import Gift
from question_files.marks import percent, share
from question_files.moodle_xml.format import MoodleXml
from question_files.moodle_xml.kinds import READERS
from tests.bdhvs_quiz.formats import plain_questions as plain
from tests.support.loops import for_each

THIRD = Fraction(1, 3)


def moodle(kind: str, inside: str, text: str = "Hỏi?") -> Reading:
    return plain.read(
        MoodleXml(),
        f'<quiz><question type="{kind}"><questiontext format="html"><text>{text}</text></questiontext>'
        f"{inside}</question></quiz>",
    )


def answer(fraction: str, text: str, inside: str = "") -> str:
    return f'<answer fraction="{fraction}"><text>{text}</text>{inside}</answer>'


def only(reading: Reading) -> PlainQuestion:
    (question,) = reading.questions
    return question


def doubts(reading: Reading) -> list[str]:
    return [str(finding.reason) for finding in reading.findings]


@for_each(
    ("written", "meant"),
    [
        ("33.333333333333336", THIRD),
        ("-33.333333333333336", -THIRD),
        ("16.666666666666668", Fraction(1, 6)),
        ("28.571428571428573", Fraction(2, 7)),
        ("33.33334", THIRD),
        ("33.34", THIRD),
        ("33.4", Fraction(334, 1000)),
        ("12.5", Fraction(1, 8)),
        ("34", Fraction(34, 100)),
    ],
)
def test_shares_that_programs_computed_are_meant_exactly(written: str, meant: Fraction) -> None:
    assert share(written) == meant
    assert share(percent(meant)) == meant


def test_three_thirds_make_the_whole_mark_however_they_are_rounded() -> None:
    reading = plain.read(Gift(), "Việc nào? {~%33.33333%a ~%33.33333%b ~%33.33334%c ~%-100%d}")
    assert reading.findings == ()
    assert [option.credit for option in only(reading).options] == [THIRD, THIRD, THIRD, -1]


def test_numbers_that_programs_computed_are_rounded_and_those_that_cannot_be_held_are_named() -> None:
    pi = answer("100", "3.141592653589793", "<tolerance>1e-05</tolerance>")
    (found,) = only(moodle("numerical", pi)).answers
    assert (found.text, str(found.tolerance)) == ("3.14159265359", "0.00001")
    (gap,) = only(moodle("cloze", "", "{1:NM:=2.718281828459045:1e-15}")).blanks
    assert [(one.text, one.tolerance) for one in gap.answers] == [("2.718281828459", 0)]
    (typed,) = only(plain.read(Gift(), "e? {#2.718281828459045:0.01}")).answers
    assert typed.text == "2.718281828459"
    # Rounded, nothing would be left of it.
    reading = moodle("numerical", answer("100", "6.62607015e-34", "<tolerance>1e-36</tolerance>"))
    assert reading.questions == ()
    assert "6.62607015e-34" in doubts(reading)[0]
    assert "12" in doubts(moodle("numerical", answer("100", "12345678901234567")))[0]


@pytest.mark.parametrize(
    ("words", "right", "doubted"),
    [(("Đúng", "Sai"), True, False), (("Sai", "Đúng"), False, False), (("Wahr", "Falsch"), True, True)],
)
def test_true_and_false_in_the_language_of_an_old_file(words: tuple[str, str], right: bool, doubted: bool) -> None:
    said = "<feedback><text>Phải.</text></feedback>"
    reading = moodle("truefalse", answer("100", words[0], said) + answer("0", words[1]))
    question = only(reading)
    assert (question.kind, question.right, question.feedback_right) == ("true-false", right, "Phải.")
    assert bool(reading.findings) is doubted
    assert moodle("truefalse", answer("100", "a") + answer("0", "b") + answer("0", "c")).questions == ()


def test_a_right_option_of_the_open_university_s_type_earns_its_part() -> None:
    reading = moodle("oumultiresponse", answer("100", "a") + answer("0", "b") + answer("100", "c"))
    question = only(reading)
    assert (question.kind, question.partial) == ("multiple", True)
    assert [(option.right, option.credit) for option in question.options] == [(True, None), (False, None), (True, None)]
    assert len(reading.findings) == 1


def test_right_options_that_do_not_earn_the_whole_mark_together_are_doubted() -> None:
    shares = answer("50", "a") + answer("25", "b") + answer("0", "c")
    assert "75 %" in doubts(moodle("multichoice", f"<single>false</single>{shares}"))[0]


def test_units_that_are_not_asked_for_are_none() -> None:
    units = "<units><unit><multiplier>1</multiplier><unit_name>kg</unit_name></unit></units>"
    for shown, unit in (("0", "kg"), ("3", "")):
        inside = f"{answer('100', '12')}<unitgradingtype>0</unitgradingtype><showunits>{shown}</showunits>{units}"
        assert only(moodle("numerical", inside)).unit == unit


def test_an_old_vietnamese_encoding_is_recognised_by_what_the_file_says() -> None:
    typed = "Mật khẩu nào mạnh?\nA. 123456\nB. Một câu dài\nĐáp án: B\n"
    old = b"".join(_of_windows(letter) for letter in typed)
    assert Aiken().recognises(old, "de.txt") == 3
    # A letter that is cut at the end of what is looked at makes no other encoding of it.
    assert Aiken().recognises((typed + "ế").encode()[:-1], "de.txt") == 3
    assert only(plain.read(Aiken(), old)).prompt == "Mật khẩu nào mạnh?"


def _of_windows(letter: str) -> bytes:
    """windows-1258: a tone is a letter of its own behind the vowel."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    parts = unicodedata.normalize("NFD", letter)
    base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
    return base.encode("cp1258") + "".join(part for part in parts if part in tones).encode("cp1258")


def table(*rows: str) -> Reading:
    return ExcelFormat().read(io.BytesIO("\n".join(rows).encode()), name="de.csv", language="vi")


def right(question: PlainQuestion) -> list[str]:
    return [option.text for option in question.options if option.right]


def test_right_answers_are_places_where_the_other_rows_name_places() -> None:
    titles = "Question Text,Option 1,Option 2,Option 3,Option 4,Correct Answer"
    reading = table(titles, "Mấy?,4,6,8,12,4", "Ai?,Lan,Mai,Cúc,Trúc,2", "Nào?,a,b,c,d,3")
    assert [right(question) for question in reading.questions] == [["12"], ["Mai"], ["c"]]
    assert [finding.question for finding in reading.findings] == [0]
    # In a file that says answers in words, a number is one.
    reading = table("Câu hỏi,A,B,C,D,Đáp án", "Mấy?,4,6,8,12,4", "Ai?,Lan,Mai,Cúc,Trúc,Mai")
    assert [right(question) for question in reading.questions] == [["4"], ["Mai"]]
    # Titles with numbers decide where no row does.
    assert right(table(titles, "Mấy?,4,3,2,1,4").questions[0]) == ["1"]


def test_a_column_for_the_right_answer_and_one_for_each_wrong_one() -> None:
    reading = table(
        "Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2 (Optional)", "Mấy?,2,1,3", "Ai?,Lan,B"
    )
    assert [
        (question.kind, right(question), len(question.options), question.shuffle) for question in reading.questions
    ] == [
        ("single", ["2"], 3, True),
        ("single", ["Lan"], 2, True),
    ]
    assert (reading.findings, reading.notes) == ((), ())


def test_a_row_that_explains_the_columns_is_none_and_types_are_known_by_their_codes() -> None:
    reading = table(
        "Question Text,Question Type,Option 1,Option 2,Correct Answer",
        '"Text of the question (required)","Type (default: Multiple Choice)",(required),(optional),1 to 5',
        "Đúng không?,TRUE_FALSE,True,False,2",
        "Nào?,MULTIPLE_ANSWER,a,b,1",
    )
    assert [(question.kind, question.right) for question in reading.questions] == [
        ("true-false", False),
        ("multiple", None),
    ]
    assert (reading.findings, len(reading.notes)) == ((), 1)


def test_options_that_each_earn_the_whole_mark_share_it() -> None:
    reading = moodle(
        "multichoice", "<single>false</single>" + answer("100", "a") + answer("0", "b") + answer("100", "c")
    )
    assert [(option.right, option.credit) for option in only(reading).options] == [
        (True, Fraction(1, 2)),
        (False, 0),
        (True, Fraction(1, 2)),
    ]
    assert len(reading.findings) == 1
    gift = only(plain.read(Gift(), "A? {~%100%a ~%100%b ~%-100%c}"))
    assert [option.credit for option in gift.options] == [Fraction(1, 2), Fraction(1, 2), -1]


def test_hints_are_named_once_with_their_places_and_empty_rows_of_moodles_form_are_nothing() -> None:
    pair = "<subquestion><text>{}</text><answer><text>{}</text></answer></subquestion>"
    rows = "".join(pair.format(*row) for row in (("a", "1"), ("b", "2"), ("", "")))
    reading = moodle("matching", f"{rows}<hint><text>Nghĩ kỹ.</text></hint><hint><text></text></hint>")
    assert [(one.left, one.right) for one in only(reading).pairs] == [("a", "1"), ("b", "2")]
    assert (reading.findings, len(reading.notes)) == ((), 1)
    assert only(reading).place in str(reading.notes[0])


def gapfill(text: str, inside: str = "") -> Reading:
    return moodle("gapfill", inside, text)


def test_gaps_of_the_plugin_gapfill() -> None:
    typed = gapfill(
        "&lt;p&gt;Gọi [115|một một năm] và [&lt;b&gt;113&lt;/b&gt;]{1}.&lt;/p&gt;", "<casesensitive>1</casesensitive>"
    )
    question = only(typed)
    assert (question.text, typed.findings) == ("Gọi {1} và {2}{{1}}.", ())
    assert [[one.text for one in blank.answers] for blank in question.blanks] == [["115", "một một năm"], ["113"]]
    assert [blank.case for blank in question.blanks] == [True, True]
    listed = only(
        gapfill(
            "{Hà Nội} [x] {Huế}",
            "<answerdisplay>dragdrop</answerdisplay><delimitchars>{}</delimitchars>"
            + answer("100", "Hà Nội")
            + answer("100", "Huế")
            + answer("0", "Vinh\\, Lào"),
        )
    )
    assert listed.text == "{1} [x] {2}"
    assert [[(one.text, one.right) for one in blank.options] for blank in listed.blanks] == [
        [("Huế", False), ("Hà Nội", True), ("Vinh, Lào", False)],
        [("Huế", True), ("Hà Nội", False), ("Vinh, Lào", False)],
    ]
    for text in ("Không có chỗ trống", "[colou?r]", "[!]", "[ | ]"):
        assert gapfill(text).questions == ()
        assert doubts(gapfill(text))


@for_each("kind", ["gapfill", "kprime", "mtf", "regexp", "shortanswerwiris", "varnumericset", "nobody", ""])
def test_what_no_question_here_can_be_is_listed_with_its_reason(kind: str) -> None:
    reading = moodle(kind, "")
    (finding,) = reading.findings
    assert (reading.questions, finding.doubtful, bool(str(finding.reason))) == ((), False, True)


def test_one_question_that_breaks_a_format_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(source: object) -> PlainQuestion:
        raise KeyError("x")

    monkeypatch.setitem(READERS, "numerical", broken)
    two = "".join(
        f'<question type="{kind}"><questiontext><text>Hỏi?</text></questiontext>{answer("100", "true")}'
        f"{answer('0', 'false')}</question>"
        for kind in ("numerical", "truefalse")
    )
    reading = plain.read(MoodleXml(), f"<quiz>{two}</quiz>")
    assert (only(reading).kind, len(reading.findings)) == ("true-false", 1)


def test_a_typed_answer_over_several_lines_is_looked_at() -> None:
    reading = plain.read(Gift(), "Ai? {=một\nhai}")
    assert (only(reading).answers[0].text, len(reading.findings)) == ("một hai", 1)


def test_what_is_said_above_a_question_is_its_own_without_an_empty_line_too() -> None:
    text = "// [id:one]\n::Một::A? {T}\n// [id:two] [tag:x y]\n::Hai::B? {F}\n// [tag:z]\n"
    reading = plain.read(Gift(), text)
    assert [(question.key, question.tags) for question in reading.questions] == [("one", ()), ("two", ("x y", "z"))]


@pytest.mark.parametrize("kind", [Gift, Aiken, ExcelFormat])
def test_an_option_that_is_a_picture_stays_an_option_where_no_picture_can_stand(kind: type[QuestionFormat]) -> None:
    picture = PlainMedia("qr.png", "image/png", lambda: b"", "Mã QR")
    options = (PlainOption("", True, media=(picture,)), PlainOption("Mã vạch", False))
    into = io.BytesIO()
    kind().write(replace(QUIZ, questions=(PlainQuestion("single", "Cái nào là mã QR?", options),)), into)
    reading = kind().read(io.BytesIO(into.getvalue()), name=f"de{kind.suffix}", language="vi")
    assert [(option.text, option.right) for option in only(reading).options] == [("Mã QR", True), ("Mã vạch", False)]


def test_an_ampersand_that_was_not_escaped_is_one_and_damage_has_its_line() -> None:
    question = (
        '<quiz><question type="truefalse"><name><text>a & b&nbsp;c &amp; d</text></name>'
        "<questiontext format='html'><text><![CDATA[<p>1 &lt; 2 & 3</p>]]></text></questiontext>"
        f"{answer('100', 'true')}{answer('0', 'false')}</question></quiz>"
    )
    found = only(plain.read(MoodleXml(), question))
    assert (found.name, found.prompt) == ("a & b c & d", "1 < 2 & 3")
    with pytest.raises(UnreadableFile, match="3"):
        plain.read(
            MoodleXml(),
            '<?xml version="1.0"?>\n<quiz>\n<question type="truefalse"><name>a & <</name></question></quiz>',
        )
