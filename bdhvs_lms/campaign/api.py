"""Public interface of campaign: areas with their history, groups, plans, targets, denominators."""

from bdhvs_lms.campaign.actions import assign_steering, check_denominator, enter_denominator, enter_figure
from bdhvs_lms.campaign.declaring import change_target_group
from bdhvs_lms.campaign.files import CampaignFileError, ImportFinding
from bdhvs_lms.campaign.importing.finding import AREA as AREA_COLUMN
from bdhvs_lms.campaign.importing.finding import AS_OF as AS_OF_COLUMN
from bdhvs_lms.campaign.importing.finding import GROUP as GROUP_COLUMN
from bdhvs_lms.campaign.importing.finding import SOURCE as SOURCE_COLUMN
from bdhvs_lms.campaign.importing.finding import WITHIN as COMMUNE_OF_VILLAGE
from bdhvs_lms.campaign.importing.finding import FindsAreas, named_groups
from bdhvs_lms.campaign.importing.kinds import IMPORTERS
from bdhvs_lms.campaign.importing.places import Names, same_word
from bdhvs_lms.campaign.loading import (
    AREAS_FILE,
    PLAN_KEY,
    TARGETS_FILE,
    Loaded,
    load_campaign,
    rows_in,
)
from bdhvs_lms.campaign.measures import MEASURES, Judgement, Operator
from bdhvs_lms.campaign.models import (
    RIGHTS,
    Area,
    AreaSuccession,
    Denominator,
    Figure,
    Indicator,
    Organisation,
    Plan,
    SteeringAssignment,
    Target,
    TargetGroup,
)
from bdhvs_lms.campaign.queries import (
    areas_around,
    areas_for,
    areas_in_force,
    in_force,
    plans_for,
)
from bdhvs_lms.campaign.site_information import about_site, write_site_information

__all__ = [
    "AREA_COLUMN",
    "AS_OF_COLUMN",
    "SOURCE_COLUMN",
    "COMMUNE_OF_VILLAGE",
    "GROUP_COLUMN",
    "FindsAreas",
    "Names",
    "named_groups",
    "same_word",
    "AREAS_FILE",
    "IMPORTERS",
    "MEASURES",
    "PLAN_KEY",
    "RIGHTS",
    "TARGETS_FILE",
    "CampaignFileError",
    "ImportFinding",
    "Loaded",
    "load_campaign",
    "rows_in",
    "Area",
    "AreaSuccession",
    "Denominator",
    "Figure",
    "Indicator",
    "Judgement",
    "Operator",
    "Organisation",
    "Plan",
    "SteeringAssignment",
    "Target",
    "TargetGroup",
    "about_site",
    "areas_around",
    "areas_for",
    "areas_in_force",
    "assign_steering",
    "change_target_group",
    "check_denominator",
    "enter_denominator",
    "enter_figure",
    "in_force",
    "plans_for",
    "write_site_information",
]
