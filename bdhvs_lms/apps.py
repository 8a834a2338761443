from datetime import datetime
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate
from django.utils.translation import get_language, gettext


class BdhvsLmsConfig(AppConfig):
    """Joins the parts: each brings its projections, deciders, checks and declarations of personal data."""

    name = "bdhvs_lms"
    label = "bdhvs_lms"
    verbose_name = "Learning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bdhvs_lms import checks
        from bdhvs_lms.attempts import consent, references
        from bdhvs_lms.base.api import format_number
        from bdhvs_lms.classes import api as classes
        from bdhvs_lms.classes import methods as class_methods
        from bdhvs_lms.competency import api as competency
        from bdhvs_lms.conf import app_settings
        from bdhvs_lms.learners import account_names, sessions, staff
        from bdhvs_lms.learners import api as learners
        from bdhvs_lms.learners import methods as learner_methods
        from bdhvs_lms.plugins import api as plugins
        from bdhvs_lms.privacy import core_data
        from bdhvs_lms.progress import api as progress
        from bdhvs_lms.tracking import api as tracking
        from bdhvs_xapi import api as xapi
        from question_files.language import translate_with

        translate_with(gettext, format_number, lambda: get_language() or "vi")
        # In the order in which they read each other.
        for projection in (
            progress.ResultProjection(),
            progress.CourseProjection(),
            progress.PresenceProjection(),
            competency.EvidenceProjection(),
            competency.AttainmentProjection(),
            competency.STANDINGS,
            competency.RetestMarkProjection(),
        ):
            tracking.register_projection(projection)
        for decider in (progress.LessonDecider(), progress.CourseDecider(), competency.CompetencyDecider()):
            tracking.register_decider(decider)
        xapi.recording.connect(tracking.on_recording, dispatch_uid="bdhvs_lms.tracking.lock")
        xapi.recorded.connect(tracking.on_recorded, dispatch_uid="bdhvs_lms.tracking")
        xapi.catching_up.connect(tracking.on_catching_up, dispatch_uid="bdhvs_lms.tracking.fold")
        xapi.catching_up.connect(competency.on_catching_up, dispatch_uid="bdhvs_lms.competency.fill")
        learners.relocated[:] = [competency.STANDINGS.relocate]
        core_data.register()
        # In the order in which the sign-in page offers them.
        for method in (class_methods.ClassSignIn, class_methods.CardSignIn, learner_methods.PasswordSignIn):
            plugins.sign_in_methods.register(method)
        account_names.connect()
        user_logged_in.connect(sessions.begin, dispatch_uid="bdhvs_lms.sign_in")
        staff.endings[:] = [classes.end_appointments]
        sessions.duties[:] = [classes.has_taught, classes.in_a_team]
        references.classes_of[:] = [classes.class_refs]
        classes.presences[:] = [progress.presences]
        consent.after_agreeing[:] = [classes.begin_own_courses]
        references.competencies_of[:] = [competency.competency_refs]
        post_migrate.connect(_set_up, sender=self, dispatch_uid="bdhvs_lms.set_up")
        app_settings.register_checks()
        plugins.register_checks()
        tracking.register_checks()
        checks.connect()


def _set_up(sender: Any, using: str, apps: Any = None, **kwargs: Any) -> None:
    """Make, after the tables, the base of our IRIs, once for good, the site's own authorities, names of accounts.

    Nothing where `migrate` has taken the tables away: `apps` has what is left.
    """
    if apps is not None and "iribase" not in apps.all_models["bdhvs_lms"]:
        return
    # Models are there once all apps are loaded.
    from bdhvs_lms.base.api import now
    from bdhvs_lms.learners.account_names import fill
    from bdhvs_lms.tracking import api as tracking

    at: datetime = now()
    tracking.forget()
    tracking.ensure_base(at=at)
    tracking.ensure_authorities()
    fill(using)
