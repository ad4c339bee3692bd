"""Pages that are cut or damaged, and what is no page at all."""

import pytest

from bot.importing.words import ExportError
from tests.importing.desktop import page, posted, text
from tests.importing.reading import flaws, read


@pytest.mark.parametrize(
    "html", ["", "no page", "<html></html>", '{"messages": []}', page().replace("history", "x")]
)
def test_what_is_no_page_is_refused_politely(html: str) -> None:
    with pytest.raises(ExportError, match="page 1"):
        read(html)


def test_every_cut_gives_the_whole_messages_before_it_and_says_that_it_is_cut() -> None:
    whole = page(*(posted(number, inside=text(["а ", {"type": "bold", "text": "б"}]))
                   for number in (5, 6, 7)))  # fmt: skip
    for length in range(whole.index('id="message5"') + 20, len(whole) - 8, 5):
        items = read(whole[:length])
        found = [item["id"] for item in items if isinstance(item, dict)]
        assert found == [5, 6, 7][: len(found)]
        assert "cut off" in flaws(items)[-1]


def test_damage_costs_the_message_it_is_in_and_is_told() -> None:
    broken = posted(6, inside=text("б")).replace("</div>", "", 1)
    items = read(page(posted(5), broken, posted(7)))
    assert [item["id"] for item in items if isinstance(item, dict)] == [5, 7]
    [flaw] = flaws(items)
    assert "page 1, about byte" in flaw
    assert "message 6 is damaged" in flaw


@pytest.mark.parametrize("damage", ["<![if", "<!DOCTYPE", "<?", "<!--", "</", "<", "&#x", "<div>"])
def test_no_damage_is_fatal(damage: str) -> None:
    items = read(page(posted(5), posted(6, inside=damage), posted(7, inside=text(damage))))
    found = {item["id"]: item for item in items if isinstance(item, dict)}
    assert {5, 7} <= found.keys()
    assert found[7]["text"] == [{"type": "plain", "text": damage}]
