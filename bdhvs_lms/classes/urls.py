from bdhvs_lms.base.api import worded_path
from bdhvs_lms.classes import join_views, matching, sheets, views
from bdhvs_lms.classes.sessions import views as sessions

urlpatterns = [
    worded_path("vao-lop/", join_views.join, name="join", en="join-class/"),
    worded_path("vao-lop/<slug:code>/", join_views.join_class, name="join-class", en="join-class/<slug:code>/"),
    worded_path("viec-hoc/co-phai-toi/", matching.matches, name="matches", en="my-learning/is-it-me/"),
    worded_path(
        "day/<uuid:class_uuid>/nguoi-moi/",
        join_views.newcomers,
        name="class-newcomers",
        en="teaching/<uuid:class_uuid>/newcomers/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/ap-phich/",
        join_views.poster,
        name="class-poster",
        en="teaching/<uuid:class_uuid>/poster/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/ap-phich.pdf",
        join_views.poster,
        {"pdf": True},
        name="class-poster-pdf",
        en="teaching/<uuid:class_uuid>/poster.pdf",
    ),
    worded_path(
        "day/<uuid:class_uuid>/ky-ten/",
        sheets.sign_in_sheet,
        name="class-signatures",
        en="teaching/<uuid:class_uuid>/signatures/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/ky-ten.pdf",
        sheets.sign_in_sheet,
        {"pdf": True},
        name="class-signatures-pdf",
        en="teaching/<uuid:class_uuid>/signatures.pdf",
    ),
    worded_path("day/lop-moi/", views.class_new, name="class-new", en="teaching/new-class/"),
    worded_path(
        "day/<uuid:class_uuid>/thiet-lap/",
        views.class_settings,
        name="class-settings",
        en="teaching/<uuid:class_uuid>/settings/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/them-nguoi/",
        views.class_add,
        name="class-add",
        en="teaching/<uuid:class_uuid>/add-people/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/nguoi-huong-dan/",
        views.class_teachers,
        name="class-teachers",
        en="teaching/<uuid:class_uuid>/teachers/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/khoa-hoc/",
        views.class_courses,
        name="class-courses",
        en="teaching/<uuid:class_uuid>/courses/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/buoi-hoc/",
        sessions.class_sessions,
        name="class-sessions",
        en="teaching/<uuid:class_uuid>/sessions/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/buoi-hoc/moi/",
        sessions.session_new,
        name="session-new",
        en="teaching/<uuid:class_uuid>/sessions/new/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/buoi-hoc/tai-nha/",
        sessions.visit_new,
        name="visit-new",
        en="teaching/<uuid:class_uuid>/sessions/at-home/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/buoi-hoc/<uuid:session_uuid>/",
        sessions.session,
        name="session",
        en="teaching/<uuid:class_uuid>/sessions/<uuid:session_uuid>/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/buoi-hoc/<uuid:session_uuid>/sua/",
        sessions.session_edit,
        name="session-edit",
        en="teaching/<uuid:class_uuid>/sessions/<uuid:session_uuid>/edit/",
    ),
]
