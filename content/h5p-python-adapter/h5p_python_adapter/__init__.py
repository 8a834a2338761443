"""H5P for any Python program: checks packages, keeps libraries, prepares what plays, reads what the player says.

The public interface: import names from here. README.md says what there is.
"""

from h5p_python_adapter.bundling import Bundles, bundles
from h5p_python_adapter.claims import Interaction, Score
from h5p_python_adapter.exporting import export
from h5p_python_adapter.filesystem.contents import FolderContents, FolderFiles, FolderStates, FolderStore
from h5p_python_adapter.filesystem.libraries import Added, FolderLibraries, InUse
from h5p_python_adapter.findings import Finding, Report
from h5p_python_adapter.inspecting import Installed, inspect, nothing_installed
from h5p_python_adapter.integrating import CONTENT_ID, Addresses, StateReset, integration
from h5p_python_adapter.limits import DEFAULT_LIMITS, Limits
from h5p_python_adapter.load_order import MissingLibrary, closure, needed
from h5p_python_adapter.native import NATIVE_LIBRARIES, Choice, Option, Quiz, TrueOrFalse, native_params, write_native
from h5p_python_adapter.nesting import Nested, nested
from h5p_python_adapter.package import Package, PackageChanged, PackageRefused, opened
from h5p_python_adapter.player.answers import Answer
from h5p_python_adapter.player.core import Core, core, player_there
from h5p_python_adapter.player.host import NotPlayable, Player, Told
from h5p_python_adapter.player.joining import Joined, Joiner, library_folder
from h5p_python_adapter.player.page import Places, PlayerPage, player_page
from h5p_python_adapter.player.policy import ORIGIN, shut_headers
from h5p_python_adapter.player.serving import ASKED_FIRST, FOR_EVER, file_headers
from h5p_python_adapter.points import points_of
from h5p_python_adapter.records import FileFacts, LibraryFacts, LibraryId, PackageFacts
from h5p_python_adapter.reports import Reports, reports_of
from h5p_python_adapter.statements import (
    ACTIVITY,
    ATTEMPTED,
    CONSUMED,
    INTERACTED,
    OURS,
    VERBS,
    Accepted,
    Rejected,
    StatementRules,
    normalise,
    rules_of,
)
from h5p_python_adapter.store import Content, Contents, KeptFiles, LibrarySource, State, States, Store, Weighed, weigh
from h5p_python_adapter.strict import BadJson, parsed_json
from h5p_python_adapter.vocabulary import CLAUSES, filled

__all__ = [
    "ACTIVITY",
    "ASKED_FIRST",
    "ATTEMPTED",
    "Accepted",
    "Added",
    "Addresses",
    "Answer",
    "BadJson",
    "Bundles",
    "CLAUSES",
    "CONSUMED",
    "CONTENT_ID",
    "Choice",
    "Content",
    "Contents",
    "Core",
    "DEFAULT_LIMITS",
    "FOR_EVER",
    "FileFacts",
    "Finding",
    "FolderContents",
    "FolderFiles",
    "FolderLibraries",
    "FolderStates",
    "FolderStore",
    "INTERACTED",
    "InUse",
    "Installed",
    "Interaction",
    "Joined",
    "Joiner",
    "KeptFiles",
    "LibraryFacts",
    "LibraryId",
    "LibrarySource",
    "Limits",
    "MissingLibrary",
    "NATIVE_LIBRARIES",
    "Nested",
    "NotPlayable",
    "ORIGIN",
    "OURS",
    "Option",
    "Package",
    "PackageChanged",
    "PackageFacts",
    "PackageRefused",
    "Places",
    "Player",
    "PlayerPage",
    "Quiz",
    "Rejected",
    "Report",
    "Reports",
    "Score",
    "State",
    "StateReset",
    "StatementRules",
    "States",
    "Store",
    "Told",
    "TrueOrFalse",
    "VERBS",
    "Weighed",
    "bundles",
    "closure",
    "core",
    "export",
    "file_headers",
    "filled",
    "inspect",
    "integration",
    "library_folder",
    "native_params",
    "needed",
    "nested",
    "normalise",
    "nothing_installed",
    "opened",
    "parsed_json",
    "player_page",
    "player_there",
    "points_of",
    "reports_of",
    "rules_of",
    "shut_headers",
    "weigh",
    "write_native",
]
