"""H5P for any Python program: checks packages, keeps libraries, prepares what plays, reads what the player says.

The public interface: import names from here. README.md says what there is.
"""

from h5p_python_adapter.bundling import RAN, Bundles, bundles
from h5p_python_adapter.claims import Interaction, Score
from h5p_python_adapter.exporting import export
from h5p_python_adapter.findings import Finding, Report
from h5p_python_adapter.inspecting import Installed, inspect, nothing_installed
from h5p_python_adapter.integrating import CONTENT_ID, Addresses, StateReset, integration
from h5p_python_adapter.limits import DEFAULT_LIMITS, Limits
from h5p_python_adapter.load_order import MissingLibrary, closure
from h5p_python_adapter.native import NATIVE_LIBRARIES, Choice, Option, Quiz, TrueOrFalse, native_params, write_native
from h5p_python_adapter.nesting import Nested, nested
from h5p_python_adapter.package import Package, PackageChanged, PackageRefused, opened
from h5p_python_adapter.player.core import PLAYER_FILES, SCRIPT, STYLE, Core, core, player_there
from h5p_python_adapter.player.packing import accepted, packed
from h5p_python_adapter.player.policy import FILE_POLICY, ORIGIN, SVG_POLICY, document_headers, shut_headers
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
from h5p_python_adapter.store import Added, FolderStore, LibrarySource, Weighed, weigh
from h5p_python_adapter.strict import BadJson, parsed_json
from h5p_python_adapter.vocabulary import CLAUSES, filled

__all__ = [
    "ACTIVITY",
    "ATTEMPTED",
    "Accepted",
    "Added",
    "Addresses",
    "BadJson",
    "Bundles",
    "CLAUSES",
    "CONSUMED",
    "CONTENT_ID",
    "Choice",
    "Core",
    "DEFAULT_LIMITS",
    "FILE_POLICY",
    "FileFacts",
    "Finding",
    "FolderStore",
    "INTERACTED",
    "Installed",
    "Interaction",
    "LibraryFacts",
    "LibraryId",
    "LibrarySource",
    "Limits",
    "MissingLibrary",
    "NATIVE_LIBRARIES",
    "Nested",
    "ORIGIN",
    "OURS",
    "Option",
    "PLAYER_FILES",
    "Package",
    "PackageChanged",
    "PackageFacts",
    "PackageRefused",
    "Quiz",
    "RAN",
    "Rejected",
    "Report",
    "Reports",
    "SCRIPT",
    "STYLE",
    "SVG_POLICY",
    "Score",
    "StateReset",
    "StatementRules",
    "TrueOrFalse",
    "VERBS",
    "Weighed",
    "accepted",
    "bundles",
    "closure",
    "core",
    "document_headers",
    "export",
    "filled",
    "inspect",
    "integration",
    "native_params",
    "nested",
    "normalise",
    "nothing_installed",
    "opened",
    "packed",
    "parsed_json",
    "player_there",
    "points_of",
    "reports_of",
    "rules_of",
    "shut_headers",
    "weigh",
    "write_native",
]
