"""The matrix is as good as what finds its addresses: each way in which an address can be ours is found."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver, include, path
from django.views.generic import RedirectView, TemplateView, View
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.models import Site
from wagtail.utils.urlpatterns import decorate_urlpatterns

from bdhvs_lms.campaign.api import Area
from bdhvs_lms.site.health import healthz
from tests.permissions.discovery import Address, addresses_of_ours


class Theirs(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


def theirs(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class OurView(Theirs):
    __module__ = "bdhvs_lms.somewhere"


class Choosing(ChooserViewSet):
    """Wagtail's views throughout; only the model is ours."""

    model = Area


class Listing(ModelViewSet):
    model = Area
    name = "listing"
    form_fields = ("name",)


def found(*patterns: Any) -> dict[str, str]:
    return {address.name: address.why for address in addresses_of_ours(patterns)}


def in_admin(*patterns: Any) -> list[Any]:
    """As Wagtail mounts them: below a prefix, each view wrapped."""

    def guard(view: Any) -> Any:
        return lambda request, *args, **kwargs: view(request, *args, **kwargs)

    return [path("admin/", include(decorate_urlpatterns(list(patterns), guard)))]


def test_a_function_of_ours_is_found_and_anothers_is_not() -> None:
    assert found(path("a/", healthz, name="a"), path("b/", theirs, name="b")) == {"a": "view"}


def test_a_class_of_ours_is_found_and_anothers_is_not() -> None:
    patterns = [path("a/", OurView.as_view(), name="a"), path("b/", Theirs.as_view(), name="b")]
    assert found(*patterns) == {"a": "view"}
    assert found(*in_admin(*patterns)) == {"a": "view"}


def test_a_subclass_of_a_view_of_ours_is_found_wherever_it_is_made() -> None:
    made = type("Made", (OurView,), {"__module__": __name__})
    assert found(path("a/", made.as_view(), name="a")) == {"a": "class"}


def test_wagtails_generic_view_of_a_model_of_ours_is_found() -> None:
    patterns = [
        path("a/", IndexView.as_view(model=Area), name="a"),
        path("b/", IndexView.as_view(model=Site), name="b"),
    ]
    assert found(*in_admin(*patterns)) == {"a": "model"}


def test_every_page_of_a_viewset_of_ours_is_found() -> None:
    patterns = Listing().get_urlpatterns()
    names = {f"listing:{pattern.name}" for pattern in patterns}
    assert {"listing:index", "listing:add", "listing:edit", "listing:delete"} <= names
    assert set(found(*in_admin(path("x/", include((patterns, "listing"), namespace="listing"))))) == names


def test_every_page_of_a_chooser_of_a_model_of_ours_is_found() -> None:
    patterns = Choosing("choosing").get_urlpatterns()
    names = {f"choosing:{pattern.name}" for pattern in patterns}
    assert {"choosing:choose", "choosing:choose_results", "choosing:chosen", "choosing:chosen_multiple"} <= names
    assert set(found(*in_admin(path("x/", include((patterns, "choosing"), namespace="choosing"))))) == names


@pytest.mark.parametrize("view", [TemplateView.as_view(template_name="x.html"), RedirectView.as_view(url="/")])
def test_anothers_view_in_a_url_conf_of_ours_is_found(view: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bdhvs_theme import urls

    monkeypatch.setattr(urls, "urlpatterns", [path("a/", view, name="a")])
    assert found(path("", include("bdhvs_theme.urls"))) == {"bdhvs_theme:a": "listed"}


def test_a_strangers_addresses_come_with_the_line_that_includes_them() -> None:
    assert found(path("", include("plugin_example.urls"))) == {"plugin_example:task": "listed"}


def test_an_address_without_a_name_is_known_by_its_route() -> None:
    assert set(found(path("a/", include([path("<int:pk>/", healthz)])))) == {"a/<int:pk>/"}


def test_what_the_ready_site_has_is_found_in_each_way() -> None:
    why = {address.name: address.why for address in addresses_of_ours(get_resolver().url_patterns)}
    assert why["bdhvs_lms:board"] == "listed"
    assert {why[name] for name in ("areas:history", "areas:index", "people:edit")} == {"listed"}
    assert why["wagtailsnippets_bdhvs_quiz_singlechoicequestion:history"] == "listed"
    assert why["wagtailsnippetchoosers_bdhvs_quiz_question:choose"] == "listed"
    assert why["bdhvs_content_to_check"] == "view"
    assert not [name for name in why if name.startswith(("wagtailadmin_pages", "wagtailusers", "wagtailimages"))]


def test_only_a_class_without_post_takes_no_form() -> None:
    def address(view: Any) -> Address:
        return Address("a", "a/", view, "view")

    assert not address(Theirs.as_view()).takes_post
    assert address(theirs).takes_post
