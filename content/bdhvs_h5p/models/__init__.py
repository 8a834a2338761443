"""Installed libraries, uploaded contents with their versions, pages, and learners' attempts."""

from bdhvs_h5p.models.attempts import H5PAttempt, H5PState, H5PStep, RejectedStatement, TypedText
from bdhvs_h5p.models.content import H5PContent, H5PVersion
from bdhvs_h5p.models.library import Library, WaitingPackage
from bdhvs_h5p.models.page import Completion, H5PActivityVersion, H5PAlignment, H5PPage

__all__ = [
    "Completion",
    "H5PActivityVersion",
    "H5PAlignment",
    "H5PAttempt",
    "H5PContent",
    "H5PPage",
    "H5PState",
    "H5PStep",
    "H5PVersion",
    "Library",
    "RejectedStatement",
    "TypedText",
    "WaitingPackage",
]
