"""Tests of what every QuestionType must do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.db import connection, transaction
from django.template import Context
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from bdhvs_lms.base.api import now
from bdhvs_lms.plugins.bases import Outcome, QuestionType
from bdhvs_lms.plugins.completeness import faults
from bdhvs_lms.plugins.fragments import fragment
from bdhvs_lms.plugins.registry import question_types
from bdhvs_lms.plugins.testing.support import Fragment, Mixin, as_json
from bdhvs_xapi import api as xapi

Values = Sequence[str]
"""What one form field posts: `request.POST.getlist(name)`."""

FIELD = "q-conformance"

# What a browser, a script or a bad day may post. No test names what each must become: only that nothing breaks.
ODD_VALUES: tuple[Values, ...] = (
    ["\x00"],
    ["a" * 100_000],
    ["nan"],
    ["Infinity"],
    ["1e400"],
    ["1e-400"],
    ["9" * 5000],
    ["-0"],
    ["٣"],
    ["½"],
    ["1,5"],
    ["1.000.000,5"],
    ["<script>alert(1)</script>"],
    ["'; DROP TABLE questions; --"],
    ["None"],
    ["null"],
    ["[]"],
    ["\ud800"],
    ["Nguyễn Thị Lan, 0912 345 678"],
    ["a", "b"],
    ["", "x", ""],
)

# What an older rule, another type or a damaged row may have left as a response.
ODD_RESPONSES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    10**30,
    0.1,
    1e308,
    "",
    " ",
    "x",
    "NaN",
    "Infinity",
    "1e999999",
    "\x00",
    "a" * 100_000,
    "Nguyễn Thị Lan",
    [],
    [None],
    ["a", "b"],
    [[["deep"]]],
    {},
    {"a": None},
    {"value": {"nested": [1, 2]}},
)

# What a person types and no statement may ever hold (invariant 9 of the architecture).
TYPED_WORDS = "Nguyễn Thị Lan 0912345678"


@dataclass(frozen=True)
class QuestionSample:
    """One question to try the type on.

    `question`: an object of the bank. `same_but_for_key`: the same question (equal ids, equal wording) with another
    right answer and other feedback: what a learner may see before submitting has to be equal. `right`, `wrong`,
    `refused`: posted values that are fully right, not right, and no response at all. `secrets`: words that stand in
    the key only (feedback, accepted answers), at least one.
    """

    question: Any
    same_but_for_key: Any
    right: Sequence[Values]
    wrong: Sequence[Values]
    refused: Sequence[Values]
    secrets: Sequence[str]


def _rendered(kind: QuestionType, name: str, context: Mapping[str, Any]) -> str:
    return fragment(kind, name).render(Context(context))


class QuestionTypeConformance(Mixin):
    """Give the type and samples of its questions."""

    question_type: ClassVar[type[QuestionType]]

    def samples(self) -> Sequence[QuestionSample]:
        """Return at least one; each with something right, wrong, refused and secret. Rows may be made in
        the database."""
        raise NotImplementedError

    def _samples(self) -> Iterator[tuple[QuestionSample, QuestionType, dict[str, Any], dict[str, Any]]]:
        samples = self.samples()
        self.assertTrue(samples, "samples() gave none.")
        for number, sample in enumerate(samples):
            for name in ("right", "wrong", "refused", "secrets"):
                self.assertTrue(getattr(sample, name), f"Sample {number} has nothing {name}.")
            kind = self.question_type()
            shown, key = kind.compile(sample.question)
            yield sample, kind, shown, key

    def _responses(self, sample: QuestionSample, kind: QuestionType, shown: Mapping[str, Any]) -> list[Any]:
        return [None, *(kind.parse(shown, values) for values in (*sample.right, *sample.wrong))]

    # --- Registration and compiling ---

    def test_it_is_registered_and_its_model_says_the_same_key(self) -> None:
        self.assertEqual(faults(QuestionType, self.question_type), [])
        self.assertIs(type(question_types.get(self.question_type.key)), self.question_type)
        for sample, _kind, _shown, _key in self._samples():
            self.assertIsInstance(sample.question, self.question_type.model)
            if sample.question.pk is not None:
                self.assertEqual(sample.question.type_key, self.question_type.key)

    def test_compiling_gives_plain_json_and_the_same_each_time(self) -> None:
        for sample, kind, shown, key in self._samples():
            as_json(shown)
            as_json(key)
            self.assertEqual(kind.compile(sample.question), (shown, key))

    def test_two_questions_that_differ_in_their_key_are_shown_alike(self) -> None:
        for sample, kind, shown, key in self._samples():
            other_shown, other_key = kind.compile(sample.same_but_for_key)
            self.assertNotEqual(key, other_key, "same_but_for_key has the same key: the test would prove nothing.")
            self.assertEqual(as_json(shown), as_json(other_shown))

    # --- Responses ---

    def test_nothing_posted_is_unanswered(self) -> None:
        for _sample, kind, shown, _key in self._samples():
            for values in ([], [""], ["", ""]):
                self.assertIsNone(kind.parse(shown, values), repr(values))

    def test_what_cannot_be_a_response_is_refused_with_a_message(self) -> None:
        for sample, kind, shown, _key in self._samples():
            for values in sample.refused:
                with self.assertRaises(ValueError, msg=repr(values)) as caught:
                    kind.parse(shown, values)
                self.assertIs(type(caught.exception), ValueError, "A message for the learner, not an accident.")
                self.assertTrue(str(caught.exception).strip())

    def test_reading_raises_nothing_but_value_errors(self) -> None:
        for sample, kind, shown, key in self._samples():
            for values in (*ODD_VALUES, *sample.right, *sample.wrong):
                try:
                    response = kind.parse(shown, values)
                except ValueError:
                    continue
                as_json(response)
                self.assertIsInstance(kind.grade(shown, key, response), Outcome)

    def test_reading_and_grading_change_nothing_and_ask_no_database(self) -> None:
        for sample, kind, shown, key in self._samples():
            before = deepcopy((shown, key))
            with CaptureQueriesContext(connection) as queries:
                for response in self._responses(sample, kind, shown):
                    kind.grade(shown, key, response)
                kind.interaction(shown)
            self.assertEqual([query["sql"] for query in queries], [])
            self.assertEqual((shown, key), before)

    # --- Grading ---

    def _graded(self, kind: QuestionType, shown: Any, key: Any, response: Any) -> Outcome:
        outcome = kind.grade(shown, key, response)
        self.assertIsInstance(outcome, Outcome, repr(response))
        self.assertEqual(kind.grade(deepcopy(shown), deepcopy(key), deepcopy(response)), outcome, "Not the same twice.")
        for text in (*outcome.matched, *outcome.feedback):
            self.assertIs(type(text), str, repr(response))
        self.assertEqual(outcome.correct, outcome.fraction == 1, f"{response!r}: correct is the whole fraction.")
        return outcome

    def test_right_is_right_and_wrong_is_wrong(self) -> None:
        for sample, kind, shown, key in self._samples():
            for values in sample.right:
                outcome = self._graded(kind, shown, key, kind.parse(shown, values))
                self.assertEqual((outcome.correct, outcome.fraction), (True, Decimal(1)), repr(values))
            for values in sample.wrong:
                self.assertFalse(self._graded(kind, shown, key, kind.parse(shown, values)).correct, repr(values))
            shares = [self._graded(kind, shown, key, kind.parse(shown, values)).share for values in sample.wrong]
            if any(0 < share < 1 for share in shares):
                self.assertTrue(kind.gives_parts(shown, key), "gives_parts says that no part can be earned.")
            unanswered = self._graded(kind, shown, key, None)
            self.assertEqual((unanswered.fraction, unanswered.matched), (Decimal(0), ()))

    def test_another_key_grades_otherwise(self) -> None:
        for sample, kind, shown, key in self._samples():
            _shown, other_key = kind.compile(sample.same_but_for_key)
            responses = self._responses(sample, kind, shown)
            self.assertNotEqual(
                [kind.grade(shown, key, response) for response in responses],
                [kind.grade(shown, other_key, response) for response in responses],
            )

    def test_any_response_has_an_outcome(self) -> None:
        for _sample, kind, shown, key in self._samples():
            for response in ODD_RESPONSES:
                self._graded(kind, shown, key, response)

    def test_what_a_learner_typed_is_not_repeated(self) -> None:
        for _sample, kind, shown, key in self._samples():
            for response in (TYPED_WORDS, [TYPED_WORDS], {"value": TYPED_WORDS}, "0912345678"):
                matched = "\n".join(kind.grade(shown, key, response).matched)
                for word in (*TYPED_WORDS.split(), "0912345678"):
                    self.assertNotIn(word, matched)

    # --- Statements ---

    def test_its_statement_is_valid_xapi_and_tells_no_key(self) -> None:
        for sample, kind, shown, key in self._samples():
            interaction = kind.interaction(shown)
            definition: dict[str, Any] = {
                "type": xapi.ActivityType.CMI_INTERACTION,
                "interactionType": interaction.type,
            }
            for name, components in interaction.components.items():
                definition[name] = [{"id": part, "description": dict(texts)} for part, texts in components]
            text = as_json(definition)
            for secret in sample.secrets:
                self.assertNotIn(secret, text)
            for response in self._responses(sample, kind, shown):
                outcome = kind.grade(shown, key, response)
                self._record(definition, outcome)

    def _record(self, definition: dict[str, Any], outcome: Outcome) -> None:
        """Store it in the ledger and read it back: the ledger's own validation is the judge."""
        agent = xapi.account_actor("https://conformance.invalid/", "somebody")
        statement = {
            "actor": agent,
            "verb": {"id": xapi.Verb.ANSWERED, "display": {"en": "answered"}},
            "object": {"id": "https://conformance.invalid/question", "definition": definition},
            "result": {
                "success": outcome.correct,
                "score": {"scaled": float(outcome.fraction)},
                "response": "[,]".join(outcome.matched),
            },
        }
        with transaction.atomic():
            xapi.ensure_authority("conformance", agent=agent, trust=xapi.Trust.CLIENT_REPORTED)
            xapi.record(statement, authority="conformance", received_at=now())
            transaction.set_rollback(True)

    # --- Fragments ---

    def _attempt(self, kind: QuestionType, shown: Any, response: Any, *, disabled: bool = False) -> str:
        context = {"question": shown, "name": FIELD, "response": response, "disabled": disabled}
        return _rendered(kind, kind.template, context)

    def test_the_attempt_shows_a_labelled_field_and_what_was_answered(self) -> None:
        for sample, kind, shown, _key in self._samples():
            fragment = Fragment(self._attempt(kind, shown, None))
            self.assertIn(FIELD, fragment.fields, "Without a field of the given name nothing can be answered.")
            self.assertEqual(fragment.unlabelled(), [])
            empty = self._attempt(kind, shown, None)
            for values in sample.right:
                answered = self._attempt(kind, shown, kind.parse(shown, values))
                self.assertNotEqual(answered, empty, "What was answered is lost when the page is loaded again.")
            self.assertIn("disabled", self._attempt(kind, shown, None, disabled=True))

    def test_boxes_on_paper_are_answers_and_the_sheet_of_answers_says_what_is_right(self) -> None:
        for sample, kind, shown, key in self._samples():
            if not kind.on_paper:
                continue
            boxes = kind.paper_boxes(shown)
            marks = [box.mark for box in boxes]
            self.assertEqual(len(set(marks)), len(marks), "Two boxes with one mark cannot be told apart.")
            for box in boxes:
                self.assertIsNotNone(kind.parse(shown, [box.value]))
            self.assertTrue(kind.paper_key(shown, key), "The sheet of answers says nothing of this question.")
            _shown, other_key = kind.compile(sample.same_but_for_key)
            self.assertNotEqual(kind.paper_key(shown, key), kind.paper_key(shown, other_key))
            html = _rendered(kind, kind.print_template, {"question": shown})
            self.assertEqual(html.count('class="box"'), len(boxes), "As many boxes on paper as are keyed in.")

    def test_no_fragment_before_submitting_knows_the_key(self) -> None:
        for sample, kind, shown, _key in self._samples():
            # Unanswered: what a learner typed may be an accepted answer, and the page gives it back.
            self._assert_secret(sample, self._attempt(kind, shown, None))
            self._assert_secret(sample, _rendered(kind, kind.print_template, {"question": shown}))

    def _assert_secret(self, sample: QuestionSample, html: str) -> None:
        for secret in sample.secrets:
            self.assertNotIn(secret, html)
            self.assertNotIn(str(escape(secret)), html)

    def test_fragments_are_quiet_html(self) -> None:
        """Check that there is no script, style, form or address elsewhere: the page around them forbids it, and stays
        usable without."""
        for sample, kind, shown, key in self._samples():
            pages: list[str] = [_rendered(kind, kind.print_template, {"question": shown})]
            for response in self._responses(sample, kind, shown):
                pages.append(self._attempt(kind, shown, response))
                pages.append(self._review(kind, shown, key, response))
            for html in pages:
                self.assertTrue(html.strip())
                self.assertEqual(Fragment(html).forbidden, [])

    def _review(self, kind: QuestionType, shown: Any, key: Any, response: Any) -> str:
        outcome = kind.grade(shown, key, response)
        context = {
            "question": shown,
            "name": FIELD,
            "response": response,
            "disabled": True,
            "key": key,
            "outcome": outcome,
        }
        return _rendered(kind, kind.review_template, context)

    def test_the_review_of_a_wrong_answer_is_not_that_of_a_right_one(self) -> None:
        for sample, kind, shown, key in self._samples():
            right = self._review(kind, shown, key, kind.parse(shown, sample.right[0]))
            for values in sample.wrong:
                self.assertNotEqual(self._review(kind, shown, key, kind.parse(shown, values)), right)

    def test_fragments_live_with_odd_responses(self) -> None:
        for _sample, kind, shown, key in self._samples():
            for response in ODD_RESPONSES:
                self._attempt(kind, shown, response)
                self.assertEqual(Fragment(self._review(kind, shown, key, response)).forbidden, [])
