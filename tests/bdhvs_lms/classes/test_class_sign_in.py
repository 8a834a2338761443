"""Signing in with the class: who sees its list of names, three pictures, guessing, cards, and what a teacher resets."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.base.api import now
from bdhvs_lms.classes.api import ClassGroup, Membership, add_member, add_teacher, create_class
from bdhvs_lms.classes.models import PinChoice, PinTry
from bdhvs_lms.classes.sign_in import pins
from bdhvs_lms.classes.sign_in.cards import cards_of, new_card
from bdhvs_lms.classes.sign_in.devices import sign_in_token
from bdhvs_lms.classes.sign_in.pictures import PICTURES
from bdhvs_lms.conf import app_settings
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import Learner, LearnerIdentity, link_user, register
from bdhvs_lms.learners.models import SignInSession, SignInTry
from bdhvs_lms.privacy.actions import erase
from bdhvs_lms.tracking.api import merge_records
from tests.support.markup import html_of, without_chance
from tests.support.world import World

MORNING = datetime(2025, 11, 17, 0, 30, tzinfo=UTC)
PIN = ("lotus", "hen", "fish")
CODE = "lop-thon-3"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("bdhvs_lms.base.clock._STARTED", time.monotonic())

    def set_to(**since: float) -> None:
        settings.BDHVS_TEST_CLOCK = (MORNING + timedelta(**since)).isoformat()

    set_to()
    return set_to


@pytest.fixture
def world() -> World:
    return World()


def make_class(world: World, code: str = CODE) -> ClassGroup:
    course = Course.objects.get(key=world.course_key)
    return create_class(
        name=f"Lớp {code}", code=code, course=course, area=world.area, starts=MORNING.date(), at=MORNING, by=None
    )


@pytest.fixture
def group(world: World) -> ClassGroup:
    group = make_class(world)
    for name, year in (("Trần Thị Lan", 1961), ("Nguyễn Văn Ân", 1958), ("Lê Thị Lan", 1949)):
        member(world, group, name, year)
    return group


def member(world: World, group: ClassGroup, name: str, year: int = 1960) -> Learner:
    learner = register(full_name=name, birth_year=year, area=world.area, at=MORNING)
    add_member(group, learner, at=MORNING, by=None)
    return learner


@pytest.fixture
def teacher(group: ClassGroup) -> Client:
    user = User.objects.create_user("cohoa")
    add_teacher(group, user, at=MORNING, by=None)
    client = Client()
    client.force_login(user)
    return client


def scan(group: ClassGroup) -> str:
    return f"/lop/{group.uuid}/{sign_in_token(group, now())}/"


def inside(group: ClassGroup) -> Client:
    """A device that has scanned the class's QR code."""
    client = Client()
    assert client.get(scan(group)).headers["Location"] == f"/lop/{group.uuid}/"
    return client


def page_of(group: ClassGroup, learner: Learner) -> str:
    return f"/lop/{group.uuid}/{Membership.objects.get(class_group=group, learner=learner).pk}/"


def form(pin: tuple[str, ...], **more: str) -> dict[str, str]:
    return {f"picture{number}": key for number, key in enumerate(pin)} | more


def choose(client: Client, address: str, pin: tuple[str, ...] = PIN, **more: str) -> Any:
    """Choose twice, while the class's teacher holds choosing open."""
    ClassGroup.objects.update(choosing_until=now() + timedelta(minutes=30))
    return twice(client, address, pin, **more)


def twice(client: Client, address: str, pin: tuple[str, ...] = PIN, **more: str) -> Any:
    asked = html_of(client.post(address, form(pin, **more)))
    [again] = re.findall(r'name="again" value="(\w+)"', asked)
    return client.post(address, form(pin, again=again, **more))


def lan(group: ClassGroup) -> Learner:
    return Learner.objects.get(person__full_name="Trần Thị Lan")


def who(client: Client) -> Learner | None:
    found: Learner | None = client.get("/tro-giup/").wsgi_request.learner  # type: ignore[attr-defined]
    return found


# --- Who sees names ---------------------------------------------------------------------------------------------------


def names_in(client: Client, address: str, method: str = "get", data: Any = None) -> bool:
    answer = getattr(client, method)(address, data or {}, follow=True)
    text = without_chance(unescape(answer.content.decode()) + str(answer.redirect_chain))
    return any(name in text for name in ("Lan", "Ân", "Trần", "1961"))


def test_the_sign_in_qr_code_opens_the_list_for_half_a_day(group: ClassGroup, clock: Any) -> None:
    client = inside(group)
    page = without_chance(html_of(client.get(f"/lop/{group.uuid}/")))
    assert [page.index(name) for name in ("Nguyễn Văn Ân", "Lê Thị Lan", "Trần Thị Lan")] == sorted(
        page.index(name) for name in ("Nguyễn Văn Ân", "Lê Thị Lan", "Trần Thị Lan")
    )
    assert "1961" not in page, "a year of birth is for namesakes"
    clock(hours=11, minutes=59)
    assert names_in(client, f"/lop/{group.uuid}/")
    clock(hours=12, minutes=20)
    assert not names_in(client, f"/lop/{group.uuid}/")


def test_namesakes_are_told_apart_by_year_and_place(world: World, group: ClassGroup) -> None:
    member(world, group, "Trần Thị Lan", 1970)
    client = inside(group)
    page = without_chance(html_of(client.get(f"/lop/{group.uuid}/")))
    assert page.index("1961") < page.index("1970")
    assert page.count("Phường Thử") == 2
    assert "1958" not in page
    with CaptureQueriesContext(connection) as few:
        client.get(f"/lop/{group.uuid}/")
    for number in range(20):
        member(world, group, f"Người {number % 5}")
    with CaptureQueriesContext(connection) as many:
        client.get(f"/lop/{group.uuid}/")
    assert len(many) == len(few) <= 4


def test_typing_the_code_opens_the_list_while_the_teacher_holds_it_open(
    group: ClassGroup, teacher: Client, clock: Any
) -> None:
    phone = Client()
    assert not names_in(phone, "/lop/", "post", {"code": CODE})
    door = f"/day/{group.uuid}/dang-nhap/"
    assert teacher.post(door, {"do": "open"}).status_code == 303
    assert "Đang mở đến 10:3" in html_of(teacher.get(door))
    assert names_in(phone, "/lop/", "post", {"code": f" {CODE.upper()} "})
    clock(hours=2, minutes=59)
    assert names_in(phone, f"/lop/{group.uuid}/")
    clock(hours=3, minutes=20)
    assert not names_in(phone, f"/lop/{group.uuid}/")
    assert not names_in(Client(), "/lop/", "post", {"code": CODE})
    teacher.force_login(User.objects.get())
    teacher.post(door, {"do": "open"})
    assert names_in(Client(), "/lop/", "post", {"code": CODE})
    late = Client()
    late.post("/lop/", {"code": CODE})
    teacher.post(door, {"do": "close"})
    assert not names_in(late, f"/lop/{group.uuid}/"), "closed is closed, whoever was let in"


def test_a_class_that_has_ended_shows_its_names_to_no_device(group: ClassGroup) -> None:
    client = inside(group)
    assert names_in(client, f"/lop/{group.uuid}/")
    today = MORNING.date()
    ClassGroup.objects.filter(pk=group.pk).update(ends=today)
    assert names_in(client, f"/lop/{group.uuid}/"), "on its last day it is open"
    ClassGroup.objects.filter(pk=group.pk).update(ends=today - timedelta(days=1))
    assert not names_in(client, f"/lop/{group.uuid}/")


def test_a_qr_code_that_was_photographed_ends_and_the_page_shows_the_next_one(
    group: ClassGroup, teacher: Client, clock: Any
) -> None:
    shown = scan(group)
    clock(hours=11, minutes=59)
    assert names_in(Client(), shown)
    clock(hours=13)
    assert not names_in(Client(), shown)
    assert names_in(Client(), scan(group))
    ahead = f"/lop/{group.uuid}/{sign_in_token(group, now() + timedelta(hours=3))}/"
    assert not names_in(Client(), ahead), "of a clock that ran ahead"


def test_a_new_qr_code_shuts_out_every_device_that_scanned_the_old_one(group: ClassGroup, teacher: Client) -> None:
    client, old = inside(group), scan(group)
    teacher.post(f"/day/{group.uuid}/dang-nhap/", {"do": "renew"})
    group.refresh_from_db()
    assert not names_in(client, f"/lop/{group.uuid}/")
    assert not names_in(Client(), old)
    assert names_in(Client(), scan(group))


def test_wrong_codes_of_one_address_rest_and_the_right_one_passes(
    group: ClassGroup, teacher: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    teacher.post(f"/day/{group.uuid}/dang-nhap/", {"do": "open"})
    settings.BDHVS_CLASS_CODE_TRIES = 3
    for number in range(2):
        assert Client().post("/lop/", {"code": f"lop-{number}"}).status_code == 422
    # Wherever they are typed; a code that is right, and an empty one, count for nothing.
    assert Client().post("/vao-lop/", {"code": "lop-2"}).status_code == 404
    for path in ("/lop/", "/vao-lop/"):
        refused = Client().post(path, {"code": "lop-3"})
        assert (refused.status_code, "thử lại sau 07:4" in html_of(refused)) == (429, True)
        assert int(refused.headers["Retry-After"]) > 60
    assert SignInTry.objects.count() == 3, "what is refused writes nothing"
    said = [record.getMessage() for record in caplog.records if record.name == "bdhvs_lms.sign_in"]
    assert said == ["3 wrong class codes from 127.0.0.1 in 15 minutes."], "said once, for the firewall"
    assert Client().post("/lop/", {"code": CODE}).headers["Location"] == f"/lop/{group.uuid}/"
    assert Client().post("/vao-lop/", {"code": CODE}).headers["Location"] == f"/vao-lop/{CODE}/"
    assert Client(REMOTE_ADDR="192.0.2.7").post("/lop/", {"code": "lop-3"}).status_code == 422


def test_a_hall_of_forty_that_mistypes_the_code_twice_each_is_let_in(group: ClassGroup, teacher: Client) -> None:
    teacher.post(f"/day/{group.uuid}/dang-nhap/", {"do": "open"})
    phones = [Client() for _ in range(40)]
    for phone in phones * 2:
        assert phone.post("/lop/", {"code": "lop-thon"}).status_code == 422
    assert {phone.post("/lop/", {"code": CODE}).status_code for phone in phones} == {303}


def test_nobody_outside_the_class_learns_a_name(world: World, group: ClassGroup, clock: Any) -> None:
    """With the poster's code, the class's uuid, another class's token and cookie; for members and for nobody alike."""
    other = make_class(world, "lop-khac")
    learner = lan(group)
    strangers = {"nobody": Client(), "other class": inside(other), "forged": Client(), "expired": inside(group)}
    cookie = inside(group).cookies["bdhvs-class"].value
    strangers["forged"].cookies["bdhvs-class"] = cookie[:-1] + ("B" if cookie.endswith("A") else "A")
    clock(hours=13)
    strangers["other class"].get(scan(other))
    real, made_up = page_of(group, learner), f"/lop/{group.uuid}/999999/"
    addresses = [
        f"/lop/{group.uuid}/",
        f"/lop/{uuid4()}/",
        real,
        made_up,
        f"/lop/{group.uuid}/{sign_in_token(other, now())}/",
        f"/lop/{group.uuid}/chon-hinh/",
        f"/lop/{other.uuid}/{Membership.objects.get(learner=learner).pk}/",
        "/lop/",
    ]
    for stranger, client in strangers.items():
        for address in addresses:
            for method in ("get", "post"):
                data = form(PIN, code=CODE)
                assert not names_in(client, address, method, data), (stranger, address)
        answers = {(client.get(each).status_code, client.get(each).headers["Location"]) for each in (real, made_up)}
        assert answers == {(302, "/lop/")}, "a member and nobody are answered alike"
    closed = [unescape(Client().post("/lop/", {"code": code}).content.decode()) for code in (CODE, "khong-co-lop")]
    assert closed[0].replace(CODE, "khong-co-lop") == re.sub(
        r'csrfmiddlewaretoken" value="\w+"',
        re.search(r'csrfmiddlewaretoken" value="\w+"', closed[0])[0],
        closed[1],  # type: ignore[index]
    )


# --- Three pictures ---------------------------------------------------------------------------------------------------


def test_the_pictures_are_chosen_twice_and_sign_in_from_then_on(group: ClassGroup, teacher: Client) -> None:
    teacher.post(f"/day/{group.uuid}/dang-nhap/", {"do": "choose"})
    phone, address = inside(group), page_of(group, lan(group))
    page = html_of(phone.get(address))
    assert "Chọn ba hình" in page
    assert all(page.count(f'value="{key}"') == 3 for key in PICTURES)
    assert choose(phone, address).headers["Location"] == "/hoc-tiep/"
    assert who(phone) == lan(group)
    row = LearnerIdentity.objects.get(kind="pin")
    assert (row.issuer, "lotus" in row.secret) == (str(group.uuid), False)
    tablet = inside(group)
    assert tablet.post(address, form(("hen", "lotus", "fish"))).status_code == 422
    assert who(tablet) is None
    assert tablet.post(address, form(PIN)).headers["Location"] == "/hoc-tiep/"
    assert who(tablet) == lan(group)


def test_pictures_that_cannot_be_are_said_so_and_nothing_is_kept(group: ClassGroup, teacher: Client) -> None:
    teacher.post(f"/day/{group.uuid}/dang-nhap/", {"do": "choose"})
    phone, address = inside(group), page_of(group, lan(group))
    for sent, words in (
        (form(("hen", "hen", "hen")), "dễ đoán"),
        ({"picture0": "hen"}, "Mỗi hàng chọn một hình"),
        (form(("hen", "cat", "fish")), "Mỗi hàng chọn một hình"),
        (form(PIN, again="x" * 32), "khác với lần trước"),
    ):
        answer = phone.post(address, sent)
        assert answer.status_code == 422
        assert words in html_of(answer)
    assert not LearnerIdentity.objects.exists()


def test_pictures_are_good_in_their_class_only(world: World, group: ClassGroup) -> None:
    other = make_class(world, "lop-khac")
    add_member(other, lan(group), at=MORNING, by=None)
    choose(inside(group), page_of(group, lan(group)))
    assert "Chọn ba hình" in html_of(inside(other).get(page_of(other, lan(group))))


def test_whoever_is_signed_in_chooses_for_a_class_that_they_are_in(world: World, group: ClassGroup) -> None:
    phone, user = Client(), User.objects.create_user("lan")
    link_user(lan(group), user)
    phone.force_login(user)
    other = make_class(world, "lop-khac")
    assert phone.get(f"/lop/{other.uuid}/chon-hinh/").status_code == 404
    add_member(other, lan(group), at=MORNING, by=None)
    answer = choose(phone, f"/lop/{other.uuid}/chon-hinh/", next="/tro-giup/")
    assert answer.headers["Location"] == "/tro-giup/"
    for wish, leads_to in (("//la.example/", "/hoc-tiep/"), ("/tro-giup/", "/tro-giup/"), ("abc", "/hoc-tiep/")):
        assert phone.get(f"/lop/{other.uuid}/chon-hinh/", {"next": wish}).headers["Location"] == leads_to
    assert LearnerIdentity.objects.filter(kind="pin").count() == 1


def test_whoever_came_by_pictures_or_a_card_makes_no_further_pin(
    world: World, group: ClassGroup, teacher: Client
) -> None:
    """One that was guessed, or a card that was found, is no way into another class."""
    other = make_class(world, "lop-khac")
    add_member(other, lan(group), at=MORNING, by=None)
    by_pin, by_card = inside(group), Client()
    choose(by_pin, page_of(group, lan(group)))
    by_card.get(cards(teacher, group)[0])
    by_card.post("/the/")
    for phone in (by_pin, by_card):
        assert who(phone) == lan(group)
        for send in (phone.get, phone.post):
            answer = send(f"/lop/{other.uuid}/chon-hinh/", form(PIN, next="/tro-giup/"))
            assert (answer.status_code, answer.headers["Location"]) == (302, "/tro-giup/")
    assert pins.pin_of(lan(group), other.uuid) is None


def test_first_pictures_need_the_own_card(group: ClassGroup, teacher: Client) -> None:
    """Who has the class's QR code chooses for nobody else."""
    teacher.post(f"/day/{group.uuid}/dang-nhap/", {"do": "open"})
    teacher.post(f"/day/{group.uuid}/the/")
    people = list(Learner.objects.order_by("pk"))
    tokens = cards_of(people)
    phone, address = inside(group), page_of(group, lan(group))
    ask = "Nhờ người hướng dẫn mở giờ chọn hình"
    assert ask in html_of(phone.get(f"/lop/{group.uuid}/"))
    other = next(each for each in people if each != lan(group))
    for scanned in ("", f"/the/{tokens[other.pk]}/"):
        if scanned:
            phone.get(scanned)
        page = phone.get(address)
        assert (page.status_code, ask in html_of(page), "picture0" in html_of(page)) == (200, True, False)
        for again in ("", pins.confirmation(PIN, lan(group), group.uuid)):
            refused = phone.post(address, form(PIN, again=again, shared="on"))
            assert (refused.status_code, ask in html_of(refused)) == (403, True)
    assert pins.pin_of(lan(group), group.uuid) is None
    card = f"/the/{tokens[lan(group).pk]}/"
    assert f'href="{address}"' in html_of(phone.get(card, follow=True))
    assert twice(phone, address).headers["Location"] == "/hoc-tiep/"
    assert who(phone) == lan(group)
    phone.post("/thoat/")
    assert f'href="{address}"' not in html_of(phone.get(card, follow=True)), "they are chosen"
    assert "chon" not in html_of(Client().get(card, follow=True)).partition("<main")[2]


def test_while_the_teacher_holds_choosing_open_few_choose_on_one_device(
    world: World, group: ClassGroup, teacher: Client, clock: Any
) -> None:
    people = [member(world, group, f"Người {number}") for number in range(7)]
    door, phone = f"/day/{group.uuid}/dang-nhap/", inside(group)
    teacher.post(door, {"do": "choose"})
    assert "Đang mở đến 08:0" in html_of(teacher.get(door))
    assert "Nhờ người hướng dẫn" not in html_of(phone.get(f"/lop/{group.uuid}/"))
    for learner in people[:3]:
        assert twice(phone, page_of(group, learner)).status_code == 303
        left(phone, group)
    refused = phone.post(page_of(group, people[3]), form(PIN))
    assert (refused.status_code, "Nếu là máy dùng chung" in html_of(refused)) == (422, True)
    again = pins.confirmation(PIN, people[3], group.uuid)
    assert phone.post(page_of(group, people[3]), form(PIN, again=again)).status_code == 422
    assert twice(phone, page_of(group, people[3]), shared="on").status_code == 303
    assert twice(inside(group), page_of(group, people[4])).status_code == 303
    # Whom a teacher only found on record, before there were matches, is nobody's to choose for.
    group.memberships.filter(learner=people[6]).update(found=True)
    assert inside(group).post(page_of(group, people[6]), form(PIN)).status_code == 403
    ways = f"/day/{group.uuid}/nguoi/{people[6].actor}/dang-nhap/"
    for do in ("card", "pin"):
        refused = html_of(teacher.post(ways, {"do": do}, follow=True))
        assert "Người này đã có trong danh sách từ trước" in refused, "nor to give a way in to"
    assert not cards_of([people[6]])
    clock(minutes=31)
    assert inside(group).post(page_of(group, people[5]), form(PIN)).status_code == 403
    teacher.post(door, {"do": "choose"})
    assert inside(group).post(page_of(group, people[5]), form(PIN)).status_code == 200
    teacher.post(door, {"do": "chosen"})
    assert inside(group).post(page_of(group, people[5]), form(PIN)).status_code == 403


def test_a_teacher_sees_who_chose_and_takes_pictures_of_another_back(
    world: World, group: ClassGroup, teacher: Client, clock: Any
) -> None:
    other, door = make_class(world, "lop-khac"), f"/day/{group.uuid}/dang-nhap/"
    neighbour = member(world, other, "Người lớp khác")
    thief, friend = inside(group), inside(other)
    clock(minutes=5)
    choose(thief, page_of(group, lan(group)), shared="on")
    choose(friend, page_of(other, neighbour))
    page = html_of(teacher.get(door))
    assert "Trần Thị Lan" in page and "17/11/2025 07:" in page and "máy dùng chung" in page
    assert "Nguyễn Văn Ân" not in page and "Người lớp khác" not in page
    theirs, lans = (
        PinChoice.objects.get(identity__learner=neighbour),
        PinChoice.objects.get(identity__learner=lan(group)),
    )
    for sent in (str(theirs.pk), "x", "9" * 30, ""):
        assert teacher.post(door, {"take": sent}).status_code == 303
    assert [who(thief), who(friend)] == [lan(group), neighbour]
    for _twice in range(2):
        assert teacher.post(door, {"take": lans.pk}).status_code == 303
    assert [who(thief), who(friend)] == [None, neighbour]
    assert pins.pin_of(lan(group), group.uuid) is None
    assert AccessLog.objects.filter(page="reset-pin").count() == 1
    assert "Trần Thị Lan" not in html_of(teacher.get(door))
    counted = []
    for number in range(3):
        choose(inside(group), page_of(group, member(world, group, f"Người {number}")))
        with CaptureQueriesContext(connection) as queries:
            assert f"Người {number}" in html_of(teacher.get(door))
        counted.append(len(queries))
    assert counted[0] == counted[2], counted


# --- Guessing ---------------------------------------------------------------------------------------------------------


def wrong_pins() -> list[tuple[str, ...]]:
    return [pin for pin in product(PICTURES, repeat=3) if pin != PIN]


def test_guessing_one_learners_pictures_is_stopped_from_any_number_of_devices(
    group: ClassGroup, teacher: Client, clock: Any
) -> None:
    address = page_of(group, lan(group))
    [card] = cards(teacher, group)
    choose(inside(group), address)
    wrong = wrong_pins()
    looked_at = 0
    for quarter in range(8):
        clock(minutes=16 * quarter)
        for _ in range(8):
            looked_at += inside(group).post(address, form(wrong.pop())).status_code == 422
    assert looked_at == 10 <= 0.01 * len(wrong_pins()), "a day's number, in two hours"
    stranger = inside(group)
    refused = stranger.post(address, form(PIN))
    assert refused.status_code == 429, "the right one is not looked at either"
    assert int(refused.headers["Retry-After"]) > 60
    assert "Thử lại sau" in html_of(refused)
    stranger.get(card)
    assert stranger.post("/the/").headers["Location"] == "/hoc-tiep/"
    assert who(stranger) == lan(group), "a card opens"
    clock(hours=36)
    assert inside(group).post(address, form(PIN)).status_code == 303


def left(phone: Client, group: ClassGroup) -> Client:
    """Signed out again; the telephone scans the class's code another day."""
    phone.post("/thoat/")
    phone.get(scan(group))
    return phone


def test_a_device_that_signed_in_before_is_not_refused_for_what_others_guess(
    group: ClassGroup, teacher: Client, clock: Any
) -> None:
    address = page_of(group, lan(group))
    [card] = cards(teacher, group)
    by_choosing, by_pin, by_card, neighbour = inside(group), inside(group), inside(group), inside(group)
    choose(by_choosing, address)
    by_pin.post(address, form(PIN))
    by_card.get(card)
    by_card.post("/the/")
    choose(neighbour, page_of(group, Learner.objects.get(person__full_name="Lê Thị Lan")))
    wrong = wrong_pins()
    phones = [left(each, group) for each in (by_choosing, by_pin, by_card, neighbour)]
    while inside(group).post(address, form(wrong.pop())).status_code != 429:
        pass
    answers = [phone.post(address, form(PIN)).status_code for phone in phones]
    assert answers == [303, 303, 303, 429], "to whom the telephone knows, and nobody else's"
    # It mistypes for itself, and what it mistypes takes nothing from strangers, nor from the others.
    clock(days=2)
    phones = [left(each, group) for each in phones]
    tries = [by_pin.post(address, form(wrong.pop())).status_code for _ in range(6)]
    assert tries == [422] * 5 + [429]
    assert by_pin.post(address, form(PIN)).status_code == 429, "guessing on a family's telephone is guessing"
    assert [phone.post(address, form(PIN)).status_code for phone in (by_choosing, by_card, inside(group))] == [303] * 3
    # New pictures: nobody is known by the old ones.
    teacher.force_login(User.objects.get())
    teacher.post(f"/day/{group.uuid}/nguoi/{lan(group).actor}/dang-nhap/", {"do": "pin"})
    choose(inside(group), address)
    while inside(group).post(address, form(wrong.pop())).status_code != 429:
        pass
    answers = [left(phone, group).post(address, form(PIN)).status_code for phone in (by_choosing, by_card)]
    assert answers == [429, 303]


def test_a_tablet_of_the_class_knows_all_who_signed_in_on_it(world: World, group: ClassGroup) -> None:
    people = [member(world, group, f"Người {number}") for number in range(37)] + [lan(group)]
    tablet = inside(group)
    for learner in people:
        pins.choose_pin(learner, group.uuid, PIN, at=MORNING)
        assert tablet.post(page_of(group, learner), form(PIN, shared="on")).status_code == 303
        tablet.post("/thoat/")
    assert len(tablet.cookies["bdhvs-device"].value) < 1700
    for _ in range(5):
        inside(group).post(page_of(group, people[0]), form(("sun", "sun", "key")))
    assert inside(group).post(page_of(group, people[0]), form(PIN)).status_code == 429
    assert tablet.post(page_of(group, people[0]), form(PIN)).status_code == 303


def test_many_strangers_of_one_address_refuse_nobody_who_was_here(
    world: World, group: ClassGroup, teacher: Client, settings: Any
) -> None:
    settings.BDHVS_CLASS_CODE_TRIES = 10
    teacher.post(f"/day/{group.uuid}/dang-nhap/", {"do": "open"})
    people = [lan(group), member(world, group, "Người một"), member(world, group, "Người hai")]
    [card] = cards(teacher, group)
    phones = [inside(group) for _ in people]
    for phone, learner in zip(phones, people, strict=True):
        choose(phone, page_of(group, learner))
        left(phone, group)
    answers = set()
    for number in range(20):
        stranger = inside(group)
        for learner in people:
            answers.add(stranger.post(page_of(group, learner), form(("sun", "sun", "key"))).status_code)
        answers.add(stranger.post("/lop/", {"code": f"khong-{number}"}).status_code)
        answers.add(stranger.post("/vao-lop/", {"code": f"khong-{number}"}).status_code)
    assert answers == {422, 404, 429}
    for phone, learner in zip(phones, people, strict=True):
        assert phone.post("/lop/", {"code": CODE}).status_code == 303
        assert phone.post(page_of(group, learner), form(PIN)).status_code == 303
        assert who(phone) == learner
    new = Client()
    assert new.get(scan(group)).status_code == 303
    assert new.get(card, follow=True).status_code == 200
    assert new.post("/the/").status_code == 303


def test_what_was_mistyped_while_the_clock_ran_ahead_does_not_count(
    group: ClassGroup, teacher: Client, clock: Any, settings: Any
) -> None:
    settings.BDHVS_CLASS_CODE_TRIES = 3
    address = page_of(group, lan(group))
    choose(inside(group), address)
    wrong = [pin for pin in product(PICTURES, repeat=3) if pin != PIN]
    clock(days=40)
    assert [inside(group).post(address, form(pin)).status_code for pin in wrong[:6]] == [422] * 5 + [429]
    assert [Client().post("/lop/", {"code": "lop-0"}).status_code for _ in range(4)] == [422] * 3 + [429]
    clock()
    assert inside(group).post(address, form(PIN)).status_code == 303
    assert Client().post("/lop/", {"code": "lop-0"}).status_code == 422


def test_guessing_along_the_list_is_stopped_on_one_device(world: World, group: ClassGroup) -> None:
    people = [member(world, group, f"Người {number}") for number in range(12)]
    for learner in people:
        pins.choose_pin(learner, group.uuid, PIN, at=MORNING)
    phone = inside(group)
    answers = [phone.post(page_of(group, learner), form(("sun", "sun", "key"))).status_code for learner in people]
    assert answers == [422] * 10 + [429] * 2


def test_guessing_along_the_list_is_logged_once_and_stops_nobody_else(
    world: World, group: ClassGroup, caplog: pytest.LogCaptureFixture
) -> None:
    # Of each learner fewer than that learner's own limit.
    people = [member(world, group, f"Người {number}") for number in range(33)]
    identities = [pins.choose_pin(learner, group.uuid, PIN, at=MORNING) for learner in people]
    for number, identity in enumerate((identities * 4)[:130]):
        assert bool(caplog.messages) == (number >= pins.GUESSED)
        assert not pins.is_right(identity, ("sun", "sun", "key"), group.uuid, device=f"d{number}", at=MORNING)
    assert caplog.messages == [f"60 wrong PINs in class {group.uuid} within a day: somebody is guessing."]
    assert inside(group).post(page_of(group, people[0]), form(PIN)).status_code == 303


def test_a_new_qr_code_puts_a_guesser_out_and_forgets_what_was_guessed(
    world: World, group: ClassGroup, teacher: Client
) -> None:
    people = [member(world, group, f"Người {number}") for number in range(4)]
    phones = [inside(group) for _ in range(6)]
    for learner in people:
        pins.choose_pin(learner, group.uuid, PIN, at=MORNING)
        answers = [phone.post(page_of(group, learner), form(("sun", "sun", "key"))).status_code for phone in phones]
        assert answers == [422] * 5 + [429]
    teacher.post(f"/day/{group.uuid}/dang-nhap/", {"do": "renew"})
    group.refresh_from_db()
    assert phones[0].post(page_of(group, people[0]), form(PIN)).headers["Location"] == "/lop/", "the guesser is out"
    for learner in people:
        assert inside(group).post(page_of(group, learner), form(PIN)).status_code == 303


def test_the_teacher_hears_of_a_guesser_and_shuts_them_out(
    world: World, group: ClassGroup, teacher: Client, settings: Any
) -> None:
    door, told = f"/day/{group.uuid}/dang-nhap/", "Có người đang dò mã của lớp này"
    people = [member(world, group, f"Người {number}") for number in range(30)]
    identities = [pins.choose_pin(learner, group.uuid, PIN, at=MORNING) for learner in people]
    phone = inside(group)
    assert phone.post(page_of(group, people[0]), form(PIN)).status_code == 303
    guesser, old = inside(group), scan(group)
    joined = Client()
    asked = {"full_name": "Trần Văn Bịa", "birth_year": "1970", "area": world.area.pk, "form": str(uuid4())}
    asked |= {"consent": "on", "text_version": app_settings.CONSENT_VERSION}
    assert joined.post(f"/vao-lop/{CODE}/", asked).status_code == 303
    for number, identity in enumerate(identities * 2):
        if number == pins.GUESSED - 1:
            assert told not in html_of(teacher.get(door)) + html_of(teacher.get(f"/day/{group.uuid}/"))
        assert not pins.is_right(identity, ("sun", "sun", "key"), group.uuid, device=f"d{number}", at=now())
    assert told in html_of(teacher.get(f"/day/{group.uuid}/"))
    page = html_of(teacher.get(door))
    assert told in page and "Đưa cả 1 người mới" in page
    assert teacher.post(door, {"do": "cure", "newcomers": "1"}).status_code == 303
    group.refresh_from_db()
    assert group.code != CODE
    assert told not in html_of(teacher.get(door)) + html_of(teacher.get(f"/day/{group.uuid}/"))
    assert not names_in(guesser, f"/lop/{group.uuid}/") and not names_in(Client(), old)
    assert Client().get(f"/vao-lop/{CODE}/").status_code == 404
    assert {each.learner for each in Membership.objects.filter(valid_to=None)} >= set(people)
    assert Membership.objects.get(learner__person__full_name="Trần Văn Bịa").valid_to is not None
    assert left(phone, group).post(page_of(group, people[0]), form(PIN)).status_code == 303


def test_a_hall_of_forty_beginners_with_two_typing_errors_each_is_not_stopped(world: World, group: ClassGroup) -> None:
    """On one address: half of them on one tablet, one after the other, the others at once on their own telephones."""
    people = [member(world, group, f"Người {number}") for number in range(40)]
    for learner in people:
        pins.choose_pin(learner, group.uuid, PIN, at=MORNING)
    tablet, phones = inside(group), [inside(group) for _ in range(20)]
    for client, learner in [*zip(phones, people[20:], strict=True)] * 2:
        assert client.post(page_of(group, learner), form(("sun", "sun", "key"))).status_code == 422
    for learner in people[:20]:
        for _ in range(2):
            assert tablet.post(page_of(group, learner), form(("sun", "key", "sun"))).status_code == 422
        assert tablet.post(page_of(group, learner), form(PIN)).status_code == 303
        assert who(tablet) == learner
        tablet.post("/thoat/")
    for client, learner in zip(phones, people[20:], strict=True):
        assert client.post(page_of(group, learner), form(PIN)).status_code == 303
    assert [who(client) for client in phones[::5]] == people[20::5]
    assert not PinTry.objects.exists()


# --- One telephone after the other --------------------------------------------------------------------------------


def test_a_device_of_the_class_goes_back_to_the_names_when_somebody_leaves(group: ClassGroup) -> None:
    phone = inside(group)
    choose(phone, page_of(group, lan(group)), shared="on")
    assert SignInSession.objects.get().kind == "shared"
    left = phone.post("/thoat/", follow=True)
    assert left.redirect_chain[-1][0] == f"/lop/{group.uuid}/"
    assert "Nguyễn Văn Ân" in html_of(left)
    assert phone.post("/thoat/").headers["Clear-Site-Data"] == '"storage"'
    assert Client().post("/thoat/").headers["Location"] == "/dang-nhap/"


def test_the_sign_in_page_offers_every_way(group: ClassGroup) -> None:
    page = html_of(Client().get("/dang-nhap/"))
    for address in ("/lop/", "/the/"):
        assert f'href="{address}"' in page
        assert Client().get(address).status_code == 200


# --- Cards ------------------------------------------------------------------------------------------------------------


def cards(teacher: Client, group: ClassGroup) -> list[str]:
    """Addresses on the sheet."""
    teacher.post(f"/day/{group.uuid}/the/")
    return [f"/the/{token}/" for token in cards_of([lan(group)]).values()]


def test_a_card_signs_in_by_a_button_and_by_nothing_else(group: ClassGroup, teacher: Client) -> None:
    [address] = cards(teacher, group)
    phone = Client()
    page = html_of(phone.get(address, follow=True))
    assert "Vào học" in page
    assert "Lan" not in page
    assert who(phone) is None, "a preview of the link signs nobody in"
    assert phone.post("/the/").headers["Location"] == "/hoc-tiep/"
    assert who(phone) == lan(group)
    assert address.split("/")[2] not in str(list(LearnerIdentity.objects.values()))
    assert Client().get(f"/the/{'A' * 27}/").status_code == 404


def test_no_page_on_the_telephone_leads_back_to_a_card(group: ClassGroup, teacher: Client, clock: Any) -> None:
    """Browsers keep addresses of pages, and whoever has the telephone next presses Back."""
    [address] = cards(teacher, group)
    phone = Client()
    scanned = phone.get(address, follow=True)
    assert scanned.redirect_chain == [("/the/", 303)]
    assert address.split("/")[2] not in scanned.content.decode() + str(phone.cookies)
    phone.post("/the/")
    phone.post("/thoat/")
    assert 'name="shared"' not in html_of(phone.get("/the/"))
    pressed = phone.post("/the/")
    assert (pressed.status_code, "Quét" in html_of(pressed)) == (422, True)
    assert who(phone) is None


def test_a_card_that_was_scanned_is_good_for_some_minutes_and_not_when_void(
    group: ClassGroup, teacher: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    [address] = cards(teacher, group)
    left, void = Client(), Client()
    left.get(address)
    teacher.post(f"/day/{group.uuid}/nguoi/{lan(group).actor}/dang-nhap/", {"do": "card"})
    [other] = cards(teacher, group)
    void.cookies, left = left.cookies, Client()
    left.get(other)
    assert [void.post("/the/").status_code, who(void)] == [422, None]
    later = time.time() + 301
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert [left.post("/the/").status_code, who(left)] == [422, None]


def test_a_sheet_has_a_card_for_each_and_printing_again_voids_none(group: ClassGroup, teacher: Client) -> None:
    sheet = f"/day/{group.uuid}/the/"
    assert "Làm 3 thẻ" in html_of(teacher.get(sheet))
    first = cards(teacher, group)
    page = html_of(teacher.get(sheet))
    assert page.count("<svg") - page.count('<svg viewBox="0 0 32 32"') >= 3
    assert "Mất thẻ" in page
    assert cards(teacher, group) == first
    assert AccessLog.objects.filter(page="class-cards").exists()


# --- Resetting --------------------------------------------------------------------------------------------------------


def test_a_teacher_resets_pictures_and_card_and_it_is_in_the_log(group: ClassGroup, teacher: Client) -> None:
    learner = lan(group)
    address = page_of(group, learner)
    [card] = cards(teacher, group)
    by_pin, by_card = inside(group), Client()
    choose(by_pin, address)
    by_card.get(card)
    by_card.post("/the/")
    assert who(by_pin) == who(by_card) == learner
    person = f"/day/{group.uuid}/nguoi/{learner.actor}/dang-nhap/"
    assert "Trần Thị Lan" in html_of(teacher.get(person))
    teacher.post(person, {"do": "pin"})
    assert (who(by_pin), who(by_card)) == (None, learner)
    assert "Chọn ba hình" in html_of(by_pin.get(address))
    sheet = teacher.post(person, {"do": "card"}).headers["Location"]
    page = html_of(teacher.get(sheet))
    assert "Trần Thị Lan" in page
    assert "Nguyễn Văn Ân" not in page
    assert who(by_card) is None
    gone = Client().get(card)
    assert gone.status_code == 404
    assert "không dùng được nữa" in html_of(gone)
    pages = list(AccessLog.objects.order_by("pk").values_list("page", "user_label"))
    assert ("reset-pin", "cohoa") in pages
    assert ("new-card", "cohoa") in pages


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before the try is written", "before the session is"])
def test_pictures_that_are_reset_while_they_are_sent_lead_back_to_the_names(
    group: ClassGroup, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    address = page_of(group, lan(group))
    choose(inside(group), address)
    phone = inside(group)
    name = "pin_of" if moment == "before the try is written" else "is_right"
    found = getattr(pins, name)

    def reset_just_after(*args: Any, **kwargs: Any) -> Any:
        answer = found(*args, **kwargs)
        pins.reset_pin(lan(group), group.uuid)
        return answer

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(pins, name, reset_just_after)
        answer = phone.post(address, form(PIN))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/lop/{group.uuid}/")
    assert "Trần Thị Lan" in html_of(phone.get(f"/lop/{group.uuid}/"))
    assert who(phone) is None
    assert not SignInSession.objects.filter(kind="own").exists()
    assert "Chọn ba hình" in html_of(phone.get(address))
    assert choose(phone, address).headers["Location"] == "/hoc-tiep/"


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_a_card_that_is_voided_while_it_is_used_is_said_to_be(
    group: ClassGroup, teacher: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    [address] = cards(teacher, group)
    phone = Client()
    phone.get(address)

    def voided_just_after(digest: str) -> Any:
        found = LearnerIdentity.objects.select_related("learner").get(subject=digest)
        new_card(lan(group))
        return found

    monkeypatch.setattr("bdhvs_lms.classes.sign_in.views.card_with", voided_just_after)
    answer = phone.post("/the/")
    assert (answer.status_code, "không dùng được nữa" in html_of(answer)) == (422, True)
    assert who(phone) is None


def test_a_new_card_voids_those_of_all_records(world: World, group: ClassGroup, teacher: Client) -> None:
    first, second = lan(group), member(world, group, "Bà Lan", 1961)
    addresses = cards(teacher, group) + [f"/the/{token}/" for token in cards_of([second]).values()]
    merge_records(second, first, by=None, reason="Một người.", at=MORNING)
    assert [Client().get(each).status_code for each in addresses] == [303, 303]
    teacher.post(f"/day/{group.uuid}/nguoi/{first.actor}/dang-nhap/", {"do": "card"})
    assert [Client().get(each).status_code for each in addresses] == [404, 404]


def test_erasure_ends_every_way_in(group: ClassGroup, teacher: Client) -> None:
    learner = lan(group)
    [card] = cards(teacher, group)
    phone = inside(group)
    choose(phone, page_of(group, learner))
    inside(group).post(page_of(group, learner), form(("sun", "sun", "key")))
    erase(learner, by=None, at=MORNING)
    assert not LearnerIdentity.objects.filter(learner=learner).exists()
    assert not PinTry.objects.exists()
    assert who(phone) is None
    assert Client().get(card).status_code == 404
    assert not names_in(Client(), page_of(group, learner))


def test_a_person_of_two_records_has_one_card_on_the_sheet_and_a_new_one_voids_both(
    world: World, group: ClassGroup, teacher: Client
) -> None:
    again = member(world, group, "Trần Lan", 1961)
    old = cards(teacher, group) + [f"/the/{token}/" for token in cards_of([again]).values()]
    merge_records(again, lan(group), by=None, reason="hai lần", at=MORNING)
    kept = Learner.objects.get(pk=lan(group).pk)
    sheet = f"/day/{group.uuid}/the/"
    page = html_of(teacher.get(sheet))
    assert page.count('<strong lang="vi">Trần Thị Lan</strong>') == 1 and "Trần Lan" not in page
    LearnerIdentity.objects.filter(learner=kept, kind=LearnerIdentity.Kind.QR).delete()
    assert list(cards_of([kept])) == [kept.pk], "the card of the other record is theirs"
    teacher.post(f"/day/{group.uuid}/nguoi/{kept.actor}/dang-nhap/", {"do": "card"})
    assert [Client().get(address).status_code for address in old] == [404, 404]
    assert len(cards_of([kept])) == 1
