"""Operators' pages: what is installed, who needs it, and packages that wait for a decision."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.log_actions import registry as log_registry

from adapter_tests import building
from bdhvs_h5p import uploads
from bdhvs_h5p.models import H5PContent, H5PVersion, Library, WaitingPackage
from tests.bdhvs_content import pages
from tests.bdhvs_h5p.conftest import files_in
from tests.bdhvs_h5p.test_admin_contents import edit, made, people, upload

__all__ = ["made", "people"]

pytestmark = [pytest.mark.versions, pytest.mark.django_db, pytest.mark.usefixtures("h5p_folder")]

LIST, WAITING = reverse("h5p_libraries:index"), reverse("h5p_waiting:index")


def waiting(people: Any) -> WaitingPackage:
    upload(people["editor"], title="Mật khẩu")
    return WaitingPackage.objects.get()


def decide(row: WaitingPackage) -> str:
    return reverse("h5p_waiting:decide", args=[row.pk])


def test_editors_see_neither_list(people: Any) -> None:
    row = waiting(people)
    for address in (LIST, WAITING, decide(row)):
        assert people["editor"].get(address).status_code == 302, address


def test_the_list_says_version_size_and_how_many_activities_need_it(people: Any) -> None:
    upload(people["operator"])
    upload(people["operator"], building.package(params={"question": "B?"}))
    shown = people["operator"].get(LIST).content.decode()
    assert "Bdhvs.TestQuestion" in shown
    assert "1.0.0" in shown
    assert "Delete “" not in shown, "every library is needed"


def test_the_list_costs_the_same_however_many_contents_there_are(people: Any) -> None:
    counts = []
    for place in range(3):
        upload(people["operator"], building.package(params={"question": f"{place}?"}))
        people["operator"].get(LIST)
        with CaptureQueriesContext(connection) as asked:
            people["operator"].get(LIST)
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts


def test_a_library_that_nothing_needs_is_deleted_with_its_files(
    people: Any, h5p_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    uploads.receive(io.BytesIO(building.package()), file_name="a.h5p", may_install=True, at=pages.AT)
    library = Library.objects.get(machine_name="Bdhvs.TestQuestion")
    address = reverse("h5p_libraries:delete", args=[library.pk])
    assert people["operator"].post(address).status_code == 409
    with django_capture_on_commit_callbacks(execute=True):
        people["superuser"].post(
            reverse("wagtailsnippets_bdhvs_h5p_h5pcontent:delete", args=[H5PContent.objects.get().pk])
        )
        assert "Delete “" in people["operator"].get(LIST).content.decode()
        assert people["operator"].post(address).status_code == 302
    assert not Library.objects.filter(pk=library.pk).exists()
    assert not [one for one in files_in(h5p_folder) if library.tree_hash in one]


def test_the_operator_reads_what_would_be_installed(people: Any) -> None:
    row = waiting(people)
    assert "Mật khẩu" in people["operator"].get(WAITING).content.decode()
    shown = people["operator"].get(decide(row)).content.decode()
    assert "Bdhvs.TestQuestion" in shown
    assert "not yet" in shown
    assert "Uploaded by editor." in shown
    assert not Library.objects.exists(), "reading decides nothing"


def test_approving_installs_and_is_logged(people: Any) -> None:
    row = waiting(people)
    response = people["operator"].post(decide(row), {"approve": "1", "reason": ""})
    assert response["Location"] == WAITING
    content = H5PContent.objects.get()
    assert content.latest is not None
    entry = log_registry.get_logs_for_instance(content).filter(action="bdhvs_h5p.approve").get()
    assert "Bdhvs.TestQuestion 1.0.0" in entry.data["installed"]
    history = reverse("wagtailsnippets_bdhvs_h5p_h5pcontent:history", args=[content.pk])
    assert "Approved the package" in people["superuser"].get(history).content.decode()


def test_refusing_needs_a_reason_and_the_editor_reads_it(people: Any) -> None:
    row = waiting(people)
    again = people["operator"].post(decide(row), {"refuse": "1", "reason": " "})
    assert "Enter a reason" in again.content.decode()
    assert WaitingPackage.objects.exists()
    people["operator"].post(decide(row), {"refuse": "1", "reason": "Không rõ ai viết."})
    assert not WaitingPackage.objects.exists()
    shown = people["editor"].get(edit(H5PContent.objects.get())).content.decode()
    assert "Không rõ ai viết." in shown


def test_a_form_without_a_decision_decides_nothing(people: Any) -> None:
    row = waiting(people)
    people["operator"].post(decide(row), {})
    assert WaitingPackage.objects.exists()
    assert not H5PVersion.objects.exists()


def test_what_cannot_be_installed_any_more_is_said(people: Any, h5p_folder: Path) -> None:
    row = waiting(people)
    (h5p_folder / row.path).write_bytes(b"broken")
    response = people["operator"].post(decide(row), {"approve": "1"})
    assert response.status_code == 422
    assert "It cannot be installed:" in response.content.decode()
    assert WaitingPackage.objects.exists()


def test_one_that_is_decided_already_is_not_found(people: Any) -> None:
    row = waiting(people)
    address = decide(row)
    people["operator"].post(address, {"approve": "1"})
    assert people["operator"].post(address, {"approve": "1"}).status_code == 404
