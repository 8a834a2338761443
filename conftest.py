"""Tests stand in tests/, and those of a question type in its folder: they share fixtures and rules."""

pytest_plugins = [
    "tests.support.indexing",
    "tests.support.fixtures",
    "tests.support.again",
    "tests.support.dealing",
    "tests.support.minimum",
]
