"""A signed-in account asks for addresses, and for whatever it finds there: which of these words are in an answer?

Pages, text files, and what is inside XLSX, DOCX, PDF and ZIP files; the names of files, and where an answer leads.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urljoin, urlsplit
from zipfile import BadZipFile, ZipFile

import pypdfium2 as pdfium
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import Resolver404, resolve

# Files of the theme; and what ends the session, or the account.
LEFT_OUT = re.compile(r"^/static/|/(thoat|sign-out|logout)[\w-]*/")
# Of each view and language: values of one parameter that are tried, addresses with the same parameters whatever their
# values, and addresses in all.
VALUES, ALIKE, OF_A_VIEW = 4, 2, 50
# Parameters whose values are pages of their own: all that an address of the view has room for.
OWN_PAGES = ("path", "target_key")
_HOST = "127.0.0.1"
_MARKS, _WORD = re.compile("[\u0300-\u036f]"), re.compile(r"[^\W_]+")
_HIDDEN_IN = re.compile(r"\\u([0-9a-fA-F]{4})")


def words_in(text: str) -> str:
    """Letters and digits alone, without case and diacritics, with a space around each word."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold().replace("đ", "d")))
    words = _WORD.findall(plain)
    return f" {' '.join(words)} "


def readings_of(text: str) -> Iterator[str]:
    """What a text says: as it stands, and as scripts and addresses write letters; without tags, which may end a word
    or stand in it."""
    yield _HIDDEN_IN.sub(lambda found: chr(int(found[1], 16)), unquote_plus(unescape(text)))
    if "<" in text:
        yield unescape(re.sub(r"<[^>]*>", "", text))
        yield unescape(re.sub(r"<[^>]*>", " ", text))


def texts_in(body: bytes) -> Iterator[str]:
    """All that can be read in a page or a file."""
    if body.startswith(b"PK"):
        try:
            with ZipFile(io.BytesIO(body)) as archive:
                for name in archive.namelist():
                    yield name
                    yield from texts_in(archive.read(name))
            return
        except BadZipFile:
            pass
    if body.startswith(b"%PDF"):
        document: Any = pdfium.PdfDocument(body)
        yield "\n".join(page.get_textpage().get_text_range() for page in document)
        yield "\n".join(document.get_metadata_dict().values())
        document.close()
    else:
        yield from readings_of(body.decode("utf-8", "ignore"))


class Wanted:
    """Words to look for → what they are ("name", "phone")."""

    def __init__(self, kinds: dict[str, str]) -> None:
        self.kinds = {words_in(words): kind for words, kind in kinds.items()}
        self._by_first: dict[str, list[str]] = defaultdict(list)
        for needle in self.kinds:
            self._by_first[needle.split()[0]].append(needle)

    def found_in(self, text: str) -> set[str]:
        said = words_in(text)
        likely = self._by_first.keys() & set(said.split())
        return {needle for first in likely for needle in self._by_first[first] if needle in said}

    def found_in_file(self, body: bytes) -> set[str]:
        return {needle for text in texts_in(body) for needle in self.found_in(text)}


class Scanner:
    def __init__(self, user: Any, wanted: Wanted, typed: str = "") -> None:
        """`typed`: what is written where a page has something to search with."""
        self.client = Client(SERVER_NAME=_HOST, raise_request_exception=False)
        self.client.force_login(user)
        self.opened: list[str] = []
        """Addresses that were answered with a page or a file."""
        self.named: list[tuple[str, str]] = []
        """(address, what was in the answer)."""
        self.broken: list[str] = []
        """Addresses whose answer was an error of the site's own."""
        self.answers = 0
        self._wanted, self._typed = wanted, typed
        self._seen: set[str] = set()
        self._tried: dict[Any, set[str]] = defaultdict(set)
        self._alike: Counter[Any] = Counter()
        self._of_view: Counter[Any] = Counter()

    def ask(self, address: str, form: dict[str, str] | None = None) -> Any:
        """By GET, or what comes back when a form is sent."""
        if form is None:
            self._seen.add(address)
        # What earlier answers left to be told is looked at below: nobody reads it, and it would grow.
        self.client.cookies.pop("messages", None)
        response: Any = self.client.get(address) if form is None else self.client.post(address, form)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        response.body = body
        self.answers += 1
        found = self._wanted.found_in_file(body)
        found |= self._wanted.found_in(" | ".join(str(one) for one in get_messages(response.wsgi_request)))
        for header in ("Content-Disposition", "Location"):
            found |= self._wanted.found_in(unquote_plus(response.headers.get(header, "")))
        # What was asked for is no news: it was known.
        for needle in found - self._wanted.found_in(unquote_plus(address)):
            self.named.append((address, f"{self._wanted.kinds[needle]}:{needle}"))
        if response.status_code == 200 and form is None:
            self.opened.append(address)
        if response.status_code >= 500:
            self.broken.append(address)
        return response

    def crawl(self, start: Iterable[str]) -> None:
        """Whatever links lead to, and forms that look something up, with each of their choices in turn."""
        queue = deque(start)
        while queue:
            address = queue.popleft()
            if not address or address in self._seen or LEFT_OUT.search(address) or not self._worth_asking(address):
                continue
            response = self.ask(address)
            queue.append(_inside(address, response.headers.get("Location", "")))
            if "html" in response.headers.get("Content-Type", ""):
                html = response.body.decode()
                queue.extend(_links(address, html))
                queue.extend(_looked_up(address, html, self._typed))

    def _worth_asking(self, address: str) -> bool:
        """Whether its parameters, or one of their values, are new; filters multiply, and would never end."""
        parts = urlsplit(address)
        try:
            match = resolve(parts.path)
            view, own = match.view_name or match.route, [*match.kwargs.items(), *enumerate(match.args)]
        except Resolver404:
            view, own = "", [("path", parts.path)]
        kind = (parts.path.startswith("/en/"), view)
        given = {str(key): str(value) for key, value in (*own, *parse_qsl(parts.query, keep_blank_values=True))}
        is_new = False
        for key, value in given.items():
            tried = self._tried[kind, key]
            if value not in tried and len(tried) < (OF_A_VIEW if key in OWN_PAGES else VALUES):
                tried.add(value)
                is_new = True
        alike = (kind, frozenset(given))
        if (is_new or self._alike[alike] < ALIKE) and self._of_view[kind] < OF_A_VIEW:
            self._alike[alike] += 1
            self._of_view[kind] += 1
            return True
        return False


def _inside(base: str, link: str) -> str:
    """The address without host and fragment; "" of another site."""
    try:
        parts = urlsplit(urljoin(f"http://{_HOST}{base}", unescape(link))) if link else urlsplit("")
    except ValueError:
        return ""
    if parts.hostname not in (_HOST, "localhost") or parts.scheme not in ("http", "https"):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _links(base: str, html: str) -> Iterator[str]:
    for link in dict.fromkeys(re.findall(r'\s(?:href|src|data-[\w-]+)="([^"]+)"', html)):
        if not re.search(r"^(data|mailto|tel|javascript):|^[^/?#]*$", link):
            yield _inside(base, link)


def _looked_up(base: str, html: str, typed: str) -> Iterator[str]:
    """Addresses that the page's forms lead to: as they stand, and with each other choice."""
    for opening, form in re.findall(r"(<form\b[^>]*>)(.*?)</form>", html, re.DOTALL):
        if 'method="post"' in opening.lower():
            continue
        action = _attribute(opening, "action")
        to = (_inside(base, action) if action else base).partition("?")[0]
        given: dict[str, str] = {}
        others: list[tuple[str, str]] = []
        for field in re.findall(r"<input\b[^>]*>", form):
            name, value, kind = (_attribute(field, one) for one in ("name", "value", "type"))
            if kind in ("checkbox", "radio"):
                others.append((name, value or "on"))
            elif name:
                given[name] = value
                if kind in ("", "text", "search"):
                    others.append((name, typed))
        for select, options in re.findall(r"(<select\b[^>]*>)(.*?)</select>", form, re.DOTALL):
            name, found = _attribute(select, "name"), re.findall(r"<option\b[^>]*>", options)
            chosen = [one for one in found if re.search(r"\sselected\b", one)] or found[:1]
            given[name] = _attribute(chosen[0], "value") if chosen else ""
            others += [(name, _attribute(one, "value")) for one in found]
        for more in ({}, *({name: value} for name, value in others if name)):
            yield f"{to}?{urlencode({**given, **more})}"


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""
