"""A repost does not ring again: the alert that told its story names it."""

from bot.sandbox.reader import Reader
from tests.e2e.conftest import Cast, ask, watch
from tests.program import Program

NEWS = (
    "Білогорівка повністю під контролем наших захисників. За кожен сантиметр іде боротьба, "
    "ворог готує оборону і підтягує підрозділи з півночі області."
)


async def test_a_repost_edits_the_alert_and_post_shows_the_story(
    program: Program, cast: Cast, anna: Reader
) -> None:
    truha = cast.telegram.channel("truha_ua", "Труха")
    truha.admits(cast.watcher)
    await anna.says("/add @truha_ua")
    question = await anna.receives("Watch this channel?")
    await anna.presses("Add", on=question)
    await anna.receives("Added")
    await program.archive.until("SELECT 1 FROM channels WHERE title = 'Труха' AND state = 'joined'")
    await watch(anna, "Білогорівка")
    anna.reads_everything()

    first = await cast.haidai.posts(NEWS)
    alert = await anna.receives("ілогорівка")
    assert not alert.edited

    await truha.posts(f"⚡️ {NEWS}\n\nПідписатися на канал")
    edited = await anna.receives("Also: Труха")
    assert edited.edited and edited.id == alert.id
    assert "late" not in edited.text

    shown = await ask(anna, f"/post https://t.me/luhanskaVTSA/{first.id}")
    assert "The same story, 2 posts" in shown.text
