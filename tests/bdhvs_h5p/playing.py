"""A course with one H5P activity and a learner who may play it. Rows are made directly: no package, no files."""

from __future__ import annotations

import copy
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse

from adapter_tests.saying import MAIN, PARAMS
from bdhvs_h5p.attempts import tokens
from bdhvs_h5p.attempts.actions import attempts, open_attempt
from bdhvs_h5p.attempts.taking import Claim, Taken, take
from bdhvs_h5p.models import H5PAlignment, H5PAttempt, H5PContent, H5PPage, H5PVersion
from bdhvs_lms.attempts.api import own_attempt
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.support.world import uid

SOON = pages.AT + timedelta(minutes=5)
PAGE = uid("page")


def version(
    content: H5PContent, number: int = 1, *, params: Any = PARAMS, max_score: Any = None, main: str = ""
) -> H5PVersion:
    return H5PVersion.objects.create(
        content=content,
        number=number,
        title="Gọi lạ",
        language="vi",
        main_name=main or MAIN.machine_name,
        main_major=MAIN.major,
        main_minor=MAIN.minor,
        h5p={"title": "Gọi lạ"},
        params=params,
        files={},
        libraries=[],
        max_score=max_score,
        js_bytes=1,
        css_bytes=1,
        media_bytes=1,
        packed_bytes=1,
        package_sha256=uuid.uuid4().hex * 2,
        created_at=pages.AT,
    )


def activity(course: Any, content: H5PContent, *, aligned: Any = (), live: bool = True, **values: Any) -> H5PPage:
    page = H5PPage(title="Cuộc gọi lạ", live=False, content=content, **values)
    page.version = content.latest
    page.alignments = [H5PAlignment(competency=row, level=level) for row, level in aligned]
    course.add_child(instance=page)
    return pages.publish(page) if live else page


@dataclass
class Playing:
    """`values`: of the page, as completion and pass_percent. The learner is lan."""

    values: dict[str, Any] = field(default_factory=dict)
    aligned: Any = ()
    params: Any = field(default_factory=lambda: PARAMS)
    max_score: Any = None

    def __post_init__(self) -> None:
        self.course = pages.course(pages.catalog())
        self.content = H5PContent.objects.create(title="Cuộc gọi lạ", created_at=pages.AT)
        self.version = version(self.content, params=self.params, max_score=self.max_score)
        self.page: H5PPage = activity(self.course, self.content, aligned=self.aligned, **self.values)
        self.learner = pages.enrolled(self.course)
        self.client: Client = pages.client_of("lan")

    @property
    def key(self) -> UUID:
        key: UUID = self.page.translation_key
        return key

    def for_a_test(self) -> Playing:
        """A copy that a test may change: what another test did to the page's object is not in the database."""
        other = copy.copy(self)
        other.page = pages.fresh(self.page)
        return other

    def another(self, *, max_score: Any = None, **values: Any) -> Playing:
        """The same learner and a further activity of the course."""
        other = copy.copy(self)
        other.content = H5PContent.objects.create(title="Cuộc gọi lạ", created_at=pages.AT)
        other.version = version(other.content, params=self.params, max_score=max_score)
        other.page = activity(pages.fresh(self.course), other.content, **values)
        return other

    def replace_file(self, **values: Any) -> H5PVersion:
        """Another file, published."""
        row = version(self.content, self.content.versions.count() + 1, **values)
        page = H5PPage.objects.get(pk=self.page.pk)
        page.version = row
        self.page = pages.publish(page)
        return row

    def open(self, **more: Any) -> H5PAttempt:
        return open_attempt(self.learner, self.key, **{"act_id": uuid.uuid4(), "at": pages.AT, **more})

    def say(self, attempt: H5PAttempt, *statements: Any, first: int = 1, page: UUID = PAGE, **more: Any) -> Taken:
        """As a page that counts from `first`."""
        claims = [Claim(first + place, one) for place, one in enumerate(statements)]
        return take(again(attempt), page, claims, **{"at": SOON, **more})


def again(attempt: H5PAttempt) -> H5PAttempt:
    """The row as it is now."""
    return own_attempt(attempts(), attempt.uuid, attempt.learner)


def address(attempt: H5PAttempt, name: str = "attempt") -> str:
    return reverse(f"bdhvs_h5p:{name}", args=[attempt.uuid])


def token(attempt: H5PAttempt, at: datetime = pages.AT) -> str:
    return tokens.issue(attempt, at=at)


def post(client: Client, address: str, content: Any) -> Any:
    """As the page's script: JSON, or bytes as they are."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return client.post(address, data=data, content_type="application/json")


def body(attempt: H5PAttempt, *statements: Any, first: int = 1, **more: Any) -> dict[str, Any]:
    rows = [{"n": first + place, "statement": one} for place, one in enumerate(statements)]
    return {"token": token(attempt), "statements": rows, **more}


def statements(attempt: H5PAttempt) -> list[dict[str, Any]]:
    """Of the ledger, in the order of recording."""
    facts = xapi.facts(registration=attempt.uuid)
    return [fact.statement for fact in sorted(facts, key=lambda fact: fact.seq)]


def verbs(attempt: H5PAttempt) -> list[str]:
    return [row["verb"]["id"].rsplit("/", 1)[1] for row in statements(attempt)]


def best(attempt: H5PAttempt) -> tuple[Decimal | None, Decimal | None, Decimal | None, bool | None]:
    """(scaled, raw, max, passed) of the attempt."""
    row = again(attempt)
    return row.best_scaled, row.best_raw, row.best_max, row.success
