"""The door of campaign: areas with their history, groups, plans, targets, denominators."""

from bdhvs_lms.campaign.actions import assign_steering, enter_denominator
from bdhvs_lms.campaign.files import CampaignFileError, ImportFinding
from bdhvs_lms.campaign.loading import (
    AREAS_FILE,
    PLAN_KEY,
    TARGETS_FILE,
    Loaded,
    load_areas,
    load_campaign,
    load_targets,
    rows_in,
)
from bdhvs_lms.campaign.models import (
    Area,
    AreaSuccession,
    Denominator,
    Indicator,
    Organisation,
    Plan,
    SteeringAssignment,
    Target,
    TargetGroup,
)
from bdhvs_lms.campaign.queries import (
    area_and_below,
    area_below_and_successors,
    areas_for,
    areas_in_force,
    denominator_in_force,
    in_force,
    plans_for,
)

__all__ = [
    "AREAS_FILE",
    "PLAN_KEY",
    "TARGETS_FILE",
    "CampaignFileError",
    "ImportFinding",
    "Loaded",
    "load_areas",
    "load_campaign",
    "load_targets",
    "rows_in",
    "Area",
    "AreaSuccession",
    "Denominator",
    "Indicator",
    "Organisation",
    "Plan",
    "SteeringAssignment",
    "Target",
    "TargetGroup",
    "area_and_below",
    "area_below_and_successors",
    "areas_for",
    "areas_in_force",
    "assign_steering",
    "denominator_in_force",
    "enter_denominator",
    "in_force",
    "plans_for",
]
