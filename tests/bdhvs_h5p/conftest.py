"""An activity to play, made once a module; and where the files of tests are: a folder for each, gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bdhvs_h5p.playing import Playing
from tests.support.worlds import standing


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Playing]:
    with standing(Playing, django_db_blocker) as playing:
        yield playing


@pytest.fixture
def play(db: None, world: Playing) -> Playing:
    return world.for_a_test()


@pytest.fixture
def h5p_folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """The folder that the storage `bdhvs_h5p` writes to."""
    folder = tmp_path / "h5p"
    storages = {**settings.STORAGES}
    storages["bdhvs_h5p"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": folder, "base_url": None},
    }
    settings.STORAGES = storages
    yield folder


def files_in(folder: Path) -> set[str]:
    """Paths of all files below it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
