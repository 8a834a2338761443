"""Tests of what every ActivityType must do."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.utils.translation import override

from bdhvs_lms.plugins.bases import ActivityType
from bdhvs_lms.plugins.completeness import faults
from bdhvs_lms.plugins.registry import activity_types
from bdhvs_lms.plugins.testing.support import Mixin
from bdhvs_xapi import api as xapi


class ActivityTypeConformance(Mixin):
    """Give the type, and two methods that use the plugin's own actions, as its pages do."""

    activity_type: ClassVar[type[ActivityType]]

    def publish(self) -> UUID:
        """Publish one activity in a course; its key. The plugin pushes its facts into the core."""
        raise NotImplementedError

    def finish(self, activity_key: UUID) -> None:
        """Let one learner do it to the end, so that it counts as done."""
        raise NotImplementedError

    # The core's tables by name: the kit stands below every part, and reads what a report would read.
    def _activity(self, key: UUID) -> Any:
        row = apps.get_model("bdhvs_lms", "Activity")._default_manager.filter(key=key).first()
        self.assertIsNotNone(row, f"publish() pushed no activity {key} into the core (bdhvs_lms.courses.api).")
        return row

    def _languages(self) -> list[str]:
        return [code for code, _name in settings.LANGUAGES]

    def test_it_is_registered_under_its_key(self) -> None:
        self.assertEqual(faults(ActivityType, self.activity_type), [])
        self.assertIs(type(activity_types.get(self.activity_type.key)), self.activity_type)

    def test_its_words_say_something_in_every_language(self) -> None:
        for language in self._languages():
            with override(language):
                for name in ("label", "not_begun_label"):
                    self.assertTrue(str(getattr(self.activity_type, name)).strip(), f"{name} is empty in {language}.")

    def test_publishing_pushes_what_reports_need(self) -> None:
        row = self._activity(self.publish())
        self.assertEqual(row.type_key, self.activity_type.key)
        self.assertTrue(apps.is_installed(apps.get_app_config(row.plugin).name))
        self.assertEqual(row.done_on, self.activity_type.done_on)
        self.assertTrue(any(row.titles.values()))
        self.assertTrue(row.revision, "Without a revision evidence could not name what it is evidence of.")
        self.assertTrue(row.active)

    def test_its_address_is_a_path_of_this_site_or_none(self) -> None:
        key = self.publish()
        kind = self.activity_type()
        for language in self._languages():
            address = kind.address(key, language)
            if address is not None:
                self.assertTrue(address.startswith("/") and not address.startswith("//"), address)
            self.assertIsNone(kind.address(uuid.uuid4(), language), "An activity that is not there has no address.")

    def test_asking_for_the_address_leaves_the_language_alone(self) -> None:
        key = self.publish()
        for language in self._languages():
            with override(language):
                before = str(self.activity_type.label)
                self.activity_type().address(key, next(code for code in reversed(self._languages())))
                self.assertEqual(str(self.activity_type.label), before)

    def _recorded_by_finishing(self, key: UUID) -> list[Any]:
        recorded: list[Any] = []

        def listen(sender: Any, *, statements: Sequence[Any], **kwargs: Any) -> None:
            recorded.extend(statements)

        xapi.recorded.connect(listen, weak=False, dispatch_uid="bdhvs_lms.conformance")
        try:
            self.finish(key)
        finally:
            xapi.recorded.disconnect(dispatch_uid="bdhvs_lms.conformance")
        about = [fact for fact in recorded if str(fact.object_id).endswith(f"/{key}")]
        self.assertTrue(about, "finish() recorded nothing about the activity (bdhvs_lms.tracking.api.record).")
        return about

    def test_doing_it_records_what_it_declares(self) -> None:
        key = self.publish()
        about = self._recorded_by_finishing(key)
        self.assertLessEqual({fact.verb for fact in about}, self.activity_type.records)
        finishing = {"completed": xapi.Verb.COMPLETED, "passed": xapi.Verb.PASSED}[self.activity_type.done_on]
        self.assertIn(finishing, {fact.verb for fact in about})
        for fact in about:
            self.assertEqual(fact.statement["object"]["definition"]["type"], self.activity_type.activity_iri)

    def test_every_statement_says_of_what_and_where(self) -> None:
        key = self.publish()
        revision = self._activity(key).revision
        for fact in self._recorded_by_finishing(key):
            context = fact.statement["context"]
            self.assertEqual(context["revision"], revision)
            self.assertTrue(context["platform"])
            self.assertTrue(context["language"])
            self.assertTrue(context["contextActivities"]["grouping"], "The course belongs into grouping.")
            if "attempts" in self.activity_type.features:
                self.assertIn("registration", context, "Attempts are told apart by their registration.")

    def test_doing_it_finishes_it(self) -> None:
        key = self.publish()
        self.finish(key)
        model = apps.get_model("bdhvs_lms", "Result")
        moment = f"{self.activity_type.done_on}_at"
        moments = list(model._default_manager.filter(activity_key=key).values_list(moment, flat=True))
        self.assertEqual(len(moments), 1, "One learner did it: one result.")
        self.assertIsNotNone(moments[0], f"The result has no {moment}.")
