"""Every code that a finding may carry: whose rule it is, whether it refuses the package, and what it says in English.

Codes that H5P's own validator has are spelled as there (h5p-php-library, H5PValidator).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["CLAUSES", "PHRASES", "Clause", "filled"]


@dataclass(frozen=True)
class Clause:
    rule: str
    message: str
    """With %(name)s for each of the finding's params."""
    severity: Literal["error", "warning"] = "error"


CLAUSES: dict[str, Clause] = {
    # --- H5P's own -----------------------------------------------------------------------------------------------
    "unable-to-unzip": Clause("h5p:zip", "This is not a zip archive that can be read: %(detail)s."),
    "file-size-too-large": Clause(
        "h5p:file-size", "The file unpacks to %(size)s bytes; at most %(most)s are accepted."
    ),
    "total-size-too-large": Clause(
        "h5p:total-size", "All files together unpack to %(size)s bytes; at most %(most)s are accepted."
    ),
    "not-in-whitelist": Clause(
        "h5p:whitelist", "Files of this kind are not allowed in the %(part)s. Allowed extensions: %(allowed)s."
    ),
    "invalid-content-folder": Clause("h5p:content-json", "The package has no content/content.json."),
    "invalid-h5p-json-file": Clause("h5p:h5p-json", "The package has no h5p.json."),
    "unable-to-parse-package": Clause("h5p:json", "The file is not valid JSON: %(detail)s."),
    "missing-required-property": Clause("h5p:required-property", "“%(property)s” is required and missing."),
    "invalid-property": Clause("h5p:property", "“%(property)s” is not as H5P wants it: %(value)s."),
    "illegal-option-in-library": Clause(
        "h5p:property-option", "“%(property)s” names %(value)s; it may name %(allowed)s."
    ),
    "unknown-license": Clause("h5p:license", "H5P knows no licence %(value)s. It may be: %(allowed)s."),
    "api-version-unsupported": Clause(
        "h5p:core-api", "This needs version %(required)s of the H5P core; the site has %(current)s."
    ),
    "invalid-library-name": Clause(
        "h5p:library-folder-pattern", "A library's folder may have letters, digits, “_”, “-” and “.” in its name."
    ),
    "invalid-library-json-file": Clause(
        "h5p:library-json", "This folder should hold a library, and has no valid library.json: %(detail)s."
    ),
    "invalid-semantics-json-file": Clause("h5p:semantics", "semantics.json is not valid JSON: %(detail)s."),
    "invalid-language-file": Clause("h5p:language", "This is no translation of a library: %(detail)s."),
    "library-directory-name-mismatch": Clause(
        "h5p:library-folder-name", "The library's folder should be named %(wanted)s, after its library.json."
    ),
    "library-missing-file": Clause(
        "h5p:preloaded-files", "The library's “%(property)s” names %(path)s, which is not there."
    ),
    "missing-main-library": Clause(
        "h5p:dependencies", "The main library %(library)s is neither in the package nor on this site."
    ),
    "missing-required-library": Clause(
        "h5p:dependencies", "%(library)s is needed by %(needed_by)s, and is neither in the package nor on this site."
    ),
    # H5P refuses this. Nobody edits content on this site, so nothing that plays is missing.
    "missing-editor-library": Clause(
        "h5p:editor-dependencies",
        "%(library)s, which the editor needs for %(needed_by)s, is neither in the package nor on this site.",
        "warning",
    ),
    # --- The archive ---------------------------------------------------------------------------------------------
    "package-too-large": Clause("bdhvs:packed-size", "The package has more than %(most)s bytes."),
    "empty-archive": Clause("bdhvs:empty", "The archive has no files."),
    "too-many-entries": Clause(
        "bdhvs:entry-count", "The archive has %(count)s entries; at most %(most)s are accepted."
    ),
    "prepended-data": Clause("bdhvs:prepended-data", "%(count)s bytes stand before the archive."),
    "trailing-data": Clause("bdhvs:trailing-data", "%(count)s bytes stand behind the archive."),
    "ambiguous-end": Clause("bdhvs:one-directory", "The archive has two ends: readers would see different files."),
    "multi-disk": Clause("bdhvs:multi-disk", "The archive is one part of several."),
    "zip64-mismatch": Clause("bdhvs:zip64", "The 64-bit records contradict the archive: %(detail)s."),
    "directory-mismatch": Clause("bdhvs:directory", "The archive's directory contradicts itself: %(detail)s."),
    "header-mismatch": Clause(
        "bdhvs:headers-agree", "The header before the file and the directory say different things: %(detail)s."
    ),
    "overlapping-entries": Clause("bdhvs:overlap", "The file shares bytes of the archive with %(other)s."),
    "hidden-entry": Clause("bdhvs:hidden-entry", "The archive has an entry that its directory does not list."),
    "encrypted-entry": Clause("bdhvs:encrypted", "The file is encrypted."),
    "unsupported-method": Clause(
        "bdhvs:method", "The file is packed in a way (%(method)s) that browsers' tools cannot read."
    ),
    "size-mismatch": Clause("bdhvs:true-sizes", "The archive says %(declared)s bytes, and the file has %(found)s."),
    "checksum-mismatch": Clause("bdhvs:checksum", "The file's checksum is not the one that the archive says."),
    "broken-data": Clause("bdhvs:data", "The file's packed data are broken: %(detail)s."),
    "compression-ratio": Clause(
        "bdhvs:ratio", "Unpacked this is %(ratio)s times as large; at most %(most)s times is accepted."
    ),
    "unclaimed-bytes": Clause("bdhvs:unclaimed-bytes", "%(count)s bytes of the archive belong to no file.", "warning"),
    # --- Names ---------------------------------------------------------------------------------------------------
    "zip-slip": Clause("bdhvs:zip-slip", "The path leads out of its folder."),
    "absolute-name": Clause("bdhvs:absolute-name", "The path is absolute."),
    "drive-name": Clause("bdhvs:drive-name", "The path names a drive or a stream (“:”)."),
    "backslash-name": Clause("bdhvs:backslash-name", "The path has a backslash."),
    "control-character": Clause("bdhvs:name-characters", "The path has a control character."),
    "name-encoding": Clause("bdhvs:name-encoding", "The path is not valid UTF-8."),
    "name-too-long": Clause(
        "bdhvs:name-length", "The path is too long: %(length)s bytes; at most %(most)s are accepted."
    ),
    "empty-segment": Clause("bdhvs:name-segments", "A folder in the path has no name."),
    "symlink": Clause("bdhvs:symlink", "This is a link to another file."),
    "special-file": Clause("bdhvs:special-file", "This is neither a file nor a folder."),
    "folder-with-data": Clause("bdhvs:folder-with-data", "A folder has data."),
    "duplicate-entry": Clause("bdhvs:duplicate", "The path stands twice in the archive, with different contents."),
    "case-duplicate": Clause(
        "bdhvs:case-duplicate", "This and %(other)s differ only in case or accents' spelling, and in contents."
    ),
    "file-and-folder": Clause("bdhvs:file-and-folder", "The path is a file's and a folder's at once."),
    "identical-duplicate": Clause(
        "bdhvs:duplicate", "The file stands more than once in the archive, with the same contents.", "warning"
    ),
    # H5P's validator refuses packages that have entries for content/ and its folders; they hold nothing.
    "folder-entry": Clause(
        "h5p:whitelist", "The archive has entries for folders; H5P's own sites refuse that.", "warning"
    ),
    # --- JSON ----------------------------------------------------------------------------------------------------
    "json-too-large": Clause("bdhvs:json-size", "The JSON file has %(size)s bytes; at most %(most)s are accepted."),
    "too-much-json": Clause(
        "bdhvs:json-total", "h5p.json, content.json and every library.json together have more than %(most)s bytes."
    ),
    "json-too-many-values": Clause("bdhvs:json-values", "The JSON has more than %(most)s values."),
    "json-too-deep": Clause("bdhvs:json-depth", "The JSON is nested more than %(most)s levels deep."),
    "json-not-utf8": Clause("bdhvs:json-utf8", "The JSON file is not UTF-8 text without byte order mark."),
    "json-number": Clause("bdhvs:json-numbers", "The JSON has a number that is none or too large: %(value)s."),
    "json-character": Clause("bdhvs:json-characters", "The JSON has a NUL or half a character (a lone surrogate)."),
    "json-duplicate-key": Clause("bdhvs:json-keys", "The JSON says “%(key)s” twice, and not the same."),
    "json-repeated-key": Clause("bdhvs:json-keys", "The JSON says “%(key)s” twice; the last one counts.", "warning"),
    # --- Content and libraries -----------------------------------------------------------------------------------
    "active-drawing": Clause("bdhvs:active-content", "The drawing would run a program or load a page: %(detail)s."),
    "unreadable-drawing": Clause("bdhvs:readable-content", "The file cannot be searched for programs: %(detail)s."),
    "invalid-content": Clause("bdhvs:content-json", "content.json is neither an object nor an array."),
    "main-library-undeclared": Clause(
        "bdhvs:main-library", "h5p.json does not name the main library %(library)s among its preloaded dependencies."
    ),
    "main-library-not-runnable": Clause(
        "bdhvs:runnable", "The main library %(library)s is not meant to be played on its own.", "warning"
    ),
    "path-outside-library": Clause(
        "bdhvs:path-in-library", "The library's “%(property)s” names %(path)s, which is outside its folder."
    ),
    "library-twice": Clause(
        "bdhvs:library-twice", "%(library)s is also in the folder %(other)s, with different files."
    ),
    "too-many-libraries": Clause(
        "bdhvs:library-count", "The package has %(count)s libraries; at most %(most)s are accepted."
    ),
    "boolean-property": Clause(
        "h5p:property", "“%(property)s” is true or false; H5P's own sites want 0 or 1.", "warning"
    ),
    "empty-property": Clause(
        "h5p:property", "“%(property)s” is empty; H5P's own sites want it left out then.", "warning"
    ),
    "content-library-missing": Clause(
        "bdhvs:content-libraries",
        "The content uses %(library)s, which is neither in the package nor on this site: that part will not play.",
        "warning",
    ),
    "more-findings": Clause("bdhvs:findings", "%(count)s further findings.", "warning"),
}

PHRASES = frozenset(
    {
        "another name",
        "another size or checksum",
        "another way of packing",
        "content",
        "entities in a large file",
        "it has fewer entries than it says",
        "it has more entries than it says",
        "it has no end record",
        "it is cut off",
        "it is empty",
        "it is no object",
        "it is null",
        "it is shorter than it says",
        "it is too large",
        "its encoding is unknown",
        "its name says no language",
        "library",
        "line %(line)s, column %(column)s",
        "something stands behind their end",
        "the content",
        "the directory",
        "the directory would reach behind its own end",
        "their locator points elsewhere",
        "there is none",
        "they are cut off",
        "they are missing",
        "they give another size",
        "they make no sense",
        "they say %(wide)s instead of %(plain)s",
        "they stand twice at one entry",
    }
)
"""Values of findings' params that are words, in English; with %(name)s for others of the same finding."""


def filled(message: str, params: Mapping[str, Any], translated: Callable[[str], str] = str) -> str:
    """A clause's message with a finding's params in it. ``translated`` gets the PHRASES among them."""
    return message % {
        name: translated(value) % params if isinstance(value, str) and value in PHRASES else value
        for name, value in params.items()
    }
