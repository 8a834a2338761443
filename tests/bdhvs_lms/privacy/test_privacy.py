"""A whole person handed over and erased, with something in every table that the core declares."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext, isolate_apps
from wagtail.log_actions import log as log_action
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from bdhvs_lms.audit.api import Consent, has_consent, record_consent
from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.classes.api import add_teacher, members
from bdhvs_lms.competency.queries import attainments_of
from bdhvs_lms.learners.api import Learner, belonging_to, learner_for_user, link_user, names, placed_in, register
from bdhvs_lms.plugins.api import PersonalData, personal_data
from bdhvs_lms.privacy import actions
from bdhvs_lms.privacy.api import (
    LastOperator,
    erase,
    export,
    withdraw_consent,
)
from bdhvs_lms.tracking import api as tracking
from tests.bdhvs_lms.learners.making import make_user
from tests.bdhvs_lms.privacy.living import DAY, LATER, SECRETS, as_text, everything, make_life, tables_with
from tests.support.world import T0, uid
from tests.support.worlds import made_once

pytestmark = [pytest.mark.database, pytest.mark.django_db]


made, life = made_once(make_life)


# --- What is declared ------------------------------------------------------------------------------------------------


def personal_models(found: Iterable[type[models.Model]]) -> Iterator[tuple[type[models.Model], str]]:
    """Models with a relation of their own to Learner, to the user model or to an agent of the ledger, each with the
    field's name. Many-to-many tables count by the field that makes them; inherited parents by themselves. That a
    learner is merged into another is no data of a person: the row is opaque, and why stands in `LearnerAlias`."""
    people = {Learner, get_user_model(), apps.get_model("bdhvs_xapi.Agent")}
    for model in found:
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            related = field.remote_field.model if field.remote_field else None
            if isinstance(related, type) and related._meta.concrete_model in people and model is not Learner:
                yield model, field.name


def declared() -> set[str]:
    """Lower-case labels of all models that some `PersonalData` accounts for."""
    return {label.lower() for owner in personal_data for label in owner.models}


def undeclared(found: Iterable[type[models.Model]]) -> list[str]:
    """'app.Model.field' of relations to a person that no `PersonalData` accounts for."""
    known = declared()
    return sorted(
        f"{model._meta.label}.{name}" for model, name in personal_models(found) if model._meta.label_lower not in known
    )


def test_every_table_that_points_at_a_person_is_declared():
    ours = [model for model in apps.get_models() if model.__module__.startswith("bdhvs_")]
    assert undeclared(ours) == []


def test_there_is_something_to_declare():
    # Were the walk blind, the test above would pass for nothing.
    ours = [model for model in apps.get_models() if model._meta.app_label == "bdhvs_lms"]
    labels = {model._meta.label for model, _field in personal_models(ours)}
    assert {"bdhvs_lms.Person", "bdhvs_lms.Placement", "bdhvs_lms.ClassTeacher", "bdhvs_lms.AccessLog"} <= labels


@isolate_apps()
def test_a_table_that_nobody_declared_is_named():
    class Diary(models.Model):
        owner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="+")
        readers = models.ManyToManyField(get_user_model(), related_name="+")
        unrelated = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label = "bdhvs_lms"

    class Letter(models.Model):
        to = models.OneToOneField(get_user_model(), on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label = "bdhvs_lms"

    assert undeclared([Diary, Letter]) == [
        "bdhvs_lms.Diary.owner",
        "bdhvs_lms.Diary.readers",
        "bdhvs_lms.Letter.to",
    ]


def test_what_is_declared_exists():
    for label in declared():
        assert apps.get_model(label)._meta.label_lower == label
    for owner in personal_data:
        assert set(owner.kept) <= set(owner.models), owner.key


# Tables of the record store that hold nothing of a person, each with the reason.
ABOUT_NOBODY = {
    "Term": "IRIs of verbs and activities",
    "Agent": "opaque keys; a key of another system is found through what points at it",
    "Authority": "programs and the site itself",
    "StatementTerm": "which activities a statement mentions",
    "Voiding": "which statement voids which",
    "Following": "how far the references of a statement have been gone through",
    "Defining": "which statements have still to be asked what activities and verbs are called",
    "Definition": "what activities and verbs are called",
    "Blob": "bytes by their digest: erased with the statements that name them",
    "Redaction": "that words were taken out, and why",
    "ErasedAgent": "keyed digests of whoever was erased, and no name",
    "Credential": "programs",
    "Target": "other record stores",
    "Source": "other record stores",
    "SourceAuthority": "programs",
    "ActivityProfile": "documents about activities",
}


def test_every_table_of_the_record_store_is_declared_or_about_nobody():
    tables = {model.__name__ for model in apps.get_app_config("bdhvs_xapi").get_models()}
    ours = {label.partition(".")[2] for label in personal_data.get("bdhvs_xapi").models}
    assert ours | set(ABOUT_NOBODY) == tables
    assert not ours & set(ABOUT_NOBODY)


def test_what_points_at_an_agent_of_the_ledger_is_found():
    labels = {model._meta.label for model, _field in personal_models(apps.get_app_config("bdhvs_xapi").get_models())}
    assert labels == {
        "bdhvs_xapi.Statement", "bdhvs_xapi.StatementAgent", "bdhvs_xapi.ActivityState", "bdhvs_xapi.AgentProfile",
    }  # fmt: skip


# --- Export ----------------------------------------------------------------------------------------------------------


def test_export_has_rows_of_everything_that_the_core_declares(life):
    data = export(life.learner)["data"]
    core = [owner for owner in personal_data if owner.key.startswith("bdhvs_lms.") or owner.key == "bdhvs_xapi"]
    assert {label for owner in core for label in owner.models} <= set(data)
    assert [label for owner in core for label in owner.models if not data[label]] == []
    assert {label.lower() for label in data} == declared()


def test_export_is_json_that_a_person_can_read(life):
    whole = export(life.learner)
    text = json.dumps(whole, ensure_ascii=False)
    data = json.loads(text)["data"]
    assert data["bdhvs_lms.Person"] == [
        {
            "full_name": "Đặng Thị Bưởi",
            "search_name": "dang thi buoi",
            "birth_year": 1961,
            "phone": "0987 654 321",
        }
    ]
    assert data["bdhvs_lms.Placement"][0]["area"] == "Phường Thử"
    assert data["bdhvs_lms.Enrolment"][0]["course"] == "Khóa thử"
    assert data["auth.User"][0]["email"] == "buoi@example.org"
    assert "password" not in data["auth.User"][0]
    assert data["bdhvs_lms.AccessLog"][0]["user_label"] == "khac"
    said = {row["statement"]["verb"]["id"] for row in data["bdhvs_xapi.Statement"]}
    assert {tracking.VERB_EXPERIENCED, tracking.VERB_PASSED} <= said


def test_export_holds_nothing_of_anybody_else(life):
    text = json.dumps(export(life.learner), ensure_ascii=False)
    assert str(life.neighbour.actor) not in text
    assert "neighbour" not in text
    assert export(life.neighbour)["data"]["bdhvs_lms.ClassTeacher"] == []
    assert "Bưởi" not in json.dumps(export(life.neighbour), ensure_ascii=False)


def test_export_costs_no_more_queries_for_more_rows(life):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            export(life.learner)
        return len(queries)

    before = cost()
    for minutes in range(20, 26):
        life.world.record(
            life.world.act(
                life.learner, tracking.VERB_PASSED, life.world.task, minutes=minutes, score=9, try_no=minutes
            )
        )
        record_consent(life.learner.actor, given=True, at=T0 + timedelta(minutes=minutes))
    assert cost() == before


class Strange(PersonalData):
    key = "tests.strange"
    models = ("auth.Group",)

    def export(self, learner: Any) -> dict[str, list[dict[str, Any]]]:
        return {"auth.Permission": []}

    def erase(self, learner: Any) -> int:
        raise RuntimeError("cannot")


def test_an_export_of_what_was_not_declared_is_refused(life, monkeypatch):
    monkeypatch.setitem(personal_data._items, Strange.key, Strange())
    with pytest.raises(ValueError, match=r"tests\.strange exports auth\.Permission"):
        export(life.learner)


# --- Erasure ---------------------------------------------------------------------------------------------------------


def test_after_erasure_no_name_or_contact_is_anywhere(life):
    assert all(tables_with(SECRETS).values()), "the test is blind to one of them"
    assert erase(life.learner, by=None, at=LATER) > 0
    assert tables_with(SECRETS) == dict.fromkeys(SECRETS, [])


def test_the_portrait_goes_once_the_erasure_stands_and_what_others_did_keeps_its_names(
    life, django_capture_on_commit_callbacks
):
    avatar = UserProfile.objects.get().avatar
    log_action(instance=life.world.area, action="wagtail.edit", title="Phường Thử", user=life.user)
    with django_capture_on_commit_callbacks() as callbacks:
        erase(life.learner, by=None, at=LATER)
    assert avatar.storage.exists(avatar.name), "a rollback would have lost it"
    for callback in callbacks:
        callback()
    assert not avatar.storage.exists(avatar.name)
    assert not UserProfile.objects.exists()
    labels = set(apps.get_model("bdhvs_lms.AccessLog").objects.values_list("user_label", flat=True))
    assert labels == {f"erased-{life.learner.actor}", "khac", "-"}
    entries = ModelLogEntry.objects.order_by("pk").values_list("label", "data", "user")
    assert list(entries) == [(f"erased-{life.learner.actor}", {}, None), ("Phường Thử", {}, life.user.pk)]


def test_the_account_is_closed_and_cannot_sign_in(life, client):
    assert client.login(username="dtbuoi", password="x")
    erase(life.learner, by=None, at=LATER)
    user = get_user_model().objects.get(pk=life.user.pk)
    assert not (user.is_active or user.is_staff or user.is_superuser or user.has_usable_password())
    assert (user.first_name, user.last_name, user.email, user.groups.count()) == ("", "", "", 0)
    assert not client.login(username="dtbuoi", password="x")
    assert not client.login(username=user.username, password="x")
    assert learner_for_user(user) is None


def test_counts_results_and_statements_stay(life):
    def counts() -> dict[str, Any]:
        return {
            "placed": placed_in([life.world.area.pk], DAY).count(),
            "in group": belonging_to(life.world.group.pk, DAY).count(),
            "in class": members(apps.get_model("bdhvs_lms.ClassGroup").objects.get(), DAY).count(),
            "attained": len(attainments_of(life.learner)),
        }

    kept = {label for owner in personal_data for label in owner.kept} - {"auth.User", "bdhvs_lms.AccessLog"}
    counted, before = counts(), everything()
    assert counted["placed"] == counted["in group"] == counted["in class"] == 2
    assert counted["attained"] > 0
    erase(life.learner, by=None, at=LATER)
    after = everything()
    assert counts() == counted
    without_words = {
        "bdhvs_xapi.Statement": "body",
        "bdhvs_xapi.Item": "last_error",
        "bdhvs_lms.CompletionMark": "reason",
        "bdhvs_lms.ConfirmationAct": "signer",
        "bdhvs_lms.ConfirmationRevocation": "reason",
        "bdhvs_lms.LearnerAlias": "reason",
        "bdhvs_lms.PaperConsent": "kept_at",
        "bdhvs_lms.TeamMember": ("full_name", "phone"),
        "bdhvs_lms.DataRequest": ("words", "answer"),
    }
    for label in kept - set(without_words):
        assert after[label] == before[label], label
    # Facts stay; words go from what others wrote, and from what receivers said of it.
    for label, words in without_words.items():
        names = (words,) if isinstance(words, str) else words
        kept_rows, were = ([{**row, **dict.fromkeys(names)} for row in each[label]] for each in (after, before))
        assert kept_rows == were, label
    ours = {row["statement_id"]: as_text(row["body"]) for row in before["bdhvs_xapi.Statement"]}
    changed = [row for row in after["bdhvs_xapi.Statement"] if as_text(row["body"]) != ours[row["statement_id"]]]
    assert {row["statement_id"] for row in changed} == {uid("foreign"), uid("instructed")}
    assert Learner.objects.filter(pk=life.learner.pk).exists()
    assert list(tracking.check()) == []


def test_every_declared_table_is_emptied_of_the_person_or_says_why_not(life):
    erase(life.learner, by=None, at=LATER)
    data = export(life.learner)["data"]
    reasons = {label for owner in personal_data for label, reason in owner.kept.items() if reason}
    assert [label for label, rows in data.items() if rows and label not in reasons] == []


def test_nobody_else_is_touched(life):
    before = export(life.neighbour)
    erase(life.learner, by=None, at=LATER)
    # Who looked at the neighbour is still there, under what the erased account is called now.
    for row in before["data"]["bdhvs_lms.AccessLog"]:
        row["user_label"] = row["user_label"].replace("dtbuoi", f"erased-{life.learner.actor}")
    assert export(life.neighbour) == before


def test_an_erased_person_is_shown_without_a_name(life):
    erase(life.learner, by=None, at=LATER)
    shown = names([life.learner.pk, life.neighbour.pk])
    assert shown[life.neighbour.pk] == "neighbour"
    assert shown[life.learner.pk].startswith("(")


def test_a_second_erasure_changes_nothing(life):
    erase(life.learner, by=None, at=LATER)
    before = everything()
    assert erase(life.learner, by=None, at=LATER + timedelta(days=1)) == 0
    assert everything() == before


def test_erasure_is_logged_without_the_name_even_when_the_person_did_it(life):
    erase(life.learner, by=life.user, at=LATER)
    row = AccessLog.objects.get(page="privacy.erase")
    assert (row.actors, row.user_id, row.at) == ({life.learner.actor}, life.user.pk, LATER)
    assert "dtbuoi" not in row.user_label


@pytest.mark.parametrize("who", ["own account", "operator", "machine"])
def test_who_may_erase(life, who):
    plain = make_user()
    link_user(life.neighbour, plain)
    by = {"own account": plain, "operator": make_user("delete_person"), "machine": None}[who]
    assert erase(life.neighbour, by=by, at=LATER) > 0
    assert AccessLog.objects.filter(page="privacy.erase").count() == 1


@pytest.mark.parametrize("who", ["visitor", "stranger", "another learner", "teacher"])
def test_who_may_not_erase(life, who):
    other = make_user()
    if who == "another learner":
        register(full_name="Khác", at=T0, user=other)
    if who == "teacher":
        add_teacher(apps.get_model("bdhvs_lms.ClassGroup").objects.get(), other, at=T0, by=None)
    before = everything()
    with pytest.raises(PermissionDenied):
        erase(life.learner, by=AnonymousUser() if who == "visitor" else other, at=LATER)
    assert everything() == before


@pytest.mark.parametrize("others", ["none", "one who is closed"])
def test_the_last_active_superuser_is_not_erased(life, others):
    others_row = get_user_model().objects.filter(username="another-operator")
    if others == "none":
        others_row.delete()
    else:
        others_row.update(is_active=False)
    before = everything()
    for by in (None, life.user):
        with pytest.raises(LastOperator, match="createsuperuser"):
            erase(life.learner, by=by, at=LATER)
    assert everything() == before
    # Who looks after nothing goes as before.
    assert erase(life.neighbour, by=None, at=LATER) > 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer anyway")
def test_operators_are_locked_before_they_are_counted(life):
    with CaptureQueriesContext(connection) as queries:
        erase(life.learner, by=None, at=LATER)
    asked = [q["sql"] for q in queries if '"is_superuser"' in q["sql"].partition(" WHERE ")[2]]
    assert asked[-1].endswith("FOR UPDATE")


def test_a_withdrawal_is_a_further_row_and_only_where_there_is_a_consent(life):
    rows = Consent.objects.filter(actor=life.learner.actor).order_by("id")
    before = list(rows.values())
    assert withdraw_consent(life.learner, at=LATER)
    assert not withdraw_consent(life.learner, at=LATER)
    assert list(rows.values())[:-1] == before
    assert (rows.last().given, rows.last().at) == (False, LATER)
    assert not has_consent(life.learner.actor) and has_consent(life.neighbour.actor)


@pytest.mark.parametrize("act", ["erase", "withdraw"])
def test_the_lock_comes_first(life, act):
    connection.run_on_commit.clear()  # what the same transaction holds already is not locked again
    with CaptureQueriesContext(connection) as queries:
        if act == "erase":
            erase(life.learner, by=None, at=LATER)
        else:
            withdraw_consent(life.learner, at=LATER)
    first = next(q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "BEGIN")))
    assert first.startswith("SELECT") and '"bdhvs_lms_learner"' in first
    if connection.vendor == "postgresql":
        assert first.endswith("FOR NO KEY UPDATE")


def test_an_owner_that_fails_undoes_the_erasure_but_for_what_others_said(life, monkeypatch):
    """That goes first, in short transactions; the person is there whole, and erasing again goes on."""

    def ours() -> dict[str, list[dict[str, Any]]]:
        kept = {label: rows for label, rows in everything().items() if not label.startswith("bdhvs_xapi.")}
        return kept | {"bdhvs_lms.Learner": [{**row, "erasing_since": None} for row in kept["bdhvs_lms.Learner"]]}

    before = ours()
    with monkeypatch.context() as patched:
        patched.setitem(personal_data._items, Strange.key, Strange())
        with pytest.raises(RuntimeError, match="cannot"):
            erase(life.learner, by=None, at=LATER)
    assert ours() == before
    assert erase(life.learner, by=None, at=LATER) > 0
    assert tables_with(SECRETS) == dict.fromkeys(SECRETS, [])


class Killed(BaseException):
    pass


STEPS = ("may_erase", "erase_words", "erase_person", "log_access", "settle")


def _erased_with_a_kill(life: Any, steps: int, monkeypatch: Any, capture: Any) -> tuple[int, Any]:
    """Erase the person, killed after so many steps, and have the nightly job finish it. How many steps it took, and
    what is left; taken back afterwards."""
    done: list[str] = []

    def counted(name: str, real: Any) -> Any:
        def step(*arguments: Any, **named: Any) -> Any:
            answered = real(*arguments, **named)
            done.append(name)
            if len(done) == steps:
                raise Killed
            return answered

        return step

    with transaction.atomic():
        with monkeypatch.context() as patched:
            patched.setattr(actions, "PIECE", 1)
            for name in STEPS:
                patched.setattr(actions, name, counted(name, getattr(actions, name)))
            with suppress(Killed), capture(execute=True):
                erase(life.learner, by=None, at=LATER)
            took = len(done)
            with capture(execute=True):
                call_command("purge_people", yes=True, stdout=io.StringIO())
            assert done[-1] == "settle"
        left = {label: len(rows) for label, rows in everything().items()}
        logged = list(AccessLog.objects.filter(page="privacy.erase").values_list("user_label", flat=True))
        since = Learner.objects.exclude(erasing_since=None).count()
        state = (left, logged, since, tables_with(SECRETS))
        transaction.set_rollback(True)
    return took, state


def test_an_erasure_that_was_killed_is_finished_at_night(
    life, settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.BDHVS_TEST_CLOCK = LATER.isoformat()
    steps, whole = _erased_with_a_kill(life, -1, monkeypatch, django_capture_on_commit_callbacks)
    assert whole[1:] == (["-"], 0, dict.fromkeys(SECRETS, []))
    assert steps > len(STEPS), "words in pieces"
    for kill in range(2, steps + 1):
        _took, state = _erased_with_a_kill(life, kill, monkeypatch, django_capture_on_commit_callbacks)
        assert state == whole, kill


def test_the_nightly_job_goes_on_when_one_begun_erasure_is_refused(life, settings, django_capture_on_commit_callbacks):
    """Who became the last operator meanwhile stays, and that is said; the others are erased."""
    settings.BDHVS_TEST_CLOCK = LATER.isoformat()
    Learner.objects.filter(pk__in=[life.learner.pk, life.neighbour.pk]).update(erasing_since=LATER)
    get_user_model().objects.filter(username="another-operator").delete()
    named = set(Learner.objects.exclude(person=None))
    out, err = io.StringIO(), io.StringIO()
    call_command("purge_people", dry_run=True, stdout=out, stderr=err)
    assert "Also 2 erasures" in out.getvalue() and set(Learner.objects.exclude(person=None)) == named
    with django_capture_on_commit_callbacks(execute=True):
        call_command("purge_people", yes=True, stdout=out, stderr=err)
    assert "Finished: 1 erasures" in out.getvalue()
    assert "last active superuser" in err.getvalue() and str(life.learner.actor) in err.getvalue()
    assert set(Learner.objects.exclude(person=None)) == named - {life.neighbour}


def test_owners_are_told_apart():
    labels = Counter(label.lower() for owner in personal_data for label in owner.models)
    assert [label for label, number in labels.items() if number > 1] == []
