"""The guides of docs/ as pages of the site, and the links of the help that lead to them."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from bdhvs_lms.roles import operators
from bdhvs_theme.guides import NAMES, guides
from hatch_build import ROOT, guide_of
from tests.support.markup import mistakes

pytestmark = pytest.mark.django_db
_HREF = re.compile(r'href="([^"#]*)(?:#[^"]*)?"')
_SRC = re.compile(r'<img[^>]*src="/static/([^"]*)"')


def test_every_document_is_a_page_with_its_pictures_and_no_link_leads_nowhere(client: Client) -> None:
    for_people, for_sites = guides()
    assert [one.slug for one in for_people] == list(NAMES)
    assert {one.lang for one in for_people} == {"vi"}
    # The index, and what is for who changes the code, are not for who uses the site.
    documents = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"README", "glossary-code"}
    assert {NAMES.get(one.slug, one.slug) for one in (*for_people, *for_sites)} == documents
    index = client.get("/cach-dung/").content.decode()
    pictures = 0
    for one in (*for_people, *for_sites):
        assert f'href="{one.url}"' in index
        html = client.get(one.url).content.decode()
        assert mistakes(html) == (), one.slug
        body = html.partition("<article")[2].partition("</article>")[0]
        assert "{{guide:" not in body and "{{picture:" not in body
        for address in _HREF.findall(body):
            assert not address or address.startswith("https://") or client.get(address).status_code == 200, address
        for picture in _SRC.findall(body):
            pictures += 1
            assert finders.find(picture), picture
    assert pictures > 20


def test_a_link_to_what_is_no_page_stays_as_words() -> None:
    text = "# Một `<a>` & b\n\n[a](b.md#c) [d](adr/1.md) [e](#f) [g](https://x.example/)\n\n## Hai, ba\n"
    made = guide_of(text, {"b"})
    assert (made["title"], made["lang"]) == ("Một <a> & b", "vi")
    assert '<a href="{{guide:b}}#c">a</a> d <a href="#f">e</a> <a href="https://x.example/">g</a>' in made["html"]
    assert '<h2 id="hai-ba">' in made["html"]


def test_help_leads_to_them_for_learners_and_in_the_admin(client: Client, django_user_model: type) -> None:
    assert 'href="/cach-dung/"' in client.get("/tro-giup/").content.decode()
    assert 'href="/en/learning-guides/"' in client.get("/en/learning-help/").content.decode()
    user = django_user_model.objects.create_user("van-hanh")
    user.groups.add(operators())
    client.force_login(user)
    home = client.get("/quan-tri/").content.decode()
    assert '"url": "/cach-dung/"' in home
    assert "guide.wagtail.org" not in home and "docs.wagtail.org" not in home
