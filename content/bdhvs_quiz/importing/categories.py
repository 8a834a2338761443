"""Categories of the bank by the names that a command or a file gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from wagtail.models import Collection

from bdhvs_lms.base.api import nfc

MAX_NAME = 255


class NoCategory(Exception):
    """No category, or several, of this name. The text names them, for people."""


def named(text: str) -> tuple[str, ...]:
    """Split 'An toàn / Mật khẩu' into its names, from the outermost in."""
    return tuple(name for part in text.split("/") if (name := nfc(" ".join(part.split()))))


def path_of(category: Collection) -> tuple[str, ...]:
    """Return the names from below the root in; of the root none."""
    return tuple(one.name for one in category.get_ancestors(inclusive=True) if not one.is_root())


def find_category(path: Sequence[str]) -> Collection | None:
    """Find the category whose names end with these; the one from the root goes before others.
    Raises NoCategory for several. Two queries for each name at most."""
    root = Collection.get_first_root_node()
    if not path:
        return root
    below = _below(root, path)
    if below is not None:
        return below
    ending = [one for one in Collection.objects.filter(name__iexact=path[-1]).order_by("path") if _ends(one, path)]
    if len(ending) > 1:
        raise NoCategory(
            _("Several categories are called “%(name)s”: %(paths)s. Write the whole path.")
            % {"name": path[-1], "paths": "; ".join(" / ".join(path_of(one)) for one in ending)}
        )
    return ending[0] if ending else None


def _below(category: Collection, path: Sequence[str]) -> Collection | None:
    found = category
    for name in path:
        children = [one for one in found.get_children() if _same(one.name, name)]
        if not children:
            return None
        found = children[0]
    return found


def _same(one: str, other: str) -> bool:
    return nfc(one).casefold() == nfc(other).casefold()


def _ends(category: Collection, path: Sequence[str]) -> bool:
    names = path_of(category)[-len(path) :]
    return len(names) == len(path) and all(map(_same, names, path))


MAX_DEPTH = 8


def made_below(category: Collection, paths: Iterable[Sequence[str]]) -> dict[tuple[str, ...], Collection]:
    """Make the missing ones of a file's own categories below this one, and return all; deeper ones end at the eighth
    name."""
    return {tuple(path): make_category(path[:MAX_DEPTH], below=category) for path in dict.fromkeys(map(tuple, paths))}


def missing_below(category: Collection, paths: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """List the paths of a file's own categories that `made_below` would make, without those in between."""
    each = dict.fromkeys(tuple(path)[:MAX_DEPTH] for path in paths)
    return [path for path in each if _below(category, path) is None]


def make_category(path: Sequence[str], below: Collection | None = None) -> Collection:
    """Return the category at this path; make what is missing of it."""
    found = below or Collection.get_first_root_node()
    for name in path:
        there = _below(found, [name])
        found = there or Collection.objects.get(pk=found.pk).add_child(name=name[:MAX_NAME])
    return found
