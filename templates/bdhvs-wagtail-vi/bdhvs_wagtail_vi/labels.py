"""Labels that Wagtail makes of Python names ("root_page" → "Root page"), which no catalogue reaches.

Each is given a message, Wagtail's own where it has one for the same thing, so it is in the reader's language again.
"""

from typing import Any

from django import forms
from django.apps import apps
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

__all__ = ["label_all"]

# Lazy as what it is given: the language is known only when it is shown.
_capital = lazy(capfirst, str)


def label_all() -> None:
    """Label columns, fields and models. For AppConfig.ready(): everything is in place, and nothing is shown yet."""
    # Models and what reads them are there once all apps are loaded: all imports of this function.
    from wagtail.admin.forms import auth, choosers, workflows
    from wagtail.admin.viewsets.chooser import ChooserViewSet
    from wagtail.models import Locale

    # Not in the options that migrations read, so none is made for Wagtail's apps.
    Locale._meta.verbose_name = _("locale")
    Locale._meta.verbose_name_plural = _("locales")
    _label(auth.LoginForm, password=_("Password"))
    _label(workflows.WorkflowPageForm, page=_("Page"))
    _label(workflows.WorkflowContentTypeForm, content_types=_("Content types"))
    for form in (
        choosers.ExternalLinkChooserForm,
        choosers.AnchorLinkChooserForm,
        choosers.EmailLinkChooserForm,
        choosers.PhoneLinkChooserForm,
    ):
        _label(form, link_text=_("Link text"))
    _label(choosers.EmailLinkChooserForm, email_address=_("Email address"), subject=_("Subject"), body=_("Body"))
    _label(choosers.PhoneLinkChooserForm, phone_number=_("Phone number"))
    _label_language_filter(choosers.LocaleFilterMixin)
    # Translated when the module is read, which is before anybody has a language.
    ChooserViewSet.choose_one_text = _("Choose")
    ChooserViewSet.choose_another_text = _("Choose another")
    ChooserViewSet.edit_item_text = _("Edit")
    ChooserViewSet.search_tab_label = _("Search")
    ChooserViewSet.create_action_label = _("Create")

    if apps.is_installed("wagtail.sites"):
        from wagtail.sites.views import IndexView

        labels = {"port": _("port"), "site_name": _("site name"), "root_page": _("root page")}
        for column in IndexView.columns:
            if column.name in labels:
                column.label = _capital(labels[column.name])

    if apps.is_installed("wagtail.users"):
        from wagtail.users.forms import PagePermissionsForm
        from wagtail.users.views.bulk_actions.assign_role import RoleForm

        _label(PagePermissionsForm, page=_("Page"))
        _label(RoleForm, role=_("Role"))

    if apps.is_installed("wagtail.contrib.simple_translation"):
        from wagtail.contrib.simple_translation.models import SimpleTranslation

        SimpleTranslation._meta.verbose_name = _("Translate")

    if apps.is_installed("wagtailmedia"):
        from wagtailmedia.views import chooser

        chooser.render_modal_workflow = _with_errors_translated(chooser.render_modal_workflow)


def _label(form: Any, **labels: Any) -> None:
    for name, label in labels.items():
        form.base_fields[name].label = label


def _label_language_filter(mixin: Any) -> None:
    """The field of languages is made anew for each form, so the label follows there."""
    made = mixin.__init__

    def made_and_labelled(self: forms.Form, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        if "locale" in self.fields:
            self.fields["locale"].label = _("Locale")

    mixin.__init__ = made_and_labelled


def _with_errors_translated(render: Any) -> Any:
    """What the dialog's script says when an upload fails: plain texts in wagtailmedia."""

    def in_the_readers_language(*args: Any, json_data: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        for name in ("error_label", "error_message"):
            if json_data and name in json_data:
                json_data[name] = gettext(json_data[name])
        return render(*args, json_data=json_data, **kwargs)

    return in_the_readers_language
