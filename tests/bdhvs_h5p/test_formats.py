"""Native quizzes leave as .h5p when the libraries are installed. The libraries here are stand-ins under H5P's names."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from adapter_tests import building
from bdhvs_h5p.formats import H5PFormat
from bdhvs_h5p.libraries import install, installed_patch
from bdhvs_h5p.models import Library
from bdhvs_lms.plugins.testing import QuestionFormatConformance
from bdhvs_lms.plugins.testing.formats import QUIZ
from h5p_python_adapter import inspect, opened
from tests.bdhvs_content import pages

NAMES = ("H5P.MultiChoice 1.16", "H5P.TrueFalse 1.8", "H5P.QuestionSet 1.20")


def have(*names: str, **library: Any) -> None:
    """Installed, as if somebody had uploaded a package with them."""
    data = building.package(names[0], {}, uses=names[1:], files=library.pop("files", None))
    with opened(io.BytesIO(data)) as package:
        for facts in package.facts.libraries:
            install(facts, lambda id=facts.id: package.library_files(id), at=pages.AT)  # type: ignore[misc]


@pytest.mark.usefixtures("h5p_folder")
class TestH5P(QuestionFormatConformance, TestCase):
    question_format = H5PFormat

    def setUp(self) -> None:
        have(*NAMES)


pytestmark = pytest.mark.django_db


def written() -> io.BytesIO:
    into = io.BytesIO()
    H5PFormat().write(QUIZ, into)
    return into


def test_the_file_is_accepted_where_it_came_from_and_by_who_has_nothing(h5p_folder: Path) -> None:
    have(*NAMES)
    for installed in ({}, {"installed": installed_patch}):
        report = inspect(written(), **installed)
        assert report.ok, report.findings
    assert report.package is not None
    assert [str(facts.id) for facts in report.package.libraries] == sorted(NAMES)
    assert report.package.params["passPercentage"] == 80
    assert [piece["library"] for piece in report.package.params["questions"]] == [NAMES[0], NAMES[0], NAMES[1]]


def test_what_is_not_installed_or_too_old_is_named(h5p_folder: Path) -> None:
    have("H5P.TrueFalse 1.8", "H5P.MultiChoice 1.3")
    with translation.override("en"):
        (said,) = H5PFormat().problems(QUIZ)
    assert "H5P.MultiChoice 1.10, H5P.QuestionSet 1.12" in str(said)
    alone = replace(QUIZ, intro="", questions=QUIZ.questions[2:])
    assert H5PFormat().problems(alone) == ()


def test_what_its_libraries_need_has_to_be_there_too(h5p_folder: Path) -> None:
    have(*NAMES)
    needed = {"machineName": "H5P.Question", "majorVersion": 1, "minorVersion": 5}
    row = Library.objects.get(machine_name="H5P.MultiChoice")
    row.stored["preloaded"] = [{"machine_name": needed["machineName"], "major": 1, "minor": 5}]
    row.save()
    with translation.override("en"):
        (said,) = H5PFormat().problems(QUIZ)
    assert "H5P.Question 1.5" in str(said)


def test_it_asks_the_database_a_constant_number_of_times(h5p_folder: Path) -> None:
    have(*NAMES)
    long = replace(QUIZ, questions=tuple(replace(QUIZ.questions[0], key=f"{n}") for n in range(40)))
    counts = []
    for quiz in (QUIZ, long):
        with CaptureQueriesContext(connection) as queries:
            H5PFormat().write(quiz, io.BytesIO())
        counts.append(len(queries))
    assert max(counts) <= 6
