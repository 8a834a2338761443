"""Made-up residential groups and organisations below real communes, and made-up numbers about them, marked as such."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bdhvs_demo.data import SOURCE
from bdhvs_lms.campaign import api as campaign

WARD, COMMUNE = "10015", "10018"
# The plan's own area, which the communes came out of: it has no first day on record.
DISTRICT = "277"
DISTRICT_ENDS = date(2025, 6, 30)
COMMUNES_BEGIN = date(2025, 7, 1)


@dataclass(frozen=True)
class Village:
    code: str
    name: str
    parent: str


@dataclass(frozen=True)
class Employer:
    key: str
    name: str
    kind: str
    area: str


VILLAGES = (
    Village("MINH-HOA-1", "Tổ dân phố minh họa 1", WARD),
    Village("MINH-HOA-2", "Tổ dân phố minh họa 2", WARD),
    Village("MINH-HOA-3", "Thôn minh họa 3", COMMUNE),
    Village("MINH-HOA-4", "Thôn minh họa 4", COMMUNE),
    Village("MINH-HOA-5", "Thôn minh họa 5", COMMUNE),
)
EMPLOYERS = (
    Employer("agency", "Cơ quan minh họa", "agency", WARD),
    Employer("school", "Trường THCS minh họa", "school", WARD),
    Employer("cooperative", "Hợp tác xã minh họa", "cooperative", COMMUNE),
)

# How many people there are: (group, area code, day, people). A second day is a newer count, the first one stays.
FIRST, SECOND = date(2025, 7, 1), date(2026, 7, 1)
PEOPLE = (
    ("adult", WARD, FIRST, 400),
    ("adult", WARD, SECOND, 408),
    ("adult", "MINH-HOA-1", FIRST, 40),
    ("adult", "MINH-HOA-2", FIRST, 30),
    ("adult", COMMUNE, FIRST, 260),
    ("adult", COMMUNE, SECOND, 264),
    ("adult", "MINH-HOA-3", FIRST, 36),
    ("adult", "MINH-HOA-4", FIRST, 28),
    ("adult", "MINH-HOA-5", FIRST, 24),
    ("urban_adult", WARD, FIRST, 400),
    ("urban_adult", WARD, SECOND, 408),
    ("adult", DISTRICT, DISTRICT_ENDS, 660),
    ("urban_adult", DISTRICT, DISTRICT_ENDS, 400),
    ("public", DISTRICT, DISTRICT_ENDS, 8),
    ("pupil_lower_secondary", DISTRICT, DISTRICT_ENDS, 120),
    ("pupil_primary_up", DISTRICT, DISTRICT_ENDS, 260),
    ("worker", DISTRICT, DISTRICT_ENDS, 9),
    ("public", WARD, FIRST, 8),
    ("pupil_lower_secondary", WARD, FIRST, 120),
    ("pupil_primary_up", WARD, FIRST, 260),
    ("worker", COMMUNE, FIRST, 9),
)

# What a survey would have found: (indicator, group, area code, day, people who have it, people asked).
SURVEY_2025, SURVEY_2026 = date(2025, 10, 31), date(2026, 10, 31)
SURVEYS = (
    ("smartphone_ownership", "adult", WARD, SURVEY_2025, 347, 400),
    ("smartphone_ownership", "adult", WARD, SURVEY_2026, 371, 408),
    ("smartphone_ownership", "adult", COMMUNE, SURVEY_2025, 208, 260),
    ("smartphone_ownership", "adult", COMMUNE, SURVEY_2026, 221, 264),
    ("epayment_account", "urban_adult", WARD, SURVEY_2025, 214, 400),
    ("epayment_account", "urban_adult", WARD, SURVEY_2026, 262, 408),
)


# Nobody's telephone: see evenings.made_up_phone.
SITE = {
    "agency": "Tổ công nghệ số cộng đồng (minh họa)",
    "address": "Nhà văn hóa thôn",
    "phone": "00 00 000 000",
    "hours_vi": "số minh họa, không gọi được",
    "hours_en": "made up, nobody answers",
    "privacy_vi": "Trang không thu tiền, không hỏi mã OTP.",
    "privacy_en": "This site costs nothing and never asks for an OTP code.",
}


class DemoAreas:
    """Areas, groups and organisations by their keys."""

    def __init__(self) -> None:
        self.areas: dict[str, Any] = {
            code: campaign.Area.objects.get(code=code, valid_from=COMMUNES_BEGIN) for code in (WARD, COMMUNE)
        }
        self.areas[DISTRICT] = campaign.Area.objects.get(code=DISTRICT, valid_from=None)
        for village in VILLAGES:
            parent = self.areas[village.parent]
            self.areas[village.code], _ = campaign.Area.objects.get_or_create(
                code=village.code,
                valid_from=COMMUNES_BEGIN,
                defaults={
                    "name": village.name,
                    "kind": "village",
                    "urban": parent.urban,
                    "parent": parent,
                    "source": SOURCE,
                },
            )
        self.employers: dict[str, Any] = {
            each.key: campaign.Organisation.objects.get_or_create(
                name=each.name, area=self.areas[each.area], defaults={"kind": each.kind}
            )[0]
            for each in EMPLOYERS
        }
        self.groups: dict[str, Any] = {group.key: group for group in campaign.TargetGroup.objects.all()}

    def numbers(self, at: datetime, today: date) -> None:
        """Store denominators and survey figures of days that have come, each once; and who runs the site."""
        if not campaign.about_site().agency:
            campaign.write_site_information(at=at, by=None, **SITE)
        for group, area, day, people in PEOPLE:
            self._denominator(self.groups[group], self.areas[area], day, people, at, today)
        indicators = {indicator.key: indicator for indicator in campaign.Indicator.objects.all()}
        for indicator, group, area, day, numerator, base in SURVEYS:
            known = {
                "indicator": indicators[indicator],
                "group": self.groups[group],
                "area": self.areas[area],
                "as_of": day,
            }
            if day <= today and not campaign.Figure.objects.filter(**known, illustrative=True).exists():
                campaign.enter_figure(
                    **known, numerator=numerator, base=base, source=SOURCE, at=at, by=None, illustrative=True
                )

    def _denominator(self, group: Any, area: Any, day: date, people: int, at: datetime, today: date) -> None:
        known = {"group": group, "area": area, "as_of": day}
        if day <= today and not campaign.Denominator.objects.filter(**known, illustrative=True).exists():
            campaign.enter_denominator(**known, value=people, source=SOURCE, at=at, by=None, illustrative=True)
