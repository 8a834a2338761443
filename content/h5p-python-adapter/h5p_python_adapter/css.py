"""Stylesheets of libraries, made ready to stand in one file: addresses made whole, imports put in place, ends closed.

A scanner along the tokens of CSS Syntax Level 3 (comments, strings, `url(…)`, names with escapes, brackets): it changes
addresses and leaves every other character as it is. In linear time and without recursion, because what it reads comes
from strangers; a parser that builds a tree fails on 20,000 open brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["Address", "decoded", "ready"]

Address = Callable[[str], str | None]
"""From an address as the stylesheet has it to the one that is to stand there; None when it leads nowhere of ours."""

_NOWHERE = ""
_TOKEN = re.compile(
    r"""
      (?P<comment> /\*.*?(?:\*/|\Z) )
    | (?P<string>  "(?:[^"\\\n]|\\.?)*(?:"|(?=\n)|\Z) | '(?:[^'\\\n]|\\.?)*(?:'|(?=\n)|\Z) )
    | (?P<url>     [uU][rR][lL]\(\s*(?!["'\s])(?P<bare>(?:[^()"'\s\\]|\\[^\n])*)\s*(?:\)|\Z) )
    | (?P<badurl>  [uU][rR][lL]\(\s*(?!["'\s])(?:[^)\\]|\\.?)*(?:\)|\Z) )
    | (?P<cdo>     <!--|--> )
    | (?P<at>      @(?:--|-?(?:[^\W\d]|\\[^\n]))(?:[-\w]|\\[^\n])* )
    | (?P<name>    (?:[-\w]|\\[^\n])+ )
    | (?P<open>    [(\[{] )
    | (?P<close>   [)\]}] )
    | (?P<end>     ; )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|\n|\r|\f)|(.)|\Z)", re.DOTALL)
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
# A string is an address in these functions; everywhere else it is text.
_ADDRESSED = {"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade", "-webkit-cross-fade"}


def decoded(raw: bytes) -> str:
    """Decode as a browser does: by its byte order mark, otherwise UTF-8, wrong bytes replaced. Lines end in line
    feeds."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if raw.startswith(mark):
            text = raw[len(mark) :].decode(encoding, "replace")
            break
    else:
        text = raw.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\0", "\ufffd")


def ready(text: str, address: Address, sheet: Callable[[str], str | None]) -> str:
    """Return `text` with each address put through `address`, and each `@import` replaced by what `sheet` gives for its
    address (made ready already; None: nothing stands there). `@charset` and source maps are left out. What is open at
    the end is closed, so that a broken file ends with itself."""
    return _Scan(text, address, sheet).run()


class _Scan:
    def __init__(self, text: str, address: Address, sheet: Callable[[str], str | None]) -> None:
        self.text = text
        self.address = address
        self.sheet = sheet
        self.out: list[str] = []
        self.brackets: list[str] = []
        """What closes each open bracket."""
        self.functions: list[str] = []
        """For each open bracket the function that it belongs to, '' when none."""
        self.begun = ""
        """The kind of the first token of a rule whose block or semicolon has not come yet."""
        self.ruled = False
        """A rule has been met, after which CSS knows no import."""

    def run(self) -> str:
        at = 0
        name = ""
        while match := _TOKEN.search(self.text, at):
            between = self.text[at : match.start()]
            self.out.append(between)
            if between.strip():
                self._begin("text")
            kind = str(match.lastgroup) if match.lastgroup != "bare" else "url"
            at = match.end()
            if (
                kind == "at"
                and not self.brackets
                and not self.begun
                and (after := self._rule(match[0], at)) is not None
            ):
                at = after
                continue
            if kind not in ("comment", "cdo"):
                self._begin(kind)
            if kind == "open":
                self.brackets.append(_CLOSERS[match[0]])
                self.functions.append(name if match[0] == "(" and not between else "")
            elif kind == "close":
                self._close(match[0])
            elif kind == "end" and not self.brackets and self.begun == "at":
                self._end()
            self.out.append(self._token(kind, match))
            name = _unescaped(match[0]).lower() if kind == "name" else ""
        rest = self.text[at:]
        if rest.strip():
            self._begin("text")
        self.out += (rest, "\n" if self.brackets or self.begun else "", *reversed(self.brackets))
        if self.begun and self.brackets[:1] != ["}"]:
            # It would take the first rule of the next file for its own block.
            self.out.append("{}")
        return "".join(self.out)

    def _begin(self, kind: str) -> None:
        if not self.brackets and not self.begun:
            self.begun = kind

    def _end(self) -> None:
        self.begun, self.ruled = "", True

    def _close(self, bracket: str) -> None:
        if self.brackets and self.brackets[-1] == bracket:
            self.brackets.pop()
            self.functions.pop()
            if bracket == "}" and not self.brackets:
                self._end()

    def _token(self, kind: str, match: re.Match[str]) -> str:
        token = match[0]
        if kind == "comment":
            if "sourceMappingURL" in token or "sourceURL" in token:
                return ""
            return token if token.endswith("*/") and len(token) > 3 else f"{token}*/"
        if kind == "string":
            return self._string(token, at_end=match.end() == len(self.text))
        if kind == "url":
            return f"url({_quoted(self._addressed(_unescaped(match['bare'])))})"
        if kind == "badurl":
            return f'url("{_NOWHERE}")'
        return token

    def _string(self, token: str, *, at_end: bool) -> str:
        if len(token) == 1 or token[-1] != token[0] or _ends_in_escape(token[1:-1]):
            if not at_end:
                return token
            token = (token[:-1] if _ends_in_escape(token[1:]) else token) + token[0]
        if self.functions and self.functions[-1] in _ADDRESSED:
            return _quoted(self._addressed(_unescaped(token[1:-1])))
        return token

    def _addressed(self, address: str) -> str:
        found = self.address(address)
        return _NOWHERE if found is None else found

    def _rule(self, name: str, at: int) -> int | None:
        """Handle @import, @charset and @namespace (which would be about every file). Return where it ends; None for
        others."""
        word = _unescaped(name[1:]).lower()
        if word not in ("import", "charset", "namespace"):
            return None
        prelude, end = self._prelude(at)
        imported = _import(prelude) if word == "import" and not self.ruled else None
        inner = None if imported is None else self.sheet(imported[0])
        if imported is not None and inner is not None:
            self.out.append(f"@media {imported[1]} {{\n{inner}\n}}" if imported[1] else f"{inner}\n")
        return end

    def _prelude(self, at: int) -> tuple[str, int]:
        """Return the text from after the name to its semicolon, and the place behind that. A block instead makes it no
        import, and is left where it is."""
        start, depth = at, 0
        while match := _TOKEN.search(self.text, at):
            at = match.end()
            if match["end"] and not depth:
                return self.text[start : match.start()], at
            if match["open"] == "{" and not depth:
                return "", match.start()
            depth += 1 if match["open"] else -1 if match["close"] and depth else 0
        return self.text[start:], len(self.text)


_IMPORTED = re.compile(r"\s*(?:[uU][rR][lL]\(\s*)?(\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')\s*(\)?)(.*)", re.DOTALL)
_IMPORTED_BARE = re.compile(r"\s*[uU][rR][lL]\(\s*((?:[^()\"'\s\\]|\\[^\n])*)\s*\)(.*)", re.DOTALL)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_LAYERED = re.compile(r"\s*(?:layer|supports)\b", re.IGNORECASE)


def _import(prelude: str) -> tuple[str, str] | None:
    """Return (address, media) of an @import; None for one that cannot be put in place: a layer, a condition, no
    address."""
    prelude = _COMMENT.sub(" ", prelude)
    if match := _IMPORTED.fullmatch(prelude):
        address, media = _unescaped(match[1][1:-1]), match[3]
    elif match := _IMPORTED_BARE.fullmatch(prelude):
        address, media = _unescaped(match[1]), match[2]
    else:
        return None
    media = media.strip()
    if _LAYERED.match(media) or any(sign in media for sign in "{};\"'\\@"):
        return None
    return address, media


def _ends_in_escape(inner: str) -> bool:
    return (len(inner) - len(inner.rstrip("\\"))) % 2 == 1


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        if match[1]:
            code = int(match[1], 16)
            return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        return match[3] or ""

    return _ESCAPE.sub(character, text) if "\\" in text else text


def _quoted(address: str) -> str:
    """Quote as a CSS string: what could end it, or the line, is escaped."""
    return '"' + re.sub(r'[\x00-\x1f"\\\x7f]', lambda match: f"\\{ord(match[0]):x} ", address) + '"'
