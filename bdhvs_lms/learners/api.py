"""Public interface of learners: who learns, where and in which groups they count."""

from bdhvs_lms.learners.accounts import account_of, forget_sign_in, open_account, set_password, user_named
from bdhvs_lms.learners.actions import (
    IdentityTaken,
    belong,
    clean_name,
    clean_phone,
    erase_person,
    identify,
    link_user,
    register,
)
from bdhvs_lms.learners.addresses import address_of
from bdhvs_lms.learners.age_rules import apply_group_rules
from bdhvs_lms.learners.claims import claim, duplicates_among
from bdhvs_lms.learners.consent import (
    Consenting,
    ConsentState,
    agreed_among,
    consent_state,
    require_consent,
    who_agrees,
    withdrawn_among,
)
from bdhvs_lms.learners.consent_forms import ConsentAnswer, ConsentAsked, ask_for_consent
from bdhvs_lms.learners.forms import SharedDevice
from bdhvs_lms.learners.guardians import guardian_of, name_guardian
from bdhvs_lms.learners.importing.duplicates import twins_of
from bdhvs_lms.learners.importing.people import PeopleImporter
from bdhvs_lms.learners.learner_sessions import (
    IdentityGone,
    LearnerSession,
    begin_learner_session,
    full_session,
    is_limited,
    learner_session_of,
)
from bdhvs_lms.learners.models import RIGHTS, Belonging, Learner, LearnerAlias, LearnerIdentity, Person, Placement
from bdhvs_lms.learners.naming import names_person, without_name
from bdhvs_lms.learners.newcomers import count_here, only_device
from bdhvs_lms.learners.queries import (
    area_of,
    belonging_to,
    belongings_of,
    belongings_on,
    groups_by_list,
    is_unclaimed,
    is_waiting,
    learner_for_actor,
    learner_for_identity,
    learner_for_user,
    learners_for_actors,
    made_up_people,
    names,
    placed_in,
    placement_of,
    placements_ever,
    placements_on,
    search_by_name,
    speaking_belongings,
    unnamed,
)
from bdhvs_lms.learners.records import aliases_in_force, as_derived, derive, person_of, records_among, roots, several
from bdhvs_lms.learners.self_forms import NewcomerForm
from bdhvs_lms.learners.self_views import newcomer_answer
from bdhvs_lms.learners.sessions import has_work
from bdhvs_lms.learners.staff import end_duties, new_password
from bdhvs_lms.learners.successions import follow_successions
from bdhvs_lms.learners.throttle import Throttled, require_guesses, throttled_error, wrong_guess
from bdhvs_lms.learners.web import device_tag, learner_of, learner_page

__all__ = [
    "NewcomerForm",
    "SharedDevice",
    "Throttled",
    "account_of",
    "address_of",
    "claim",
    "count_here",
    "duplicates_among",
    "newcomer_answer",
    "only_device",
    "require_guesses",
    "wrong_guess",
    "RIGHTS",
    "Belonging",
    "ConsentAnswer",
    "ConsentAsked",
    "ConsentState",
    "Consenting",
    "IdentityGone",
    "IdentityTaken",
    "Learner",
    "LearnerAlias",
    "LearnerIdentity",
    "LearnerSession",
    "PeopleImporter",
    "Person",
    "Placement",
    "agreed_among",
    "aliases_in_force",
    "apply_group_rules",
    "area_of",
    "ask_for_consent",
    "as_derived",
    "begin_learner_session",
    "clean_name",
    "clean_phone",
    "consent_state",
    "belong",
    "belonging_to",
    "belongings_of",
    "belongings_on",
    "derive",
    "device_tag",
    "end_duties",
    "erase_person",
    "follow_successions",
    "forget_sign_in",
    "full_session",
    "groups_by_list",
    "guardian_of",
    "identify",
    "is_limited",
    "is_unclaimed",
    "is_waiting",
    "learner_for_actor",
    "learner_for_identity",
    "learner_for_user",
    "learner_of",
    "learner_page",
    "learner_session_of",
    "learners_for_actors",
    "link_user",
    "made_up_people",
    "name_guardian",
    "names",
    "names_person",
    "open_account",
    "person_of",
    "placed_in",
    "placement_of",
    "placements_ever",
    "placements_on",
    "records_among",
    "register",
    "require_consent",
    "roots",
    "throttled_error",
    "search_by_name",
    "speaking_belongings",
    "several",
    "has_work",
    "new_password",
    "set_password",
    "twins_of",
    "unnamed",
    "user_named",
    "who_agrees",
    "withdrawn_among",
    "without_name",
]
