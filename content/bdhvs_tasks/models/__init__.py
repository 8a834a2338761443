"""The page that editors work on, the immutable versions that learners and observers meet, and what was seen."""

from bdhvs_tasks.models.compiling import items_of, passes
from bdhvs_tasks.models.observations import MAX_NOTE, Grading, Observation, ObservationNote, TaskVersion
from bdhvs_tasks.models.page import TaskAlignment, TaskPage

__all__ = [
    "MAX_NOTE",
    "Grading",
    "Observation",
    "ObservationNote",
    "TaskAlignment",
    "TaskPage",
    "TaskVersion",
    "items_of",
    "passes",
]
