"""Public interface of the plugin contract. A plugin imports from here and from nowhere else in this part."""

from bdhvs_lms.plugins.bases import (
    ActivityType,
    Interaction,
    Outcome,
    PaperBox,
    PersonalData,
    QuestionType,
    SignInMethod,
    SpeechEngine,
    SpeechFailed,
)
from bdhvs_lms.plugins.checks import missing_templates, register_checks
from bdhvs_lms.plugins.fragments import fragment
from bdhvs_lms.plugins.registry import (
    RegistrationError,
    activity_types,
    personal_data,
    question_formats,
    question_types,
    sign_in_methods,
    speech_engines,
)
from bdhvs_lms.plugins.staff import StaffRole, register_staff_role, staff_roles
from bdhvs_lms.plugins.teaching import TeachingItem, TeachingSource, register_teaching, teaching_sources
from bdhvs_lms.plugins.waiting import Waiting, register_waiting, what_waits
from question_files.base import QuestionFormat
from question_files.plain import (
    Finding,
    Loss,
    PlainAnswer,
    PlainBlank,
    PlainMedia,
    PlainOption,
    PlainPair,
    PlainQuestion,
    PlainQuiz,
    Reading,
    UnreadableFile,
)

__all__ = [
    "ActivityType",
    "Finding",
    "Interaction",
    "Loss",
    "Outcome",
    "PaperBox",
    "PersonalData",
    "PlainAnswer",
    "PlainBlank",
    "PlainMedia",
    "PlainOption",
    "PlainPair",
    "PlainQuestion",
    "PlainQuiz",
    "QuestionFormat",
    "QuestionType",
    "Reading",
    "RegistrationError",
    "SignInMethod",
    "SpeechEngine",
    "SpeechFailed",
    "StaffRole",
    "UnreadableFile",
    "TeachingItem",
    "TeachingSource",
    "Waiting",
    "activity_types",
    "fragment",
    "missing_templates",
    "personal_data",
    "question_formats",
    "question_types",
    "register_checks",
    "register_staff_role",
    "register_teaching",
    "register_waiting",
    "sign_in_methods",
    "speech_engines",
    "staff_roles",
    "what_waits",
    "teaching_sources",
]
