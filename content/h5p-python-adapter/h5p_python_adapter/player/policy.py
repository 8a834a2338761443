"""Headers that restrict a frame with a stranger's program. ADR 45 says which header stops what, and where none does."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["FILE_POLICY", "ORIGIN", "SVG_POLICY", "document_headers", "shut_headers"]

FILE_POLICY = "default-src 'none'; sandbox"
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A drawing may have a style; a script in it does not run."""
ORIGIN = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
"""Of BDHVS_H5P_FRAME_HOSTS."""


def document_headers(
    *, host: str, site: str, scripts: Sequence[str], libraries: str, content: str, frames: Sequence[str]
) -> dict[str, str]:
    """Return the headers of the player's document.

    host: the origin that serves it. site: that of the page around it. scripts: of the texts that run there, the SHA-256
    as a policy names it. libraries, content: folders, as addresses from the host's root. frames: origins whose frames
    and scripts the operator allows.
    """
    own = [f"{host}{folder}/" for folder in (libraries, content)]
    files = " ".join([*own, "data:", "blob:"])
    # The video players of others come with a script of theirs. What is no origin would end the policy early.
    hosts = [origin for origin in frames if ORIGIN.fullmatch(origin)]
    policy = {
        "default-src": "'none'",
        # Text by text, and libraries' files for those that load more of their own: what else this host serves is no
        # script here, an upload least of all.
        "script-src": " ".join([*scripts, f"{host}{libraries}/", *hosts]),
        # Content types write style attributes into HTML. What a style may fetch stands below.
        "style-src": f"{host}{libraries}/ 'unsafe-inline'",
        "img-src": " ".join([files, *hosts]),
        "media-src": files,
        "font-src": files,
        "connect-src": files,
        # Recorders of sound; a worker is under the same policy.
        "worker-src": "blob:",
        "frame-src": " ".join(hosts) or "'none'",
        "object-src": "'none'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": site,
    }
    directives = ["sandbox allow-scripts", *(f"{name} {value}" for name, value in policy.items())]
    return {
        "Content-Security-Policy": "; ".join(directives),
        # Browsers that know it connect to nothing else at all: no look-up of a name ahead of time, no WebRTC, not even
        # by going to another page.
        "Connection-Allowlist": "(" + " ".join(["response-origin", *(f'"{origin}/*"' for origin in hosts)]) + ")",
        "X-DNS-Prefetch-Control": "off",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-store",
    }


def shut_headers(site: str = "'none'") -> dict[str, str]:
    """Return headers for a page in the frame that only says something: nothing runs, nothing is fetched."""
    return {
        "Content-Security-Policy": f"sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors {site}",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-store",
    }
