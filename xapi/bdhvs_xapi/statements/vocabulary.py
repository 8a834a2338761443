"""IRIs of the vocabularies that statements use, one class for each place where they are published.

Verbs and activity types are ADL's (https://w3id.org/xapi/adl, http://adlnet.gov/expapi) unless a class says otherwise.
"""

from __future__ import annotations

from typing import Final


class Verb:
    """Verbs of the ADL vocabulary."""

    ANSWERED: Final = "http://adlnet.gov/expapi/verbs/answered"
    ASKED: Final = "http://adlnet.gov/expapi/verbs/asked"
    ATTEMPTED: Final = "http://adlnet.gov/expapi/verbs/attempted"
    ATTENDED: Final = "http://adlnet.gov/expapi/verbs/attended"
    COMMENTED: Final = "http://adlnet.gov/expapi/verbs/commented"
    COMPLETED: Final = "http://adlnet.gov/expapi/verbs/completed"
    EXITED: Final = "http://adlnet.gov/expapi/verbs/exited"
    EXPERIENCED: Final = "http://adlnet.gov/expapi/verbs/experienced"
    FAILED: Final = "http://adlnet.gov/expapi/verbs/failed"
    IMPORTED: Final = "http://adlnet.gov/expapi/verbs/imported"
    INITIALIZED: Final = "http://adlnet.gov/expapi/verbs/initialized"
    INTERACTED: Final = "http://adlnet.gov/expapi/verbs/interacted"
    LAUNCHED: Final = "http://adlnet.gov/expapi/verbs/launched"
    MASTERED: Final = "http://adlnet.gov/expapi/verbs/mastered"
    PASSED: Final = "http://adlnet.gov/expapi/verbs/passed"
    PREFERRED: Final = "http://adlnet.gov/expapi/verbs/preferred"
    PROGRESSED: Final = "http://adlnet.gov/expapi/verbs/progressed"
    REGISTERED: Final = "http://adlnet.gov/expapi/verbs/registered"
    RESPONDED: Final = "http://adlnet.gov/expapi/verbs/responded"
    RESUMED: Final = "http://adlnet.gov/expapi/verbs/resumed"
    SCORED: Final = "http://adlnet.gov/expapi/verbs/scored"
    SHARED: Final = "http://adlnet.gov/expapi/verbs/shared"
    SUSPENDED: Final = "http://adlnet.gov/expapi/verbs/suspended"
    TERMINATED: Final = "http://adlnet.gov/expapi/verbs/terminated"
    VOIDED: Final = "http://adlnet.gov/expapi/verbs/voided"


class ActivityType:
    """Activity types of the ADL vocabulary."""

    ASSESSMENT: Final = "http://adlnet.gov/expapi/activities/assessment"
    ATTEMPT: Final = "http://adlnet.gov/expapi/activities/attempt"
    COURSE: Final = "http://adlnet.gov/expapi/activities/course"
    FILE: Final = "http://adlnet.gov/expapi/activities/file"
    INTERACTION: Final = "http://adlnet.gov/expapi/activities/interaction"
    CMI_INTERACTION: Final = "http://adlnet.gov/expapi/activities/cmi.interaction"
    LESSON: Final = "http://adlnet.gov/expapi/activities/lesson"
    LINK: Final = "http://adlnet.gov/expapi/activities/link"
    MEDIA: Final = "http://adlnet.gov/expapi/activities/media"
    MEETING: Final = "http://adlnet.gov/expapi/activities/meeting"
    MODULE: Final = "http://adlnet.gov/expapi/activities/module"
    OBJECTIVE: Final = "http://adlnet.gov/expapi/activities/objective"
    PERFORMANCE: Final = "http://adlnet.gov/expapi/activities/performance"
    PROFILE: Final = "http://adlnet.gov/expapi/activities/profile"
    QUESTION: Final = "http://adlnet.gov/expapi/activities/question"
    SIMULATION: Final = "http://adlnet.gov/expapi/activities/simulation"


class Interaction:
    """Values of ``interactionType`` (xAPI 1.0.3 Part Two 2.4.4.1, after SCORM 2004 4th edition)."""

    TRUE_FALSE: Final = "true-false"
    CHOICE: Final = "choice"
    FILL_IN: Final = "fill-in"
    LONG_FILL_IN: Final = "long-fill-in"
    MATCHING: Final = "matching"
    PERFORMANCE: Final = "performance"
    SEQUENCING: Final = "sequencing"
    LIKERT: Final = "likert"
    NUMERIC: Final = "numeric"
    OTHER: Final = "other"


class ObjectType:
    """Values of ``objectType`` in an object (xAPI 1.0.3 Part Two 2.4.4)."""

    ACTIVITY: Final = "Activity"
    AGENT: Final = "Agent"
    GROUP: Final = "Group"
    STATEMENT_REF: Final = "StatementRef"
    SUB_STATEMENT: Final = "SubStatement"
