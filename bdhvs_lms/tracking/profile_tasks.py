"""The profile's templates of practical tasks."""

from __future__ import annotations

from bdhvs_lms.tracking.profile_rules import COURSE, INCLUDED, REVISION, Json, rule, score, template, words
from bdhvs_lms.tracking.vocabulary import TYPE_TASK, VERB_FAILED, VERB_PASSED


def tasks(learning: list[Json]) -> list[Json]:
    """Return templates of a practical task, as somebody saw it."""
    definition = words(
        "Người quan sát (người hướng dẫn lớp) ghi điều mình thấy; một lần cho mỗi lần quan sát, sửa lại thì bản ghi "
        "cũ bị vô hiệu hóa.",
        "An observer (a teacher of the class) records what was seen; once for each observation, and a correction voids "
        "the statement before it.",
    )
    rules = [
        *learning,
        *score(),
        COURSE,
        REVISION,
        rule("context.registration", INCLUDED, words("Mã của lần quan sát.", "The observation.")),
        rule(
            "context.instructor.account.name", INCLUDED, words("Mã của người quan sát.", "The observer's identifier.")
        ),
        rule(
            "result.response",
            INCLUDED,
            words(
                "Mã cố định của các ý đã làm được trong bảng kiểm, nối bằng [,]; để trống khi chưa làm được ý nào.",
                "Stable ids of the checklist's items that were done, joined by [,]; empty when none was.",
            ),
        ),
    ]
    return [
        template(
            f"{name}-task",
            verb,
            TYPE_TASK,
            label,
            definition,
            [*rules, rule("result.success", INCLUDED, all=[is_done])],
        )
        for name, verb, label, is_done in (
            ("passed", VERB_PASSED, words("Làm được việc thực hành", "Practical task done"), True),
            ("failed", VERB_FAILED, words("Chưa làm được việc thực hành", "Practical task not done yet"), False),
        )
    ]
