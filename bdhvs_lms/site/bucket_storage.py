"""The storage that `buckets` names. Needs the extra `s3`."""

import io
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from botocore.config import Config
from botocore.exceptions import ClientError
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

__all__ = ["Bucket"]

# A bucket that is away holds up a process for so long, which answers nobody else; the library would wait for minutes.
PATIENCE = Config(connect_timeout=3, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 2})


class Bucket(S3Storage):
    """As a folder is: a name is never given twice, nothing is public, and an address is this site's own, or there is
    none (`base_url` None)."""

    def __init__(self, base_url: str | None = None, **options: Any) -> None:
        super().__init__(file_overwrite=False, default_acl=None, querystring_auth=True, gzip=False, **options)
        # Made by what it inherits from, out of the options.
        made: Any = vars(self)["client_config"]
        self.client_config = made.merge(PATIENCE)
        self.base_url = base_url

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        if self.base_url is None:
            raise ValueError("This file is not accessible via a URL.")
        return urljoin(self.base_url, (filepath_to_uri(name) or "").lstrip("/"))

    def streamed(self, name: str) -> tuple[io.RawIOBase, int, datetime]:
        """(file, its length, when it was written): read from any place on, without the rest being fetched.

        Raises FileNotFoundError, and SuspiciousFileOperation for a name that leads out of the storage.
        """
        found = self.bucket.Object(self._normalize_name(clean_name(name)))
        try:
            return _Stream(found), int(found.content_length), found.last_modified
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from None
            raise


class _Stream(io.RawIOBase):
    """Asks for the bytes where reading begins."""

    def __init__(self, found: Any) -> None:
        self._object, self._at = found, 0
        self._body: Any = None

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, at: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("from the beginning only")
        self._let_go()
        self._at = at
        return at

    def read(self, size: int = -1) -> bytes:
        if self._body is None:
            self._body = self._object.get(Range=f"bytes={self._at}-")["Body"]
        piece: bytes = self._body.read(None if size < 0 else size)
        self._at += len(piece)
        return piece

    def close(self) -> None:
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
