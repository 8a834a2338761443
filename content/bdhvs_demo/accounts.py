"""Accounts of those who may sign in: one for each role, all with one password that everybody knows."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from bdhvs_content.api import editors, idle_workflows_off
from bdhvs_lms.campaign import api as campaign
from bdhvs_lms.roles import confirmers, operators, teachers

# Known to everyone who runs a demonstration, which is why `bdhvs demo` serves this machine only.
PASSWORD = "hocvuso2025"  # noqa: S105

# role, user name, address below the site's root
LOGINS = (
    ("Người học", "nguoihoc", "/viec-hoc/"),
    ("Người hướng dẫn", "huongdan", "/day/"),
    ("Ban chỉ đạo", "chidao", "/chi-dao/"),
    ("Cán bộ xác nhận", "canbo", "/xac-nhan/"),
    ("Người biên soạn", "bientap", "/quan-tri/"),
    ("Người vận hành", "vanhanh", "/quan-tri/"),
)


def account(username: str, name: str) -> Any:
    """Return the account, made if it is not there. What it may do comes from groups and assignments."""
    model = get_user_model()
    found = model.objects.filter(username=username).first()
    if found is None:
        found = model(username=username, last_name=name)
        found.set_password(PASSWORD)
        found.save()
    return found


def editor() -> Any:
    user = account("bientap", "Biên soạn")
    user.groups.add(editors())
    # As `bdhvs roles` does: what is submitted would wait for a group in which nobody is.
    idle_workflows_off()
    return user


def operator() -> Any:
    user = account("vanhanh", "Vận hành")
    user.groups.add(operators())
    return user


def teacher() -> Any:
    user = account("huongdan", "Hướng dẫn")
    user.groups.add(teachers())
    return user


def steering(*areas: Any) -> Any:
    """Return a member of the steering committee who sees these areas and what is below them."""
    return _with_areas(account("chidao", "Ban chỉ đạo"), *areas)


def officer(*areas: Any) -> Any:
    """Confirms what people of these areas have achieved, whom teachers propose."""
    user = account("canbo", "Cán bộ xác nhận")
    user.groups.add(confirmers())
    return _with_areas(user, *areas)


def _with_areas(user: Any, *areas: Any) -> Any:
    if not campaign.SteeringAssignment.objects.filter(user=user).exists():
        for area in areas:
            campaign.assign_steering(user, area, by=None)
    return user
