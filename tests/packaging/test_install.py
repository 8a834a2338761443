"""docs/install.md on a real Wagtail project, block by block: the wheel, a clean environment, a server, plain HTTP."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.architecture.layers import APPS, ROOT
from tests.packaging.following import Site, first_step_taken, steps_of
from tests.packaging.installing import keep, run
from tests.support.markup import collapsed

pytestmark = pytest.mark.thorough

PASSWORD = "thu-tren-may-nay"
# Of the ready site, and of a site with wagtail-lms: another one runs, and learns, without them.
ONLY_READY = {"bdhvs_demo", "bdhvs_wagtail_lms", "bdhvs_allauth"}


@pytest.fixture(scope="session")
def installed(wheel: Path, once: Any) -> Path:
    return first_step_taken("install.md", wheel, once)


@pytest.fixture
def project(installed: Path, tmp_path: Path) -> Site:
    run(installed / "wagtail", "start", "mysite", cwd=tmp_path)
    return Site(tmp_path / "mysite", installed)


# --- Somebody at a browser without scripts ---------------------------------------------------------------------------


class Visitor:
    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, follow_redirects=True, timeout=30)
        self.page = ""

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *error: object) -> None:
        self.client.close()

    def open(self, address: str) -> str:
        return self._took(self.client.get(address))

    def _took(self, response: httpx.Response) -> str:
        assert response.status_code == 200, f"{response.request.url}: {response.status_code}\n{response.text[:2000]}"
        self.address = response.url.path
        self.page = collapsed(response.text)
        return self.page

    def link(self, words: str) -> str:
        """The address behind a link with these words."""
        # Of a card, everything in it is the link: pictures come before its words.
        links = re.findall(r'<a\b[^>]*href="([^"]+)"[^>]*>(.*?)</a>', self.page, re.DOTALL)
        found = [href for href, inside in links if re.sub(r"<[^>]+>", "", inside).strip().startswith(words)]
        assert found, f"no link “{words}” on {self.address}:\n{self.page}"
        return unescape(found[0])

    def send(self, action: str, **values: str) -> str:
        """Fill in and send the form whose action, or whose page, ends so."""
        forms = re.findall(r"<form\b([^>]*)>(.*?)</form>", self.page, re.DOTALL)
        for attributes, inside in forms:
            target = re.search(r'action="([^"]*)"', attributes)
            address = target[1] if target else self.address
            if 'method="post"' in attributes and address.endswith(action):
                hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside)
                return self._took(self.client.post(address, data={**dict(hidden), **values}))
        raise AssertionError(f"no form for {action} on {self.address}:\n{self.page}")

    def sign_in(self, name: str, at: str) -> str:
        self.open(at)
        return self.send(at, username=name, password=PASSWORD)


@dataclass(frozen=True)
class Addresses:
    """Words of our addresses in the language of a site."""

    before: str
    sign_in: str
    my_learning: str
    teaching: str
    steering: str
    enrol: str
    done: str
    board: str
    roll: str

    def __call__(self, name: str) -> str:
        return f"{self.before}/{getattr(self, name)}/"


VIETNAMESE = Addresses("", "dang-nhap", "viec-hoc", "day", "chi-dao", "dang-ky", "da-hoc", "bang", "lop")
ENGLISH = Addresses("/learn", "sign-in", "my-learning", "teaching", "steering", "enrol", "finished", "board", "class")


def learn(url: str, at: Addresses, *, quiz: bool) -> None:
    with Visitor(url) as lan:
        lan.open("/khoa-hoc/")
        lan.open(lan.link("An toàn trên mạng"))
        course = lan.address
        lan.sign_in("lan@example.vn", at("sign_in"))
        lan.open(course)
        lan.send(f"/{at.enrol}/", consent="on")
        lan.open(lan.link("Mã OTP là gì"))
        assert "Ai hỏi mã OTP cũng không đọc." in lan.page
        lan.send(f"/{at.done}/")
        assert f"/{at.done}/" not in lan.page, "the lesson is done"
        if quiz:
            lan.open(course)
            lan.open(lan.link("Kiểm tra cuối bài"))
            lan.send("/bat-dau/")
            (answer,) = re.findall(r'<input type="radio"([^>]*)> <span[^>]*>Không đọc cho ai<', lan.page)
            fields = dict(re.findall(r'(name|value)="([^"]+)"', answer))
            lan.send(lan.address, **{fields["name"]: fields["value"], "do": "submit"})
            assert lan.address.endswith("/ket-qua/")
            assert "1/1" in lan.page
        assert "An toàn trên mạng" in lan.open(at("my_learning"))
        assert lan.client.get(at("teaching")).status_code == 403


def look(url: str, at: Addresses) -> None:
    with Visitor(url) as teacher:
        teacher.sign_in("huongdan@example.vn", at("sign_in"))
        assert teacher.address == at("teaching")
        teacher.open(teacher.link("Lớp tối thứ Ba"))
        assert "Nguyễn Thị Lan" in teacher.page
        assert teacher.client.get(f"{teacher.address}{at.roll}.xlsx").content.startswith(b"PK")
    with Visitor(url) as committee:
        committee.sign_in("chidao@example.vn", at("sign_in"))
        assert committee.address == at("steering")
        assert "<table" in committee.page
        assert "Nguyễn Thị Lan" not in committee.page
        # Files are those of readings, and nobody has made one yet.
        saved = committee.client.get(f"{at('steering')}{at.board}.csv")
        assert saved.status_code == 200 and saved.url.path != f"{at('steering')}{at.board}.csv"
        assert at is ENGLISH or "Chưa chốt kỳ số liệu nào." in saved.text, "the other site has pages of its own"


def administer(url: str, at: Addresses, *, menu: str) -> None:
    with Visitor(url) as editor:
        editor.sign_in("bientap@example.vn", at("sign_in"))
        assert editor.address == "/admin/"
        editor.open("/admin/pages/")
        found = re.search(r'id="page_(\d+)_title">\s*(?:<svg[^>]*>.*?</svg>)?\s*An toàn trên mạng', editor.page)
        assert found, editor.page
        assert "Mã OTP là gì" in editor.open(f"/admin/pages/{found[1]}/")
        editor.open(f"/admin/pages/add/bdhvs_content/lessonpage/{found[1]}/")
    with Visitor(url) as operator:
        operator.sign_in("vanhanh@example.vn", at("sign_in"))
        # The sidebar is made by a script from these words.
        assert json.dumps(menu) in operator.page
        operator.open("/admin/chien-dich/dia-ban/")


# --- The two installations -------------------------------------------------------------------------------------------

USER = '''
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractUser):
    """People of this site sign in with their e-mail address."""

    id = models.BigAutoField(primary_key=True)
    username = None
    email = models.EmailField(unique=True)
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = UserManager()
'''
USER_MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]
    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("password", models.CharField(max_length=128)),
                ("last_login", models.DateTimeField(blank=True, null=True)),
                ("is_superuser", models.BooleanField(default=False)),
                ("first_name", models.CharField(blank=True, max_length=150)),
                ("last_name", models.CharField(blank=True, max_length=150)),
                ("is_staff", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("date_joined", models.DateTimeField()),
                ("email", models.EmailField(unique=True)),
                ("groups", models.ManyToManyField("auth.group", related_name="user_set", related_query_name="user")),
                ("user_permissions", models.ManyToManyField("auth.permission", related_name="user_set")),
            ],
        ),
    ]
"""


# The class page as the teacher sees it, on a site that no longer knows quizzes.
TAKEN_AWAY = """
import json
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from bdhvs_lms.classes.api import ClassGroup
call_command("check", databases=["default"])
client = Client(SERVER_NAME="localhost")
client.force_login(get_user_model().objects.get(email="huongdan@example.vn"))
answer = client.get(reverse("bdhvs_lms:class-review", args=[ClassGroup.objects.get().uuid]))
print(json.dumps([answer.status_code, answer.content.decode()]))
"""


@pytest.mark.thorough
def test_a_new_vietnamese_site_with_accounts_of_its_own_and_its_own_frame(project: Site) -> None:
    people = project.folder / "people"
    (people / "migrations").mkdir(parents=True)
    for file, text in {"models.py": USER, "migrations/0001_initial.py": USER_MIGRATION}.items():
        (people / file).write_text(text)
        (people / file).with_name("__init__.py").touch()
    with (project.folder / "mysite/settings/base.py").open("a") as settings:
        settings.write('\nINSTALLED_APPS.insert(0, "people")\nAUTH_USER_MODEL = "people.User"\n')
    for step in steps_of("install.md")[1:]:
        project.carry_out(step)
    assert "no issues" in project.said[-1]
    with project.served() as url:
        learn(url, VIETNAMESE, quiz=True)
        look(url, VIETNAMESE)
        administer(url, VIETNAMESE, menu="Chiến dịch")
        with Visitor(url) as visitor:
            framed = visitor.open("/khoa-hoc/")
        assert "css/mysite.css" in framed
        assert "bdhvs_theme/scoped/site.css" in framed
    assert project.ours() == {package.name for package in APPS} - ONLY_READY
    # "A package that may be left out: name it".
    settings = project.folder / "mysite/settings/base.py"
    configured = settings.read_text(encoding="utf-8").replace("globals(), ", 'globals(), without=["bdhvs_quiz"], ')
    settings.write_text(configured, encoding="utf-8")
    said = project.run("python", "manage.py", "shell", "--no-imports", "-c", TAKEN_AWAY)
    assert re.findall(r"\((bdhvs_\w+\.[EW]\d+)\)", said) == ["bdhvs_lms.W001"]
    status, page = json.loads(said.splitlines()[-1])
    assert status == 200
    assert "thiếu phần mở rộng" in page
    assert "Nguyễn Thị Lan" in page


@pytest.mark.thorough
def test_an_english_site_with_pages_of_its_own_takes_courses_only(project: Site) -> None:
    keep(project.folder / "db.sqlite3", "wagtail", [], lambda: project.run("python", "manage.py", "migrate"))
    project.without = frozenset({"bdhvs_theme", "bdhvs_quiz", "bdhvs_h5p", "bdhvs_tasks", "bdhvs_wagtail_vi"})
    steps = steps_of("install.md")
    # "Anywhere": below an address of its own.
    left_out = sorted(project.without - {"bdhvs_wagtail_vi"})
    steps = [
        replace(
            step,
            text=step.text.replace('path("", include("bdhvs_lms', 'path("learn/", include("bdhvs_lms').replace(
                "sign_in=True, vietnamese=True, error_pages=True", f"sign_in=True, without={left_out}"
            ),
        )
        for step in steps
    ]
    for step in [*steps_of("templates.md"), *steps[1:]]:
        project.carry_out(step)
    assert "no issues" in project.said[-1]
    with project.served() as url:
        learn(url, ENGLISH, quiz=False)
        look(url, ENGLISH)
        administer(url, ENGLISH, menu="Campaign")
    assert project.ours() == {"bdhvs_content", "bdhvs_lms", "bdhvs_xapi"}


def test_what_may_be_left_out_is_named_in_the_document() -> None:
    text = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    table: Any = re.findall(r"^\| `(bdhvs_\w+)` \|", text, re.MULTILINE)
    kept = {"bdhvs_content", "bdhvs_lms", "bdhvs_xapi"}
    assert {*table, *kept} == {package.name for package in APPS} - ONLY_READY
