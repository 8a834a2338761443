"""Public interface of quizzes: what a stranger's question type builds on, and what a learner does."""

from bdhvs_quiz.actions import (
    AnswersDiffer,
    Graded,
    NoAttemptsLeft,
    Saved,
    open_attempt,
    save_answers,
    submit,
)
from bdhvs_quiz.grading import QuestionTypeMissing
from bdhvs_quiz.merging import Copy
from bdhvs_quiz.models import (
    Attempt,
    AttemptStep,
    Question,
    QuizAlignment,
    QuizItem,
    QuizPage,
    QuizVersion,
    ShowAnswers,
    TypedAnswer,
    bank_rows,
    real_questions,
)
from bdhvs_quiz.queries import open_attempt_of
from bdhvs_quiz.types.single_choice.model import SingleChoiceQuestion

__all__ = [
    "AnswersDiffer",
    "Attempt",
    "AttemptStep",
    "Copy",
    "Graded",
    "NoAttemptsLeft",
    "Question",
    "QuestionTypeMissing",
    "QuizAlignment",
    "QuizItem",
    "QuizPage",
    "QuizVersion",
    "Saved",
    "ShowAnswers",
    "SingleChoiceQuestion",
    "TypedAnswer",
    "bank_rows",
    "open_attempt",
    "open_attempt_of",
    "real_questions",
    "save_answers",
    "submit",
]
