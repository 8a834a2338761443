"""The report of a reading, "Biểu tổng hợp kết quả thực hiện chỉ tiêu": what page, PDF and DOCX hold of it.

It is a Vietnamese document, laid out as Decree 30/2020/NĐ-CP (state) or Guideline 36-HD/VPTW (Party) has it; its words
are not translated. Every number is the reading's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bdhvs_lms.reporting.queries.targets import Verdict
from bdhvs_lms.reporting.readings.content import AREA_COLUMN, Frozen, FrozenRow
from bdhvs_lms.reporting.readings.models import Reading, ReportDraft
from bdhvs_lms.reporting.tables import Table

STATE, MOTTO, PARTY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "ĐẢNG CỘNG SẢN VIỆT NAM"
TITLE = "BIỂU TỔNG HỢP KẾT QUẢ THỰC HIỆN CHỈ TIÊU"
TO_FILL = "…………"
FURTHEST = 5
"""As many areas of a target as a committee can turn to next."""
VERDICTS: tuple[tuple[Verdict, str], ...] = (
    ("met", "đạt"),
    ("not_met", "chưa đạt"),
    ("no_data", "chưa có số liệu"),
    ("not_measurable", "không đo được"),
    ("suppressed", "không hiển thị"),
    ("part", "giao cho địa bàn lớn hơn"),
)
# Said even of none.
ALWAYS = ("met", "not_met", "no_data", "not_measurable")


@dataclass(frozen=True)
class Heading:
    """Left: who reports. Right: state or Party."""

    left: tuple[str, ...]
    strong: str
    """The agency itself: the last line on the left, in heavy letters."""
    number: str
    right: tuple[str, ...]
    dated: str


@dataclass(frozen=True)
class Behind:
    """The areas furthest behind in one target: 'T3-2025' and 'Xã A: còn thiếu 120 người'."""

    code: str
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    reading: Reading
    draft: ReportDraft

    @cached_property
    def frozen(self) -> Frozen:
        return Frozen(self.reading.frozen)

    @cached_property
    def rows(self) -> list[FrozenRow]:
        return self.frozen.reported()

    @cached_property
    def table(self) -> Table[FrozenRow]:
        return self.frozen.table(self.rows, TITLE, without=(AREA_COLUMN,))

    @property
    def subtitle(self) -> str:
        month = f"kỳ tháng {self.reading.month:%m/%Y}"
        if self.reading.number > 1:
            month += f", lần {self.reading.number}"
        return f"{self.reading.frozen['area']['name']}, {month}, số liệu đến hết ngày {written(self.reading.as_of)}"

    @property
    def corrected(self) -> str:
        return f"Thay cho lần {self.reading.number - 1}. Lý do: {self.reading.why}" if self.reading.why else ""

    @property
    def sentences(self) -> list[str]:
        """A sentence for each year of targets: how many stand how."""
        years = sorted({self.frozen.facts(row)["year"] for row in self.rows})
        return [
            _sentence(year, [row for row in self.rows if self.frozen.facts(row)["year"] == year], self.reading.as_of)
            for year in years
        ]

    @cached_property
    def behind(self) -> list[Behind]:
        """Of each target of these rows that is not met, the areas that lack most people."""
        found = []
        for row in self.rows:
            if row.verdict != "not_met":
                continue
            lacking = [one for one in self.frozen.below(row.target) if one.gap][:FURTHEST]
            if lacking:
                words = tuple(f"{one.name}: còn thiếu {one.cells['gap'].text} người" for one in lacking)
                found.append(Behind(row.code, words))
        return found

    @property
    def heading(self) -> Heading:
        draft = self.draft
        above = (draft.above.upper(),) if draft.above else ()
        agency = draft.agency.upper() or TO_FILL
        day = draft.day
        on = f"ngày {day:%d} tháng {day:%m} năm {day:%Y}" if day else "ngày …… tháng …… năm ………"
        dated = f"{draft.place or TO_FILL}, {on}"
        number = draft.number or TO_FILL
        if draft.style == ReportDraft.Style.PARTY:
            return Heading(above, agency, f"Số {number}", (PARTY,), dated)
        return Heading(above, agency, f"Số: {number}", (STATE, MOTTO), dated)

    @property
    def is_party(self) -> bool:
        return self.draft.style == ReportDraft.Style.PARTY

    @property
    def difficulties(self) -> list[str]:
        return _lines(self.draft.difficulties)

    @property
    def recipients(self) -> list[str]:
        found = _lines(self.draft.recipients) or [TO_FILL, "Lưu: VT"]
        return [f"- {one.lstrip('- ').rstrip(';.')}" for one in found]

    @property
    def signature(self) -> tuple[str, str]:
        """(on whose behalf, position)."""
        behalf = self.draft.authority.upper()
        return behalf, self.draft.position.upper() or "CHỨC VỤ NGƯỜI KÝ"

    @property
    def foot(self) -> str:
        """By which reading somebody finds the numbers again."""
        return (
            f"Số liệu đã chốt: {self.reading.month:%m/%Y}, lần {self.reading.number}, mã {str(self.reading.uuid)[:8]}"
        )


def written(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _sentence(year: int, rows: Sequence[FrozenRow], as_of: date) -> str:
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict, _words in VERDICTS}
    parts = [f"{counts[one]} {words}" for one, words in VERDICTS if counts[one] or one in ALWAYS]
    return f"Đến hết ngày {written(as_of)}, trong {len(rows)} chỉ tiêu năm {year}: {', '.join(parts)}."
