"""The reference of what strangers build on, made from docstrings: `make reference`."""

import os
from importlib.metadata import version as version_of
from typing import Any

import django
from sphinx.application import Sphinx
from sphinx.ext.napoleon import Config, GoogleDocstring

os.environ.update(
    DJANGO_SETTINGS_MODULE="bdhvs_lms.site.settings",
    DATABASE_URL="sqlite://:memory:",
    BDHVS_SECRET_KEY="only-to-read-docstrings-" + "0123456789" * 3,
)
django.setup()

project = "bdhvs-lms"
version = release = version_of("bdhvs-lms")
author = "bdhvs-lms maintainers"
copyright = author
extensions = ["sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
# Docstrings mark names of code by `single` backticks.
default_role = "code"
add_module_names = False
autodoc_member_order = "bysource"
# What Django and Wagtail say of a method that ours replaces is about theirs.
autodoc_inherit_docstrings = False
# Two things of the same name: a name in a docstring is no link anyway.
suppress_warnings = ["ref.python"]
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True, "imported-members": True}
python_maximum_signature_line_length = 90
html_theme = "furo"
html_title = f"bdhvs-lms {release}"
html_show_sphinx = False
html_copy_source = False
# Nothing is asked of another server, when it is made or read.
templates_path = []


def setup(app: Sphinx) -> None:
    def sections(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
        """“Args:” and its like. Not of attributes, of whose text napoleon takes all before a colon for a type."""
        if what not in ("attribute", "data", "property"):
            lines[:] = str(GoogleDocstring(lines, Config(), None, what, name, obj)).split("\n")

    app.connect("autodoc-process-docstring", sections)
