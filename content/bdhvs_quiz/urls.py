"""Addresses of a quiz's own pages. The quiz page itself has Wagtail's address."""

from bdhvs_lms.base.api import worded_path
from bdhvs_quiz import views
from bdhvs_quiz.paper import printing
from bdhvs_quiz.paper import views as paper
from bdhvs_quiz.paper.return_views import return_page
from bdhvs_quiz.reopening.views import reopen_page

app_name = "bdhvs_quiz"

urlpatterns = [
    worded_path(
        "bai-kiem-tra/<uuid:activity_key>/bat-dau/", views.begin, name="begin", en="quizzes/<uuid:activity_key>/start/"
    ),
    worded_path("bai-lam/<uuid:attempt_uuid>/", views.attempt, name="attempt", en="attempts/<uuid:attempt_uuid>/"),
    worded_path(
        "bai-lam/<uuid:attempt_uuid>/ket-qua/", views.result, name="result", en="attempts/<uuid:attempt_uuid>/result/"
    ),
    worded_path(
        "day/<uuid:class_uuid>/nguoi/<uuid:actor>/lan-lam/<uuid:attempt_uuid>/mo-lai/",
        reopen_page,
        name="reopen",
        en="teaching/<uuid:class_uuid>/people/<uuid:actor>/attempts/<uuid:attempt_uuid>/reopen/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/bai-giay/",
        paper.class_papers,
        name="class-papers",
        en="teaching/<uuid:class_uuid>/paper-tests/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/bai-giay/<uuid:pack_uuid>/",
        paper.pack_page,
        name="paper-pack",
        en="teaching/<uuid:class_uuid>/paper-tests/<uuid:pack_uuid>/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/bai-giay/<uuid:pack_uuid>/in/",
        printing.sheets,
        name="paper-print",
        en="teaching/<uuid:class_uuid>/paper-tests/<uuid:pack_uuid>/print/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/bai-giay/<uuid:pack_uuid>/in.pdf",
        printing.sheets,
        {"pdf": True},
        name="paper-print-pdf",
        en="teaching/<uuid:class_uuid>/paper-tests/<uuid:pack_uuid>/print.pdf",
    ),
    worded_path(
        "day/<uuid:class_uuid>/bai-giay/<uuid:pack_uuid>/dap-an/",
        printing.key,
        name="paper-key",
        en="teaching/<uuid:class_uuid>/paper-tests/<uuid:pack_uuid>/key/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/bai-giay/<uuid:pack_uuid>/dap-an.pdf",
        printing.key,
        {"pdf": True},
        name="paper-key-pdf",
        en="teaching/<uuid:class_uuid>/paper-tests/<uuid:pack_uuid>/key.pdf",
    ),
    worded_path(
        "day/<uuid:class_uuid>/bai-giay/<uuid:pack_uuid>/to/<int:number>/",
        paper.sheet_page,
        name="paper-sheet",
        en="teaching/<uuid:class_uuid>/paper-tests/<uuid:pack_uuid>/sheets/<int:number>/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/bai-giay/<uuid:pack_uuid>/to/<int:number>/rut-lai/",
        return_page,
        name="paper-return",
        en="teaching/<uuid:class_uuid>/paper-tests/<uuid:pack_uuid>/sheets/<int:number>/take-back/",
    ),
]
