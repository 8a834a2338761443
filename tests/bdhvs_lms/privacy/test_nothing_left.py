"""Everything that a site may know of a person, in all installed parts and plugins; the erasure; and a search for it.

A table that somebody adds is found by itself: declared as personal, it has to have a row of this person, and every text
that erasure leaves in it has to be named below with the reason.
"""

from __future__ import annotations

import copy
import io
import json
import logging
import shutil
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation
from plugin_example import actions as practice
from wagtail.models import Locale

from adapter_tests.saying import GAPS, OTHER_CHILD, said
from bdhvs_allauth.accounts import MADE
from bdhvs_allauth.factors import activate_app
from bdhvs_h5p.attempts.states import State, save_states
from bdhvs_lms.classes.api import add_member, create_class, plan_sessions
from bdhvs_lms.classes.sign_in.pins import choose_pin
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.plugins.api import personal_data
from bdhvs_lms.privacy.api import erase, export
from bdhvs_lms.privacy.readable import parts_of
from bdhvs_quiz.actions import open_attempt, save_answers, submit
from bdhvs_quiz.models import ImportedFile, PaperPack, PaperSheet, Question, QuestionImport, Reopening
from bdhvs_tasks.actions import Seen, observe
from tests.bdhvs_content import pages
from tests.bdhvs_h5p.playing import SOON, Playing, again
from tests.bdhvs_lms.privacy.living import LATER, SECRETS, Life, bytes_of_database, everything, left, make_life
from tests.bdhvs_quiz import kinds
from tests.bdhvs_tasks import helpers as tasks
from tests.support.world import T0, uid
from tests.support.worlds import standing

pytestmark = [pytest.mark.database, pytest.mark.django_db]

# What the person typed, in answers, in an H5P package; what an observer noted; the portrait's file.
TYPED = (
    "Bưởi, nhà cạnh đình",
    "Bưởi viết trong ô trống",
    "Bưởi lưu dở trong H5P",
    "Bà Bưởi làm một mình",
    "dtbuoi.png",
    "Bưởi cần người nhắc",
    "Nhà bà Bưởi, ngõ 3",
    "Bưởi Đặng theo cổng định danh",
)
WORDS = (*SECRETS, *TYPED)
SECRET = generate_totp_secret()


@dataclass(frozen=True)
class Made:
    """The person, the folder of what was uploaded, and what was logged meanwhile."""

    life: Life
    media: Path
    logged: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[Made]:
    # What other tests left lies elsewhere.
    media, logged, log = tmp_path_factory.mktemp("media"), io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(logged), log.level

    def make() -> Life:
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        try:
            with override_settings(MEDIA_ROOT=media):
                return make_whole()
        finally:
            log.removeHandler(handler)
            log.setLevel(level)

    with standing(make, django_db_blocker) as life:
        yield Made(life, media, logged.getvalue())


@pytest.fixture
def whole(made: Made, db: None, caplog: pytest.LogCaptureFixture, settings: Any, tmp_path: Path) -> Life:
    settings.MEDIA_ROOT = shutil.copytree(made.media, tmp_path / "media")
    caplog.set_level(logging.INFO)
    return copy.deepcopy(made.life)


def make_whole() -> Life:
    life = make_life()
    learner, world = life.learner, life.world
    practice.tick_off(
        learner,
        practice.create_task(world.course_key, "Đặt lịch khám", T0).key,
        passed=True,
        observer=uid("observer"),
        act_id=uid("ticked"),
        at=T0,
        note=TYPED[3],
    )
    group = apps.get_model("bdhvs_lms.ClassGroup").objects.get(code="lop")
    choose_pin(learner, group.uuid, ("sun", "key", "hen"), at=T0)
    play = Playing()
    play.learner = learner
    courses.enrol(learner, play.course.translation_key, at=pages.AT)
    played = play.open()
    play.say(played, said(part=OTHER_CHILD, definition=GAPS, response=TYPED[1]), said("voided"), said("completed"))
    save_states(again(played), [State("0", "state", json.dumps(TYPED[2], ensure_ascii=False))], at=SOON)
    short = kinds.short()
    quiz = pages.quiz(pages.fresh(play.course), [short])
    for text in (TYPED[0], "115"):
        attempt = open_attempt(learner, quiz.translation_key, act_id=uuid.uuid4(), at=pages.AT)
        save_answers(attempt.uuid, learner, {str(short.key): TYPED[0]}, act_id=uuid.uuid4(), at=pages.AT)
        if text == "115":
            submit(attempt.uuid, learner, {str(short.key): TYPED[0]}, act_id=uuid.uuid4(), at=pages.AT)
    pack = PaperPack.objects.create(
        class_group=apps.get_model("bdhvs_lms.ClassGroup").objects.get(code="lop"),
        version=attempt.version,
        codes=1,
        held_on=T0.date(),
        act_id=uid("pack"),
        created_at=T0,
    )
    Reopening.objects.create(attempt=attempt, act_id=uid("reopening"), reason=TYPED[0], by=life.user, at=T0)
    PaperSheet.objects.create(pack=pack, number=1, code=0, learner=learner)
    watched_in(play.course, life)
    signs_in_elsewhere(life.user)
    plan_sessions(
        apps.get_model("bdhvs_lms.ClassGroup").objects.get(code="lop"),
        starts_at=T0 + timedelta(days=8),
        place=TYPED[6],
        at=T0,
        by=None,
    )
    waiting = QuestionImport.objects.create(
        user=life.user, created_at=T0, file_name="cau-hoi.docx", format_key="word", locale=Locale.get_default()
    )
    ImportedFile.objects.create(question_import=waiting, place=0, kind="picture", name="anh.png", data=b"x")
    locked = pages.question("Câu bị khóa?")
    Question.objects.filter(pk=locked.pk).update(locked=True, locked_by=life.user, locked_at=pages.AT)
    return life


def signs_in_elsewhere(user: Any) -> None:
    """The person signs in by a provider as well, and shows codes of an app."""
    SocialAccount.objects.create(
        user=user, provider="https://sso.example.org", uid="0417", extra_data={MADE: True, "name": TYPED[7]}
    )
    assert activate_app(user, SECRET, format_hotp_value(hotp_value(SECRET, 1)), at=datetime.fromtimestamp(30, UTC))


def watched_in(course: Any, life: Life) -> None:
    """Somebody saw the person do a practical task, and wrote something about it."""
    task = tasks.task(pages.fresh(course))
    group = create_class(
        name="Lớp hai",
        code="lop-hai",
        course=courses.Course.objects.get(key=course.translation_key),
        area=life.world.area,
        starts=pages.AT.date(),
        at=pages.AT,
        by=None,
    )
    add_member(group, life.learner, at=pages.AT, by=None)
    seen = Seen(life.learner, frozenset({tasks.item_id(0)}), TYPED[5], None)
    observe(group, task.translation_key, [seen], by=None, observer=uid("observer"), act_id=uuid.uuid4(), at=pages.AT)


def test_the_person_has_a_row_in_every_table_that_anybody_declares(whole: Life) -> None:
    data = export(whole.learner)["data"]
    assert {label for owner in personal_data for label in owner.models} == set(data)
    empty = [label for label, rows in data.items() if not rows]
    assert empty == [], "give the person of `whole` (or `make_life`) a row with words in it"


def test_every_title_and_label_of_a_copy_is_in_the_readers_language(whole: Life) -> None:
    data, said = export(whole.learner), {}
    for language in ("vi", "en"):
        with translation.override(language):
            said[language] = {
                (part.label, number, place): word
                for part in parts_of(data)
                for number, row in enumerate([[(part.title, "", False)], *part.rows])
                for place, (word, _text, _vietnamese) in enumerate(row)
            }
    alike = {(key[0], word) for key, word in said["vi"].items() if word == said["en"][key]}
    assert {one for one in alike if not one[0].startswith("plugin_example.")} == set()


def test_after_the_erasure_no_word_of_the_person_is_anywhere(
    made: Made, whole: Life, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any
) -> None:
    assert set(left(WORDS)) == set(WORDS), "the search is blind"
    counted = _counts(whole)
    with django_capture_on_commit_callbacks(execute=True):
        erase(whole.learner, by=None, at=LATER)
    assert left(WORDS) == {}
    assert not [word for word in WORDS if word in made.logged + caplog.text]
    handed_out = "\n".join(exports(whole))
    assert "neighbour" in handed_out, "the exports are blind"
    assert not [word for word in WORDS if word in handed_out]
    assert _counts(whole) == counted
    assert everything()["mfa.Authenticator"] == [], "it goes with the account"
    out = io.StringIO()
    call_command("rebuild", check=True, stdout=out, stderr=out)
    assert "khớp" in out.getvalue() or "match" in out.getvalue()


def _counts(life: Life) -> dict[str, Any]:
    """What reports are made of: how many rows each kept table has of everybody, and the board of the class."""
    # A second factor goes with the account, and stays with an account that stays.
    kept = {label for owner in personal_data for label in owner.kept} - {"bdhvs_lms.AccessLog", "mfa.Authenticator"}
    rows = {label: len(found) for label, found in everything().items() if label in kept}
    boss = _boss()
    review = boss.get(_class_address("class-review")).content.decode()
    tiles = review[review.index("<h1") : review.index("<table")].count("neighbour")
    return {**rows, "bdhvs_lms.AccessedPerson": 0, "tiles": tiles}


def _boss() -> Client:
    client = Client()
    client.force_login(apps.get_model("auth.User").objects.get(username="another-operator"))
    return client


def _class_address(name: str, **more: Any) -> str:
    group = apps.get_model("bdhvs_lms.ClassGroup").objects.get(code="lop")
    return reverse(f"bdhvs_lms:{name}", kwargs={"class_uuid": group.uuid, **more})


def exports(life: Life) -> Iterator[str]:
    """All that the site hands out with names in it, and what it hands out about this person."""
    boss = _boss()
    for kind in ("csv", "xlsx"):
        for address in (_class_address("class-file", kind=kind), f"{reverse('people:index')}?export={kind}"):
            response = boss.get(address)
            assert response.status_code == 200, address
            content = b"".join(response) if response.streaming else response.content
            if content.startswith(b"PK"):
                with zipfile.ZipFile(io.BytesIO(content)) as packed:
                    content = b"\n".join(packed.read(name) for name in packed.namelist())
            yield content.decode()
    yield boss.get(_class_address("class-review")).content.decode()
    yield json.dumps(export(life.learner), ensure_ascii=False)


def test_no_file_of_the_person_stays_in_a_storage(whole: Life, django_capture_on_commit_callbacks: Any) -> None:
    name = apps.get_model("wagtailusers.UserProfile").objects.get().avatar.name
    assert default_storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        erase(whole.learner, by=None, at=LATER)
    assert not default_storage.exists(name)


# --- Texts in what is kept --------------------------------------------------------------------------------------------

OURS = "we build it: names of things, references, identifiers"
TYPED_APART = "typed words stand in a table of their own; here a number points at them"
STAFF = "what staff wrote about a number, a rule or a credential; pages ask for no names"
# Free text in tables that erasure leaves, as “Model.field”, each with why nothing of the person is in it.
NOT_OF_A_PERSON = {
    "bdhvs_h5p.H5PAttempt.references": OURS,
    "bdhvs_h5p.H5PStep.data": TYPED_APART,
    "bdhvs_h5p.H5PStep.verb": OURS,
    "bdhvs_lms.AccessLog.detail": OURS,
    "bdhvs_lms.AccessLog.page": OURS,
    "bdhvs_lms.Act.payload": OURS,
    "bdhvs_lms.Act.revision": OURS,
    "bdhvs_lms.Act.verb": OURS,
    "bdhvs_lms.Attainment.evidence_ids": OURS,
    "bdhvs_lms.Attainment.rule_version": OURS,
    "bdhvs_lms.Belonging.grade": "has no room for a name (`clean_grade`)",
    "bdhvs_lms.CompletionMark.payload": OURS,
    "bdhvs_lms.CompletionMark.revision": OURS,
    "bdhvs_lms.Confirmation.attained": OURS,
    "bdhvs_lms.ConfirmationAct.document": "a number; whoever confirms may name none of the people in it",
    "bdhvs_lms.ConfirmationAct.signer": "who signed, from whom the names of the erased are taken",
    "bdhvs_lms.ConfirmationAct.unit": "an agency; whoever confirms may name none of the people in it",
    "bdhvs_lms.Consent.purpose": OURS,
    "bdhvs_lms.Consent.text_version": OURS,
    "bdhvs_lms.ConsentText.text_en": STAFF,
    "bdhvs_lms.ConsentText.text_vi": STAFF,
    "bdhvs_lms.ConsentText.version": OURS,
    "bdhvs_lms.Denominator.source": STAFF,
    "bdhvs_lms.EvidenceRuleVersion.note": STAFF,
    "bdhvs_lms.EvidenceRuleVersion.tree": OURS,
    "bdhvs_lms.Figure.note": STAFF,
    "bdhvs_lms.Figure.source": STAFF,
    "bdhvs_lms.Reading.frozen": OURS,
    "bdhvs_lms.Reading.software": OURS,
    "bdhvs_lms.Reading.why": STAFF,
    "bdhvs_lms.Realignment.from_revision": OURS,
    "bdhvs_lms.Realignment.reason": STAFF,
    **{
        f"bdhvs_lms.ReportDraft.{name}": "of a paper that an agency signs and hands out"
        for name in "above agency authority difficulties number place position recipients signer".split()
    },
    "bdhvs_lms.Result.grade_from": OURS,
    "bdhvs_lms.RetestClosing.absent": OURS,
    "bdhvs_lms.RetestClosing.why": STAFF,
    "bdhvs_lms.RetestSample.frame_digest": OURS,
    "bdhvs_lms.RetestSample.seed": OURS,
    "bdhvs_lms.Revocation.reason": STAFF,
    "bdhvs_lms.RuleApplication.reason": STAFF,
    "bdhvs_lms.SessionAct.payload": OURS,
    "bdhvs_lms.SessionAct.revision": OURS,
    "bdhvs_lms.SessionAct.verb": OURS,
    "bdhvs_quiz.Attempt.drawn": OURS,
    "bdhvs_quiz.Attempt.grade": OURS,
    "bdhvs_quiz.Attempt.gradings": OURS,
    "bdhvs_quiz.Attempt.references": OURS,
    "bdhvs_quiz.AttemptStep.data": TYPED_APART,
    "bdhvs_tasks.Grading.data": OURS,
    "bdhvs_tasks.Observation.references": OURS,
    "plugin_example.PracticeRecord.revision": OURS,
}
# Scanned with real content by the tests above: their columns hold bytes that have to be read again.
SKIPPED = ("bdhvs_xapi", "auth")


def rows_of(model: type[models.Model], learner: Learner, user_pk: Any) -> Any:
    """Rows of a table that point at the person, as far as its own columns and one step further tell."""

    def own(kind: Any, path: str) -> Q:
        found = Q()
        for field in kind._meta.concrete_fields:
            if field.is_relation and field.related_model is Learner:
                found |= Q(**{f"{path}{field.name}": learner.pk})
            elif field.is_relation and field.related_model._meta.label == "auth.User":
                found |= Q(**{f"{path}{field.name}": user_pk})
            elif field.name == "actor" and isinstance(field, models.UUIDField):
                found |= Q(**{f"{path}{field.name}": learner.actor})
        return found

    query = own(model, "")
    if not query:
        for field in model._meta.concrete_fields:
            if field.is_relation:
                query |= own(field.related_model, f"{field.name}__")
    return model._base_manager.filter(query) if query else model._base_manager.none()


def texts(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    for field in model._meta.concrete_fields:
        free = isinstance(field, models.CharField | models.TextField | models.JSONField)
        if free and not field.choices and not field.primary_key:
            yield field


def test_whoever_keeps_text_in_a_table_that_stays_says_why_it_names_nobody(whole: Life) -> None:
    planted: dict[str, bytes] = {}
    for label in sorted({label for owner in personal_data for label in owner.kept}):
        model = apps.get_model(label)
        if model._meta.app_label in SKIPPED:
            continue
        rows = list(rows_of(model, whole.learner, whole.user.pk))
        for number, field in enumerate(texts(model)):
            word = f"x{len(planted):03d}{number:02d}y"
            if (getattr(field, "max_length", None) or 99) < len(word) or field.unique:
                continue
            for row in rows[:1]:
                content: Any = [word] if isinstance(field, models.JSONField) else word
                # What the database refuses in a row of a person on record cannot be there.
                with suppress(IntegrityError), transaction.atomic():
                    model._base_manager.filter(pk=row.pk).update(**{field.attname: content})
                    planted[f"{label}.{field.name}"] = word.encode()
    assert len(planted) > 10, "the walk is blind"
    erase(whole.learner, by=None, at=LATER + timedelta(days=1))
    stored = bytes_of_database()
    stay = sorted(name for name, word in planted.items() if word in stored)
    assert stay == sorted(NOT_OF_A_PERSON)
