"""Check of the files beside a lesson: only listed kinds, and content that matches the name."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from question_files.office.packages import has_short_list

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Member of the package by which each kind is told from another one with the same wrapping.
_PACKAGES = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_OPEN_DOCUMENTS = {
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
_MARKUP = re.compile(rb"\s*<(!doctype|html|head|body|script|svg|iframe|\?xml)", re.IGNORECASE)
_HEAD = 4096


def is_what_it_says(file: BinaryIO, extension: str) -> bool:
    """Tell whether a file's content is of the kind that its name says. Reads its head, of packages the list of members.

    Other kinds than those known here are the site's own choice (WAGTAILDOCS_EXTENSIONS): True. Rewinds the file.
    """
    try:
        file.seek(0)
        head = file.read(_HEAD)
        if extension == "pdf":
            return head.startswith(b"%PDF-")
        if extension in ("doc", "xls", "ppt"):
            return head.startswith(_OLE)
        if extension in ("txt", "csv"):
            return _is_text(head)
        if extension in _PACKAGES or extension in _OPEN_DOCUMENTS:
            return head.startswith(b"PK\x03\x04") and _is_package(file, extension)
        return True
    finally:
        file.seek(0)


def _is_text(head: bytes) -> bool:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            return not _MARKUP.match(head[: len(head) // 2 * 2].decode(encoding, "replace").encode())
    return b"\0" not in head and not _MARKUP.match(head.removeprefix(codecs.BOM_UTF8))


def _is_package(file: BinaryIO, extension: str) -> bool:
    try:
        if not has_short_list(file):
            return False
        with ZipFile(file) as package:
            names = package.namelist()
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                return False
            if extension in _PACKAGES:
                return "[Content_Types].xml" in names and any(name.startswith(_PACKAGES[extension]) for name in names)
            # The first member, stored as it is (OpenDocument 1.3, part 2, 3.3).
            info = package.infolist()[0] if names else None
            if info is None or info.filename != "mimetype" or info.compress_type != ZIP_STORED or info.file_size > 200:
                return False
            return package.read(info).decode("ascii", "replace") == _OPEN_DOCUMENTS[extension]
    except (BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return False
