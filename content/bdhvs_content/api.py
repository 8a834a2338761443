"""Public interface of content: what other kinds of activity pages build on, built-in or a stranger's."""

from bdhvs_content.actions import agree, enrol_with_consent, read_lesson
from bdhvs_content.contexts import register_context
from bdhvs_content.editing import overtaken_notice
from bdhvs_content.errors import CourseEmpty, NotPublishable
from bdhvs_content.fields import NfcCharField, NfcTextField, page_link
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
    SectionPage,
)
from bdhvs_content.publishing import refuse_problems, sync
from bdhvs_content.queries import (
    activity_context,
    catalog_address,
    consent_context,
    entries_of,
    groups_of,
    learner_of,
    lessons_before,
    neighbours_of,
    page_address,
    page_for,
    standing_of,
)
from bdhvs_content.roles import EDITORS, editors
from bdhvs_content.sizes import size_words, wait_words
from bdhvs_content.snippets import refuse_bulk_actions
from bdhvs_content.views import SeeOther
from bdhvs_content.web import (
    Posted,
    acts,
    acts_on_activity,
    ask_on_page,
    broken_form,
    consent_reasons,
    local_url,
    message_page,
    posted_act_id,
    posted_time,
    refuse_private,
    sign_in_first,
    take_consent,
)

__all__ = [
    "ALIGNMENT_PANEL",
    "EDITORS",
    "ActivityPageForm",
    "ActivityPageMixin",
    "AlignmentBase",
    "CatalogPage",
    "CourseEmpty",
    "CoursePage",
    "LessonAlignment",
    "LessonPage",
    "NfcCharField",
    "NfcTextField",
    "NotPublishable",
    "Posted",
    "PublishedVersion",
    "SectionPage",
    "SeeOther",
    "activity_context",
    "acts",
    "acts_on_activity",
    "agree",
    "ask_on_page",
    "broken_form",
    "catalog_address",
    "consent_context",
    "consent_reasons",
    "editors",
    "enrol_with_consent",
    "entries_of",
    "groups_of",
    "key_of",
    "learner_of",
    "lessons_before",
    "local_url",
    "message_page",
    "neighbours_of",
    "original_of",
    "overtaken_notice",
    "page_address",
    "page_for",
    "page_link",
    "posted_act_id",
    "posted_time",
    "read_lesson",
    "refuse_problems",
    "refuse_private",
    "refuse_bulk_actions",
    "register_context",
    "sign_in_first",
    "size_words",
    "standing_of",
    "sync",
    "take_consent",
    "versions_of",
    "wait_words",
]
