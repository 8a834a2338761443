"""A site whose own models have the names of ours: it starts, and both kinds of pages live and go."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.live import copy_sqlite

ROOT = Path(__file__).parents[2]
MODELS = """
from django.conf import settings
from django.db import models
from wagtail.models import LockableMixin, Page, RevisionMixin

class CatalogPage(Page): pass
class CoursePage(Page): pass
class SectionPage(Page): pass
class LessonPage(Page): pass
class QuizPage(Page): pass
class H5PPage(Page):
    alternative_page = models.ForeignKey(Page, on_delete=models.PROTECT, null=True, related_name="pages")

class Question(LockableMixin, RevisionMixin, models.Model): pass
class ClassTeacher(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="taught_classes")
class SteeringAssignment(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="steering_assignments")
"""
PROGRAM = """
import json
import django
django.setup()
from django.core.management import call_command
call_command("check")
call_command("makemigrations", "academy", verbosity=0)
call_command("migrate", verbosity=0)
from wagtail.models import Page
import academy.models as theirs
from bdhvs_content.api import CatalogPage, CoursePage
root = Page.objects.get(depth=1)
root.add_child(instance=theirs.CoursePage(title="Theirs", slug="theirs"))
catalog = root.add_child(instance=CatalogPage(title="Catalogue", slug="catalogue"))
course = catalog.add_child(instance=CoursePage(title="Ours", intro="x", slug="ours"))
told = [type(page).__module__ for page in Page.objects.filter(slug__in=["theirs", "ours"]).specific().order_by("slug")]
counts = [CoursePage.objects.count(), theirs.CoursePage.objects.count()]
copied = course.copy(update_attrs={"slug": "again", "title": "Again"}, to=catalog)
Page.objects.get(slug="theirs").delete()
Page.objects.get(slug="catalogue").delete()
left = [CoursePage.objects.count(), theirs.CoursePage.objects.count()]
print(json.dumps([told, counts, copied.intro, left]))
"""


@pytest.mark.thorough
def test_a_site_may_call_its_own_models_as_ours_are_called(tmp_path: Path, migrated: str) -> None:
    (tmp_path / "var").mkdir()
    if Path(migrated).is_file():  # not the name of a PostgreSQL database
        copy_sqlite(Path(migrated), tmp_path / "var" / "db.sqlite3")
    (tmp_path / "academy/migrations").mkdir(parents=True)
    (tmp_path / "academy/__init__.py").touch()
    (tmp_path / "academy/migrations/__init__.py").touch()
    (tmp_path / "academy/models.py").write_text(MODELS)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("BDHVS_", "DATABASE_URL"))}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={
            **environment,
            "DJANGO_SETTINGS_MODULE": "bdhvs_lms.site.settings",
            "BDHVS_DATA_DIR": str(tmp_path / "var"),
            "BDHVS_SECRET_KEY": "only-for-this-test-" + "0123456789" * 5,
            "BDHVS_INSECURE_LOOPBACK": "1",
            "BDHVS_EXTRA_APPS": "academy",
            "PYTHONPATH": f"{tmp_path}:{ROOT}",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    told, counts, intro, left = json.loads(done.stdout.splitlines()[-1])
    assert told == ["bdhvs_content.models", "academy.models"]
    assert counts == [1, 1]
    assert intro == "x"
    assert left == [0, 0]
