"""Our xAPI profile as JSON-LD: what each of our statements means and must hold, in the form that machines read.

Built from the constants that the code itself uses, by the xAPI Profiles specification 1.0 (structure document, sections
6 to 9; https://w3id.org/xapi/profiles#1.0). Only terms of our own are concepts: a profile must not define again what
another one defines (7.0), so ADL's verbs and activity types are named by templates and not described here.
"""

from __future__ import annotations

import json
from typing import Any

from bdhvs_lms.tracking import iris
from bdhvs_lms.tracking.profile_competencies import competencies
from bdhvs_lms.tracking.profile_interactive import interactive
from bdhvs_lms.tracking.profile_rules import (
    ATTEMPT,
    COURSE,
    EXCLUDED,
    INCLUDED,
    RECOMMENDED,
    REVISION,
    Json,
    actor,
    always,
    extension_rule,
    marks,
    rule,
    score,
    template,
    words,
)
from bdhvs_lms.tracking.profile_tasks import tasks
from bdhvs_lms.tracking.vocabulary import (
    EXTENSION_COMPETENCY_MARKS,
    EXTENSION_EVIDENCE,
    EXTENSION_GRADE,
    EXTENSION_REASON,
    EXTENSION_RULE_VERSION,
    PROFILE_VERSIONS,
    TYPE_ASSESSMENT,
    TYPE_COURSE,
    TYPE_INTERACTION,
    TYPE_LESSON,
    TYPE_QUESTION,
    TYPE_SESSION,
    VERB_ANSWERED,
    VERB_ATTENDED,
    VERB_COMPLETED,
    VERB_CONFIRMED,
    VERB_EXPERIENCED,
    VERB_FAILED,
    VERB_INITIALIZED,
    VERB_MASTERED,
    VERB_PASSED,
    VERB_VOIDED,
)

CONTEXT = "https://w3id.org/xapi/profiles/context"
CONFORMS_TO = "https://w3id.org/xapi/profiles#1.0"
_POINTS = {"type": "number", "minimum": 0}
GRADE_SCHEMA: Json = {
    "type": "object",
    "required": ["from", "of", "max"],
    "properties": {
        "from": {"enum": ["best", "last", "first", "average"]},
        "of": {"type": "integer", "minimum": 1},
        "raw": _POINTS,
        "max": _POINTS,
    },
}
MARKS_SCHEMA: Json = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["competency", "raw", "max", "needed", "reached"],
        "properties": {
            "competency": {"type": "string", "format": "iri"},
            "raw": _POINTS,
            "max": _POINTS,
            "needed": _POINTS,
            "reached": {"type": "boolean"},
        },
    },
}


def templates() -> list[Json]:
    """Return a template for each moment that is recorded; verb and type of the object determine which one a statement
    follows."""
    learning = always()
    verdict = [*learning, *score(), *marks(), REVISION, rule("context.registration", RECOMMENDED, ATTEMPT)]
    evidence = extension_rule(EXTENSION_EVIDENCE, INCLUDED, "[*]")
    return [
        template(
            "experienced-lesson", VERB_EXPERIENCED, TYPE_LESSON,
            words("Đã học bài", "Lesson read"),
            words("Người học cho biết đã học xong bài, một lần cho mỗi phiên bản; "
                   "hoặc người hướng dẫn ghi nhận cả lớp cùng xem.",
                   "The learner says that the lesson is read, once for each published version; "
                   "or a teacher says that the class watched it together."),
            [*learning, COURSE, REVISION, rule("result", EXCLUDED)],
        ),
        template(
            "attended-session", VERB_ATTENDED, TYPE_SESSION,
            words("Dự buổi học", "Session attended"),
            words("Người hướng dẫn ghi nhận người học có mặt tại một buổi học hoặc được hướng dẫn tại nhà.",
                   "A teacher says that the learner was there, at a class session or when visited at home."),
            [
                *learning, COURSE,
                rule("context.instructor.account.name", RECOMMENDED, words(
                    "Mã ẩn danh của người hướng dẫn.", "The teacher's opaque identifier.")),
                rule("result", EXCLUDED),
            ],
        ),
        template(
            "completed-lesson", VERB_COMPLETED, TYPE_LESSON,
            words("Hoàn thành bài học", "Lesson completed"),
            words("Lần đầu học xong bài, do hệ thống kết luận; hoặc người hướng dẫn ghi nhận đã xong.",
                   "The first reading, concluded by the system; or a teacher says that it is completed."),
            [
                *learning, COURSE, REVISION,
                extension_rule(EXTENSION_EVIDENCE, RECOMMENDED, "[*]"),
                rule("result.completion", INCLUDED, all=[True]),
            ],
        ),
        template(
            "initialized-assessment", VERB_INITIALIZED, TYPE_ASSESSMENT,
            words("Bắt đầu bài kiểm tra", "Attempt opened"),
            words("Một lượt làm bài được mở.", "An attempt at an assessment is opened."),
            [
                *learning, COURSE, REVISION,
                rule("context.registration", INCLUDED, ATTEMPT),
                rule("result", EXCLUDED),
            ],
        ),
        template(
            "answered-question", VERB_ANSWERED, TYPE_QUESTION,
            words("Trả lời câu hỏi", "Question answered"),
            words("Mỗi câu của bài đã nộp, kể cả câu bỏ trống; trong hoạt động tương tác, mỗi lần trả lời. "
                   "Không có đáp án, không có chữ người học gõ.",
                   "Each question of a submitted attempt, unanswered ones too; in interactive content each answer. "
                   "No key, no words that were typed."),
            [
                *learning, COURSE, REVISION,
                rule("context.registration", INCLUDED, ATTEMPT),
                rule("context.contextActivities.parent[*].definition.type", INCLUDED,
                      any=[TYPE_ASSESSMENT, TYPE_INTERACTION]),
                rule("object.definition.interactionType", INCLUDED),
                rule("object.definition.correctResponsesPattern", EXCLUDED),
                rule("result.success", INCLUDED),
                rule("result.response", INCLUDED, words(
                    "Mã cố định của các lựa chọn, nối bằng [,]; true hoặc false; đáp án được chấp nhận hoặc other.",
                    "Stable ids of options joined by [,]; true or false; the accepted answer it matched, or other.")),
                rule("result.score.scaled", RECOMMENDED),
            ],
        ),
        template(
            "completed-assessment", VERB_COMPLETED, TYPE_ASSESSMENT,
            words("Nộp bài kiểm tra", "Attempt submitted"),
            words("Một lần cho mỗi lượt làm bài.", "Once for each attempt."),
            [
                *learning, COURSE, REVISION,
                rule("context.registration", RECOMMENDED, ATTEMPT),
                rule("result.completion", INCLUDED, all=[True]),
                rule("result.duration", RECOMMENDED, words("Từ lúc mở đến lúc nộp.", "From opening to submitting.")),
                rule("result.score.scaled", RECOMMENDED),
            ],
        ),
        template(
            "passed-assessment", VERB_PASSED, TYPE_ASSESSMENT,
            words("Đạt", "Passed"),
            words("Một lần cho mỗi lần chấm: bài kiểm tra do máy chấm, việc làm do người quan sát xác nhận.",
                   "Once for each grading: a quiz that the server graded, or a task that somebody saw done."),
            [*verdict, COURSE, rule("result.success", INCLUDED, all=[True])],
        ),
        template(
            "failed-assessment", VERB_FAILED, TYPE_ASSESSMENT,
            words("Chưa đạt", "Failed"),
            words("Một lần cho mỗi lần chấm.", "Once for each grading."),
            [*verdict, COURSE, rule("result.success", INCLUDED, all=[False])],
        ),
        *interactive(learning),
        *tasks(learning),
        template(
            "completed-course", VERB_COMPLETED, TYPE_COURSE,
            words("Hoàn thành khóa học", "Course completed"),
            words("Mọi việc bắt buộc của khóa học đã xong, do hệ thống kết luận.",
                   "Every required activity is done, concluded by the system."),
            [*learning, REVISION, evidence, rule("result.completion", INCLUDED, all=[True])],
        ),
        *competencies(learning),
        template(
            "voided-statement", VERB_VOIDED, None,
            words("Vô hiệu hóa", "Voided"),
            words("Một người làm cho một bản ghi không còn hiệu lực và nêu lý do.",
                   "A person takes a statement out of force and says why."),
            [
                *actor(),
                rule("object.objectType", INCLUDED, all=["StatementRef"]),
                extension_rule(EXTENSION_REASON, INCLUDED),
                rule("timestamp", INCLUDED),
            ],
        ),
    ]  # fmt: skip


def _pattern(name: str, label: Json | None = None, definition: Json | None = None, **how: Any) -> Json:
    """Return a pattern (9.0), primary when it has a label. `how`: one of sequence, alternates,
    zeroOrMore, oneOrMore."""
    primary = {} if label is None else {"primary": True, "prefLabel": label, "definition": definition}
    return {
        "id": f"{iris.profile_iri()}/patterns/{name}",
        "type": "Pattern",
        "inScheme": iris.profile_iri(),
        **primary,
        **how,
    }


def patterns(of: list[Json]) -> list[Json]:
    """Return the order of statements: an attempt from its opening to its verdict; all else stands alone. `of`:
    templates."""
    base = iris.profile_iri()
    in_attempt = ("initialized-assessment", "answered-question", "completed-assessment", "initialized-interaction")
    reported = [one["id"] for one in of if one.get("objectActivityType") == TYPE_INTERACTION][1:]
    alone = [
        _pattern(
            one["id"].rsplit("/", 1)[1],
            one["prefLabel"],
            words(
                "Đứng một mình, có hoặc không có mã lượt làm bài (registration).",
                "Stands alone, with or without a registration.",
            ),
            sequence=[one["id"]],
        )
        for one in of
        if one["id"].rsplit("/", 1)[1] not in in_attempt and one["id"] not in reported
    ]
    return [
        _pattern(
            "attempt",
            words("Lượt làm bài", "Attempt"),
            words(
                "Mọi bản ghi của một lượt làm bài có chung registration. Bài bỏ dở dừng lại sau khi mở.",
                "All statements of an attempt share its registration. One that is abandoned ends after its opening.",
            ),
            sequence=[
                f"{base}/templates/initialized-assessment",
                f"{base}/patterns/answers",
                f"{base}/templates/completed-assessment",
                f"{base}/patterns/verdicts",
            ],
        ),
        _pattern("answers", zeroOrMore=f"{base}/templates/answered-question"),
        _pattern(
            "interactive-attempt",
            words("Lượt học với hoạt động tương tác", "Attempt at interactive content"),
            words(
                "Mở, rồi mọi điều học liệu báo về, theo thứ tự nào cũng được.",
                "Opened, then whatever the content reports, in any order.",
            ),
            sequence=[f"{base}/templates/initialized-interaction", f"{base}/patterns/reports"],
        ),
        _pattern("reports", zeroOrMore=f"{base}/patterns/report"),
        _pattern("report", alternates=[f"{base}/templates/answered-question", *reported]),
        # Graded anew, an attempt has a further verdict; the one before is voided.
        _pattern("verdicts", oneOrMore=f"{base}/patterns/verdict"),
        _pattern("verdict", alternates=[f"{base}/templates/passed-assessment", f"{base}/templates/failed-assessment"]),
        *alone,
    ]


def concepts() -> list[Json]:
    """Return the terms that are ours (7.1, 7.2)."""

    def concept(iri: str, kind: str, label: Json, definition: Json, **more: Any) -> Json:
        return {
            "id": iri,
            "type": kind,
            "inScheme": iris.profile_iri(),
            "prefLabel": label,
            "definition": definition,
            **more,
        }

    def extension(
        name: str, label: Json, definition: Json, verbs: list[str], schema: Json, kind: str = "ContextExtension"
    ) -> Json:
        return concept(
            iris.extension_iri(name),
            kind,
            label,
            definition,
            recommendedVerbs=verbs,
            inlineSchema=json.dumps(schema, sort_keys=True),
        )

    return [
        concept(
            iris.class_type(),
            "ActivityType",
            words("Lớp học", "Class"),
            words(
                "Nhóm người cùng theo một khóa học; dùng trong grouping, không bao giờ kèm tên lớp.",
                "A group of people who take a course together; used as a grouping, never with the name of the class.",
            ),
        ),
        extension(
            EXTENSION_EVIDENCE,
            words("Bằng chứng", "Evidence"),
            words(
                "Mã của các bản ghi làm căn cứ cho kết luận này.",
                "Ids of the statements that this conclusion rests on.",
            ),
            [VERB_COMPLETED, VERB_MASTERED, VERB_CONFIRMED],
            {"type": "array", "minItems": 1, "items": {"type": "string", "format": "uuid"}},
        ),
        extension(
            EXTENSION_RULE_VERSION,
            words("Phiên bản quy tắc", "Version of the rule"),
            words(
                "Quy tắc công nhận đã dùng: khung/năng lực/mức/phiên bản, * là mọi.",
                "The rule that was applied: framework/competency/level/version, where * stands for all.",
            ),
            [VERB_MASTERED],
            {"type": "string", "minLength": 1},
        ),
        extension(
            EXTENSION_REASON,
            words("Lý do", "Reason"),
            words(
                "Mã lý do vô hiệu hóa; không phải lời của người học.", "Code of the reason for voiding; nobody's words."
            ),
            [VERB_VOIDED],
            {"type": "string", "minLength": 1},
        ),
        extension(
            EXTENSION_GRADE,
            words("Điểm được tính", "What counts"),
            words(
                "Khi nhiều lượt làm bài được tính chung: tính lượt nào, của mấy lượt, bao nhiêu điểm lúc nộp lượt này.",
                "Where attempts are weighed against each other: which count, of how many, how many points once this "
                "one is submitted.",
            ),
            [VERB_COMPLETED, VERB_PASSED, VERB_FAILED],
            GRADE_SCHEMA,
        ),
        extension(
            EXTENSION_COMPETENCY_MARKS,
            words("Điểm theo năng lực", "Marks by competency"),
            words(
                "Kết quả của từng năng lực có mức đạt riêng: điểm của các câu hỏi gắn với năng lực đó. "
                "Bài đạt chỉ là bằng chứng cho năng lực đó khi reached là true.",
                "The result of each competency with a pass mark of its own: points of the questions aligned with it. "
                "A pass is evidence of that competency only where reached is true.",
            ),
            [VERB_PASSED, VERB_FAILED],
            MARKS_SCHEMA,
            "ResultExtension",
        ),
    ]


def document() -> Json:
    """Return the profile in its newest version. Pure but for the base of our IRIs."""
    versions: list[Json] = []
    for place, (version, day) in enumerate(PROFILE_VERSIONS):
        older = PROFILE_VERSIONS[place + 1 : place + 2]
        versions.append(
            {
                "id": iris.profile_iri(version),
                "generatedAtTime": day,
                **({"wasRevisionOf": [iris.profile_iri(name) for name, _ in older]} if older else {}),
            }
        )
    of = templates()
    return {
        "@context": CONTEXT,
        "id": iris.profile_overall_iri(),
        "type": "Profile",
        "conformsTo": CONFORMS_TO,
        "prefLabel": words("Bình dân học vụ số", "Digital literacy for all (bdhvs)"),
        "definition": words(
            "Các bản ghi học tập của một hệ thống Bình dân học vụ số: bài học, bài kiểm tra, khóa học, năng lực.",
            "Learning records of a site for digital literacy: lessons, assessments, courses, competencies.",
        ),
        "author": {"type": "Organization", "name": "bdhvs-lms"},
        "versions": versions,
        "concepts": concepts(),
        "templates": of,
        "patterns": patterns(of),
    }
