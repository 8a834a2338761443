"""A class whose course has one practical task, its teacher, and members who may be watched."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse

from bdhvs_lms.campaign.api import Area
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import Learner
from bdhvs_tasks.actions import Observed, Seen, observe
from bdhvs_tasks.models import TaskAlignment, TaskPage
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.support.classes import class_of, member_of
from tests.support.world import uid

ITEMS = ("Mở được Cài đặt", "Tìm được mục Cỡ chữ", "Tự kéo chữ to lên", "Nói được cách làm")
CLOCK = "2025-11-15T10:00:00+07:00"


def item_id(place: int) -> str:
    """Of the item at this place, from 0."""
    return str(uid(f"item-{place}"))


def checklist(texts: Sequence[str] = ITEMS, optional: Iterable[int] = (3,)) -> list[dict[str, Any]]:
    return [
        {
            "type": "item",
            "id": item_id(place),
            "value": {"text": text, "required": place not in optional, "help": f"Gợi ý {place}"},
        }
        for place, text in enumerate(texts)
    ]


def steps(*texts: str) -> list[dict[str, Any]]:
    return [
        {"type": "step", "id": str(uid(f"step-{text}")), "value": {"text": f"<p>{text}</p>", "image": None, "alt": ""}}
        for text in texts
    ]


def task(
    parent: Any, title: str = "Đặt cỡ chữ lớn", *, live: bool = True, aligned: Any = (), **values: Any
) -> TaskPage:
    given = {"intro": "Dùng máy của mình.", "steps": steps("Mở Cài đặt.", "Gõ “cỡ chữ”."), "checklist": checklist()}
    page = TaskPage(title=title, live=False, **given | values)
    page.alignments = [TaskAlignment(competency=row, level=level) for row, level in aligned]
    parent.add_child(instance=page)
    return pages.publish(page) if live else page


@dataclass
class Watching:
    """Members by name; "Lan" and "Hoa" have agreed, whoever else is asked for by `member`."""

    values: dict[str, Any] = field(default_factory=dict)
    aligned: Any = ()
    fixed: bool = False
    """Course, task and class have keys that are the same in every run."""

    def __post_init__(self) -> None:
        keys = {"translation_key": uid("task")} if self.fixed else {}
        self.course = pages.course(pages.catalog(), live=not self.fixed)
        if self.fixed:
            type(self.course).objects.filter(pk=self.course.pk).update(translation_key=uid("course"))
            self.course = pages.publish(pages.fresh(self.course))
        self.task = task(self.course, aligned=self.aligned, **keys, **self.values)
        self.area = Area.objects.create(code="10015", name="Phường Thử", kind="commune")
        self.group = self.class_of("lop-1", "co-hanh")
        if self.fixed:
            type(self.group).objects.update(uuid=uid("class"))
            self.group.refresh_from_db()
        self.client: Client = pages.client_of("co-hanh")
        self.lan, self.hoa = self.member("Nguyễn Thị Lan"), self.member("Trần Thị Hoa")

    @property
    def key(self) -> uuid.UUID:
        key: uuid.UUID = self.task.translation_key
        return key

    def class_of(self, code: str, teacher: str) -> Any:
        course = Course.objects.get(key=self.course.translation_key)
        return class_of(course, self.area, code=code, teacher=teacher, at=pages.AT)

    def member(self, name: str, *, consent: bool = True) -> Learner:
        return member_of(self.group, name, agreed=consent, at=pages.AT, actor=uid(name))

    def observe(self, learner: Learner, done: Iterable[int] = (0, 1, 2, 3), **more: Any) -> Observed:
        """By the machine itself, unless an account is named (`by`)."""
        given: dict[str, Any] = {"by": None, "observer": uid("observer"), "act_id": uuid.uuid4(), "at": pages.AT}
        seen = Seen(learner, frozenset(map(item_id, done)), more.pop("note", ""), more.pop("uuid", None))
        return observe(self.group, self.key, [seen], **given | more)[0]

    def address(self, name: str = "class-task", *more: Any) -> str:
        of_task = () if name == "class-tasks" else (self.key,)
        return reverse(f"bdhvs_tasks:{name}", args=[self.group.uuid, *of_task, *more])

    def form(
        self, *did_all: Learner, without: dict[Learner, Sequence[int]] | None = None, **more: Any
    ) -> dict[str, Any]:
        """What the form for many sends."""
        lacking = {f"without-{one.actor}": [item_id(n) for n in places] for one, places in (without or {}).items()}
        ticked = [str(one.actor) for one in did_all]
        return {"act_id": str(uuid.uuid4()), "version": "1", "all": ticked, **lacking, **more}


def statements(**which: Any) -> list[dict[str, Any]]:
    """All in force and void, in the order in which they were stored."""
    facts = xapi.facts(after_seq=0, include_voided=True, **which)
    return [fact.statement for fact in sorted(facts, key=lambda fact: fact.seq)]


def verbs(rows: Iterable[dict[str, Any]]) -> list[str]:
    return [row["verb"]["id"].rsplit("/", 1)[1] for row in rows]
