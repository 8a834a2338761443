"""A client that speaks to the endpoint as another system would, and statements to send."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.test import Client

from bdhvs_xapi import api

HOME = "https://lms.example.vn"
ROOT = "/xapi/"
V1, V2 = "1.0.3", "2.0.0"
BOTH = (V1, V2)
AGENT = {"objectType": "Agent", "account": {"homePage": HOME, "name": "7f0c1f5e-5b0c-4d53-9c67-0d8a3b1f2c11"}}
OTHER = {"objectType": "Agent", "mbox": "mailto:other@example.vn"}
ACTIVITY = f"{HOME}/activity/1"
NOW = datetime(2025, 11, 15, 3, tzinfo=UTC)


def statement(**changes: Any) -> dict[str, Any]:
    """A small valid statement with a new id; ``changes`` replace properties, None takes one away."""
    made: dict[str, Any] = {
        "id": str(uuid4()),
        "actor": AGENT,
        "verb": {"id": "http://adlnet.gov/expapi/verbs/attempted", "display": {"en": "attempted", "vi": "đã thử"}},
        "object": {"objectType": "Activity", "id": ACTIVITY},
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def reference(target: str, **changes: Any) -> dict[str, Any]:
    """A statement about a statement."""
    verb, target_ref = {"id": "http://adlnet.gov/expapi/verbs/commented"}, {"objectType": "StatementRef", "id": target}
    return statement(**{"actor": OTHER, "verb": verb, "object": target_ref, **changes})


def voiding(target: str, **changes: Any) -> dict[str, Any]:
    return reference(target, **{"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}, **changes})


def attachment(data: bytes, **changes: Any) -> dict[str, Any]:
    """The declaration of an attachment with these bytes."""
    made = {
        "usageType": f"{HOME}/usage/essay",
        "display": {"en": "An essay"},
        "contentType": "text/plain",
        "length": len(data),
        "sha2": hashlib.sha256(data).hexdigest(),
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def part(data: bytes, **changes: str | None) -> tuple[dict[str, str], bytes]:
    """(headers, data) of an attachment's part; a header given as None is left out."""
    head: dict[str, str | None] = {
        "Content-Type": "text/plain",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": hashlib.sha256(data).hexdigest(),
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    return {name: value for name, value in head.items() if value is not None}, data


def multipart(
    statements: Any, *parts: tuple[Mapping[str, str], bytes], first: str | None = "application/json", end: bytes = b"--"
) -> tuple[str, bytes]:
    """(Content-Type, content) of a multipart/mixed request."""
    boundary = "=_a boundary?(1)"
    head = {} if first is None else {"Content-Type": first}
    pieces = []
    for headers, data in ((head, json.dumps(statements).encode()), *parts):
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        pieces.append(f"--{boundary}\r\n{lines}\r\n".encode() + data + b"\r\n")
    content = b"".join(pieces) + f"--{boundary}".encode() + end + b"\r\n"
    return f'multipart/mixed; boundary="{boundary}"', content


def parts_of(response: Any) -> list[tuple[dict[str, str], bytes]]:
    """(headers in lower case, data) of each part of an answer, read by what RFC 2046 says and by nothing of ours."""
    content_type = response.headers["Content-Type"]
    assert content_type.startswith("multipart/mixed; boundary=")
    boundary = b"--" + content_type.partition("boundary=")[2].strip('"').encode()
    content = b"".join(response.streaming_content)
    assert content.startswith(boundary)
    assert content.endswith(b"\r\n" + boundary + b"--\r\n")
    found = []
    for piece in content.removesuffix(b"\r\n" + boundary + b"--\r\n").split(b"\r\n" + boundary + b"\r\n"):
        head, _, data = piece.removeprefix(boundary + b"\r\n").partition(b"\r\n\r\n")
        lines = (line.partition(":") for line in head.decode().split("\r\n"))
        found.append(({name.lower(): value.strip() for name, _, value in lines}, data))
    return found


@dataclass(frozen=True)
class Lrs:
    """Requests with one credential and one version; parameters that are no strings are sent as JSON."""

    key: str
    secret: str
    version: str = V1
    # One for all: making one loads all of the site's middleware, and there are no cookies that it could keep.
    client: Client = field(default_factory=cache(Client))

    def speaking(self, version: str) -> Lrs:
        return replace(self, version=version)

    @property
    def authority(self) -> str:
        return f"lrs-{self.key}"

    @property
    def headers(self) -> dict[str, str]:
        token = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        return {"Authorization": f"Basic {token}", "X-Experience-API-Version": self.version}

    def request(
        self,
        method: str,
        resource: str,
        params: Mapping[str, Any] | None = None,
        content: Any = b"",
        content_type: str | None = "application/json",
        headers: Mapping[str, str | None] | None = None,
    ) -> Any:
        address = resource if resource.startswith("/") else ROOT + resource
        query = {name: value if isinstance(value, str) else json.dumps(value) for name, value in (params or {}).items()}
        if query:
            address += f"?{urlencode(query)}"
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        sent = {**self.headers, **(headers or {})}
        return self.client.generic(
            method,
            address,
            data,
            content_type=content_type or "",
            headers={name: value for name, value in sent.items() if value is not None},
        )

    def get(self, resource: str, headers: Mapping[str, str | None] | None = None, **params: Any) -> Any:
        return self.request("GET", resource, params, headers=headers)

    def head(self, resource: str, **params: Any) -> Any:
        return self.request("HEAD", resource, params)

    def put(self, resource: str, content: Any, headers: Mapping[str, str | None] | None = None, **params: Any) -> Any:
        return self.request("PUT", resource, params, content, headers=headers)

    def post(self, resource: str, content: Any, headers: Mapping[str, str | None] | None = None, **params: Any) -> Any:
        return self.request("POST", resource, params, content, headers=headers)

    def delete(self, resource: str, headers: Mapping[str, str | None] | None = None, **params: Any) -> Any:
        return self.request("DELETE", resource, params, headers=headers)

    def send(self, *statements: dict[str, Any]) -> list[str]:
        """Stores statements; their ids."""
        response = self.post("statements", list(statements))
        assert response.status_code == 200, response.content
        found: list[str] = response.json()
        return found

    def listed(self, **params: Any) -> list[str]:
        """The ids of a list, over all its pages."""
        found: list[str] = []
        response = self.get("statements", **params)
        while True:
            assert response.status_code == 200, response.content
            result = response.json()
            found += [each["id"] for each in result["statements"]]
            if not result["more"]:
                return found
            response = self.get(result["more"])


def new_lrs(*scopes: str, name: str = "a tool", trust: int = 0, version: str = V1) -> Lrs:
    """A credential with ``scopes`` and a client that uses it."""
    credential, secret = api.create_credential(name, scopes=scopes or ["all"], trust=trust, home_page=HOME, at=NOW)
    return Lrs(credential.key, secret, version)


def problems(response: Any) -> Iterable[str]:
    """The paths that a refusal names."""
    return [problem["path"] for problem in response.json()["problems"]]
