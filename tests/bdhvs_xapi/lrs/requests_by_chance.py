"""Requests to every resource: valid ones, ones with something spoiled, and rubbish. Made from one random number.

Why not schemathesis? There is no schema to generate from: what is valid depends on the version header, on other
parameters and on what is stored. Hypothesis chooses the number, and the soak counts them.
"""

from __future__ import annotations

import copy
import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from tests.bdhvs_xapi.lrs.support import ACTIVITY, AGENT, BOTH, HOME, OTHER, attachment, multipart, part

IDS = [f"00000000-0000-4000-8000-{number:012d}" for number in range(200)]
RUBBISH = [
    "",
    " ",
    "\0",
    "x",
    "null",
    "true",
    "-1",
    "1e999",
    "[]",
    "{}",
    '"',
    "é" * 50,
    "'; --",
    "%",
    "../../etc",
    "x" * 3_000,
    "🙂",
    "\u202e",
]
RUBBISH += [
    "http://",
    "urn:x",
    "2025-02-30T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "0001-01-01T00:00:00+14:00",
    "{" * 300,
]
VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    1e308,
    10**40,
    "",
    "x",
    "\0",
    [],
    {},
    [None],
    {"": ""},
    {"id": 1},
    "2025-01-01",
    ["x"] * 3,
]
RESOURCES = {
    "statements": ("GET", "HEAD", "PUT", "POST"),
    "activities": ("GET", "HEAD"),
    "activities/state": ("GET", "HEAD", "PUT", "POST", "DELETE"),
    "activities/profile": ("GET", "HEAD", "PUT", "POST", "DELETE"),
    "agents": ("GET", "HEAD"),
    "agents/profile": ("GET", "HEAD", "PUT", "POST", "DELETE"),
    "about": ("GET", "HEAD"),
}
PARAMETERS = (
    "statementId voidedStatementId agent verb activity registration related_activities related_agents since until "
    "limit format attachments ascending activityId stateId profileId method more"
).split()
STATUSES = frozenset({200, 204, 400, 401, 403, 404, 405, 409, 412, 413})


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    """Below the endpoint, with its query string."""
    content: bytes
    headers: dict[str, str]


class Maker:
    """One request for one number: ``Maker(7).request()`` is always the same."""

    def __init__(self, seed: int, more: list[str] | None = None) -> None:
        self.random = random.Random(seed)
        self.more = more or []

    def request(self) -> Request:
        chance = self.random.random
        resource = self.random.choice(list(RESOURCES))
        method = self.random.choice(RESOURCES[resource] if chance() < 0.95 else ("PATCH", "TRACE", "DELETE", "PUT"))
        params = self._params(resource, method)
        content, content_type = self._content(resource, method)
        headers = {"X-Experience-API-Version": self.random.choice(BOTH), "Content-Type": content_type}
        if method in ("PUT", "POST", "DELETE") and resource != "statements":
            tag = self.random.choice(["*", '"x"', hashlib.sha1(content, usedforsecurity=False).hexdigest(), ""])
            headers[self.random.choice(["If-Match", "If-None-Match", "X-Nothing"])] = tag
        if chance() < 0.1:
            headers["Accept-Language"] = self.random.choice(["vi", "en;q=0.1, vi", "*", ";;q=,", "x" * 400])
        if chance() < 0.05:
            headers[self.random.choice(list(headers))] = self.random.choice(
                ["", "x", "1.1", "multipart/mixed; boundary=", "\x7f", "W/*"]
            )
        if self.more and chance() < 0.05:
            token = self.random.choice(self.more)
            return Request("GET", token if chance() < 0.5 else token[:-2] + "xx", b"", headers)
        if method == "POST" and chance() < 0.05:
            return self._alternate(resource, params, content, headers)
        query = urlencode(params)
        if chance() < 0.03:
            query += self.random.choice(["&limit=1", "&%FF=1", "&=", "&&", "&a=%zz", "&statementId=1&statementId=2"])
        return Request(method, f"{resource}?{query}" if query else resource, content, headers)

    def _alternate(self, resource: str, params: dict[str, str], content: bytes, headers: dict[str, str]) -> Request:
        method = self.random.choice([*RESOURCES[resource], "FOO"])
        form = {**params, "content": content.decode("latin-1"), **headers}
        query = "&x=1" if self.random.random() < 0.1 else ""
        return Request(
            "POST",
            f"{resource}?method={quote(method)}{query}",
            urlencode(form).encode(),
            {"Content-Type": "application/x-www-form-urlencoded", "X-Experience-API-Version": "1.0.3"},
        )

    # -- parameters --------------------------------------------------------------------------------------------

    def _params(self, resource: str, method: str) -> dict[str, str]:
        pick = self.random.choice
        made: dict[str, Callable[[], str]] = {
            "statementId": lambda: pick(IDS),
            "voidedStatementId": lambda: pick(IDS),
            "agent": lambda: json.dumps(self._agent()),
            "verb": lambda: f"{HOME}/verb/{self.random.randrange(5)}",
            "activity": lambda: f"{HOME}/activity/{self.random.randrange(9)}",
            "registration": lambda: pick(IDS),
            "related_activities": lambda: pick(["true", "false"]),
            "related_agents": lambda: pick(["true", "false"]),
            "since": lambda: f"20{self.random.randrange(10, 99)}-01-01T00:00:00Z",
            "until": lambda: f"20{self.random.randrange(10, 99)}-06-01T00:00:00.5Z",
            "limit": lambda: str(self.random.randrange(30)),
            "format": lambda: pick(["ids", "exact", "canonical"]),
            "attachments": lambda: pick(["true", "false"]),
            "ascending": lambda: pick(["true", "false"]),
            "activityId": lambda: f"{HOME}/activity/{self.random.randrange(9)}",
            "stateId": lambda: f"state {self.random.randrange(5)}",
            "profileId": lambda: f"hồ sơ {self.random.randrange(5)}",
        }
        wanted = {
            "statements": ["statementId"] if method == "PUT" else [],
            "activities": ["activityId"],
            "activities/state": ["activityId", "agent", *(["stateId"] if self.random.random() < 0.8 else [])],
            "activities/profile": ["activityId", *(["profileId"] if self.random.random() < 0.8 else [])],
            "agents": ["agent"],
            "agents/profile": ["agent", *(["profileId"] if self.random.random() < 0.8 else [])],
            "about": [],
        }[resource]
        if resource == "statements" and method in ("GET", "HEAD"):
            names = list(made)[:2] if self.random.random() < 0.3 else list(made)[2:14]
            wanted = self.random.sample(names, self.random.randrange(min(4, len(names) + 1)))
        params = {name: made[name]() for name in wanted}
        if self.random.random() < 0.2:
            name = pick(PARAMETERS) if self.random.random() < 0.5 or not params else pick(list(params))
            params[name] = pick(RUBBISH)
        if params and self.random.random() < 0.05:
            del params[pick(list(params))]
        return params

    # -- contents ----------------------------------------------------------------------------------------------

    def _content(self, resource: str, method: str) -> tuple[bytes, str]:
        if method in ("GET", "HEAD"):
            return b"", "application/json"
        if resource != "statements":
            if self.random.random() < 0.7:
                return json.dumps({str(self.random.randrange(4)): self._value()}).encode(), "application/json"
            return self.random.randbytes(self.random.randrange(300)), self.random.choice(
                ["text/plain", "image/png", "application/json", "x"]
            )
        many = method == "POST" and self.random.random() < 0.5
        made: Any = [self._statement() for _ in range(self.random.randrange(6))] if many else self._statement()
        if self.random.random() < 0.15:
            return self._with_data(made)
        raw = json.dumps(made, ensure_ascii=self.random.random() < 0.5).encode(errors="surrogatepass")
        if self.random.random() < 0.1:
            raw = self._damaged(raw)
        return raw, "application/json"

    def _with_data(self, made: Any) -> tuple[bytes, str]:
        data = self.random.randbytes(self.random.randrange(500))
        for each in made if isinstance(made, list) else [made]:
            if isinstance(each, dict):
                each["attachments"] = [attachment(data)]
        content_type, content = multipart(made, part(data), *([part(b"x")] if self.random.random() < 0.1 else []))
        return self._damaged(content) if self.random.random() < 0.2 else content, content_type

    def _damaged(self, raw: bytes) -> bytes:
        at = self.random.randrange(len(raw) + 1)
        match self.random.randrange(3):
            case 0:
                return raw[:at]
            case 1:
                return raw[:at] + self.random.randbytes(3) + raw[at:]
            case _:
                return raw[:at] + raw[at + 1 :]

    def _agent(self) -> dict[str, Any]:
        return self.random.choice(
            [AGENT, OTHER, {"openid": f"{HOME}/o"}, {"objectType": "Group", "mbox": "mailto:g@example.vn"}]
        )

    def _statement(self) -> Any:
        pick = self.random.choice
        target: dict[str, Any] = pick(
            [
                {"id": ACTIVITY, "definition": {"name": {"vi": "Một", "en": "One"}}},
                {"objectType": "StatementRef", "id": pick(IDS)},
                {"objectType": "Agent", **OTHER},
                {
                    "objectType": "SubStatement",
                    "actor": AGENT,
                    "verb": {"id": f"{HOME}/verb/1"},
                    "object": {"id": ACTIVITY},
                },
            ]
        )
        verb = f"{HOME}/verb/{self.random.randrange(5)}"
        if target.get("objectType") == "StatementRef" and self.random.random() < 0.3:
            verb = "http://adlnet.gov/expapi/verbs/voided"
        made: dict[str, Any] = {
            "id": pick(IDS),
            "actor": self._agent(),
            "verb": {"id": verb},
            "object": target,
            "result": {"score": {"scaled": self.random.uniform(-1, 1)}, "extensions": {f"{HOME}/x": self._value()}},
            "context": {"registration": pick(IDS), "contextActivities": {"parent": {"id": ACTIVITY}}},
            "timestamp": "2025-11-15T08:30:00Z",
        }
        for name in ("id", "result", "context", "timestamp"):
            if self.random.random() < 0.3:
                del made[name]
        # A copy: its parts are shared with other requests and other tests.
        made = copy.deepcopy(made)
        if self.random.random() < 0.35:
            self._spoil(made)
        return made if self.random.random() < 0.99 else self._value()

    def _spoil(self, made: dict[str, Any]) -> None:
        """Something anywhere inside is replaced, added or removed."""
        inner: Any = made
        while isinstance(inner, dict) and inner:
            name = self.random.choice(list(inner))
            if not isinstance(inner[name], dict) or self.random.random() < 0.3:
                match self.random.randrange(3):
                    case 0:
                        inner[name] = self._value()
                    case 1:
                        inner[self.random.choice([*PARAMETERS, "objectType", "member", "", "\ud800"])] = self._value()
                    case _:
                        del inner[name]
                return
            inner = inner[name]

    def _value(self) -> Any:
        value = self.random.choice([*VALUES, *RUBBISH])
        for _ in range(self.random.choice([0, 0, 0, 1, 3, 100])):
            value = [value] if self.random.random() < 0.5 else {"a": value}
        return value
