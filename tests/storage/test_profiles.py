"""What the seeds know: loaded again and again, changed, and asked by date."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from storage import channels, profiles
from storage.db import Archive
from storage.records import Channel, Holder, Office, Pack, Profile

LUHANSK = Profile(
    username="luhanskaVTSA",
    office="Луганська ОВА",
    kind="oblast_administration",
    country="UA",
    language="uk",
    as_of="2026-10",
    region="UA-09",
    holders=(
        Holder("Сергій Гайдай", "2019-10-25", "2023-03-15"),
        Holder("Артем Лисогор", "2023-03-15", None),
    ),
)
KYIV = Profile("VA_Kyiv", "Київська МВА", "city_administration", "UA", "uk", "2026-10")
OBLASTS = Pack("ua-governors", (LUHANSK, KYIV))


async def load(archive: Archive, *packs: Pack) -> None:
    async with archive.transaction() as tx:
        await profiles.load(tx, packs)


async def save(archive: Archive, channel_id: int, username: str) -> None:
    async with archive.transaction() as tx:
        await channels.save(tx, Channel(channel_id, username.title(), username))


async def office_of(archive: Archive, channel_id: int) -> str | None:
    channel = await channels.get(archive.reader, channel_id)
    assert channel is not None
    return channel.office


def on(day: str) -> int:
    """A moment of a day, in UTC milliseconds."""
    return int(datetime.fromisoformat(f"{day}T23:59:59.999").replace(tzinfo=UTC).timestamp() * 1e3)


async def test_a_pack_comes_back_as_it_was(archive: Archive) -> None:
    await load(archive, OBLASTS)
    assert await profiles.pack(archive.reader, "ua-governors") == [LUHANSK, KYIV]
    assert await profiles.pack(archive.reader, "unknown") == []


async def test_loading_again_changes_nothing(archive: Archive) -> None:
    await load(archive, OBLASTS)
    await load(archive, OBLASTS, OBLASTS)
    assert await profiles.pack(archive.reader, "ua-governors") == [LUHANSK, KYIV]
    for table in ("profiles", "holders", "labels"):
        [(count,)] = await archive.reader.execute_fetchall(
            f"SELECT count(*) FROM {table}"  # noqa: S608 -- one of the three above
        )
        assert count == 2


async def test_changed_facts_replace_the_old_ones(archive: Archive) -> None:
    await load(archive, OBLASTS)
    changed = replace(LUHANSK, username="LUHANSKAvtsa", as_of="2026-11", holders=())
    await load(archive, Pack("ua-governors", (KYIV, changed)))
    found = await profiles.pack(archive.reader, "ua-governors")
    assert found == [replace(changed, username="luhanskaVTSA"), KYIV]


async def test_a_channel_that_left_a_pack_loses_that_label_only(archive: Archive) -> None:
    await save(archive, 1, "luhanskaVTSA")
    await load(archive, OBLASTS, Pack("story", (LUHANSK,)))
    await load(archive, Pack("ua-governors", (KYIV,)))
    assert await profiles.pack(archive.reader, "ua-governors") == [KYIV]
    assert await profiles.pack(archive.reader, "story") == [LUHANSK]
    assert await office_of(archive, 1) == "Луганська ОВА"


@pytest.mark.parametrize("loaded_first", [True, False])
async def test_a_channel_has_the_profile_of_its_name(archive: Archive, loaded_first: bool) -> None:
    if loaded_first:
        await load(archive, OBLASTS)
    await save(archive, 1, "LuhanskaVTSA")
    await save(archive, 2, "somebody")
    if not loaded_first:
        await load(archive, OBLASTS)
    assert await office_of(archive, 1) == "Луганська ОВА"
    assert await office_of(archive, 2) is None
    assert await profiles.office(archive.reader, 2, on("2022-09-19")) is None


async def test_a_profile_stays_with_its_channel_when_the_name_changes_hands(
    archive: Archive,
) -> None:
    await load(archive, OBLASTS)
    await save(archive, 1, "luhanskaVTSA")
    await save(archive, 1, "renamed")
    await save(archive, 2, "luhanskaVTSA")
    assert await office_of(archive, 1) == "Луганська ОВА"
    assert await office_of(archive, 2) is None


async def test_a_pinned_id_decides_and_not_the_name(archive: Archive) -> None:
    await load(archive, Pack("p", (replace(LUHANSK, pinned_id=7),)))
    await save(archive, 6, "luhanskaVTSA")
    await save(archive, 7, "renamed")
    assert await office_of(archive, 6) is None
    assert await office_of(archive, 7) == "Луганська ОВА"


async def test_a_pinned_id_outweighs_the_profile_of_the_name(archive: Archive) -> None:
    await load(archive, Pack("p", (KYIV, replace(LUHANSK, pinned_id=7))))
    await save(archive, 7, "VA_Kyiv")
    assert await office_of(archive, 7) == "Луганська ОВА"


async def test_a_pack_vouches_for_an_id_or_does_not(archive: Archive) -> None:
    await load(archive, Pack("p", (replace(LUHANSK, pinned_id=7), KYIV)))
    found = [
        await profiles.pinned_id(archive.reader, name)
        for name in ("LuhanskaVTSA", "VA_Kyiv", "unknown")
    ]
    assert found == [7, None, None]


async def test_an_id_pinned_later_takes_the_profile_from_the_wrong_channel(
    archive: Archive,
) -> None:
    await load(archive, OBLASTS)
    await save(archive, 6, "luhanskaVTSA")
    await save(archive, 7, "renamed")
    await load(archive, Pack("p", (replace(LUHANSK, pinned_id=7),)))
    assert await office_of(archive, 6) is None
    assert await office_of(archive, 7) == "Луганська ОВА"


@pytest.mark.parametrize(
    ("day", "holder"),
    [
        ("2019-10-24", None),
        ("2019-10-25", "Сергій Гайдай"),
        ("2022-09-19", "Сергій Гайдай"),
        ("2023-03-14", "Сергій Гайдай"),
        ("2023-03-15", "Артем Лисогор"),  # a day of both: he who came
        ("2035-01-01", "Артем Лисогор"),
    ],
)
async def test_the_holder_of_an_office_depends_on_the_day(
    archive: Archive, day: str, holder: str | None
) -> None:
    await load(archive, OBLASTS)
    await save(archive, 1, "luhanskaVTSA")
    found = await profiles.office(archive.reader, 1, on(day))
    assert found == Office("Луганська ОВА", holder)


async def test_an_open_beginning_reaches_back_for_ever(archive: Archive) -> None:
    """And somebody may hold an office more than once."""
    holders = (
        Holder("A", None, "2020-12-31"),
        Holder("B", "2021-01-01", "2021-12-31"),
        Holder("A", "2022-01-01"),
    )
    await load(archive, Pack("p", (replace(KYIV, holders=holders),)))
    await save(archive, 1, "VA_Kyiv")
    found = [
        await profiles.office(archive.reader, 1, on(day))
        for day in ("1990-01-01", "2021-06-01", "2022-06-01")
    ]
    assert found == [Office("Київська МВА", name) for name in "ABA"]
