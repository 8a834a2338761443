"""Tests of what every SignInMethod must do."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import apps
from django.test import Client
from django.urls import reverse

from bdhvs_lms.plugins.bases import SignInMethod
from bdhvs_lms.plugins.completeness import faults
from bdhvs_lms.plugins.registry import sign_in_methods
from bdhvs_lms.plugins.testing.support import Mixin


class SignInMethodConformance(Mixin):
    """Give the method, and a way to have somebody known sign in by it."""

    sign_in_method: ClassVar[type[SignInMethod]]

    def sign_in(self, client: Client) -> Any:
        """Let a new learner sign in by this method in this browser; returns the learner."""
        raise NotImplementedError

    def _seen(self, client: Client) -> Any:
        return client.get(reverse("bdhvs_lms:help")).wsgi_request

    def test_it_is_registered_and_whole(self) -> None:
        self.assertEqual(faults(SignInMethod, self.sign_in_method), [])
        self.assertIs(type(sign_in_methods.get(self.sign_in_method.key)), self.sign_in_method)

    def test_a_visitor_may_open_its_page_and_the_sign_in_page_names_it(self) -> None:
        address = reverse(self.sign_in_method.view_name)
        self.assertEqual(self.client.get(address).status_code, 200)
        request = self._seen(self.client)
        with self.assertNumQueries(0):
            offered = self.sign_in_method().offered(request)
        page = self.client.get(reverse("bdhvs_lms:sign-in")).content.decode()
        if address != reverse("bdhvs_lms:sign-in"):
            self.assertEqual(f'href="{address}"' in page, offered)

    def test_whoever_signs_in_is_known_by_an_identity_of_its_kind(self) -> None:
        learner = self.sign_in(self.client)
        self.assertEqual(self._seen(self.client).learner, learner)
        kinds = apps.get_model("bdhvs_lms", "LearnerIdentity")._default_manager.filter(learner=learner)
        self.assertIn(self.sign_in_method.identity_kind, set(kinds.values_list("kind", flat=True)))

    def test_without_an_account_the_session_is_limited(self) -> None:
        self.sign_in(self.client)
        self.assertIs(self._seen(self.client).user.is_authenticated, self.sign_in_method.account)
        copied = self.client.post(reverse("bdhvs_lms:my-data-download"))
        self.assertEqual(copied.status_code, 200 if self.sign_in_method.account else 403)

    def test_nothing_of_who_was_there_before_is_left(self) -> None:
        before = self.sign_in(self.client)
        key = self.client.session.session_key
        after = self.sign_in(self.client)
        self.assertNotEqual(before, after)
        self.assertEqual(self._seen(self.client).learner, after)
        self.assertNotEqual(self.client.session.session_key, key)

    def test_leaving_leaves_nobody(self) -> None:
        self.sign_in(self.client)
        self.client.post(reverse("bdhvs_lms:sign-out"))
        self.assertIsNone(self._seen(self.client).learner)
