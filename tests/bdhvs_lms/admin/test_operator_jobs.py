"""What an operator does, through the pages: each job to its end, and what a mistake is told."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.campaign import api as campaign
from bdhvs_lms.campaign.api import Area, Denominator, Figure, Indicator, Organisation, SteeringAssignment, TargetGroup
from bdhvs_lms.campaign.declaring import add_village
from bdhvs_lms.classes.api import ClassGroup, ClassTeacher, Membership, create_class
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.api import EvidenceRule, PassRule
from bdhvs_lms.courses.api import Course, push_course
from bdhvs_lms.learners.accounts import account_of
from bdhvs_lms.learners.actions import place
from bdhvs_lms.learners.api import Learner, LearnerAlias, Person, belonging_to, placement_of, register
from bdhvs_lms.roles import operators
from tests.bdhvs_lms.learners.making import AT, make_user
from tests.support.markup import collapsed, html_of
from tests.support.world import uid

pytestmark = pytest.mark.django_db
# Digits to Python that are no number of a row.
STRANGE = ("²", "9" * 5000, "9" * 30, "-1", "1.5", "٣٤٥٦٧")
TODAY = date(2026, 11, 25)
NEW = date(2025, 7, 1)


@pytest.fixture
def ward(settings) -> Area:
    settings.BDHVS_TEST_CLOCK = "2026-11-25T10:00:00+07:00"
    campaign.load_campaign()
    return Area.objects.get(code="10015", valid_from=NEW)


@pytest.fixture
def operator(ward: Area) -> Any:
    user = get_user_model().objects.create_user("van-hanh")
    user.groups.add(operators())
    client = Client()
    client.force_login(user)
    client.user = user
    return client


def errors(response: Any) -> dict[str, list[str]]:
    """What the form on the page says, by field."""
    assert response.status_code in (200, 422), response.get("Location")
    return {name: list(texts) for name, texts in response.context["form"].errors.items()}


def test_a_denominator_and_a_figure_are_entered_and_never_replaced(operator, ward):
    group, indicator = TargetGroup.objects.get(key="adult"), Indicator.objects.get(key="smartphone_ownership")
    about = {"group": group.pk, "area": ward.pk, "as_of": "30/09/2026", "source": "Công an"}
    add = reverse("denominators:add")
    for value in ("62140", "62200"):
        assert operator.post(add, {**about, "value": value})["Location"] == reverse("denominators:index")
    assert list(Denominator.objects.order_by("pk").values_list("value", "entered_by", "as_of")) == [
        (62140, operator.user.pk, date(2026, 9, 30)),
        (62200, operator.user.pk, date(2026, 9, 30)),
    ]
    listed = operator.get(reverse("denominators:index")).content.decode()
    assert "van-hanh" in listed
    assert "62.140" in listed
    refused = operator.post(add, {**about, "as_of": "30/06/2025", "value": "0"})
    assert list(errors(refused)) == ["value"]
    for value in ("9999999999", "9" * 30, "9" * 5000):
        assert list(errors(operator.post(add, {**about, "value": value}))) == ["value"]
    refused = operator.post(add, {**about, "as_of": "30/06/2025", "value": "7"})
    assert list(errors(refused)) == ["area"], "what the action refuses stands at its field"
    assert 'value="7"' in refused.content.decode(), "nothing that was typed is lost"

    assert list(errors(operator.post(add, {**about, "as_of": "26/11/2026", "value": "62140"}))) == ["as_of"]
    # Far from the last one: a yes is asked for, and it is of that number alone.
    refused = operator.post(add, {**about, "value": "408"})
    assert errors(refused) == {"sure": ["408 người, trong khi số ngày 30/09/2026 là 62.200."]}
    box = BeautifulSoup(refused.content, "html.parser").select_one("input[name=sure]")
    assert (box["type"], box["value"], box.has_attr("checked")) == ("checkbox", "408", False)
    assert list(errors(operator.post(add, {**about, "value": "4080", "sure": "408"}))) == ["sure"]
    assert operator.post(add, {**about, "value": "408", "sure": "408"}).status_code == 302
    assert Denominator.objects.latest("pk").value == 408

    add = reverse("figures:add")
    about["indicator"] = indicator.pk
    refused = operator.post(add, about)
    assert list(errors(refused)) == ["__all__"]
    assert list(errors(operator.post(add, {**about, "numerator": "5", "base": "4"}))) == ["base"]
    assert list(errors(operator.post(add, {**about, "numerator": "5", "base": "9999999999"}))) == ["base"]
    assert operator.post(add, {**about, "numerator": "9800", "base": "12000"}).status_code == 302
    assert Figure.objects.values_list("numerator", "base", "rank", "entered_by").get() == (
        9800,
        12000,
        None,
        operator.user.pk,
    )


def test_areas_and_organisations_one_by_one_and_from_a_file(operator, ward):
    add = reverse("areas:add")
    assert operator.post(add, {"parent": ward.pk, "name": "Tổ dân phố  Bình Sơn"}).status_code == 302
    village = Area.objects.get(name="Tổ dân phố Bình Sơn")
    assert (village.code, village.parent, village.urban, village.valid_from) == ("10015-01", ward, True, NEW)
    assert list(errors(operator.post(add, {"parent": ward.pk, "name": "tổ dân phố Bình Sơn"}))) == ["name"]
    assert list(errors(operator.post(add, {"parent": ward.pk, "name": "B", "code": "10015"}))) == ["code"]
    edit = reverse("areas:edit", args=[village.pk])
    assert list(errors(operator.post(edit, {"name": "C", "valid_to": "30/06/2025"}))) == ["valid_to"]
    assert operator.post(edit, {"name": "Tổ 1", "urban": "on", "valid_to": "31/10/2026"}).status_code == 302
    village.refresh_from_db()
    assert (village.name, village.valid_to, village.code) == ("Tổ 1", date(2026, 10, 31), "10015-01")
    operator.get(reverse("areas:index"))  # shows what was said last
    listed = operator.get(reverse("areas:index"), {"on": "2026-11-01", "kind": "village"}).content.decode()
    assert "Tổ 1" not in listed
    assert "Tổ 1" in operator.get(reverse("areas:index"), {"name": "to 1"}).content.decode()

    add = reverse("organisations:add")
    school = {"name": "Trường A", "kind": "school", "area": ward.pk}
    assert operator.post(add, school).status_code == 302
    assert list(errors(operator.post(add, school))) == ["name"]
    for strange in STRANGE:
        assert list(errors(operator.post(add, {**school, "name": "Trường B", "area": strange}))) == ["area"], strange

    page = reverse("areas:import")
    example = operator.get(page, {"template": "1"})
    assert example.content.decode().startswith("\ufeffXã/phường;Thôn/tổ dân phố;Mã;Từ ngày\r\n")
    broken = operator.post(page, {"file": SimpleUploadedFile("a.csv", "Xã,Thôn\nXã Lạ,A\n".encode())})
    assert broken.status_code == 422
    assert "Xã Lạ" in broken.content.decode()
    assert 'name="content"' not in broken.content.decode()
    preview = operator.post(page, {"file": SimpleUploadedFile("a.csv", example.content)})
    assert "Tổ dân phố Bình Sơn · Phường Chương Mỹ · 10015-02" in preview.content.decode()
    assert not Area.objects.filter(name="Tổ dân phố Bình Sơn").exists(), "a preview writes nothing"
    content = preview.context["content"]
    assert operator.post(page, {"content": content})["Location"] == reverse("areas:index")
    assert Area.objects.get(name="Tổ dân phố Bình Sơn").code == "10015-02"
    assert operator.post(page, {"content": "not a file"}).status_code == 422
    kinds = operator.post(
        reverse("organisations:import"),
        {"file": SimpleUploadedFile("b.csv", operator.get(reverse("organisations:import"), {"template": "1"}).content)},
    )
    assert kinds.status_code == 200
    assert Organisation.objects.count() == 1


def test_a_groups_age_is_changed_and_people_follow(operator, ward):
    group = TargetGroup.objects.get(key="adult")
    who = register(full_name="A", birth_year=2009, at=AT)  # 17 in 2026
    place(who, ward, valid_from=date(2026, 1, 1), at=AT)
    edit = reverse("target_groups:edit", args=[group.pk])
    said = {"label_vi": group.label_vi, "label_en": "", "rule_vi": group.rule_vi}
    assert list(errors(operator.post(edit, {**said, "min_age": "0"}))) == ["min_age"]
    # Who joins is told first, and nothing is saved without a yes to just that.
    asked = operator.post(edit, {**said, "min_age": "16"})
    page = BeautifulSoup(asked.content, "html.parser")
    assert "Kết quả của 0 người sẽ thay đổi" in page.get_text(" ", strip=True)
    rows = [[cell.get_text(strip=True) for cell in row.select("td")] for row in page.select("table.listing tbody tr")]
    # Of the group, and of its part that lives in towns.
    assert rows == [["31/12/2026", ward.name, "1", "0"]] * 2
    [told] = [collapsed(one.get_text()) for one in page.select("h3 + ul > li")]
    assert told.startswith(f"A vào nhóm {group.label_vi}")
    assert TargetGroup.objects.get(pk=group.pk).min_age != 16
    assert operator.post(edit, {**said, "min_age": "16", "yes": "0"}).status_code == 200, "a yes to something else"
    sent = {field["name"]: field["value"] for field in page.select("main form input[type=hidden]")}
    assert operator.post(edit, {**sent, "yes": page.select_one("button[name=yes]")["value"]}).status_code == 302
    assert TargetGroup.objects.get(pk=group.pk).min_age == 16
    assert belonging_to(group, TODAY).count() == 1
    entry = ModelLogEntry.objects.get(action="wagtail.edit")
    assert entry.data["min_age"] == {"from": 18, "to": 16} and entry.user == operator.user


def test_names_come_by_pages_and_only_for_who_may_see_them(operator, ward, monkeypatch):
    monkeypatch.setattr("bdhvs_lms.competency.admin.impacts.NAMED", 2)
    group = TargetGroup.objects.get(key="adult")
    for name in ("An", "Bình", "Chi"):
        place(register(full_name=name, birth_year=2009, at=AT), ward, valid_from=date(2026, 1, 1), at=AT)
    edit = reverse("target_groups:edit", args=[group.pk])
    said = {"label_vi": group.label_vi, "label_en": "", "rule_vi": group.rule_vi, "min_age": "16"}

    def named(client: Client, **more: str) -> list[str]:
        page = BeautifulSoup(client.post(edit, {**said, **more}).content, "html.parser")
        assert [cell.get_text(strip=True) for cell in page.select("table.listing td")][2] == "3"
        return [collapsed(one.get_text()).split()[0] for one in page.select("main ul > li:has(> ul)")]

    assert named(operator) == ["An", "Bình"]
    assert named(operator, page="2") == ["Chi"]
    assert named(operator, page="99") == ["Chi"] and named(operator, page="x") == ["An", "Bình"]
    assert AccessLog.objects.filter(page="impact").count() >= 2
    looked = AccessLog.objects.count()
    user = make_user("view_targetgroup", "change_targetgroup", "add_belonging", username="chi-nhom")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    without = Client()
    without.force_login(user)
    assert named(without) == [] and AccessLog.objects.count() == looked


def test_the_committee_by_sign_in_name(operator, ward):
    member = make_user(username="uy-vien")
    add = reverse("steering:add")
    assert list(errors(operator.post(add, {"user": "nobody", "area": ward.pk}))) == ["user"]
    assert operator.post(add, {"user": "uy-vien", "area": ward.pk}).status_code == 302
    row = SteeringAssignment.objects.get()
    assert (row.user, row.area) == (member, ward)
    assert operator.post(reverse("steering:delete", args=[row.pk])).status_code == 302
    assert not SteeringAssignment.objects.exists()
    # The log outlives an erased account, so it names the area and nobody.
    assert set(ModelLogEntry.objects.values_list("label", flat=True)) == {"Phường Chương Mỹ"}


def test_rules_get_further_versions_in_plain_words(operator, ward):
    for path in competency.packaged():
        competency.load_framework(path, at=AT)
    rule = EvidenceRule.objects.get(framework__key="kh02-chuongmy-2025")
    page = reverse("evidence_rules:version", args=[rule.pk])
    row = {"times": "2", "distinct": "on", "passed": "on", "percent": "80", "trust": "1"}
    said = {"rule-kind": "any", **{f"rule-{name}": value for name, value in row.items()}, "note": "Sát thực tế hơn"}
    assert list(errors(operator.post(page, {**said, "effective_from": "25/11/2026"}))) == ["effective_from"]
    anything = {**said, "rule-passed": "", "rule-percent": "", "effective_from": "26/11/2026"}
    answer = operator.post(page, anything)
    assert (answer.status_code, list(answer.context["rows"].form.errors)) == (422, ["passed"])
    assert operator.post(page, {**said, "effective_from": "26/11/2026"}).status_code == 302
    version = rule.versions.get(number=2)
    assert version.tree == {
        "pick": "any",
        "times": 2,
        "passed": True,
        "trust": 1,
        "distinct": True,
        "min_scaled": "0.8",
    }
    assert (version.effective_from.isoformat(), version.created_by) == ("2026-11-25T17:00:00+00:00", operator.user)
    about = operator.get(reverse("evidence_rules:inspect", args=[rule.pk])).content.decode()
    assert "Sát thực tế hơn" in about
    assert "min_scaled" not in about

    group = TargetGroup.objects.get(key="adult")
    a1 = rule.framework.competencies.get(code="A1")
    other = competency.Competency.objects.get(framework__key="tt02-2025", code="1.1")
    said = {"group": group.pk, "year": "2026", "level": "2", "label_vi": "Chặt hơn", "note": "Theo hướng dẫn mới"}
    add = reverse("pass_rules:add")
    assert list(errors(operator.post(add, {**said, "competencies": [a1.pk, other.pk]}))) == ["competencies"]
    assert list(errors(operator.post(add, {**said, "level": "3", "competencies": [a1.pk]}))) == ["level"]
    # Whose result changes is told first, and nothing is saved without a yes to just that.
    asked = operator.post(add, {**said, "competencies": [a1.pk]})
    page = BeautifulSoup(asked.content, "html.parser")
    assert "Kết quả của 0 người sẽ thay đổi" in collapsed(page.text)
    assert not PassRule.objects.filter(group=group, year=2026, number=2).exists()
    form = page.select_one("form:has(button[name=yes])")
    sent = {one["name"]: one["value"] for one in form.select("input[type=hidden]")}
    back = operator.post(add, {**sent, "edit": "1"})
    assert 'value="Chặt hơn"' in back.content.decode()
    assert operator.post(add, {**sent, "yes": "3-0"}).status_code == 200
    assert operator.post(add, {**sent, "yes": form.select_one("[name=yes]")["value"]}).status_code == 302
    newest = PassRule.objects.filter(group=group, year=2026).latest("number")
    assert (newest.number, newest.all_of, newest.level, newest.note_vi) == (2, ["A1"], 2, "Theo hướng dẫn mới")


def test_a_rule_of_several_conditions_is_typed_without_a_script(operator, ward):
    """Every button is sent as a browser sends it; what Enter presses saves nothing."""
    for path in competency.packaged():
        competency.load_framework(path, at=AT)
    rule = EvidenceRule.objects.get(framework__key="kh02-chuongmy-2025")
    page = reverse("evidence_rules:version", args=[rule.pk])

    def form_of(answer):
        soup = BeautifulSoup(answer.content, "html.parser")
        form = soup.select_one("form#w-editor-form")
        assert form.select_one("button")["value"] == "say"
        data = {one["name"]: one.get("value", "") for one in form.select("input[name]") if one["type"] != "checkbox"}
        data |= {one["name"]: "on" for one in form.select("input[type=checkbox][checked]")}
        data |= {one["name"]: one.text.strip() for one in form.select("textarea")}
        for select in form.select("select"):
            chosen = select.select_one("option[selected]") or select.select_one("option")
            data[select["name"]] = chosen["value"]
        buttons = {one.get("value"): one for one in form.select("button[name=do]")}
        return soup, data, buttons

    soup, data, buttons = form_of(operator.get(page))
    assert list(buttons) == ["say", "add:rule"]
    assert (data["rule-kind"], data["rule-passed"], data["rule-trust"]) == ("any", "on", "1")
    answer = operator.post(page, {**data, "note": "Đang viết", "rule-new": "presence", "do": "add:rule"})
    soup, data, buttons = form_of(answer)
    assert (answer.status_code, data["note"]) == (200, "Đang viết")
    assert not soup.select(".error-message")
    assert soup.select_one("[autofocus]")["name"] == "rule-1-times"
    assert list(buttons) == ["say", "remove:rule-0", "remove:rule-1", "add:rule"]
    answer = operator.post(page, {**data, "rule-1-times": "0", "do": "say"})
    assert answer.status_code == 422
    soup, data, _buttons = form_of(answer)
    assert soup.select_one("#rule-1 .error-message")
    assert not soup.select_one("#rule-0 .error-message")
    soup, data, _buttons = form_of(operator.post(page, {**data, "rule-1-times": "2", "do": "say"}))
    assert "; và có tham gia 2 lần" in soup.select_one(".help-info[role=status]").text
    assert rule.versions.count() == 1
    answer = operator.post(page, {**data, "effective_from": "26/11/2026"})
    assert answer.status_code == 302
    assert rule.versions.get(number=2).tree == {"all": [{"pick": "any", "passed": True, "trust": 1}, {"presence": 2}]}
    # It is applied to the past by a page of its own, after a yes.
    apply = reverse("evidence_rules:apply", args=[rule.versions.get(number=2).pk])
    assert apply in operator.get(reverse("evidence_rules:inspect", args=[rule.pk])).content.decode()
    typed = {"effective_from": "27/11/2026", "reason": "Quyết định của ban chỉ đạo"}
    assert list(errors(operator.post(apply, typed))) == ["effective_from"]
    typed["effective_from"] = "01/11/2026"
    asked = operator.post(apply, typed)
    assert "Kết quả của 0 người sẽ thay đổi" in collapsed(asked.content.decode())
    assert not rule.versions.get(number=2).applications.exists()
    assert operator.post(apply, {**typed, "yes": "0"}).status_code == 302
    assert rule.versions.get(number=2).applications.get().by == operator.user
    # The next one begins with what this one says.
    _soup, data, _buttons = form_of(operator.get(page))
    assert [data[name] for name in ("rule-kind", "rule-0-kind", "rule-1-kind", "rule-1-times")] == [
        "group", "any", "presence", "2",
    ]  # fmt: skip


def test_frameworks_and_plans_show_what_is_unsure(operator):
    for path in competency.packaged():
        competency.load_framework(path, at=AT)
    shell = competency.Framework.objects.get(key="qd757-2025")
    text = operator.get(reverse("frameworks:inspect", args=[shell.pk])).content.decode()
    assert "Khung rỗng" in text
    assert "D (theo thứ tự trong bản tóm tắt của Lào Cai)" in text
    plan = campaign.Plan.objects.get()
    text = operator.get(reverse("plans:inspect", args=[plan.pk])).content.decode()
    assert "“Trên N%” đúng chữ là lớn hơn N" in text
    assert "chưa thấy nguồn của con số 40 triệu" in text
    targets = operator.get(reverse("targets:index")).content.decode()
    assert "trên 85%" in targets
    assert "trong nhóm 10 dẫn đầu" in targets
    assert "Cấp huyện kết thúc hoạt động" in targets


def test_as_a_file_people_are_what_the_screen_shows(operator, ward):
    """Rows of the list, filters included and whatever its page; the log says once whose names left."""
    for number in range(55):
        name = "=HYPERLINK(1);=2" if number == 0 else f"Trần Văn {number}"
        register(full_name=name, birth_year=1970, phone="0987654321", area=ward, groups=[], at=AT, by=None)
    register(full_name="Lê Văn Khác", birth_year=1980, phone="", area=None, groups=[], at=AT, by=None)
    index = reverse("people:index")
    answer = operator.get(index, {"area": ward.pk, "export": "csv"})
    content = b"".join(answer.streaming_content)
    assert (answer["Content-Type"].partition(";")[0], content[:3]) == ("text/csv", b"\xef\xbb\xbf")
    heads, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert heads[:5] == ["Họ và tên", "Năm sinh", "Thôn, tổ dân phố", "Xã, phường", "Điện thoại"]
    assert ["'=HYPERLINK(1);'=2", "1970", "", ward.name, "0987654321", "", "", "", ""] in rows
    assert len(rows) == 55 and not any("Khác" in cell for row in rows for cell in row)
    for person in Person.objects.all():
        times = looks(person, "people-csv", operator)
        assert times == (0 if person.full_name == "Lê Văn Khác" else 1), person.full_name
    book = operator.get(index, {"area": ward.pk, "export": "xlsx"})
    cells = load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    [linked] = [row[0] for row in cells.iter_rows() if row[0].value == "=HYPERLINK(1);=2"]
    assert linked.data_type == "s"
    assert cells.max_row == 56


def looks(person: Person, page: str, operator: Any) -> int:
    return AccessLog.objects.filter(people__members__actor=person.learner.actor, page=page, user=operator.user).count()


def test_a_person_is_registered_corrected_moved_and_gets_an_account(operator, ward):
    add = reverse("people:add")
    lan = {"full_name": "Nguyễn Thị Lan", "birth_year": "1966", "area": ward.pk}
    half = operator.post(add, {**lan, "username": "lan1966"})
    assert list(errors(half)) == ["username"], "no account of this name that could be linked"
    weak = operator.post(add, {**lan, "username": "lan1966", "password": "12345678"})
    assert list(errors(weak)) == ["password"]
    assert not Person.objects.exists(), "the person is not registered without the account"
    done = operator.post(add, {**lan, "username": "lan1966", "password": "hoa-sen-nở"})
    assert done["Location"] == reverse("people:index")
    person = Person.objects.get()
    assert placement_of(person.learner, TODAY).area == ward
    assert belonging_to(TargetGroup.objects.get(key="adult"), TODAY).get() == person.learner
    assert Client().login(username="lan1966", password="hoa-sen-nở")
    # Names that were shown are in the access log; the admin's own log names nobody.
    operator.get(reverse("people:index"), {"name": "lan"})
    assert looks(person, "people", operator) == 1
    assert not ModelLogEntry.objects.filter(label__contains="Lan").exists()

    edit = reverse("people:edit", args=[person.pk])
    village = add_village(parent=ward, name="Tổ 1", at=AT, by=None)
    again = {"full_name": "Nguyễn Thị Lân", "birth_year": "2012", "area": village.pk, "moved_on": "1/9/2026"}
    assert list(errors(operator.post(edit, {**again, "moved_on": "1/9/2027"}))) == ["moved_on"]
    assert operator.post(edit, {**again, "password": "sen-hồng-nở"}).status_code == 302
    person.refresh_from_db()
    assert person.full_name == "Nguyễn Thị Lân"
    assert placement_of(person.learner, date(2026, 9, 1)).area == village
    assert not belonging_to(TargetGroup.objects.get(key="adult"), TODAY).exists()
    assert Client().login(username="lan1966", password="sen-hồng-nở")
    assert not Client().login(username="lan1966", password="hoa-sen-nở")

    # Nobody gets into an account with rights of its own by way of its learner.
    account_of(person.learner).groups.add(operators())
    refused = operator.post(edit, {**again, "moved_on": "", "password": "sen-hồng-tàn"})
    assert list(errors(refused)) == ["password"]


def test_a_class_is_made_with_its_people_and_teacher(operator, ward):
    push_course(key=uid("course"), host="tests", titles={"vi": "Khóa"}, revision="1", at=AT)
    form = {"name": "Lớp tối", "code": "toi", "course": Course.objects.get().pk, "area": ward.pk, "starts": "1/11/2026"}
    assert list(errors(operator.post(reverse("classes:add"), {**form, "ends": "1/10/2026"}))) == ["__all__"]
    assert operator.post(reverse("classes:add"), form).status_code == 302
    taken = errors(operator.post(reverse("classes:add"), form))
    assert list(taken) == ["code"]
    group = ClassGroup.objects.get()
    lan, _other = (register(full_name=name, at=AT) for name in ("Nguyễn Thị Lân", "Trần Văn Tư"))
    teacher = make_user(username="co-giao")
    page = reverse("classes:inspect", args=[group.pk])
    found = operator.get(page, {"q": "thi lan"}).content.decode()
    assert "Nguyễn Thị Lân" in found
    assert "Trần Văn Tư" not in found
    operator.post(page, {"do": "add", "learner": lan.pk})
    operator.post(page, {"do": "teach", "username": "co-giao"})
    assert (Membership.objects.get().learner, ClassTeacher.objects.get().user) == (lan, teacher)
    told = operator.post(page, {"do": "teach", "username": "nobody"}, follow=True).content.decode()
    assert "Không có tài khoản nào có tên đăng nhập này." in told
    for strange in STRANGE:
        for sent in ({"do": "add", "learner": strange}, {"do": "end-teacher", "teacher": strange}):
            assert operator.post(page, sent).status_code == 302, sent
    assert (Membership.objects.count(), ClassTeacher.objects.get().valid_to) == (1, None)
    stay = Membership.objects.get()
    end = reverse("classes:end_member", args=[stay.pk])
    assert f'href="{end}"' in operator.get(page).content.decode()
    asked = html_of(operator.get(end))
    for said in ("Nguyễn Thị Lân", "Lớp tối", "25/11/2026", "hoàn tác"):
        assert said in asked, said
    assert operator.post(page, {"do": "end-member", "learner": lan.pk}).status_code == 302
    assert Membership.objects.get().valid_to is None, "one click ends nothing"
    told = html_of(operator.post(end, follow=True))
    assert Membership.objects.get().valid_to == TODAY
    assert "(van-hanh đưa ra khỏi lớp lúc 10:00 25/11/2026)" in told
    assert f'href="{end}"' not in told
    operator.post(page, {"do": "resume-member", "membership": stay.pk})
    assert Membership.objects.get().valid_to is None, "taken back"
    operator.post(end)
    operator.post(page, {"do": "end-teacher", "teacher": ClassTeacher.objects.get().pk})
    assert (Membership.objects.get().valid_to, ClassTeacher.objects.get().valid_to) == (TODAY, TODAY)
    other = create_class(
        name="Lớp khác", code="khac", course=Course.objects.get(), area=ward, starts=TODAY, at=AT, by=None
    )
    operator.post(reverse("classes:inspect", args=[other.pk]), {"do": "end-teacher", "teacher": "999"})
    assert ClassTeacher.objects.count() == 1


def test_two_records_of_one_person_are_compared_merged_and_parted(operator, ward):
    """The trace says who, when and why; nobody's record comes back by another button."""
    lan, other = (
        register(full_name=name, birth_year=year, area=ward, at=AT)
        for name, year in (("Nguyễn Thị Lan", 1966), ("Nguyễn Lan", 1967))
    )
    shown = operator.get(reverse("people:inspect", args=[other.person.pk])).content.decode()
    page = reverse("classes:merge", args=[other.pk])
    assert page in shown
    found = operator.get(page, {"q": "lan"}).content.decode()
    assert "Nguyễn Thị Lan" in found and f'name="with" value="{lan.pk}"' in found
    for strange in (other.pk, "x", "0"):
        told = operator.get(page, {"with": strange}).content.decode()
        assert "Hãy chọn một người khác trong danh sách." in told
    compared = operator.get(page, {"with": lan.pk})
    text = compared.content.decode()
    assert "1966" in text and "1967" in text and text.count(ward.name) == 2
    assert compared.context["form"].initial["keep"] == str(lan.pk), "the older one"
    assert looks(lan.person, "merge", operator) == 2
    form = {"with": lan.pk, "keep": lan.pk, "reason": "đăng ký hai lần", "sure": "on"}
    for missing in ("keep", "reason", "sure"):
        assert list(errors(operator.post(page, {**form, missing: ""}))) == [missing]
    assert not LearnerAlias.objects.exists()
    done = operator.post(page, form, follow=True)
    assert done.redirect_chain[-1][0] == reverse("classes:merge", args=[lan.pk])
    text = done.content.decode()
    assert "đã gộp. đăng ký hai lần" in text and "Hoàn tác việc gộp với Nguyễn Lan" in text
    listed = operator.get(reverse("people:index"), {"name": "Nguyen Lan"}).content.decode()
    assert "Nguyễn Thị Lan" in listed and "Nguyễn Lan" not in listed
    for strange in ("x", other.pk + lan.pk):
        operator.post(page, {"do": "part", "duplicate": strange})
        assert LearnerAlias.objects.count() == 1
    told = operator.post(page, {"do": "part", "duplicate": other.pk}, follow=True).content.decode()
    assert "đã hoàn tác việc gộp." in told
    assert Learner.objects.filter(merged_into=None).count() == 2
    assert not ModelLogEntry.objects.filter(label__contains="Lan").exists()
