"""The activity type of H5P activities."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bdhvs_content.api import page_address
from bdhvs_lms.plugins.api import ActivityType
from bdhvs_lms.tracking.api import TYPE_INTERACTION, VERB_EXPERIENCED, VERB_INITIALIZED
from h5p_python_adapter import OURS, VERBS


class H5PActivity(ActivityType):
    key = "bdhvs_h5p.h5p"
    label = _("H5P activity")
    icon = "pick"
    activity_iri = TYPE_INTERACTION
    # Whatever a package may say of the whole, and what the server says itself.
    records: ClassVar[frozenset[str]] = frozenset({VERB_INITIALIZED, VERB_EXPERIENCED}) | (frozenset(VERBS) - OURS)
    # A page with a pass mark says 'passed' for itself (H5PPage.finishes_on).
    done_on = "completed"
    features: ClassVar[frozenset[str]] = frozenset({"graded", "attempts"})
    not_begun_label = pgettext_lazy("activity", "Not started")
    in_progress_label = pgettext_lazy("activity", "In progress")
    editors_may: ClassVar[tuple[str, ...]] = tuple(
        f"bdhvs_h5p.{right}_h5pcontent" for right in ("add", "change", "delete", "view")
    )
    # They may bring a package themselves; what editors made of one is not theirs to change.
    operators_may: ClassVar[tuple[str, ...]] = (
        "bdhvs_h5p.install_libraries",
        "bdhvs_h5p.view_library",
        "bdhvs_h5p.delete_library",
        "bdhvs_h5p.add_h5pcontent",
        "bdhvs_h5p.view_h5pcontent",
    )

    def address(self, activity_key: UUID, language: str) -> str | None:
        return page_address(activity_key, language)
