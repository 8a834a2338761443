"""The admin's first page: what waits for whoever has opened it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component

from bdhvs_lms.plugins.api import what_waits


class WaitingPanel(Component):
    name = "bdhvs-waiting"
    template_name = "bdhvs_lms/admin/waiting.html"
    order = 10

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        return {"waiting": what_waits(parent_context["request"].user)}
