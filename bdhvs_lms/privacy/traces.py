"""Traces of a closed account in tables that are not about learning: labels that keep its name, a portrait.

Wagtail's tables are found by name and only where they are installed: the core does not import Wagtail. What a page was
called when somebody edited it stays: that is about the page.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from bdhvs_lms.audit.api import relabel_accesses


def forget_account(user: Any, label: str) -> int:
    """Replace what the account was called, wherever a copy of it was kept, by `label`; the portrait goes.

    Inside the caller's transaction; the portrait's file is deleted once that stands. Returns how many rows changed.
    """
    return relabel_accesses(user.pk, label) + _relabel_log(user, label) + _drop_profile(user)


def _installed(name: str) -> Any:
    return apps.get_model(name) if apps.is_installed(_APPS[name.split(".")[0]]) else None


_APPS = {"wagtailcore": "wagtail", "wagtailusers": "wagtail.users"}


def _relabel_log(user: Any, label: str) -> int:
    """Rewrite entries about the account ("user 'lan' created"): their label and what else they say of it."""
    log = _installed("wagtailcore.ModelLogEntry")
    if log is None:
        return 0
    kind = ContentType.objects.get_for_model(get_user_model())
    entries = log.objects.filter(content_type=kind, object_id=str(user.pk)).exclude(label=label)
    return int(entries.update(label=label, data={}))


def _drop_profile(user: Any) -> int:
    profiles = _installed("wagtailusers.UserProfile")
    profile = None if profiles is None else profiles.objects.filter(user=user).first()
    if profile is None:
        return 0
    if profile.avatar:
        transaction.on_commit(partial(profile.avatar.storage.delete, profile.avatar.name))
    profile.delete()
    return 1
