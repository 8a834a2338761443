"""Learners who hand in quizzes through the documented nginx, in front of two servers on one PostgreSQL, of which one is
killed again and again."""

from __future__ import annotations

import ssl
import subprocess
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.architecture.layers import ROOT
from tests.support.live import free_port
from tests.support.mailbox import make_certificate

HOST = "hoc.example.vn"
CSRF = "a" * 32
# What a learner's browser shows as a fault of the line or the server: the learner presses the button again.
AGAIN = {408, 429, 500, 502, 503, 504}

# Makes the course, and prints what the learners need.
PREPARE = """
import json
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from bdhvs_quiz.grading import field_name
from tests.bdhvs_content import pages
course = pages.course(pages.catalog())
questions = [pages.question(f"Câu {number}?") for number in range(1, 4)]
quiz = pages.quiz(course, questions)
sessions = []
for number in range(PEOPLE):
    pages.enrolled(course, f"hoc{number}")
    client = Client(SERVER_NAME="hoc.example.vn")
    client.force_login(get_user_model().objects.get(username=f"hoc{number}"))
    sessions.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
answers = {field_name(str(row.key)): pages.option_id(row, 1) for row in questions}
print(json.dumps({"quiz": str(quiz.translation_key), "sessions": sessions, "answers": answers}))
"""

# What is in the database afterwards: of each attempt whether it was handed in, and its statements by verb.
COUNT = """
import json
from collections import Counter
from bdhvs_quiz.models import Attempt
from bdhvs_xapi import api as xapi
found = {}
for row in Attempt.objects.all():
    verbs = Counter(fact.verb.rsplit("/", 1)[1] for fact in xapi.facts(registration=row.uuid))
    found[str(row.uuid)] = [row.submitted_at is not None, verbs]
print(json.dumps(found))
"""


@contextmanager
def nginx(program: str, folder: Path, upstreams: list[int]) -> Iterator[str]:
    """deploy/nginx/bdhvs.conf with other ports; its address."""
    certificate, key = make_certificate(folder)
    port, plain = free_port(), free_port()
    text = (ROOT / "deploy" / "nginx" / "bdhvs.conf").read_text(encoding="utf-8")
    servers = "\n".join(f"    server 127.0.0.1:{each} max_fails=1 fail_timeout=2s;" for each in upstreams)
    for old, new in {
        "    server 127.0.0.1:8000 max_fails=1 fail_timeout=2s;": servers,
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "    listen [::]:443 ssl;\n": "",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "    listen [::]:80;\n": "",
        "/etc/ssl/bdhvs/fullchain.pem": str(certificate),
        "/etc/ssl/bdhvs/privkey.pem": str(key),
        "/var/log/nginx": str(folder),
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    # As root it would work as another user, who may not enter the folder.
    user = "user root;\n"
    events = "events { worker_connections 512; }"
    whole.write_text(
        f"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\n{events}\n"
        f"http {{\n{temporary}{text}\n}}\n"
    )
    with subprocess.Popen([program, "-p", folder, "-c", whole], stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 10
            while not (folder / "nginx.pid").exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            yield f"https://127.0.0.1:{port}"
        finally:
            process.terminate()


@dataclass
class Learner:
    """Begins, saves and hands in, one attempt after the other; presses again what got no answer."""

    url: str
    session: str
    quiz: str
    answers: dict[str, str]
    ended: threading.Event
    # Attempts whose handing in was acknowledged, and whose saving was.
    handed_in: list[str] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)
    answered: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def run(self) -> None:
        headers = {
            "Host": HOST,
            "Referer": f"https://{HOST}/",
            "Cookie": f"__Host-bdhvs-session={self.session}; __Host-bdhvs-csrf={CSRF}",
        }
        trusted = ssl.create_default_context()
        trusted.check_hostname, trusted.verify_mode = False, ssl.CERT_NONE
        with httpx.Client(base_url=self.url, verify=trusted, headers=headers, timeout=60) as client:
            while not self.ended.is_set():
                where = self._press(client, f"/bai-kiem-tra/{self.quiz}/bat-dau/", {})
                attempt = where.rstrip("/").rsplit("/", 1)[-1] if where else ""
                for wish, list_ in (("save", self.saved), ("submit", self.handed_in)):
                    if attempt and self._press(client, f"/bai-lam/{attempt}/", {**self.answers, "do": wish}):
                        list_.append(attempt)

    def _press(self, client: httpx.Client, path: str, form: dict[str, str]) -> str:
        """Where the answer leads; empty when the time was up before there was one."""
        form = {**form, "act_id": str(uuid.uuid4()), "csrfmiddlewaretoken": CSRF}
        # One that is under way is brought to its end: the servers run on for a while.
        for _ in range(200):
            try:
                answer = client.post(path, data=form)
            except httpx.TransportError as error:
                self.answered[type(error).__name__] += 1
            else:
                self.answered[str(answer.status_code)] += 1
                if answer.status_code == 303:
                    return answer.headers["Location"].split("#")[0]
                if answer.status_code not in AGAIN:
                    self.wrong.append(f"{answer.status_code} {path} {answer.text[:200]}")
                    return ""
            time.sleep(0.3)
        self.wrong.append(f"no answer {path}")
        return ""


def lost(found: dict[str, Any], learners: list[Learner]) -> list[str]:
    """What was acknowledged and is not there, or is there twice or by half."""
    wrong = []
    for attempt in (each for learner in learners for each in learner.handed_in):
        submitted, verbs = found.get(attempt, (False, {}))
        if not submitted or verbs != {"initialized": 1, "answered": 3, "completed": 1, "passed": 1}:
            wrong.append(f"{attempt}: {submitted} {verbs}")
    wrong += [f"saved and gone: {each}" for learner in learners for each in learner.saved if each not in found]
    for attempt, (submitted, verbs) in found.items():
        if not submitted and verbs != {"initialized": 1}:
            wrong.append(f"{attempt} by half: {verbs}")
    return wrong
