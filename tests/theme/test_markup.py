"""The instrument that reads pages of the permission matrix (tests/permissions): it sees what a browser guesses at."""

from __future__ import annotations

from tests.support.loops import for_each
from tests.support.markup import ELSEWHERE, TEXTS_OF, mistakes, scripts_of_ours, texts_of

PAGE = '<!doctype html><html lang="vi"><head><title>A</title></head><body>{}</body></html>'
H5P = "bdhvs_theme/h5p.js"
QUIZ = "bdhvs_theme/quiz.js"


def page(body: str) -> str:
    return PAGE.format(body)


@for_each(
    "body",
    [
        '<p data-a="một data-b="hai">A</p>',
        '<p class="a" class="b">A</p>',
        "<p>A</div>",
        "<table><tr><p>A</p></tr></table>",
        "<ul><li>A</ul></li>",
        "<p>A &nosuch; B</p></p>",
        "<form><form></form></form>",
    ],
)
def test_what_a_browser_guesses_at_is_named(body: str) -> None:
    assert mistakes(page(body))


def test_a_page_in_order_has_no_mistakes() -> None:
    assert mistakes(page('<p class="a">A &amp; B<br><img src="a.png" alt=""></p><ul><li>A<li>B</ul>')) == ()


def test_a_text_that_a_script_reads_has_to_be_there() -> None:
    tag = f'<script src="/static/{H5P.replace(".js", ".0123456789ab.js")}" defer></script>'
    names = texts_of(scripts_of_ours()[H5P])
    assert {"data-refused", "data-again", "data-saved", "data-statements"} <= names
    whole = " ".join(f'{name}=""' for name in sorted(names))
    assert mistakes(page(f"<div {whole}></div>{tag}")) == ()
    assert mistakes(page(f"<div {whole.replace('data-refused', 'data-x')}></div>{tag}")) == (
        f"{H5P} reads data-refused, which <div> has not",
    )


def test_a_script_of_two_kinds_of_page_has_on_each_what_it_reads_there() -> None:
    tag = f'<script src="/static/{QUIZ}" defer></script>'
    confirm = set(ELSEWHERE[QUIZ]["data-quiz-confirm"])
    names = texts_of(scripts_of_ours()[QUIZ])
    assert confirm < names, "what it reads nowhere is not asked for"
    for found_by, whole in (("data-quiz", names - {"data-quiz-confirm"}), ("data-quiz-confirm", confirm)):
        for left_out in ("", *(whole - {found_by})):
            form = " ".join(f'{name}=""' for name in sorted(whole - {left_out}))
            said = (f"{QUIZ} reads {left_out}, which <form> has not",) if left_out else ()
            assert mistakes(page(f"<form {form}></form>{tag}")) == said


def test_every_script_of_ours_that_takes_texts_from_its_page_is_known() -> None:
    taking = {path for path, source in scripts_of_ours().items() if texts_of(source)}
    assert taking == set(TEXTS_OF)
