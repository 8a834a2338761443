"""The tables of docs/settings.md, made from the settings objects: `python -m tests.docs.setting_rows` prints them."""

import json
from typing import Any

from bdhvs_allauth.conf import app_settings as allauth
from bdhvs_content.conf import app_settings as content
from bdhvs_h5p.conf import app_settings as h5p
from bdhvs_lms.conf import app_settings as lms
from bdhvs_quiz.conf import app_settings as quiz
from bdhvs_theme.conf import app_settings as theme
from bdhvs_xapi.app_settings import AppSettings
from bdhvs_xapi.conf import app_settings as xapi

OWNERS: dict[str, AppSettings] = {
    "bdhvs_lms": lms,
    "bdhvs_content": content,
    "bdhvs_quiz": quiz,
    "bdhvs_h5p": h5p,
    "bdhvs_xapi": xapi,
    "bdhvs_theme": theme,
    "bdhvs_allauth": allauth,
}


def _default(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"`{each}`" for each in value) or "`()`"
    return str(value) if isinstance(value, int | None) else f"`{json.dumps(value, ensure_ascii=False)}`"


def tables() -> list[str]:
    lines = []
    for package, owner in OWNERS.items():
        lines += [f"### {package}", "", "| setting | default | has to be | what it is |", "|---|---|---|---|"]
        for each in owner.declared():
            lines.append(f"| `{each.name}` | {_default(each.default)} | {each.kind.words} | {each.about} |")
        lines.append("")
    return lines[:-1]


if __name__ == "__main__":
    print("\n".join(tables()))  # noqa: T201
