"""Public interface of content: the base of all other kinds of activity pages, built-in or third-party."""

from bdhvs_content.actions import enrol_with_consent, read_lesson
from bdhvs_content.alignments import ALIGNMENT_PANEL, AlignmentBase, AlignmentPanel, OneOffer, RowForms
from bdhvs_content.announcement_models import AnnouncementIndexPage, AnnouncementPage
from bdhvs_content.announcement_queries import announcements_address, notices
from bdhvs_content.blocks import problems_of as block_problems
from bdhvs_content.blocks.base import CheckedStructBlock, composed, is_blank
from bdhvs_content.blocks.pictures import StepBlock
from bdhvs_content.contexts import register_context
from bdhvs_content.editing import overtaken_notice
from bdhvs_content.errors import CourseEmpty, NotPublishable
from bdhvs_content.fields import NfcCharField, NfcTextField, page_link
from bdhvs_content.forms import ActivityPageForm, refuse_twice
from bdhvs_content.identity import is_translation, original_of, versions_of
from bdhvs_content.models import (
    ActivityPageMixin,
    CatalogPage,
    CoursePage,
    LessonAlignment,
    LessonPage,
    SectionPage,
)
from bdhvs_content.policies import policy_of
from bdhvs_content.publishing import sync_activity
from bdhvs_content.queries import (
    activity_context,
    catalog_address,
    lessons_before,
    neighbours_of,
    page_address,
    page_for,
)
from bdhvs_content.review import idle_workflows_off
from bdhvs_content.roles import editors
from bdhvs_content.sizes import size_words, wait_words
from bdhvs_content.snippets import refuse_bulk_actions
from bdhvs_content.speech.making import speak_at_once, speech_later
from bdhvs_content.taking import TakenFile, take_file, unsaved_file
from bdhvs_content.web import (
    acts_on_activity,
)

__all__ = [
    "ALIGNMENT_PANEL",
    "ActivityPageForm",
    "ActivityPageMixin",
    "AlignmentBase",
    "AlignmentPanel",
    "AnnouncementIndexPage",
    "AnnouncementPage",
    "CatalogPage",
    "CheckedStructBlock",
    "CourseEmpty",
    "CoursePage",
    "LessonAlignment",
    "LessonPage",
    "NfcCharField",
    "NfcTextField",
    "NotPublishable",
    "OneOffer",
    "RowForms",
    "SectionPage",
    "StepBlock",
    "TakenFile",
    "activity_context",
    "acts_on_activity",
    "announcements_address",
    "block_problems",
    "catalog_address",
    "composed",
    "editors",
    "enrol_with_consent",
    "idle_workflows_off",
    "is_blank",
    "is_translation",
    "lessons_before",
    "neighbours_of",
    "notices",
    "original_of",
    "overtaken_notice",
    "page_address",
    "page_for",
    "page_link",
    "policy_of",
    "read_lesson",
    "refuse_bulk_actions",
    "refuse_twice",
    "register_context",
    "size_words",
    "sync_activity",
    "speak_at_once",
    "speech_later",
    "take_file",
    "unsaved_file",
    "versions_of",
    "wait_words",
]
