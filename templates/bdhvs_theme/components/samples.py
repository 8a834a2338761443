"""What the components show: made up, of no learner, no class and no plan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms

from bdhvs_lms.campaign.api import Area, Indicator, Plan, Target, TargetGroup
from bdhvs_lms.plugins.api import fragment, question_types
from bdhvs_lms.reporting.api import Month, Segment, TargetRow, areas_table, board_table

DAY = date(2025, 11, 15)
MONTHS = tuple(Month(date(2025, month, 28), 400 + 20 * month, Decimal(40 + 2 * month)) for month in range(1, 11))


def samples(page: str) -> dict[str, Any]:
    """The context of a page of components; it asks the database nothing."""
    return {"learner": _learner, "class": _class, "board": _board, "retest": _retest}[page]()


# --- Learners' pages --------------------------------------------------------------------------------------------------


class _Form(forms.Form):
    """As browsers send it: one field left empty, one wrong."""

    full_name = forms.CharField(label="Họ và tên", help_text="Ví dụ: Nguyễn Thị Mẫu")
    birth_year = forms.IntegerField(label="Năm sinh", error_messages={"invalid": "Gõ bốn chữ số, ví dụ 1960."})
    village = forms.ChoiceField(label="Thôn, tổ dân phố", choices=[("", "Chọn"), ("1", "Thôn Mẫu")], required=False)
    note = forms.CharField(label="Ghi chú", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    shared = forms.BooleanField(label="Máy dùng chung", help_text="Người khác cũng dùng máy này.", required=False)


DRAWINGS = ("phone", "qr", "shield", "card", "speech", "people", "magnifier", "seedling")


def _standing(status: str) -> SimpleNamespace:
    css = {"done": "done", "in_progress": "doing", "not_begun": "todo"}[status]
    kind = {"not_begun_label": "Chưa học", "in_progress_label": ""}
    return SimpleNamespace(status=status, status_class=css, reported=False, type=kind)


def _learner() -> dict[str, Any]:
    form = _Form({"full_name": "", "birth_year": "sáu mươi", "shared": "on"})
    form.full_clean()
    covers = [
        SimpleNamespace(picture=None, drawing_template=f"bdhvs_content/drawings/{key}.html", minutes=10)
        for key in DRAWINGS
    ]
    courses = [
        {
            "url": "#",
            "cover": cover,
            "title": "Khóa học mẫu",
            "intro": "Một câu nói khóa học dạy gì.",
            "for_whom": "Người mới dùng điện thoại",
            "offered": 9,
            "total": 8,
            "done": 3,
            "enrolled": place == 1,
            "status": "in_progress",
            "status_class": "doing",
            "open_to_all": place == 0,
            "classes": [SimpleNamespace(name="Lớp mẫu, nhà văn hóa")] if place == 1 else [],
        }
        for place, cover in enumerate(covers)
    ]
    options = [{"id": "a", "text": "Gọi người hướng dẫn"}, {"id": "b", "text": "Bấm vào đường liên kết lạ"}]
    question = {"language": "vi", "prompt": "Nhận được tin nhắn lạ thì làm gì?", "options": options, "max_length": 40}
    outcome = {"correct": False, "feedback": ["Đường liên kết lạ có thể lấy mất tài khoản."]}
    one, words = (question_types.get(f"bdhvs_quiz.{kind}") for kind in ("single_choice", "short_text"))
    assert one is not None and words is not None  # noqa: S101  the ready site has both
    able = [{"competency": _named("Mở và tắt điện thoại")}, {"competency": _named("Gọi điện có hình")}]
    unsure = [{"competency": _named("Quét mã QR")}]
    return {
        "page": SimpleNamespace(
            title="Trang mẫu",
            heading="Một câu mời học",
            intro="Vài lời cho người mới đến.",
            locale=SimpleNamespace(language_code="vi"),
        ),
        "form": form,
        "courses": courses,
        "cover": covers[0],
        "standings": [_standing(status) for status in ("done", "in_progress", "not_begun")],
        "question": question,
        "key": {"right": "a"},
        "outcome": outcome,
        "one_answer": fragment(one, one.template),
        "reviewed": fragment(one, one.review_template),
        "in_words": fragment(words, words.template),
        "steps_of_quiz": [(place, place in (1, 3)) for place in range(1, 6)],
        "shown": able,
        "not_shown": unsure,
        "outcomes": able + unsure,
        "rows_of_pictures": (("picture0", "Hình thứ nhất"),),
        "pictures": (
            ("lotus", "hoa sen"),
            ("buffalo", "con trâu"),
            ("hen", "con gà"),
            ("fish", "con cá"),
            ("hat", "nón lá"),
            ("house", "ngôi nhà"),
            ("tree", "cái cây"),
            ("sun", "mặt trời"),
            ("boat", "chiếc thuyền"),
            ("bicycle", "xe đạp"),
            ("bowl", "cái bát"),
            ("key", "chìa khóa"),
        ),
        "callouts": [
            {"kind": kind, "heading": "Một điều cần nhớ", "text": "<p>Không đưa mật khẩu cho ai.</p>"}
            for kind in ("tip", "warning")
        ],
        "table": {
            "table": {"caption": "Các nút", "columns": [{"heading": name} for name in ("Nút", "Ở đâu", "Để làm gì")]}
        },
        "fields": [
            [
                {"text": "Nút nguồn", "heads": True},
                {"column": "Ở đâu", "text": "Cạnh phải"},
                {"column": "Để làm gì", "text": "Tắt, bật máy"},
            ],
            [
                {"text": "Nút loa", "heads": True},
                {"column": "Ở đâu", "text": ""},
                {"column": "Để làm gì", "text": "Tăng, giảm tiếng"},
            ],
        ],
        "check": {
            "question": "Nút nào tắt máy?",
            "options": [
                {"text": "Nút bên cạnh máy", "right": True, "feedback": "Giữ vài giây."},
                {"text": "Nút loa", "right": False, "feedback": "Nút này chỉnh tiếng."},
            ],
            "explanation": "Máy hỏi lại trước khi tắt.",
        },
        "how_to": {
            "heading": "Các bước",
            "steps": [{"text": "<p>Bấm nút nguồn.</p>"}, {"text": "<p>Chờ một lát.</p>"}],
        },
        "said": [("done", "Đã đạt"), ("doing", "Đang đạt dần")],
    }


def _named(words: str) -> SimpleNamespace:
    return SimpleNamespace(label_vi=words, label_en="")


# --- Teachers' pages --------------------------------------------------------------------------------------------------

STATES = (("help", "cần giúp"), ("todo", "chưa bắt đầu"), ("doing", "đang học"), ("done", "đã xong"))


def _tiles(chosen: str = "") -> list[dict[str, Any]]:
    return [
        {"style": style, "link": "#", "count": 12 - 3 * place, "word": word, "chosen": style == chosen}
        for place, (style, word) in enumerate(STATES)
    ]


def _class() -> dict[str, Any]:
    columns: list[dict[str, Any]] = [
        {"key": "name", "heading": "Người học"},
        {"key": "state", "heading": "Tình trạng"},
        {"key": "done", "heading": "Đã làm"},
        *(
            {"key": "activity", "kind": "activity", "short": short, "title": heading, "vietnamese": True}
            for short, heading in (("1", "Bài mẫu"), ("2", "Bài mẫu thứ hai"), ("KT", "Kiểm tra mẫu"))
        ),
        {"key": "phone", "kind": "phone", "heading": "Điện thoại"},
    ]
    marks = {style: _Cell({"style": style, "word": word, "points": ""}) for style, word in STATES}
    marks["help"].points = "7/10"
    rows = []
    for place, (style, word) in enumerate(STATES):
        texts = {
            "name": f"Nguyễn Thị Mẫu {'ABCD'[place]}",
            "number": str(place),
            "initial": "ABCD"[place],
            "born": str(1950 + place),
            "place": "Thôn Mẫu",
            "link": "#main",
            "before": "8 ngày chưa học tiếp",
            "title": "",
            "after": "",
            "brief": "8 ngày",
            "done": "2 trên 3 bài",
            "done_short": "2/3",
            "phone": "0900 000 000" if place != 3 else "",
            "dialled": "0900000000",
        }
        shape = {"style": style, "state": word, "newcomer": "" if place else "1"}
        rows.append(_Cell({"marks": (marks["done"], marks[style], marks[style])}))
        rows[-1].shape, rows[-1].texts = shape, texts
    activities = [column for column in columns if column.get("kind") == "activity"]
    return {
        "widths": [
            {
                "width": width,
                "table": {"columns": columns},
                "matrix": rows,
                "marks": list(marks.values()),
                "legend": activities,
            }
            for width in ("s", "m", "l", "xl")
        ],
        "tiles": _tiles(),
        "chosen_tiles": _tiles("help"),
    }


class _Cell(SimpleNamespace):
    """A cell with attributes, as filters ask for them."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(**{name: _Cell(one) if isinstance(one, dict) else one for name, one in values.items()})


# --- The committee's pages --------------------------------------------------------------------------------------------


def _target(place: int, measure: str, value: int, **more: Any) -> Target:
    return Target(
        plan=Plan(key="mau"),
        key=f"M{place}",
        row=place,
        year=DAY.year,
        group=TargetGroup(key="mau", label_vi="Nhóm mẫu"),
        indicator=Indicator(key="mau", source_kind=Indicator.SourceKind.LEARNING_RECORD),
        operator=">=",
        value=Decimal(value),
        measure=measure,
        name_vi=f"Chỉ tiêu mẫu {place}",
        quote_vi="Một câu mẫu, không phải của kế hoạch nào, đủ dài để phải cắt bớt.",
        as_of=DAY,
        **more,
    )


def _rows() -> list[TargetRow]:
    area = Area(pk=1, code="00000", name="Xã Mẫu", kind=Area.Kind.COMMUNE)
    share: dict[str, Any] = {"area": area, "as_of": DAY, "months": MONTHS, "made_up": True, "learning": 70}
    share |= {"confirmed": 12, "unassigned": 0}
    return [
        TargetRow(_target(1, "share", 80), verdict="not_met", numerator=620, share=Decimal(62), gap=180, **share),
        TargetRow(_target(2, "share", 50), verdict="met", numerator=620, share=Decimal(62), gap=0, **share),
        TargetRow(_target(3, "count", 700), area, DAY, "not_met", numerator=620, gap=80, months=MONTHS),
        TargetRow(_target(4, "share", 80), area, DAY, "no_data"),
        TargetRow(_target(5, "share", 80), area, DAY, "suppressed"),
        TargetRow(_target(6, "share", 80), area, DAY, "part"),
        TargetRow(
            _target(7, "share", 80, measurable=False, reason_vi="Câu mẫu không nói đo bằng gì."),
            area,
            DAY,
            "not_measurable",
        ),
    ]


def _board() -> dict[str, Any]:
    rows = _rows()
    area = rows[0].area
    assert area is not None  # noqa: S101  made above
    words = {"met": "đạt", "not_met": "chưa đạt", "no_data": "chưa có số liệu", "suppressed": "không hiển thị"}
    words |= {"part": "giao cho đơn vị lớn hơn", "not_measurable": "không đo được"}
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in words}
    segments = [Segment(row, count, f"{count} {words[row]}") for row, count in counts.items()]  # type: ignore[arg-type]
    lines = [
        {
            "row": row,
            "code": row.target.key,
            "verdict": words[row.verdict],
            "change": "+2,0 so với tháng trước" if row.months else "",
            "instead": "" if row.months else "Một câu vì sao không có số.",
        }
        for row in rows
    ]
    return {
        "segments": segments,
        "lines": lines,
        "table": board_table(rows, area, DAY, marked=True),
        "areas": areas_table(rows[:2], rows[0].target, area, DAY, marked=True),
        "links": {area.pk: area.code},
        "help_first": {"target": rows[0].target, "code": "M1", "rows": rows[:2]},
        "row": rows[0],
        "line_one": lines[0],
        "wanted": {"query": ""},
    }


# --- Retests ----------------------------------------------------------------------------------------------------------


def _retest() -> dict[str, Any]:
    return {"shares": (Decimal(50), Decimal(90)), "widths": [(100, [Decimal("9.6"), Decimal("6.0")])]}
