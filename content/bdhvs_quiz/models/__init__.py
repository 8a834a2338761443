"""The bank that editors work on, the immutable versions that learners meet, and the learners' attempts."""

from bdhvs_quiz.models.attempts import Attempt, AttemptStep, QuizVersion, TypedAnswer
from bdhvs_quiz.models.bank import (
    Question,
    bank_rows,
    real_questions,
)
from bdhvs_quiz.models.draws import QuizDraw
from bdhvs_quiz.models.importing import ImportedFile, QuestionImport
from bdhvs_quiz.models.labels import Difficulty, QuestionAlignment, QuestionTag, TaggedQuestion
from bdhvs_quiz.models.paper import PaperPack, PaperSheet
from bdhvs_quiz.models.quiz import QuizAlignment, QuizItem, QuizPage, ShowAnswers
from bdhvs_quiz.models.regrades import Regrade
from bdhvs_quiz.models.reopenings import Reopening
from bdhvs_quiz.models.translating import Translated, Words, questions_of

__all__ = [
    "Attempt",
    "AttemptStep",
    "Difficulty",
    "ImportedFile",
    "PaperPack",
    "PaperSheet",
    "Question",
    "QuestionAlignment",
    "QuestionImport",
    "QuestionTag",
    "QuizAlignment",
    "QuizDraw",
    "QuizItem",
    "QuizPage",
    "QuizVersion",
    "Regrade",
    "Reopening",
    "ShowAnswers",
    "TaggedQuestion",
    "Translated",
    "TypedAnswer",
    "Words",
    "bank_rows",
    "questions_of",
    "real_questions",
]
