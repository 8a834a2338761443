from bdhvs_lms.base.api import worded_path
from bdhvs_lms.learners.offer_views import learn_with_account
from bdhvs_lms.learners.self_views import password, registered, self_register

urlpatterns = [
    worded_path("hoc-bang-tai-khoan/", learn_with_account, name="learn-with-account", en="learn-with-account/"),
    worded_path("mat-khau/", password, name="password", en="change-password/"),
    worded_path("tu-dang-ky/", self_register, name="self-register", en="self-register/"),
    worded_path("tu-dang-ky/xong/", registered, name="registered", en="self-register/done/"),
]
