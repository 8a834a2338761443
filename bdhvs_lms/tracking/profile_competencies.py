"""The profile's templates of competencies: that a rule first holds, and that somebody confirms it officially."""

from __future__ import annotations

from bdhvs_lms.tracking.profile_rules import EXCLUDED, INCLUDED, Json, extension_rule, rule, template, words
from bdhvs_lms.tracking.vocabulary import (
    EXTENSION_EVIDENCE,
    EXTENSION_RULE_VERSION,
    TYPE_OBJECTIVE,
    VERB_CONFIRMED,
    VERB_MASTERED,
)


def competencies(learning: list[Json]) -> list[Json]:
    evidence = extension_rule(EXTENSION_EVIDENCE, INCLUDED, "[*]")
    return [
        template(
            "mastered-competency",
            VERB_MASTERED,
            TYPE_OBJECTIVE,
            words("Đạt năng lực", "Competency attained"),
            words("Quy tắc công nhận lần đầu được thỏa mãn.", "A rule of evidence first holds."),
            [
                *learning,
                evidence,
                extension_rule(EXTENSION_RULE_VERSION, INCLUDED),
                rule("result.success", INCLUDED, all=[True]),
            ],
        ),
        template(
            "confirmed-competency",
            VERB_CONFIRMED,
            TYPE_OBJECTIVE,
            words("Xác nhận năng lực", "Competency confirmed"),
            words(
                "Người có thẩm quyền xác nhận năng lực đã đạt; khi thu hồi, bản ghi bị vô hiệu hóa.",
                "Somebody who may confirms that the competency was attained; a revocation voids the statement.",
            ),
            [
                *learning,
                evidence,
                rule(
                    "context.instructor.account.name",
                    INCLUDED,
                    words("Mã ẩn danh của người xác nhận.", "The opaque identifier of who confirmed."),
                ),
                rule("result", EXCLUDED),
            ],
        ),
    ]
