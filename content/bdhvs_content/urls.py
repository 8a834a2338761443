"""URLs of learners' actions. The pages themselves have Wagtail's addresses."""

from bdhvs_content import pocket, views
from bdhvs_content.captions_file import captions
from bdhvs_lms.base.api import worded_path

app_name = "bdhvs_content"

urlpatterns = [
    worded_path(
        "khoa-hoc/<uuid:course_key>/dang-ky/", views.enrol, name="enrol", en="courses/<uuid:course_key>/enrol/"
    ),
    worded_path(
        "bai-hoc/<uuid:activity_key>/da-hoc/",
        views.lesson_read,
        name="lesson-read",
        en="lessons/<uuid:activity_key>/finished/",
    ),
    worded_path(
        "bai-hoc/<uuid:activity_key>/phu-de/<uuid:block_id>.vtt",
        captions,
        name="captions",
        en="lessons/<uuid:activity_key>/captions/<uuid:block_id>.vtt",
    ),
    worded_path(
        "bai-hoc/<uuid:activity_key>/phieu/",
        pocket.pocket_sheet,
        name="pocket-sheet",
        en="lessons/<uuid:activity_key>/sheet/",
    ),
    worded_path(
        "bai-hoc/<uuid:activity_key>/phieu.pdf",
        pocket.pocket_sheet,
        {"pdf": True},
        name="pocket-sheet-pdf",
        en="lessons/<uuid:activity_key>/sheet.pdf",
    ),
]
