from django.urls import path, re_path

from bdhvs_lms.classes.sign_in import teaching, views

_SEALED = r"(?P<token>[A-Za-z0-9_-]{27})"
_CLASS = r"(?P<class_uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"

urlpatterns = [
    path("lop/", views.class_sign_in, name="class-sign-in"),
    path("lop/<uuid:class_uuid>/", views.class_names, name="class-names"),
    path("lop/<uuid:class_uuid>/chon-hinh/", views.choose_own_pin, name="choose-pin"),
    path("lop/<uuid:class_uuid>/<int:number>/", views.class_pin, name="class-pin"),
    re_path(rf"^lop/{_CLASS}/{_SEALED}/$", views.scanned, name="class-scanned"),
    path("the/", views.card_in_hand, name="card-help"),
    re_path(rf"^the/{_SEALED}/$", views.card, name="card"),
    path("day/<uuid:class_uuid>/dang-nhap/", teaching.class_door, name="class-door"),
    path("day/<uuid:class_uuid>/nguoi/<uuid:actor>/dang-nhap/", teaching.person_sign_in, name="person-sign-in"),
    path("day/<uuid:class_uuid>/the/", teaching.class_cards, name="class-cards"),
    path("day/<uuid:class_uuid>/the.pdf", teaching.class_cards_pdf, name="class-cards-pdf"),
]
