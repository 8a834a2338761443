"""One corpus of hostile files, made when asked for: each names the kinds of reader that have to refuse it."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

import docx

from adapter_tests import building
from adapter_tests.raw import Raw, raw_zip, zeros

MB = 1024 * 1024
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">' + b"".join(
    b'<!ENTITY %c "%s">' % (letter + 1, b"&%c;" % letter * 10) for letter in b"bcdefgh"
) + b"]>"  # fmt: skip
EXTERNAL = b'<!DOCTYPE a [<!ENTITY i SYSTEM "file:///etc/passwd">]>'


@dataclass(frozen=True)
class HostileFile:
    """`kinds`: of readers that have to refuse it; the others may read it, in the same bounds."""

    name: str
    kinds: frozenset[str]
    make: Callable[[], bytes]

    def __str__(self) -> str:
        return self.name


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, data in members.items():
            package.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def members_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def cells(rows: str, after: str = "", before: str = "") -> bytes:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'.encode()


def row(number: int, *texts: str) -> str:
    written = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f'<row r="{number}">{written}</row>'


HEADINGS = row(1, "Họ và tên", "Năm sinh", "Câu hỏi", "A", "B", "Đáp án đúng")


def workbook(sheet: bytes = cells(HEADINGS), more: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """The parts of a workbook that Excel opens, with one sheet."""
    types = (
        ("xl/workbook.xml", "sheet.main"), (SHEET, "worksheet"), ("xl/sharedStrings.xml", "sharedStrings"),
        ("xl/styles.xml", "styles"),
    )  # fmt: skip
    overrides = "".join(f'<Override PartName="/{part}" ContentType="{_KIND}.{kind}+xml"/>' for part, kind in types)
    relation = '<Relationship Id="r{}" Type="' + _RELATIONS + '/{}" Target="{}"/>'
    package = "http://schemas.openxmlformats.org/package/2006"
    below = (("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml"))
    told = "".join(relation.format(number, *one) for number, one in enumerate(below, start=1))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        + relation.format(1, "officeDocument", "xl/workbook.xml") + "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet name="S" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{told}</Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>a</t></si></sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"/>',
    }  # fmt: skip
    return {**{name: text.encode() for name, text in parts.items()}, SHEET: sheet, **(more or {})}


def document() -> dict[str, bytes]:
    made, out = docx.Document(), io.BytesIO()
    made.add_paragraph("Câu 1. Gọi ai? A. 113 B. 115")
    made.save(out)
    return members_of(out.getvalue())


def backup() -> dict[str, bytes]:
    manifest = {
        "format": 1, "made_at": "2026-01-01T00:00:00Z", "versions": {}, "engine": "sqlite", "migrations": {},
        "keys": [], "tables": [], "digests": {}, "files": [], "left_out": [],
    }  # fmt: skip
    return {"manifest.json": json.dumps(manifest).encode()}


PACKAGES: dict[str, tuple[str, Callable[[], dict[str, bytes]], str]] = {
    "workbook": ("de.xlsx", workbook, SHEET),
    "word": ("bai.docx", document, "word/document.xml"),
    "h5p": ("bai.h5p", lambda: members_of(building.package()), "content/content.json"),
    "backup": ("site.zip", backup, "manifest.json"),
}


def _raw(members: Mapping[str, bytes]) -> list[Raw]:
    return [Raw(name, data) for name, data in members.items()]


@cache
def _zeros(size: int) -> tuple[bytes, int]:
    """So many MB, packed, and their checksum."""
    return zeros(size), zlib.crc32(bytes(size * MB))


def _bomb(name: str, size: int = 150, *, said: int | None = None) -> Raw:
    """Unpacks to so many MB; says that it is `said` bytes long."""
    packed, checksum = _zeros(size)
    says = {"size": size * MB if said is None else said, "checksum": checksum}
    return Raw(name, packed=packed, local=says, central=says)


def _overlapping(members: Mapping[str, bytes]) -> bytes:
    """The same packed bytes are the data of 200 members."""
    kept = _raw(members)
    start = len(raw_zip(kept)) - sum(46 + len(one.raw_name) for one in kept) - 22
    first = _bomb("kern", 8)
    nothing = [
        replace(first, packed=b"", central={**first.central, "packed": len(first.packed or b""), "offset": start})
    ]
    return raw_zip([*kept, first, *nothing * 199])


def _with_bomb(members: Mapping[str, bytes], part: str, said: int | None = None) -> bytes:
    return raw_zip([*(one for one in _raw(members) if one.name != part), _bomb(part, said=said)])


def _wrong_sum(members: Mapping[str, bytes], part: str) -> bytes:
    wrong = {"checksum": 1}
    return raw_zip([replace(one, local=wrong, central=wrong) if one.name == part else one for one in _raw(members)])


def _of_packages() -> Iterator[HostileFile]:
    for kind, (name, parts, part) in PACKAGES.items():

        def add(what: str, make: Callable[[], bytes], kind: str = kind, name: str = name) -> HostileFile:
            return HostileFile(f"{what}/{name}", frozenset([kind]), make)

        def with_part(data: Callable[[], bytes], parts=parts, part=part) -> Callable[[], bytes]:  # type: ignore[no-untyped-def]
            return lambda: zipped({**parts(), part: data()})

        whole = lambda parts=parts: zipped(parts())  # noqa: E731
        yield add("truncated", lambda whole=whole: whole()[:-40])
        yield add("half", lambda whole=whole: whole()[: len(whole()) // 2])
        yield add("wrong checksum", lambda parts=parts, part=part: _wrong_sum(parts(), part))
        yield add("encrypted", lambda parts=parts: raw_zip([replace(one, flags=1) for one in _raw(parts())]))
        yield add("overlapping members", lambda parts=parts: _overlapping(parts()))
        yield add("duplicate member", lambda parts=parts, part=part: raw_zip([*_raw(parts()), Raw(part, b"<other/>")]))
        yield add(
            "members",
            lambda parts=parts: raw_zip([*_raw(parts()), *[Raw(f"a/{one}", method=0) for one in range(30_000)]]),
        )
        yield add("bomb", lambda parts=parts, part=part: _with_bomb(parts(), part))
        yield add("bomb beside", lambda parts=parts: _with_bomb(parts(), "more/a.bin"))
        yield add("lying bomb", lambda parts=parts, part=part: _with_bomb(parts(), part, 1000))
        yield add("bzip2", lambda parts=parts: zipped(parts(), zipfile.ZIP_BZIP2))
        yield add("NUL bytes", with_part(lambda: bytes(2000)))
        slip = {"../../../slip.py": b"x", "/etc/slip": b"x", "C:\\slip.dll": b"x"}
        yield add("slip", lambda parts=parts, slip=slip: zipped({**parts(), **slip}))
        if kind in ("workbook", "word"):
            yield from _of_xml(add, with_part)
        else:
            yield add("nested", with_part(lambda: b"[" * 500_000))
            yield add("numbers", with_part(lambda: b"[" + b"9" * 200_000 + b"]"))


def _of_xml(add: Callable[..., HostileFile], with_part: Callable[..., Callable[[], bytes]]) -> Iterator[HostileFile]:
    yield add("laughs", with_part(lambda: LAUGHS + b"<a>&h;</a>"))
    yield add("external entity", with_part(lambda: EXTERNAL + b"<a>&i;</a>"))
    yield add("nested", with_part(lambda: b"<a>" * 200_000))
    yield add("huge attribute", with_part(lambda: b'<a b="' + b"x" * (30 * MB) + b'"/>'))
    yield add("attributes", with_part(lambda: b"<a " + b"".join(b'a%d="" ' % one for one in range(100_000)) + b"/>"))
    yield add("elements", with_part(lambda: b"<a>" + b"<b/>" * 5_000_000 + b"</a>"))
    yield add("unclosed", with_part(lambda: b"<a" + b" " * (30 * MB)))
    yield add("text", with_part(lambda: b"<a>" + b"x" * (45 * MB) + b"</a>"))
    yield add("UTF-7", with_part(lambda: b'<?xml version="1.0" encoding="utf-7"?><a/>'))


def _far(*cells_: str) -> bytes:
    return zipped(workbook(cells(HEADINGS + "".join(f'<row><c r="{one}"><v>1</v></c></row>' for one in cells_))))


def _tall() -> bytes:
    rows = "".join(f'<row r="{number}"><c><v>1</v></c></row>' for number in range(2, 20_100))
    return zipped(workbook(cells(HEADINGS + rows)))


def _shared(strings: str, rows: str = "") -> bytes:
    sst = f'<sst xmlns="{MAIN}">{strings}</sst>'.encode()
    return zipped(workbook(cells(HEADINGS + rows), {"xl/sharedStrings.xml": sst}))


def _styles() -> bytes:
    formats = "".join(f'<numFmt numFmtId="{one}" formatCode="0.{one}"/>' for one in range(200, 400_000))
    xml = f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellXfs>{"<xf/>" * 500_000}</cellXfs></styleSheet>'
    return zipped(workbook(cells(row(1, "x")), {"xl/styles.xml": xml.encode()}))


def open_document(*rows: tuple[int, int, str]) -> bytes:
    """An OpenDocument of rows: how often each is repeated, how often its one cell, and what stands in it.

    The prefixes are those of LibreOffice: the library looks for no others."""
    names = "".join(
        f' xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in ("office", "table", "text")
    )
    lines = "".join(
        f'<table:table-row table:number-rows-repeated="{often}">'
        f'<table:table-cell table:number-columns-repeated="{wide}" office:value-type="string">'
        f"<text:p>{text}</text:p></table:table-cell></table:table-row>"
        for often, wide, text in rows
    )
    content = (
        f'<office:document-content{names}><office:body><office:spreadsheet><table:table table:name="S">{lines}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": content.encode(), "META-INF/manifest.xml": manifest})


def old_excel(*places: tuple[int, int]) -> bytes:
    """A workbook of Excel 97 ([MS-XLS] in [MS-CFB]) with the number 1 at these rows and columns, from 0."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<2H", kind, len(data)) + data

    def begin(kind: int) -> bytes:
        return record(0x809, struct.pack("<4H2L", 0x600, kind, 0x0DBB, 0x07CC, 0, 6))

    end = record(0x0A, b"")
    bound = len(begin(5)) + 4 + 4 + 2 + 2 + 1 + len(end)
    book = begin(5) + record(0x85, struct.pack("<L4B", bound, 0, 0, 1, 0) + b"S") + end
    book += begin(16)
    book += b"".join(record(0x203, struct.pack("<3Hd", row_, column, 0, 1.0)) for row_, column in places) + end
    book = book.ljust(4096, b"\0")
    sectors = len(book) // 512
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    fat = struct.pack("<128L", *table, *[0xFFFFFFFF] * (128 - len(table)))

    def entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
        raw = (name + "\0").encode("utf-16-le")
        nobody = 0xFFFFFFFF
        return raw.ljust(64, b"\0") + struct.pack(
            "<H2B3L16sL2Q2LL", len(raw), kind, 1, nobody, nobody, child, b"", 0, 0, 0, start, size, 0
        )

    folder = entry("Root Entry", 5, 0xFFFFFFFE, 0, 1) + entry("Workbook", 2, 2, len(book), 0xFFFFFFFF)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<5H6xLLLLLLLLL", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109L", 0, *[0xFFFFFFFF] * 108)
    return head + fat + folder.ljust(512, b"\0") + book


def _of_tables() -> Iterator[HostileFile]:
    table, both = frozenset(["table"]), frozenset(["table", "workbook"])
    strings = "<si><t>a</t></si>"
    long_ = f"<si><t>{'x' * 30_000}</t></si>"
    many = "".join(f'<row r="{one}"><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' for one in range(2, 9_000))
    styled = "".join(f'<row r="{one}"><c s="1"/></row>' for one in range(1_000, 100_000))
    yield HostileFile("1.5 KB, last cell.xlsx", both, lambda: _far("A2", "XFD1048576"))
    yield HostileFile("last row.xlsx", both, lambda: _far("A1048576"))
    yield HostileFile("last column.xlsx", both, lambda: _far("XFD2"))
    yield HostileFile("beyond the last.xlsx", both, lambda: _far("ZZZZZZZ99999999999"))
    yield HostileFile("20,100 rows.xlsx", both, _tall)
    merged = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    yield HostileFile("merged to the end.xlsx", frozenset(), lambda: zipped(workbook(cells(HEADINGS, merged))))
    linked = '<hyperlinks><hyperlink ref="A1:XFD1048576" location="S!A1"/></hyperlinks>'
    yield HostileFile("linked to the end.xlsx", frozenset(), lambda: zipped(workbook(cells(HEADINGS, linked))))
    wide = '<dimension ref="A1:XFD1048576"/>'
    yield HostileFile("dimension.xlsx", frozenset(), lambda: zipped(workbook(cells(HEADINGS, before=wide))))
    yield HostileFile("strings by the million.xlsx", both, lambda: _shared(strings * 1_500_000))
    yield HostileFile("one long string everywhere.xlsx", both, lambda: _shared(long_, many))
    yield HostileFile("string -1.xlsx", frozenset(), lambda: _shared(strings, '<row><c t="s"><v>-1</v></c></row>'))
    yield HostileFile("styles.xlsx", both, _styles)
    yield HostileFile("styled rows.xlsx", frozenset(), lambda: zipped(workbook(cells(HEADINGS + styled))))
    yield HostileFile("repeated to the end.ods", both, lambda: open_document((1_048_576, 16_384, "a")))
    yield HostileFile("rows by the thousand million.ods", both, lambda: open_document((2**32 - 1, 1, "a")))
    yield HostileFile("columns by the thousand million.ods", both, lambda: open_document((1, 2**31, "a")))
    yield HostileFile("one long text everywhere.ods", both, lambda: open_document((5_000, 90, "x" * 30_000)))
    yield HostileFile("200,000 rows.ods", both, lambda: open_document(*[(1, 1, "a")] * 200_000))
    more = '</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>a' * 80
    yield HostileFile("400,000 cells.ods", both, lambda: open_document(*[(1, 1, f"a{more}")] * 4_900))
    yield HostileFile("last cell.xls", both, lambda: old_excel((0, 0), (65_535, 255)))
    yield HostileFile("no workbook.xls", both, lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 4000)
    yield HostileFile("huge field.csv", table, lambda: b'a,"' + b"x" * (9 * MB) + b'"\n')
    yield HostileFile("one line of 50 MB.csv", table, lambda: b"x" * (50 * MB))
    yield HostileFile("commas.csv", table, lambda: b"," * (10 * MB))
    yield HostileFile("empty lines.csv", table, lambda: b"\n" * (10 * MB))
    yield HostileFile("lines of commas.csv", table, lambda: b",,,\n" * (2 * MB))
    yield HostileFile("short rows.csv", table, lambda: b"a,b\n" * (2 * MB))
    yield HostileFile("quotes.csv", table, lambda: b'"\n",' * (2 * MB))
    yield HostileFile("open quote.csv", table, lambda: b'"' + b"a\n" * (4 * MB))
    yield HostileFile("one sign beyond.csv", table, lambda: "🙂".encode() + b"a" * (9 * MB))
    yield HostileFile("NUL bytes.csv", table, lambda: b"a,b\0\n" * 1000)
    yield HostileFile("TCVN3.csv", table, lambda: b"H\xe4 v\xb5 t\xaan,N\xa8m\n" * 100)
    yield HostileFile("half a sign.csv", table, lambda: "\ufeffHọ;Tên\n".encode("utf-16")[:-1])


def _of_texts() -> Iterator[HostileFile]:
    xml, none = frozenset(["xml"]), frozenset[str]()
    # The most that is taken of a file of text, and of other files of questions.
    short, most = 2 * MB - 20, 12 * MB
    yield HostileFile("laughs.xml", xml, lambda: LAUGHS + b"<quiz>&h;</quiz>")
    yield HostileFile("external.xml", xml, lambda: EXTERNAL + b"<quiz>&i;</quiz>")
    yield HostileFile("nested.xml", xml, lambda: b"<quiz>" * 200_000)
    yield HostileFile("elements.xml", xml, lambda: b"<quiz>" + b"<a/>" * (3 * MB) + b"</quiz>")
    yield HostileFile("attribute.xml", none, lambda: b'<quiz a="' + b"x" * most + b'"/>')
    yield HostileFile(
        "attributes.xml", none, lambda: b"<quiz " + b"".join(b'a%d="" ' % n for n in range(100_000)) + b"/>"
    )
    yield HostileFile("unclosed.xml", xml, lambda: b"<quiz" + b" " * most)
    yield HostileFile("ampersands.xml", xml, lambda: b"<quiz>" + b"&" * most)
    yield HostileFile("CDATA.xml", xml, lambda: b"<quiz>&" + b"<![CDATA[" * (MB))
    yield HostileFile("comments.xml", xml, lambda: b"<!--" * (3 * MB))
    yield HostileFile("half.xml", xml, lambda: b"<quiz><question>")
    yield HostileFile(
        "laughs.svg", frozenset(["picture"]), lambda: LAUGHS + b"<svg xmlns='http://www.w3.org/2000/svg'>&h;</svg>"
    )
    big = struct.pack(">2L5B", 60_000, 60_000, 8, 2, 0, 0, 0)
    yield HostileFile("60,000 pixels.png", frozenset(["picture"]), lambda: b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", big), (b"IDAT", zlib.compress(bytes(MB))), (b"IEND", b""))
    ))  # fmt: skip
    yield HostileFile("braces.gift", none, lambda: b"{" * short)
    yield HostileFile("questions.gift", none, lambda: b"::a::b{=c}\n\n" * 14_000)
    yield HostileFile("tildes.gift", none, lambda: b"a {" + b"~%1%" * (short // 4) + b"}")
    yield HostileFile("lines.txt", none, lambda: (b"A. " + b"a" * 37 + b"\n") * 29_000)
    yield HostileFile("answers.txt", none, lambda: b"ANSWER: A\n" * 29_000)
    yield HostileFile("empty lines.txt", none, lambda: b"\n" * 29_000)
    yield HostileFile("spaces.txt", none, lambda: b" " * short + b"x")
    yield HostileFile("marks.txt", none, lambda: b"a" + "\u0301".encode() * (short // 2))
    yield HostileFile("12 MB.txt", frozenset(["text"]), lambda: b"A" * most)
    yield HostileFile("a million lines.txt", frozenset(["text"]), lambda: b"\n" * 1_000_000)
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
    yield HostileFile("elements.svg", frozenset(["picture"]), lambda: svg + b"<g/>" * (2 * MB) + b"</svg>")
    yield HostileFile("nested.svg", none, lambda: svg + b"<g>" * 90_000 + b"</g>" * 90_000 + b"</svg>")
    every = frozenset(["table", "workbook", "word", "h5p", "backup", "xml", "text", "picture", "json"])
    yield HostileFile("empty", every, lambda: b"")
    yield HostileFile("NUL bytes", every, lambda: bytes(5 * MB))
    yield HostileFile("PK only.xlsx", every - {"text"}, lambda: b"PK\x03\x04 no workbook")
    yield HostileFile("nested.json", frozenset(["json"]), lambda: b"[" * 5_000_000)
    yield HostileFile("numbers.json", frozenset(["json"]), lambda: b"[" + b"9" * (5 * MB) + b"]")
    yield HostileFile("values.json", frozenset(["json"]), lambda: b"[" + b"[]," * (10 * MB) + b"1]")
    for name, kind in (
        ("wrong.docx", "workbook"),
        ("wrong.xlsx", "word"),
        ("wrong.xml", "h5p"),
        ("wrong.txt", "workbook"),
    ):
        yield HostileFile(name, every - {kind, "table"}, lambda kind=kind: zipped(PACKAGES[kind][1]()))


CORPUS: tuple[HostileFile, ...] = (*_of_packages(), *_of_tables(), *_of_texts())
