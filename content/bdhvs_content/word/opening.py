"""Opening a Word file that anybody may have sent: what is no plain .docx is refused before it is unpacked."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from typing import Any, BinaryIO
from xml.parsers import expat

import docx
from django.utils.translation import gettext as _
from lxml import etree

from bdhvs_content.word.legacy import legacy_encoding, of_font, what_to_do
from bdhvs_content.word.parts import WordFile, WordRefused
from bdhvs_content.word.reading import Reader

MB = 1024 * 1024
MOST_BYTES = 20 * MB
# A package of 20 MB of pictures is hardly smaller than what it holds; text is at most ten times as large.
MOST_UNPACKED = 80 * MB
# Some 1,000 pages of text, in one part. A tree in memory needs ten times as much, and is read in seconds.
MOST_XML = 6 * MB
MOST_MEMBERS = 3_000
MOST_ELEMENTS = 200_000
DEEPEST = 150

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def open_docx(file: BinaryIO) -> WordFile:
    """The text of a .docx, its lists counted and its pictures as they lie there. Raises WordRefused.

    Nothing that the file names elsewhere is ever asked for.
    """
    content = _content(file)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _look(package)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as broken:
        if isinstance(broken, WordRefused):
            raise
        raise _damaged() from broken
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


def _bomb() -> WordRefused:
    return WordRefused("bomb", _("The file unpacks to more than a document may hold. Split it into several lessons."))


def _look(package: zipfile.ZipFile) -> None:
    members = package.infolist()
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise _bomb()
    names = {member.filename for member in members}
    if any(member.flag_bits & 1 for member in members):
        raise WordRefused("password", _("The file is protected by a password. Remove it, then upload the file again."))
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise _damaged()
    if "[Content_Types].xml" not in names:
        raise _other_kind()
    types = _small(package, "[Content_Types].xml")
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise WordRefused(
            "macros",
            _(
                "The file contains macros, which are programs. Save it in Word as “Word document (.docx)” without them "
                "and upload that."
            ),
        )
    if _MAIN not in types:
        raise _other_kind()
    if b"purl.oclc.org/ooxml" in _small(package, "_rels/.rels"):
        raise WordRefused(
            "strict",
            _("The file is saved as “Strict Open XML”. Save it as “Word document (.docx)” and upload that."),
        )
    for member in members:
        _look_at(package, member)


def _small(package: zipfile.ZipFile, name: str) -> bytes:
    try:
        info = package.getinfo(name)
    except KeyError:
        raise _damaged() from None
    if info.file_size > MB:
        raise _bomb()
    return package.read(info)


def _look_at(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Whether its bytes are whole; of XML also that it declares nothing and stays within bounds."""
    name = member.filename.lower()
    content = package.read(member)
    head = content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
    if name.endswith(".svg") or not (head.startswith(b"<") or name.endswith((".xml", ".rels"))):
        return
    if len(content) > MOST_XML:
        raise _bomb()
    looking = _Looking()
    parser = expat.ParserCreate()
    parser.StartElementHandler = looking.start
    parser.EndElementHandler = looking.end
    parser.StartDoctypeDeclHandler = looking.doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as broken:
        # A picture or an embedded page that is no XML is nobody's text.
        if name.endswith((".xml", ".rels")):
            raise _damaged() from broken


class _Looking:
    def __init__(self) -> None:
        self.elements = self.depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MOST_ELEMENTS or self.depth > DEEPEST:
            raise _bomb()

    def end(self, name: str) -> None:
        self.depth -= 1

    def doctype(self, *args: object) -> None:
        raise WordRefused(
            "declarations",
            _(
                "The file holds declarations (DOCTYPE) that no Word document has, and was rejected for safety. Save it "
                "anew in Word and upload that."
            ),
        )


def _refuse_old_encoding(found: WordFile) -> None:
    runs = [run for paragraph in found.paragraphs() for run in paragraph.runs]
    old = [run for run in runs if of_font(run.font)]
    encoding = legacy_encoding(" ".join(run.text for run in old), {run.font for run in old})
    encoding = encoding or legacy_encoding(" ".join(paragraph.text for paragraph in found.paragraphs()))
    if encoding is not None:
        raise WordRefused(encoding, what_to_do(encoding))
