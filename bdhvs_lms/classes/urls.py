from django.urls import path

from bdhvs_lms.classes import join_views, sheets, views
from bdhvs_lms.classes.sessions import views as sessions

urlpatterns = [
    path("vao-lop/", join_views.join, name="join"),
    path("vao-lop/<slug:code>/", join_views.join_class, name="join-class"),
    path("day/<uuid:class_uuid>/nguoi-moi/", join_views.newcomers, name="class-newcomers"),
    path("day/<uuid:class_uuid>/ap-phich/", join_views.poster, name="class-poster"),
    path("day/<uuid:class_uuid>/ap-phich.pdf", join_views.poster, {"pdf": True}, name="class-poster-pdf"),
    path("day/<uuid:class_uuid>/ky-ten/", sheets.sign_in_sheet, name="class-signatures"),
    path("day/<uuid:class_uuid>/ky-ten.pdf", sheets.sign_in_sheet, {"pdf": True}, name="class-signatures-pdf"),
    path("day/lop-moi/", views.class_new, name="class-new"),
    path("day/<uuid:class_uuid>/thiet-lap/", views.class_settings, name="class-settings"),
    path("day/<uuid:class_uuid>/them-nguoi/", views.class_add, name="class-add"),
    path("day/<uuid:class_uuid>/nguoi-huong-dan/", views.class_teachers, name="class-teachers"),
    path("day/<uuid:class_uuid>/khoa-hoc/", views.class_courses, name="class-courses"),
    path("day/<uuid:class_uuid>/buoi-hoc/", sessions.class_sessions, name="class-sessions"),
    path("day/<uuid:class_uuid>/buoi-hoc/moi/", sessions.session_new, name="session-new"),
    path("day/<uuid:class_uuid>/buoi-hoc/tai-nha/", sessions.visit_new, name="visit-new"),
    path("day/<uuid:class_uuid>/buoi-hoc/<uuid:session_uuid>/", sessions.session, name="session"),
    path("day/<uuid:class_uuid>/buoi-hoc/<uuid:session_uuid>/sua/", sessions.session_edit, name="session-edit"),
]
