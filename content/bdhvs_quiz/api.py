"""Public interface of quizzes: bases for other apps' question types, parts of pages, and learners' actions."""

from bdhvs_quiz.actions import open_attempt, save_answers, submit
from bdhvs_quiz.crossing import other_form
from bdhvs_quiz.models import (
    Question,
    QuestionAlignment,
    QuizAlignment,
    QuizItem,
    QuizPage,
    QuizVersion,
    real_questions,
)
from bdhvs_quiz.types import samples_of_types
from bdhvs_quiz.types.single_choice.model import SingleChoiceQuestion

__all__ = [
    "Question",
    "QuestionAlignment",
    "QuizAlignment",
    "QuizItem",
    "QuizPage",
    "QuizVersion",
    "SingleChoiceQuestion",
    "open_attempt",
    "other_form",
    "real_questions",
    "samples_of_types",
    "save_answers",
    "submit",
]
