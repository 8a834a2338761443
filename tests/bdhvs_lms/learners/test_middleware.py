from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from bdhvs_lms.learners.middleware import LearnerMiddleware
from tests.bdhvs_lms.learners.making import make_learner, make_user

pytestmark = pytest.mark.django_db


def _through(rf, user, view):
    request = rf.get("/")
    request.user = user
    return LearnerMiddleware(view)(request)


def test_a_view_that_does_not_ask_costs_no_query(rf, django_assert_num_queries):
    user = make_user()
    make_learner(user=user)
    with django_assert_num_queries(0):
        assert _through(rf, user, lambda request: HttpResponse("x")).content == b"x"


def test_asking_often_is_one_query(rf, django_assert_num_queries):
    user = make_user()
    learner = make_learner(user=user)

    def view(request):
        assert request.learner == learner
        assert request.learner is request.learner
        return HttpResponse()

    with django_assert_num_queries(1):
        _through(rf, user, view)


def test_nobody_is_really_none(rf, django_assert_num_queries):
    staff = make_user()

    def view(request):
        # A lazy object that wraps None would not be None.
        assert request.learner is None
        assert request.learner is None
        return HttpResponse()

    with django_assert_num_queries(0):
        _through(rf, AnonymousUser(), view)
    with django_assert_num_queries(1):
        _through(rf, staff, view)


def test_two_requests_do_not_share_a_learner(rf):
    ana, bao = make_user(), make_user()
    expected = {ana.pk: make_learner("Ana", user=ana), bao.pk: make_learner("Bảo", user=bao)}
    seen = []
    middleware = LearnerMiddleware(lambda request: seen.append(request.learner) or HttpResponse())
    for user in (ana, bao, ana):
        request = rf.get("/")
        request.user = user
        middleware(request)
    assert seen == [expected[ana.pk], expected[bao.pk], expected[ana.pk]]


def test_the_ready_site_has_it_after_authentication(settings):
    order = settings.MIDDLEWARE
    own = order.index("bdhvs_lms.learners.middleware.LearnerMiddleware")
    assert own > order.index("django.contrib.auth.middleware.AuthenticationMiddleware")
