"""Tests of what every PersonalData must do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.apps import apps
from django.db import transaction

from bdhvs_lms.plugins.bases import PersonalData
from bdhvs_lms.plugins.completeness import faults
from bdhvs_lms.plugins.registry import personal_data
from bdhvs_lms.plugins.testing.support import Mixin, as_json


class PersonalDataConformance(Mixin):
    """Give the declaration, and a method that makes a person who has something in every declared table."""

    personal_data: ClassVar[type[PersonalData]]

    def person(self) -> Any:
        """Make a new learner each time, with at least one row in every declared table."""
        raise NotImplementedError

    def erase(self, owner: PersonalData, learner: Any) -> int:
        """Remove the person's data. Replace it only where somebody else deletes the rows."""
        with transaction.atomic():
            return owner.erase(learner)

    def _erasable(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {label: rows for label, rows in data.items() if rows and label not in self.personal_data.kept}

    def _kept(self) -> dict[str, int]:
        # Counted in the table: after erasure nobody may be able to tell whose rows they were.
        return {label: apps.get_model(label)._default_manager.count() for label in self.personal_data.kept}

    def test_it_is_registered_and_declares_tables_that_exist(self) -> None:
        self.assertEqual(faults(PersonalData, self.personal_data), [])
        self.assertIs(type(personal_data.get(self.personal_data.key)), self.personal_data)
        for label in self.personal_data.models:
            apps.get_model(label)

    def test_the_export_holds_every_declared_table_and_no_other(self) -> None:
        data = self.personal_data().export(self.person())
        self.assertEqual(set(data), set(self.personal_data.models))
        for label, rows in data.items():
            self.assertTrue(rows, f"person() has nothing in {label}, or the export leaves it out.")
            for row in rows:
                self.assertTrue(row, f"An empty row of {label} tells nobody anything.")
        as_json(data)

    def test_the_export_is_about_one_person(self) -> None:
        owner, first = self.personal_data(), self.person()
        before = owner.export(first)
        self.person()
        self.assertEqual(owner.export(first), before, "Another person's rows came into the export.")

    def test_erasure_takes_all_that_is_not_kept(self) -> None:
        owner, learner = self.personal_data(), self.person()
        before, kept = self._erasable(owner.export(learner)), self._kept()
        touched = self.erase(owner, learner)
        self.assertEqual(self._erasable(owner.export(learner)), {})
        # More is no fault: that somebody was erased may be logged.
        lost = {label: count for label, count in self._kept().items() if count < kept[label]}
        self.assertEqual(lost, {}, "A table that is declared as kept has lost rows.")
        if before:
            self.assertGreater(touched, 0, "Rows went, and erase() says that it touched none.")

    def test_erasing_twice_is_erasing_once(self) -> None:
        owner, learner = self.personal_data(), self.person()
        self.erase(owner, learner)
        after = owner.export(learner)
        self.assertEqual(self.erase(owner, learner), 0)
        self.assertEqual(owner.export(learner), after)

    def test_erasing_one_person_leaves_the_others(self) -> None:
        owner, gone, other = self.personal_data(), self.person(), self.person()
        before = owner.export(other)
        self.erase(owner, gone)
        self.assertEqual(owner.export(other), before)
