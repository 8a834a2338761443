"""The door of quizzes: what a stranger's question type builds on, and what a learner does."""

from bdhvs_quiz.models import Question, QuizItem, QuizPage, QuizVersion, SingleChoiceQuestion

__all__ = ["Question", "QuizItem", "QuizPage", "QuizVersion", "SingleChoiceQuestion"]
