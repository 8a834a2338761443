"""Public interface of learners: who learns, where and in which groups they count, and text that means the same."""

from bdhvs_lms.base.api import fold, nfc, one_line, tone_equal
from bdhvs_lms.learners.accounts import account_of, forget_sign_in, open_account, set_password, user_named
from bdhvs_lms.learners.actions import (
    IdentityTaken,
    belong,
    correct_person,
    erase_person,
    identify,
    link_user,
    place,
    register,
)
from bdhvs_lms.learners.age_rules import apply_group_rules, day_of_age, set_min_age
from bdhvs_lms.learners.models import RIGHTS, Belonging, Learner, LearnerIdentity, Person, Placement
from bdhvs_lms.learners.queries import (
    belonging_to,
    belongings_of,
    belongings_on,
    learner_for_actor,
    learner_for_identity,
    learner_for_user,
    learners_for_actors,
    made_up_people,
    names,
    placed_in,
    placement_of,
    placements_on,
    search_by_name,
)
from bdhvs_lms.learners.successions import follow_successions
from bdhvs_lms.learners.throttle import throttled_error
from bdhvs_lms.learners.web import device_tag, learner_of, learner_page

__all__ = [
    "RIGHTS",
    "Belonging",
    "IdentityTaken",
    "Learner",
    "LearnerIdentity",
    "Person",
    "Placement",
    "account_of",
    "apply_group_rules",
    "belong",
    "belonging_to",
    "belongings_of",
    "belongings_on",
    "correct_person",
    "day_of_age",
    "device_tag",
    "erase_person",
    "fold",
    "follow_successions",
    "forget_sign_in",
    "identify",
    "learner_for_actor",
    "learner_for_identity",
    "learner_for_user",
    "learner_of",
    "learner_page",
    "learners_for_actors",
    "link_user",
    "made_up_people",
    "names",
    "nfc",
    "one_line",
    "open_account",
    "place",
    "placed_in",
    "placement_of",
    "placements_on",
    "register",
    "throttled_error",
    "search_by_name",
    "set_min_age",
    "set_password",
    "tone_equal",
    "user_named",
]
