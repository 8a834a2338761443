"""The committee reaches no named record: every address, every filter and every file, on the demonstration's people."""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import Any
from zipfile import ZipFile

import pytest
from django.http import HttpResponse
from django.urls import path
from docx import Document
from openpyxl import Workbook

from bdhvs_lms.base.api import why_no_pdf
from tests.permissions.addresses import MACHINES, SITE
from tests.support.fixtures import DEMO_CLOCK
from tests.support.live import Installation
from tests.support.loops import for_each
from tests.support.scanning import Scanner, Wanted

# What the committee looks at, by a piece of its address: pages, filters, orders and files.
LOOKED_AT = (
    "/chi-dao/?", "/en/steering/", "nhom=", "nam=tat-ca", "sap-xep=ten", "/lop/", "/chi-dao/thay-doi/",
    "/so-lieu.xlsx", "/so-lieu.csv", "/so-lieu.docx", "/so-lieu.pdf", "/so-sanh/", "/bao-cao/", "/bao-cao.docx",
    "/bao-cao.pdf", "/chi-dao/phuc-tra/", "/so-lieu/",
)  # fmt: skip


@pytest.mark.thorough
def test_no_answer_to_the_committee_names_a_learner(demo: Installation) -> None:
    output = demo.manage(
        "shell",
        "--no-imports",
        "-c",
        "from tests.permissions.naming import main; main()",
        environment={"BDHVS_TEST_CLOCK": DEMO_CLOCK, "BDHVS_PUBLIC_FIGURES": "1"},
    )
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    kinds = Counter(found["kinds"])
    # A name of each learner and one of a guardian; each telephone number as it is written, and without spaces.
    assert kinds["number"] >= 60
    assert (kinds["name"], kinds["phone"]) == (kinds["number"] + 1, 2 * kinds["number"] + 2)
    assert {"username", "email", "attempt", "certificate"} <= set(kinds)
    assert found["left out"] == []
    # All but signing in by a second factor or elsewhere, which this site has not.
    absent = {*SITE, *MACHINES} - set(found["asked"])
    assert {name.partition(":")[0] for name in absent} <= {"bdhvs_allauth", "bdhvs_allauth_return"}
    assert [part for part in LOOKED_AT if not any(part in address for address in found["opened"])] == []
    assert found["signed in"]
    assert found["broken"] == []
    assert found["named"] == []

    # The same scan sees what it looks for, on pages and in files of every kind.
    files = {"csv", "xlsx", "docx"} | (set() if why_no_pdf() else {"pdf"})
    assert found["planted"].keys() == {"board", "reading", *files}
    assert {what for what, kinds in found["planted"].items() if "name" not in kinds} == set()
    assert "phone" in found["planted"]["reading"]


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return packed.getvalue()


def docx_saying(*runs: str) -> bytes:
    document, packed = Document(), io.BytesIO()
    line = document.add_table(1, 1).cell(0, 0).paragraphs[0]
    for run in runs:
        line.add_run(run)
    document.save(packed)
    return packed.getvalue()


def xlsx_saying(text: str) -> bytes:
    book, packed = Workbook(), io.BytesIO()
    book.create_sheet("Lớp").append([1, text])
    book.save(packed)
    return packed.getvalue()


@for_each(
    "body",
    [
        "<td>Trần Thị An</td>".encode(),
        "<td>TRẦN&nbsp;THỊ\n <b>A</b>n</td>".encode(),
        "<td>Ông</td><td>Trần Thị An</td><td>Bà</td>".encode(),
        "<td>Ông<td>Trần Thị An<td>Bà".encode(),
        b'<a title="Tran Thi An">',
        b'<a href="/?q=Tr%E1%BA%A7n+Th%E1%BB%8B+An">',
        json.dumps({"name": "Trần Thị An"}).encode(),
        "\ufeffSTT;Tên\r\n1;Trần Thị An\r\n".encode(),
        docx_saying("Bà Tr", "ần Thị", " An."),
        xlsx_saying("Trần Thị An"),
        zipped(a=zipped(b=docx_saying("Trần Thị An"))),
        zipped(**{"tran-thi-an.csv": b""}),
    ],
)
def test_a_name_is_seen_however_it_is_written(body: bytes) -> None:
    assert Wanted({"Trần Thị An": "name"}).found_in_file(body) == {" tran thi an "}


def test_what_is_part_of_another_word_is_no_name() -> None:
    wanted = Wanted({"Trần Thị An": "name", "0912": "phone"})
    assert not wanted.found_in_file("Trần Thị Anh, Trần An, 091 2, 09123".encode())


def listed(request: Any, kind: str = "") -> HttpResponse:
    """Each answer leads on for ever; one filter, on a page behind another, names somebody."""
    said = "Trần Thị An" if kind == "lists" and request.GET.get("group") == "b" else "Nobody"
    further = int(request.GET.get("page", "0")) + 1
    return HttpResponse(
        f'<p>{said}</p><a href="/">home</a><a href="/lists/?page={further}">on</a><form><select name="group">'
        '<option value="a" selected>A</option><option value="b">B</option></select></form>'
    )


urlpatterns = [path("", listed), path("<slug:kind>/", listed, name="kind")]


@pytest.mark.django_db
def test_filters_are_tried_and_the_search_ends(django_user_model: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    scanner = Scanner(django_user_model.objects.create(username="a"), Wanted({"Trần Thị An": "name"}))
    scanner.crawl(["/"])
    assert ("/lists/?group=b", "name: tran thi an ") in scanner.named
    assert {what for _address, what in scanner.named} == {"name: tran thi an "}
    assert all("group=b" in address for address, _what in scanner.named)
    assert scanner.answers < 30
