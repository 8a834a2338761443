"""Statements as H5P core writes them in a frame, for tests. Needs no Django."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from h5p_python_adapter.records import LibraryId
from h5p_python_adapter.statements import ACTIVITY, StatementRules, rules_of

VERBS = "http://adlnet.gov/expapi/verbs/"
MAIN = LibraryId("Bdhvs.TestContainer", 1, 0)
CHILD = "00000000-0000-4000-8000-000000000001"
OTHER_CHILD = "00000000-0000-4000-8000-000000000002"
SUB_CONTENT = "http://h5p.org/x-api/h5p-subContentId"

PARAMS: dict[str, Any] = {
    "items": [
        {
            "library": "Bdhvs.TestQuestion 1.0",
            "subContentId": CHILD,
            "metadata": {"title": "Câu về <b>mật khẩu</b>"},
            "params": {
                "question": "<p>Người lạ hỏi mã OTP. Làm gì?</p>",
                "answers": [{"text": "Không đọc cho ai"}, {"text": "Đọc cho họ"}],
            },
        },
        {
            "library": "Bdhvs.TestQuestion 1.0",
            "subContentId": OTHER_CHILD,
            "params": {"question": "Cuộc gọi từ số ***** là của ai?", "text": "Ngân hàng gọi bằng số *in* trên thẻ."},
        },
    ]
}


def rules(**changes: Any) -> StatementRules:
    values = {"params": PARAMS, "main": MAIN, "object_ids": frozenset({ACTIVITY}), "title": "Gọi lạ", **changes}
    return rules_of(values.pop("params"), values.pop("main"), **values)


def said(
    verb: str = "answered",
    *,
    part: str | None = None,
    score: tuple[Any, Any] | None = None,
    parent: bool | None = None,
    library: str = "",
    definition: Mapping[str, Any] | None = None,
    **result: Any,
) -> dict[str, Any]:
    """`parent`: as core sets it, for a part; `score`: (raw, max); `result`: success, completion, duration, response."""
    address = ACTIVITY if part is None else f"{ACTIVITY}?subContentId={part}"
    extensions: dict[str, Any] = {"http://h5p.org/x-api/h5p-local-content-id": 1}
    if part is not None:
        extensions[SUB_CONTENT] = part
    statement: dict[str, Any] = {
        "actor": {"name": "learner", "mbox": "mailto:learner@invalid.invalid", "objectType": "Agent"},
        "verb": {"id": verb if ":" in verb else VERBS + verb, "display": {"en-US": verb}},
        "object": {
            "id": address,
            "objectType": "Activity",
            "definition": {"extensions": extensions, **(definition or {})},
        },
    }
    context: dict[str, Any] = {}
    if parent or (parent is None and part is not None):
        context["parent"] = [{"id": ACTIVITY, "objectType": "Activity"}]
    if library:
        context["category"] = [{"id": f"http://h5p.org/libraries/{library}", "objectType": "Activity"}]
    if context:
        statement["context"] = {"contextActivities": context}
    if score is not None:
        raw, top = score
        result["score"] = {"min": 0, "max": top, "raw": raw}
        if isinstance(raw, int | float) and isinstance(top, int | float) and top > 0:
            result["score"]["scaled"] = round(raw / top, 4)
    if result:
        statement["result"] = {"completion": True, **result}
    return statement


CHOICE: dict[str, Any] = {
    "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
    "interactionType": "choice",
    "correctResponsesPattern": ["0"],
    "description": {"en-US": "<p>Người lạ hỏi mã OTP. Làm gì?</p>\n"},
    "choices": [
        {"id": "0", "description": {"en-US": "Không đọc cho ai\n"}},
        {"id": "1", "description": {"en-US": "Đọc cho họ\n"}},
    ],
}
GAPS: dict[str, Any] = {
    "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
    "interactionType": "fill-in",
    "correctResponsesPattern": ["{case_matters=false}in"],
    "description": {"en-US": "<p>Ngân hàng gọi bằng số __________ trên thẻ.</p>"},
}
