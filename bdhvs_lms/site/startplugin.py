"""`bdhvs startplugin NAME`: the project of a plugin, with tests that pass, in a folder of its own."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from importlib.metadata import PackageNotFoundError, version
from keyword import iskeyword
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.core.management.templates import TemplateCommand

__all__ = ["Command"]

# Of a distribution, a label of an app and a namespace of addresses at once.
_NAME = re.compile(r"[a-z][a-z0-9_]*")
TEMPLATE = Path(__file__).resolve().parent / "plugin_template"


class Command(TemplateCommand):
    """Django's `startapp` with a template of ours: neither settings nor a database are asked for."""

    help = "Make the project of a plugin: a question type, an activity with a page, their tests."
    missing_args_message = "Say its name, which is that of its package: bdhvs startplugin village_maps"
    # As they are called below `plugin_template`, so that no tool takes them for our code.
    rewrite_template_suffixes = (
        (".py-tpl", ".py"),
        (".toml-tpl", ".toml"),
        (".md-tpl", ".md"),
        (".html-tpl", ".html"),
        (".po-tpl", ".po"),
        ("gitignore-tpl", ".gitignore"),
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="name of the package: a Python identifier that is not taken")
        parser.add_argument("directory", nargs="?", help="where to put it; left out: a new folder of that name")

    def handle(self, *args: Any, **options: Any) -> None:
        name, target = options.pop("name"), options.pop("directory")
        if not _NAME.fullmatch(name) or iskeyword(name):
            raise CommandError(
                f"'{name}' is no name of a package: small letters from a to z, digits and _, the first a letter, "
                "and no word of Python's own."
            )
        major, minor = _release()
        super().handle(
            "app",
            name,
            target,
            template=str(TEMPLATE),
            extensions=["py", "toml", "md"],
            files=[],
            exclude=[],
            minor=f"{major}.{minor}",
            next_minor=f"{major}.{minor + 1}",
            **options,
        )
        self.stdout.write(f"{Path(target or name) / 'README.md'} says how to go on.")


def _release() -> tuple[int, int]:
    """Major and minor version of `bdhvs-lms`, which the plugin is for."""
    try:
        major, minor, *_rest = version("bdhvs-lms").split(".")
    except PackageNotFoundError as error:
        raise CommandError("bdhvs-lms is not installed here, only its files are there.") from error
    return int(major), int(minor)
