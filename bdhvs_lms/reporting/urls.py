from bdhvs_lms.base.api import worded_path, worded_re_path
from bdhvs_lms.reporting.confirming import certificates, checking
from bdhvs_lms.reporting.confirming import views as confirming
from bdhvs_lms.reporting.readings import public
from bdhvs_lms.reporting.readings import views as readings
from bdhvs_lms.reporting.retest import lists as retest_lists
from bdhvs_lms.reporting.retest import views as retest
from bdhvs_lms.reporting.views import classes, frameworks, gain, learner, person, steering, teacher, teams

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_CLASS, _ACTOR = rf"(?P<class_uuid>{_UUID})", rf"(?P<actor>{_UUID})"
# Codes hold dots (1.1) and letters (A1), and nothing that a database would choke on.
_COMPETENCY = r"(?P<framework_key>[-\w]{1,60})/(?P<code>[-.0-9A-Za-z]{1,20})/(?P<level>[0-9]{1,4})"

urlpatterns = [
    worded_path("bat-dau/", learner.start, name="start", en="start-learning/"),
    worded_path("hoc-tiep/", learner.go_on, name="go-on", en="continue-learning/"),
    worded_path("tro-giup/", learner.help_page, name="help", en="learning-help/"),
    worded_path("khung-nang-luc/", frameworks.frameworks_page, name="frameworks", en="competency-frameworks/"),
    worded_path("viec-hoc/", learner.my_learning, name="my-learning", en="my-learning/"),
    worded_path("viec-hoc/lop/", learner.my_classes, name="my-classes", en="my-learning/classes/"),
    worded_path("viec-hoc/ket-qua/", learner.my_results, name="my-results", en="my-learning/results/"),
    worded_path(
        "viec-hoc/bai/<uuid:activity_key>/",
        learner.open_activity,
        name="open-activity",
        en="my-learning/activities/<uuid:activity_key>/",
    ),
    worded_re_path(
        rf"^viec-hoc/nang-luc/{_COMPETENCY}/$",
        learner.why,
        name="why",
        en=rf"^my-learning/competencies/{_COMPETENCY}/$",
    ),
    worded_path("day/", teacher.class_list, name="class-list", en="teaching/"),
    worded_path("day/to/", teams.own_teams, name="own-teams", en="teaching/teams/"),
    worded_path("day/<uuid:class_uuid>/", teacher.class_page, name="class-review", en="teaching/<uuid:class_uuid>/"),
    worded_path(
        "day/<uuid:class_uuid>/loi-nhac/",
        teacher.class_reminders,
        name="class-reminders",
        en="teaching/<uuid:class_uuid>/reminders/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/cau-kho/",
        teacher.class_questions,
        name="class-questions",
        en="teaching/<uuid:class_uuid>/hard-questions/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/nguoi/<uuid:actor>/",
        person.person_page,
        name="class-person",
        en="teaching/<uuid:class_uuid>/people/<uuid:actor>/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/nguoi/<uuid:actor>/lan-lam/<uuid:attempt>/",
        person.person_attempt,
        name="class-person-attempt",
        en="teaching/<uuid:class_uuid>/people/<uuid:actor>/attempts/<uuid:attempt>/",
    ),
    worded_re_path(
        rf"^day/{_CLASS}/nguoi/{_ACTOR}/nang-luc/{_COMPETENCY}/$",
        person.person_why,
        name="class-person-why",
        en=rf"^teaching/{_CLASS}/people/{_ACTOR}/competencies/{_COMPETENCY}/$",
    ),
    worded_path(
        "day/<uuid:class_uuid>/xac-nhan/",
        confirming.class_confirm,
        name="class-confirm",
        en="teaching/<uuid:class_uuid>/confirm/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/phuc-tra/",
        retest_lists.class_retest,
        name="class-retest",
        en="teaching/<uuid:class_uuid>/retest/",
    ),
    worded_path("xac-nhan/", confirming.area_confirm, name="area-confirm", en="confirming/"),
    worded_path("giay-xac-nhan/", checking.check_certificate, name="check-certificate", en="certificates/"),
    worded_re_path(
        r"^giay-xac-nhan/(?P<code>[-0-9A-Za-z]{1,40})/$",
        checking.certificate_check,
        name="certificate-check",
        en=r"^certificates/(?P<code>[-0-9A-Za-z]{1,40})/$",
    ),
    worded_path(
        "giay-xac-nhan/so/<uuid:uuid>/",
        certificates.certificate,
        name="certificate",
        en="certificates/number/<uuid:uuid>/",
    ),
    worded_path(
        "giay-xac-nhan/so/<uuid:uuid>/giay.pdf",
        certificates.certificate,
        {"pdf": True},
        name="certificate-pdf",
        en="certificates/number/<uuid:uuid>/certificate.pdf",
    ),
    worded_path(
        "giay-xac-nhan/so/<uuid:uuid>/thu-hoi/",
        certificates.certificate_revoke,
        name="certificate-revoke",
        en="certificates/number/<uuid:uuid>/revoke/",
    ),
    worded_re_path(
        r"^day/(?P<class_uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/lop\.(?P<kind>xlsx|csv|pdf)$",
        teacher.class_file,
        name="class-file",
        en=r"^teaching/(?P<class_uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/class\.(?P<kind>xlsx|csv|pdf)$",
    ),
    worded_path("chi-dao/", steering.board, name="board", en="steering/"),
    worded_re_path(
        r"^chi-dao/bang\.(?P<kind>xlsx|csv)$",
        steering.board_file,
        name="board-file",
        en=r"^steering/board\.(?P<kind>xlsx|csv)$",
    ),
    worded_path("so-lieu/", public.public_figures, name="public-figures", en="figures/"),
    worded_re_path(
        rf"^so-lieu/(?P<uuid>{_UUID})/so-lieu\.(?P<kind>csv|xlsx|docx|pdf)$",
        public.public_file,
        name="public-file",
        en=rf"^figures/(?P<uuid>{_UUID})/figures\.(?P<kind>csv|xlsx|docx|pdf)$",
    ),
    # Before plans and targets, whose keys could be such words.
    worded_path("chi-dao/ky-so-lieu/", readings.readings, name="readings", en="steering/readings/"),
    worded_path(
        "chi-dao/ky-so-lieu/<uuid:uuid>/", readings.reading, name="reading", en="steering/readings/<uuid:uuid>/"
    ),
    worded_re_path(
        rf"^chi-dao/ky-so-lieu/(?P<uuid>{_UUID})/so-lieu\.(?P<kind>csv|xlsx|docx|pdf)$",
        readings.reading_file,
        name="reading-file",
        en=rf"^steering/readings/(?P<uuid>{_UUID})/figures\.(?P<kind>csv|xlsx|docx|pdf)$",
    ),
    worded_path(
        "chi-dao/ky-so-lieu/<uuid:uuid>/so-sanh/",
        readings.compare,
        name="reading-compare",
        en="steering/readings/<uuid:uuid>/compare/",
    ),
    worded_path(
        "chi-dao/ky-so-lieu/<uuid:uuid>/bao-cao/",
        readings.report,
        name="reading-report",
        en="steering/readings/<uuid:uuid>/report/",
    ),
    worded_re_path(
        rf"^chi-dao/ky-so-lieu/(?P<uuid>{_UUID})/bao-cao\.(?P<kind>docx|pdf)$",
        readings.report_file,
        name="reading-report-file",
        en=rf"^steering/readings/(?P<uuid>{_UUID})/report\.(?P<kind>docx|pdf)$",
    ),
    worded_path("chi-dao/phuc-tra/", retest.retests, name="retests", en="steering/retests/"),
    worded_path("chi-dao/phuc-tra/boc-mau/", retest.retest_draw, name="retest-draw", en="steering/retests/draw/"),
    worded_path("chi-dao/phuc-tra/<uuid:uuid>/", retest.retest, name="retest", en="steering/retests/<uuid:uuid>/"),
    worded_re_path(
        rf"^chi-dao/phuc-tra/(?P<uuid>{_UUID})/so-lieu\.(?P<kind>csv|xlsx)$",
        retest.retest_file,
        name="retest-file",
        en=rf"^steering/retests/(?P<uuid>{_UUID})/figures\.(?P<kind>csv|xlsx)$",
    ),
    worded_path(
        "chi-dao/phuc-tra/<uuid:uuid>/danh-sach/",
        retest_lists.retest_list,
        name="retest-list",
        en="steering/retests/<uuid:uuid>/list/",
    ),
    worded_path("chi-dao/thay-doi/", gain.gain_page, name="board-gain", en="steering/change/"),
    worded_path(
        "chi-dao/<slug:plan_key>/<slug:target_key>/",
        steering.target_page,
        name="board-target",
        en="steering/<slug:plan_key>/<slug:target_key>/",
    ),
    worded_path(
        "chi-dao/<slug:plan_key>/<slug:target_key>/lop/",
        classes.classes_page,
        name="board-classes",
        en="steering/<slug:plan_key>/<slug:target_key>/classes/",
    ),
]
