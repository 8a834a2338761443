"""What it costs to build a statement, beside the floor: its JSON written and read again by the standard library.

    python benchmarks/statements.py    2,000 answers to one question of four options, 8 activities in each; no database

"build" is tracking's build() and as_version(), which record() writes out; all 2,000 name the same activities,
which are kept, so a line below it takes them all as new. "read" is what record() and the
endpoint do with bytes; tincan's own reading stands beside it, for whoever asks why it is not used: it also refuses
UUIDs of versions 6 to 8. CPU time of this process, microseconds a statement, the best of five.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), *(str(ROOT / folder) for folder in ("xapi", "content", "templates"))]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

MANY = 2_000
OPTION = {
    "vi": "Một cụm nhiều từ mà mình dễ nhớ, có chữ hoa, chữ số và dấu, dùng cho một nơi duy nhất; viết ra giấy thì cất",
    "en": "A phrase of several words that is easy for you to remember, with capitals and signs, used in one place",
}


def acts() -> list[Any]:
    from bdhvs_lms.plugins.api import Interaction
    from bdhvs_lms.tracking import api as tracking

    names = {"vi": "Mật khẩu nào dưới đây là mật khẩu mạnh?", "en": "Which of these passwords is strong?"}
    quiz, course, group = (
        tracking.ObjectRef(tracking.activity_iri(uuid4()), tracking.TYPE_OBJECTIVE, names) for _ in range(3)
    )
    asked = Interaction("choice", {"choices": [(f"o{each}", OPTION) for each in range(4)]})
    question = tracking.ObjectRef(tracking.question_iri(uuid4()), tracking.TYPE_QUESTION, names, asked)
    taught = [tracking.ObjectRef(tracking.competency_iri("f", "A1", n), tracking.TYPE_OBJECTIVE) for n in range(3)]
    return [
        tracking.LearningAct(
            actor=uuid4(),
            verb=tracking.VERB_ANSWERED,
            object=question,
            id_seed=(attempt := uuid4()),
            registration=attempt,
            revision="1",
            occurred_at=datetime(2025, 11, 15, 1, 30, tzinfo=UTC) + timedelta(seconds=number),
            parent=(quiz,),
            grouping=(course, group),
            other=tuple(taught),
            result=tracking.ResultFacts(success=True, response="o2", scaled=Decimal(1)),
        )
        for number in range(MANY)
    ]


def timed(what: Callable[[Any], Any], each: list[Any]) -> float:
    best = float("inf")
    for _ in range(5):
        began = time.process_time()
        for one in each:
            what(one)
        best = min(best, time.process_time() - began)
    return best / len(each) * 1e6


def main() -> None:
    import django

    django.setup()
    import tincan
    from django.core.management import call_command

    from bdhvs_lms.tracking import api as tracking
    from bdhvs_lms.tracking.statements import _known, build
    from bdhvs_xapi.statements.validate import encode, parse

    def build_anew(act: Any) -> Any:
        _known.cache_clear()
        return build(act).as_version()

    call_command("migrate", verbosity=0)
    given = acts()
    built = [build(act).as_version() for act in given]
    raw = [encode(one) for one in built]
    print(f"{platform.python_implementation()} {platform.python_version()}, {len(raw[0])} bytes a statement")
    for label, cost in (
        ("build", timed(lambda act: build(act).as_version(), given)),
        ("  with nothing kept", timed(build_anew, given)),
        ("  of which its id", timed(tracking.statement_id, given)),
        ("JSON written and read again", timed(lambda one: json.loads(json.dumps(one)), built)),
        ("read (msgspec and our rules)", timed(parse, raw)),
        ("read by tincan", timed(tincan.Statement.from_json, raw)),
    ):
        print(f"{label:<30}{cost:>8.0f} µs")


if __name__ == "__main__":
    main()
