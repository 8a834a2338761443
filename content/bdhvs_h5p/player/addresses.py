"""Addresses of the player: what each may be kept for, and by whom it can be guessed (nobody).

A frame with an opaque origin sends no cookie, so an address is the right to what it leads to. Libraries, bundles and
H5P's own files are programs, the same for everyone: their addresses are hashes of what they hold and never change. A
content's own files and the player's document have signed addresses that end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.urls import reverse

from bdhvs_h5p.conf import app_settings
from bdhvs_h5p.models import H5PVersion

__all__ = [
    "BadAddress",
    "Played",
    "content_prefix",
    "content_token",
    "joined_address",
    "lasting_files",
    "libraries_prefix",
    "origin_of",
    "player_address",
    "player_token",
    "read_content_token",
    "read_player_token",
]

# A page stays open over an evening, and its frame may be loaded again.
PLAYER_LIVES = timedelta(hours=24)
# Files keep one address for this long, so that browsers keep them, and it ends after at most twice as long.
CONTENT_DAYS = 30

_NAMES = "bdhvs_h5p_player"
_EPOCH = datetime.fromisoformat("2020-01-01T00:00:00+00:00")


class BadAddress(ValueError):
    """The address is not one that this site gave out, or it has expired."""


@dataclass(frozen=True)
class Played:
    """Content of the address of the player's document. `site`: the origin of the page around it, the only one that may
    be."""

    version: int
    language: str
    site: str


def _signer(purpose: str) -> Signer:
    # A separator that needs no escaping in an address, nor in a policy that names it.
    return Signer(salt=f"bdhvs_h5p.{purpose}", sep="~")


def origin_of(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def player_token(played: Played, *, at: datetime) -> str:
    content = {"v": played.version, "l": played.language, "s": played.site, "e": int((at + PLAYER_LIVES).timestamp())}
    return _signer("player").sign_object(content)


def read_player_token(token: str, *, at: datetime) -> Played:
    """Return what the token says. Raises BadAddress."""
    try:
        payload = _signer("player").unsign_object(token)
        played, ends = Played(int(payload["v"]), str(payload["l"]), str(payload["s"])), int(payload["e"])
    except (BadSignature, ValueError, KeyError, TypeError):
        # ValueError: signed by nobody, and not even base64.
        raise BadAddress(token) from None
    if at.timestamp() >= ends:
        raise BadAddress(token)
    return played


def player_address(version: H5PVersion, request: HttpRequest, language: str, *, at: datetime) -> str:
    """Return the address of the player's document in a frame of this request's page; absolute, on the content's host if
    there is one."""
    token = player_token(Played(version.pk, language, origin_of(request)), at=at)
    origin = app_settings.CONTENT_ORIGIN or origin_of(request)
    return origin + reverse(f"{_NAMES}:document", args=[token])


def content_token(version: H5PVersion, *, at: datetime) -> str:
    """Sign a token for the files of a version. It stays the same for a month, so that a browser keeps what it has
    fetched."""
    months = (at - _EPOCH) // timedelta(days=CONTENT_DAYS)
    return _signer("content").sign(f"{version.uuid.hex}.{months + 2}")


def read_content_token(token: str, *, at: datetime) -> UUID:
    """Return the version's uuid. Raises BadAddress."""
    try:
        version, _, ends = _signer("content").unsign(token).partition(".")
        found, last = UUID(hex=version), int(ends)
    except (BadSignature, ValueError):
        raise BadAddress(token) from None
    if at >= _EPOCH + last * timedelta(days=CONTENT_DAYS):
        raise BadAddress(token)
    return found


def _below(name: str, *arguments: str) -> str:
    """Return the address from the host's root in front of a path, without a slash at its end."""
    return reverse(f"{_NAMES}:{name}", args=[*arguments, "x"]).removesuffix("/x")


def content_prefix(token: str) -> str:
    return _below("content", token)


def libraries_prefix() -> str:
    """Return the address in front of a library's folder (`library_folder` of the adapter)."""
    return _below("library", "x", "x").removesuffix("/x/x")


def joined_address(sha256: str, kind: str) -> str:
    """Return the address of a joined file. `kind`: js or css."""
    return reverse(f"{_NAMES}:joined", args=[sha256, kind])


def lasting_files(request: HttpRequest) -> tuple[str, ...]:
    """Return the beginnings of the addresses that a page fetches for its frame: programs, the same for everyone."""
    origin = app_settings.CONTENT_ORIGIN or origin_of(request)
    joined = joined_address("0" * 64, "js").rpartition("/")[0]
    return tuple(f"{origin}{folder}/" for folder in (joined, libraries_prefix()))
