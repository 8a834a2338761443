"""Statements to start from, and ways to spoil them."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from bdhvs_xapi import api
from bdhvs_xapi.outbox.recording import prepare_parsed, store_prepared
from bdhvs_xapi.statements.validate import Parsed

HOME = "https://lms.example.vn"
QUIZ = f"{HOME}/quiz/1"
COURSE = f"{HOME}/course/1"
LEARNER = "7f0c1f5e-5b0c-4d53-9c67-0d8a3b1f2c11"
LEARNER_KEY = f"account:{HOME}|{LEARNER}"
RECEIVED = datetime(2025, 11, 15, 3, 0, tzinfo=UTC)
REMOVE = object()

# Every property that xAPI 1.0.3 and 2.0 share, so that spoiling any one of them is one change.
FULL: dict[str, Any] = {
    "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
    "actor": {
        "objectType": "Group",
        "name": "Tổ 3",
        "account": {"homePage": HOME, "name": "g1"},
        "member": [{"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9", "name": "An"}],
    },
    "verb": {"id": "http://adlnet.gov/expapi/verbs/passed", "display": {"vi": "đạt", "en-GB": "passed"}},
    "object": {
        "objectType": "Activity",
        "id": QUIZ,
        "definition": {
            "name": {"vi": "Bài kiểm tra"},
            "description": {"vi": "Mười câu"},
            "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
            "moreInfo": f"{QUIZ}/info",
            "interactionType": "choice",
            "correctResponsesPattern": ["a[,]b"],
            "choices": [{"id": "a", "description": {"vi": "Một"}}, {"id": "b"}],
            "extensions": {f"{HOME}/ext": {"deep": [1, None, "x"]}},
        },
    },
    "result": {
        "score": {"scaled": 0.8, "raw": 8, "min": 0, "max": 10},
        "success": True,
        "completion": True,
        "response": "a[,]b",
        "duration": "PT4M3.5S",
        "extensions": {f"{HOME}/ext": None},
    },
    "context": {
        "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
        "instructor": {"openid": "https://id.example.vn/t1"},
        "team": {"objectType": "Group", "member": [{"mbox": "mailto:a@example.vn"}]},
        "contextActivities": {
            "parent": [{"id": COURSE, "objectType": "Activity"}],
            "grouping": [{"id": f"{HOME}/class/1"}],
            "category": [{"id": f"{HOME}/profile"}],
            "other": [{"id": f"{HOME}/competency/1"}, {"id": f"{HOME}/competency/2"}],
        },
        "revision": "3",
        "platform": "bdhvs",
        "language": "vi",
        "statement": {"objectType": "StatementRef", "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"},
        "extensions": {f"{HOME}/ext": True},
    },
    "timestamp": "2025-11-15T08:30:00.123+07:00",
    "stored": "2025-11-15T01:31:00Z",
    "authority": {"account": {"homePage": HOME, "name": "site"}},
    "version": "1.0.3",
    "attachments": [
        {
            "usageType": f"{HOME}/certificate",
            "display": {"vi": "Giấy chứng nhận"},
            "description": {"vi": "Bản quét"},
            "contentType": "application/pdf",
            "length": 1234,
            "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
            "fileUrl": f"{HOME}/c.pdf",
        }
    ],
}

SUB_STATEMENT: dict[str, Any] = {
    "objectType": "SubStatement",
    "actor": {"account": {"homePage": HOME, "name": "u2"}},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/attended"},
    "object": {"id": f"{HOME}/session/1"},
    "context": {"contextActivities": {"grouping": {"id": f"{HOME}/class/2"}}},
    "timestamp": "2031-01-01T00:00:00Z",
}


def passed(**changes: Any) -> dict[str, Any]:
    """A learner passed the quiz; a new id each time. ``changes`` replace top-level properties."""
    return {
        "id": str(uuid4()),
        "actor": {"objectType": "Agent", "account": {"homePage": HOME, "name": LEARNER}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
        "object": {"objectType": "Activity", "id": QUIZ},
        "result": {"score": {"scaled": 0.8}, "success": True},
        "context": {"revision": "3", "contextActivities": {"parent": [{"id": COURSE}]}},
        "timestamp": "2025-11-15T08:30:00+07:00",
        **changes,
    }


def voiding(target: str, **changes: Any) -> dict[str, Any]:
    """A voiding of the statement ``target``."""
    return {
        "id": str(uuid4()),
        "actor": {"objectType": "Agent", "account": {"homePage": HOME, "name": "site"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": target},
        "timestamp": "2025-11-15T09:00:00+07:00",
        **changes,
    }


def changed(statement: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with the value at ``path`` (``context.contextActivities.parent[0].id``) replaced, added or removed."""
    result: Any = copy.deepcopy(statement)
    *parents, last = [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", path)]
    inner = result
    for part in parents:
        inner = inner[part]
    if value is REMOVE:
        del inner[last]
    else:
        inner[last] = value
    return result  # type: ignore[no-any-return]


def store_parsed(
    parsed: Sequence[Parsed], *, authority: str, received_at: datetime, **options: Any
) -> list[api.Recorded]:
    """Stores statements of others, and all that follows, in the transaction that is open."""
    prepared = prepare_parsed(parsed, received_at=received_at)
    return store_prepared(prepared, authority=authority, later=False, **options)
