"""Style sheets for a site of others: nothing outside of our element is styled, and nothing of ours is lost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import tinycss2

from hatch_styles import ADDED, FIRST, NESTED, scoped
from tests.support.live import ROOT
from tests.support.loops import for_each

FOLDER = ROOT / "templates/bdhvs_theme/static/bdhvs_theme"
SHEETS = sorted(FOLDER.glob("*.css"))


@for_each(
    ("rule", "bound"),
    [
        ("a{color:red}", "a:is(.bdhvs,.bdhvs *,#bdhvs#bdhvs){color:red}"),
        (
            "a:hover , .x b{top:0}",
            "a:hover:is(.bdhvs,.bdhvs *,#bdhvs#bdhvs),.x:is(.bdhvs,.bdhvs *,#bdhvs#bdhvs) b{top:0}",
        ),
        ("::before{top:0}", ":is(.bdhvs,.bdhvs *,#bdhvs#bdhvs)::before{top:0}"),
        ("p>i::after{top:0}", "p:is(.bdhvs,.bdhvs *,#bdhvs#bdhvs)>i::after{top:0}"),
        (":root:has(.x){--a:1}", ".bdhvs:has(.x){--a:1}"),
        (":root:has(.x){top:0}", ":is(.bdhvs,#bdhvs#bdhvs):has(.x){top:0}"),
        ("html body{top:0}", ":is(.bdhvs,#bdhvs#bdhvs) body{top:0}"),
        ("body{margin:-1.5rem clamp(1rem,(2rem),3px)}",
         ":is(.bdhvs,#bdhvs#bdhvs){margin:calc(-1.5*var(--rem)) clamp(calc(1*var(--rem)),(calc(2*var(--rem))),3px)}"),
        ("@media (min-width: 40rem){p{top:0}}", "@media (min-width: 40rem){p:is(.bdhvs,.bdhvs *,#bdhvs#bdhvs){top:0}}"),
        ("@media (prefers-color-scheme: dark){:root{--a:1}p{top:0}}",
         "@media (prefers-color-scheme: dark){.bdhvs.follows-dark{--a:1}"
         "p:is(.bdhvs.follows-dark,.bdhvs.follows-dark *,#bdhvs#bdhvs){top:0}}"),
        ("@page{margin:1cm}", "@page{margin:1cm}"),
        ("/* a */a/* b */{/* c */top:0}", "a:is(.bdhvs,.bdhvs *,#bdhvs#bdhvs){top:0}"),
    ],
)  # fmt: skip
def test_a_rule_is_bound_to_our_element(rule: str, bound: str) -> None:
    assert scoped(rule) == f"{bound}\n"


def test_a_sheet_that_cannot_be_read_is_no_sheet() -> None:
    with pytest.raises(ValueError, match="Line 2"):
        scoped("a{top:0}\n}")


def rules_of(content: Any) -> list[Any]:
    found = []
    for rule in tinycss2.parse_rule_list(content, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.lower_at_keyword in NESTED:
            found += rules_of(rule.content)
        elif rule.type != "at-rule":
            found.append(rule)
    return found


@for_each("sheet", SHEETS, ids=lambda path: path.stem)
def test_every_rule_of_every_sheet_is_there_and_bound(sheet: Path) -> None:
    own = sheet.read_text(encoding="utf-8")
    made = (FOLDER / "scoped" / sheet.name).read_text(encoding="utf-8")
    assert made == scoped(own, page=sheet.name == "site.css"), "hatch_build.py makes them"
    bound = rules_of(made.removeprefix(FIRST.strip()).removesuffix(f"{ADDED.strip()}\n"))
    assert len(bound) == len(rules_of(own))
    assert [rule for rule in bound if ".bdhvs" not in tinycss2.serialize(rule.prelude)] == []
    assert [text for rule in bound if re.search(r"\drem\b", text := tinycss2.serialize(rule.content))] == []
