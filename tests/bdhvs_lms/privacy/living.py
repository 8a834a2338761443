"""A person with something in every table of the core, and where in a site words of such a person may lie."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from wagtail.log_actions import log as log_action
from wagtail.users.models import UserProfile

from bdhvs_lms.audit.api import PaperConsent, log_access, record_consent
from bdhvs_lms.audit.texts import write_text
from bdhvs_lms.campaign.api import Indicator, assign_steering, enter_denominator, enter_figure
from bdhvs_lms.classes.api import ClassGroup, add_member, add_teacher, create_class
from bdhvs_lms.classes.sessions.actions import visit
from bdhvs_lms.classes.teams.actions import add_team_member, make_team
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.confirming.vneid import enter_vneid
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import Learner, link_user, register
from bdhvs_lms.learners.models import Claim, Guardian, SelfRegistration
from bdhvs_lms.privacy.requests import answer, ask
from bdhvs_lms.reporting.api import freeze
from bdhvs_lms.tracking import api as tracking
from bdhvs_xapi import api as xapi
from tests.bdhvs_lms.learners.making import make_user
from tests.support.retests import retested
from tests.support.world import T0, World, uid

LATER = T0 + timedelta(days=400)
DAY = date(2025, 12, 31)
# Each is somewhere in the database before, and nowhere after.
# In the bytes of an attachment.
PHOTO = b"a portrait: card-4711"
NAMES = ("Đặng Thị Bưởi", "dang thi buoi", "0987 654 321", "dtbuoi", "buoi@example.org", "card-4711")
GUARDIAN = ("Đặng Văn Khế", "0986 111 222")
PLACE = "Cặp của Đặng Thị Bưởi, tủ 2"
ASKED = "Bưởi bán bưởi"
SECRETS = (*NAMES, *GUARDIAN, ASKED)


@dataclass(frozen=True)
class Life:
    """A learner with an account who also teaches and sits on the committee, and a neighbour who only learns."""

    world: World
    learner: Learner
    user: Any
    neighbour: Learner


def make_life() -> Life:
    world = World()
    apps.get_model("bdhvs_lms.PassRule").objects.create(
        group=world.group, year=2025, framework=world.framework, all_of=["A1"], level=1, label_vi="Đạt", created_at=T0
    )
    user = get_user_model().objects.create_user(
        username="dtbuoi", email="buoi@example.org", first_name="Bưởi", last_name="Đặng Thị Bưởi", password="x"
    )
    user.groups.add(Group.objects.create(name="teachers"))
    learner = world.learner("to-be-renamed")
    person = learner.person
    person.full_name, person.search_name, person.phone = SECRETS[:3]
    person.birth_year, person.sort_name = 1961, "a sorted name"
    person.save()
    Guardian.objects.create(learner=learner, full_name=GUARDIAN[0], phone=GUARDIAN[1], relation="father")
    link_user(learner, user)
    Client().force_login(user)
    card = learner.identities.create(kind="qr", subject="card-4711")
    apps.get_model("bdhvs_lms.PinTry").objects.create(identity=card, device="tablet", at=T0)
    apps.get_model("bdhvs_lms.PinChoice").objects.create(identity=card, device="tablet", at=T0)
    SelfRegistration.objects.create(learner=learner, area=world.area, registered_at=T0)
    Claim.objects.create(learner=learner, at=T0)
    neighbour = world.learner("neighbour")
    # What is recorded from here on waits for it.
    target = xapi.create_target("tinh", url="https://lrs.example.org/xapi")
    for who in (learner, neighbour):
        world.record(
            world.act(who, tracking.VERB_EXPERIENCED, world.lesson, minutes=5),
            world.act(who, tracking.VERB_PASSED, world.quiz, minutes=9, score=9),
            world.act(who, tracking.VERB_PASSED, world.task, minutes=12, score=9),
        )
        record_consent(who.actor, given=True, at=T0)
    tracking_act = apps.get_model("bdhvs_lms.Act")
    tracking_act.objects.create(
        act_id=uid("act"),
        learner=learner,
        verb=tracking.VERB_EXPERIENCED,
        activity_key=world.lesson,
        id_seed=uid("first"),
        revision="1",
        payload={},
        occurred_at=T0,
        received_at=T0,
    )
    class_group = create_class(
        name="Lớp", code="lop", course=Course.objects.get(), area=world.area, starts=T0.date(), at=T0, by=None
    )
    for hours, who in enumerate((learner, neighbour)):
        add_member(class_group, who, at=T0, by=None)
        visited = T0 + timedelta(hours=hours)
        visit(class_group, [who], starts_at=visited, at=T0 + timedelta(days=9), by=None, place="Ngõ Bưởi")
    add_teacher(class_group, user, at=T0, by=None)
    type(class_group).objects.filter(pk=class_group.pk).update(phone="0912 000 111", phone_of=user)
    team = make_team(name="Tổ 1", area=world.area, valid_from=T0.date(), at=T0, by=None)
    add_team_member(team, user, leader=True, at=T0, by=None)
    # Before there was an account, and before there was anything on record.
    add_team_member(team, full_name=NAMES[0], phone=NAMES[2], at=T0, by=None)
    apps.get_model("bdhvs_lms.TeamMember").objects.create(team=team, learner=learner, valid_from=T0.date())
    class_group.join_requests.create(learner=learner, asked_at=T0)
    found = register(full_name="Có Sẵn", at=T0)
    for one, record in ((learner, found), (found, learner)):
        apps.get_model("bdhvs_lms.Match").objects.create(
            learner=one, record=record, class_group=class_group, asked_at=T0
        )
    class_group.notes.create(learner=learner, by=user, text="Bà Đặng Thị Bưởi", written_at=T0, act_id=uid("note"))
    class_group.completion_marks.create(
        learner=learner, activity_key=world.lesson, revision="1", by=user, instructor=uid("staff"),
        reason="Bà Đặng Thị Bưởi nhờ", payload={}, occurred_at=T0, act_id=uid("mark"), voided_at=T0,
    )  # fmt: skip
    apps.get_model("bdhvs_lms.ExtraAttempt").objects.create(
        learner=learner, activity_key=world.quiz, act_id=uid("extra"), given_by=user, given_at=T0
    )
    apps.get_model("bdhvs_lms.ExtraTime").objects.create(
        learner=learner, percent=50, activity_key=world.quiz, act_id=uid("extra time"), given_by=user, given_at=T0
    )
    assign_steering(user, world.area, by=None)
    get_user_model().objects.filter(pk=user.pk).update(is_superuser=True)
    get_user_model().objects.create_superuser("another-operator")  # the last one cannot be erased
    user.refresh_from_db()
    enter_denominator(
        group=world.group, area=world.area, as_of=T0.date(), value=10, source="sổ", at=T0, by=user, illustrative=True
    )
    enter_figure(
        indicator=Indicator.objects.first() or Indicator.objects.create(key="phones", source_kind="survey"),
        group=world.group,
        area=world.area,
        as_of=T0.date(),
        numerator=4,
        source="điều tra",
        at=T0,
        by=user,
    )
    reading = freeze(world.area, T0.date(), at=T0, by=user)
    apps.get_model("bdhvs_lms.ReportDraft").objects.create(reading=reading, changed_at=T0, changed_by=user)
    for place, signed in ((PLACE, (learner,)), ("Tủ 2", (learner, neighbour))):
        paper = PaperConsent.objects.create(signed_on=T0.date(), kept_at=place, recorded_at=T0, by=user)
        for who in signed:
            record_consent(who.actor, given=True, at=T0, paper=paper)
    request = ask(learner, "correct", words=f"{ASKED} sai tên", at=T0)
    answer(request, outcome="refused", words=f"Chào {ASKED}", at=T0, by=None)
    write_text(text_vi="Một", text_en="One", valid_from=None, at=T0, by=user)
    confirmed_by(user, world, (learner, neighbour))
    retested(world, (learner, neighbour), user)
    competency.push_alignment(world.lesson, "2", [(world.a2.pk, 1)], at=T0)
    competency.realign(world.lesson, "1", "2", by=user, reason="wording", at=T0)
    version = apps.get_model("bdhvs_lms.EvidenceRuleVersion").objects.get(number=1)
    apps.get_model("bdhvs_lms.EvidenceRuleVersion").objects.create(
        rule=version.rule, number=2, tree=version.tree, effective_from=T0, created_at=T0, created_by=user
    )
    apps.get_model("bdhvs_lms.Revocation").objects.create(
        credential_key="made-up", reason="not true", by=user, actor=uid("revoker"), begun_at=T0
    )
    apps.get_model("bdhvs_lms.RuleApplication").objects.create(
        version=version, effective_from=T0, at=T0, by=user, reason="past"
    )
    apps.get_model("bdhvs_lms.LearnerAlias").objects.create(
        duplicate=learner, number=1, kept=neighbour, undone=True, recorded_at=T0, by=user, reason="Đặng Thị Bưởi"
    )
    log_access(user=make_user(username="khac"), actors=[learner.actor], page="class-review", at=T0)
    # What the person's own account did as staff, and what Wagtail keeps of the account.
    log_access(user=user, actors=[neighbour.actor], page="class-review", at=T0)
    log_action(instance=user, action="wagtail.create", title="dtbuoi", data={"name": "Đặng Thị Bưởi"})
    told_by_others(learner, neighbour, target)
    UserProfile.objects.create(user=user, avatar=ContentFile(b"portrait", name="dtbuoi.png"))
    return Life(world, learner, user, neighbour)


def confirmed_by(user: Any, world: World, people: Iterable[Learner]) -> None:
    """Both are confirmed by the person's own account; of one document the person is the signer, too."""
    subject = competency.Subject((world.a1,), 1)
    for who, signer in zip(people, (NAMES[0], "Trần Văn Cường"), strict=True):
        paper = competency.Document(T0.date(), "12/XN", f"{signer}, Phó Chủ tịch", "UBND phường Thử")
        competency.ConfirmationProposal.objects.create(
            learner=who,
            competency=world.a2,
            level=1,
            class_group=ClassGroup.objects.first(),
            by=user,
            proposed_at=T0,
            refused_at=T0,
            refused_by=user,
            refusal="Chưa có biên bản",
        )
        given = {"act_id": uid(f"confirm {who.pk}"), "at": T0 + timedelta(days=9)}
        [confirmation] = competency.confirm(subject, [who], paper, by=None, **given).confirmations
        type(confirmation.act)._base_manager.filter(pk=confirmation.act.pk).update(by=user)
        enter_vneid(who, confirmed=True, confirmed_on=None, as_of=T0.date(), source="Công an phường", at=T0, by=user)
    competency.revoke(
        confirmation_of(people), "Bà Đặng Thị Bưởi nhầm sổ", act_id=uid("revoke"), at=T0 + timedelta(days=10), by=user
    )


def confirmation_of(people: Iterable[Learner]) -> competency.Confirmation:
    first, *_others = people
    return competency.Confirmation.objects.get(learner=first)


def told_by_others(learner: Learner, neighbour: Learner, target: Any) -> None:
    """What programs of others say of the person in words, each where the record store keeps such a thing."""
    actor = {"name": "Đặng Thị Bưởi", **xapi.account_actor(tracking.home_page(), str(learner.actor))}
    xapi.ensure_authority("h5p", agent=xapi.account_actor("https://h5p.example", "h5p"), trust=0)
    photo = hashlib.sha256(PHOTO).hexdigest()
    statement = {
        "id": str(uid("foreign")),
        "actor": actor,
        "verb": {"id": "http://example.org/verbs/wrote"},
        "object": {"id": "http://example.org/essay"},
        "result": {"response": "Tôi là Đặng Thị Bưởi"},
        "timestamp": T0.isoformat(),
        "attachments": [
            {
                "usageType": "http://example.org/photo",
                "display": {"vi": "Ảnh của Đặng Thị Bưởi"},
                "contentType": "image/png",
                "length": len(PHOTO),
                "sha2": photo,
            }
        ],
    }
    about = {**statement, "id": str(uid("instructed")), "actor": xapi.account_actor("https://h5p.example", "somebody")}
    about["context"] = {"instructor": actor}
    with transaction.atomic():
        xapi.record([statement, about], authority="h5p", received_at=T0)
    apps.get_model("bdhvs_xapi.Blob").objects.create(sha2=photo, content=PHOTO)
    target.items.filter(statement__actor__key=tracking.actor_key(learner)).update(
        state=xapi.State.DEAD, last_error="400: Đặng Thị Bưởi is not welcome"
    )
    target.items.filter(statement__actor__key=tracking.actor_key(neighbour)).update(last_error="400: too late")
    agent = apps.get_model("bdhvs_xapi.Agent").objects.get(key=tracking.actor_key(learner))
    activity = apps.get_model("bdhvs_xapi.Term").objects.first()
    content = {
        "content_type": "application/json",
        "content": '{"me": "Đặng Thị Bưởi"}'.encode(),
        "etag": "0",
        "updated": T0,
    }
    apps.get_model("bdhvs_xapi.ActivityState").objects.create(
        agent=agent, activity=activity, document_id="resume", **content
    )
    apps.get_model("bdhvs_xapi.AgentProfile").objects.create(agent=agent, document_id="me", **content)
    source = xapi.create_source("khac", url="https://lrs.example.org/xapi")
    for number, whose in enumerate((learner, neighbour)):
        name = "Đặng Thị Bưởi" if whose is learner else "neighbour"
        body = json.dumps({"actor": {"name": name, "account": {"name": str(whose.actor)}}}, ensure_ascii=False)
        xapi.Rejection.objects.create(
            source=source, digest=bytes([number]) * 32, reason="no verb", body=body.encode(), at=T0
        )


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in apps.get_models()}


def as_text(value: Any) -> str:
    # PostgreSQL gives a memoryview for the ledger's bytes; digests among them are no text.
    return bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)


def tables_with(secrets: Iterable[str]) -> dict[str, list[str]]:
    """Per text the labels of the tables that hold it in some column."""
    texts = {label: [as_text(value) for row in rows for value in row.values()] for label, rows in everything().items()}
    return {
        secret: sorted(label for label, values in texts.items() if any(secret in value for value in values))
        for secret in secrets
    }


def bytes_of_database() -> bytes:
    """Every value of every table and index of ours, as it is stored: past models, managers and guards."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    found.append(bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode())
    return b"\n".join(found)


def files() -> Iterator[tuple[str, bytes]]:
    """Name and content of every file that the site writes: uploads, renditions, packages."""
    for root in (Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_ROOT)):
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            yield path.relative_to(root).as_posix(), path.read_bytes()


def written(words: str) -> Iterable[bytes]:
    """The words as they may be stored: as text, and as JSON that knows ASCII only."""
    return {words.encode(), json.dumps(words)[1:-1].encode()}


def left(words: Iterable[str]) -> dict[str, list[str]]:
    """Per word where it is found: "database", or a file by its name. Words that are nowhere are left out."""
    places = [("database", bytes_of_database()), *((name, name.encode() + b" " + content) for name, content in files())]
    found = {
        word: [place for place, content in places if any(form in content for form in written(word))] for word in words
    }
    return {word: where for word, where in found.items() if where}
