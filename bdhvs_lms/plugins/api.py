"""Public interface of the plugin contract. A plugin imports from here and from nowhere else in this part."""

from bdhvs_lms.plugins.bases import (
    ActivityType,
    Interaction,
    Outcome,
    PaperBox,
    PersonalData,
    PlainOption,
    PlainQuestion,
    PlainQuiz,
    QuestionFormat,
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
from bdhvs_lms.plugins.waiting import Waiting, register_waiting, what_waits

__all__ = [
    "ActivityType",
    "Interaction",
    "Outcome",
    "PaperBox",
    "PersonalData",
    "PlainOption",
    "PlainQuestion",
    "PlainQuiz",
    "QuestionFormat",
    "QuestionType",
    "RegistrationError",
    "SignInMethod",
    "SpeechEngine",
    "SpeechFailed",
    "StaffRole",
    "Waiting",
    "activity_types",
    "fragment",
    "missing_templates",
    "personal_data",
    "question_formats",
    "question_types",
    "register_checks",
    "register_staff_role",
    "register_waiting",
    "sign_in_methods",
    "speech_engines",
    "staff_roles",
    "what_waits",
]
