"""The theme's style sheets for a site of others: the same rules, for what stands inside one element, `.bdhvs`.

`site.css` is the sheet of a whole page: it sets plain elements, `html` and `body`. On a page that others have begun it
would change their menu too. Here every selector is bound to that element, what was said of the page is said of it, and
lengths in `rem` follow `--bdhvs-rem`, since other sites make their `rem` of any size. Every rule weighs as much as two
ids: the site has a `.hero h1` and a `#content p` of its own, which mean other things than our classes of the same name
and stood above them; colours and measures weigh as little as a class, to be said otherwise. Dark colours are for an
element that has the class `follows-dark` as well: the page around it may be light.

Run by hatch_build.py. Needs tinycss2, which a site does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import tinycss2

# No element has this id: it is there for what it weighs.
WEIGHT: Final = "#bdhvs#bdhvs"
OWN: Final = f":is(.bdhvs,{WEIGHT})"
INSIDE: Final = f":is(.bdhvs,.bdhvs *,{WEIGHT})"
DARK_INSIDE: Final = f":is(.bdhvs.follows-dark,.bdhvs.follows-dark *,{WEIGHT})"
PAGE_ELEMENTS: Final = ("html", "body")
# What the site says of elements ends where ours begin; what attributes say of pictures stays.
FIRST: Final = f"""
{OWN} :where(:not(img,video,audio,iframe,svg,svg *)){{all:revert}}
{OWN} :where(img,video,audio,iframe){{width:revert-layer;height:revert-layer;border:revert-layer}}
{OWN} :where(img,video,audio,iframe){{display:revert;margin:revert}}
{OWN}{{letter-spacing:normal;text-align:start;text-transform:none}}
"""
# What a page has and an element has not; and letters that the visitor chose to be larger.
ADDED: Final = f"""
.bdhvs{{--rem:var(--bdhvs-rem,max(1rem,16px))}}
{OWN}{{display:block;min-height:0;color-scheme:light}}
.bdhvs.text-115{{--rem:calc(var(--bdhvs-rem,max(1rem,16px))*1.15)}}
.bdhvs.text-130{{--rem:calc(var(--bdhvs-rem,max(1rem,16px))*1.3)}}
.text-115{OWN},.text-130{OWN}{{font-size:calc(1.125*var(--rem))}}
.our-menu{INSIDE}{{display:flex;flex-wrap:wrap;align-items:center;gap:0 1em;border-bottom:1px solid var(--line)}}
.our-menu{INSIDE} ul{{display:flex;flex-wrap:wrap;list-style:none;margin:0;padding:0}}
.our-menu{INSIDE} a{{display:flex;align-items:center;min-height:44px;padding:0 .7em;color:inherit;text-decoration:none}}
.our-menu{INSIDE} [aria-current]{{color:var(--red);font-weight:700;box-shadow:inset 0 -3px}}
.our-menu{INSIDE} form{{margin:0 0 0 auto}}
@media (prefers-color-scheme:dark){{.follows-dark{OWN}{{color-scheme:dark}}}}
"""
# Their rules are inside of them; of other at-rules nothing is a selector (@page, @keyframes, @font-face).
NESTED: Final = frozenset({"media", "supports", "container", "layer"})


def scoped(css: str, *, page: bool = False) -> str:
    """``css`` for inside of `.bdhvs`; ``page``: it is the sheet that sets the page itself. Raises ValueError where it
    cannot be read: a rule that was lost would be missed on a telephone first."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    written = _rules(rules, dark=False)
    return "\n".join([FIRST.strip(), *written, ADDED.strip()] if page else written) + "\n"


def _rules(rules: Iterable[Any], *, dark: bool) -> list[str]:
    written = []
    for rule in rules:
        if rule.type == "error":
            raise ValueError(f"Line {rule.source_line} of a style sheet: {rule.message}")
        if rule.type == "qualified-rule":
            variables = any(token.type == "ident" and token.value.startswith("--") for token in rule.content)
            written.append(f"{_selectors(rule.prelude, dark, variables)}{{{_serialized(rule.content)}}}")
        elif rule.content is None or rule.lower_at_keyword not in NESTED:
            written.append(rule.serialize())
        else:
            condition = tinycss2.serialize(rule.prelude).strip()
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            body = "".join(_rules(inner, dark=dark or "prefers-color-scheme: dark" in condition))
            written.append(f"@{rule.at_keyword} {condition}{{{body}}}")
    return written


def _selectors(prelude: list[Any], dark: bool, variables: bool) -> str:
    selectors: list[list[Any]] = [[]]
    for part in prelude:
        if part == ",":
            selectors.append([])
        elif part.type != "comment":
            selectors[-1].append(part)
    return ",".join(_selector(_stripped(tokens), dark, variables) for tokens in selectors)


def _stripped(tokens: list[Any]) -> list[Any]:
    while tokens and tokens[0].type == "whitespace":
        tokens = tokens[1:]
    while tokens and tokens[-1].type == "whitespace":
        tokens = tokens[:-1]
    return tokens


def _selector(tokens: list[Any], dark: bool, variables: bool) -> str:
    """One selector; its first compound is what has to be inside, or the page, which the element stands for."""
    text = tinycss2.serialize
    own = ".bdhvs.follows-dark" if dark else ".bdhvs"
    own = own if variables else f":is({own},{WEIGHT})"
    if tokens[0].type == "ident" and tokens[0].lower_value in PAGE_ELEMENTS:
        return own + text(tokens[1:])
    if len(tokens) > 1 and tokens[0] == ":" and tokens[1].type == "ident" and tokens[1].lower_value == "root":
        return own + text(tokens[2:])
    end = next((n for n, one in enumerate(tokens) if one.type == "whitespace" or one in (">", "+", "~")), len(tokens))
    compound, rest = tokens[:end], tokens[end:]
    # Before a pseudo-element, behind which no selector stands.
    at = next((n for n in range(len(compound) - 1) if compound[n] == ":" and compound[n + 1] == ":"), len(compound))
    return text(compound[:at]) + (DARK_INSIDE if dark else INSIDE) + text(compound[at:]) + text(rest)


def _serialized(content: list[Any]) -> str:
    """A block's declarations, with lengths in rem of the element's own."""
    written = []
    for token in content:
        if token.type == "comment":
            continue
        if token.type == "dimension" and token.lower_unit == "rem":
            written.append(f"calc({token.representation}*var(--rem))")
        elif token.type == "function":
            written.append(f"{token.name}({_serialized(token.arguments)})")
        elif token.type == "() block":
            written.append(f"({_serialized(token.content)})")
        else:
            written.append(token.serialize())
    return "".join(written).strip()


def all_scoped(folder: Path) -> dict[Path, str]:
    """For each sheet in this folder of static files where it belongs, `scoped/NAME.css`, and its text."""
    return {
        folder / "scoped" / sheet.name: scoped(sheet.read_text(encoding="utf-8"), page=sheet.name == "site.css")
        for sheet in sorted(folder.glob("*.css"))
    }
