"""The type against the kit that a stranger's passes too."""

from __future__ import annotations

import uuid
from copy import copy
from fractions import Fraction

import pytest
from django.test import TestCase
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.plugins.testing import QuestionSample, QuestionTypeConformance
from bdhvs_quiz.models.identity import carried
from bdhvs_quiz.testing import QuestionTypeInBrowser
from bdhvs_quiz.types.matching.type import Matching
from tests.bdhvs_quiz import kinds


def _answers(row):
    """All right, and none."""
    (a, b, c), ids = kinds.lefts(row), kinds.rights(row)
    return (
        [f"{a}:{ids['Công an']}", f"{b}:{ids['Cứu hỏa']}", f"{c}:{ids['Cấp cứu']}"],
        [f"{a}:{ids['Cứu hỏa']}", f"{b}:{ids['Công an']}", f"{c}:{ids['Ngân hàng']}"],
    )


def _otherwise(row):
    """The same is asked and offered, and something else is right."""
    other = copy(row)
    other.pairs = kinds.pairs([("113", "Cứu hỏa"), ("114", "Công an"), ("115", "Cấp cứu")], ["Ngân hàng"])
    return other


@pytest.mark.usefixtures("chromium")
class TestMatching(QuestionTypeInBrowser, TestCase):
    question_type = Matching

    def samples(self) -> list[QuestionSample]:
        row = kinds.matching()
        other = _otherwise(row)
        other.explanation = "Khác"
        a, (right, turned) = kinds.lefts(row)[0], _answers(row)
        return [
            QuestionSample(
                question=row,
                same_but_for_key=other,
                right=[right, [right[2], right[0], right[1]], ["", *right], [*right, right[0]]],
                wrong=[turned, right[:2], [right[0], *turned[1:]]],
                refused=[["x"], [f"{a}:{uuid.uuid4()}"], [right[0], turned[0]], [right[0].upper()], [f"{a}:"], [a]],
                secrets=["Giải thích kín"],
            )
        ]


class TestMatchingAllOrNothing(QuestionTypeConformance, TestCase):
    """It looks the same in a browser."""

    question_type = Matching

    def samples(self) -> list[QuestionSample]:
        row = kinds.matching(partial=False)
        right, wrong = _answers(row)
        return [
            QuestionSample(
                question=row,
                same_but_for_key=_otherwise(row),
                right=[right],
                wrong=[wrong, [*right[:2], wrong[2]]],
                refused=[["x"]],
                secrets=["Giải thích kín"],
            )
        ]


@pytest.mark.django_db
def test_each_correct_pair_earns_its_share_and_one_text_can_belong_to_several():
    row = kinds.matching(rows=[("Zalo", "Mạng xã hội"), ("Facebook", "Mạng xã hội"), ("115", "Cấp cứu")], extra=())
    shown, key = Matching().compile(row)
    assert [right["text"] for right in shown["rights"]].count("Mạng xã hội") == 1
    assert Matching().grade(shown, key, key["right"][:2]).fraction == Fraction(2, 3)
    whole = {**shown, "partial": False}
    assert Matching().grade(whole, key, key["right"][:2]).fraction == 0
    assert Matching().grade(whole, key, key["right"]).correct


@pytest.mark.django_db
def test_a_key_that_is_mended_keeps_the_meaning_of_answers_and_so_does_a_better_spelling():
    row = kinds.matching()
    before = kinds.rights(row)
    row.pairs = kinds.pairs([("113", "Cứu hỏa"), ("114", "Công an"), ("115", "Cấp cứu y tế")], ["Ngân hàng"])
    row.save()
    assert kinds.rights(row) == {
        **{text: before[text] for text in ("Cứu hỏa", "Công an", "Ngân hàng")}, "Cấp cứu y tế": before["Cấp cứu"],
    }  # fmt: skip


@pytest.mark.django_db
def test_ids_say_nothing_of_what_belongs_together():
    """From what a browser sees nobody can compute which is right: neither order nor ids follow from the pairs."""
    row, key = kinds.matching(), uuid.uuid4()
    row.translation_key, row.ids = key, {}
    turned = copy(row)
    turned.pairs = kinds.pairs([("113", "Cấp cứu"), ("114", "Công an"), ("115", "Cứu hỏa")], ["Ngân hàng"])
    assert Matching().compile(row)[0] == Matching().compile(turned)[0]


texts = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["một", "hai", "ba", "bốn"]), max_size=5)


@given(st.lists(texts, min_size=1, max_size=5))
def test_ids_are_each_once_and_stay_with_their_texts(versions):
    known = {}
    for now in versions:
        before, known = known, carried(known, now, lambda text, tries: f"{text}/{tries}")
        assert {place: text for place, (text, _id) in known.items()} == now
        assert len({one for _text, one in known.values()}) == len(now)
        assert carried(known, now, lambda text, tries: "new") == known
        for place, (text, one) in before.items():
            if now.get(place) == text:
                assert known[place][1] == one
