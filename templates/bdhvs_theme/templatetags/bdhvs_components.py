"""What the page of components needs."""

import re
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
_CLASSES = re.compile(r'class="([^"]*)"')


class _Shown(template.Node):
    def __init__(self, name: Any, file: Any, body: template.NodeList) -> None:
        self.name, self.file, self.body = name, file, body

    def render(self, context: template.Context) -> SafeString:
        made = self.body.render(context)
        classes = dict.fromkeys(word for found in _CLASSES.findall(made) for word in found.split())
        return format_html(
            '<section><h2 lang="en">{}</h2><p class="muted small" lang="en">'
            "<code>{}</code><br><code>{}</code></p>{}</section>",
            self.name.resolve(context),
            self.file.resolve(context),
            " ".join(f".{word}" for word in classes),
            made,
        )


@register.tag
def shown(parser: Any, token: Any) -> _Shown:
    """{% shown "Name" "file" %}…{% endshown %}: what is inside, below its name, the file it stands in and its classes,
    which are read from what was made."""
    _tag, name, file = token.split_contents()
    body = parser.parse(("endshown",))
    parser.delete_first_token()
    return _Shown(parser.compile_filter(name), parser.compile_filter(file), body)
