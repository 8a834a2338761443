"""Each type of question gives back what a file said, and grades whatever comes: for any question there may be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Locale

from bdhvs_lms.plugins.api import (
    Outcome,
    PlainAnswer,
    PlainBlank,
    PlainOption,
    PlainPair,
    PlainQuestion,
    question_types,
)
from question_files.numbers import plain_number

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters="\u2028\u2029"), min_size=1, max_size=12
)
marks = st.text("aă{}[]|*#%=\\:~ 12/", min_size=1, max_size=8)
texts = (words | marks).map(str.strip).filter(bool)
shares = st.fractions(min_value=0, max_value=1, max_denominator=30)
numbers = st.decimals(min_value=Decimal(-999999), max_value=Decimal(999999), places=4, allow_nan=False)


def _numeric() -> st.SearchStrategy[PlainQuestion]:
    units = st.lists(
        st.tuples(st.sampled_from(["m", "km", "cm", "đồng"]), numbers.map(lambda n: abs(n) + 1)),
        max_size=3, unique_by=lambda unit: unit[0],
    )  # fmt: skip
    answers = st.lists(
        st.builds(PlainAnswer, numbers.map(plain_number), shares, texts, numbers.map(abs)), min_size=1, max_size=4
    )
    return st.builds(
        lambda answers, units, unit: PlainQuestion(
            "numeric", "?", answers=tuple(answers), units=tuple(units), unit=unit, explanation="Vì thế."
        ),
        answers, units, st.sampled_from(["", "kg"]),
    )  # fmt: skip


def _matching() -> st.SearchStrategy[PlainQuestion]:
    pairs = st.lists(st.builds(PlainPair, texts | st.just(""), texts), min_size=1, max_size=6)
    return st.builds(
        lambda pairs, partial: PlainQuestion("matching", "?", pairs=tuple(pairs), partial=partial),
        pairs, st.booleans(),
    )  # fmt: skip


def _ordering() -> st.SearchStrategy[PlainQuestion]:
    return st.builds(
        lambda steps, partial: PlainQuestion("ordering", "?", steps=tuple(steps), partial=partial),
        st.lists(texts, min_size=1, max_size=6), st.booleans(),
    )  # fmt: skip


def _gap() -> st.SearchStrategy[PlainBlank]:
    short = st.builds(PlainAnswer, texts, shares, texts | st.just(""))
    exact = st.builds(PlainAnswer, numbers.map(plain_number), shares, texts | st.just(""), numbers.map(abs))
    option = st.builds(PlainOption, texts, st.booleans(), texts | st.just(""), shares | st.none())
    more = {"weight": st.integers(1, 99), "case": st.booleans()}
    return st.one_of(
        st.builds(PlainBlank, st.just("short"), st.lists(short, min_size=1, max_size=3).map(tuple), **more),
        st.builds(PlainBlank, st.just("numeric"), st.lists(exact, min_size=1, max_size=3).map(tuple), **more),
        st.builds(PlainBlank, st.just("choice"), options=st.lists(option, min_size=1, max_size=4).map(tuple), **more),
    )


def _blanks() -> st.SearchStrategy[PlainQuestion]:
    def made(between: list[str], gaps: list[PlainBlank], partial: bool) -> PlainQuestion:
        doubled = [one.replace("{", "{{").replace("}", "}}") for one in between[: len(gaps)]]
        text = "".join(f"{one}{{{place}}}" for place, one in enumerate(doubled, start=1))
        return PlainQuestion("blanks", "?", text=text + "…", blanks=tuple(gaps[: len(between)]), partial=partial)

    between = st.lists(texts | st.just(""), min_size=1, max_size=4)
    return st.builds(made, between, st.lists(_gap(), min_size=1, max_size=4), st.booleans())


def _options() -> st.SearchStrategy[PlainQuestion]:
    def made(kind: str, rows: list[tuple[str, bool, str, Any]], own: bool, partial: bool) -> PlainQuestion:
        first = next((place for place, row in enumerate(rows) if row[1]), None)
        options = tuple(
            PlainOption(text, right and (kind == "multiple" or place == first), said, credit if own else None)
            for place, (text, right, said, credit) in enumerate(rows)
        )
        return PlainQuestion(kind, "?", options, partial=partial and not own and kind == "multiple")

    credits = st.fractions(min_value=-1, max_value=1, max_denominator=30)
    rows = st.lists(st.tuples(texts, st.booleans(), texts | st.just(""), credits), min_size=1, max_size=6)
    return st.builds(made, st.sampled_from(["single", "multiple"]), rows, st.booleans(), st.booleans())


def _short() -> st.SearchStrategy[PlainQuestion]:
    answers = st.lists(st.builds(PlainAnswer, texts, shares, texts | st.just("")), min_size=1, max_size=5)
    return st.builds(
        lambda answers, case: PlainQuestion("short", "?", answers=tuple(answers), case=case), answers, st.booleans()
    )


questions = st.one_of(_numeric(), _matching(), _ordering(), _blanks(), _options(), _short())
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def made(plain: PlainQuestion) -> tuple[Any, Any]:
    kind = next(kind for kind in question_types if plain.kind in kind.kinds)
    values = kind.from_plain(plain, lambda media: 0)
    return kind, kind.model(
        prompt=plain.prompt, explanation=plain.explanation, locale=Locale(language_code="vi"), **values
    )


@pytest.mark.django_db  # of tags
@given(questions)
def test_a_question_of_a_file_is_the_same_in_the_bank(plain):
    kind, row = made(plain)
    assert kind.plain(*kind.compile(row)) == plain
    row.problems()  # whatever it says: no question of a file is an accident
    assert all(isinstance(text, str) for text in row.searched())


@pytest.mark.django_db
@given(questions, st.data())
def test_any_response_to_any_question_has_an_outcome_and_changes_nothing(plain, data):
    kind, row = made(plain)
    shown, key = kind.compile(row)
    parts = [part for name in ("lefts", "rights", "steps", "blanks", "options") for part in shown.get(name, ())]
    ids = [*(part["id"] for part in parts), "12", "1,5 kg"]
    known = st.sampled_from(ids) | st.builds("{}:{}".format, st.sampled_from(ids), st.sampled_from([*ids, "1", "2"]))
    response = data.draw(
        json
        | known
        | st.lists(known | json, max_size=6)
        | st.dictionaries(known, known | json | st.lists(known, max_size=2))
    )
    before = repr((shown, key, response))
    outcome = kind.grade(shown, key, response)
    assert isinstance(outcome, Outcome)
    assert outcome.correct == (outcome.share == 1)
    assert kind.gives_parts(shown, key) or outcome.share in (0, 1)
    assert kind.grade(shown, key, response) == outcome
    assert repr((shown, key, response)) == before
