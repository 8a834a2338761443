"""Pages for people, in the language of the site or of the address."""

from bdhvs_lms.urls.installed import installed

urlpatterns = installed(
    ("bdhvs_allauth", "", "bdhvs_allauth.urls"),
    ("bdhvs_lms", "", "bdhvs_lms.urls.core"),
    ("bdhvs_quiz", "", "bdhvs_quiz.urls"),
    ("bdhvs_h5p", "", "bdhvs_h5p.attempts.urls"),
    ("bdhvs_tasks", "", "bdhvs_tasks.urls"),
    ("bdhvs_content", "", "bdhvs_content.urls"),
    ("bdhvs_theme", "", "bdhvs_theme.urls"),
)
