"""A course with H5P activities for a browser: made in the site's own process, played by one learner, Lan."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.support.live import Installation

CLOCK = "2025-11-15T10:00:00+07:00"

# In the site's process: packages on standard input would be eaten by Django's shell.
_MAKE = """
import base64, io, json, os, uuid
from django.conf import settings
from bdhvs_h5p import uploads
from bdhvs_h5p.attempts.actions import open_attempt
from bdhvs_h5p.models import H5PPage
from django.urls import reverse
from tests.bdhvs_content import pages
with open(os.environ["H5P_PACKAGES"]) as file:
    packages, values = json.load(file)
course = pages.course(pages.catalog())
learner = pages.enrolled(course)
paths = {}
for name, data in packages.items():
    source = io.BytesIO(base64.b64decode(data))
    outcome = uploads.receive(source, file_name=name, may_install=True, at=pages.AT, title=name)
    page = H5PPage(
        title=name, live=False, content=outcome.version.content, alternative="Xem bài đọc.", **values.get(name, {})
    )
    page.version = outcome.version
    course.add_child(instance=page)
    page = pages.publish(page)
    attempt = open_attempt(learner, page.translation_key, act_id=uuid.uuid4(), at=pages.AT)
    paths[name] = reverse("bdhvs_h5p:attempt", args=[attempt.uuid])
client = pages.client_of("lan")
print(json.dumps({"session": client.cookies[settings.SESSION_COOKIE_NAME].value, "paths": paths}))
"""


@dataclass(frozen=True)
class Played:
    """`paths`: of the attempt's page, by the package's name."""

    session: str
    paths: Mapping[str, str]

    def sign_in(self, context: Any, url: str) -> None:
        """Give a browser's context Lan's session on this server."""
        name = urlsplit(url).hostname
        context.add_cookies([{"name": "bdhvs-session", "value": self.session, "domain": name, "path": "/"}])


def make(
    site: Installation, packages: Mapping[str, bytes], values: Mapping[str, Mapping[str, Any]] | None = None
) -> Played:
    """`values`: of a package's page, as its pass mark."""
    file = site.data_dir / "packages.json"
    encoded = {name: base64.b64encode(data).decode() for name, data in packages.items()}
    file.write_text(json.dumps([encoded, values or {}]))
    said = site.python(_MAKE, H5P_PACKAGES=str(file), BDHVS_TEST_CLOCK=CLOCK)
    return Played(**json.loads(said.splitlines()[-1]))


def frame_of(page: Any) -> Any:
    """The player's frame of an attempt's page (playwright Frame), once it has started."""
    page.wait_for_selector("iframe[src]")
    handle = page.query_selector("iframe")
    frame = handle.content_frame()
    frame.wait_for_selector(".h5p-container")
    return frame
