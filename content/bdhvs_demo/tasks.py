"""Practical tasks of the demonstration, where bdhvs_tasks is installed: their pages, and what the teacher saw."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bdhvs_demo.data import demo_id
from bdhvs_demo.files import picture
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import staff_actor
from bdhvs_tasks.api import Seen, TaskAlignment, TaskPage, TaskVersion, observe

if TYPE_CHECKING:
    from bdhvs_demo.building import CourseBuilder

# Of those who did the rest of the course: one in four is still to be watched, one in seven lacked an item.
UNSEEN, LACKING = 4, 7


def task_page(builder: CourseBuilder, task: dict[str, Any], name: str) -> TaskPage:
    page: TaskPage = builder.page(
        TaskPage, task, name, intro=task["intro"], needed=task["needed"], required=task.get("required", True)
    )
    page.steps = [
        {"type": "step", "id": str(demo_id(f"{name}/step/{place}")), "value": _step(step)}
        for place, step in enumerate(task["steps"])
    ]
    page.checklist = [
        {
            "type": "item",
            "id": str(demo_id(f"{name}/{item['key']}")),
            "value": {part: item[part] for part in ("text", "required", "help")},
        }
        for item in task["checklist"]
    ]
    page.alignments.add(*builder.alignments(TaskAlignment, task))
    return page


def _step(step: dict[str, Any]) -> dict[str, Any]:
    image = picture(step["picture"], step["alt"]).pk if step["picture"] else None
    return {"text": step["text"], "image": image, "alt": step["alt"]}


def watched(number: int, learner: Learner, task: Activity, *, group: Any, teacher: Any, at: datetime) -> None:
    """Record what the teacher of the class saw of this person on that evening, if anything."""
    if number % UNSEEN == 0:
        return
    version = TaskVersion.objects.filter(activity_key=task.key).latest("number")
    lacking = {item["id"] for item in version.items[2:3]} if number % LACKING == 0 else set()
    seen = Seen(
        learner,
        frozenset(item["id"] for item in version.items if item["id"] not in lacking),
        uuid=uuid.uuid5(learner.actor, f"seen/{task.key}"),
    )
    act = demo_id(f"seen/{task.key}/{number}")
    observe(group, task.key, [seen], by=None, observer=staff_actor(teacher), act_id=act, at=at)
