"""URLs of a class's tasks, for its teacher. A task's page has Wagtail's address."""

from bdhvs_lms.base.api import worded_path
from bdhvs_tasks import views

app_name = "bdhvs_tasks"

urlpatterns = [
    worded_path(
        "day/<uuid:class_uuid>/thuc-hanh/",
        views.class_tasks,
        name="class-tasks",
        en="teaching/<uuid:class_uuid>/tasks/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/thuc-hanh/<uuid:activity_key>/",
        views.class_task,
        name="class-task",
        en="teaching/<uuid:class_uuid>/tasks/<uuid:activity_key>/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/thuc-hanh/<uuid:activity_key>/phieu/",
        views.class_sheet,
        name="class-sheet",
        en="teaching/<uuid:class_uuid>/tasks/<uuid:activity_key>/sheet/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/thuc-hanh/<uuid:activity_key>/<uuid:actor>/",
        views.class_person,
        name="class-person",
        en="teaching/<uuid:class_uuid>/tasks/<uuid:activity_key>/<uuid:actor>/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/quan-sat/<uuid:observation_uuid>/",
        views.correct,
        name="correct",
        en="teaching/<uuid:class_uuid>/observations/<uuid:observation_uuid>/",
    ),
]
