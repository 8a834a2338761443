"""The door of the plugin contract. A plugin imports from here and from nowhere else in this part."""

from bdhvs_lms.plugins.bases import (
    ActivityType,
    Interaction,
    Outcome,
    PersonalData,
    PlainOption,
    PlainQuestion,
    PlainQuiz,
    QuestionFormat,
    QuestionType,
)
from bdhvs_lms.plugins.checks import missing_templates, register_checks
from bdhvs_lms.plugins.clock import now
from bdhvs_lms.plugins.files import byte_range, file_part
from bdhvs_lms.plugins.registry import (
    RegistrationError,
    Registry,
    activity_types,
    personal_data,
    question_formats,
    question_types,
)
from bdhvs_lms.plugins.text import fold, guarded, language_of, nfc, normalized, one_line, row_number, tone_equal
from bdhvs_lms.plugins.waiting import Waiting, register_waiting, what_waits

__all__ = [
    "ActivityType",
    "Interaction",
    "Outcome",
    "PersonalData",
    "PlainOption",
    "PlainQuestion",
    "PlainQuiz",
    "QuestionFormat",
    "QuestionType",
    "RegistrationError",
    "Registry",
    "Waiting",
    "activity_types",
    "byte_range",
    "file_part",
    "fold",
    "guarded",
    "language_of",
    "missing_templates",
    "nfc",
    "normalized",
    "now",
    "one_line",
    "personal_data",
    "question_formats",
    "question_types",
    "register_checks",
    "register_waiting",
    "row_number",
    "tone_equal",
    "what_waits",
]
