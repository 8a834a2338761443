"""Read by the shell of a host's `manage.py`: pages of the site, followed from link to link as each of some people.

Prints a JSON list of [who, address, status, where the link stood], one for each address that was asked for.
"""

import json
import os
import re
from collections import deque
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

MOST = int(os.environ["CRAWL_MOST"])
# (who, where they begin), by the e-mail address; "" is nobody.
PEOPLE = json.loads(os.environ["CRAWL_PEOPLE"])
# What ends the walk, or the thing walked through.
NEVER = re.compile(
    r"logout|/thoat|sign-?out|/language/|/sprite|\.(css|js|png|svg|jpg|webp|ico|woff2?)$|userbar|/delete/"
)
LINK = re.compile(r'(?:href|src)="([^"#][^"]*)"|"url": "(/[^"]*)"')

settings.ALLOWED_HOSTS = ["*"]
found = []
for email, starts in PEOPLE.items():
    client = Client(headers={"host": "localhost"}, raise_request_exception=False)
    if email:
        client.force_login(
            get_user_model().objects.get(email=email), backend="django.contrib.auth.backends.ModelBackend"
        )
    waiting, known, shapes = deque((start, "") for start in starts), set(starts), {}
    asked = 0
    while waiting and asked < MOST:
        address, stood = waiting.popleft()
        answer = client.get(address)
        asked += 1
        found.append([email, address, answer.status_code, stood])
        target = answer.headers.get("Location")
        html = answer.content.decode(errors="replace") if "html" in answer.headers.get("Content-Type", "") else ""
        for groups in [(target, "")] if target else LINK.findall(html):
            link = urldefrag(urljoin(address, unescape(groups[0] or groups[1])))[0]
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or NEVER.search(parts.path):
                continue
            # Three of each shape: not every row of every list.
            shape = re.sub(r"[0-9a-f-]{32,36}|\d+", "N", parts.path) + "?" * bool(parts.query)
            if link not in known and shapes.get(shape, 0) < 3:
                shapes[shape] = shapes.get(shape, 0) + 1
                known.add(link)
                waiting.append((link, address))
print(json.dumps(found))  # noqa: T201
