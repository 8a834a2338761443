"""A quiz's own addresses. Its page has Wagtail's."""

from django.urls import include, path

from bdhvs_quiz import views
from bdhvs_quiz.paper import printing
from bdhvs_quiz.paper import views as paper
from bdhvs_quiz.paper.return_views import return_page

app_name = "bdhvs_quiz"

PACK = [
    path("", paper.pack_page, name="paper-pack"),
    path("in/", printing.sheets, name="paper-print"),
    path("in.pdf", printing.sheets, {"pdf": True}, name="paper-print-pdf"),
    path("dap-an/", printing.key, name="paper-key"),
    path("dap-an.pdf", printing.key, {"pdf": True}, name="paper-key-pdf"),
    path("to/<int:number>/", paper.sheet_page, name="paper-sheet"),
    path("to/<int:number>/rut-lai/", return_page, name="paper-return"),
]

urlpatterns = [
    path("bai-kiem-tra/<uuid:activity_key>/bat-dau/", views.begin, name="begin"),
    path("bai-lam/<uuid:attempt_uuid>/", views.attempt, name="attempt"),
    path("bai-lam/<uuid:attempt_uuid>/ket-qua/", views.result, name="result"),
    path("day/<uuid:class_uuid>/bai-giay/", paper.class_papers, name="class-papers"),
    path("day/<uuid:class_uuid>/bai-giay/<uuid:pack_uuid>/", include(PACK)),
]
