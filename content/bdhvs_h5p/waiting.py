"""Waiting packages, whose code the site does not have, for an operator's decision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from bdhvs_h5p.models import H5PContent, WaitingPackage
from bdhvs_lms.plugins.api import Waiting


def packages(user: Any) -> Iterator[Waiting]:
    """Tell those who decide how many packages wait; else those who bring packages, that they still wait."""
    decides = user.has_perm("bdhvs_h5p.install_libraries")
    brings = user.has_perm(f"{H5PContent._meta.app_label}.add_{H5PContent._meta.model_name}")
    if not decides and not brings:
        return
    count = WaitingPackage.objects.count()
    if not count:
        return
    if decides:
        text = ngettext(
            "%(count)d H5P package is awaiting your approval",
            "%(count)d H5P packages are awaiting your approval",
            count,
        )
        yield Waiting(text % {"count": count}, reverse("h5p_waiting:index"), order=20)
    else:
        text = ngettext(
            "%(count)d H5P package is awaiting approval by an operator",
            "%(count)d H5P packages are awaiting approval by an operator",
            count,
        )
        yield Waiting(text % {"count": count}, reverse("wagtailsnippets_bdhvs_h5p_h5pcontent:list"), order=60)
