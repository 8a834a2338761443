"""Joined scripts and styles."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter_tests.having import Having, made
from h5p_python_adapter import css
from h5p_python_adapter.bundling import RAN, Bundles, bundles
from h5p_python_adapter.records import LibraryFacts, LibraryId


def address(id: LibraryId, path: str) -> str:
    return f"/assets/{id.folder}/{path}"


LARGE = bytes(5000)
"""A picture that has an address of its own."""


def joined(*libraries: tuple[LibraryFacts, dict[str, bytes]]) -> Bundles:
    return bundles([facts for facts, _files in libraries], Having(*libraries), address)


def styled(sheet: str | bytes, path: str = "css/main.css", **other: bytes) -> str:
    """The style sheet of library A after joining, without the comment in front. `other`: files by name, '_' for '/'."""
    files = {name.replace("__", "/").replace("_", "."): data for name, data in other.items()}
    raw = sheet if isinstance(sheet, bytes) else sheet.encode()
    found = joined(made("A", css={path: raw}, other=files)).css.decode()
    return found.partition("*/\n")[2].removesuffix("\n")


# --- scripts


def ran(bundle: bytes, show: str = "") -> Any:
    """What node says of the script: whether it parsed, which files ran, what was thrown, and the value of `show`."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("BDHVS_REQUIRE_ALL") == "1":
            pytest.fail("node is missing, and BDHVS_REQUIRE_ALL=1 says it must not be.")
        pytest.skip("node is missing")
    script = """
        const vm = require('vm'); const sandbox = {{}}; sandbox.window = sandbox; vm.createContext(sandbox);
        let thrown = null;
        try {{ vm.runInContext(require('fs').readFileSync(0, 'utf8'), sandbox); }}
        catch (error) {{ thrown = error.name; }}
        const shown = {} ? vm.runInContext({}, sandbox) : null;
        process.stdout.write(JSON.stringify([sandbox[{}] || null, thrown, shown]));
    """.format("true" if show else "false", json.dumps(show or "0"), json.dumps(RAN))  # fmt: skip
    done = subprocess.run([node, "-e", script], input=bundle, capture_output=True, check=True)
    return json.loads(done.stdout)


def test_scripts_are_joined_in_order_and_note_that_they_ran() -> None:
    first = made("A", js={"a.js": b"var log = ['a']", "b.js": b"log.push('b') // without an end"})
    second = made("B", js={"x/c.js": b"log.push('c');"})
    found = joined(first, second)
    assert found.scripts == ((first[0].id, "a.js"), (first[0].id, "b.js"), (second[0].id, "x/c.js"))
    assert ran(found.js, "log.join()") == [[0, 1, 2], None, "a,b,c"]
    assert found.js_sha256 == hashlib.sha256(found.js).hexdigest()


def test_a_strict_first_file_does_not_make_the_others_strict() -> None:
    strict, loose = b'"use strict"; var one = 1;', b"undeclared = 2;"
    assert ran(joined(made("A", js={"a.js": strict}), made("B", js={"b.js": loose})).js, "undeclared")[1:] == [None, 2]
    # H5P's own aggregation: what is in the file, a semicolon, a line break.
    assert ran(strict + b";\n" + loose + b";\n")[1] == "ReferenceError"


def test_what_ran_before_an_exception_is_known() -> None:
    libraries = [
        made("A", js={"a.js": b"var a = 1"}),
        made("B", js={"b.js": b"throw new TypeError()"}),
        made("C", js={"c.js": b"1"}),
    ]
    assert ran(joined(*libraries).js) == [[0], "TypeError", None]


def test_after_a_syntax_error_nothing_has_run_so_all_is_loaded_one_by_one() -> None:
    assert ran(joined(made("A", js={"a.js": b"var a = 1"}), made("B", js={"b.js": b"var = ;"})).js) == [
        None,
        "SyntaxError",
        None,
    ]


def test_a_comment_that_does_not_end_takes_no_other_file_with_it_unseen() -> None:
    found = ran(joined(made("A", js={"a.js": b"var a = 1 /* on and on"}), made("B", js={"b.js": b"var b = 2"})).js, "b")
    assert found == [[1], None, 2]  # the end of A is not noted, so A is loaded again by itself and fails alone


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"\xef\xbb\xbfvar a = '\xc4\x91'", "đ"),
        ("\ufeffvar a = 'đ'".encode("utf-16-le"), "đ"),
        ("\ufeffvar a = 'đ'".encode("utf-16-be"), "đ"),
        (b"var a = 1\n//# sourceMappingURL=a.js.map", 1),
        (b"var a = 1\n//@ sourceURL=a.js\n\n", 1),
    ],
)
def test_byte_order_marks_and_source_maps_are_left_out(raw: bytes, expected: object) -> None:
    found = joined(made("A", js={"a.js": raw})).js
    assert b"\xef\xbb\xbf" not in found
    assert b"sourceMappingURL" not in found and b"sourceURL" not in found
    assert ran(found, "a") == [[0], None, expected]


@pytest.mark.parametrize("end", [b"", b"//# sourceURL="])
def test_blanks_are_gone_through_once_however_many_there_are(end: bytes) -> None:
    """This ends: going through them anew from each would take minutes."""
    raw = b"var a = 1;" + end + b" " * 1_000_000 + b"\na = 2"
    assert raw in joined(made("A", js={"a.js": raw})).js


def test_the_same_libraries_give_the_same_bytes_and_a_library_without_files_gives_none() -> None:
    library = made("A", js={"a.js": b"1"}, css={"a.css": b"a{b:url(x.png)}"}, other={"x.png": LARGE})
    assert joined(library) == joined(library)
    assert joined(made("B")).css == b""


def test_a_file_that_is_not_there_is_said() -> None:
    facts, files = made("A", js={"a.js": b"1"})
    del files["a.js"]
    with pytest.raises(FileNotFoundError, match=r"a\.js"):
        joined((facts, files))


def test_a_path_ends_no_comment() -> None:
    assert ran(joined(made("A", js={"a*/throw 1/*.js": b"var a = 1"})).js, "a") == [[0], None, 1]


# --- styles


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a{b:url(x.png)}", 'a{b:url("/assets/A-1.0/css/x.png")}'),
        ("a{b:url( 'x.png' )}", 'a{b:url( "/assets/A-1.0/css/x.png" )}'),
        ('a{b:URL("./x.png")}', 'a{b:URL("/assets/A-1.0/css/x.png")}'),
        ("a{b:url(../y.woff2?v=1#iefix)}", 'a{b:url("/assets/A-1.0/y.woff2?v=1#iefix")}'),
        ("a{b:url(.//x.png)}", 'a{b:url("/assets/A-1.0/css/x.png")}'),
        ("a{b:url(x%2Epng)}", 'a{b:url("/assets/A-1.0/css/x.png")}'),
        (r"a{b:url(x\.png)}", 'a{b:url("/assets/A-1.0/css/x.png")}'),
        (r"a{b:url('\78.png')}", 'a{b:url("/assets/A-1.0/css/x.png")}'),
        ("a{b:image-set('x.png' 1x)}", 'a{b:image-set("/assets/A-1.0/css/x.png" 1x)}'),
        (
            "a{b:image-set(url(x.png) type('image/png'))}",
            "a{b:image-set(url(\"/assets/A-1.0/css/x.png\") type('image/png'))}",
        ),
        ("a{b:src('x.png')}", 'a{b:src("/assets/A-1.0/css/x.png")}'),
        ("a{b:url(data:image/png;base64,AA==)}", 'a{b:url("data:image/png;base64,AA==")}'),
        ("a{b:url(#shape)}", 'a{b:url("#shape")}'),
        ("a{b:url(gone.png)}", 'a{b:url("")}'),
        ("a{b:url(../../../etc/x.png)}", 'a{b:url("")}'),
        ("a{b:url(https://elsewhere.example/x.png)}", 'a{b:url("")}'),
        ("a{b:url(//elsewhere.example/x.png)}", 'a{b:url("")}'),
        ("a{b:url(/x.png)}", 'a{b:url("")}'),
        ("a{b:url()}", 'a{b:url("")}'),
        ("a{b:url(x y.png)}", 'a{b:url("")}'),
        ("a::after{content:'url(x.png)'}", "a::after{content:'url(x.png)'}"),
        ("/* url(x.png) */", "/* url(x.png) */"),
        ("a{b:format('woff') local('Arial')}", "a{b:format('woff') local('Arial')}"),
        ("a{}\n/*# sourceMappingURL=a.css.map */", "a{}\n"),
        ("\ufeffa{}", "a{}"),
        ("@charset 'utf-8';a{}", "a{}"),
        ("@namespace url(http://www.w3.org/1999/xhtml);a{}", "a{}"),
        ("a{b:c\r\n}", "a{b:c\n}"),
    ],
)
def test_addresses_are_made_whole_and_the_rest_stays(given: str, expected: str) -> None:
    assert styled(given, css__x_png=LARGE, y_woff2=b"") == expected


def test_an_address_with_what_css_reserves_is_escaped() -> None:
    found = bundles(
        [(library := made("A", css={"a.css": b"a{b:url(x.png)}"}, other={"x.png": LARGE}))[0]],
        Having(library),
        lambda id, path: 'https://h/"\\\n' + path,
    )
    assert found.css.decode().partition("*/\n")[2] == 'a{b:url("https://h/\\22 \\5c \\a x.png")}\n'


def test_a_library_may_use_a_file_of_another_that_is_loaded_too() -> None:
    icons = made("Icons", other={"fonts/x.woff2": b""})
    found = joined(icons, made("A", css={"css/a.css": b"a{b:url(../../Icons-1.0/fonts/x.woff2)}"}))
    assert b'url("/assets/Icons-1.0/fonts/x.woff2")' in found.css


def test_an_import_is_put_in_place_with_its_own_addresses() -> None:
    found = styled("@import 'sub/b.css';@import url(c.css) screen and (min-width:1px);a{}",
                   css__sub__b_css=b"b{c:url(../x.png)}", css__c_css=b"c{}", css__x_png=LARGE)  # fmt: skip
    assert found == 'b{c:url("/assets/A-1.0/css/x.png")}\n@media screen and (min-width:1px) {\nc{}\n}a{}'


@pytest.mark.parametrize(
    "rule",
    [
        "@import 'gone.css';",
        "@import url(https://fonts.example/css?family=X);",
        "@import 'main.css';",
        "@import 'b.css' layer(x);",
        "@import;",
        "@import 'b.css",
    ],
)
def test_an_import_that_cannot_be_followed_leaves_nothing(rule: str) -> None:
    assert styled(f"{rule}\n", css__b_css=b"b{}").strip() == ""


def test_an_import_after_a_rule_is_none_as_in_a_browser() -> None:
    assert styled("a{}@import 'b.css';c{}", css__b_css=b"b{}") == "a{}c{}"


def test_imports_in_a_circle_or_by_the_thousand_come_to_an_end() -> None:
    assert styled("@import 'b.css';a{}", css__b_css=b"@import 'main.css';@import 'b.css';b{}") == "b{}\na{}"
    doubling = {f"css/{n}.css": f"@import '{n + 1}.css';@import '{n + 1}.css';".encode() for n in range(40)}
    assert len(joined(made("A", css={"css/0.css": doubling["css/0.css"]}, other=doubling)).css) < 10_000


@pytest.mark.parametrize(
    ("broken", "closed"),
    [
        ("a{b:c", "a{b:c\n}"),
        ("@media x{a{b:(c", "@media x{a{b:(c\n)}}"),
        ("/* on and on", "/* on and on*/"),
        ("/*/", "/*/*/"),
        ("a{b:'c", "a{b:'c'\n}"),
        ("a{b:'c\\", "a{b:'c'\n}"),
        ("a{b:url(x.png", 'a{b:url("/assets/A-1.0/css/x.png")\n}'),
        ("a{b:url(x y", 'a{b:url("")\n}'),
        ("a{}}", "a{}}\n{}"),
        ("a,", "a,\n{}"),
        ("a{} -->", "a{} -->"),
        ("a{}\\", "a{}\\\n{}"),
        ("@media x", "@media x\n{}"),
        ("@;", "@;\n{}"),
        ("({", "({\n}){}"),
    ],
)
def test_a_broken_file_ends_with_itself(broken: str, closed: str) -> None:
    assert styled(broken, css__x_png=LARGE) == closed


def test_a_small_picture_stands_in_the_sheet_and_not_more_than_a_sheet_can_bear() -> None:
    assert styled("a{b:url(x.png)}", css__x_png=b"PNG") == 'a{b:url("data:image/png;base64,UE5H")}'
    assert styled("a{b:url(x.svg#a)}", css__x_svg=b"<svg/>") == 'a{b:url("/assets/A-1.0/css/x.svg#a")}'
    assert styled("a{b:url(x.woff)}", css__x_woff=b"font") == 'a{b:url("/assets/A-1.0/css/x.woff")}'
    many = "".join(f"a{{b:url(x.png?{number})}}" for number in range(40))
    found = styled(many, css__x_png=bytes(4000))
    assert (found.count("data:"), found.count("/assets/")) == (24, 16)


PIECES = "a|{|}|(|)|[|]|\"|'|\\|/*|*/|\n|;|url(|x.png|@import |@media |@|<!--|-->|:| |đ|\x00|#|%|\\27 |-".split("|")


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_text_gives_text_that_is_closed(tokens: list[str]) -> None:
    def ready(text: str) -> str:
        return css.ready(text, lambda given: given, lambda given: None)

    text = css.decoded("".join(tokens).encode())
    once = ready(text)
    # Nothing is left open, so what follows is not swallowed.
    assert ready(once) == once
    assert ready(once + "\nnext{c:d}").endswith("next{c:d}")


@pytest.mark.parametrize("piece", ["(", "url(", '"', "\\", "/*", "@import ", "@import url(", '{"', "@", "a:url(x y"])
def test_a_hostile_file_is_read_in_linear_time_and_without_a_stack(piece: str) -> None:
    text = piece * 100_000
    assert isinstance(css.ready(text, lambda given: given, lambda given: None), str)


def test_bytes_are_read_as_a_browser_reads_them() -> None:
    assert css.decoded("đ".encode("utf-16")) == "đ"
    assert css.decoded(b"\xff") == "\ufffd"
    assert css.decoded(b"a\0\r\n\r\f") == "a\ufffd\n\n\n"
