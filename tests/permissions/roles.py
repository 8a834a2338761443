"""Everybody, each with what makes them what they are, and everything that they might try to open."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client, RequestFactory
from plugin_example.models import NumberQuestion
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, GroupApprovalTask, Locale, Workflow, WorkflowContentType, WorkflowTask

from bdhvs_content.api import CatalogPage, editors
from bdhvs_h5p.attempts.actions import open_attempt
from bdhvs_h5p.models import H5PContent, Library, WaitingPackage
from bdhvs_lms.audit.api import ConsentText, log_access, record_consent
from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.campaign import api as campaign
from bdhvs_lms.campaign.declaring import add_organisation
from bdhvs_lms.classes.api import ClassGroup, add_member, add_teacher, create_class
from bdhvs_lms.classes.sessions.actions import plan_sessions
from bdhvs_lms.classes.sign_in.cards import new_card
from bdhvs_lms.classes.sign_in.pins import choose_pin
from bdhvs_lms.classes.teams.actions import add_team_member, make_team
from bdhvs_lms.competency.api import (
    AlignmentRevision,
    ConfirmationProposal,
    Document,
    EvidenceRule,
    Subject,
    confirm,
    push_alignment,
)
from bdhvs_lms.competency.confirming.vneid import enter_vneid
from bdhvs_lms.conf import app_settings
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import begin_learner_session, link_user, register
from bdhvs_lms.learners.claims import register_self
from bdhvs_lms.learners.session_store import SessionStore
from bdhvs_lms.privacy.requests import ask
from bdhvs_lms.reporting.api import freeze
from bdhvs_lms.roles import confirmers, operators
from bdhvs_lms.tracking import api as tracking
from bdhvs_quiz import actions, types
from bdhvs_quiz.importing.actions import begin_import
from bdhvs_quiz.paper.actions import make_pack
from bdhvs_tasks.api import Seen, observe
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_h5p import playing
from tests.bdhvs_quiz import kinds
from tests.bdhvs_tasks import helpers as watching
from tests.plugin_example.helpers import number
from tests.support.board import Board
from tests.support.retests import retested
from tests.support.world import T0

CLOCK = "2025-11-15T10:00:00+07:00"

ROLES = (
    "anonymous",
    "learner",  # enrolled, in the class, has attempts
    "pin_learner",  # the same learner, in a session without an account
    "other_learner",  # of another area, enrolled in nothing
    "teacher",  # of the class
    "other_teacher",  # of another class
    "editor",  # in the group of editors
    "operator",  # in the group of operators
    "confirmer",  # an officer who confirms results of people of the area
    "other_steering",  # of another area
    "steering",  # of the area
    "superuser",
)

# One of each type that is installed: the sample in each folder, and the stranger's.
QUESTIONS: dict[type[Any], Callable[..., Any]] = {
    **{sample.MODEL: partial(kinds.sample_of, sample) for sample in types.load("sample")},
    NumberQuestion: number,
}


class _Visitor(Client):
    """Django's test client without its record of every template and context: that would cost a third of the time."""

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))


class Cast(Board):
    """`Board` with real pages, a bank, classes, and an account for each role."""

    def __post_init__(self) -> None:
        super().__post_init__()
        names = [role for role in ROLES if role not in ("anonymous", "pin_learner", "superuser")]
        self.users: dict[str, User] = {role: User.objects.create_user(role) for role in names}
        self.users["superuser"] = User.objects.create_superuser("superuser")
        self.owner = self.learner("learner")
        link_user(self.owner, self.users["learner"])
        self.newcomer = register_self(full_name="newcomer", birth_year=1960, area=self.area, at=T0).self_registration
        self.stranger = register(full_name="other", at=T0, area=self.other_area, groups=[self.group])
        link_user(self.stranger, self.users["other_learner"])
        record_consent(self.stranger.actor, given=True, at=T0)
        self._pages()
        self._bank()
        self._quiz()
        self._h5p()
        self.task_page = watching.task(self.course)
        self._classes()
        self._observed()
        self._declared()
        self._confirmed()
        self._realigned()
        self._retested()
        Authenticator.objects.create(user=self.users["steering"], type="totp", data={})
        self._sign_in()

    def _pages(self) -> None:
        self.catalog = pages.catalog()
        self.editors = editors()
        self.users["editor"].groups.add(self.editors)
        self.users["operator"].groups.add(operators())
        # Not below the catalogue that editors were given.
        self.elsewhere = CatalogPage(title="Nơi khác", slug="noi-khac")
        self.catalog.get_parent().add_child(instance=self.elsewhere)
        self.course = pages.course(self.catalog)
        self.section = pages.section(self.course)
        self.lesson_page = pages.lesson(self.section)
        # Rows only: nobody opens the files, and the thumbnail is made already.
        self.picture = get_image_model().objects.create(title="Hình", file="hinh.png", width=1, height=1)
        self.picture.renditions.create(filter_spec="max-165x165", file="nho.png", width=1, height=1)
        self.document = get_document_model().objects.create(title="Giấy", file="giay.txt")

    def _bank(self) -> None:
        """Of each type: one in the quiz and locked, one in no quiz, one whose draft is scheduled, one that waits for
        approval by an editor."""
        self.used = {model: make() for model, make in QUESTIONS.items()}
        self.free = {model: make("Chưa dùng?") for model, make in QUESTIONS.items()}
        self.scheduled = {model: make("Hẹn giờ?") for model, make in QUESTIONS.items()}
        self.waiting = {model: make("Chờ duyệt?", live=False) for model, make in QUESTIONS.items()}
        task = GroupApprovalTask.objects.create(name="Duyệt câu hỏi")
        task.groups.add(self.editors)
        workflow = Workflow.objects.create(name="Duyệt")
        WorkflowTask.objects.create(workflow=workflow, task=task)
        later = datetime(2030, 1, 1, tzinfo=UTC)
        for model in QUESTIONS:
            WorkflowContentType.objects.create(content_type=ContentType.objects.get_for_model(model), workflow=workflow)
            workflow.start(self.waiting[model], self.users["editor"])
            self.waiting[model] = model.objects.get(pk=self.waiting[model].pk)
            self.scheduled[model].save_revision(approved_go_live_at=later, clean=False)
            self.scheduled[model] = model.objects.get(pk=self.scheduled[model].pk)

        self.waiting_import = begin_import(
            io.BytesIO("Hỏi\n\n1. Số nào?\n(x) 113\n( ) 114\n".encode()),
            "cau-hoi.txt",
            category=Collection.get_first_root_node(),
            locale=Locale.get_default(),
            by=self.users["editor"],
            at=pages.AT,
        )

    def _quiz(self) -> None:
        self.quiz_page = pages.quiz(self.course, list(self.used.values()))
        for model, row in self.used.items():
            model.objects.filter(pk=row.pk).update(locked=True, locked_by=self.users["superuser"])
        courses.enrol(self.owner, self.course.translation_key, at=pages.AT)
        self.submitted = self.attempt()
        actions.submit(self.submitted.uuid, self.owner, {}, act_id=uuid4(), at=pages.AT + timedelta(minutes=9))
        self.open = self.attempt()

    def _h5p(self) -> None:
        """On a page; on none; a library that nothing needs; a package that waits, whose file nobody opens."""
        self.h5p, self.h5p_free, parked = (
            H5PContent.objects.create(title=title, created_at=pages.AT) for title in ("Gọi lạ", "Chưa dùng", "Chờ")
        )
        for content in (self.h5p, self.h5p_free):
            playing.version(content)
        self.h5p_page = playing.activity(self.course, self.h5p)
        key = self.h5p_page.translation_key
        self.h5p_attempt = open_attempt(self.owner, key, act_id=uuid4(), at=pages.AT)
        self.h5p_library = Library.objects.create(
            machine_name="Thu.Nghiem", major=1, minor=0, patch=0, title="Thử", stored={}, tree_hash="0" * 64,
            js_bytes=1, css_bytes=1, total_bytes=2, installed_at=pages.AT,
        )  # fmt: skip
        self.h5p_waiting = WaitingPackage.objects.create(
            content=parked, file_name="cho.h5p", packed_bytes=9, title="Chờ", installs=[], uploaded_at=pages.AT
        )

    def attempt(self) -> Any:
        return actions.open_attempt(self.owner, self.quiz_page.translation_key, act_id=uuid4(), at=pages.AT)

    def _classes(self) -> None:
        self.class_group, self.other_class = (self._class(code) for code in ("lop-mot", "lop-hai"))
        add_member(self.class_group, self.owner, at=pages.AT, by=None)
        for role, group in (("teacher", self.class_group), ("other_teacher", self.other_class)):
            add_teacher(group, self.users[role], at=pages.AT, by=None)
        [self.session] = plan_sessions(self.class_group, starts_at=pages.AT, at=pages.AT, by=None)

        self.team = make_team(name="Tổ một", area=self.area, valid_from=T0.date(), at=pages.AT, by=None)
        add_team_member(self.team, self.users["other_teacher"], leader=True, at=pages.AT, by=None)
        self.paper_pack = make_pack(
            self.class_group,
            self.quiz_page.translation_key,
            codes=2,
            spare=1,
            held_on=day_of(pages.AT),
            act_id=uuid4(),
            by=None,
            at=pages.AT,
        )

    def _observed(self) -> None:
        """The learner was seen trying the task, and has not passed it."""
        seen = Seen(self.owner, frozenset({watching.item_id(0)}))
        (self.observed,) = observe(
            self.class_group,
            self.task_page.translation_key,
            [seen],
            by=None,
            observer=uuid4(),
            act_id=uuid4(),
            at=now(),
        )

    def _confirmed(self) -> None:
        """Of what the learner has attained one competency, in the class; the officer may confirm all of it."""
        self.users["confirmer"].groups.add(confirmers())
        campaign.assign_steering(self.users["confirmer"], self.area, by=None)
        self.record(self.act(self.owner, tracking.VERB_PASSED, self.quiz, minutes=5, score=9))
        [self.certificate] = confirm(
            Subject((self.a1,), 1),
            [self.owner],
            Document(pages.AT.date(), "12/XN", "Trần Văn Cường", "UBND phường Thử"),
            act_id=uuid4(),
            at=pages.AT,
            by=None,
        ).confirmations
        what = {"competency": self.a1, "level": 1, "class_group": self.class_group, "proposed_at": pages.AT}
        ConfirmationProposal.objects.create(learner=self.owner, by=self.users["teacher"], **what)
        enter_vneid(self.owner, confirmed=True, confirmed_on=None, as_of=T0.date(), source="Công an", at=T0, by=None)

    def _retested(self) -> None:
        """Of one competency: a retest that was closed, and one that goes on."""
        self.retest = retested(self, [self.owner], None)
        self.going_retest = retested(self, [self.owner], None, name="going", until=date(2099, 1, 1), going=True)
        self.overdue_retest = retested(self, [self.owner], None, name="over", until=date(2025, 9, 2), going=True)

    def _class(self, code: str) -> ClassGroup:
        course = courses.Course.objects.get(key=self.course.translation_key)
        return create_class(name=code, code=code, course=course, area=self.area, starts=T0.date(), at=pages.AT, by=None)

    def _realigned(self) -> None:
        """Two versions of an activity that nobody has worked on, the old one first."""
        self.aligned_activity = self.quiz
        push_alignment(self.quiz, "2", [(self.a1.pk, 2)], at=T0)
        rows = AlignmentRevision.objects.filter(activity_key=self.quiz).order_by("revision")
        self.aligned = list(rows.values_list("pk", flat=True))

    def _declared(self) -> None:
        self.assigned = campaign.assign_steering(self.users["steering"], self.area, by=None)
        campaign.assign_steering(self.users["other_steering"], self.other_area, by=None)
        self.organisation = add_organisation(name="Trường", kind="school", area=self.area, at=pages.AT, by=None)
        self.reading = freeze(self.area, T0.date(), at=pages.AT, by=None)
        self.outside = campaign.Indicator.objects.create(key="phones", label_vi="Điện thoại", source_kind="external")
        self._record_store()
        self.evidence_rule = EvidenceRule.objects.order_by("pk").first()
        # What everybody agreed to goes on: the one in force has the version that is shipped.
        text = {"text_vi": "Một câu.", "text_en": "A sentence.", "number": 1, "recorded_at": T0}
        shipped = app_settings.CONSENT_VERSION
        self.text = ConsentText.objects.create(version=shipped, valid_from=T0.date(), **text)
        self.request = ask(self.stranger, "correct", words="Sai năm sinh", at=T0)
        log_access(user=None, actors=[self.owner.actor], page="people", at=T0)
        self.draft_text = ConsentText.objects.create(version="2025-9", **text)

    def _record_store(self) -> None:
        self.credential, _secret = xapi.create_credential("Power BI", scopes=["all/read"], at=pages.AT)
        # Nothing listens there.
        self.receiver = xapi.create_target("tinh", url="http://127.0.0.1:9/xapi")
        self.source = xapi.create_source("khac", url="http://127.0.0.1:9/xapi")
        self.fact = xapi.facts(registration=self.submitted.uuid)[0]

    # --- Asking -------------------------------------------------------------------------------------------------------

    def _sign_in(self) -> None:
        self._clients = {role: _Visitor() for role in ROLES}
        self._keys: dict[str, str] = {}
        for role, user in self.users.items():
            self._clients[role].force_login(user)
            self._keys[role] = self._clients[role].cookies[settings.SESSION_COOKIE_NAME].value
        self._keys["pin_learner"] = self._by_pin()

    def _by_pin(self) -> str:
        self.card = new_card(self.owner)
        identity = choose_pin(self.owner, self.class_group.uuid, ("sun", "key", "sun"), at=now())
        request = RequestFactory().post("/")
        request.session, request.user = SessionStore(), AnonymousUser()
        begin_learner_session(request, self.owner, identity=identity, method="bdhvs_lms.class", at=now())
        request.session.save()
        return str(request.session.session_key)

    def client(self, role: str) -> Client:
        """As the role comes in: signed in, and nothing else remembered of earlier requests."""
        client = self._clients[role]
        client.cookies.clear()
        if role in self._keys:
            client.cookies[settings.SESSION_COOKIE_NAME] = self._keys[role]
        return client
