"""The door of content: what other kinds of activity pages build on, built-in or a stranger's."""

from bdhvs_content.actions import (
    agree,
    competency_refs,
    enrol_with_consent,
    enrolled_in,
    frozen,
    grouping,
    read_lesson,
    thawed,
    thawed_all,
)
from bdhvs_content.errors import NotEnrolled, NotOffered, NotPublishable
from bdhvs_content.fields import NfcCharField, NfcTextField
from bdhvs_content.forms import ActivityPageForm
from bdhvs_content.identity import key_of, original_of, versions_of
from bdhvs_content.models import (
    ALIGNMENT_PANEL,
    ActivityPageMixin,
    AlignmentBase,
    CatalogPage,
    CoursePage,
    LessonAlignment,
    LessonPage,
    PublishedVersion,
)
from bdhvs_content.publishing import refuse_problems, sync
from bdhvs_content.queries import (
    activity_context,
    consent_context,
    entries_of,
    learner_of,
    page_address,
    page_for,
    standing_of,
)
from bdhvs_content.views import SeeOther
from bdhvs_content.web import (
    acts,
    ask_on_page,
    broken_form,
    consent_reasons,
    local_url,
    message_page,
    posted_act_id,
    posted_time,
    sign_in_first,
    take_consent,
)
from bdhvs_lms.audit.api import ConsentMissing

__all__ = [
    "ALIGNMENT_PANEL",
    "ActivityPageForm",
    "ActivityPageMixin",
    "AlignmentBase",
    "CatalogPage",
    "ConsentMissing",
    "CoursePage",
    "LessonAlignment",
    "LessonPage",
    "NfcCharField",
    "NfcTextField",
    "NotEnrolled",
    "NotOffered",
    "NotPublishable",
    "PublishedVersion",
    "SeeOther",
    "activity_context",
    "acts",
    "agree",
    "ask_on_page",
    "broken_form",
    "competency_refs",
    "consent_context",
    "consent_reasons",
    "enrol_with_consent",
    "enrolled_in",
    "entries_of",
    "frozen",
    "grouping",
    "key_of",
    "learner_of",
    "local_url",
    "message_page",
    "original_of",
    "page_address",
    "page_for",
    "posted_act_id",
    "posted_time",
    "read_lesson",
    "refuse_problems",
    "sign_in_first",
    "standing_of",
    "sync",
    "take_consent",
    "thawed",
    "thawed_all",
    "versions_of",
]
