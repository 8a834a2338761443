"""Requests to another record store: its headers, its limits, and what an answer means. Knows no database."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Final

import httpx

from bdhvs_xapi.outbox.addresses import Forbidden, LookingTransport
from bdhvs_xapi.outbox.transport import Destination, Trouble

CONNECT_SECONDS: Final = 5.0
# Between two bytes, and for a whole answer: a store that dribbles must not hold a sender for ever.
READ_SECONDS: Final = 30.0
ANSWER_SECONDS: Final = 60.0
# Enough for the ids of a batch and for any explanation.
MAX_ANSWER: Final = 4 * 1024 * 1024
MAX_RETRY_AFTER: Final = 24 * 3600.0
# As much of a store's explanation as a list of dead letters shows.
_MAX_REASON: Final = 300
# What explains itself in words; a page of markup is written for somebody else's eyes.
_EXPLAINS: Final = ("application/json", "text/plain")
# The store is there and says that it cannot just now.
_BUSY: Final = frozenset({408, 425, 429, 502, 503, 504})
# Some of these are about how long something took, which a smaller batch may mend.
_TOO_SLOW: Final = frozenset({408, 502, 504})


class WireTrouble(Exception):
    """No usable answer. ``trouble`` says what that means for the destination."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble
        super().__init__(trouble.reason)


class TooMuch(WireTrouble):
    """The answer is larger than may be, or takes longer: asked for less, the store may give it."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def reason(self) -> str:
        """Status and a line of what the store said, where it said it in plain words or JSON.

        Never its answer as it came: what a server says to ours is not meant for whoever reads our lists."""
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        text = _one_line(self.body[: 8 * _MAX_REASON].decode("utf-8", "replace")) if kind in _EXPLAINS else ""
        return f"{self.status}: {text}" if text else f"{self.status}, without a reason"


class Wire:
    """A kept connection to one record store. Follows no redirect: a password goes where the operator said only."""

    def __init__(self, destination: Destination) -> None:
        self.destination = destination
        self._client: httpx.Client | None = None

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        content_type: str = "",
        max_answer: int = MAX_ANSWER,
    ) -> Reply:
        """The answer, whatever its status. Raises ``WireTrouble``: no connection, cut off, too slow, too large."""
        headers = {"Content-Type": content_type} if content_type else {}
        deadline = time.monotonic() + ANSWER_SECONDS
        try:
            with self._open().stream(method, url, params=params, content=content, headers=headers) as response:
                body = bytearray()
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > max_answer:
                        raise TooMuch(Trouble(f"{method} {url}: the answer is larger than {max_answer} bytes"))
                    if time.monotonic() > deadline:
                        raise TooMuch(Trouble(f"{method} {url}: no whole answer in {ANSWER_SECONDS:.0f} s"))
                return Reply(response.status_code, response.headers, bytes(body))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            if isinstance(error.__cause__, Forbidden):
                raise WireTrouble(Trouble(_text(error), pause=True)) from error
            raise WireTrouble(Trouble(f"no connection: {_text(error)}")) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise WireTrouble(Trouble(f"{url} is no address: {_text(error)}", pause=True)) from error
        except httpx.TimeoutException as error:
            raise WireTrouble(Trouble(f"no answer in time: {_text(error)}", batch=True)) from error
        except httpx.HTTPError as error:
            # The connection broke. What was sent may have been stored: it is sent again, under the same ids.
            raise WireTrouble(Trouble(f"the connection broke: {_text(error)}", batch=True)) from error

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _open(self) -> httpx.Client:
        if self._client is None:
            there = self.destination
            self._client = httpx.Client(
                auth=httpx.BasicAuth(there.username, there.password) if there.username or there.password else None,
                headers={"X-Experience-API-Version": there.version, "User-Agent": "bdhvs-xapi"},
                timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                follow_redirects=False,
                transport=LookingTransport(_certificates()),
                # No proxy and no .netrc of the environment: a password goes where the operator said only.
                trust_env=False,
            )
        return self._client


@cache
def _certificates() -> ssl.SSLContext:
    """The authorities that are trusted, read once a process: it takes longer than sending a batch."""
    return httpx.create_ssl_context()


def trouble_of(reply: Reply) -> Trouble:
    """What an answer other than success, and not about a statement, says about the destination."""
    match reply.status:
        case 401 | 403:
            return Trouble(f"user name and password are not accepted ({reply.reason})", pause=True)
        case status if status in _BUSY:
            return Trouble(reply.reason, retry_after=_retry_after(reply), batch=status in _TOO_SLOW)
        case status if status >= 500:
            return Trouble(reply.reason, retry_after=_retry_after(reply), batch=True)
        case status if 300 <= status < 400:
            there = _one_line(reply.headers.get("Location", "nowhere"))
            return Trouble(f"{status}: it refers to {there}; give the address where it is", pause=True)
        case _:
            return Trouble(f"is this the address of a record store? ({reply.reason})", pause=True)


def _one_line(text: str) -> str:
    """Printable characters only, nothing that looks like markup, cut."""
    line = " ".join(re.sub(r"<[^>]*>?", " ", text).split())
    return "".join(each for each in line if each.isprintable())[:_MAX_REASON]


def _retry_after(reply: Reply) -> float | None:
    """Seconds (RFC 9110, 10.2.3): a number, or a date compared with the answer's own, whatever our clock says."""
    value = reply.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), MAX_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(value)
        wait = (until - parsedate_to_datetime(reply.headers["Date"])).total_seconds()
    except (ValueError, TypeError, KeyError):
        return None
    return min(max(wait, 0.0), MAX_RETRY_AFTER)


def _text(error: Exception) -> str:
    return str(error) or type(error).__name__
