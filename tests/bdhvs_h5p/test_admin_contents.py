"""Editors' pages of uploaded activities, as requests: upload, replace, what is refused and how it is said."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext, override_script_prefix
from django.urls import reverse
from wagtail.log_actions import registry as log_registry
from wagtail.models import ModelLogEntry
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from adapter_tests import building
from bdhvs_h5p.admin.contents import ContentDeleteView
from bdhvs_h5p.models import H5PContent, H5PVersion, Library, WaitingPackage
from bdhvs_h5p.queries import InUse
from bdhvs_h5p.weight import MEDIUM, Weight
from tests.bdhvs_content import pages
from tests.bdhvs_h5p import playing
from tests.bdhvs_h5p.conftest import files_in
from tests.support.loops import for_each
from tests.support.worlds import made_once

pytestmark = [pytest.mark.versions, pytest.mark.django_db, pytest.mark.usefixtures("h5p_folder")]

SPACE = "wagtailsnippets_bdhvs_h5p_h5pcontent"


def everybody() -> dict[str, Client]:
    """An editor, an operator, both with what `bdhvs roles` gives them, and a superuser."""
    pages.catalog()
    call_command("roles", verbosity=0)
    users = get_user_model().objects
    found = {}
    for name, group in (("editor", "Người biên soạn"), ("operator", "Người vận hành")):
        user = users.create_user(name, password="x")
        user.groups.add(user.groups.model.objects.get(name=group))
        found[name] = pages.client_of(name)
    found["superuser"] = pages.editor()
    return {name: english(client) for name, client in found.items()}


made, people = made_once(everybody)


def english(client: Client) -> Client:
    from wagtail.users.models import UserProfile

    user = get_user_model().objects.get(pk=client.session["_auth_user_id"])
    profile = UserProfile.get_for_user(user)
    profile.preferred_language = "en"
    profile.save()
    return client


def sent(data: bytes, name: str = "cau-hoi.h5p") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "application/zip")


def upload(client: Client, data: bytes | None = None, *, title: str = "", script: bool = False) -> Any:
    posted: dict[str, Any] = {"title": title}
    posted["package"] = sent(building.package() if data is None else data)
    headers = {"X-Requested-With": "XMLHttpRequest"} if script else {}
    return client.post(reverse(f"{SPACE}:add"), posted, headers=headers)


def heavy(people: dict[str, Client], title: str) -> H5PContent:
    """With two megabytes of a film."""
    film = random.Random(1).randbytes(2 * MEDIUM)
    upload(people["superuser"], building.package(files={"content/phim.mp4": film}), title=title)
    return H5PContent.objects.get(title=title)


def edit(content: H5PContent) -> str:
    return reverse(f"{SPACE}:edit", args=[content.pk])


def test_a_superusers_upload_is_there_at_once_and_logged(people: Any) -> None:
    response = upload(people["superuser"], title="Mật khẩu")
    content = H5PContent.objects.get()
    assert (response.status_code, response["Location"]) == (302, edit(content))
    assert content.title == "Mật khẩu"
    assert content.latest is not None
    entry = log_registry.get_logs_for_instance(content).get()
    assert entry.action == "wagtail.create"
    assert entry.data["number"] == 1
    assert "Bdhvs.TestQuestion 1.0.0" in entry.data["installed"]
    shown = people["superuser"].get(edit(content)).content.decode()
    assert "light, " in shown
    assert 'enctype="multipart/form-data"' in shown


def test_without_a_name_it_is_called_as_the_file_says(people: Any) -> None:
    upload(people["superuser"])
    assert H5PContent.objects.get().title == "Câu hỏi thử"


def test_an_operators_upload_installs(people: Any) -> None:
    upload(people["operator"])
    assert Library.objects.exists()
    assert H5PVersion.objects.exists()


def test_an_editors_package_waits_and_the_page_says_so(people: Any) -> None:
    response = people["editor"].get(upload(people["editor"])["Location"])
    content = H5PContent.objects.get()
    assert not Library.objects.exists()
    assert "must be approved by an operator" in response.content.decode()
    listed = people["editor"].get(reverse(f"{SPACE}:list")).content.decode()
    assert "Awaiting approval" in listed
    assert content.waiting.file_name == "cau-hoi.h5p"


def test_once_its_libraries_are_there_an_editor_uploads_without_waiting(people: Any) -> None:
    upload(people["operator"])
    upload(people["editor"], building.package(params={"question": "Khác?"}))
    assert H5PVersion.objects.count() == 2


def test_a_bad_package_is_refused_with_what_is_wrong_and_leaves_nothing(people: Any, h5p_folder: Path) -> None:
    bad = building.package(files={"content/a.html": b"<p>"})
    response = upload(people["superuser"], bad, title="Thử")
    said = response.content.decode()
    assert response.status_code == 422
    assert "content/a.html: " in said
    assert "(h5p:whitelist)" in said
    assert 'value="Thử"' in said
    assert not H5PContent.objects.exists()
    assert files_in(h5p_folder) == set()


def test_its_findings_are_said_in_vietnamese(people: Any) -> None:
    pages.editor("anh")
    response = upload(pages.client_of("anh"), building.package(files={"content/a.html": b"<p>"}))
    said = response.content.decode()
    assert "content/a.html: " in said
    assert "Files of this type" not in said


def test_the_script_gets_an_address_or_sentences(people: Any) -> None:
    response = upload(people["superuser"], script=True)
    assert response.json() == {"location": edit(H5PContent.objects.get())}
    response = upload(people["superuser"], b"no archive", script=True)
    assert response.status_code == 422
    (sentence,) = response.json()["errors"]
    assert "(h5p:zip)" in sentence


def test_without_a_file_the_form_asks_for_one(people: Any) -> None:
    response = people["superuser"].post(reverse(f"{SPACE}:add"), {"title": "Trống"})
    assert response.status_code == 422
    assert "Choose a file" in response.content.decode()


def test_a_file_over_the_limit_is_refused_in_words(people: Any, settings: Any) -> None:
    settings.BDHVS_H5P_MAX_UPLOAD = 100_000
    big = building.package(files={"content/a.bin": b""})[:10] + bytes(300_000)
    for script in (False, True):
        response = upload(people["superuser"], big, script=script)
        assert response.status_code == 413
        said = response.json()["errors"][0] if script else response.content.decode()
        assert "98 KB" in said
    assert not H5PContent.objects.exists()


def test_a_file_over_the_limit_that_fits_into_the_form_is_refused_too(people: Any, settings: Any) -> None:
    settings.BDHVS_H5P_MAX_UPLOAD = 100
    response = upload(people["superuser"], building.package())
    assert response.status_code == 422


def test_visitors_and_learners_send_nothing_that_is_read(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    pages.person("lan")
    address = reverse(f"{SPACE}:add")
    for client in (Client(), pages.client_of("lan")):
        # Below a part of another site's addresses as well.
        for above in ("", "/portal"):
            with override_script_prefix(f"{above}/"):
                response = client.post(address, {"package": sent(bytes(5000))}, SCRIPT_NAME=above)
            assert response.status_code == 413


# --- Another file ----------------------------------------------------------------------------------------------------


def test_replacing_the_file_says_which_pages_show_the_older_one(people: Any) -> None:
    upload(people["superuser"])
    content = H5PContent.objects.get()
    course = pages.course(pages.CatalogPage.objects.get())
    page = playing.activity(course, content)
    posted = {"title": content.title, "package": sent(building.package(params={"question": "B?"}))}
    people["superuser"].post(edit(content), posted)
    assert [row.number for row in content.versions.order_by("number")] == [1, 2]
    shown = people["superuser"].get(edit(content)).content.decode()
    assert "These pages still use an older file" in shown
    assert page.title in shown
    form = people["superuser"].get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "A newer file is available" in form
    pages.publish(pages.fresh(page))
    assert "These pages still use" not in people["superuser"].get(edit(content)).content.decode()
    form = people["superuser"].get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "A newer file is available" not in form


def test_only_the_name_is_changed_without_a_file(people: Any) -> None:
    upload(people["superuser"])
    content = H5PContent.objects.get()
    people["superuser"].post(edit(content), {"title": "Tên khác"})
    assert H5PContent.objects.get().title == "Tên khác"
    assert content.versions.count() == 1


def test_the_same_file_again_is_said_to_change_nothing(people: Any) -> None:
    upload(people["superuser"])
    content = H5PContent.objects.get()
    address = edit(content)
    posted = {"title": content.title, "package": sent(building.package())}
    shown = people["superuser"].post(address, posted, follow=True).content.decode()
    assert "nothing was changed" in shown
    assert content.versions.count() == 1


def test_a_bad_file_in_place_of_a_good_one_changes_nothing(people: Any) -> None:
    upload(people["superuser"])
    content = H5PContent.objects.get()
    response = people["superuser"].post(edit(content), {"title": "Tên khác", "package": sent(b"x")})
    assert response.status_code == 422
    assert H5PContent.objects.get().title == content.title
    assert content.versions.count() == 1


def test_one_that_is_on_a_page_is_not_deleted_and_the_page_says_why(people: Any) -> None:
    upload(people["superuser"])
    content = H5PContent.objects.get()
    page = playing.activity(pages.course(pages.CatalogPage.objects.get()), content)
    address = reverse(f"{SPACE}:delete", args=[content.pk])
    assert page.title in people["superuser"].get(address).content.decode()
    assert people["superuser"].post(address).status_code == 409
    page.delete()
    assert people["superuser"].post(address).status_code == 409, "learners have met it"


def test_one_that_nobody_met_is_deleted(people: Any) -> None:
    upload(people["superuser"])
    content = H5PContent.objects.get()
    assert people["superuser"].post(reverse(f"{SPACE}:delete", args=[content.pk])).status_code == 302
    assert not H5PContent.objects.exists()


# --- List and chooser ------------------------------------------------------------------------------------------------


def test_the_list_and_the_chooser_cost_the_same_however_many_there_are(people: Any) -> None:
    for address in (reverse(f"{SPACE}:list"), reverse("wagtailsnippetchoosers_bdhvs_h5p_h5pcontent:choose")):
        counts = []
        for _more in range(3):
            content = H5PContent.objects.create(title="Một", created_at=pages.AT)
            playing.version(content)
            people["superuser"].get(address)
            with CaptureQueriesContext(connection) as asked:
                people["superuser"].get(address)
            counts.append(len(asked))
        assert len(set(counts[1:])) == 1, counts


def test_the_list_is_searched_without_diacritics_and_filtered_by_weight(people: Any) -> None:
    upload(people["superuser"], title="Mật khẩu")
    heavy(people, "Phim dài")
    listed = reverse(f"{SPACE}:list")
    people["superuser"].get(listed)  # what was said of the uploads
    found = people["superuser"].get(listed, {"q": "mat khau"}).content.decode()
    assert "Mật khẩu" in found
    assert "Phim dài" not in found
    found = people["superuser"].get(listed, {"heaviness": "heavy"}).content.decode()
    assert "Phim dài" in found
    assert "Mật khẩu" not in found


def test_the_chooser_is_searched_without_diacritics_and_says_the_weight(people: Any) -> None:
    for title in ("Mật khẩu", "Phim dài"):
        playing.version(H5PContent.objects.create(title=title, created_at=pages.AT))
    address = reverse("wagtailsnippetchoosers_bdhvs_h5p_h5pcontent:choose_results")
    found = people["editor"].get(address, {"q": "mat khau"}).content.decode()
    assert "Mật khẩu" in found
    assert "Phim dài" not in found
    assert "light, 1 KB" in found


def test_what_came_onto_a_page_at_the_last_moment_is_neither_deleted_nor_said_to_be(
    people: Any, rf: RequestFactory
) -> None:
    upload(people["superuser"])
    content = H5PContent.objects.get()
    playing.activity(pages.course(pages.CatalogPage.objects.get()), content)
    view = ContentDeleteView()
    view.object, view.request = content, rf.post("/")
    view.request.user = get_user_model().objects.get(is_superuser=True)
    with pytest.raises(InUse):
        view.delete_action()
    assert H5PContent.objects.get() == content
    assert not ModelLogEntry.objects.filter(action="wagtail.delete").exists()


def test_who_saves_a_page_with_a_heavy_activity_is_told_before_anybody_waits(people: Any) -> None:
    content = heavy(people, "Phim")
    page = playing.activity(pages.course(pages.CatalogPage.objects.get()), content, live=False)
    page.save_revision()
    lists = {"alignments": inline_formset([]), "comments": inline_formset([])}
    form = {
        "title": "Phim",
        "slug": "phim",
        "content": content.pk,
        "completion": "emitted",
        "pass_percent": "",
        **lists,
    }
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    shown = people["superuser"].post(address, nested_form_data(form), follow=True).content.decode()
    assert "This activity is heavy, 2.1 MB. Most of the size is media" in shown
    assert not pages.fresh(page).live


@for_each(("mark", "told"), [("", True), ("80", False)])
def test_who_publishes_without_a_pass_mark_is_told_that_competencies_get_nothing(
    people: Any, mark: str, told: bool
) -> None:
    upload(people["superuser"])
    content = H5PContent.objects.get()
    a1 = pages.framework().competencies.get(code="A1")
    page = playing.activity(pages.course(pages.CatalogPage.objects.get()), content, live=False)
    form = {
        "title": "Mật khẩu",
        "slug": "mat-khau",
        "content": content.pk,
        "completion": "emitted",
        "pass_percent": mark,
        "alignments": inline_formset([{"competency": a1.pk, "level": 1}]),
        "comments": inline_formset([]),
        "action-publish": "action-publish",
    }
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    shown = people["superuser"].post(address, nested_form_data(form), follow=True).content.decode()
    assert pages.fresh(page).live
    assert ("Without a pass mark most activities only count as finished" in shown) is told


@pytest.mark.parametrize(
    ("bytes_", "code"), [(0, "light"), (300 * 1024, "light"), (300 * 1024 + 1, "medium"), (MEDIUM + 1, "heavy")]
)
def test_weight_classes(bytes_: int, code: str) -> None:
    weight = Weight(bytes_, 0, 0)
    assert weight.code == code
    assert bool(weight.advice) is (code != "light")


def test_waiting_packages_are_of_one_content_each(people: Any) -> None:
    upload(people["editor"])
    upload(people["editor"])
    assert WaitingPackage.objects.count() == 2
