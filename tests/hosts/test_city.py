"""docs/install.md on a site that others wrote (`city/`): what it was it stays, and our pages work in it.

The city has members by e-mail address through django-allauth, its own user, image and document models, three languages
with prefixes, two sites, wagtail-localize, wagtail-lms beside us, pages called as ours are, and a base template whose
blocks have names of its own.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page

from tests.architecture.layers import ROOT
from tests.packaging.following import steps_of
from tests.packaging.installing import keep, run
from tests.support.browsing import opened
from tests.support.live import clean_environment, free_port

# The city has a database of its own, in a file.
pytestmark = pytest.mark.thorough

HERE = Path(__file__).parent
LOOKED_AT = ("/en/", "/fr/", "/en/knitting/", "/en/news-3/", "/en/accounts/login/", "/en/fire-safety-wagtail-lms/")
PAGES = 200
OURS = ("*/migrations/*.py", "*/*/migrations/*.py")
# `manage.py` as it stands, for one command after the other in one process. With a collector that seldom looks through
# all that Django and Wagtail load, and not at the end: a quarter to a half of what a command takes.
MANAGE = """
import atexit, gc, json, runpy, sys
gc.set_threshold(100_000, 50, 100)
atexit.register(gc.freeze)
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["manage.py", *arguments]
    runpy.run_path("manage.py", run_name="__main__")
"""


def shell(code: str) -> list[str]:
    """Return the command that runs this code."""
    return ["shell", "--no-imports", "-c", code]


class City:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "city.sqlite3"
        shutil.copytree(HERE / "city", folder)

    def manage(self, *commands: list[str], **environment: str) -> str:
        return run(
            sys.executable, "-W", "ignore", "-c", MANAGE, json.dumps(commands),
            cwd=self.folder, DJANGO_SETTINGS_MODULE="city.settings.dev", **environment,
        )  # fmt: skip

    def migrate(self, name: str, *of: Path) -> None:
        """Migrate, or take the database that was kept when this was last done with the same files."""
        files = [*sorted(HERE.glob("city/**/*.py")), *sorted(of)]
        keep(self.database, name, files, lambda: self.manage(["migrate", "--verbosity", "0"]))

    def own_tests(self) -> str:
        """The last line that the city's own tests say, on a copy of its database."""
        shutil.copyfile(self.database, self.folder / "test.sqlite3")
        return self.manage(["test", "--keepdb"], PYTHONUNBUFFERED="1").strip().splitlines()[-2]

    def crawl(self, most: int, *first: list[str], **people: list[str]) -> list[tuple[str, str, int, str]]:
        """Run the commands, then follow links from where each of the people begins, in one process."""
        code = (HERE / "crawl.py").read_text(encoding="utf-8")
        said = self.manage(*first, shell(code), CRAWL_MOST=str(most), CRAWL_PEOPLE=json.dumps(people))
        return [(who, address, status, stood) for who, address, status, stood in json.loads(said.splitlines()[-1])]

    @contextmanager
    def served(self) -> Iterator[str]:
        port = free_port()
        command = [["runserver", "--noreload", f"127.0.0.1:{port}"]]
        with (self.folder / "server.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-c", MANAGE, json.dumps(command)],
                cwd=self.folder,
                env=clean_environment(DJANGO_SETTINGS_MODULE="city.settings.dev"),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            deadline = time.monotonic() + 60
            while True:
                assert process.poll() is None and time.monotonic() < deadline, (self.folder / "server.log").read_text()
                try:
                    httpx.get(f"http://127.0.0.1:{port}/en/", timeout=30)
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            # The name that the city's site has.
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait(20)

    @contextmanager
    def opened(self, chromium: str) -> Iterator[tuple[str, Page]]:
        """Its address, and a page of a member's telephone."""
        with self.served() as url, opened(chromium) as browser:
            yield url, browser.new_page(viewport={"width": 390, "height": 800})

    def install(self) -> str:
        """What docs/install.md says for a site that one has; what its commands said."""
        said = ""
        # The city's files have other names than the document's.
        named = {"mysite/settings/base.py": "city/settings/base.py", "mysite/urls.py": "city/urls.py"}
        for step in steps_of("install.md", "existing")[1:]:
            if step.kind == "run":
                lines = [line for line in step.text.splitlines() if "tryout" not in line]
                commands = commands_of("\n".join(lines))
                if ["migrate"] in commands:
                    self.migrate("installed", *(file for way in OURS for file in ROOT.glob(way)))
                said += self.manage(*commands)
                continue
            target = named.get(step.target, step.target.replace("mysite/", "city/"))
            if target == "tryout.py":
                continue
            file = self.folder / target
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a" if step.kind == "append" else "x", encoding="utf-8") as opened_file:
                opened_file.write(f"\n{step.text}")
        return said


def commands_of(text: str) -> list[list[str]]:
    """What a block of the document has `manage.py` do."""
    found = [line.partition("#")[0].split() for line in text.splitlines()]
    return [words[2:] for words in found if words[:2] == ["python", "manage.py"]]


def looks(url: str, page: Page) -> dict[str, bytes]:
    """Pictures of the city's own pages, as members see them."""
    taken = {}
    for address in LOOKED_AT:
        answer = page.goto(f"{url}{address}")
        assert answer is not None and answer.status == 200, address
        taken[address] = page.screenshot(full_page=True)
    return taken


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> City:
    """The city with its own pages and people, and nothing of ours."""
    city = City(tmp_path_factory.mktemp("host") / "city")
    city.migrate("city")
    city.manage(["seed"])
    return city


@pytest.fixture(scope="module")
def before(seeded: City, chromium: str) -> dict[str, bytes]:
    """What the city looks like before anything of ours."""
    assert "bdhvs" not in (seeded.folder / "city/settings/base.py").read_text(encoding="utf-8")
    with seeded.opened(chromium) as (url, page):
        return looks(url, page)


@pytest.fixture(scope="module")
def city(seeded: City) -> City:
    """The same one, with everything of ours installed."""
    said = seeded.install()
    assert re.findall(r"\((\w+\.[A-Z]\d+)\)", said) == [], said
    return seeded


def stands_in_the_citys_own_frame(url: str, page: Page) -> None:
    """Whole: its head, its class of the body and what is around a page have blocks, named as anybody names them.
    What it says of a heading in `#page`, and of a class that we happen to have too, is said of its own pages."""
    page.goto(f"{url}/en/dang-nhap/")
    html = page.content()
    look = "one => { const s = getComputedStyle(one); return [s.color, s.textTransform, s.textAlign, s.fontFamily]; }"
    page.evaluate("document.querySelector('main').classList.add('hero')")
    heading = page.eval_on_selector("main h1", look)
    page.set_content(html.replace("</main>", '<img width="40" height="30" src="/no"></main>'))
    assert page.eval_on_selector("main img", "one => one.getBoundingClientRect().width") == 40
    head, _, body = html.partition("<body")
    assert "city.css" in head
    assert "Sign in – City" in " ".join(head.split())
    assert 'class="city"' in body
    assert body.index('id="page"') < body.index("bdhvs_theme/scoped/site.css") < body.index('<main id="main"')
    assert body.index("</main>") < body.index("City hall")
    assert heading[:3] == ["rgb(27, 27, 27)", "none", "start"]
    assert heading[3].startswith("system-ui")


def test_the_city_is_as_it_was_and_our_pages_stand_in_its_frame(
    before: dict[str, bytes], city: City, chromium: str
) -> None:
    """Its own tests pass, and no page of it looks otherwise: compared pixel by pixel, as files."""
    assert city.own_tests() == "OK"
    with city.opened(chromium) as (url, page):
        now = looks(url, page)
        stands_in_the_citys_own_frame(url, page)
    assert {address for address in LOOKED_AT if now[address] != before[address]} == set()


COURSE = """
from wagtail.models import Locale, Site
from bdhvs_content.api import CatalogPage, CoursePage, LessonPage
from bdhvs_quiz.api import QuizItem, QuizPage, SingleChoiceQuestion

def publish(parent, page):
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page

home = Site.objects.get(is_default_site=True).root_page
catalog = publish(home, CatalogPage(title="Courses for everybody", slug="learn", live=False))
course = publish(catalog, CoursePage(title="Safe on the net", intro="For all.", live=False))
publish(course, LessonPage(title="What an OTP is", body=[("text", "<p>Read it to nobody.</p>")], live=False))
answers = {"Tell it": False, "Do not tell it": True}
options = [{"type": "option", "value": {"text": text, "right": right}} for text, right in answers.items()]
question = SingleChoiceQuestion(prompt="A stranger asks for it.", options=options, live=False)
question.save()
question.save_revision().publish()
quiz = QuizPage(title="Final quiz", live=False)
quiz.items.add(QuizItem(question=question))
publish(course, quiz)
"""


@pytest.mark.versions
def test_courses_of_wagtail_lms_feed_the_core(city: City) -> None:
    """Facts, enrolments and completions, with the adapter beside it; and nothing of whoever has not agreed."""
    with (city.folder / "city/settings/base.py").open("a") as settings:
        settings.write('\nINSTALLED_APPS += ["bdhvs_wagtail_lms"]\n')
    code = (HERE / "beside_wagtail_lms.py").read_text(encoding="utf-8")
    assert city.manage(shell(code)).strip().endswith("as it should be")


@pytest.mark.versions
def test_a_quiz_asks_in_the_language_of_its_page(city: City) -> None:
    """Translated with wagtail-localize, questions too; both languages' results are of one quiz."""
    code = (HERE / "french_quiz.py").read_text(encoding="utf-8")
    assert city.manage(shell(code)).strip().endswith("as it should be")


def test_two_hundred_pages_open_for_whoever_may_open_them(city: City) -> None:
    found = city.crawl(
        120,
        shell(COURSE),
        **{
            "": ["/en/", "/fr/", "/en/learn/", "/en/sign-in/"],
            "ana@city.example": ["/en/", "/en/learn/", "/en/my-learning/", "/en/learning-help/"],
            "mayor@city.example": [
                "/cms/",
                "/cms/chien-dich/dia-ban/",
                "/cms/pages/",
                "/en/teaching/",
                "/en/steering/",
            ],
        },
    )
    assert len(found) >= PAGES
    assert {row for row in found if row[2] >= 500} == set()
    # No link of a page leads nowhere. Starts are of this test.
    assert [row for row in found if row[2] == 404 and row[3]] == []
    who = Counter(row[0] for row in found if row[2] == 200)
    assert min(who[""], who["ana@city.example"]) > 30 and who["mayor@city.example"] > 60, who
    ours = [address for _who, address, status, _stood in found if status == 200 and "/learn/" in address]
    assert any("safe-on-the-net" in address for address in ours), found


LEAVE = re.compile(r"<!-- leave: run( then)? -->\n+```sh\n(.*?)```", re.DOTALL)
EMPTIED = "from bdhvs_content.api import CatalogPage; [page.delete() for page in CatalogPage.objects.all()]"


def test_everything_goes_again(city: City) -> None:
    """As the document says: no table of ours is left, and the city is what it was."""
    first, translated, then = LEAVE.findall((ROOT / "docs/install.md").read_text(encoding="utf-8"))
    city.manage(shell(EMPTIED), *commands_of(first[1]))
    shutil.copytree(HERE / "city/city", city.folder / "city", dirs_exist_ok=True)
    shutil.rmtree(city.folder / "city/templates/bdhvs_theme")
    (code,) = re.findall(r'-c "(.*)"', translated[1], re.DOTALL)
    commands = [shell(code), *commands_of(then[1]), ["migrate", "--check"]]
    people = {"": ["/en/", "/fr/"], "mayor@city.example": ["/cms/", "/cms/pages/"]}
    found = city.crawl(40, *commands, **people)
    assert [row for row in found if row[2] not in (200, 302)] == []
    with closing(sqlite3.connect(city.database)) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        types = database.execute("SELECT model FROM django_content_type WHERE app_label LIKE 'bdhvs%'").fetchall()
    assert {name for name in tables if name.startswith("bdhvs_")} == set()
    assert types == []
