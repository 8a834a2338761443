"""Rules of our profile's templates (xAPI Profiles 1.0, 8.1), and those that all of them share."""

from __future__ import annotations

from typing import Any

from bdhvs_lms.tracking import iris
from bdhvs_lms.tracking.vocabulary import EXTENSION_COMPETENCY_MARKS, PLATFORM, TYPE_COURSE, TYPE_OBJECTIVE

Json = dict[str, Any]
INCLUDED, EXCLUDED, RECOMMENDED = "included", "excluded", "recommended"


def words(vi: str, en: str) -> Json:
    return {"vi": vi, "en": en}


def rule(location: str, presence: str, note: Json | None = None, **requirement: Any) -> Json:
    """Return a rule of a template (8.1). `requirement`: any, all or none, each a list of values."""
    return {
        "location": f"$.{location}",
        "presence": presence,
        **requirement,
        **({} if note is None else {"scopeNote": note}),
    }


def extension_rule(name: str, presence: str, part: str = "", **requirement: Any) -> Json:
    return rule(f"context.extensions['{iris.extension_iri(name)}']{part}", presence, **requirement)


def actor() -> list[Json]:
    note = words(
        "Mã ngẫu nhiên của người học; không bao giờ là tên, địa chỉ hay số của người đó.",
        "The learner's random identifier; never a name, an address or a number of a person.",
    )
    return [
        rule("actor.account.name", INCLUDED, note),
        rule("actor['name','mbox','mbox_sha1sum','openid']", EXCLUDED),
    ]


def always() -> list[Json]:
    """Return the rules of every statement about learning."""
    return [
        *actor(),
        rule("context.contextActivities.category[*].id", INCLUDED, any=[iris.profile_iri()]),
        rule(
            "context.contextActivities.grouping[*].definition.type", RECOMMENDED, all=[TYPE_COURSE, iris.class_type()]
        ),
        rule("context.contextActivities.other[*].definition.type", RECOMMENDED, all=[TYPE_OBJECTIVE]),
        rule("context.platform", INCLUDED, all=[PLATFORM]),
        rule("context.language", INCLUDED),
        rule("timestamp", INCLUDED),
    ]


COURSE = rule("context.contextActivities.grouping[*].definition.type", INCLUDED, any=[TYPE_COURSE])
REVISION = rule(
    "context.revision",
    INCLUDED,
    words("Số của phiên bản đã xuất bản mà người học đã gặp.", "Number of the published version that the learner met."),
)
ATTEMPT = words("Mã của lượt làm bài.", "The attempt.")


def score() -> list[Json]:
    return [
        rule("result.score.scaled", INCLUDED),
        rule("result.score['raw','max']", RECOMMENDED),
    ]


def marks() -> list[Json]:
    """Return the rules of a verdict about competencies that have a pass mark of their own."""
    where = f"result.extensions['{iris.extension_iri(EXTENSION_COMPETENCY_MARKS)}'][*]"
    note = words(
        "Chỉ có khi năng lực có mức đạt riêng trong bài; năng lực không nêu ở đây theo kết quả của cả bài.",
        "Only where a competency has a pass mark of its own; one that is not named follows the whole result.",
    )
    return [
        rule(f"{where}.competency", RECOMMENDED, note),
        rule(f"{where}.reached", RECOMMENDED, all=[True, False]),
    ]


def template(name: str, verb: str, kind: str | None, label: Json, definition: Json, rules: list[Json]) -> Json:
    return {
        "id": f"{iris.profile_iri()}/templates/{name}",
        "type": "StatementTemplate",
        "inScheme": iris.profile_iri(),
        "prefLabel": label,
        "definition": definition,
        "verb": verb,
        **({} if kind is None else {"objectActivityType": kind}),
        "rules": rules,
    }
