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
from bdhvs_quiz.forms import QuestionForm
from bdhvs_quiz.grading import QuestionTypeMissing
from bdhvs_quiz.merging import Copy
from bdhvs_quiz.models import (
    Attempt,
    AttemptStep,
    MultipleChoiceQuestion,
    Question,
    QuizAlignment,
    QuizItem,
    QuizPage,
    QuizVersion,
    ShortTextQuestion,
    ShowAnswers,
    SingleChoiceQuestion,
    TrueFalseQuestion,
    TypedAnswer,
    bank_rows,
    real_questions,
)
from bdhvs_quiz.queries import open_attempt_of
from bdhvs_quiz.types import MultipleChoice, ShortText, SingleChoice, TrueFalse

__all__ = [
    "AnswersDiffer",
    "Attempt",
    "AttemptStep",
    "Copy",
    "Graded",
    "MultipleChoice",
    "MultipleChoiceQuestion",
    "NoAttemptsLeft",
    "Question",
    "QuestionForm",
    "QuestionTypeMissing",
    "QuizAlignment",
    "QuizItem",
    "QuizPage",
    "QuizVersion",
    "Saved",
    "ShortText",
    "ShortTextQuestion",
    "ShowAnswers",
    "SingleChoice",
    "SingleChoiceQuestion",
    "TrueFalse",
    "TrueFalseQuestion",
    "TypedAnswer",
    "bank_rows",
    "open_attempt",
    "open_attempt_of",
    "real_questions",
    "save_answers",
    "submit",
]
