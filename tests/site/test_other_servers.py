"""The ready site by its WSGI and ASGI modules, behind another server than `bdhvs serve`: granian's plain ones."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import httpx
import pytest

from tests.support.live import ROOT, Installation, free_port

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def site(module_installation: Installation) -> Installation:
    """With somebody who may do everything, and a recording."""
    module_installation.python(
        "from django.contrib.auth.models import User\n"
        "User.objects.create_superuser('an', 'an@example.vn', 'mot hai ba')"
    )
    (module_installation.data_dir / "media" / "media").mkdir(parents=True)
    (module_installation.data_dir / "media" / "media" / "a.mp3").write_bytes(b"sound.." * 50_000)
    return module_installation


@pytest.mark.parametrize("interface", ["wsgi", "asgi"])
def test_pages_forms_and_files_come_by_it(site: Installation, interface: str) -> None:
    port = free_port()
    log_file = site.data_dir / f"{interface}.log"
    command = [sys.executable, "-m", "granian", "--interface", interface, "--port", str(port)]
    with (
        log_file.open("wb") as log,
        subprocess.Popen(
            [*command, f"bdhvs_lms.site.{interface}:application"],
            cwd=ROOT, env=site.environment, stdout=log, stderr=log,
        ) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):  # fmt: skip
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    assert client.get("/healthz").json() == {"status": "ok"}
                    break
                except httpx.TransportError:
                    assert time.monotonic() < deadline and server.poll() is None
                    time.sleep(0.1)
            page = client.get("/dang-nhap/")
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
            assert token is not None and "<main" in page.text
            form = {"username": "an", "password": "mot hai ba", "csrfmiddlewaretoken": token[1]}
            assert client.post("/dang-nhap/", data=form).status_code == 302
            assert client.get("/quan-tri/").status_code == 200
            sound = client.get("/media/media/a.mp3", headers={"Range": "bytes=7-13"})
            assert (sound.status_code, sound.content) == (206, b"sound..")
            assert client.get("/media/media/a.mp3").content == b"sound.." * 50_000
            style = re.search(r'href="(/static/[^"]+\.css)"', page.text)
            assert style is not None and client.get(style[1]).status_code == 200
            # What RecordStoreMiddleware answers before the rest of the site.
            assert client.get("/xapi/about").status_code == 200
        finally:
            server.terminate()
    assert "Traceback" not in log_file.read_text()
