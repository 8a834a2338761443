"""Where a learner acts. The pages themselves have Wagtail's addresses."""

from django.urls import path

from bdhvs_content import views

app_name = "bdhvs_content"

urlpatterns = [
    path("khoa-hoc/<uuid:course_key>/dang-ky/", views.enrol, name="enrol"),
    path("bai-hoc/<uuid:activity_key>/da-hoc/", views.lesson_read, name="lesson-read"),
]
