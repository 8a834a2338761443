from django.urls import path

from bdhvs_lms.learners.offer_views import learn_with_account
from bdhvs_lms.learners.self_views import password, registered, self_register

urlpatterns = [
    path("hoc-bang-tai-khoan/", learn_with_account, name="learn-with-account"),
    path("mat-khau/", password, name="password"),
    path("tu-dang-ky/", self_register, name="self-register"),
    path("tu-dang-ky/xong/", registered, name="registered"),
]
