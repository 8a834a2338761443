"""Static files of the ready site, as WhiteNoise has them: with hashed names, and compressed, but once only."""

import os
import re
from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

__all__ = ["StaticStorage"]


# A name with a hash says what is in the file.
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


class OnceCompressor(Compressor):
    """Leaves alone what it compressed before: its files have the time of what they were made from, or its hash."""

    def compress(self, path: str) -> list[str]:
        made = [path + suffix for suffix in (".br", ".gz") if os.path.exists(path + suffix)]
        time = os.stat(path).st_mtime
        if made and (HASHED.search(path) or all(os.stat(name).st_mtime == time for name in made)):
            return made
        found: list[str] = super().compress(path)
        return found


class StaticStorage(CompressedManifestStaticFilesStorage):
    """A second `collectstatic`, as every start of the demo has, takes a second instead of ten."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return OnceCompressor(**kwargs)
