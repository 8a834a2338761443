"""Documents are followed block by block: what they say to run is run, what they say to write is written."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.architecture.layers import ROOT
from tests.packaging.installing import environment_for, run
from tests.support.live import clean_environment, free_port

STEP = re.compile(
    r"<!-- install(?: (new|existing))?: (run|append|write)(?: (?!with )(\S+))?(?: with (\w+))? -->\n+```\w+\n(.*?)```",
    re.DOTALL,
)
START_SECONDS = 60


@dataclass(frozen=True)
class Step:
    way: str
    """`new`: a site that has nothing yet, `existing`, or empty: both."""
    kind: str
    target: str
    part_of: str
    text: str


def steps_of(document: str | Path, way: str = "new") -> list[Step]:
    """Of a document of docs/, or any by its path."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    steps = [Step(*found) for found in STEP.findall(text)]
    assert len(steps) == text.count("<!-- install"), "a block that is not understood would not be tried"
    return [step for step in steps if step.way in ("", way)]


@dataclass
class Site:
    """A project that `wagtail start` or `django-admin startproject` made, and the environment it runs in."""

    folder: Path
    bin_folder: Path
    without: frozenset[str] = frozenset()
    said: list[str] = field(default_factory=list)

    def run(self, *command: object) -> str:
        path = f"{self.bin_folder}{os.pathsep}{os.environ['PATH']}"
        # What pip is asked for has to be there already.
        return run(*command, cwd=self.folder, PATH=path, PIP_NO_INDEX="1")

    def carry_out(self, step: Step) -> None:
        """As the document says: whoever leaves a package out deletes every line that names it."""
        if step.part_of in self.without:
            return
        lines = [
            line
            for line in step.text.splitlines(keepends=True)
            if line.startswith("configure(") or not any(name in line for name in self.without)
        ]
        if step.kind == "run":
            self.said.append(self.run("sh", "-ec", "".join(lines)))
            return
        file = self.folder / step.target
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a" if step.kind == "append" else "x", encoding="utf-8") as opened:
            opened.write("".join(["\n", *lines]) if step.kind == "append" else "".join(lines))

    def ours(self) -> set[str]:
        """Our apps as the site has them, after what was learned there was compared with the ledger."""
        code = (
            "from django.apps import apps; from django.core.management import call_command; "
            "call_command('rebuild', check=True); print(*(one.name for one in apps.get_app_configs()))"
        )
        said = self.run("python", "manage.py", "shell", "--no-imports", "-c", code)
        return {name for name in said.splitlines()[-1].split() if name.startswith("bdhvs_")}

    @contextmanager
    def served(self) -> Iterator[str]:
        """The site's own development server; its address."""
        port = free_port()
        log = self.folder / "server.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [self.bin_folder / "python", "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
                cwd=self.folder,
                env=clean_environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _answers(port):
                assert process.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)
        assert "Internal Server Error" not in log.read_text()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/", timeout=10).status_code < 500
    except httpx.TransportError:
        return False


def first_step_taken(document: str | Path, wheel: Path, once: Callable[..., tuple[str, Path]]) -> Path:
    """The bin folder of an environment with what the wheel needs, in which the document's first step was taken: what it
    has pip install, beside a folder `dist`. Nothing is written there later."""

    def make(folder: Path) -> str:
        bin_folder = environment_for(wheel, folder)
        (folder / "dist").mkdir()
        for one in wheel.parent.glob("*.whl"):
            (folder / "dist" / one.name).symlink_to(one)
        Site(folder, bin_folder).carry_out(steps_of(document)[0])
        return str(bin_folder)

    return Path(once(f"environment-{wheel.name}", make)[0])
