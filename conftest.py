"""Tests stand in tests/, and those of a question type in its folder: they share fixtures and rules."""

pytest_plugins = [
    "tests.support.soak",
    "tests.support.indexing",
    "tests.support.fixtures",
    "tests.support.choosing",
    "tests.support.spending",
]
