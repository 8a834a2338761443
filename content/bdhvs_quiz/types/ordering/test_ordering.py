"""The type against the kit that a stranger's passes too."""

from __future__ import annotations

import uuid
from copy import copy
from fractions import Fraction

import pytest
from django.test import TestCase

from bdhvs_lms.plugins.testing import QuestionSample
from bdhvs_quiz.testing import QuestionTypeInBrowser
from bdhvs_quiz.types.ordering.type import Ordering
from tests.bdhvs_quiz import kinds

IDS = "all => all.map(one => one.options[1].value.split(':')[0])"
STEPS = ("Mở khóa", "Bấm số", "Nói ở đâu", "Tắt máy")


@pytest.mark.usefixtures("chromium")
class TestOrdering(QuestionTypeInBrowser, TestCase):
    question_type = Ordering

    def choose(self, page, name, values):
        """With the script by its buttons, as learners do."""
        field = page.locator(f"#{name} fieldset")
        if not field.locator(".ordering-list").count():
            return super().choose(page, name, values)
        labels = dict(
            zip(field.locator("select").evaluate_all(IDS), field.locator("label").all_inner_texts(), strict=True)
        )
        wanted = [labels[value.split(":")[0]] for value in sorted(values, key=lambda value: value.split(":")[1])]
        rows, keep = field.locator(".ordering-list li"), field.locator(".btn-secondary")
        if keep.is_visible():
            keep.press("Enter")
            assert field.locator(".ordering-list").evaluate("list => list === document.activeElement")
        for place, text in enumerate(wanted):
            while (now := rows.locator("b + span").all_inner_texts().index(text)) > place:
                up = rows.nth(now).locator("button").first
                assert min(up.bounding_box()["width"], up.bounding_box()["height"]) >= 44
                up.press("Enter")
                moved = page.evaluate("document.activeElement.closest('li').innerText")
                assert text in moved, "the focus stays on the step that was moved"
                assert field.locator("[role=status]").inner_text().startswith(f"{text}: ")
        assert rows.locator("b").all_inner_texts() == [str(place) for place, _text in enumerate(wanted, start=1)]
        return None

    def samples(self) -> list[QuestionSample]:
        row = kinds.ordering(texts=STEPS)
        other = copy(row)
        other.steps, other.explanation = kinds.steps([STEPS[1], STEPS[0], *STEPS[2:]]), "Khác"
        shown, key = Ordering().compile(row)
        # As the page has the fields: by the order of the steps there.
        order = [step["id"] for step in shown["steps"]]
        right = sorted(key["right"], key=lambda one: order.index(one.split(":")[0]))
        wrong = [f"{known}:{len(order) - place}" for place, known in enumerate(order)]
        if wrong == right:
            wrong.reverse()
        known = order[0]
        return [
            QuestionSample(
                question=row,
                same_but_for_key=other,
                right=[right, list(reversed(right)), ["", *right]],
                wrong=[wrong, right[:3], [f"{one}:1" for one in order]],
                refused=[["x"], [f"{uuid.uuid4()}:1"], [f"{known}:5"], [f"{known}:0"], [f"{known}:1", f"{known}:2"]],
                secrets=["Giải thích kín"],
            )
        ]


@pytest.mark.django_db
def test_a_step_in_its_place_earns_its_share_and_a_place_given_twice_none():
    row = kinds.ordering(texts=STEPS)
    shown, key = Ordering().compile(row)
    a, b, c, d = (one.split(":")[0] for one in key["right"])

    def share(*places):
        return Ordering().grade(shown, key, list(places)).fraction

    assert share(f"{a}:1", f"{b}:2", f"{c}:4", f"{d}:3") == Fraction(1, 2)
    assert share(f"{a}:1", f"{b}:1", f"{c}:1", f"{d}:1") == 0
    assert share(f"{a}:1") == Fraction(1, 4)
    assert share(f"{b}:1", f"{c}:2", f"{d}:3", f"{a}:4") == 0
    whole = {**shown, "partial": False}
    assert Ordering().grade(whole, key, key["right"][:3]).fraction == 0
    assert Ordering().grade(whole, key, key["right"]).correct
    assert Ordering().grade(shown, key, list(reversed(key["right"]))).matched == (a, b, c, d)
