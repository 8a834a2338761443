"""Rules of H5P's own validator for h5p.json and library.json, as data, and the check of one against them.

After H5PValidator in h5p-php-library (core API 1.27). Where it says bytes we count characters: titles in Vietnamese may
be as long as titles in English. Null, an empty list and, where nothing has to be, an empty text are taken for what is
not there, and true and false for 1 and 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from h5p_python_adapter.findings import Findings

__all__ = [
    "CONTENT_EXTENSIONS",
    "H5P_OPTIONAL",
    "H5P_REQUIRED",
    "LANGUAGE_FILE",
    "LIBRARY_EXTENSIONS",
    "LIBRARY_FOLDER",
    "LIBRARY_OPTIONAL",
    "LIBRARY_REQUIRED",
    "Schema",
    "check",
    "extension",
]

# H5PCore::$defaultContentWhitelist of core API 1.26: 1.27 moved svg and xml to the libraries' list. Content that was
# made before has them, so they are let through when nothing in them runs (drawings.py).
CONTENT_EXTENSIONS = frozenset(
    "json png jpg jpeg gif bmp tif tiff svg eot ttf woff woff2 otf webm mp4 ogg mp3 m4a wav txt pdf rtf doc docx xls "
    "xlsx ppt pptx odt ods odp xml csv diff patch swf md textile vtt webvtt gltf glb".split()
)
LIBRARY_EXTENSIONS = CONTENT_EXTENSIONS | {"js", "css"}

LIBRARY_FOLDER = re.compile(r"[A-Za-z0-9_.\-]{1,255}")
# One to seven groups of letters with hyphens between, as in zh-hans.json or pt-br.json.
LANGUAGE_FILE = re.compile(r"-?[a-z]+(?:-[a-z]+){0,6}\.json", re.IGNORECASE)


@dataclass(frozen=True)
class Text:
    """A string or whole number that a pattern matches whole."""

    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Licence:
    names: tuple[str, ...]


@dataclass(frozen=True)
class Options:
    """A list of some of these."""

    allowed: tuple[str, ...]


@dataclass(frozen=True)
class Parts:
    """An object with all these properties, or a list of such objects."""

    properties: Mapping[str, Text]
    many: bool = True


Schema = Mapping[str, "Text | Licence | Options | Parts"]


def _text(pattern: str) -> Text:
    return Text(re.compile(pattern))


_LINE = _text(r".{1,255}")
_LONG = _text(r"(?s:.{1,5000})")
_SOME = _text(r"(?s:.+)")
_NUMBER = _text(r"[0-9]{1,5}")
_SHORT_NUMBER = _text(r"[0-9]{1,4}")
_FLAG = _text(r"[01]")
_NAME = _text(r"[A-Za-z0-9_.\-]{1,255}")
_DEPENDENCIES = Parts({"machineName": _NAME, "majorVersion": _NUMBER, "minorVersion": _NUMBER})
_EMBEDDING = Options(("iframe", "div"))
# A path of names, each after one separator. H5P's pattern says the same in a way that takes for ever on some strings.
_SCRIPTS = Parts({"path": _text(r"(?:[\\/]?[A-Za-z0-9_.\-\s])+\.[Jj][Ss]")})
_STYLES = Parts({"path": _text(r"(?:[\\/]?[A-Za-z0-9_.\-\s])+\.[Cc][Ss][Ss]")})

H5P_REQUIRED: Schema = {
    "title": _LINE,
    "language": _text(r"[-a-zA-Z]{1,10}"),
    "preloadedDependencies": _DEPENDENCIES,
    "mainLibrary": _text(r"[$A-Za-z_][0-9A-Za-z_.$]{1,254}"),
    "embedTypes": _EMBEDDING,
}
H5P_OPTIONAL: Schema = {
    "contentType": _LINE,
    "dynamicDependencies": _DEPENDENCIES,
    "author": _LINE,
    "authors": Parts({"name": _LINE, "role": _text(r"[A-Za-z0-9_]+")}),
    "source": _text(r"https?://.+"),
    "license": Licence(
        (
            *("CC BY", "CC BY-SA", "CC BY-ND", "CC BY-NC", "CC BY-NC-SA", "CC BY-NC-ND", "CC0 1.0"),
            *("GNU GPL", "PD", "ODC PDDL", "CC PDM", "U", "C"),
        )
    ),
    "licenseVersion": _text(r"1\.0|2\.0|2\.5|3\.0|4\.0"),
    "licenseExtras": _LONG,
    "yearsFrom": _SHORT_NUMBER,
    "yearsTo": _SHORT_NUMBER,
    "changes": Parts(
        {
            "date": _text(r"[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{1,2}:[0-9]{2}:[0-9]{2}"),
            "author": _LINE,
            "log": _LONG,
        }
    ),
    "authorComments": _LONG,
    "w": _SHORT_NUMBER,
    "h": _SHORT_NUMBER,
    "metaKeywords": _SOME,
    "metaDescription": _SOME,
}
LIBRARY_REQUIRED: Schema = {
    "title": _LINE,
    "majorVersion": _NUMBER,
    "minorVersion": _NUMBER,
    "patchVersion": _NUMBER,
    "machineName": _NAME,
    "runnable": _FLAG,
}
LIBRARY_OPTIONAL: Schema = {
    "author": _LINE,
    "license": Licence(
        (
            *("cc-by", "cc-by-sa", "cc-by-nd", "cc-by-nc", "cc-by-nc-sa", "cc-by-nc-nd", "pd", "cr"),
            *("MIT", "GPL1", "GPL2", "GPL3", "MPL", "MPL2"),
        )
    ),
    "description": _SOME,
    "metadataSettings": Parts({"disable": _FLAG, "disableExtraTitleField": _FLAG}, many=False),
    "dynamicDependencies": _DEPENDENCIES,
    "preloadedDependencies": _DEPENDENCIES,
    "editorDependencies": _DEPENDENCIES,
    "preloadedJs": _SCRIPTS,
    "preloadedCss": _STYLES,
    "dropLibraryCss": Parts({"machineName": _NAME}),
    "w": _SHORT_NUMBER,
    "h": _SHORT_NUMBER,
    "embedTypes": _EMBEDDING,
    "fullscreen": _FLAG,
    "coreApi": Parts({"majorVersion": _NUMBER, "minorVersion": _NUMBER}, many=False),
}


def extension(path: str) -> str:
    """Return the text behind the last dot of a path, in lower case, for the whitelists; empty when there is none."""
    return path.rpartition("/")[2].rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""


def check(
    data: Any, required: Schema, optional: Schema, file: str, findings: Findings, core_api: tuple[int, int]
) -> frozenset[str]:
    """Return the properties that are there and as they should be; a finding for every other that has a rule.

    Properties without a rule are nobody's business: content types have their own.
    """
    good = set()
    for name, rule in (*required.items(), *optional.items()):
        value = data.get(name)
        if value == "" and name not in required:
            # Forms that were left empty. H5P's own sites write them into packages, and refuse them.
            findings.add("empty-property", file, property=name)
        elif value is not None:
            if _fits(value, rule, name, file, findings):
                good.add(name)
        elif name in required:
            # PHP's isset() takes null for nothing, too.
            findings.add("missing-required-property", file, property=name)
    _check_core_api(data.get("coreApi"), file, findings, core_api)
    return frozenset(good)


def _fits(value: Any, rule: Text | Licence | Options | Parts, name: str, file: str, findings: Findings) -> bool:
    match rule:
        case Parts():
            return _fits_parts(value, rule, name, file, findings)
        case Options(allowed):
            chosen = [value] if isinstance(value, str) else value
            if isinstance(chosen, list):
                wrong = [one for one in chosen if one not in allowed]
                if wrong:
                    shown = ", ".join(allowed)
                    findings.add(
                        "illegal-option-in-library", file, property=name, value=_shown(wrong[0]), allowed=shown
                    )
                return not wrong
        case Licence(names):
            if isinstance(value, str):
                if value not in names:
                    findings.add("unknown-license", file, value=_shown(value), allowed=", ".join(names))
                return value in names
        case Text(pattern):
            if isinstance(value, bool) and rule is _FLAG:
                findings.add("boolean-property", file, property=name)
                return True
            if isinstance(value, str | int) and not isinstance(value, bool):
                # PHP's "$" stands before a line break at the end, too.
                if pattern.fullmatch(str(value).removesuffix("\n")):
                    return True
    findings.add("invalid-property", file, property=name, value=_shown(value))
    return False


def _fits_parts(value: Any, rule: Parts, name: str, file: str, findings: Findings) -> bool:
    if not rule.many:
        # PHP writes an empty object as an empty list.
        parts = [value] if value != [] else []
    else:
        parts = value if isinstance(value, list) else [value] if name in ("authors", "changes") else [None]
    good = True
    for part in parts:
        if not isinstance(part, dict):
            findings.add("invalid-property", file, property=name, value=_shown(value if part is None else part))
            return False
        for inner, pattern in rule.properties.items():
            if part.get(inner) is None:
                findings.add("missing-required-property", file, property=f"{name}.{inner}")
                good = False
            else:
                good &= _fits(part[inner], pattern, f"{name}.{inner}", file, findings)
    return good


def _check_core_api(wanted: Any, file: str, findings: Findings, current: tuple[int, int]) -> None:
    """Check that the host's core is new enough; without a word from the library, version 1.0 would do."""
    if not isinstance(wanted, dict):
        return
    major, minor = str(wanted.get("majorVersion")), str(wanted.get("minorVersion"))
    if not _NUMBER.pattern.fullmatch(major) or not _NUMBER.pattern.fullmatch(minor):
        return
    required = (int(major), int(minor))
    if required > current:
        shown = [".".join(map(str, version)) for version in (required, current)]
        findings.add("api-version-unsupported", file, required=shown[0], current=shown[1])


def _shown(value: Any) -> str:
    """Format a value for people: strings in quotes, what is large by its kind."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return f"“{value}”"
        case list():
            return "a list"
        case _:
            return "an object"
