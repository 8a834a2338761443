"""Headers that say one thing to a proxy and another to the site, on real connections to a real server."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from tests.support.live import Installation, Server

pytestmark = pytest.mark.thorough

FORM = "Content-Type: application/x-www-form-urlencoded"
VISITOR, STRANGER = "198.51.100.7", "203.0.113.66"
# What the page of signing in answers to a wrong password.
WRONG = [422]


def request(method: str, path: str, *headers: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode("latin-1")


# What a smuggler wants answered: it must not be taken out of the body of the request before it.
HIDDEN = request("GET", "/healthz")


def answers(server: Server, sent: bytes) -> tuple[list[int], bool]:
    """The statuses of what comes back on one connection, and whether the server closes it then."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as line:
        line.sendall(sent)
        found = b""
        try:
            while piece := line.recv(65536):
                found += piece
                # As many as can come: who keeps the connection would be waited for in vain.
                if found.count(b"HTTP/1.1 ") == 2 and b'"status"' in found:
                    return statuses(found), False
        except ConnectionResetError:
            pass  # closed with something unread
        return statuses(found), True


def statuses(text: bytes) -> list[int]:
    return [int(each) for each in re.findall(rb"HTTP/1\.1 (\d{3}) ", text)]


CHUNKS = b"3\r\na=b\r\n0\r\n\r\n"
CHUNKED = "Transfer-Encoding: chunked"
REFUSED = {
    "two lengths": ([FORM, "Content-Length: 3", "Content-Length: 50"], b"a=b"),
    "a list of lengths": ([FORM, "Content-Length: 3, 3"], b"a=b"),
    "a length with a sign": ([FORM, "Content-Length: +3"], b"a=b"),
    "a length below nothing": ([FORM, "Content-Length: -3"], b"a=b"),
    "a length in sixteens": ([FORM, "Content-Length: 0x3"], b"a=b"),
    "a coding after the chunks": ([FORM, "Transfer-Encoding: chunked, identity"], CHUNKS),
    "a coding in another line after the chunks": ([FORM, CHUNKED, "Transfer-Encoding: identity"], CHUNKS),
    "a coding that nobody knows": ([FORM, "Transfer-Encoding: xchunked"], CHUNKS),
    "a coding behind a control character": ([FORM, "Transfer-Encoding: \x0bchunked"], CHUNKS),
    "a name with a space behind": ([FORM, "Content-Length: 3", "Transfer-Encoding : chunked"], CHUNKS),
    "a folded line": ([FORM, "Content-Length: 3", "Transfer-Encoding:\r\n chunked"], CHUNKS),
    "a folded address": ([FORM, "Content-Length: 3", f"X-Forwarded-For: {VISITOR},\r\n {STRANGER}"], b"a=b"),
    "a zero in a value": ([FORM, "Content-Length: 3", "X-Forwarded-For: 1\x00"], b"a=b"),
    "a chunk without a size": ([FORM, CHUNKED], b"zz\r\na=b\r\n0\r\n\r\n"),
    "a chunk of more than there is": ([FORM, CHUNKED], b"FFFFFFFFFFFFFFFFF\r\na=b\r\n0\r\n\r\n"),
    "chunks with bare line feeds": ([FORM, CHUNKED], b"3\na=b\n0\n\n"),
}
# The site reads the body whole, and no more than that; a form without its token is a 403 in its own words.
READ = {
    "a length": ([FORM, "Content-Length: 3"], b"a=b"),
    "chunks of unannounced sizes": ([FORM, CHUNKED], CHUNKS),
    "the same length twice": ([FORM, "Content-Length: 3", "Content-Length: 3"], b"a=b"),
    "an underscore in chunks' name": ([FORM, "Content-Length: 3", "Transfer_Encoding: chunked"], b"a=b"),
    "an underscore in a length's name": ([FORM, "Content-Length: 3", "Content_Length: 300"], b"a=b"),
    "nothing but a length with an underscore": ([FORM, "Content_Length: 300"], b""),
}
# Both say how long the body is. The chunks count, and the connection ends: what is behind them is nobody's request.
CLOSED = {
    "length, then chunks": ([FORM, "Content-Length: 5", CHUNKED], CHUNKS),
    "chunks, then length": ([FORM, CHUNKED, f"Content-Length: {len(CHUNKS)}"], CHUNKS),
    "no length, then chunks": ([FORM, "Content-Length: 0", CHUNKED], CHUNKS),
    "a length into the next request": ([FORM, f"Content-Length: {len(CHUNKS) + len(HIDDEN)}", CHUNKED], CHUNKS),
}


@pytest.fixture(scope="module")
def server(module_installation: Installation) -> Server:
    return module_installation.serve(BDHVS_BEHIND_PROXY="1", BDHVS_SIGN_IN_ADDRESS_WARNING=str(len(ADDRESSES) - 2))


def test_no_request_hides_in_the_body_of_another(server: Server) -> None:
    for kinds, expected in ((REFUSED, ([400], True)), (READ, ([403, 200], False)), (CLOSED, ([403], True))):
        for name, (headers, body) in kinds.items():
            assert answers(server, request("POST", "/dang-nhap/", *headers) + body + HIDDEN) == expected, name


# Name: headers as a visitor and the proxy send them, and whom the site has to take for the visitor.
ADDRESSES = {
    "an": ([f"X-Forwarded-For: {VISITOR}"], VISITOR),
    "binh": ([f"X_Forwarded_For: {STRANGER}", f"X-Forwarded-For: {VISITOR}"], VISITOR),
    "chi": ([f"X-Forwarded-For: {VISITOR}", f"X_Forwarded_For: {STRANGER}"], VISITOR),
    "dung": ([f"X-Forwarded-For: {VISITOR}", f"x-forwarded_for: {STRANGER}"], VISITOR),
    "giang": ([f"X-Forwarded-For: {STRANGER}", f"X-Forwarded-For: {VISITOR}"], VISITOR),
    "hanh": ([f"X-Forwarded-For: {STRANGER}, {VISITOR}"], VISITOR),
    "khanh": ([f"X_Forwarded_For: {STRANGER}"], ""),
    "lan": ([f"Forwarded: for={STRANGER}", f"X-Real-Ip: {STRANGER}", f"X-Forwarded-For: {VISITOR}"], VISITOR),
    "minh": ([f"REMOTE_ADDR: {STRANGER}", f"HTTP_X_FORWARDED_FOR: {STRANGER}", f"X-Forwarded-For: {VISITOR}"], VISITOR),
}


def test_only_the_proxys_header_says_where_somebody_comes_from(
    module_installation: Installation, server: Server
) -> None:
    """By what signing in counts, by what the log names for the firewall, and by what the record store refuses."""
    with httpx.Client(base_url=server.url) as client:
        page = client.get("/dang-nhap/")
        cookies = "; ".join(f"{name}={value}" for name, value in page.cookies.items())
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token is not None

    def sign_in(name: str, *headers: str) -> tuple[list[int], bool]:
        body = urlencode({"username": name, "password": "sai", "csrfmiddlewaretoken": token[1]}).encode()
        length = f"Content-Length: {len(body)}"
        sent = request("POST", "/dang-nhap/", FORM, length, f"Cookie: {cookies}", "Connection: close", *headers)
        return answers(server, sent + body)

    for name, (headers, _) in ADDRESSES.items():
        assert sign_in(name, *headers) == (WRONG, True), name
    counted = module_installation.python(
        "from bdhvs_lms.learners.throttle import digest\n"
        "from bdhvs_lms.learners.models import SignInTry\n"
        f"known = {{digest('address', one): one for one in ({VISITOR!r}, {STRANGER!r}, '127.0.0.1')}}\n"
        "rows = SignInTry.objects.order_by('pk').values_list('address', flat=True)\n"
        "print('\\n' + '|'.join(known.get(one, one) for one in rows))"
    )
    assert counted.rstrip("\n").splitlines()[-1].split("|") == [address for _, address in ADDRESSES.values()]
    log = server.log.read_text()
    assert f"wrong passwords from {VISITOR}" in log
    assert STRANGER not in log
    # By https a form without Referer is refused. Only the proxy's header says that it was https.
    assert sign_in("nam", "X-Forwarded-Proto: https") == ([403], True)
    assert sign_in("nam", "X_Forwarded_Proto: https") == (WRONG, True)

    def wrong_credential(*headers: str) -> int:
        basic = "Authorization: Basic YTpi"
        version = "X-Experience-API-Version: 1.0.3"
        return answers(server, request("GET", "/xapi/statements", basic, version, "Connection: close", *headers))[0][0]

    tries = 0
    while (status := wrong_credential(f"X_Forwarded_For: 203.0.113.{tries}", f"X-Forwarded-For: {VISITOR}")) == 401:
        tries += 1
        assert tries < 1000
    assert status == 429
    assert wrong_credential(f"X-Forwarded-For: {STRANGER}") == 401
    assert wrong_credential(f"X_Forwarded_For: {STRANGER}", f"X-Forwarded-For: {VISITOR}") == 429
