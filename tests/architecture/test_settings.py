"""Settings of ours: declared in one place per package, read when they are used, never while modules are loaded."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import override_settings

from bdhvs_xapi.app_settings import AppSettings
from tests.architecture.layers import APPS, LOADED_PACKAGES, ROOT, ROOT_PACKAGES
from tests.support.live import clean_environment
from tests.support.loops import for_each

# Who reads what while every module is loaded, from the first import on: a process that has just begun.
LOADING = """
import importlib, json, pkgutil, sys

import django
from django.conf import LazySettings, settings

settings.INSTALLED_APPS
packages = tuple(sys.argv[1:])
read = []
plain = LazySettings.__getattribute__


def watched(self, name):
    frame = sys._getframe(1)
    # A setting of ours is asked for by whoever asks the object.
    while frame.f_globals.get("__name__") == "bdhvs_xapi.app_settings":
        frame = frame.f_back
    module = frame.f_globals.get("__name__", "")
    if name.isupper() and module.partition(".")[0] in packages:
        read.append((module, name))
    return plain(self, name)


LazySettings.__getattribute__ = watched
django.setup()
for name in packages:
    for found in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
        if ".migrations" not in found.name:
            importlib.import_module(found.name)
print(json.dumps(sorted(set(read))))
"""


def test_no_setting_is_read_while_modules_are_loaded(tmp_path: Path) -> None:
    environment = clean_environment(
        BDHVS_DATA_DIR=str(tmp_path), BDHVS_INSECURE_LOOPBACK="1", DJANGO_SETTINGS_MODULE="bdhvs_lms.site.settings"
    )
    done = subprocess.run(
        [sys.executable, "-c", LOADING, *LOADED_PACKAGES],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    read = {(module, name) for module, name in json.loads(done.stdout.splitlines()[-1])}
    # A field that points at users has to know their model while its class is made; addresses know theirs when loaded.
    users = {(module, name) for module, name in read if name == "AUTH_USER_MODEL"}
    assert ("bdhvs_lms.audit.models", "AUTH_USER_MODEL") in users, "the watch sees what is read"
    assert read - users == {("bdhvs_lms.site.urls", name) for name in ("DEBUG", "MEDIA_URL")}


def test_settings_of_ours_are_read_where_they_are_declared() -> None:
    """`django.conf.settings` is asked for none of ours by name: `app_settings` of the package's `conf` is."""
    found = []
    for package in APPS:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = []
                if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "settings":
                    names = [node.attr]
                elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("getattr", "hasattr"):
                    names = [ast.literal_eval(each) for each in node.args[1:] if isinstance(each, ast.Constant)]
                if any(str(name).startswith("BDHVS_") for name in names):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def ours() -> list[type[AppSettings]]:
    return [each for each in AppSettings.__subclasses__() if each.__module__.partition(".")[0] in ROOT_PACKAGES]


@pytest.mark.django_db
def test_every_impossible_value_is_said_at_once(tmp_path: Path) -> None:
    """No other check falls over what one of them has to say."""
    impossible: Any = object()
    declared = {each.name: each.error for owner in ours() for each in owner.declared()}
    with override_settings(**dict.fromkeys(declared, impossible)):
        messages = run_checks(include_deployment_checks=True, databases=["default"])
    said = [(message.msg.split()[0], message.id) for message in messages if repr(impossible) in message.msg]
    assert dict(said) == declared
    assert len(said) == len(declared) > 40


@pytest.mark.django_db
@for_each("owner", ours(), ids=lambda owner: owner.prefix)
def test_a_mistyped_name_is_warned_of_on_the_ready_site(owner: type[AppSettings]) -> None:
    assert [message for message in run_checks() if "no installed app declares it" in message.msg] == []
    [first, *_] = owner.declared()
    with override_settings(**{f"{first.name}S": 1}):
        found = [message for message in run_checks() if "no installed app declares it" in message.msg]
    assert [(message.id, message.hint) for message in found] == [(owner.warning, f"Did you mean {first.name}?")]
