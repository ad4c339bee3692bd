"""A post becomes an alert, and is found again."""

from bot.sandbox.channels import Channel
from bot.sandbox.reader import Reader
from tests.e2e.conftest import watch
from tests.program import Program


async def test_a_match_reaches_the_subscriber_once(
    program: Program, anna: Reader, haidai: Channel
) -> None:
    await watch(anna, "Білогорівка")

    post = await haidai.posts("Білогорівка повністю під контролем ЗСУ.")

    alert = await anna.receives("під контролем")
    assert "<strong>Білогорівка</strong>" in alert.html
    assert "Сергій Гайдай" in alert.text
    assert post.link.removeprefix("https://") in alert.text
    await anna.receives_nothing_more()


async def test_what_does_not_match_is_saved_and_not_told(
    program: Program, anna: Reader, haidai: Channel
) -> None:
    await watch(anna, "Білогорівка")

    await haidai.posts("Ранок у Лисичанську.")

    await program.archive.until("SELECT 1 FROM posts WHERE text LIKE 'Ранок%'")
    await anna.receives_nothing_more()
    await anna.says("/search лисичанську")
    assert "Ранок" in (await anna.receives("Ранок")).text
