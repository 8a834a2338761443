"""A class's tasks, for its teacher. A task's page has Wagtail's address."""

from django.urls import path

from bdhvs_tasks import views

app_name = "bdhvs_tasks"

urlpatterns = [
    path("day/<uuid:class_uuid>/thuc-hanh/", views.class_tasks, name="class-tasks"),
    path("day/<uuid:class_uuid>/thuc-hanh/<uuid:activity_key>/", views.class_task, name="class-task"),
    path("day/<uuid:class_uuid>/thuc-hanh/<uuid:activity_key>/phieu/", views.class_sheet, name="class-sheet"),
    path("day/<uuid:class_uuid>/thuc-hanh/<uuid:activity_key>/<uuid:actor>/", views.class_person, name="class-person"),
    path("day/<uuid:class_uuid>/quan-sat/<uuid:observation_uuid>/", views.correct, name="correct"),
]
