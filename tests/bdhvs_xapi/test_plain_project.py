"""The app alone: a plain Django project without Wagtail, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import json, sys
from datetime import UTC, datetime
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from bdhvs_xapi import api
from tests.bdhvs_xapi.support import HOME, LEARNER_KEY, QUIZ, passed

call_command("check", fail_level="WARNING")
call_command("migrate", verbosity=0)
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
api.ensure_authority("site", agent=api.account_actor(HOME, "site"), trust=api.Trust.SERVER_GRADED)
sent = passed()
with transaction.atomic():
    api.record(sent, authority="site", received_at=datetime(2025, 11, 15, 3, tzinfo=UTC))
[fact] = api.facts(actor_key=LEARNER_KEY, activity=QUIZ)
# Another system, over HTTP.
import base64, io
from django.test import Client
printed = io.StringIO()
call_command("lrs", "credential", "another system", "--scope", "all", "--json", stdout=printed)
made = json.loads(printed.getvalue())
token = base64.b64encode(f"{made['key']}:{made['secret']}".encode()).decode()
headers = {"Authorization": f"Basic {token}", "X-Experience-API-Version": "2.0.0"}
client, root = Client(headers=headers), "/records/xapi/"
posted = client.post(root + "statements", passed(), content_type="application/json")
assert posted.status_code == 200, posted.content
listed = client.get(root + "statements", {"limit": "1"}).json()
account = listed["statements"][0]["authority"]["account"]
assert account == {"homePage": "https://plain.example.org/", "name": made["key"]}
assert len(client.get(listed["more"]).json()["statements"]) == 1
assert client.get(root + "nothing").json()["error"] == "no such resource"
assert client.get("/elsewhere").status_code == 404
strangers = {name.partition(".")[0] for name in sys.modules} & {"wagtail", "bdhvs_lms", "bdhvs_content", "taggit"}
print(json.dumps([list(settings.INSTALLED_APPS), sent["id"], str(fact.statement_id), sorted(strangers)]))
"""


def test_migrate_record_query(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        env={
            **environment,
            "DJANGO_SETTINGS_MODULE": "tests.bdhvs_xapi.settings_plain",
            "PLAIN_SQLITE": str(tmp_path / "ledger.sqlite3"),
            "PYTHONPATH": str(ROOT),
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    apps, sent, found, strangers = json.loads(done.stdout.splitlines()[-1])
    assert apps == ["bdhvs_xapi"]
    assert found == sent
    assert strangers == []


def test_statements_know_no_django() -> None:
    """The layer below the store is plain Python."""
    code = (
        "import sys, pkgutil, importlib, bdhvs_xapi.statements as package\n"
        "for module in pkgutil.iter_modules(package.__path__):\n"
        "    importlib.import_module(f'bdhvs_xapi.statements.{module.name}')\n"
        "assert len([name for name in sys.modules if name.startswith('bdhvs_xapi.statements.')]) >= 9\n"
        "assert 'django' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)
