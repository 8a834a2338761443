"""Plain questions of every kind for property tests, in the form in which texts of files are read, and what is done to
files that nobody should do."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from bdhvs_lms.plugins.api import (
    PlainAnswer,
    PlainBlank,
    PlainMedia,
    PlainOption,
    PlainPair,
    PlainQuestion,
    PlainQuiz,
    QuestionFormat,
    Reading,
    UnreadableFile,
)
from bdhvs_lms.plugins.testing.formats import PICTURE
from question_files.marks import written
from question_files.texts import clean, line

# What some format takes for a sign of its own.
SIGNS = (
    *("{", "}", "{}", "->", "=", "~", "#", "####", "\\", "\\n", "::", ":", "//", "$CATEGORY: x", "%50%", "[html]"),
    *(
        "[plain]",
        "[[1]]",
        "{1:SHORTANSWER:=x}",
        "{1}",
        "{{",
        "*",
        "&amp;",
        "&",
        "<b>",
        "</p>",
        "<mã OTP>",
        "]]>",
        "<!--",
    ),
    *(
        "$$x$$",
        "@@PLUGINFILE@@/a.png",
        "https://vi.du/?a=1&b=2",
        "A. ",
        "b) ",
        "ANSWER: A",
        "1..5",
        "TRUE",
        "T",
        "_____",
    ),
    *(
        " ",
        "\n",
        "\n\n",
        "\t",
        "\u00a0",
        "ế",
        "e\u0302\u0301",
        "\u0301",
        "🙂",
        "👨\u200d👩\u200d👧",
        "\u200b",
        "\x85",
        "\ufffe",
        "'",
        '"',
    ),
)
# Western letters in words are taken for an old Vietnamese encoding, and a file with many of them is refused.
# But for two of those that are nobody's: Moodle XML marks gaps by them while it reads, and takes them out of texts.
others = st.characters(min_codepoint=0x100, exclude_characters="\ue0f0\ue0f1")
letters = st.text(st.one_of(st.characters(max_codepoint=0x9F), others), max_size=6)
raw = st.lists(st.one_of(st.sampled_from(SIGNS), letters), min_size=1, max_size=6).map("".join)
texts = raw.map(clean).filter(bool)
lines = raw.map(line).filter(bool)
maybe = st.one_of(st.just(""), texts)
numbers = st.decimals(Decimal(-99999), Decimal(99999), places=3).map(written)
tolerances = st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(2), Decimal("0.001")])
shares = st.one_of(
    st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 3), Fraction(2, 3), Fraction(1, 7), Fraction(33, 100)]),
    st.fractions(0, 1, max_denominator=500),
)
media = st.builds(
    PlainMedia,
    name=st.sampled_from(["a.png", "hình 1.png", "b&c.png", "d%20.png"]),
    content_type=st.just("image/png"),
    load=st.just(lambda: PICTURE),
    alt=raw.map(line),
)
# Two files of one name would be one.
pictures = st.lists(media, max_size=2, unique_by=lambda one: one.name).map(tuple)


@st.composite
def options(draw: Callable[[Any], Any], kind: str) -> tuple[PlainOption, ...]:
    count = draw(st.integers(2, 5))
    rights = draw(st.integers(1, count)) if kind == "multiple" else 1
    given = draw(st.booleans()) if kind == "multiple" else True
    made = []
    for place in range(count):
        right = place < rights
        credit = None
        if kind == "single" and not right:
            credit = draw(
                st.one_of(st.none(), shares.map(lambda one: -one), shares).filter(lambda one: one not in (0, 1))
            )
        elif kind == "multiple" and given:
            credit = draw(shares.filter(bool)) if right else -draw(shares)
        made.append(PlainOption(draw(texts), right, draw(maybe), credit, draw(pictures)))
    return tuple(draw(st.permutations(made)))


answers = st.builds(PlainAnswer, text=lines.filter(lambda one: one != "*"), credit=shares, feedback=maybe)
number_answers = st.builds(PlainAnswer, text=numbers, credit=shares, feedback=maybe, tolerance=tolerances)


def with_one(part: Any) -> Any:
    """One to three of them."""
    return st.lists(part, min_size=1, max_size=3).map(tuple)


blank_options = st.lists(
    st.builds(PlainOption, text=lines, right=st.just(False), feedback=maybe), min_size=1, max_size=3
).flatmap(lambda wrong: st.permutations([PlainOption("Đúng", True), *wrong]).map(tuple))
blanks = st.one_of(
    st.builds(
        PlainBlank, kind=st.just("short"), answers=with_one(answers), weight=st.integers(1, 3), case=st.booleans()
    ),
    st.builds(PlainBlank, kind=st.just("numeric"), answers=with_one(number_answers)),
    st.builds(PlainBlank, kind=st.just("choice"), options=blank_options, weight=st.integers(1, 2)),
)


def gapped(parts: list[str]) -> str:
    """Texts with a gap between each and the next."""
    text = parts[0].replace("{", "{{").replace("}", "}}")
    for number, part in enumerate(parts[1:], 1):
        text += f" {{{number}}} " + part.replace("{", "{{").replace("}", "}}")
    return clean(text)


@st.composite
def own(draw: Callable[[Any], Any], kind: str) -> dict[str, Any]:
    """What a kind has of its own."""
    if kind in ("single", "multiple"):
        made = draw(options(kind))
        partial = kind == "multiple" and (any(one.credit is not None for one in made) or draw(st.booleans()))
        return {"options": made, "partial": partial}
    if kind == "true-false":
        return {"right": draw(st.booleans())}
    if kind == "short":
        return {"answers": draw(with_one(answers)), "case": draw(st.booleans())}
    if kind == "numeric":
        unit = draw(st.sampled_from(["", "km", "°C"]))
        return {
            "answers": draw(with_one(number_answers)),
            "unit": unit,
            "units": (("m", Decimal(1000)),) if unit else (),
        }
    if kind == "matching":
        pairs = draw(st.lists(st.builds(PlainPair, texts, lines, pictures), min_size=2, max_size=4))
        extra = draw(st.lists(st.builds(PlainPair, st.just(""), lines), max_size=2))
        return {"pairs": (*pairs, *extra), "partial": draw(st.booleans())}
    if kind == "ordering":
        return {"steps": tuple(draw(st.lists(texts, min_size=2, max_size=4))), "partial": draw(st.booleans())}
    gaps = draw(with_one(blanks))
    parts = draw(st.lists(texts, min_size=len(gaps) + 1, max_size=len(gaps) + 1))
    return {"blanks": gaps, "text": gapped(parts), "partial": draw(st.booleans())}


@st.composite
def questions(draw: Callable[[Any], Any], kinds: frozenset[str]) -> PlainQuestion:
    """With any of the features that its kind may have. A text that is read stands in it as `clean` leaves it."""
    kind = draw(st.sampled_from(sorted(kinds)))
    prompt = draw(texts)
    return PlainQuestion(
        kind=kind,
        prompt=prompt,
        explanation=draw(maybe),
        feedback_right=draw(maybe),
        feedback_partly=draw(maybe) if kind not in ("true-false",) else "",
        feedback_wrong=draw(maybe),
        name=draw(st.sampled_from(["", "Câu 1", "a :: b {c}"])),
        points=draw(st.sampled_from([Decimal(1), Decimal("2.5"), Decimal(6)])),
        shuffle=draw(st.booleans()) if kind in ("single", "multiple", "matching") else False,
        media=draw(pictures),
        category=tuple(draw(st.lists(lines, max_size=2))),
        tags=tuple(sorted(set(draw(st.lists(lines, max_size=2))))),
        **draw(own(kind)),
    )


def of(question: PlainQuestion) -> PlainQuiz:
    return PlainQuiz("Bài", "vi", (question,))


def write(format_: QuestionFormat, quiz: PlainQuiz) -> bytes:
    into = io.BytesIO()
    format_.write(quiz, into)
    return into.getvalue()


def read(format_: QuestionFormat, data: bytes | str) -> Reading:
    data = data.encode() if isinstance(data, str) else data
    return format_.read(io.BytesIO(data), name=f"tep{format_.suffix}", language="vi")


def bare(question: PlainQuestion) -> PlainQuestion:
    """Without what only says where it stood."""
    return replace(question, key="", place="", language="")


# What is cut out of a file or put in where it does not belong.
spoiling = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 30),
        st.one_of(st.binary(max_size=4), st.sampled_from(SIGNS).map(lambda one: one.encode("utf-8", "replace"))),
    ),
    max_size=6,
)


def spoilt(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    changed = bytearray(data)
    for where, length, put in changes:
        at = int(where * len(changed))
        changed[at : at + length] = put
    return bytes(changed)


def read_or_refused(format_: QuestionFormat, data: bytes) -> None:
    """Whatever the bytes are: a Reading whose findings say where and why, or UnreadableFile with words."""
    try:
        reading = read(format_, data)
    except UnreadableFile as refused:
        assert str(refused)
        return
    assert all(question.place for question in reading.questions)
    for finding in reading.findings:
        assert finding.place and str(finding.reason)
        assert (finding.question is not None) == finding.doubtful
