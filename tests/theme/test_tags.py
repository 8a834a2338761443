"""The theme's own tags."""

from __future__ import annotations

from django.template import Context, Template


class Thing:
    def __init__(self, word: str) -> None:
        self.word = word
        self.asked = 0

    def said(self) -> str:
        self.asked += 1
        return self.word

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing)

    def __hash__(self) -> int:
        return 1


def test_a_body_is_made_once_for_each_thing_and_repeated() -> None:
    one, other = Thing("<một>"), Thing("hai")
    template = Template(
        "{% load bdhvs_reports %}{% for thing in things %}{% once_each thing %}{{ thing.said }}, "
        "{% endonce_each %}{% endfor %}"
    )
    for round_ in (1, 2):
        html = template.render(Context({"things": [one, other, one, one]}))
        assert html == "&lt;một&gt;, hai, &lt;một&gt;, &lt;một&gt;, "
        # Made anew for each page: it may have another reader, with another language.
        assert (one.asked, other.asked) == (round_, round_)
