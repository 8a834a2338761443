"""What H5P's older question types say in templates of EmbeddedJS, done without running a text as a program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapter_tests import building
from h5p_python_adapter import player_there
from h5p_python_adapter.player import core as core_module
from tests.e2e import h5p
from tests.e2e.people import Watched
from tests.support.fixtures import require
from tests.support.live import Installation

SCRIPT = Path(core_module.__file__).with_name("frame") / "templates.js"
# As the page runs under the player's policy: eval fails.
POLICY = '<meta http-equiv="Content-Security-Policy" content="script-src \'unsafe-inline\'">'
RENDER = """([text, given]) => {
  try { return h5pFrame.template(text).render(given); } catch (error) { return `${error.name}: ${error.message}`; }
}"""
REFUSED = "SyntaxError: a template says what is not known here: "

CASES: dict[str, tuple[str, Any, str]] = {
    "a list": (
        '<ul><% for (var i=0; i < rows.length; i++) { %><li data-id="<%= i %>"><%= rows[i].text %></li><%} %></ul>',
        {"rows": [{"text": "Bốn"}, {"text": "<b>Năm</b>"}]},
        '<ul><li data-id="0">Bốn</li><li data-id="1"><b>Năm</b></li></ul>',
    ),
    "the keys of an object": (
        "<% for (var k in o) { %><%= k %>:<%= o[k] %> <% } %>",
        {"o": {"a": 1, "b": 2}},
        "a:1 b:2 ",
    ),
    "one way of several": (
        "<% if (kind == \"dots\") { %>…<% } else if (kind === 'text') { %>1/2<% } else { %>-<% } %>",
        {"kind": "text"},
        "1/2",
    ),
    "over several lines": (
        'class="dot<%\n if (shut && !open) { %> disabled <% } %>" label="<%=\n words.jump.replace("%d", at + 1)\n'
        ' + ", " + words.new %>"',
        {"shut": True, "open": 0, "at": 1, "words": {"jump": "Câu %d", "new": "chưa làm"}},
        'class="dot disabled " label="Câu 2, chưa làm"',
    ),
    "nothing is shown for nothing": ("[<%= o.none %><%= none %><%= 0 %>]", {"o": {}, "none": None}, "[0]"),
    "sums, signs and choices": (
        "<%= (1 + 2) * 3 - -4 %> <%= !a && b || 7 %> <%= a ? 'y' : \"n\" %>",
        {"a": False, "b": 2},
        "13 2 n",
    ),
    "values of its own": ("<% var n = 2, m; n += 3; m = n-- %><%= m %><%= ++n %>", {}, "55"),
    "a note, and signs that are text": ('a<%# not shown %>b<%% c %><%= "\\"" %>', {}, 'ab<% c %>"'),
    "words of JavaScript as names": ("<%= o.default + o.true %>", {"o": {"default": 1, "true": 2}}, "3"),
    "a name that is not there": ("<%= nowhere %>", {}, "ReferenceError: nowhere is not defined"),
    "a function": ("<% function f() {} %>", {}, REFUSED + "function"),
    "a part that does not end": ("<% if (1) { %>x", {}, REFUSED + "{"),
    "an end of nothing": ("x<% } %>", {}, REFUSED + "}"),
    "what no template says": ("<%= `a` %>", {}, REFUSED + "`a` "),
}


def test_a_template_is_read_and_not_run(browser: Any) -> None:
    page = browser.new_page()
    page.set_content(f"<head>{POLICY}</head>")
    page.add_script_tag(content="window.h5pFrame = {};" + SCRIPT.read_text(encoding="utf-8"))
    found = {name: page.evaluate(RENDER, [text, given]) for name, (text, given, _) in CASES.items()}
    page.close()
    assert found == {name: wanted for name, (_, _, wanted) in CASES.items()}


# A library that makes a program of a text, as EmbeddedJS does, and a content type that needs it.
LIBRARY = """
var Bdhvs = Bdhvs || {};
EJS = function (options) { eval('this.text = options.text'); };
EJS.type = '<';
Bdhvs.words = { later: function () { document.body.dataset.later = this === Bdhvs.words; } };
setTimeout('Bdhvs.words.later();', 1);
Bdhvs.TestTemplate = function (params) {
  var template = new EJS({ text: '<% for (var i = 0; i < words.length; i++) { %><p><%= words[i] %></p><% } %>' });
  this.attach = function ($container) { $container.html(template.render(params)).attr('data-type', EJS.type); };
};
"""


@pytest.fixture(scope="module")
def scene(module_installation: Installation) -> Iterator[tuple[h5p.Played, str]]:
    require(player_there(), "The H5P player (npm ci)")
    package = building.package(
        "Bdhvs.TestTemplate 1.0",
        {"words": ["Một", "Hai"]},
        files={"Bdhvs.TestTemplate-1.0/scripts/main.js": LIBRARY.encode()},
    )
    played = h5p.make(module_installation, {"template": package})
    yield played, module_installation.serve(BDHVS_TEST_CLOCK=h5p.CLOCK).url


@pytest.mark.thorough
def test_what_is_written_with_templates_plays(scene: tuple[h5p.Played, str], browser: Any) -> None:
    played, url = scene
    context = browser.new_context(locale="vi-VN")
    played.sign_in(context, url)
    page, watched = context.new_page(), Watched(url)
    watched.attach(page)
    page.goto(url + played.paths["template"])
    frame = h5p.frame_of(page)
    frame.wait_for_selector("[data-type='<'] p:nth-child(2)")
    assert frame.locator("p:visible").all_inner_texts() == ["Một", "Hai"]
    frame.wait_for_selector("body[data-later=true]")
    # The frame that the page draws is known to what stands in it, which keeps away from its edge.
    assert frame.locator(".h5p-content").evaluate("one => [...one.classList].includes('h5p-frame')")
    context.close()
    assert watched.problems == []
