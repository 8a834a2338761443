"""Settings from environment variables: what is read, and what is refused in words."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from bdhvs_lms.site import env

NAME = "BDHVS_SOMETHING"


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("Yes", True), ("0", False), ("", False), ("off", False)])
def test_flag(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv(NAME, value)
    assert env.flag(NAME, default=not expected) is expected


def test_mistyped_flag_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "ture")
    with pytest.raises(ImproperlyConfigured, match="BDHVS_SOMETHING='ture'"):
        env.flag(NAME)


def test_integer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.integer(NAME, 7) == 7
    monkeypatch.setenv(NAME, "12")
    assert env.integer(NAME, 7) == 12
    monkeypatch.setenv(NAME, "soon")
    with pytest.raises(ImproperlyConfigured, match="not a whole number"):
        env.integer(NAME, 7)


def test_items(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.items(NAME, ("a",)) == ["a"]
    monkeypatch.setenv(NAME, " a.example , ,b.example,")
    assert env.items(NAME) == ["a.example", "b.example"]


def secret_file(folder: Path, content: str, mode: int = 0o600) -> str:
    file = folder / "key"
    file.write_text(content, encoding="utf-8")
    file.chmod(mode)
    return str(file)


def test_secret_from_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert env.secret(NAME) == ""
    monkeypatch.setenv(f"{NAME}_FILE", secret_file(tmp_path, "  s3cret\n"))
    assert env.secret(NAME) == "s3cret"


@pytest.mark.parametrize(
    ("content", "mode", "words"), [("", 0o600, "is empty"), ("s3cret", 0o604, "readable by everyone")]
)
def test_bad_secret_file_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str, mode: int, words: str
) -> None:
    monkeypatch.setenv(f"{NAME}_FILE", secret_file(tmp_path, content, mode))
    with pytest.raises(ImproperlyConfigured, match=words):
        env.secret(NAME)


def test_missing_secret_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "none"))
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        env.secret(NAME)


def test_two_secrets_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(f"{NAME}_FILE", secret_file(tmp_path, "a"))
    monkeypatch.setenv(NAME, "b")
    with pytest.raises(ImproperlyConfigured, match="not both"):
        env.secret(NAME)
