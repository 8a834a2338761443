"""Requests of other systems that ask much for their size, and what an ordinary one sends."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

WORDS = "Mật khẩu mạnh có chữ hoa, chữ thường, chữ số và dấu; không dùng lại ở nơi khác. "
# Method, address, content, its type; bytes are sent as they are.
Asked = tuple[str, str, Any] | tuple[str, str, Any, str]


def passed(actor: dict[str, Any], activity: str, number: int, day: int = 0) -> dict[str, Any]:
    """A `passed` of the size that a quiz of ours emits, so many days and minutes after the first."""
    return {
        "id": str(uuid4()),
        "actor": actor,
        "verb": {"id": "http://adlnet.gov/expapi/verbs/passed", "display": {"en": "passed", "vi": "đã đạt"}},
        "object": {
            "objectType": "Activity",
            "id": activity,
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/assessment",
                "name": {"vi": "Mật khẩu và tài khoản", "en": "Passwords and accounts"},
                "description": {"vi": WORDS * 14},
            },
        },
        "result": {"score": {"scaled": 0.9, "raw": 9, "min": 0, "max": 10}, "success": True, "completion": True},
        "context": {
            "registration": str(uuid4()),
            "revision": "1",
            "platform": "another system",
            "contextActivities": {
                "grouping": [{"id": f"https://other.example/course/{each}"} for each in range(2)],
                "category": [{"id": "https://other.example/profile"}],
                "other": [{"id": f"https://other.example/competency/{each}"} for each in range(2)],
            },
        },
        "timestamp": (datetime(2025, 9, 1, 12, tzinfo=UTC) + timedelta(days=day, minutes=number)).isoformat(),
    }


def bombs(given: dict[str, Any]) -> dict[str, list[Asked]]:
    """Name → (method, address, content) of requests that are small for what they ask."""
    agent = {"mbox": "mailto:a@example.org"}
    post = ("POST", "/xapi/statements")

    def about(target: Any, **more: Any) -> dict[str, Any]:
        return {
            "id": str(uuid4()),
            "actor": agent,
            "verb": {"id": "http://adlnet.gov/expapi/verbs/commented"},
            "object": target,
            **more,
        }

    def ref(id_: str, **more: Any) -> dict[str, Any]:
        return about({"objectType": "StatementRef", "id": id_}, **more)

    def many(count: int, mark: str) -> list[dict[str, Any]]:
        return [{"id": f"https://bomb.example/{mark}/{each}"} for each in range(count)]

    def members(count: int, mark: Any) -> list[dict[str, Any]]:
        return [{"mbox": f"mailto:m{each}-{mark}@example.org"} for each in range(count)]

    def own(number: int, activity: int = 0) -> dict[str, Any]:
        return passed(given["actors"][0], given["activities"][activity], number)

    def voiding(statement: dict[str, Any]) -> dict[str, Any]:
        return ref(statement["id"], verb={"id": "http://adlnet.gov/expapi/verbs/voided"})

    def growing(number: int) -> dict[str, Any]:
        told = {f"https://bomb.example/{number}": "x" * 200_000}
        return about({"id": "https://bomb.example/grows", "definition": {"extensions": told}})

    def with_data(*pieces: bytes) -> Asked:
        listed = [
            {
                "usageType": "https://bomb.example/data",
                "display": {"en": "data"},
                "contentType": "application/octet-stream",
                "length": len(piece),
                "sha2": hashlib.sha256(piece).hexdigest(),
            }
            for piece in pieces
        ]
        said = json.dumps(about({"id": "https://bomb.example/a"}, attachments=listed)).encode()
        parts = [b"Content-Type: application/json\r\n\r\n" + said]
        for each, piece in zip(listed, pieces, strict=True):
            head = f"Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {each['sha2']}\r\n\r\n"
            parts.append(head.encode() + piece)
        content = b"".join(b"--bomb\r\n" + part + b"\r\n" for part in parts) + b"--bomb--\r\n"
        return (*post, content, "multipart/mixed; boundary=bomb")

    def state(mark: str) -> str:
        return "/xapi/activities/state?" + urlencode(
            {"activityId": f"https://bomb.example/{mark}", "agent": json.dumps(agent)}
        )

    fan = str(uuid4())
    voided = [own(each, 1) for each in range(150)]
    randbytes = Random(1).randbytes
    large = [
        about({"id": "https://bomb.example/l"}, context={"extensions": {"https://bomb.example/e": "\u1ea1" * 150_000}})
        for _ in range(28)
    ]
    chain = [str(uuid4()) for _ in range(150)]
    return {
        "6,000 references, then what they lead to, naming 600": [
            *[(*post, [ref(fan) for _ in range(150)]) for _ in range(40)],
            (
                *post,
                about(
                    {"id": "https://bomb.example/x"}, id=fan, context={"contextActivities": {"other": many(600, "f")}}
                ),
            ),
            (
                *post,
                about(
                    {"id": "https://bomb.example/x"}, id=fan, context={"contextActivities": {"other": many(190, "f")}}
                ),
            ),
        ],
        "a chain of 150, its end last, naming 190": [
            (*post, [ref(chain[each + 1], id=chain[each]) for each in range(149)]),
            (
                *post,
                about(
                    {"id": "https://bomb.example/y"},
                    id=chain[149],
                    context={"contextActivities": {"other": many(190, "c")}},
                ),
            ),
        ],
        "150 groups of 300 members": [
            (
                *post,
                [
                    about({"id": "https://bomb.example/z"}, actor={"objectType": "Group", "member": members(300, each)})
                    for each in range(150)
                ],
            )
        ],
        "20 groups of 480 members": [
            (
                *post,
                [
                    about(
                        {"id": "https://bomb.example/z"},
                        actor={"objectType": "Group", "member": members(480, f"s{each}")},
                    )
                    for each in range(20)
                ],
            )
        ],
        "150 statements, each a definition of 60 activities": [
            (
                *post,
                [
                    about(
                        {"id": "https://bomb.example/d"},
                        context={
                            "contextActivities": {
                                "other": [
                                    {**each, "definition": {"name": {"vi": WORDS}}} for each in many(60, f"d{number}")
                                ]
                            }
                        },
                    )
                    for number in range(150)
                ],
            )
        ],
        "28 statements of 1 MB of extensions": [
            (
                *post,
                [
                    about(
                        {"id": "https://bomb.example/e"},
                        context={
                            "extensions": {"https://bomb.example/e": {str(each): "x" * 90 for each in range(9_500)}}
                        },
                    )
                    for _ in range(28)
                ],
            )
        ],
        "150 voidings of what is not there": [
            (*post, [ref(str(uuid4()), verb={"id": "http://adlnet.gov/expapi/verbs/voided"}) for _ in range(150)])
        ],
        "150 sub-statements with 190 activities": [
            (
                *post,
                [
                    about(
                        {
                            "objectType": "SubStatement",
                            "actor": agent,
                            "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
                            "object": {"id": "https://bomb.example/s"},
                            "context": {"contextActivities": {"other": many(190, f"s{number}")}},
                        }
                    )
                    for number in range(150)
                ],
            )
        ],
        "30 documents of 1.9 MB, merged": [
            (
                "POST",
                f"{state('a')}&stateId=s{each % 3}",
                {f"{each}-{number}": "x" * 90 for number in range(18_000)},
            )
            for each in range(30)
        ],
        "500 documents, and all of them deleted": [
            *[
                (
                    "PUT",
                    f"{state('b')}&stateId=s{each}",
                    {"x": "y" * 20_000},
                )
                for each in range(500)
            ],
            (
                "DELETE",
                state("b"),
                {},
            ),
        ],
        "10 groups of 480 members": [
            (
                *post,
                [
                    about(
                        {"id": "https://bomb.example/z"},
                        actor={"objectType": "Group", "member": members(480, f"t{each}")},
                    )
                    for each in range(10)
                ],
            )
        ],
        "80 statements, each a definition of 60 activities": [
            (
                *post,
                [
                    about(
                        {"id": "https://bomb.example/d"},
                        context={
                            "contextActivities": {
                                "other": [
                                    {**each, "definition": {"name": {"vi": WORDS}}} for each in many(60, f"e{number}")
                                ]
                            }
                        },
                    )
                    for number in range(80)
                ],
            )
        ],
        "7.6 MB of extensions": [(*post, json.dumps(large[:8]).encode())],
        "28 MB of extensions, again in another spelling": [
            (*post, json.dumps(large, ensure_ascii=True, indent=spaces).encode()) for spaces in (None, 0)
        ],
        "40 documents of 1.9 MB, and all of them deleted": [
            *[("PUT", f"{state('big')}&stateId=s{each}", {"x": "y" * 1_900_000}) for each in range(40)],
            ("DELETE", state("big"), {}),
        ],
        "one definition that grows by 30 MB": [
            (*post, [growing(30 * one + each) for each in range(30)]) for one in range(5)
        ],
        "an attachment of 31 MB": [with_data(randbytes(31_000_000))],
        "15 attachments of 2 MB": [with_data(*[randbytes(2_000_000) for _ in range(15)])],
        "an attachment of 16 MB": [with_data(randbytes(16_000_000))],
        "8 attachments of 2 MB": [with_data(*[randbytes(2_000_000) for _ in range(8)])],
        "150 passed of one learner, and each of them voided": [
            (*post, voided),
            (*post, [voiding(each) for each in voided]),
        ],
        "3,000 passed of one learner in one activity": [
            (*post, [own(150 * one + each) for each in range(150)]) for one in range(20)
        ],
        "3,000 more, each earlier than the one before": [
            (*post, [own(-(150 * one + each)) for each in range(150)]) for one in range(20)
        ],
    }
