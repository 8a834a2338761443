"""The packaged data in the tables, and what a broken file is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.campaign import api as campaign
from bdhvs_lms.campaign.api import Area, AreaSuccession, Denominator, Indicator, Plan, Target, TargetGroup
from bdhvs_lms.competency import api as competency
from tests.support.loops import for_each

pytestmark = [pytest.mark.database, pytest.mark.django_db]
NEW = date(2025, 7, 1)


def load(**options: Any) -> str:
    out = StringIO()
    call_command("load_campaign", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def loaded() -> str:
    return load(verbosity=2)


def test_every_unit_of_the_file_is_there_with_its_parent(loaded):
    province = Area.objects.get(code="01")
    district = Area.objects.get(code="277")
    assert (district.parent, district.valid_to, district.kind) == (province, date(2025, 6, 30), "district")
    old, new = Area.objects.filter(parent=district), Area.objects.filter(parent=province).exclude(pk=district.pk)
    assert (old.count(), new.count(), Area.objects.count()) == (30, 6, 38)
    assert set(old.values_list("valid_to", flat=True)) == {date(2025, 6, 30)}
    assert set(new.values_list("valid_from", "valid_to")) == {(NEW, None)}
    assert set(old.filter(urban=True).values_list("name", flat=True)) == {"Thị trấn Chúc Sơn", "Thị trấn Xuân Mai"}


def test_reused_codes_and_names_stay_apart(loaded):
    assert dict(Area.objects.filter(code="10030").values_list("valid_from", "name")) == {
        None: "Xã Đông Phương Yên",
        NEW: "Xã Phú Nghĩa",
    }
    assert set(Area.objects.filter(name="Xã Hòa Phú").values_list("code", "valid_from")) == {
        ("10108", date(2025, 1, 1)),
        ("10108", NEW),
    }


def test_successions_say_the_part_and_how_sure_it_is(loaded):
    assert AreaSuccession.objects.count() == 31
    split = AreaSuccession.objects.filter(old__name="Xã Tân Tiến").order_by("new__code")
    assert list(split.values_list("new__name", "part", "confidence")) == [
        ("Xã Xuân Mai", "the rest", "D+M"),
        ("Xã Trần Phú", "1.96 km², 1,901 people", "A"),
    ]
    assert all(row.new.valid_from == NEW for row in AreaSuccession.objects.select_related("new"))


def test_what_was_not_found_stays_empty_and_populations_are_no_denominators(loaded):
    assert not Denominator.objects.exists()
    assert Area.objects.get(code="10033").confidence == ""
    sources = set(Area.objects.filter(parent__code="277").values_list("source", flat=True))
    assert sources == {
        "Old codes: PyPI vietnam-provinces 0.6.0 (data 2025-01-04); new codes: 2025.10.1 (data 2025-10-18)"
    }


def test_the_14_targets_are_as_the_plan_words_them(loaded):
    plan = Plan.objects.get()
    assert (plan.area.code, plan.reported) == ("277", date(2025, 5, 20))
    rows = Target.objects.filter(plan=plan).values_list(
        "key", "group__key", "indicator__key", "operator", "value", "measure", "measurable", "as_of"
    )
    in_file = json.loads(campaign.TARGETS_FILE.read_text(encoding="utf-8"))["targets"]
    assert len(rows) == 14
    assert sorted(rows) == sorted(
        (
            item["id"],
            item["group"],
            item["indicator"],
            item["operator"],
            Decimal(item["value"]),
            item["measure"],
            item["measurable_as_written"],
            date.fromisoformat(item["as_of"]),
        )
        for item in in_file
    )
    t3 = Target.objects.get(key="T3-2025")
    assert (t3.operator, t3.value, t3.row, t3.year) == (">", 85, 3, 2025)
    assert t3.quote_vi.startswith("Trên 85% người dân trong độ tuổi trưởng thành")
    assert {t.key for t in Target.objects.filter(measurable=False)} == {"T6-2025", "T6-2026"}


def test_short_names_say_nothing_that_the_plan_does_not(loaded):
    for target in Target.objects.all():
        name, sentence = (re.findall(r"\w+", text.casefold()) for text in (target.name_vi, target.quote_vi))
        assert 4 < len(name) < len(sentence)
        assert set(name) <= set(sentence), target
        assert target.name_en


def test_groups_and_indicators_say_where_and_by_whom_they_are_counted(loaded):
    assert dict(TargetGroup.objects.values_list("key", "counted_where"))["worker"] == "organisation"
    assert TargetGroup.objects.get(key="adult").rule_vi.startswith("đủ 18 tuổi")
    assert TargetGroup.objects.count() == 7
    assert dict(Indicator.objects.values_list("key", "source_kind")) == {
        "knowledge_skill": "learning_record",
        "smartphone_ownership": "survey",
        "epayment_account": "survey",
        "vneid_rank": "external",
    }


def test_the_frameworks_are_loaded_and_bring_the_pass_rules(loaded):
    assert len(competency.packaged()) == 3
    assert competency.Framework.objects.count() == 3
    adult = TargetGroup.objects.get(key="adult")
    rule = competency.PassRule.objects.get(group=adult, year=2025)
    assert (rule.all_of, rule.level) == (["A1", "A2", "A3", "A4", "A5"], 1)


def test_what_an_operator_should_know_is_printed(loaded):
    assert "Xã Tân Tiến was split: its people stay unassigned" in loaded
    assert "T6-2025 is not measurable as written: Cấp huyện kết thúc" in loaded
    assert "targets[5]" in loaded
    assert "95 rows created, 0 changed, 0 unchanged" in loaded
    assert "was split" not in load(verbosity=1)


def test_again_writes_nothing(loaded):
    with CaptureQueriesContext(connection) as queries:
        done = campaign.load_campaign()
    assert (done.created, done.changed, done.same) == (0, 0, 95)
    assert not [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_corrected_file_changes_the_rows_it_corrects(loaded, broken):
    areas = broken("areas", lambda data: data["new_units"][0].update(name="Phường Chương Mỹ mới"))
    targets = broken("targets", lambda data: data["targets"][2].update(value=86))
    before = Target.objects.get(key="T3-2025").pk
    done = campaign.load_campaign(areas, targets)
    assert (done.created, done.changed, done.same) == (0, 2, 93)
    assert Area.objects.get(code="10015", valid_from=NEW).name == "Phường Chương Mỹ mới"
    assert (Target.objects.get(key="T3-2025").pk, Target.objects.get(key="T3-2025").value) == (before, 86)


def test_progress_adds_up_to_the_length_of_the_bar():
    told: list[int] = []
    campaign.load_campaign(progress=told.append)
    assert sum(told) == campaign.rows_in() == 95


@pytest.fixture
def broken(tmp_path: Path) -> Callable[[str, Callable[[dict[str, Any]], Any]], Path]:
    def make(which: str, change: Callable[[dict[str, Any]], Any]) -> Path:
        source = {"areas": campaign.AREAS_FILE, "targets": campaign.TARGETS_FILE}[which]
        data = json.loads(source.read_text(encoding="utf-8"))
        change(data)
        path = tmp_path / f"{which}-broken.json"
        path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        return path

    return make


BROKEN = [
    ("targets", lambda d: d["targets"][3].update(group="teachers"), "targets[3].group", "'teachers'"),
    ("targets", lambda d: d["targets"][3].pop("group"), "targets[3].group", "is missing"),
    ("targets", lambda d: d["targets"][3].update(operator=">>"), "targets[3].operator", "'>>'"),
    ("targets", lambda d: d["targets"][3].update(value="85"), "targets[3].value", "must be a number"),
    ("targets", lambda d: d["targets"][3].update(value=True), "targets[3].value", "must be a number"),
    ("targets", lambda d: d["targets"][3].update(value=185), "targets[3].value", "185 percent"),
    ("targets", lambda d: d["targets"][3].update(unit="rank"), "targets[3].unit", "'percent'"),
    ("targets", lambda d: d["targets"][3].update(as_of="31/12/2025"), "targets[3].as_of", "2025-12-31"),
    ("targets", lambda d: d["targets"][3].update(year=2026), "targets[3].year", "2026"),
    ("targets", lambda d: d["targets"][3].update(id="T3-2025"), "targets[3].id", "twice"),
    ("targets", lambda d: d["targets"][3].update(id="target 4"), "targets[3].id", "T3-2025"),
    ("targets", lambda d: d["targets"][3].update(cumulative=False), "targets[3].cumulative", "cumulative"),
    ("targets", lambda d: d["targets"][3].update(source_kind="rumour"), "targets[3].source_kind", "'rumour'"),
    ("targets", lambda d: d["targets"][2].update(source_kind="survey"), "targets[2].source_kind", "knowledge_skill"),
    ("targets", lambda d: d["targets"][5].update(reason_vi=None), "targets[5].reason_vi", "why"),
    ("targets", lambda d: d["groups"]["adult"].update(counted_where="moon"), "groups.adult.counted_where", "'moon'"),
    ("targets", lambda d: d.update(targets={}), "targets", "must be a list"),
    ("targets", lambda d: d["plan"].update(title_vi="x" * 301), "plan.title_vi", "300 characters"),
    (
        "areas",
        lambda d: d["old_units"][4]["successors"][0].update(new_code="99999"),
        "old_units[4].successors[0].new_code",
        "'99999'",
    ),
    ("areas", lambda d: d["old_units"][4].update(code="10015"), "old_units[4]", "old_units[0]"),
    ("areas", lambda d: d["old_units"][4].update(code=10027), "old_units[4].code", "must be a text"),
    ("areas", lambda d: d["old_units"][4].update(type="huyện"), "old_units[4].type", "'huyện'"),
    ("areas", lambda d: d["old_units"][4].update(urban="no"), "old_units[4].urban", "true or false"),
    ("areas", lambda d: d["old_units"][25].update(valid_to="2024-01-01"), "old_units[25].valid_to", "valid_from"),
    ("areas", lambda d: d["new_units"][1].update(valid_from=None), "new_units[1].valid_from", "first day"),
    ("areas", lambda d: d["new_units"][1].update(province_code="79"), "new_units[1].province_code", "01"),
    ("areas", lambda d: d.pop("old_district"), "old_district", "is missing"),
]


@for_each(("which", "change", "path", "text"), BROKEN, ids=[f"{row[2]}:{row[3]}" for row in BROKEN])
def test_a_broken_file_is_named_with_its_field_and_changes_nothing(broken, which, change, path, text):
    file = broken(which, change)
    with pytest.raises(CommandError) as refused:
        load(**{which: file})
    assert str(refused.value).startswith(f"{which}-broken.json: {path}: ")
    assert text in str(refused.value)
    assert not Area.objects.exists()
    assert not Target.objects.exists()


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"{", "is no JSON"), (b"[]", "must be an object"), (b'{"note": "\xff"}', "is not UTF-8"), (None, "no such file")],
)
def test_what_is_no_json_object_is_named(tmp_path, content, text):
    file = tmp_path / "mine.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=rf"^mine\.json: .*{text}"):
        load(areas=file)


def test_a_broken_framework_is_named(tmp_path):
    file = tmp_path / "framework.json"
    file.write_text('{"id": "x"}', encoding="utf-8")
    with pytest.raises(CommandError, match=r"^framework\.json: .*title_vi"):
        load(framework=[file])


@pytest.mark.parametrize("at", ["yesterday", "2025-09-01T08:00:00", "2025-99-01T08:00:00+07:00"])
def test_a_moment_without_a_zone_is_refused(at):
    with pytest.raises(CommandError, match="--at"):
        load(at=at)


def test_the_packaged_files_hold_no_address_of_a_machine():
    for file in [*campaign.AREAS_FILE.parent.glob("*.json"), *competency.packaged()]:
        text = file.read_text(encoding="utf-8")
        json.loads(text)
        assert "file://" not in text and "/ho" + "me/" not in text


def test_what_the_files_are_unsure_of_is_kept_in_both_languages(loaded):
    ward = Area.objects.get(code="10015", valid_from=NEW)
    assert ward.note_vi.startswith("phường Biên Giang và một phần phường Đồng Mai")
    assert ward.note_en.startswith("phường Biên Giang and a part of")
    assert (ward.confidence, ward.source.split("/")[2], ward.source_vi) == ("B", "news.laodong.vn", "")
    deduced = Area.objects.get(code="10018", valid_from=NEW)
    assert (deduced.confidence, deduced.source_vi[:27]) == ("D+M", "tên: danh sách chính thức 1")
    old = Area.objects.get(code="10033")
    assert old.source_vi.startswith("Mã cũ: gói PyPI vietnam-provinces")
    split = AreaSuccession.objects.filter(old__name="Xã Tân Tiến").order_by("new__code")
    assert list(split.values_list("part_vi", flat=True)) == ["phần còn lại", "1,96 km², 1.901 người"]
    plan = Plan.objects.get()
    assert plan.confidence_vi.startswith("chắc chắn đối với những gì bài báo viết")
    assert [note["vi"][:12] for note in plan.notes] == [
        "“Trên N%” đú",
        "Từ 2025 đến ",
        "Không chỉ ti",
        "Hệ thống chỉ",
        "Các nhóm chồ",
        "Kế hoạch chỉ",
    ]
    assert len(plan.comparators) == 7
    assert all(row["what_vi"] != row["what_en"] for row in plan.comparators)


def test_the_groups_know_their_age_and_their_parts_and_an_operators_age_stays(loaded):
    adult, town = TargetGroup.objects.get(key="adult"), TargetGroup.objects.get(key="urban_adult")
    assert (adult.min_age, adult.part_of, town.part_of, town.urban_only, town.min_age) == (18, None, adult, True, None)
    assert not TargetGroup.objects.exclude(pk=adult.pk).filter(min_age__isnull=False).exists()
    assert str(Indicator.objects.get(key="vneid_rank")) == "Thứ hạng về tỷ lệ đạt phổ cập trên VNeID"
    adult.min_age = 16
    adult.save()
    campaign.load_campaign()
    assert TargetGroup.objects.get(key="adult").min_age == 16


def test_frameworks_say_where_each_fact_is_from_and_the_shell_is_empty(loaded):
    plan02, circular, shell = (
        competency.Framework.objects.get(key=key) for key in ("kh02-chuongmy-2025", "tt02-2025", "qd757-2025")
    )
    assert (shell.issued_by, shell.issued) == ("Bộ Khoa học và Công nghệ", date(2025, 4, 29))
    assert not shell.competencies.exists()
    assert not shell.levels.exists()
    assert shell.caveat_vi.startswith("Khung rỗng")
    assert [note["confidence_en"][:1] for note in shell.notes] == ["A", "A", "D", "D", "D", "B", "B"]
    assert len(shell.sources) == 2
    assert (circular.competencies.count(), circular.domains.count(), circular.levels.count()) == (24, 6, 8)
    assert circular.effective == date(2025, 3, 11)
    assert [source["confidence"] for source in circular.sources] == ["A", "B", "B", "C"]
    assert circular.competencies.get(code="6.1").variants_vi == ["Hiểu biết về AI (trong đó có Gen AI)"]
    a3 = plan02.competencies.get(code="A3")
    assert (a3.phrase_of, a3.close_to) == (["T3-2025", "T3-2026"], [{"framework": "tt02-2025", "code": "1.1"}])
    for framework in (plan02, circular, shell):
        assert framework.caveat_vi
        assert framework.caveat
        assert framework.caveat_vi != framework.caveat


def test_notes_in_two_languages_go_in_pairs(broken):
    path = broken("targets", lambda data: data["reading_notes_vi"].pop())
    with pytest.raises(campaign.CampaignFileError, match="as many notes as reading_notes"):
        campaign.load_campaign(campaign.AREAS_FILE, path)


@pytest.mark.parametrize(
    ("field", "spoil", "problem"),
    [
        ("groups.urban_adult.part_of", {"part_of": "nobody"}, "part of none"),
        ("groups.urban_adult.part_of", {"part_of": "urban_adult"}, "part of none"),
        ("groups.urban_adult.min_age", {"min_age": 18}, "part of"),
        ("groups.adult.min_age", {"min_age": 0}, "at least 1"),
        ("groups.worker.urban_only", {"urban_only": True}, "part_of is missing"),
    ],
)
def test_a_group_rule_that_cannot_be_is_named(broken, field, spoil, problem):
    path = broken("targets", lambda data: data["groups"][field.split(".")[1]].update(spoil))
    with pytest.raises(campaign.CampaignFileError) as refused:
        campaign.load_campaign(campaign.AREAS_FILE, path)
    assert refused.value.path == field
    assert problem in str(refused.value)
    assert not Area.objects.exists()
