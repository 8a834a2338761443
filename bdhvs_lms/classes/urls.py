from django.urls import path

from bdhvs_lms.classes import join_views, sheets

urlpatterns = [
    path("vao-lop/", join_views.join, name="join"),
    path("vao-lop/<slug:code>/", join_views.join_class, name="join-class"),
    path("day/<uuid:class_uuid>/nguoi-moi/", join_views.newcomers, name="class-newcomers"),
    path("day/<uuid:class_uuid>/ap-phich/", join_views.poster, name="class-poster"),
    path("day/<uuid:class_uuid>/ap-phich.pdf", join_views.poster, {"pdf": True}, name="class-poster-pdf"),
    path("day/<uuid:class_uuid>/ky-ten/", sheets.sign_in_sheet, name="class-signatures"),
    path("day/<uuid:class_uuid>/ky-ten.pdf", sheets.sign_in_sheet, {"pdf": True}, name="class-signatures-pdf"),
]
