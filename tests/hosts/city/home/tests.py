"""The city's own tests: they passed before anything was installed beside it."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import TestCase
from django.urls import reverse

PASSWORD = "of-a-member-who-was-here-before"  # noqa: S105


class CityTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        if not get_user_model().objects.exists():
            call_command("seed")

    def test_front_page_in_each_language(self):
        for code in ("en", "fr", "vi"):
            self.assertContains(self.client.get(f"/{code}/", headers={"host": "localhost"}), "Welcome")

    def test_the_harbour_has_a_site_of_its_own(self):
        answer = self.client.get("/en/", headers={"host": "harbour.localhost"})
        self.assertContains(answer, "A ship came in")

    def test_members_sign_in_by_e_mail(self):
        answer = self.client.post("/en/accounts/login/", {"login": "ana@city.example", "password": PASSWORD})
        self.assertRedirects(answer, "/", fetch_redirect_response=False)
        self.assertEqual(
            get_user_model().objects.get(pk=self.client.session["_auth_user_id"]).email, "ana@city.example"
        )

    def test_whoever_is_lost_is_told_so(self):
        with self.settings(DEBUG=False):
            answer = self.client.get("/en/nowhere/")
        self.assertContains(answer, "Lost in the city", status_code=404)

    def test_pages_are_kept_by_the_browser_as_the_city_wants(self):
        self.client.force_login(get_user_model().objects.get(email="ana@city.example"))
        self.assertNotIn("Cache-Control", self.client.get("/en/", headers={"host": "localhost"}).headers)

    def test_the_settings_are_the_citys(self):
        self.assertEqual(settings.LANGUAGE_CODE, "en")
        self.assertEqual(settings.TIME_ZONE, "Europe/Paris")
        self.assertEqual(settings.LOGIN_URL, "account_login")
        self.assertEqual(reverse("account_login"), "/en/accounts/login/")

    def test_the_mayor_opens_the_admin(self):
        self.client.force_login(get_user_model().objects.get(email="mayor@city.example"))
        for address in ("/cms/", "/cms/pages/", "/cms/images/", "/cms/documents/", "/cms/users/"):
            self.assertEqual(self.client.get(address).status_code, 200, address)
