from django.urls import re_path

from bdhvs_lms.base.api import worded_path
from bdhvs_lms.classes.sign_in import teaching, views

_SEALED = r"(?P<token>[A-Za-z0-9_-]{27})"
_CLASS = r"(?P<class_uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"

# What is printed as a QR code is the same in every language: proxies know these two, and leave them out of their logs.
urlpatterns = [
    worded_path("lop/", views.class_sign_in, name="class-sign-in", en="class/"),
    worded_path("lop/<uuid:class_uuid>/", views.class_names, name="class-names", en="class/<uuid:class_uuid>/"),
    worded_path(
        "lop/<uuid:class_uuid>/chon-hinh/",
        views.choose_own_pin,
        name="choose-pin",
        en="class/<uuid:class_uuid>/choose-pictures/",
    ),
    worded_path(
        "lop/<uuid:class_uuid>/<int:number>/",
        views.class_pin,
        name="class-pin",
        en="class/<uuid:class_uuid>/<int:number>/",
    ),
    re_path(rf"^lop/{_CLASS}/{_SEALED}/$", views.scanned, name="class-scanned"),
    worded_path("the/", views.card_in_hand, name="card-help", en="card/"),
    re_path(rf"^the/{_SEALED}/$", views.card, name="card"),
    worded_path(
        "day/<uuid:class_uuid>/dang-nhap/",
        teaching.class_door,
        name="class-door",
        en="teaching/<uuid:class_uuid>/sign-in/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/nguoi/<uuid:actor>/dang-nhap/",
        teaching.person_sign_in,
        name="person-sign-in",
        en="teaching/<uuid:class_uuid>/people/<uuid:actor>/sign-in/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/the/", teaching.class_cards, name="class-cards", en="teaching/<uuid:class_uuid>/cards/"
    ),
    worded_path(
        "day/<uuid:class_uuid>/the.pdf",
        teaching.class_cards_pdf,
        name="class-cards-pdf",
        en="teaching/<uuid:class_uuid>/cards.pdf",
    ),
]
