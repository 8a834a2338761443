"""What a browser makes of joined styles: the judge of whether a broken file ends with itself."""

from __future__ import annotations

import random

import pytest

from adapter_tests.browsing import browser
from h5p_python_adapter import css

pytestmark = pytest.mark.thorough

PIECES = (
    "a|{|}|(|)|[|]|'|\\|/*|*/|\n|;|url(|x.png|@import |@media |@|<!--|-->|:| |đ|\0|#|%|\\27 |-|<|!|*|/|url|\t".split(
        "|"
    )
)
PIECES.append('"')
LAST_RULE = """sheets => sheets.map(sheet => {
    const style = document.createElement('style');
    style.textContent = sheet;
    document.head.append(style);
    const rules = style.sheet.cssRules;
    const last = rules.length ? rules[rules.length - 1].cssText : '';
    style.remove();
    return last;
})"""


def test_no_broken_style_sheet_takes_the_next_one_with_it() -> None:
    dice = random.Random(20261126)
    broken = ["".join(dice.choices(PIECES, k=dice.randint(1, 14))) for _ in range(4_000)]
    ready = [css.ready(css.decoded(text.encode()), lambda given: given, lambda given: None) for text in broken]
    with browser() as running:
        page = running.new_page()
        last = page.evaluate(LAST_RULE, [f"{text}\nnext{{color:red}}" for text in ready])
    assert [text for text, rule in zip(broken, last, strict=True) if rule != "next { color: red; }"] == []
