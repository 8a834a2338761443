"""Addresses of a project that shows courses and has pages of its own for everything else."""

from django.urls import include, path

urlpatterns = [path("", include("bdhvs_content.urls"))]
