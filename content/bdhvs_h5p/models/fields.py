"""JSON exactly as a package has it: key order kept, and with whatever text a JSON document may hold."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

__all__ = ["PlainJSONField"]


class PlainJSONField(models.TextField):
    """Python data in, Python data out, ASCII text in the column.

    Why no JSONField? PostgreSQL's jsonb sorts keys and refuses "\\u0000" and lone surrogates: a package that plays
    elsewhere could not be stored, or would be stored as something else. Nobody queries inside these values.
    """

    # What mypy takes for the attribute of a model: any JSON, not text.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else json.dumps(value, ensure_ascii=True, separators=(",", ":"))

    def value_to_string(self, obj: Any) -> str:
        return str(self.get_prep_value(self.value_from_object(obj)))

    def deconstruct(self) -> Any:
        # The column is a plain one, so migrations name the plain class and need nothing of ours.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs
