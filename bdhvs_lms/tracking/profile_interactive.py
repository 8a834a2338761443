"""The profile's templates of content that plays in the browser."""

from __future__ import annotations

from bdhvs_lms.tracking.profile_rules import (
    ATTEMPT,
    COURSE,
    EXCLUDED,
    INCLUDED,
    RECOMMENDED,
    REVISION,
    Json,
    rule,
    template,
    words,
)
from bdhvs_lms.tracking.vocabulary import (
    TYPE_INTERACTION,
    VERB_ANSWERED,
    VERB_ATTEMPTED,
    VERB_COMPLETED,
    VERB_EXPERIENCED,
    VERB_FAILED,
    VERB_INITIALIZED,
    VERB_INTERACTED,
    VERB_PASSED,
    VERB_PROGRESSED,
)

_INTERACTIVE: tuple[tuple[str, str, Json, list[Json]], ...] = (
    ("initialized", VERB_INITIALIZED, words("Mở hoạt động tương tác", "Interactive content opened"), [
        rule("result", EXCLUDED),
    ]),
    ("attempted", VERB_ATTEMPTED, words("Làm thử", "Attempted"), []),
    ("interacted", VERB_INTERACTED, words("Thao tác", "Interacted"), []),
    ("progressed", VERB_PROGRESSED, words("Học tiếp", "Progressed"), []),
    ("experienced", VERB_EXPERIENCED, words("Đã xem", "Seen"), [rule("result", EXCLUDED)]),
    ("answered", VERB_ANSWERED, words("Trả lời", "Answered"), []),
    ("completed", VERB_COMPLETED, words("Làm xong", "Completed"), [
        rule("result.completion", INCLUDED, all=[True]),
        rule("result.score.scaled", RECOMMENDED),
    ]),
    ("passed", VERB_PASSED, words("Đạt", "Passed"), [rule("result.success", INCLUDED, all=[True])]),
    ("failed", VERB_FAILED, words("Chưa đạt", "Failed"), [rule("result.success", INCLUDED, all=[False])]),
)  # fmt: skip


def interactive(learning: list[Json]) -> list[Json]:
    """Return templates of content that plays in the browser (H5P) and its parts without a question: what its program
    reports, as a claim. Opening, and seeing where that is all there is to do, is the server's own word."""
    definition = words(
        "Nói về cả hoạt động tương tác hoặc một phần của nó. Trừ việc mở và xem, đó là lời của trình duyệt: chỉ là tự "
        "khai, một mình không chứng nhận năng lực.",
        "Of interactive content as a whole, or of a part of it. But for opening and seeing it is the browser's word: "
        "client-reported, and alone it confirms no competency.",
    )
    rules = [*learning, COURSE, REVISION, rule("context.registration", INCLUDED, ATTEMPT)]
    return [
        template(f"{name}-interaction", verb, TYPE_INTERACTION, label, definition, [*rules, *more])
        for name, verb, label, more in _INTERACTIVE
    ]
