"""Filters for fragments of question types: parts of answers and of keys, by their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.core.files.storage import default_storage
from django.template.loader import render_to_string

from bdhvs_content.api import size_words
from bdhvs_quiz.types.words import credit_of

register = template.Library()


@register.filter
def part(whole: Any, place: Any) -> Any:
    """Return an item of a mapping by its key, or of a list by its number. Total: "" where there is none."""
    if isinstance(whole, Mapping):
        return whole.get(place, "") if isinstance(place, str) else ""
    if isinstance(whole, list | tuple) and isinstance(place, int) and 0 <= place < len(whole):
        return whole[place]
    return ""


@register.filter
def share_of(answers: Iterable[Mapping[str, Any]], text: str) -> str:
    """Return the share that the accepted answer of this text earns, "1" for all of it; "" for nothing."""
    found = [credit_of(one) for one in answers if one["text"] == text]
    return str(max(found)) if found and max(found) > 0 else ""


@register.filter
def media_url(one: Mapping[str, Any]) -> str:
    """Return the address of a version's copy of a picture or sound; "" if it has none."""
    return default_storage.url(one["file"]) if one.get("file") else ""


@register.filter
def media_size(one: Mapping[str, Any]) -> str:
    """Format the size: “1,2 MB”; "": not known."""
    return size_words(one.get("size"))


@register.filter
def with_media(options: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return options with "media", empty where they have none: a template's look-up of a missing key is very slow."""
    return [{"media": (), **option} for option in options]


@register.filter
def whole(option: Mapping[str, Any]) -> str:
    """Render an option by its words and its pictures, a recording by its title."""
    if not option.get("media"):
        return str(option.get("text") or "")
    return render_to_string("bdhvs_quiz/option.html", {"option": option})
