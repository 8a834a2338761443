"""An OpenID Connect provider that says what a test wants, over HTTP; and somebody who signs in by it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from django.core.cache import cache
from django.test import Client, override_settings

KEY = "a-key-of-the-portal-that-nobody-has-to-check"
GO, RETURN = "/dang-nhap/dinh-danh/di/", "/dang-nhap/dinh-danh/ve/"


class Portal:
    """`claims`: of whoever comes next. `said`: changes to what it answers, by path; a number is a status."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.claims: dict[str, Any] = {}
        self.said: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.nonce = ""

    def answer(self, path: str) -> Any:
        if path in self.said:
            return self.said[path]
        if path == "/.well-known/openid-configuration":
            named = ("authorization", "token", "userinfo", "end_session")
            return {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/jwks",
                **{f"{each}_endpoint": f"{self.url}/{each}" for each in named},
            }
        if path == "/token":
            now = int(time.time())
            whole = {"iss": self.url, "aud": "us", "iat": now, "exp": now + 60, "nonce": self.nonce, **self.claims}
            token = jwt.encode(whole, KEY, algorithm="HS256")
            return {"access_token": "of-nobody-else", "token_type": "bearer", "id_token": token}
        return self.claims if path == "/userinfo" else 404

    def begin(self, client: Client, query: str = "", **more: Any) -> dict[str, str]:
        """What the browser takes along to the provider."""
        response = client.get(f"{GO}{query}", **more)
        assert response.status_code == 302, response.status_code
        address = urlsplit(response["Location"])
        assert address._replace(query="").geturl() == f"{self.url}/authorization"
        sent = {name: values[0] for name, values in parse_qs(address.query).items()}
        self.nonce = sent["nonce"]
        return sent

    def come(self, client: Client, query: str = "", **claims: Any) -> Any:
        """Sign in as whom these claims are about; the answer to the browser that comes back."""
        self.claims = claims
        sent = self.begin(client, query)
        return client.get(RETURN, {"state": sent["state"], "code": "a-code"})


@contextmanager
def open_portal(**settings: Any) -> Iterator[Portal]:
    """A provider, and a site that names it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(parse_qs(body))

        def _answer(self, form: dict[str, list[str]]) -> None:
            portal.asked.append((self.path, form))
            said = portal.answer(self.path)
            body = (
                b"" if isinstance(said, int) else said.encode() if isinstance(said, str) else json.dumps(said).encode()
            )
            self.send_response(said if isinstance(said, int) else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    portal = Portal(f"http://127.0.0.1:{server.server_port}")
    named = {
        "BDHVS_ALLAUTH_OIDC_SERVER_URL": portal.url,
        "BDHVS_ALLAUTH_OIDC_CLIENT_ID": "us",
        "BDHVS_ALLAUTH_OIDC_CLIENT_SECRET": "ours",
        "BDHVS_ALLAUTH_OIDC_NAME_VI": "Cổng thử",
        "BDHVS_ALLAUTH_OIDC_NAME_EN": "Test portal",
        **settings,
    }
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    cache.clear()
    try:
        with override_settings(**named):
            yield portal
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        cache.clear()
