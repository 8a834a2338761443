"""The door of the plugin contract. A plugin imports from here and from nowhere else in this part."""

from bdhvs_lms.plugins.bases import ActivityType, Interaction, Outcome, PersonalData, QuestionType
from bdhvs_lms.plugins.checks import register_checks
from bdhvs_lms.plugins.clock import now
from bdhvs_lms.plugins.registry import (
    RegistrationError,
    Registry,
    activity_types,
    personal_data,
    question_types,
)

__all__ = [
    "ActivityType",
    "Interaction",
    "Outcome",
    "PersonalData",
    "QuestionType",
    "RegistrationError",
    "Registry",
    "activity_types",
    "now",
    "personal_data",
    "question_types",
    "register_checks",
]
