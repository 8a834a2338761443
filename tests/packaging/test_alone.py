"""What may stand alone does, in projects of others, by its own README: the record store in a Django project without
Wagtail, Wagtail's words in a Wagtail project."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.architecture.layers import LEDGER, ROOT, WORDS
from tests.packaging.following import Site, first_step_taken, steps_of
from tests.packaging.installing import run
from tests.support.live import clean_environment
from tests.support.markup import collapsed

pytestmark = pytest.mark.thorough

STRANGERS = "import importlib.util as u; print([n for n in {names!r} if u.find_spec(n)])"
LEDGER_README = ROOT / LEDGER.parent / "README.md"
WORDS_README = ROOT / WORDS.parent / "README.md"


def absent(site: Site, *names: str) -> None:
    assert site.run("python", "-c", STRANGERS.format(names=names)) == "[]\n"


def sent_by(command: str, url: str, key: str, secret: str) -> httpx.Response:
    """What `curl` would send, to ``url`` instead of the address in the document."""
    words = shlex.split(command.replace("\\\n", " ").replace("KEY:SECRET", f"{key}:{secret}"))
    options = list(zip(words, words[1:], strict=False))
    headers = dict(value.split(": ", 1) for name, value in options if name == "-H")
    (body,) = (value for name, value in options if name == "-d")
    (address,) = (word for word in words if word.startswith("http://127.0.0.1:8000/"))
    user, _, password = next(value for name, value in options if name == "-u").partition(":")
    address = address.replace("http://127.0.0.1:8000", url)
    return httpx.post(address, content=body, headers=headers, auth=(user, password), timeout=30)


def test_a_django_project_becomes_a_record_store(dist: Path, tmp_path: Path, once: Any) -> None:
    (wheel,) = dist.glob("bdhvs_xapi-*.whl")
    bin_folder = first_step_taken(LEDGER_README, wheel, once)
    run(bin_folder / "django-admin", "startproject", "mysite", ".", cwd=tmp_path)
    site = Site(tmp_path, bin_folder)
    absent(site, "wagtail", "bdhvs_lms", "bdhvs_content", "polymorphic")
    for step in steps_of(LEDGER_README)[1:]:
        site.carry_out(step)
    checked, credential, results = site.said
    assert "no issues" in checked
    assert "['2026-11-29 http://adlnet.gov/expapi/verbs/passed 0.80 SERVER_GRADED']" in results
    assert "PEERS" == site.run("python", "manage.py", "shell", "-c", "import peers; print('PEERS')").split()[-1]
    (key,) = re.findall(r"key:? +(\S+)", credential)
    (secret,) = re.findall(r"secret:? +(\S+)", credential)
    (command,) = re.findall(r"```sh\n(curl .*?)```", LEDGER_README.read_text(encoding="utf-8"), re.DOTALL)
    with site.served() as url:
        stored = sent_by(command, url, key, secret)
        assert stored.status_code == 200, stored.text
        listed = httpx.get(
            f"{url}/xapi/statements", headers={"X-Experience-API-Version": "2.0.0"}, auth=(key, secret), timeout=30
        ).json()["statements"]
    # What was sent in, and what the project's own code recorded.
    assert [one["result"]["score"]["scaled"] for one in listed] == [0.8, 0.8]
    assert [one["id"] for one in listed][:1] == stored.json()


def test_without_the_ready_sites_packages_its_command_says_what_to_install(
    wheel: Path, tmp_path: Path, once: Any
) -> None:
    bin_folder = first_step_taken(ROOT / "docs/install.md", wheel, once)
    done = subprocess.run(
        [bin_folder / "bdhvs", "check"],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "which needs more than is installed: dj-database-url" in done.stderr
    assert "python -m pip install 'bdhvs-lms[site]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert [*tmp_path.iterdir()] == []


def test_a_wagtail_project_speaks_vietnamese(dist: Path, tmp_path: Path, once: Any) -> None:
    (wheel,) = dist.glob("bdhvs_wagtail_vi-*.whl")
    bin_folder = first_step_taken(WORDS_README, wheel, once)
    run(bin_folder / "wagtail", "start", "mysite", cwd=tmp_path)
    site = Site(tmp_path / "mysite", bin_folder)
    absent(site, "bdhvs_lms", "bdhvs_xapi", "wagtailmedia", "polymorphic")
    for step in steps_of(WORDS_README)[1:]:
        site.carry_out(step)
    assert "no issues" in site.said[-1]
    user = "User.objects.create_superuser('an', 'an@example.org', 'an')"
    names = "print(*Group.objects.values_list('name', flat=True), sep='|')"
    imports = "from django.contrib.auth.models import Group, User"
    said = site.run("python", "manage.py", "shell", "-c", f"{imports}; {user}; {names}")
    assert said.splitlines()[-1].split("|") == ["Người duyệt", "Người soạn"]
    with site.served() as url, httpx.Client(base_url=url, follow_redirects=True, timeout=30) as browser:
        page = browser.get("/admin/").text
        assert "Đăng nhập" in page and "Sign in" not in page
        (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page))
        answers = {"username": "an", "password": "an", "next": "/admin/", "csrfmiddlewaretoken": token}
        home = browser.post("/admin/login/", data=answers, headers={"Referer": f"{url}/admin/login/"}).text
        assert '<html lang="vi"' in home and "Trang đầu - Wagtail" in home and "Gạch ngang chữ" in home
        assert "Đang xem: Gốc - Wagtail" in collapsed(browser.get("/admin/pages/").text)
        # The sidebar's and the editor's words, which scripts draw.
        assert json.dumps("Có lỗi mạng.") in browser.get("/admin/jsi18n/").text
