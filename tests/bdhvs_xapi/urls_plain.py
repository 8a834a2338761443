"""A plain project's addresses: the record store and nothing else, at an address of the project's choice."""

from django.urls import include, path

urlpatterns = [path("records/xapi/", include("bdhvs_xapi.urls"))]
