"""Addresses of the core's own pages. Words of a language, because people read them aloud over the telephone."""

from django.urls import include, path

from bdhvs_lms.base.api import worded_path
from bdhvs_lms.learners.views import SignIn, SignOut, places, sign_out_everywhere

app_name = "bdhvs_lms"

urlpatterns = [
    worded_path("dang-nhap/", SignIn.as_view(), name="sign-in", en="sign-in/"),
    worded_path("thoat/", SignOut.as_view(), name="sign-out", en="sign-out/"),
    worded_path("noi-dang-nhap/", places, name="places", en="signed-in/"),
    worded_path("thoat-khoi-moi-noi/", sign_out_everywhere, name="sign-out-everywhere", en="sign-out-everywhere/"),
    path("", include("bdhvs_lms.learners.urls")),
    path("", include("bdhvs_lms.classes.urls")),
    path("", include("bdhvs_lms.classes.sign_in.urls")),
    path("", include("bdhvs_lms.reporting.urls")),
    path("", include("bdhvs_lms.privacy.urls")),
]
