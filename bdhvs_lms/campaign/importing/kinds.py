"""The kinds of lists that can be imported, by name."""

from collections.abc import Mapping

from bdhvs_lms.base.api import Importer
from bdhvs_lms.campaign.importing.areas import AreaImporter
from bdhvs_lms.campaign.importing.numbers import DenominatorImporter, FigureImporter
from bdhvs_lms.campaign.importing.organisations import OrganisationImporter

IMPORTERS: Mapping[str, type[Importer]] = {
    kind.key: kind for kind in (AreaImporter, OrganisationImporter, DenominatorImporter, FigureImporter)
}
