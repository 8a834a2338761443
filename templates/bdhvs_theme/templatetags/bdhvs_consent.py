"""What a form of consent says beside its text."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bdhvs_lms.campaign.api import about_site
from bdhvs_lms.conf import app_settings
from bdhvs_theme.templatetags.bdhvs_theme import in_tongue

register = template.Library()


@register.simple_tag
def consent_facts() -> list[tuple[str, str]]:
    """Who keeps learning data, where, whom to ask, for what and how long: labels with words, none where nobody has said
    it."""
    about, days = about_site(), app_settings.KEEP_DAYS
    period = _("Until you ask for it to be erased. Results then stay without a name.")
    if days:
        period = _(
            "As long as you learn here. After %(period)s without learning and without a class, your name and contact "
            "details are erased; results stay without a name."
        ) % {"period": _period(days)}
    return [
        (_("Data kept by"), about.agency and in_tongue(about.agency, "vi")),
        (_("Address"), about.address and in_tongue(about.address, "vi")),
        (_("Contact"), f"{about.phone} ({about.hours})" if about.phone and about.hours else about.phone),
        (_("Purpose"), _("To help you learn, confirm what you have achieved, and count learners without naming them.")),
        (_("How long"), period),
    ]


def _period(days: int) -> str:
    if days % 365 == 0:
        return ngettext("%(count)d year", "%(count)d years", days // 365) % {"count": days // 365}
    if days % 30 == 0:
        return ngettext("%(count)d month", "%(count)d months", days // 30) % {"count": days // 30}
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
