"""The example of the README, as it stands there, where Django cannot be imported: it takes a package, plays it in a
browser, hears what was done, and has it again the next time."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from adapter_tests import building
from adapter_tests.browsing import browser, require
from adapter_tests.test_without_django import BLOCK
from h5p_python_adapter import player_there

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
PICTURE = b"\x89PNG" + bytes(range(256)) * 4


@dataclass
class Host:
    port: int
    lines: Path
    pages: list[str]

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        found = answer.status, dict(answer.getheaders()), answer.read()
        connection.close()
        return found

    def told(self) -> list[str]:
        return [line for line in self.lines.read_text().splitlines() if line.startswith("Lan: ")]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    require(player_there(), "The H5P player (npm ci)")
    folder = tmp_path_factory.mktemp("host")
    (folder / "host.py").write_text(EXAMPLE[0], encoding="utf-8")
    (folder / "sitecustomize.py").write_text(BLOCK, encoding="utf-8")
    names = []
    for name, main in (("question", building.QUESTION), ("container", "Bdhvs.TestContainer 1.0")):
        names.append(f"{name}.h5p")
        (folder / names[-1]).write_bytes(building.package(main, files={"content/images/a.png": PICTURE}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = os.pathsep.join([str(folder), str(ROOT)])
    with (folder / "lines.txt").open("w") as lines, (folder / "errors.txt").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-W", "error::ResourceWarning", "host.py", *names],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": path, "PORT": str(port)},
            stdout=lines,
            stderr=errors,
        )
    try:
        deadline = time.monotonic() + 30
        while True:
            assert process.poll() is None and time.monotonic() < deadline, (folder / "errors.txt").read_text()
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        pages = re.findall(r"http://127\.0\.0\.1:\d+(/\w+)", (folder / "lines.txt").read_text())
        yield Host(port, folder / "lines.txt", pages)
    finally:
        process.terminate()
        process.wait(20)
    said = (folder / "errors.txt").read_text()
    assert "Traceback" not in said and "Warning" not in said, said


def test_the_example_is_short_and_strictly_typed(tmp_path: Path) -> None:
    assert len(EXAMPLE) == 1 and len(EXAMPLE[0].splitlines()) <= 50
    (tmp_path / "host.py").write_text(EXAMPLE[0], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(tmp_path / "cache"), "host.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_package_plays_in_a_browser_and_what_was_done_arrives_and_is_there_again(host: Host) -> None:
    with browser() as running:
        page = running.new_context().new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: message.type == "error" and problems.append(message.text))
        page.goto(f"http://127.0.0.1:{host.port}{host.pages[0]}")
        page.wait_for_selector("iframe[src]")
        frame = page.query_selector("iframe").content_frame()
        frame.wait_for_selector(".h5p-container button")
        assert frame.evaluate("self.origin") == "null"
        # The state is asked for a moment after the statements.
        with (
            page.expect_response(lambda one: "completed" in (one.request.post_data or "")) as answered,
            page.expect_response(lambda one: "chosen" in (one.request.post_data or "")),
        ):
            frame.get_by_role("button", name="Bốn").click()
        assert set(answered.value.json()["statements"]) == {"accepted"}
        assert {"Lan: attempted", "Lan: answered 1.00/1.00", "Lan: completed 1.00/1.00"} <= set(host.told())
        page.reload()
        frame = page.query_selector("iframe").content_frame()
        frame.wait_for_selector("[aria-pressed=true]")
        assert frame.inner_text("[aria-pressed=true]") == "Bốn"
        # The second content shares its libraries, and the browser has them.
        page.goto(f"http://127.0.0.1:{host.port}{host.pages[1]}")
        page.wait_for_selector("iframe[src]")
        page.query_selector("iframe").content_frame().wait_for_selector(".h5p-container button")
        assert problems == []


def test_what_leads_nowhere_says_so_and_addresses_are_the_right(host: Host) -> None:
    _status, headers, body = host.get(host.pages[0])
    embed = body.decode()
    assert f"frame-src http://127.0.0.1:{host.port}/h5p/play/;" in headers["Content-Security-Policy"]
    play = re.search(r"/h5p/play/[\w.-]+", embed)
    assert play is not None
    status, headers, document = host.get(play[0])
    assert status == 200 and "sandbox allow-scripts" in headers["Content-Security-Policy"]
    files = re.search(r'"contentUrl":"(/h5p/content/[\w.-]+)"', document.decode())
    assert files is not None
    status, headers, part = host.get(f"{files[1]}/images/a.png", Range="bytes=0-3")
    assert (status, part, headers["Content-Range"]) == (206, PICTURE[:4], f"bytes 0-3/{len(PICTURE)}")
    assert headers["Access-Control-Allow-Origin"] == "*" and "sandbox" in headers["Content-Security-Policy"]
    assert host.get(f"{files[1]}/images/a.png", Range="bytes=9999-")[0] == 416
    for wrong in (
        f"{files[1]}/images/b.png",
        f"{files[1]}/../../about.json",
        f"{files[1]}/images/%00",
        f"{files[1]}x/images/a.png",
        "/h5p/content/e30.x/images/a.png",
        "/h5p/libraries/Bdhvs.TestQuestion-1.0/0/scripts/main.js",
        "/h5p/joined/0.js",
        "/h5p/joined/../host.js",
        "/h5p/play/e30.x",
        "/h5p/",
        "/h5p/x",
    ):
        assert host.get(wrong)[0] == 404, wrong
    # A name of a host that would end the policy.
    assert host.get(play[0], Host="a; script-src *")[0] == 400
