"""`bdhvs serve` and `bdhvs demo` as real processes."""

import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.live import ROOT, Installation, Server, clean_environment, free_port


@pytest.mark.versions
def test_serves_renditions_and_nothing_else_and_shares_no_port(
    installation: Installation, live_process: Callable[..., Server]
) -> None:
    """And ends on SIGTERM."""
    for folder in ("images", "original_images", "documents"):
        (installation.data_dir / "media" / folder).mkdir(parents=True)
        (installation.data_dir / "media" / folder / "a.jpg").write_bytes(b"picture")
    server = live_process(clock="2025-11-15T09:00:00+07:00", workers=2)
    with httpx.Client(base_url=server.url) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        page = client.get("/quan-tri/login/")
        style = re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page.text)
        assert style is not None, "the admin's style sheet has no hashed name"
        file = client.get(style[1], headers={"Accept-Encoding": "br"})
        assert file.headers["Content-Encoding"] == "br"
        assert "immutable" in file.headers["Cache-Control"]
        found = {
            path: client.get(f"/{path}").status_code
            for path in (
                "media/images/a.jpg", "media/original_images/a.jpg", "media/documents/a.jpg", "db.sqlite3",
                "media/db.sqlite3", "static/../db.sqlite3", "static/%2e%2e/db.sqlite3",
            )
        }  # fmt: skip
    assert found.pop("media/images/a.jpg") == 200
    assert set(found.values()) <= {400, 404}

    port = server.url.rpartition(":")[2]
    with pytest.raises(AssertionError, match=f"Port {port} of 127.0.0.1 is taken"):
        installation.manage("serve", "--port", port)
    assert server.stop() == 0


@pytest.mark.thorough
def test_ctrl_c_in_a_terminal_ends_the_server_and_no_worker_has_to_be_killed(
    live_process: Callable[..., Server],
) -> None:
    """A terminal signals every process of the group, and the server signals its workers too."""
    server = live_process(workers=2)
    os.killpg(server.pid, signal.SIGINT)
    assert server.process.wait(20) == 0
    assert "refused to gracefully stop" not in server.log.read_text()


def test_ctrl_c_ends_workers_that_are_still_loading_the_site(installation: Installation) -> None:
    server = installation.start(workers=2)
    deadline = time.monotonic() + 30
    while "Spawning worker-2" not in server.log.read_text() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.05)
    os.killpg(server.pid, signal.SIGINT)
    assert server.process.wait(20) == 0
    assert "refused to gracefully stop" not in server.log.read_text()


def test_a_worker_and_the_one_in_its_place_may_die_within_three_seconds(installation: Installation) -> None:
    """As where memory is short. Another answers, though the server by itself would take it for a loop and end."""
    server = installation.serve()
    killed: list[int] = []
    begun = time.monotonic()
    while len(killed) < 2 and time.monotonic() < begun + 10:
        spawned = [int(number) for number in re.findall(r"Spawning worker-1 with PID: (\d+)", server.log.read_text())]
        if len(spawned) > len(killed):
            os.kill(spawned[-1], signal.SIGKILL)
            killed.append(spawned[-1])
        time.sleep(0.01)
    assert len(killed) == 2 and time.monotonic() - begun < 3
    while not server.is_healthy() and server.process.poll() is None and time.monotonic() < begun + 40:
        time.sleep(0.05)
    assert server.process.poll() is None, server.log.read_text()
    assert server.is_healthy()


def test_a_worker_keeps_what_it_has_loaded_out_of_the_collectors_way(bare_installation: Installation) -> None:
    """The server's own loader, as a worker calls it: what it has made is no garbage to be looked for in, nor is what a
    command has loaded before it begins."""
    printed = bare_installation.python(
        "import gc\n"
        "from bdhvs_lms.site.serve import _application\n"
        "before = gc.get_freeze_count()\n"
        "gateway = _application()\n"
        "print(gc.isenabled(), before, gc.get_freeze_count(), len(gc.get_objects()))"
    )
    assert printed.split()[-4] == "True"
    before, frozen, left = map(int, printed.split()[-3:])
    assert 100_000 < before < frozen
    # get_objects() leaves out what is frozen.
    assert frozen > 100_000 and left < frozen / 20


def test_serve_names_everything_that_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bdhvs_lms.site.cli", "serve", "--port", str(free_port())],
        cwd=ROOT, env=clean_environment(BDHVS_DATA_DIR=str(tmp_path)), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "No secret key" in done.stderr
    assert "security.W020" in done.stderr
    assert "bdhvs collectstatic" in done.stderr


class Demo:
    """A running `bdhvs demo` and the lines it printed."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bdhvs_lms.site.cli", "demo", "--port", str(self.port), "--workers", "1"],
            cwd=ROOT,
            env=clean_environment(
                BDHVS_DATA_DIR=str(data_dir),
                BDHVS_EXTRA_APPS="tests.support.demo_loader",
                BDHVS_DEMO_LOADERS="load_one_teacher",
            )
            | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.lines: list[str] = []
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if line.startswith("Sẵn sàng"):
                break

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)

    def close(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it ended before we came
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process.wait()


@pytest.fixture
def demo() -> Iterator[Callable[..., Demo]]:
    """Start `bdhvs demo` on a site."""
    started: list[Demo] = []

    def start(site: Installation, **environment: Any) -> Demo:
        started.append(Demo(site.data_dir, DATABASE_URL=site.database_url, **environment))
        return started[-1]

    yield start
    for each in started:
        each.close()


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


# It is what the README tells everybody to do first.
@pytest.mark.thorough
def test_demo_starts_from_nothing_prints_logins_ends_and_starts_again(
    demo: Callable[..., Demo], bare_installation: Installation
) -> None:
    # What a real site's shell might hold must not make the demo reachable, nor borrow its secret.
    first = demo(bare_installation, BDHVS_ALLOWED_HOSTS="hoc.example.vn", BDHVS_SECRET_KEY="x" * 60)
    assert first.lines[-1].startswith(f"Sẵn sàng: {first.url}/"), first.lines
    assert answers(f"{first.url}/healthz")
    assert httpx.get(first.url, headers={"Host": "hoc.example.vn"}).status_code == 400
    key = bare_installation.data_dir / "demo-secret-key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_text()
    assert first.end(signal.SIGINT) == 0
    # The workers are gone too, not only the process that was asked to go.
    with pytest.raises(ProcessLookupError):
        os.killpg(first.process.pid, 0)
    assert not answers(f"{first.url}/healthz")

    second = demo(bare_installation)
    assert second.lines[-1].startswith("Sẵn sàng"), second.lines
    assert key.read_text() == before
    assert second.end(signal.SIGTERM) == 0
    assert not answers(f"{second.url}/healthz")

    # It ends with its server.
    third = demo(bare_installation)
    assert third.lines[-1].startswith("Sẵn sàng"), third.lines
    assert third.process.stdout is not None
    login = third.process.stdout.readline()
    assert re.fullmatch(rf"\s+Giáo viên: co-lan / 2\d\d\d → {third.url}/day/\n", login)
    (server,) = Path(f"/proc/{third.process.pid}/task/{third.process.pid}/children").read_text().split()
    os.kill(int(server), signal.SIGTERM)
    assert third.process.wait(30) == 1
    assert "The server stopped unexpectedly" in third.process.stdout.read()


def test_demo_refuses_a_real_database(demo: Callable[..., Demo], installation: Installation) -> None:
    installation.manage(
        "createsuperuser", "--noinput", "--username", "an", "--email", "an@example.vn",
        environment={"DJANGO_SUPERUSER_PASSWORD": "a real one"},
    )  # fmt: skip
    refused = demo(installation)
    assert refused.process.wait(30) == 1
    assert "accounts that no demo created" in "\n".join(refused.lines)
    assert not (installation.data_dir / "demo-secret-key").exists()
