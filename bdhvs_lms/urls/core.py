"""Addresses of the core's own pages. Vietnamese words, because people read them aloud over the telephone."""

from django.urls import include, path

from bdhvs_lms.learners.views import SignIn, SignOut, places, sign_out_everywhere

app_name = "bdhvs_lms"

urlpatterns = [
    path("dang-nhap/", SignIn.as_view(), name="sign-in"),
    path("thoat/", SignOut.as_view(), name="sign-out"),
    path("noi-dang-nhap/", places, name="places"),
    path("thoat-khoi-moi-noi/", sign_out_everywhere, name="sign-out-everywhere"),
    path("", include("bdhvs_lms.learners.urls")),
    path("", include("bdhvs_lms.classes.urls")),
    path("", include("bdhvs_lms.classes.sign_in.urls")),
    path("", include("bdhvs_lms.reporting.urls")),
    path("", include("bdhvs_lms.privacy.urls")),
]
