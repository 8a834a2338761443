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
VERB_ATTEMPTED = Verb.ATTEMPTED
VERB_INTERACTED = Verb.INTERACTED
VERB_PROGRESSED = Verb.PROGRESSED
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

# Verbs that only a browser's program says (H5P): we pass them on and conclude nothing from them.
_ADL = "http://adlnet.gov/expapi/verbs/"
REPORTED_NAMES = {
    VERB_ATTEMPTED: {"en": "attempted", "vi": "làm thử"},
    VERB_INTERACTED: {"en": "interacted", "vi": "thao tác"},
    VERB_PROGRESSED: {"en": "progressed", "vi": "học tiếp"},
    Verb.ASKED: {"en": "asked", "vi": "hỏi"},
    Verb.COMMENTED: {"en": "commented", "vi": "nhận xét"},
    Verb.EXITED: {"en": "exited", "vi": "rời khỏi"},
    Verb.IMPORTED: {"en": "imported", "vi": "nhập vào"},
    Verb.LAUNCHED: {"en": "launched", "vi": "mở"},
    Verb.PREFERRED: {"en": "preferred", "vi": "chọn ưu tiên"},
    Verb.REGISTERED: {"en": "registered", "vi": "đăng ký"},
    Verb.RESPONDED: {"en": "responded", "vi": "đáp lại"},
    Verb.RESUMED: {"en": "resumed", "vi": "tiếp tục"},
    Verb.SCORED: {"en": "scored", "vi": "được điểm"},
    Verb.SHARED: {"en": "shared", "vi": "chia sẻ"},
    Verb.SUSPENDED: {"en": "suspended", "vi": "tạm dừng"},
    Verb.TERMINATED: {"en": "terminated", "vi": "kết thúc"},
    _ADL + "downloaded": {"en": "downloaded", "vi": "tải về"},
    _ADL + "copied": {"en": "copied", "vi": "sao chép"},
    _ADL + "accessed-reuse": {"en": "accessed reuse", "vi": "xem cách dùng lại"},
    _ADL + "accessed-embed": {"en": "accessed embed", "vi": "xem cách nhúng"},
    _ADL + "accessed-copyright": {"en": "accessed copyright", "vi": "xem quyền tác giả"},
    "http://activitystrea.ms/schema/1.0/consume": {"en": "consumed", "vi": "đã xem"},
}

TYPE_COURSE = ActivityType.COURSE
TYPE_LESSON = ActivityType.LESSON
TYPE_ASSESSMENT = ActivityType.ASSESSMENT
TYPE_QUESTION = ActivityType.CMI_INTERACTION
# What plays in the browser and tells of itself, whole or in part.
TYPE_INTERACTION = ActivityType.INTERACTION
TYPE_SESSION = ActivityType.MEETING
# Something done with one's own hands while somebody watches.
TYPE_TASK = ActivityType.PERFORMANCE
TYPE_OBJECTIVE = ActivityType.OBJECTIVE
TYPE_PROFILE = ActivityType.PROFILE

# Presence alone never makes anyone 'đạt' (architecture, invariant 5).
PRESENCE_VERBS = frozenset({VERB_EXPERIENCED, VERB_ATTENDED})

PLATFORM = "bdhvs-lms"

# Context extensions of our profile, by the last part of their IRIs (`iris.extension_iri`).
EXTENSION_EVIDENCE = "evidence"
EXTENSION_REASON = "reason"
EXTENSION_RULE_VERSION = "rule-version"
EXTENSION_GRADE = "grade"
# And a result extension: what came of the parts of a result that have a pass mark of their own.
EXTENSION_COMPETENCY_MARKS = "competency-marks"

# Why the system voided a decision: evidence of it was voided, and no other suffices.
REASON_WITHDRAWN = "evidence-voided"
# Why a teacher voided what was recorded at a session: the person was not there, or the lesson was not watched.
REASON_CORRECTED = "attendance-corrected"
# Why what a teacher said was voided: the teacher took it back.
REASON_TAKEN_BACK = "taken-back"
# Why an official confirmation was voided: whoever may confirm has revoked it, in words that stay in its act.
REASON_CONFIRMATION_REVOKED = "confirmation-revoked"
# Why what a program wrote was voided: it is not to be believed, none of it.
REASON_REVOKED = "credential-revoked"

# Versions of our profile, newest first, each with its day. A published version never changes: statements of years ago
# name it. Whoever changes what we emit adds a version here, and its golden file (docs/statements.md).
PROFILE_VERSIONS = (
    ("v3", "2026-11-29T21:00:00Z"),
    ("v2", "2026-11-29T00:00:00Z"),
    ("v1", "2026-11-25T00:00:00Z"),
)
PROFILE_VERSION = PROFILE_VERSIONS[0][0]
# Terms keep the IRI under which they were coined, whatever version the profile has come to: evidence is found by it.
COINED_FIRST = "v1"
COINED_LATER = {EXTENSION_COMPETENCY_MARKS: "v2", EXTENSION_GRADE: "v2"}
