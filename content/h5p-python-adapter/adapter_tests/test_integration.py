"""What the frame reads. What H5P's own script makes of it was tried in a browser; tests of the player do so again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from adapter_tests.having import ident, made
from h5p_python_adapter.integrating import STATE_ADDRESS, Addresses, StateReset, integration
from h5p_python_adapter.player_words import LANGUAGES, player_words

LIBRARIES = [made("H5P.Image 1.1")[0], made("H5P.Main 1.2")[0]]
ADDRESSES = Addresses(
    libraries="/h5p/thu-vien",
    library_folders={ident("H5P.Image 1.1"): "i~aa", ident("H5P.Main 1.2"): "m~bb"},
    content="/h5p/tep/t",
)
FRAME = Path(__file__).parents[3] / "node_modules/h5p-standalone/dist/frame.bundle.js"


def told(params: Any = None, **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "main": ident("H5P.Main 1.2"),
        "params": params or {},
        "h5p": {"title": "Mật khẩu", "license": "CC BY", "language": "vi"},
        "libraries": LIBRARIES,
        "addresses": ADDRESSES,
        "object_id": "https://example.vn/hoc-lieu/1",
    }
    return integration(**{**given, **changes})


def content(*args: Any, **changes: Any) -> dict[str, Any]:
    return told(*args, **changes)["contents"]["cid-1"]


def test_the_content_is_told_as_h5p_reads_it() -> None:
    params = {"text": "đ </script> \ud800", "n": [1.5, None, True]}
    found = content(params)
    assert found["library"] == "H5P.Main 1.2"
    assert json.loads(found["jsonContent"]) == params
    assert found["jsonContent"].isascii()
    assert (found["url"], found["contentUrl"], found["title"]) == (
        "https://example.vn/hoc-lieu/1",
        "/h5p/tep/t",
        "Mật khẩu",
    )
    assert found["metadata"]["license"] == "CC BY"
    assert content(h5p={"title": 7})["title"] == ""


def test_every_library_has_an_address_of_its_own_also_by_a_version_that_another_stands_in_for() -> None:
    params = {"picture": {"library": "H5P.Image 1.0", "params": {}}, "gone": {"library": "H5P.Gone 1.0", "params": {}}}
    found = told(params)
    assert found["urlLibraries"] == "/h5p/thu-vien"
    assert found["libraryDirectories"] == {"H5P.Image-1.1": "i~aa", "H5P.Main-1.2": "m~bb", "H5P.Image-1.0": "i~aa"}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, "false"),
        ('{"answers":[1]}', '{"answers":[1]}'),
        ("null", "false"),  # H5P would take it for a changed content and show a dialogue
        ("{broken", "false"),
        ("[" * 100_000, "false"),
        (StateReset.RESET, "RESET"),
    ],
)
def test_a_state_is_restored_and_what_is_none_asks_no_address(state: Any, expected: str) -> None:
    assert content(state=state)["contentUserData"] == {"0": {"state": expected}}


def test_what_content_types_kept_beside_the_state_comes_too() -> None:
    found = content(state="[1]", more_state={"0": {"seen": "2"}, "sub": {"state": "{}", "bad": "{"}})["contentUserData"]
    assert found == {"0": {"seen": "2", "state": "[1]"}, "sub": {"state": "{}"}}


def test_saving_has_a_user_who_is_nobody_and_an_address_that_is_no_server() -> None:
    found = told()
    assert found["saveFreq"] == 10
    assert found["user"] == {"name": "learner", "mail": "learner@invalid.invalid"}
    assert found["ajax"]["contentUserData"] == f"{STATE_ADDRESS}:contentId/:dataType/:subContentId"
    assert found["postUserStatistics"] is False
    assert told(save_every=None)["saveFreq"] is False


def test_content_types_offer_to_hand_in() -> None:
    """An interactive book says its result when its button is pressed, and has it where reports are said to be read."""
    assert told()["reportingIsEnabled"] is True


def test_nothing_in_the_frame_offers_to_take_the_content_away() -> None:
    options = content()["displayOptions"]
    assert {name for name, shown in options.items() if shown} == {"frame", "copyright"}


@pytest.mark.parametrize("licence", ["MIT", "cc-by", 7, ["CC BY"]])
def test_rights_are_not_offered_where_h5p_would_fail_on_them(licence: object) -> None:
    assert content(h5p={"license": licence})["displayOptions"]["copyright"] is False
    assert content({"a": [{"metadata": {"license": licence}}]})["displayOptions"]["copyright"] is False
    assert (
        content({"file": {"path": "x.png", "copyright": {"license": licence}}})["displayOptions"]["copyright"] is False
    )
    assert content({"license": licence, "copyright": "text", "metadata": None})["displayOptions"]["copyright"] is True


def test_full_screen_is_offered_only_when_asked_for() -> None:
    assert (content()["fullScreen"], told()["fullscreenDisabled"]) == ("0", 1)
    assert (content(full_screen=True)["fullScreen"], told(full_screen=True)["fullscreenDisabled"]) == ("1", 0)


def test_what_is_loaded_is_told() -> None:
    found = told(scripts=["/h5p/goi/a.js"], styles=["/h5p/goi/a.css"])
    assert (found["loadedJs"], found["loadedCss"]) == (["/h5p/goi/a.js"], ["/h5p/goi/a.css"])


def test_it_is_plain_json() -> None:
    assert json.loads(json.dumps(told({"x": 1}))) == told({"x": 1})


def test_both_languages_say_everything_and_another_is_told_in_english() -> None:
    assert LANGUAGES == ("vi", "en")
    assert set(player_words("vi")) == set(player_words("en"))
    assert player_words("vi-VN")["close"] == "Đóng"
    assert player_words("fr") == player_words("en")
    assert all(word.strip() for language in LANGUAGES for word in player_words(language).values())
    assert all(":num" in player_words(language)["offlineDialogRetryMessage"] for language in LANGUAGES)


def test_everything_that_h5ps_script_asks_for_is_said() -> None:
    if not FRAME.is_file():
        pytest.skip("h5p-standalone is not installed by npm")
    asked = set(re.findall(r"\bt\(\"([A-Za-z0-9]+)\"\)", FRAME.read_text(encoding="utf-8")))
    assert len(asked) > 30
    assert asked - set(player_words("vi")) == set()
