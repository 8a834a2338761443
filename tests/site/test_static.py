"""`collectstatic` again does not compress again what has not changed."""

import os
from pathlib import Path

import brotli
import pytest

from bdhvs_lms.site.static import OnceCompressor


def compress(file: Path) -> bytes:
    made = OnceCompressor(quiet=True).compress(str(file))
    assert made == [f"{file}.br", f"{file}.gz"]
    return Path(made[0]).read_bytes()


@pytest.mark.parametrize(("name", "again"), [("a.css", False), ("a.0123456789ab.css", True)])
def test_files_are_compressed_once(tmp_path: Path, name: str, again: bool) -> None:
    """Of a file written again with the same name, only the hash in the name says that it is the same file."""
    file, packed = tmp_path / name, tmp_path / f"{name}.br"
    file.write_text("body { color: black }\n" * 100)
    assert brotli.decompress(compress(file)) == file.read_bytes()
    packed.write_bytes(b"left alone")
    os.utime(packed, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    assert compress(file) == b"left alone"
    os.utime(file, (1, 1))
    assert (compress(file) == b"left alone") is again
