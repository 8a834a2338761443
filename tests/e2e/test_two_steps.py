"""In a browser, against an OpenID Connect provider in a process of its own: somebody new signs in by it, is offered to
learn and finishes a lesson, without scripts; staff is led to set up an app, and goes on with a passkey."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.e2e.people import MAIN_ACTION, PASSWORD, Visitor
from tests.support.fixtures import require
from tests.support.live import ROOT, Installation, free_port
from tests.support.pages import COURSE

pytestmark = pytest.mark.thorough

PROVIDER = ROOT / ".venv-peers" / "bin" / "oidc-provider-mock"
LAN = {"sub": "cong-dan-17", "name": "Đỗ Thị Mơ", "personal_number": "001064012345"}
KEPT = """
import json
from allauth.socialaccount.models import SocialAccount, SocialToken
from bdhvs_lms.learners.api import learner_for_user
row = SocialAccount.objects.get()
print(json.dumps([row.uid, row.extra_data, SocialToken.objects.count(), learner_for_user(row.user) is not None]))
"""


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The issuer of an oidc-provider-mock that knows one person."""
    require(PROVIDER.exists(), "oidc-provider-mock (make peers)")
    port, log = free_port(), tmp_path_factory.mktemp("provider") / "provider.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(PROVIDER), "--port", str(port), "--user-claims", json.dumps(LAN)],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            try:
                httpx.get(f"{url}/.well-known/openid-configuration", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def app(provider: str) -> dict[str, str]:
    """What turns the optional app on."""
    return {
        "BDHVS_ALLAUTH_OIDC_SERVER_URL": provider,
        "BDHVS_ALLAUTH_OIDC_CLIENT_ID": "us",
        "BDHVS_ALLAUTH_OIDC_CLIENT_SECRET": "ours",
        "BDHVS_ALLAUTH_OIDC_NAME_VI": "Cổng thử",
        "BDHVS_ALLAUTH_SECOND_FACTOR": "staff",
    }


@pytest.fixture(scope="module")
def static(app: dict[str, str], collected_static: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Static files with the app's own, which the site has to find when it is loaded."""
    folder = tmp_path_factory.mktemp("with-app")
    shutil.copytree(collected_static, folder / "static")
    Installation.make(folder, "sqlite://:memory:", **app).manage("collectstatic", "--no-input", "--verbosity", "0")
    return folder / "static"


@pytest.fixture
def site(demo: Installation, app: dict[str, str], static: Path) -> str:
    """The demonstration with the optional app, as an operator turns it on; its address."""
    demo.environment |= app
    (demo.data_dir / "static").unlink()
    (demo.data_dir / "static").symlink_to(static)
    # Its tables are made once.
    database, migrated = demo.data_dir / "db.sqlite3", static.with_name("migrated.sqlite3")
    if migrated.exists():
        shutil.copyfile(migrated, database)
    else:
        demo.manage("migrate", "--verbosity", "0")
        if database.exists():
            shutil.copyfile(database, migrated)
    # A passkey is for a name, and an address of numbers is none.
    return demo.serve().url.replace("127.0.0.1", "localhost")


def test_a_new_person_comes_by_the_provider_and_learns(demo: Installation, site: str, browser: Any) -> None:
    person = Visitor(browser, site)
    page = person.page

    person.open("/dang-nhap/")
    person.press("main .ways a", has_text="Với Cổng thử")
    assert person.text("h1") == "Đăng nhập bằng Cổng thử"
    person.press(MAIN_ACTION)
    assert not page.url.startswith(site)
    person.press("button", has_text="cong-dan-17")
    assert person.path.startswith("/hoc-bang-tai-khoan/")
    assert page.locator("#id_full_name").input_value() == "Đỗ Thị Mơ"
    page.fill("#id_birth_year", "1964")
    page.select_option("#id_area", index=2)
    page.check("#id_consent")
    person.press(f"{MAIN_ACTION}[type=submit]")
    person.open(COURSE)
    person.press(f"{MAIN_ACTION}[type=submit]", has_text="Đăng ký")
    person.press("main ol a")
    person.press(f"{MAIN_ACTION}[type=submit]")
    assert "Đã xong" in person.text()
    assert json.loads(demo.python(KEPT).splitlines()[-1]) == [
        "cong-dan-17", {"bdhvs_made": True, "name": "Đỗ Thị Mơ"}, 0, True,
    ]  # fmt: skip

    page.click("details.menu > summary")
    person.press(".menu-panel form[action='/thoat/'] button")
    assert "Cổng thử có thể vẫn nhớ lần đăng nhập này" in person.text()
    # Once more: straight in.
    person.open("/dang-nhap/dinh-danh/")
    person.press("main .act a", has_text="trên máy dùng chung")
    person.press("button", has_text="cong-dan-17")
    assert person.path == "/viec-hoc/"
    person.open("/noi-dang-nhap/")
    assert "Máy dùng chung" in person.text()
    # Who says no there reads what to do.
    other = Visitor(browser, site)
    other.open("/dang-nhap/dinh-danh/")
    other.press(MAIN_ACTION)
    other.press("button", has_text="Deny")
    assert "Việc đăng nhập bằng Cổng thử đã bị hủy." in other.text()
    # The provider's own pages are not ours to judge: no icon, styles from elsewhere.
    assert [problem for problem in person.watched.problems if f" {site}/" in problem] == []


def code_of(secret: str, steps: int = 0) -> str:
    """Of the half minute that is now; near its end the next one is waited for, so that the code is still good when it
    arrives."""
    if (passed := time.time() % 30) > 15:
        time.sleep(30 - passed)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def test_staff_sets_up_an_app_and_a_passkey(site: str, browser: Any) -> None:
    operator = Visitor(browser, site)
    page = operator.page
    page.goto(f"{site}/quan-tri/")
    page.fill("#id_username", "vanhanh")
    page.fill("#id_password", PASSWORD)
    operator.press("button[type=submit]")
    assert operator.path == "/hai-buoc/?next=%2Fquan-tri%2F"
    assert "cần thêm một bước ngoài mật khẩu" in operator.text()
    operator.press(MAIN_ACTION, has_text="Ứng dụng xác thực")
    assert page.locator("main svg.qr").count() == 1
    secret = page.locator("main p > strong").first.inner_text().replace(" ", "")
    page.fill("#id_code", "000000")
    operator.press(f"{MAIN_ACTION}[type=submit]")
    assert "Mã chưa đúng." in operator.text(".error-summary")
    page.fill("#id_code", code_of(secret, -1))
    operator.press(f"{MAIN_ACTION}[type=submit]")
    codes = re.findall(r"\b\d{4} \d{4}\b", operator.text())
    assert len(codes) == 10
    operator.press(f"{MAIN_ACTION}[type=submit]")
    assert operator.path == "/quan-tri/"
    # The wrong code; a browser may note it in its console too.
    assert {problem.partition(":")[0] for problem in operator.watched.problems} <= {"422", "console"}

    # On another device: a code, then a passkey for the next time.
    desk = Visitor(browser, site, scripts=True)
    page = desk.page
    session = desk.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    desk.open("/dang-nhap/")
    page.fill("#id_username", "vanhanh")
    page.fill("#id_password", PASSWORD)
    desk.press(MAIN_ACTION)
    assert desk.path.startswith("/hai-buoc/nhap-ma/?next=")
    page.fill("#id_code", code_of(secret))
    desk.press(f"{MAIN_ACTION}[type=submit]")
    desk.open("/hai-buoc/khoa/")
    page.fill("#id_name", "máy ở ủy ban")
    desk.press("button", has_text="Tạo khóa truy cập")
    assert desk.path == "/hai-buoc/"
    assert "máy ở ủy ban" in desk.text()
    page.click("details.menu > summary")
    desk.press(".menu-panel form[action='/thoat/'] button")
    page.fill("#id_username", "vanhanh")
    page.fill("#id_password", PASSWORD)
    desk.press(MAIN_ACTION)
    desk.press("button", has_text="Dùng khóa truy cập")
    assert not desk.path.startswith("/hai-buoc/")
    desk.open("/quan-tri/")
    assert desk.path == "/quan-tri/"
    assert desk.watched.problems == []
