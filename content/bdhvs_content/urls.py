"""Where a learner acts. The pages themselves have Wagtail's addresses."""

from django.urls import path

from bdhvs_content import pocket, views

app_name = "bdhvs_content"

urlpatterns = [
    path("khoa-hoc/<uuid:course_key>/dang-ky/", views.enrol, name="enrol"),
    path("bai-hoc/<uuid:activity_key>/da-hoc/", views.lesson_read, name="lesson-read"),
    path("bai-hoc/<uuid:activity_key>/phieu/", pocket.pocket_sheet, name="pocket-sheet"),
    path("bai-hoc/<uuid:activity_key>/phieu.pdf", pocket.pocket_sheet, {"pdf": True}, name="pocket-sheet-pdf"),
]
