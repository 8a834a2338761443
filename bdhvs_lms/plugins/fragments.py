"""Fragments of question types: found like any template, so that a theme's comes first, else beside the type's class."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

from django.template import Engine, Origin, Template, TemplateDoesNotExist

from bdhvs_lms.plugins.bases import QuestionType


def fragment(kind: QuestionType, name: str) -> Template:
    """Find the template that a type names: of that name, or the file of its last part in the folder of the type's
    class.

    Raises TemplateDoesNotExist.
    """
    engine = Engine.get_default()
    return (_found.__wrapped__ if engine.debug else _found)(engine, type(kind), name)


# By engine: settings that change make another.
@lru_cache(maxsize=512)
def _found(engine: Engine, kind: type[QuestionType], name: str) -> Template:
    try:
        return engine.get_template(name)
    except TemplateDoesNotExist:
        # Also of what it derives from: a type made of another has that one's fragments.
        for base in kind.__mro__:
            source = getattr(sys.modules.get(base.__module__), "__file__", None) or ""
            file = Path(source).with_name(name.rpartition("/")[2]) if source else Path()
            if file.is_file():
                return Template(file.read_text(encoding="utf-8"), Origin(str(file), name), name, engine)
        raise
