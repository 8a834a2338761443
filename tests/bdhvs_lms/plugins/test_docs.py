"""docs/plugins.md names all there is, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from bdhvs_lms.plugins import api, bases, checks, testing
from tests.support.live import ROOT

GUIDE = (ROOT / "docs" / "plugins.md").read_text()


def test_every_check_is_in_the_table_and_no_other() -> None:
    source = Path(checks.__file__).read_text()
    given = set(re.findall(r'id="(bdhvs_lms\.[EW]\d{3})"', source))
    assert given
    assert set(re.findall(r"^\| `(bdhvs_lms\.[EW]\d{3})`", GUIDE, re.MULTILINE)) == given


def test_every_extension_point_has_a_section_and_its_members() -> None:
    points = (bases.ActivityType, bases.QuestionType, api.QuestionFormat, bases.PersonalData, bases.SignInMethod)
    for base in (*points, bases.SpeechEngine):
        (section,) = re.findall(rf"^### {base.__name__}\n(.*?)(?=^##)", GUIDE, re.MULTILINE | re.DOTALL)
        members = {*base.__annotations__, *base.__abstractmethods__}
        assert sorted(name for name in members if f"`{name}" not in section) == []


def test_the_doors_and_the_kit_are_named_whole() -> None:
    for name in (
        "activity_types",
        "question_types",
        "question_formats",
        "personal_data",
        "sign_in_methods",
        "speech_engines",
        "RegistrationError",
    ):
        assert name in api.__all__
        assert name in GUIDE
    assert [name for name in testing.__all__ if name not in GUIDE] == []


def test_what_it_says_to_import_is_there() -> None:
    from importlib import import_module

    for module, names in re.findall(r"^\| .* \| `(bdhvs_[\w.]+)`: (.*) \|$", GUIDE, re.MULTILINE):
        promised = import_module(module).__all__
        assert [name for name in re.findall(r"`(\w+)`", names) if name not in promised] == []
