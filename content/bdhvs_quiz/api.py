"""Public interface of quizzes: what a stranger's question type builds on, and what pages are made of."""

from bdhvs_quiz.models import Question, QuizItem, QuizPage, real_questions
from bdhvs_quiz.types.single_choice.model import SingleChoiceQuestion

__all__ = [
    "Question",
    "QuizItem",
    "QuizPage",
    "SingleChoiceQuestion",
    "real_questions",
]
