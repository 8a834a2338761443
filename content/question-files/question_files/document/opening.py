"""Opening a Word file that anybody may have sent: what is no plain .docx is refused before it is unpacked."""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import Any, BinaryIO

import docx
from lxml import etree

from question_files.document.legacy import legacy_encoding, of_font, what_to_do
from question_files.document.parts import WordFile, WordRefused
from question_files.document.reading import Reader
from question_files.language import gettext as _
from question_files.office.packages import Bounds, Package, PackageRefused

MB = 1024 * 1024
MOST_BYTES = 20 * MB
# A package of 20 MB of pictures is hardly smaller than what it holds; text is at most ten times as large: some 1,000
# pages in one part. A tree in memory needs ten times as much, and is read in seconds.
BOUNDS = Bounds(members=3_000, unpacked=80 * MB, xml=6 * MB, elements=200_000, depth=150)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def open_docx(file: BinaryIO) -> WordFile:
    """The text of a .docx, its lists counted and its pictures as they lie there. Raises WordRefused.

    Nothing that the file names elsewhere is ever asked for.
    """
    content = _content(file)
    try:
        _look(Package(content, BOUNDS))
    except PackageRefused as refused:
        raise _refusal(refused.code) from None
    try:
        found = Reader(_document(content)).read()
    # The library raises what comes to it where a package lacks a part: KeyError, AttributeError, lxml's errors.
    except Exception as broken:
        raise _damaged() from broken
    _refuse_old_encoding(found)
    return found


def _document(content: bytes) -> Any:
    try:
        return docx.Document(io.BytesIO(content))
    except KeyError:
        # The library asks for every part that a relationship names; Word itself leaves some that are not there.
        return docx.Document(io.BytesIO(_without_dangling(content)))


def _without_dangling(content: bytes) -> bytes:
    """The package without relationships to parts that it does not have (ECMA-376-2, 9.3)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        names = set(old.namelist())
        for name in names:
            data = old.read(name)
            if name.endswith(".rels"):
                folder = posixpath.dirname(posixpath.dirname(name))
                root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
                for one in list(root):
                    target = posixpath.normpath(posixpath.join("/", folder, one.get("Target") or "")).lstrip("/")
                    if one.get("TargetMode") != "External" and target not in names:
                        root.remove(one)
                data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            new.writestr(name, data)
    return out.getvalue()


def _content(file: BinaryIO) -> bytes:
    file.seek(0)
    content = file.read(MOST_BYTES + 1)
    file.seek(0)
    if not content.strip():
        raise WordRefused("empty", _("The file is empty."))
    if len(content) > MOST_BYTES:
        raise WordRefused(
            "too-large",
            _("The file is larger than %(most)d MB. Split it, or compress its images in Word.")
            % {"most": MOST_BYTES // MB},
        )
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise WordRefused(
                "password", _("The file is protected by a password. Remove the password in Word, then upload it again.")
            )
        raise WordRefused(
            "old-word",
            _(
                "This is a file of an old Word (.doc). Open it in Word, choose “Save as”, “Word document (.docx)”, and "
                "upload that."
            ),
        )
    if not content.startswith(_ZIP):
        raise _other_kind()
    return content


def _other_kind() -> WordRefused:
    return WordRefused(
        "other-kind",
        _(
            "This is not a Word document (.docx). Open it in the program that it was made with, save it as .docx and "
            "upload that."
        ),
    )


def _damaged() -> WordRefused:
    return WordRefused(
        "damaged", _("The file is damaged. Open it in Word, save it under a new name as .docx and upload that.")
    )


def _refusal(code: str) -> WordRefused:
    words = {
        "bomb": _("The file unpacks to more than a document may hold. Split it into several lessons."),
        "password": _("The file is protected by a password. Remove it, then upload the file again."),
        "declarations": _(
            "The file holds declarations (DOCTYPE) that no Word document has, and was rejected for safety. Save it "
            "anew in Word and upload that."
        ),
    }.get(code)
    return _damaged() if words is None else WordRefused(code, words)


def _look(package: Package) -> None:
    if "[Content_Types].xml" not in package.members:
        raise _other_kind()
    types = package.read("[Content_Types].xml", MB)
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in package.members):
        raise WordRefused(
            "macros",
            _(
                "The file contains macros, which are programs. Save it in Word as “Word document (.docx)” without them "
                "and upload that."
            ),
        )
    if _MAIN not in types:
        raise _other_kind()
    if b"purl.oclc.org/ooxml" in package.read("_rels/.rels", MB):
        raise WordRefused(
            "strict",
            _("The file is saved as “Strict Open XML”. Save it as “Word document (.docx)” and upload that."),
        )
    for name in package.members:
        _look_at(package, name)


def _look_at(package: Package, name: str) -> None:
    """Whether its bytes are whole; of XML also that it declares nothing and stays within bounds."""
    named = name.lower().endswith((".xml", ".rels"))
    head = next(package.pieces(name), b"")[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
    if named or (head.startswith(b"<") and not name.lower().endswith(".svg")):
        try:
            package.parse(name)
            return
        except PackageRefused as refused:
            # A picture or an embedded page that is no XML is nobody's text.
            if named or refused.code != "damaged":
                raise
    for _piece in package.pieces(name):
        pass


def _refuse_old_encoding(found: WordFile) -> None:
    runs = [run for paragraph in found.paragraphs() for run in paragraph.runs]
    old = [run for run in runs if of_font(run.font)]
    encoding = legacy_encoding(" ".join(run.text for run in old), {run.font for run in old})
    encoding = encoding or legacy_encoding(" ".join(paragraph.text for paragraph in found.paragraphs()))
    if encoding is not None:
        raise WordRefused(encoding, what_to_do(encoding))
