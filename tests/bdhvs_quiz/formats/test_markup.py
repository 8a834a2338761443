"""HTML of other systems as plain text: what stays, what is doubtful, and that it takes no time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given

from bdhvs_lms.plugins.api import PlainMedia
from question_files.markup import from_html, from_moodle, to_html
from question_files.texts import clean
from tests.bdhvs_quiz.formats import plain_questions as plain
from tests.support.loops import for_each

PICTURE = PlainMedia("a.png", "image/png", lambda: b"", "")


@for_each(
    ("html", "text"),
    [
        ("<p>Một&nbsp;hai</p>\n<p>Ba<br>bốn</p>", "Một hai\n\nBa\nbốn"),
        ("<div>a</div>\n<div>b</div>", "a\nb"),
        ("<ul>\n<li>a</li><li><p>b</p></li></ul>c", "– a\n– b\n\nc"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("x<sup>2</sup> + H<sub>2</sub>O", "x² + H₂O"),
        ('<a href="https://vi.du/x">đây</a> và <a href="https://vi.du">vi.du</a>', "đây (https://vi.du/x) và vi.du"),
        ("1 &lt; 2 <!-- no --> <![if !x]>&amp; 3<![endif]>", "1 < 2 & 3"),
        ("<style>p {}</style><o:p>a</o:p><b>b</b>", "ab"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("a <b", "a <b"),
    ],
)
def test_what_is_read_without_a_doubt(html: str, text: str) -> None:
    read = from_html(html)
    assert (read.text, read.doubts) == (text, ())


@for_each(
    "html",
    [
        "<table><tr><td>a</td><td>b</td></tr></table>",
        "a $$x^2$$",
        r"\(x\)",
        "<math><mi>x</mi></math>",
        "<iframe src='https://vi.du'></iframe>",
        "<video src='x.mp4'></video>",
        "<img src='https://vi.du/a.png'>",
        "<img src='@@PLUGINFILE@@/b.png' alt='b'>",
        "a<sup>hai mươi</sup>",
        "<del>a</del>",
        "<script>alert(1)</script>",
        "<p>a <img src='@@PLUGINFILE@@/a.png' alt='a'> b</p>",
        "<img src='@@PLUGINFILE@@/a.png'>",
    ],
)
def test_what_is_doubtful_is_said(html: str) -> None:
    assert from_html(html, lambda address: PICTURE if address.endswith("a.png") else None).doubts


def test_a_picture_at_the_end_of_a_line_is_where_it_was() -> None:
    read = from_html('<p>113 <img src="@@PLUGINFILE@@/a.png" alt="a"> </p><p>b</p>', lambda _address: PICTURE)
    assert (read.text, read.doubts) == ("113\n\nb", ())
    assert [one.alt for one in read.media] == ["a"]


def test_each_of_moodles_forms_is_read_by_its_rules() -> None:
    assert from_moodle("a\nb <mã OTP> <b>c</b>", "moodle_auto_format").text == "a\nb <mã OTP> c"
    assert from_moodle("a\n<b>", "plain_text").text == "a\n<b>"
    assert from_moodle("a\n<b>b</b>", "html").text == "a b"
    markdown = from_moodle("# Đầu\n**đậm** [đây](https://vi.du)", "markdown")
    assert (markdown.text, len(markdown.doubts)) == ("Đầu\nđậm đây (https://vi.du)", 1)


@given(plain.raw)
def test_a_plain_text_comes_back_from_html(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert from_html(to_html(text)).text == cleaned


@pytest.mark.parametrize(
    "piece", ["<", "<a ", "<!--", "<![", "<p>", "&", "&#", '<a b="', "<b ", "</", "{", "\u0301", "<!x", "<?"]
)
def test_no_text_takes_long(piece: str) -> None:
    begun = time.process_time()
    from_html(piece * (100_000 // len(piece)))
    from_html(piece * (50_000 // len(piece)) + ">")
    assert time.process_time() - begun < 5
