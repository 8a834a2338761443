"""Templates are laid out to be read in a diff; what that costs on the wire is taken out when they are loaded."""

import re
from functools import cache

from django.apps import apps
from django.template import Origin
from django.template.loaders import app_directories

# Whose templates are laid out so, and a test holds them to it. Strangers' may mean their white space, and those of
# bdhvs_wagtail_vi are word by word Wagtail's.
_LAID_OUT = {"bdhvs_content", "bdhvs_h5p", "bdhvs_lms", "bdhvs_quiz", "bdhvs_tasks", "bdhvs_theme", "bdhvs_xapi"}
# Tags that put nothing on the page themselves, alone on a line.
_TAG = r"\{% (?:load|extends|if|elif|else|endif|for|empty|endfor|with|endwith|block|endblock)\b(?:(?!%\}).)*%\}"
_TAG_LINES = re.compile(rf"^((?:{_TAG}|\{{#(?:(?!#\}}).)*#\}})+)\n", re.MULTILINE)


class Loader(app_directories.Loader):
    """Templates in the folders of apps. In ours every line begins at the margin, and one of tags alone leaves nothing:
    the same page to a browser, as long as no ``pre``, ``textarea`` or untrimmed text to translate has several lines.
    """

    def get_contents(self, origin: Origin) -> str:
        contents: str = super().get_contents(origin)
        if not (origin.name.endswith(".html") and origin.name.startswith(_ours())):
            return contents
        return _TAG_LINES.sub(r"\1", re.sub(r"[ \t]*\n\s*", "\n", contents))


@cache
def _ours() -> tuple[str, ...]:
    """Folders of apps."""
    return tuple(f"{app.path}/" for app in apps.get_app_configs() if app.name in _LAID_OUT)
