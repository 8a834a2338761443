"""`export_person` and `erase_person`, as an operator types them."""

from __future__ import annotations

import json
import stat
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.learners.api import Learner, Person, link_user
from bdhvs_lms.privacy.api import export, find_learner
from tests.support.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def lan() -> Learner:
    learner = World().learner("Nguyễn Thị Lan")
    link_user(learner, get_user_model().objects.create_user("lan"))
    return learner


def run(*arguments: Any) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def answering(monkeypatch: pytest.MonkeyPatch, answer: str) -> list[str]:
    """The keyboard says this; the questions that were asked."""
    asked: list[str] = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or answer)
    return asked


def test_a_person_is_found_by_user_name_or_actor(lan: Learner) -> None:
    assert find_learner("lan") == find_learner(str(lan.actor)) == lan
    assert [find_learner(text) for text in ("Lan", "", str(uuid4()))] == [None, None, None]
    # A user name may look like a UUID.
    odd = str(uuid4())
    link_user(lan, get_user_model().objects.create_user(odd))
    assert find_learner(odd) == lan


@pytest.mark.parametrize("command", ["export_person", "erase_person"])
def test_nobody_of_that_name_is_an_error(lan: Learner, command: str) -> None:
    with pytest.raises(CommandError, match="No learner 'minh'"):
        run(command, "minh")


def test_the_export_is_all_of_it_and_written_down_as_the_machines(lan: Learner) -> None:
    expected = export(lan)
    assert json.loads(run("export_person", "lan")) == expected
    row = AccessLog.objects.get()
    assert (row.user, row.user_label, row.actors, row.page) == (None, "-", {lan.actor}, "export_person")


def test_the_file_is_its_owners_only_and_never_replaces_another(lan: Learner, tmp_path: Path) -> None:
    target = tmp_path / "lan.json"
    expected = export(lan)
    run("export_person", str(lan.actor), "--output", str(target))
    assert json.loads(target.read_text(encoding="utf-8")) == expected
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with pytest.raises(CommandError, match=r"--output: File exists"):
        run("export_person", "lan", "--output", str(target))
    assert AccessLog.objects.count() == 1, "what was not handed out is not written down"


def test_erasing_asks_with_the_name_and_takes_yes_only(lan: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    for answer in ("", "y", "no"):
        asked = answering(monkeypatch, answer)
        with pytest.raises(CommandError, match="Nothing was erased"):
            run("erase_person", "lan")
        assert "Nguyễn Thị Lan" in asked[0] and str(lan.actor) in asked[0]
    assert Person.objects.filter(learner=lan).exists()
    answering(monkeypatch, "yes")
    assert run("erase_person", "lan").startswith("Erased: ")
    assert not Person.objects.filter(learner=lan).exists()


def test_a_script_says_yes_beforehand(lan: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    with pytest.raises(CommandError, match="--yes"):
        run("erase_person", "lan")
    run("erase_person", "lan", "--yes")
    assert run("erase_person", str(lan.actor), "--yes") == "There was nothing left to erase.\n"


def test_the_last_operator_stays(lan: Learner) -> None:
    get_user_model().objects.filter(username="lan").update(is_superuser=True)
    with pytest.raises(CommandError, match="last active superuser"):
        run("erase_person", "lan", "--yes")
    assert Person.objects.filter(learner=lan).exists()
