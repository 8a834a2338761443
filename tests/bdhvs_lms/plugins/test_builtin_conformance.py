"""Everything that is registered passes the kit, and nothing is registered that is not run through it."""

from __future__ import annotations

import unittest
import uuid
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import Client, TestCase

from bdhvs_content.speech.espeak import Espeak
from bdhvs_lms.audit.api import log_access, record_consent
from bdhvs_lms.audit.texts import write_text
from bdhvs_lms.base.api import now
from bdhvs_lms.campaign.api import Indicator, assign_steering, enter_denominator, enter_figure
from bdhvs_lms.classes.api import add_member, add_teacher, create_class
from bdhvs_lms.classes.methods import CardSignIn, ClassSignIn
from bdhvs_lms.classes.sessions.actions import visit
from bdhvs_lms.classes.sign_in.cards import new_card
from bdhvs_lms.classes.sign_in.devices import sign_in_token
from bdhvs_lms.classes.sign_in.pins import choose_pin, is_right
from bdhvs_lms.classes.teams.actions import add_team_member, make_team
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.confirming.vneid import enter_vneid
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import Learner, link_user, register
from bdhvs_lms.learners.methods import PasswordSignIn
from bdhvs_lms.plugins.api import (
    PersonalData,
    activity_types,
    personal_data,
    question_formats,
    question_types,
    sign_in_methods,
    speech_engines,
)
from bdhvs_lms.plugins.testing import (
    ActivityTypeConformance,
    PersonalDataConformance,
    QuestionFormatConformance,
    QuestionTypeConformance,
    SignInMethodConformance,
    SpeechEngineConformance,
)
from bdhvs_lms.privacy import core_data
from bdhvs_lms.privacy.api import erase
from bdhvs_lms.privacy.papers import record_papers
from bdhvs_lms.privacy.requests import ask
from bdhvs_lms.tracking import api as tracking
from bdhvs_quiz import types
from bdhvs_xapi import api as xapi
from question_files.formats import FORMATS
from tests.bdhvs_allauth import test_oidc as of_allauth
from tests.bdhvs_h5p import test_completion as of_h5p
from tests.bdhvs_h5p import test_formats as of_formats
from tests.bdhvs_h5p import test_privacy as of_h5p_people
from tests.bdhvs_quiz import test_conformance as of_quizzes
from tests.bdhvs_tasks import test_conformance as of_tasks
from tests.support.fixtures import require
from tests.support.indexing import indexes
from tests.support.loops import for_each
from tests.support.retests import retested
from tests.support.world import T0, World

# --- Personal data ---------------------------------------------------------------------------------------------------


class WholeCore(PersonalData):
    """The core's declarations as one: whoever is erased is erased by all of them, so each kit's test is made once."""

    key = "bdhvs_lms"
    models = tuple(label for declaration in core_data.CORE for label in declaration.models)
    kept = {label: why for declaration in core_data.CORE for label, why in declaration.kept.items()}

    def export(self, learner: Learner) -> dict[str, list[dict[str, Any]]]:
        whole: dict[str, list[dict[str, Any]]] = {}
        for declaration in core_data.CORE:
            data = declaration().export(learner)
            assert set(data) == set(declaration.models) and not set(data) & set(whole), declaration
            whole |= data
        return whole

    def erase(self, learner: Learner) -> int:
        # The core deletes names, sign-ins and the account itself, after every owner had its turn.
        return erase(learner, by=None, at=T0)


class TestCore(PersonalDataConformance, TestCase):
    """A learner with an account who also teaches, sits on the committee and made rules: a row in every table."""

    personal_data = WholeCore
    stands_for = core_data.CORE
    world: World
    first: Learner
    people = 0

    @classmethod
    def setUpTestData(cls) -> None:
        """The first person is made once; others only when they are asked for: an export before and one after are
        compared."""
        with indexes.once():
            cls._begin()
            cls.first = cls._person(1)

    @classmethod
    def _begin(cls) -> None:
        cls.world = World()
        competency.PassRule.objects.create(
            group=cls.world.group,
            year=2025,
            framework=cls.world.framework,
            all_of=["A1"],
            level=1,
            label_vi="Đạt",
            created_at=T0,
        )
        cls.rule_version = apps.get_model("bdhvs_lms.EvidenceRuleVersion").objects.get(number=1)
        for revision in range(2, 8):
            competency.push_alignment(cls.world.lesson, str(revision), [(cls.world.a2.pk, 1)], at=T0)
        get_user_model().objects.create_superuser("operator")  # the last one cannot be erased
        xapi.create_target("tinh", url="https://lrs.example.org/xapi")
        cls.source = xapi.create_source("khac", url="https://lrs.example.org/xapi")

    def test_it_is_registered_and_declares_tables_that_exist(self) -> None:
        for declaration in core_data.CORE:
            one = type(
                declaration.__name__, (PersonalDataConformance, unittest.TestCase), {"personal_data": declaration}
            )
            one("test_it_is_registered_and_declares_tables_that_exist").debug()

    @classmethod
    def _confirmed(cls, learner: Learner, user: Any) -> None:
        """By the operator, confirmed, revoked, and said of VNeID; the person did the same for nobody."""
        at, paper = T0 + timedelta(days=9), competency.Document(T0.date(), "12/XN", "Chủ tịch", "UBND xã")
        subject = competency.Subject((cls.world.a1,), 1)
        done = competency.confirm(subject, [learner], paper, act_id=uuid.uuid4(), at=at, by=None)
        [confirmation] = done.confirmations
        competency.revoke(confirmation, "Nhầm sổ", act_id=uuid.uuid4(), at=at, by=user)
        group = create_class(
            name="Đề nghị", code=f"dn-{learner.pk}", course=Course.objects.get(), area=cls.world.area,
            starts=T0.date(), at=T0, by=None,
        )  # fmt: skip
        competency.ConfirmationProposal.objects.create(
            learner=learner,
            competency=cls.world.a2,
            level=1,
            class_group=group,
            by=user,
            proposed_at=at,
            refused_at=at,
            refused_by=user,
            refusal="Chưa có biên bản",
        )
        enter_vneid(learner, confirmed=True, confirmed_on=None, as_of=T0.date(), source="Công an", at=at, by=user)

    def person(self) -> Learner:
        self.people += 1
        return self.first if self.people == 1 else self._person(self.people)

    @classmethod
    def _person(cls, number: int) -> Learner:
        world = cls.world
        user = get_user_model().objects.create_user(f"nguoi-{number}", email=f"n{number}@example.org", password="x")
        # Before the learner is linked: entering a figure needs a right that this test is not about.
        user.is_superuser = True
        user.save()
        learner = world.learner(f"Nguyễn Thị {number}")
        link_user(learner, user)
        Client().force_login(user)
        world.record(
            world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=5),
            world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=9, score=9),
            world.act(learner, tracking.VERB_PASSED, world.task, minutes=12, score=9),
        )
        cls._told_by_others(learner, number)
        record_consent(learner.actor, given=True, at=T0)
        cls._confirmed(learner, user)
        retested(world, [learner], user, name=f"retest {number}", until=T0.date() + timedelta(days=number))
        record_papers([learner], signed_on=T0.date(), kept_at="Tủ 1", at=T0, by=user)
        ask(learner, "copy", words="Xin bản sao", at=T0)
        write_text(text_vi="Một", text_en="One", valid_from=None, at=T0, by=user)
        log_access(user=user, actors=[learner.actor], page="class-review", at=T0)
        apps.get_model("bdhvs_lms.Revocation").objects.create(
            credential_key=f"key-{number}", reason="Mất máy", by=user, actor=uuid.uuid4(), begun_at=T0
        )
        apps.get_model("bdhvs_lms.Act").objects.create(
            act_id=uuid.uuid4(),
            learner=learner,
            verb=tracking.VERB_EXPERIENCED,
            activity_key=world.lesson,
            id_seed=uuid.uuid4(),
            revision="1",
            occurred_at=T0,
            received_at=T0,
        )
        reading = apps.get_model("bdhvs_lms.Reading").objects.create(
            area=world.area,
            month=T0.date().replace(day=1),
            number=number + 1,
            as_of=T0.date(),
            why="Sửa",
            frozen={},
            software="tests",
            made_at=T0,
            made_by=user,
        )
        apps.get_model("bdhvs_lms.ReportDraft").objects.create(reading=reading, changed_at=T0, changed_by=user)
        course = Course.objects.get()
        group = create_class(
            name="Lớp", code=f"lop-{number}", course=course, area=world.area, starts=T0.date(), at=T0, by=None
        )
        add_member(group, learner, at=T0, by=None)
        visit(group, [learner], starts_at=T0, at=T0, by=None, place="Số 12, ngõ 3")
        apps.get_model("bdhvs_lms.SelfRegistration").objects.create(
            learner=learner, area=world.area, registered_at=T0, form=uuid.uuid4(), origin="digest"
        )
        apps.get_model("bdhvs_lms.Claim").objects.create(learner=learner, at=T0, by=user)
        # Merged and parted again: in force, the rows of both would be one person's.
        other = world.learner(f"Người khác {number}")
        apps.get_model("bdhvs_lms.LearnerAlias").objects.create(
            duplicate=learner, number=1, kept=other, undone=True, recorded_at=T0, by=user, reason="một người"
        )
        apps.get_model("bdhvs_lms.JoinRequest").objects.create(learner=learner, class_group=group, asked_at=T0)
        for one, record in ((learner, other), (other, learner)):
            apps.get_model("bdhvs_lms.Match").objects.create(learner=one, record=record, class_group=group, asked_at=T0)
        group.notes.create(learner=learner, by=user, text="ghi chú", written_at=T0, act_id=uuid.uuid4())
        group.completion_marks.create(
            learner=learner, activity_key=world.lesson, revision="1", by=user, instructor=uuid.uuid4(),
            reason="vì thế", payload={}, occurred_at=T0, act_id=uuid.uuid4(), voided_at=T0,
        )  # fmt: skip
        apps.get_model("bdhvs_lms.ExtraAttempt").objects.create(
            learner=learner, activity_key=world.quiz, act_id=uuid.uuid4(), given_by=user, given_at=T0
        )
        apps.get_model("bdhvs_lms.ExtraTime").objects.create(
            learner=learner, percent=50, activity_key=world.quiz, act_id=uuid.uuid4(), given_by=user, given_at=T0
        )
        pin = choose_pin(learner, group.uuid, ("sun", "key", "hen"), at=T0)
        is_right(pin, ("hen", "key", "sun"), group.uuid, device="tablet", at=T0)
        add_teacher(group, user, at=T0, by=None)
        type(group).objects.filter(pk=group.pk).update(phone="0912 000 111", phone_of=user)
        add_team_member(
            make_team(name=f"Tổ {number}", area=world.area, valid_from=T0.date(), at=T0, by=None), user, at=T0, by=None
        )
        apps.get_model("bdhvs_lms.Guardian").objects.create(learner=learner, full_name="Mẹ", relation="mother")
        assign_steering(user, world.area, by=None)
        phones, _made = Indicator.objects.get_or_create(key="phones", defaults={"source_kind": "survey"})
        enter_figure(
            indicator=phones,
            group=world.group,
            area=world.area,
            as_of=T0.date(),
            numerator=9,
            source="x",
            at=T0,
            by=user,
        )
        enter_denominator(
            group=world.group, area=world.area, as_of=T0.date(), value=9, source="sổ", at=T0, by=user, illustrative=True
        )
        competency.realign(world.lesson, "1", str(number + 1), by=user, reason="wording", at=T0)
        version = cls.rule_version
        type(version).objects.create(
            rule=version.rule,
            number=number + 1,
            tree=version.tree,
            effective_from=T0,
            created_at=T0,
            created_by=user,
        )
        apps.get_model("bdhvs_lms.RuleApplication").objects.create(
            version=version, effective_from=T0, at=T0, by=user, reason="past"
        )
        return learner

    @classmethod
    def _told_by_others(cls, learner: Learner, number: int) -> None:
        """What the record store keeps beside statements, from programs of others."""
        agent = apps.get_model("bdhvs_xapi.Agent").objects.get(key=tracking.actor_key(learner))
        content = {"content_type": "application/json", "content": b"{}", "etag": "0", "updated": T0}
        apps.get_model("bdhvs_xapi.ActivityState").objects.create(
            agent=agent, activity=apps.get_model("bdhvs_xapi.Term").objects.first(), document_id="resume", **content
        )
        apps.get_model("bdhvs_xapi.AgentProfile").objects.create(agent=agent, document_id="me", **content)
        xapi.Rejection.objects.create(
            source=cls.source, digest=bytes([number]) * 32, reason="no verb", body=str(learner.actor).encode(), at=T0
        )


# --- Ways to sign in --------------------------------------------------------------------------------------------------


class WayIn(SignInMethodConformance):
    def setUp(self) -> None:
        self.world = World()

    def group(self) -> Any:
        course = Course.objects.get(key=self.world.course_key)
        return create_class(
            name="Lớp", code=f"lop-{uuid.uuid4().hex[:6]}", course=course, area=self.world.area, starts=now().date(),
            at=now(), by=None,
        )  # fmt: skip

    def learner(self) -> Learner:
        return register(full_name="Trần Thị Lan", at=now(), area=self.world.area)


class TestClassSignIn(WayIn, TestCase):
    sign_in_method = ClassSignIn

    def sign_in(self, client: Client) -> Learner:
        learner, group = self.learner(), self.group()
        membership = add_member(group, learner, at=now(), by=None)
        choose_pin(learner, group.uuid, ("sun", "key", "hen"), at=now())
        client.get(f"/lop/{group.uuid}/{sign_in_token(group, now())}/")
        client.post(f"/lop/{group.uuid}/{membership.pk}/", {"picture0": "sun", "picture1": "key", "picture2": "hen"})
        return learner


class TestCardSignIn(WayIn, TestCase):
    sign_in_method = CardSignIn

    def sign_in(self, client: Client) -> Learner:
        learner = self.learner()
        client.get(f"/the/{new_card(learner)}/")
        client.post("/the/")
        return learner


class TestPasswordSignIn(WayIn, TestCase):
    sign_in_method = PasswordSignIn

    def sign_in(self, client: Client) -> Learner:
        learner = self.learner()
        name = f"u-{learner.pk}"
        link_user(learner, get_user_model().objects.create_user(name, password="mật khẩu"))
        client.post("/dang-nhap/?next=/tro-giup/", {"username": name, "password": "mật khẩu"})
        return learner


# --- Voices ----------------------------------------------------------------------------------------------------------


class TestEspeak(SpeechEngineConformance, TestCase):
    speech_engine = Espeak
    text = "Gọi số in trên thẻ."

    def setUp(self) -> None:
        require(not Espeak().problems(), "espeak-ng or lame")


# --- Nothing is left out ---------------------------------------------------------------------------------------------


@for_each(
    ("registry", "kit", "attribute"),
    [
        (activity_types, ActivityTypeConformance, "activity_type"),
        (question_types, QuestionTypeConformance, "question_type"),
        (question_formats, QuestionFormatConformance, "question_format"),
        (personal_data, PersonalDataConformance, "personal_data"),
        (sign_in_methods, SignInMethodConformance, "sign_in_method"),
        (speech_engines, SpeechEngineConformance, "speech_engine"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_registered_implementation_of_ours_runs_through_the_kit(registry, kit, attribute):
    ours = {type(item) for item in registry if type(item).__module__.startswith("bdhvs_")}
    of_types = [import_module(f"bdhvs_quiz.types.{name}.test_{name}") for name in types.names()]
    of_files = [import_module(f"tests.bdhvs_quiz.formats.test_{kind.key}") for kind in FORMATS]
    elsewhere = (of_allauth, of_quizzes, of_formats, of_h5p, of_h5p_people, of_tasks, *of_types, *of_files)
    cases = [*globals().values(), *(case for module in elsewhere for case in vars(module).values())]
    run = {
        one
        for case in cases
        if isinstance(case, type) and issubclass(case, kit) and issubclass(case, TestCase)
        for one in getattr(case, "stands_for", [getattr(case, attribute)])
    }
    assert ours
    assert run == ours
