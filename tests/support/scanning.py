"""A signed-in account asks for every address of the site, and for whatever it finds there: who is named in an answer?

Runs in a process of the site (`python -c`): for the demonstration, whose learners are looked for.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import islice, product
from typing import Any
from urllib.parse import quote, urljoin, urlsplit
from zipfile import BadZipFile, ZipFile

import pypdfium2 as pdfium
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from bdhvs_lms.campaign.api import Target
from bdhvs_lms.classes.api import ClassGroup
from bdhvs_lms.competency.api import Confirmation
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.learners.models import Guardian, LearnerIdentity, Person
from bdhvs_lms.reporting.readings.models import Reading
from bdhvs_quiz.models import Attempt
from tests.permissions.discovery import addresses_of_ours

# Out of the account, or what other servers are for.
LEFT_OUT = re.compile(r"^/(static|media)/|/(dang-xuat|sign-out)/")
# As many addresses of one kind as are tried with different people and classes.
OF_A_KIND = 4
PAGES = 700


@dataclass
class Scan:
    asked: set[str] = field(default_factory=set)
    """Names of addresses that were asked for."""
    opened: list[str] = field(default_factory=list)
    """Addresses that were answered with a page or a file."""
    named: list[tuple[str, str]] = field(default_factory=list)
    """(address, what of whom was in the answer)."""


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def needles() -> dict[str, str]:
    """What is looked for: names, accounts, numbers of learners, as it is written in lower case."""
    found: dict[str, str] = {}
    for person in (*Person.objects.all(), *Guardian.objects.all()):
        if " " in person.full_name.strip():
            found[folded(person.full_name)] = "name"
        if person.phone:
            found[folded(person.phone)] = found["".join(person.phone.split())] = "phone"
    found |= {str(actor): "number" for actor in Learner.objects.values_list("actor", flat=True)}
    linked = LearnerIdentity.objects.filter(kind=LearnerIdentity.Kind.USER).values_list("subject", flat=True)
    for user in get_user_model().objects.filter(pk__in=linked):
        found[folded(user.get_username())] = "username"
        if user.email:
            found[folded(user.email)] = "username"
    for one in Confirmation.objects.all():
        found[folded(one.code)] = "certificate"
    return found


def texts_of(response: Any) -> Iterator[str]:
    """All that can be read in an answer, what is packed included; and where it leads."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    yield response.headers.get("Content-Disposition", "") + response.headers.get("Location", "")
    if body.startswith(b"PK"):
        try:
            with ZipFile(io.BytesIO(body)) as archive:
                for name in archive.namelist():
                    yield re.sub(r"<[^>]+>", "", archive.read(name).decode("utf-8", "ignore"))
        except BadZipFile:
            pass
    elif body.startswith(b"%PDF"):
        document: Any = pdfium.PdfDocument(body)
        yield "\n".join(page.get_textpage().get_text_range() for page in document)
    else:
        text = body.decode("utf-8", "ignore")
        yield unescape(text)
        yield unescape(re.sub(r"<[^>]+>", "", text))


class Scanner:
    def __init__(self, username: str, wanted: dict[str, str]) -> None:
        self.client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
        self.client.force_login(get_user_model().objects.get(username=username))
        # One pattern: hundreds of needles in hundreds of pages.
        self._pattern = re.compile("|".join(map(re.escape, sorted(wanted, key=len, reverse=True))))
        self._kind = wanted
        self.scan = Scan()
        self._seen: set[str] = set()

    def ask(self, address: str) -> Any:
        self._seen.add(address)
        response = self.client.get(address)
        own = folded(unescape(address))
        for text in texts_of(response):
            # What was asked for is no news.
            for hit in set(self._pattern.findall(folded(text))):
                if hit not in own:
                    self.scan.named.append((address, f"{self._kind[hit]}: {hit}"))
        if response.status_code == 200:
            self.scan.opened.append(address)
        return response

    def crawl(self, start: Iterable[str], pages: int = PAGES) -> None:
        """Whatever links, forms to look with and their choices lead to."""
        queue = deque(start)
        left = pages
        while queue and left:
            address = queue.popleft()
            if address in self._seen:
                continue
            left -= 1
            response = self.ask(address)
            if response.headers.get("Location"):
                queue.append(_inside(address, response.headers["Location"]))
            if "html" in response.headers.get("Content-Type", "") and not response.streaming:
                html = response.content.decode()
                queue.extend(one for one in _links(address, html) if one not in self._seen)
        if queue and left == 0 and pages == PAGES:
            raise AssertionError(f"{len(queue)} addresses were not looked at: {list(queue)[:5]}")

    def every_address(self) -> None:
        """Each that has a name, with people, classes and attempts of the demonstration in it."""
        values = _values()
        for one in addresses_of_ours(get_resolver().url_patterns):
            parameters = re.findall(r"<(?:\w+:)?(\w+)>", one.route)
            pools = [values.get(name, values[""]) for name in parameters]
            for chosen in islice(product(*pools), OF_A_KIND):
                try:
                    address = reverse(one.name, kwargs=dict(zip(parameters, chosen, strict=True)))
                except NoReverseMatch:
                    continue
                self.scan.asked.add(one.name)
                if not LEFT_OUT.search(address) and address not in self._seen:
                    self.ask(address)


def _values() -> dict[str, list[Any]]:
    """Of a parameter's name what it can be; "": of any other."""
    learners, classes = list(Learner.objects.order_by("pk")[:2]), list(ClassGroup.objects.order_by("pk")[:2])
    attempts = list(Attempt.objects.order_by("pk").values_list("uuid", flat=True)[:2])
    readings = list(Reading.objects.order_by("-pk").values_list("uuid", flat=True)[:1])
    target = Target.objects.select_related("plan").order_by("pk").first()
    assert target is not None
    uuids = [*readings, *Confirmation.objects.values_list("uuid", flat=True)[:1], *(one.uuid for one in classes)]
    return {
        "class_uuid": [one.uuid for one in classes],
        "actor": [one.actor for one in learners],
        "attempt": attempts,
        "uuid": [*uuids, *attempts],
        "kind": ["xlsx", "csv", "docx", "pdf"],
        "plan_key": [target.plan.key],
        "target_key": [target.key],
        "": [learners[0].pk, learners[0].actor, classes[0].uuid, classes[0].code, "1", "a"],
    }


def _inside(base: str, link: str) -> str:
    """The address without host and fragment; "" of another site."""
    parts = urlsplit(urljoin(f"http://127.0.0.1{base}", unescape(link)))
    if parts.hostname not in ("127.0.0.1", "localhost", "testserver"):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _links(base: str, html: str) -> Iterator[str]:
    found = [_inside(base, link) for link in re.findall(r'<a\b[^>]*?\bhref="([^"]*)"', html)]
    for opening, form in re.findall(r"(<form\b[^>]*>)(.*?)</form>", html, re.DOTALL):
        if 'method="post"' in opening.lower():
            continue
        action = re.search(r'action="([^"]*)"', opening)
        to = _inside(base, action[1]) if action else urlsplit(base).path
        for select, options in re.findall(r'<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
            for value in re.findall(r'<option\s[^>]*?value="([^"]*)"', options):
                found.append(f"{to.partition('?')[0]}?{select}={quote(unescape(value))}")
    for address in dict.fromkeys(found):
        if address and not LEFT_OUT.search(address):
            yield address
