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
    "unable-to-unzip": Clause("h5p:zip", "This zip archive cannot be read: %(detail)s."),
    "file-size-too-large": Clause("h5p:file-size", "The file unpacks to %(size)s bytes; the maximum is %(most)s."),
    "total-size-too-large": Clause(
        "h5p:total-size", "All files together unpack to %(size)s bytes; the maximum is %(most)s."
    ),
    "not-in-whitelist": Clause(
        "h5p:whitelist", "Files of this type are not allowed in the %(part)s. Allowed extensions: %(allowed)s."
    ),
    "invalid-content-folder": Clause("h5p:content-json", "The package has no content/content.json."),
    "invalid-h5p-json-file": Clause("h5p:h5p-json", "The package has no h5p.json."),
    "unable-to-parse-package": Clause("h5p:json", "The file is not valid JSON: %(detail)s."),
    "missing-required-property": Clause("h5p:required-property", "“%(property)s” is required but missing."),
    "invalid-property": Clause("h5p:property", "“%(property)s” has a value that H5P does not accept: %(value)s."),
    "illegal-option-in-library": Clause("h5p:property-option", "“%(property)s” is %(value)s; allowed: %(allowed)s."),
    "unknown-license": Clause("h5p:license", "H5P does not recognise the licence %(value)s. Allowed: %(allowed)s."),
    "api-version-unsupported": Clause(
        "h5p:core-api", "This requires version %(required)s of the H5P core. This site has %(current)s."
    ),
    "invalid-library-name": Clause(
        "h5p:library-folder-pattern", "A library folder name may only contain letters, digits, “_”, “-” and “.”."
    ),
    "invalid-library-json-file": Clause(
        "h5p:library-json", "This folder should contain a library but has no valid library.json: %(detail)s."
    ),
    "invalid-semantics-json-file": Clause("h5p:semantics", "semantics.json is not valid JSON: %(detail)s."),
    "invalid-language-file": Clause("h5p:language", "This is not a library translation: %(detail)s."),
    "library-directory-name-mismatch": Clause(
        "h5p:library-folder-name", "According to library.json, the library folder must be named %(wanted)s."
    ),
    "library-missing-file": Clause(
        "h5p:preloaded-files", "The library's “%(property)s” refers to %(path)s, which does not exist."
    ),
    "missing-main-library": Clause(
        "h5p:dependencies", "The main library %(library)s is neither in the package nor on this site."
    ),
    "missing-required-library": Clause(
        "h5p:dependencies", "%(library)s is required by %(needed_by)s but is neither in the package nor on this site."
    ),
    # H5P refuses this. Nobody edits content on this site, so nothing that plays is missing.
    "missing-editor-library": Clause(
        "h5p:editor-dependencies",
        "%(library)s, which the editor requires for %(needed_by)s, is neither in the package nor on this site.",
        "warning",
    ),
    # --- The archive ---------------------------------------------------------------------------------------------
    "package-too-large": Clause("bdhvs:packed-size", "The package is larger than %(most)s bytes."),
    "empty-archive": Clause("bdhvs:empty", "The archive contains no files."),
    "too-many-entries": Clause("bdhvs:entry-count", "The archive has %(count)s entries; the maximum is %(most)s."),
    "prepended-data": Clause("bdhvs:prepended-data", "%(count)s bytes precede the archive."),
    "trailing-data": Clause("bdhvs:trailing-data", "%(count)s bytes follow the archive."),
    "ambiguous-end": Clause(
        "bdhvs:one-directory", "The archive has two end records, so programs would read different files."
    ),
    "multi-disk": Clause("bdhvs:multi-disk", "This is only one part of a multi-part archive."),
    "zip64-mismatch": Clause("bdhvs:zip64", "The 64-bit records do not match the archive: %(detail)s."),
    "directory-mismatch": Clause("bdhvs:directory", "The archive directory is inconsistent: %(detail)s."),
    "header-mismatch": Clause("bdhvs:headers-agree", "The file header does not match the directory: %(detail)s."),
    "overlapping-entries": Clause("bdhvs:overlap", "The file shares archive data with %(other)s."),
    "hidden-entry": Clause("bdhvs:hidden-entry", "The archive has an entry that is not listed in its directory."),
    "encrypted-entry": Clause("bdhvs:encrypted", "The file is encrypted."),
    "unsupported-method": Clause(
        "bdhvs:method", "The file uses a compression method (%(method)s) that browser tools cannot read."
    ),
    "size-mismatch": Clause("bdhvs:true-sizes", "The archive declares %(declared)s bytes, but the file has %(found)s."),
    "checksum-mismatch": Clause("bdhvs:checksum", "The file checksum does not match the one in the archive."),
    "broken-data": Clause("bdhvs:data", "The compressed data of the file is corrupt: %(detail)s."),
    "compression-ratio": Clause(
        "bdhvs:ratio", "This unpacks to %(ratio)s times its size; the maximum is %(most)s times."
    ),
    "unclaimed-bytes": Clause("bdhvs:unclaimed-bytes", "%(count)s bytes of the archive belong to no file.", "warning"),
    # --- Names ---------------------------------------------------------------------------------------------------
    "zip-slip": Clause("bdhvs:zip-slip", "The path leads outside its folder."),
    "absolute-name": Clause("bdhvs:absolute-name", "The path is absolute."),
    "drive-name": Clause("bdhvs:drive-name", "The path contains a drive or stream name (“:”)."),
    "backslash-name": Clause("bdhvs:backslash-name", "The path contains a backslash."),
    "control-character": Clause("bdhvs:name-characters", "The path contains a control character."),
    "name-encoding": Clause("bdhvs:name-encoding", "The path is not valid UTF-8."),
    "name-too-long": Clause("bdhvs:name-length", "The path is too long: %(length)s bytes; the maximum is %(most)s."),
    "empty-segment": Clause("bdhvs:name-segments", "A folder in the path has no name."),
    "symlink": Clause("bdhvs:symlink", "This is a link to another file."),
    "special-file": Clause("bdhvs:special-file", "This is neither a file nor a folder."),
    "folder-with-data": Clause("bdhvs:folder-with-data", "A folder entry contains data."),
    "duplicate-entry": Clause("bdhvs:duplicate", "The archive contains the path twice, with different content."),
    "case-duplicate": Clause(
        "bdhvs:case-duplicate",
        "This file and %(other)s differ in content, but their names differ only in case or in how accents are encoded.",
    ),
    "file-and-folder": Clause("bdhvs:file-and-folder", "The path is both a file and a folder."),
    "identical-duplicate": Clause(
        "bdhvs:duplicate", "The archive contains the file more than once, with the same content.", "warning"
    ),
    # H5P's validator refuses packages that have entries for content/ and its folders; they hold nothing.
    "folder-entry": Clause(
        "h5p:whitelist", "The archive has entries for folders, which H5P's own sites reject.", "warning"
    ),
    # --- JSON ----------------------------------------------------------------------------------------------------
    "json-too-large": Clause("bdhvs:json-size", "The JSON file has %(size)s bytes; the maximum is %(most)s."),
    "too-much-json": Clause(
        "bdhvs:json-total", "h5p.json, content.json and every library.json together have more than %(most)s bytes."
    ),
    "json-too-many-values": Clause("bdhvs:json-values", "The JSON has more than %(most)s values."),
    "json-too-deep": Clause("bdhvs:json-depth", "The JSON is nested more than %(most)s levels deep."),
    "json-not-utf8": Clause("bdhvs:json-utf8", "The JSON file must be UTF-8 text without a byte order mark."),
    "json-number": Clause("bdhvs:json-numbers", "The JSON contains an invalid or too large number: %(value)s."),
    "json-character": Clause(
        "bdhvs:json-characters", "The JSON contains a NUL or an incomplete character (a lone surrogate)."
    ),
    "json-duplicate-key": Clause("bdhvs:json-keys", "The JSON contains “%(key)s” twice with different values."),
    "json-repeated-key": Clause(
        "bdhvs:json-keys", "The JSON contains “%(key)s” twice. The last one is used.", "warning"
    ),
    # --- Content and libraries -----------------------------------------------------------------------------------
    "active-drawing": Clause("bdhvs:active-content", "The drawing would run a script or load a page: %(detail)s."),
    "unreadable-drawing": Clause("bdhvs:readable-content", "The file cannot be checked for scripts: %(detail)s."),
    "invalid-content": Clause("bdhvs:content-json", "content.json is neither an object nor an array."),
    "main-library-undeclared": Clause(
        "bdhvs:main-library", "h5p.json does not list the main library %(library)s in its preloaded dependencies."
    ),
    "main-library-not-runnable": Clause(
        "bdhvs:runnable", "The main library %(library)s cannot be run on its own.", "warning"
    ),
    "path-outside-library": Clause(
        "bdhvs:path-in-library", "The library's “%(property)s” refers to %(path)s, which is outside its folder."
    ),
    "library-twice": Clause(
        "bdhvs:library-twice", "%(library)s is also in the folder %(other)s, with different files."
    ),
    "too-many-libraries": Clause(
        "bdhvs:library-count", "The package has %(count)s libraries; the maximum is %(most)s."
    ),
    "boolean-property": Clause(
        "h5p:property", "“%(property)s” is true or false. H5P's own sites require 0 or 1.", "warning"
    ),
    "empty-property": Clause(
        "h5p:property", "“%(property)s” is empty. H5P's own sites require it to be left out instead.", "warning"
    ),
    "content-library-missing": Clause(
        "bdhvs:content-libraries",
        "The content uses %(library)s, which is neither in the package nor on this site. That part will not work.",
        "warning",
    ),
    "more-findings": Clause("bdhvs:findings", "%(count)s further issues.", "warning"),
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
    """Fill a finding's params into a clause's message. ``translated`` gets the PHRASES among them."""
    return message % {
        name: translated(value) % params if isinstance(value, str) and value in PHRASES else value
        for name, value in params.items()
    }
