"""The terms of our statements, as constants: the profile is generated from these, never the other way round."""

from bdhvs_xapi.api import ActivityType, Verb

VERB_INITIALIZED = Verb.INITIALIZED
VERB_EXPERIENCED = Verb.EXPERIENCED
VERB_ANSWERED = Verb.ANSWERED
VERB_COMPLETED = Verb.COMPLETED
VERB_PASSED = Verb.PASSED
VERB_FAILED = Verb.FAILED
VERB_ATTENDED = Verb.ATTENDED
VERB_MASTERED = Verb.MASTERED
VERB_VOIDED = Verb.VOIDED
# A person's confirmation of what was demonstrated. ADL has no verb for it; Activity Streams has.
VERB_CONFIRMED = "http://activitystrea.ms/schema/1.0/confirm"

VERB_NAMES = {
    VERB_INITIALIZED: {"en": "initialized", "vi": "bắt đầu"},
    VERB_EXPERIENCED: {"en": "experienced", "vi": "đã học"},
    VERB_ANSWERED: {"en": "answered", "vi": "trả lời"},
    VERB_COMPLETED: {"en": "completed", "vi": "hoàn thành"},
    VERB_PASSED: {"en": "passed", "vi": "đạt"},
    VERB_FAILED: {"en": "failed", "vi": "chưa đạt"},
    VERB_ATTENDED: {"en": "attended", "vi": "tham dự"},
    VERB_MASTERED: {"en": "mastered", "vi": "đạt năng lực"},
    VERB_CONFIRMED: {"en": "confirmed", "vi": "xác nhận"},
    VERB_VOIDED: {"en": "voided", "vi": "vô hiệu hóa"},
}

TYPE_COURSE = ActivityType.COURSE
TYPE_LESSON = ActivityType.LESSON
TYPE_ASSESSMENT = ActivityType.ASSESSMENT
TYPE_QUESTION = ActivityType.CMI_INTERACTION
TYPE_MEETING = ActivityType.MEETING
TYPE_OBJECTIVE = ActivityType.OBJECTIVE
TYPE_PROFILE = ActivityType.PROFILE

# Presence alone never makes anyone 'đạt' (architecture, invariant 5).
PRESENCE_VERBS = frozenset({VERB_EXPERIENCED, VERB_ATTENDED})

PLATFORM = "bdhvs-lms"
