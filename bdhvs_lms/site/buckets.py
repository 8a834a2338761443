"""Uploads in a bucket that speaks S3, instead of a folder: named by BDHVS_FILES_URL, private, and served by this site.

`settings` is read before any app is there, so this half imports nothing of what it names.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.core.exceptions import ImproperlyConfigured

__all__ = ["storages"]

FOLDER = "django.core.files.storage.FileSystemStorage"
OPTIONS = {"endpoint": "endpoint_url", "region": "region_name", "addressing": "addressing_style"}


def storages(url: str, media_url: str, private: Path) -> dict[str, dict[str, Any]]:
    """`default` and `bdhvs_h5p` of STORAGES for an address like `s3://bucket/prefix?endpoint=https://s3.example.vn`;
    empty: in folders. Raises ImproperlyConfigured for an address that names no bucket, or more than is known."""
    if not url:
        return {
            "default": {"BACKEND": FOLDER},
            # Packages bring JavaScript of strangers: never below MEDIA, where the site's own address would serve it.
            "bdhvs_h5p": {"BACKEND": FOLDER, "OPTIONS": {"location": private / "h5p", "base_url": None}},
        }
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    if parts.scheme != "s3" or not parts.hostname or parts.username or parts.fragment or given.keys() - OPTIONS.keys():
        raise ImproperlyConfigured(
            f"BDHVS_FILES_URL={parts._replace(netloc=parts.hostname or '').geturl()!r} has to be like "
            "s3://bucket/prefix?endpoint=https://s3.example.vn&region=vn-1&addressing=path. Keys belong into "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured("BDHVS_FILES_URL needs what the extra s3 brings: pip install 'bdhvs-lms[site,s3]'.")
    prefix = parts.path.strip("/")
    options = {"bucket_name": parts.netloc, **{OPTIONS[name]: value for name, value in given.items()}}
    # Beside each other: what is served is found below one of them only.
    places = {"default": ("media", media_url), "bdhvs_h5p": ("private/h5p", None)}
    return {
        alias: {
            "BACKEND": "bdhvs_lms.site.bucket_storage.Bucket",
            "OPTIONS": {**options, "location": f"{prefix}/{place}".strip("/"), "base_url": base_url},
        }
        for alias, (place, base_url) in places.items()
    }
