"""Our settings with their defaults, read when they are used: docs/settings.md."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from h5p_python_adapter import DEFAULT_LIMITS

__all__ = ["content_origin", "frame_hosts", "max_upload"]


def max_upload() -> int:
    """Bytes of one package."""
    return int(getattr(settings, "BDHVS_H5P_MAX_UPLOAD", DEFAULT_LIMITS.packed_bytes))


def content_origin() -> str:
    """Empty: the site's own address serves the player too."""
    return str(getattr(settings, "BDHVS_H5P_CONTENT_ORIGIN", ""))


def frame_hosts() -> Sequence[str]:
    return tuple(getattr(settings, "BDHVS_H5P_FRAME_HOSTS", ()))
