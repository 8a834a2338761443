"""How one learner of a class is laid out on the learner's page: the same words as in the matrix."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bdhvs_lms.reporting.class_table import ActivityColumn, Mark, class_table
from bdhvs_lms.reporting.queries.review import ClassReview, ReviewRow
from bdhvs_lms.reporting.tables import Cell, Column


@dataclass(frozen=True)
class PersonPage:
    review: ClassReview
    row: ReviewRow

    @cached_property
    def _columns(self) -> dict[str, Column[ReviewRow]]:
        return {column.key: column for column in class_table(self.review, [self.row]).all_columns}

    @property
    def state(self) -> Cell:
        """With `style` and `why`."""
        return self._columns["state"].cell(self.row)

    @property
    def done(self) -> Cell:
        return self._columns["done"].cell(self.row)

    @property
    def dialled(self) -> str:
        return self.row.phone.replace(" ", "")

    @property
    def activities(self) -> list[tuple[ActivityColumn, Mark]]:
        """(column with `heading`, mark) of each activity of the course."""
        columns = class_table(self.review, [self.row]).columns
        return [(one, one.cell(self.row)) for one in columns if isinstance(one, ActivityColumn)]  # type: ignore[misc]
