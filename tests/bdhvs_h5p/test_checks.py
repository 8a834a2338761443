"""What `check` says before a package could do harm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as given

from bdhvs_h5p.checks import FORMS, HOST, LIMIT, check_h5p, check_player
from bdhvs_h5p.conf import app_settings
from h5p_python_adapter.player import core as core_module


def codes(found: Any) -> list[str]:
    return [one.id for one in found]


def at(folder: Path) -> dict[str, Any]:
    return {
        **given.STORAGES,
        "bdhvs_h5p": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder, "base_url": None},
        },
    }


def test_the_ready_site_is_as_it_should_be() -> None:
    assert codes(check_h5p()) == []


def test_a_site_without_the_script_of_the_page_is_told(monkeypatch: Any) -> None:
    monkeypatch.delitem(apps.app_configs, "h5p_python_adapter")
    assert codes(check_h5p()) == ["bdhvs_h5p.E009"]


@pytest.mark.parametrize("root", ["MEDIA_ROOT", "STATIC_ROOT"])
def test_files_where_the_site_serves_them_are_refused(settings: Any, root: str) -> None:
    settings.STORAGES = at(Path(getattr(settings, root)) / "h5p")
    assert codes(check_h5p()) == ["bdhvs_h5p.E002"]
    settings.STORAGES = at(Path(getattr(settings, root)) / ".." / "h5p")
    assert codes(check_h5p()) == []


def test_without_a_storage_it_says_so(settings: Any) -> None:
    settings.STORAGES = {name: one for name, one in settings.STORAGES.items() if name != "bdhvs_h5p"}
    assert codes(check_h5p()) == ["bdhvs_h5p.E001"]


@pytest.mark.parametrize(
    ("site", "origin", "expected"),
    [
        ("https://hoc.example.vn", "https://noi-dung.example.vn", []),
        ("https://hoc.example.vn", "https://hoc.example.vn", ["bdhvs_h5p.E004"]),
        ("https://hoc.example.vn", "https://noi-dung.hoc.example.vn", ["bdhvs_h5p.W002"]),
        ("https://hoc.example.vn", "http://noi-dung.example.vn", ["bdhvs_h5p.E005"]),
        ("https://hoc.example.vn", "https://noi-dung.example.vn/h5p", ["bdhvs_h5p.E003"]),
        ("https://hoc.example.vn", "noi-dung.example.vn", ["bdhvs_h5p.E003"]),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8001", []),
    ],
)
def test_a_host_for_packages(settings: Any, site: str, origin: str, expected: list[str]) -> None:
    settings.BDHVS_PUBLIC_URL, settings.BDHVS_H5P_CONTENT_ORIGIN = site, origin
    assert codes([*app_settings.check(), *check_h5p()]) == expected


def test_the_limit_of_uploads_has_to_stand_before_who_reads_forms(settings: Any) -> None:
    others = [name for name in settings.MIDDLEWARE if name != LIMIT]
    settings.MIDDLEWARE = others
    assert codes(check_h5p()) == ["bdhvs_h5p.W003"]
    settings.MIDDLEWARE = [*others, LIMIT]
    assert codes(check_h5p()) == ["bdhvs_h5p.W003"]
    settings.MIDDLEWARE = [LIMIT, *(name for name in others if name != FORMS)]
    assert codes(check_h5p()) == []


def test_a_host_of_its_own_that_would_answer_with_the_site_is_refused(settings: Any) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != HOST]
    assert codes(check_h5p()) == []
    settings.BDHVS_H5P_CONTENT_ORIGIN = "https://noi-dung.example.vn"
    assert codes(check_h5p()) == ["bdhvs_h5p.E007"]


def test_a_site_without_the_players_files_is_told_how_to_get_them(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(core_module, "PLAYER_FILES", tmp_path / "none")
    (warning,) = check_player()
    assert warning.id == "bdhvs_h5p.W001"
    assert "npm ci" in warning.hint
    monkeypatch.setattr(core_module, "PLAYER_FILES", tmp_path)
    (tmp_path / "frame.bundle.js").touch()
    assert check_player() == []
