"""Vietnamese from before Unicode: TCVN3 (fonts .VnTime, .VnArial …) and VNI (VNI-Times …).

Such a file holds Western letters and signs that only its own fonts show as Vietnamese: "Bµi häc" for "Bài học". A
telephone has no such font. No converting here: without the fonts nobody can tell whether it came out right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from question_files.language import gettext as _

Encoding = Literal["tcvn3", "vni"]

# What Unicode has for Vietnamese and no other language writes: đ ă ơ ư, and letters with two marks or a dot below.
_UNICODE = re.compile(r"[\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")
# TCVN 5712:1993, VN3: signs of Latin-1 within a word. Two at least of a word that is spelt so are in most sentences.
_TCVN3 = re.compile(r"[^\W\d_][µ¶·¸¹¨©ª«¬\xad®»¼½¾]|[µ¶·¸¹¨©ª«¬\xad®»¼½¾][^\W\d_]")
# VNI: a vowel and its mark as a letter of its own. Only marks that do not follow a vowel in Unicode's Vietnamese.
_VNI = re.compile(r"[aeouyöô][øïåäüëæûù]|ñ|ö[^\W\d_]", re.IGNORECASE)

# So many words say it of the longest text.
_ENOUGH = 5_000


def of_font(name: str) -> Encoding | None:
    """By the name of a font alone."""
    name = name.strip().lower()
    if name.startswith(".vn"):
        return "tcvn3"
    return "vni" if re.match(r"vni[- ]", name) else None


def legacy_encoding(text: str, fonts: Iterable[str] = ()) -> Encoding | None:
    """Which old encoding this text is in; None: in none. `fonts`: names of those that it is set in.

    A font of such an encoding is a strong sign, but no proof: English letters are the same in all.
    """
    # Word keeps letters of fonts that call themselves symbols in Unicode's private area.
    text = re.sub(r"[\uf020-\uf0ff]", lambda found: chr(ord(found[0]) - 0xF000), text)
    words = text.split(maxsplit=_ENOUGH)[:_ENOUGH]
    named = {found for found in map(of_font, fonts) if found}
    modern = sum(1 for word in words if _UNICODE.search(word))
    kinds: tuple[tuple[Encoding, re.Pattern[str]], ...] = (("tcvn3", _TCVN3), ("vni", _VNI))
    counted = {kind: sum(1 for word in words if sign.search(word)) for kind, sign in kinds}
    kind: Encoding = "tcvn3" if counted["tcvn3"] >= counted["vni"] else "vni"
    count = counted[kind]
    if count > modern and kind in named:
        return kind
    return kind if count >= 5 and count > modern and count * 8 >= len(words) else None


def what_to_do(encoding: Encoding) -> str:
    """A sentence for whoever brought such a text."""
    name = {"tcvn3": "TCVN3 (ABC)", "vni": "VNI Windows"}[encoding]
    fonts = {"tcvn3": ".VnTime", "vni": "VNI-Times"}[encoding]
    return _(
        "This file is written in the old encoding %(name)s (fonts such as %(fonts)s), which phones cannot show. "
        "Convert it to Unicode, for example with UniKey Toolkit (Ctrl+Shift+F6, from %(name)s to Unicode), save it "
        "as .docx and upload that."
    ) % {"name": name, "fonts": fonts}
