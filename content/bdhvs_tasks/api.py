"""Public interface of practical tasks: their page, and recording what was seen."""

from bdhvs_tasks.actions import Seen, observe
from bdhvs_tasks.models import TaskAlignment, TaskPage, TaskVersion

__all__ = ["Seen", "TaskAlignment", "TaskPage", "TaskVersion", "observe"]
