"""Names in an archive: which would leave their folder, and which H5P skips."""

from __future__ import annotations

import re
import unicodedata

from h5p_python_adapter.findings import Findings
from h5p_python_adapter.limits import Limits

__all__ = ["check_name", "folded", "skipped"]

# What turns the direction of text around: a name would look like another.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SEPARATORS = re.compile(r"[\\/]")
# H5PValidator: a file or folder that begins with a dot or an underscore is neither checked nor unpacked.
_SKIPPED = re.compile(r"(?:^|[\\/])[._]")


def skipped(name: str) -> bool:
    """Tell whether H5P skips it: version control, editors' and macOS's own files."""
    return _SKIPPED.search(name) is not None


def folded(name: str) -> str:
    """Return the same text for names that some file system takes for one. “straße” and “strasse” are two: no
    casefold()."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).lower())


def check_name(name: str, limits: Limits, findings: Findings) -> bool:
    """Tell whether a name stays where it says; a finding when it does not. Skipped ones are checked, too."""
    if _CONTROL.search(name) or _TURNING.search(name):
        findings.add("control-character", name)
    elif ".." in _SEPARATORS.split(name):
        findings.add("zip-slip", name)
    elif name.startswith("/"):
        findings.add("absolute-name", name)
    elif ":" in name:
        findings.add("drive-name", name)
    elif "\\" in name:
        findings.add("backslash-name", name)
    elif not name or "" in name.removesuffix("/").split("/"):
        findings.add("empty-segment", name)
    else:
        longest = max(len(segment.encode()) for segment in name.split("/"))
        if longest <= limits.segment_bytes:
            return True
        findings.add("name-too-long", name, length=longest, most=limits.segment_bytes)
    return False
