"""The door of learners: who learns, where and in which groups they count, and text that means the same."""

from bdhvs_lms.learners.actions import (
    ADULT_AGE,
    ADULT_GROUP,
    IdentityTaken,
    belong,
    certainly_adult,
    day_of,
    erase_person,
    identify,
    link_user,
    place,
    register,
)
from bdhvs_lms.learners.models import Belonging, Learner, LearnerIdentity, Person, Placement
from bdhvs_lms.learners.queries import (
    belonging_to,
    belongings_of,
    learner_for_actor,
    learner_for_identity,
    learner_for_user,
    learners_for_actors,
    names,
    placed_in,
    placement_of,
    search_by_name,
)
from bdhvs_lms.learners.successions import follow_successions
from bdhvs_lms.learners.text import fold, nfc, one_line, tone_equal
from bdhvs_lms.learners.web import learner_of, learner_page

__all__ = [
    "ADULT_AGE",
    "ADULT_GROUP",
    "Belonging",
    "IdentityTaken",
    "Learner",
    "LearnerIdentity",
    "Person",
    "Placement",
    "belong",
    "belonging_to",
    "belongings_of",
    "certainly_adult",
    "day_of",
    "erase_person",
    "fold",
    "follow_successions",
    "identify",
    "learner_for_actor",
    "learner_for_identity",
    "learner_for_user",
    "learner_of",
    "learner_page",
    "learners_for_actors",
    "link_user",
    "names",
    "nfc",
    "one_line",
    "place",
    "placed_in",
    "placement_of",
    "register",
    "search_by_name",
    "tone_equal",
]
