from django.urls import path, re_path

from bdhvs_lms.reporting.views import frameworks, learner, person, steering, teacher, teams

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_CLASS, _ACTOR = rf"(?P<class_uuid>{_UUID})", rf"(?P<actor>{_UUID})"
# Codes hold dots (1.1) and letters (A1), and nothing that a database would choke on.
_COMPETENCY = r"(?P<framework_key>[-\w]{1,60})/(?P<code>[-.0-9A-Za-z]{1,20})/(?P<level>[0-9]{1,4})"

urlpatterns = [
    path("bat-dau/", learner.start, name="start"),
    path("hoc-tiep/", learner.go_on, name="go-on"),
    path("tro-giup/", learner.help_page, name="help"),
    path("khung-nang-luc/", frameworks.frameworks_page, name="frameworks"),
    path("viec-hoc/", learner.my_learning, name="my-learning"),
    path("viec-hoc/lop/", learner.my_classes, name="my-classes"),
    path("viec-hoc/ket-qua/", learner.my_results, name="my-results"),
    path("viec-hoc/bai/<uuid:activity_key>/", learner.open_activity, name="open-activity"),
    re_path(
        rf"^viec-hoc/nang-luc/{_COMPETENCY}/$",
        learner.why,
        name="why",
    ),
    path("day/", teacher.class_list, name="class-list"),
    path("day/to/", teams.own_teams, name="own-teams"),
    path("day/<uuid:class_uuid>/", teacher.class_page, name="class-review"),
    path("day/<uuid:class_uuid>/loi-nhac/", teacher.class_reminders, name="class-reminders"),
    path("day/<uuid:class_uuid>/cau-kho/", teacher.class_questions, name="class-questions"),
    path("day/<uuid:class_uuid>/nguoi/<uuid:actor>/", person.person_page, name="class-person"),
    path(
        "day/<uuid:class_uuid>/nguoi/<uuid:actor>/lan-lam/<uuid:attempt>/",
        person.person_attempt,
        name="class-person-attempt",
    ),
    re_path(
        rf"^day/{_CLASS}/nguoi/{_ACTOR}/nang-luc/{_COMPETENCY}/$",
        person.person_why,
        name="class-person-why",
    ),
    re_path(
        r"^day/(?P<class_uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/lop\.(?P<kind>xlsx|csv|pdf)$",
        teacher.class_file,
        name="class-file",
    ),
    path("chi-dao/", steering.board, name="board"),
    re_path(r"^chi-dao/bang\.(?P<kind>xlsx|csv)$", steering.board_file, name="board-file"),
    path("chi-dao/<slug:plan_key>/<slug:target_key>/", steering.target_page, name="board-target"),
    re_path(
        r"^chi-dao/(?P<plan_key>[-\w]{1,60})/(?P<target_key>[-\w]{1,40})/dia-ban\.(?P<kind>xlsx|csv)$",
        steering.target_file,
        name="board-target-file",
    ),
    re_path(
        r"^chi-dao/(?P<plan_key>[-\w]{1,60})/(?P<target_key>[-\w]{1,40})/theo-thang\.(?P<kind>xlsx|csv)$",
        steering.target_months_file,
        name="board-target-months",
    ),
]
