"""An uploaded activity as a file again."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from adapter_tests import building
from bdhvs_h5p import uploads
from bdhvs_h5p.models import H5PContent, Library
from h5p_python_adapter import inspect, opened
from tests.bdhvs_content import pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("h5p_folder")]

MEDIA = {"content/images/hình.png": b"\x89PNG" + bytes(range(256)) * 9_000}


def uploaded(data: bytes, title: str = "Mật khẩu “mạnh”") -> H5PContent:
    outcome = uploads.receive(
        io.BytesIO(data), file_name="a.h5p", may_install=True, at=pages.AT, content=None, title=title
    )
    assert isinstance(outcome, uploads.Stored)
    return outcome.version.content


def fetched(content: H5PContent) -> Any:
    return pages.editor().get(reverse("wagtailsnippets_bdhvs_h5p_h5pcontent:download", args=[content.pk]))


def test_what_was_uploaded_comes_back_with_every_byte_of_its_files() -> None:
    before = building.package("Bdhvs.TestContainer 1.0", files=MEDIA)
    response = fetched(uploaded(before))
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == 'attachment; filename="mat-khau-manh.h5p"'
    after = b"".join(response.streaming_content)
    assert inspect(io.BytesIO(after)).ok
    found = []
    for data in (before, after):
        with opened(io.BytesIO(data)) as package:
            files = {path: file.read() for path, _facts, file in package.content_files() if path != "content.json"}
            facts = package.facts
            found.append((files, facts.params, facts.main, {each.id: each.tree_hash for each in facts.libraries}))
    assert found[0] == found[1]
    # It can be uploaded where it came from, and brings nothing new.
    outcome = uploads.receive(
        io.BytesIO(after), file_name="b.h5p", may_install=False, at=pages.AT, content=None, title="Lại"
    )
    assert isinstance(outcome, uploads.Stored)
    assert outcome.installed == ()


def test_its_page_offers_it_and_says_when_a_library_is_gone() -> None:
    content = uploaded(building.package())
    client = pages.editor()
    address = reverse("wagtailsnippets_bdhvs_h5p_h5pcontent:download", args=[content.pk])
    edit = reverse("wagtailsnippets_bdhvs_h5p_h5pcontent:edit", args=[content.pk])
    assert address in client.get(edit).content.decode()
    Library.objects.all().delete()
    with translation.override("vi"):
        response = client.get(address, follow=True)
    assert response.redirect_chain == [(edit, 302)]
    assert "Bdhvs.TestQuestion 1.0" in response.content.decode()
    assert client.post(address).status_code == 405


def test_a_file_that_is_gone_gives_no_half_package(h5p_folder: Path) -> None:
    content = uploaded(building.package(files=MEDIA))
    version = content.latest
    assert version is not None
    (h5p_folder / version.file_path("images/hình.png")).unlink()
    response = fetched(content)
    with pytest.raises(FileNotFoundError):
        list(response.streaming_content)
