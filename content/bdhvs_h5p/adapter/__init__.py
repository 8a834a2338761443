"""H5P without Django: checks packages, keeps libraries, prepares what plays, reads what the player says.

The public interface: import names from here. README.md says what there is.
"""

from bdhvs_h5p.adapter.bundles import Bundles, bundles
from bdhvs_h5p.adapter.closure import MissingLibrary, closure
from bdhvs_h5p.adapter.export import export
from bdhvs_h5p.adapter.findings import Finding, Report
from bdhvs_h5p.adapter.inspecting import Installed, inspect, nothing_installed
from bdhvs_h5p.adapter.integration import Addresses, StateReset, integration
from bdhvs_h5p.adapter.limits import DEFAULT_LIMITS, Limits
from bdhvs_h5p.adapter.native import Choice, Option, Quiz, TrueOrFalse, write_native
from bdhvs_h5p.adapter.nested import Nested, nested
from bdhvs_h5p.adapter.package import Package, PackageChanged, PackageRefused, opened
from bdhvs_h5p.adapter.points import points_of
from bdhvs_h5p.adapter.records import FileFacts, LibraryFacts, LibraryId, PackageFacts
from bdhvs_h5p.adapter.statements import Accepted, Rejected, StatementRules, normalise, rules_of
from bdhvs_h5p.adapter.store import Added, FolderStore, LibrarySource, Weighed, weigh

__all__ = [
    "DEFAULT_LIMITS",
    "Accepted",
    "Added",
    "Addresses",
    "Bundles",
    "Choice",
    "FileFacts",
    "Finding",
    "FolderStore",
    "Installed",
    "LibraryFacts",
    "LibraryId",
    "LibrarySource",
    "Limits",
    "MissingLibrary",
    "Nested",
    "Option",
    "Package",
    "PackageChanged",
    "PackageFacts",
    "PackageRefused",
    "Quiz",
    "Rejected",
    "Report",
    "StateReset",
    "StatementRules",
    "TrueOrFalse",
    "Weighed",
    "bundles",
    "closure",
    "export",
    "inspect",
    "integration",
    "nested",
    "normalise",
    "nothing_installed",
    "opened",
    "points_of",
    "rules_of",
    "weigh",
    "write_native",
]
