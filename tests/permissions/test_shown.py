"""How it is told that something on a page is broken at a glance; the matrix looks at every page that somebody gets."""

from tests.support.shown import broken_in


def test_what_is_broken_is_told_from_what_is_not() -> None:
    assert broken_in(
        "<select name=area></select><select name=a required><option value=''>---</option></select>"
        "<button class=b><svg><use href='#x'></use></svg></button><a href='/x'><img src=y alt=''></a>"
        "<button aria-labelledby=nobody></button><input type=submit value=''><td>None</td>"
        "<svg><use href='#icon-none'></use></svg><b>Đối tượng Question (63)</b>"
    ) == [
        "nothing to choose: select area",
        "nothing to choose: select a",
        "no words: button b",
        "no words: a /x",
        "no words: input",
        "Python's words: None",
        "no such icon: none",
        "Python's words: Đối tượng Question (63)",
        "no words: button",
    ]
    assert not broken_in(
        "<select name=any><option value=''>Mọi</option></select>"
        "<select name=area><option value=''>---</option><option value=1>Phường</option></select>"
        "<button><svg><use href='#icon-plus'></use></svg> Lưu</button>"
        "<a href='/x'><img src=y alt='Trang đầu'></a><button aria-label='Đóng'></button>"
        "<b id=it>Lưu</b><button aria-labelledby=it></button><button hidden></button><script>None</script>"
        "<td>None of them</td><a id=anchor></a>"
    )
