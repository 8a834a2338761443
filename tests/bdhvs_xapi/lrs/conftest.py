"""Fixtures of the endpoint's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bdhvs_xapi.lrs import credentials, limits
from tests.bdhvs_xapi.lrs.support import BOTH, Lrs, new_lrs
from tests.support.soak import ON_POSTGRES, SOAKING


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """What a process remembers of one test is not the next one's."""
    limits.requests.clear()
    limits.failures.clear()
    limits.statements.clear()
    credentials._touched.clear()
    yield


# What a version changes is not decided by the database.
@pytest.fixture(params=[BOTH[-1]] if ON_POSTGRES and not SOAKING else BOTH)
def lrs(db: None, request: pytest.FixtureRequest) -> Lrs:
    """A client that may do everything, once in each version."""
    return new_lrs(version=request.param)


@pytest.fixture
def lrs1(db: None) -> Lrs:
    """A client of 1.0.3 that may do everything."""
    return new_lrs(version="1.0.3")


@pytest.fixture
def lrs2(db: None) -> Lrs:
    """A client of 2.0 that may do everything."""
    return new_lrs(version="2.0.0")
