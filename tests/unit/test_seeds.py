"""Seeds: every file can be used, and keeps what it promises; a broken one says where and how."""

import re
import unicodedata
import zoneinfo
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

import seeds
from bot.query.compile import understand
from bot.query.match import holds
from bot.query.parse import parse
from bot.query.tree import Document, Tree
from seeds import DemoDay, DemoPost, SeedsError, demo_day, packs, starter_rules
from storage.records import Pack, Profile
from tests.unit.query.lexicons import whole

LANGUAGES = {"en", "uk", "ru"}
STORY = {"serhiy_hayday", "v_zelenskiy_official", "PushilinDenis", "medvedev_telegram"}


@pytest.fixture(name="day", scope="module")
def the_day_of_the_demo() -> DemoDay:
    return demo_day()


def by_name() -> dict[str, Pack]:
    return {pack.name: pack for pack in packs()}


def profiles() -> dict[str, Profile]:
    return {profile.username: profile for pack in packs() for profile in pack.profiles}


def rules_of(day: DemoDay) -> set[str]:
    return {query for subscriber in day.subscribers for query in subscriber.rules}


@cache
def meaning(query: str) -> Tree:
    tree = understand(parse(query), whole()).tree
    assert tree is not None
    return tree


def caught(queries: set[str], text: str) -> set[str]:
    """The queries that a text satisfies, as the program decides it."""
    document = Document(text)
    return {query for query in queries if holds(meaning(query), document)}


def text_at(post: DemoPost, at: int) -> str:
    return post.edit.text if post.edit is not None and post.edit.at <= at else post.text


# ---------------------------------------------------------------- packs


def test_the_packs_that_the_settings_may_name_are_there() -> None:
    assert {"story", "ua-oblasts", "ua-national", "ru-officials"} <= set(by_name())
    assert {profile.username for profile in by_name()["story"].profiles} == STORY


def test_usernames_are_valid_and_unique_within_a_pack() -> None:
    for pack in packs():
        names = [profile.username for profile in pack.profiles]
        assert len({name.lower() for name in names}) == len(names)
        for name in names:
            assert re.fullmatch(r"[A-Za-z]\w{2,30}[A-Za-z0-9]", name, re.ASCII), name


def test_every_profile_is_complete() -> None:
    for profile in profiles().values():
        assert profile.country in {"UA", "RU", "RU-occupied"}
        assert profile.language in {"uk", "ru"}
        assert profile.region is None or re.fullmatch(r"(UA|RU)-[0-9A-Z]{2,3}", profile.region)
        assert re.fullmatch(r"[a-z_]+", profile.kind)


def test_the_governor_of_the_story_held_his_office_that_day() -> None:
    holder = profiles()["serhiy_hayday"].holders[0]
    assert holder.since is not None
    assert holder.until is not None
    assert holder.since < "2022-09-19" < holder.until


def test_no_file_holds_a_secret() -> None:
    """Tokens, hashes and phone numbers have forms that no seed has."""
    secret = re.compile(r"\d{6,}:[\w-]{20,}|\b[0-9a-f]{32}\b|\+\d{9,}")
    folder = Path(seeds.__file__).parent
    for path in (*folder.rglob("*.toml"), *folder.rglob("*.py")):
        assert not secret.search(path.read_text("utf-8")), path


# ---------------------------------------------------------------- starter rules


def test_starter_rules_are_valid_queries_titled_in_every_language() -> None:
    rules = starter_rules()
    assert len(rules) >= 10
    for rule in rules:
        assert parse(rule.query).text == rule.query
        assert set(rule.titles) == LANGUAGES


# ---------------------------------------------------------------- the demo


def test_the_day_is_that_of_the_story(day: DemoDay) -> None:
    first = datetime(2022, 9, 19, tzinfo=UTC).timestamp() * 1000
    after = datetime(2022, 9, 21, tzinfo=UTC).timestamp() * 1000
    moments = [post.at for post in day.posts]
    moments += [post.edit.at for post in day.posts if post.edit]
    moments += [post.deleted_at for post in day.posts if post.deleted_at]
    moments += [question.at for person in day.subscribers for question in person.asks]
    assert all(first <= moment < after for moment in moments)
    assert len(day.posts) >= 25
    assert "Sample" in day.notice


def test_the_day_has_the_channels_of_the_story_and_several_others(day: DemoDay) -> None:
    names = {channel.username for channel in day.channels}
    assert names > STORY
    assert len(names) >= 8
    assert names <= set(profiles())
    assert {post.channel for post in day.posts} == names


def test_the_day_has_everything_that_happens_to_posts(day: DemoDay) -> None:
    posts = {post.key: post for post in day.posts}
    assert any(post.edit for post in day.posts)
    assert any(post.deleted_at for post in day.posts)
    assert sum(not post.hits and not post.edit for post in day.posts) >= 5
    forwards = [post for post in day.posts if post.forward_of]
    assert forwards
    for post in forwards:
        assert post.forward_of is not None
        assert posts[post.forward_of].channel != post.channel
        assert posts[post.forward_of].text == post.text


def test_an_album_is_three_photos_at_once_with_the_caption_on_one(day: DemoDay) -> None:
    albums: dict[str, list[DemoPost]] = {}
    for post in day.posts:
        if post.album is not None:
            albums.setdefault(post.album, []).append(post)
    assert albums
    for parts in albums.values():
        assert len(parts) == 3
        assert len({(part.channel, part.at) for part in parts}) == 1
        assert all(part.photo for part in parts)
        assert sum(bool(part.text) for part in parts) == 1


def test_texts_are_as_short_as_posts_and_in_the_language_of_their_channel(day: DemoDay) -> None:
    known = profiles()
    for post in day.posts:
        assert len(post.text) < 400
        russian = known[post.channel].language == "ru"
        if post.text and post.forward_of is None:
            assert bool(re.search("[ыэъё]", post.text.lower())) <= russian, post.key
            assert not (russian and re.search("[іїєґ]", post.text.lower())), post.key


@pytest.mark.parametrize(
    "written",
    [
        "\u0301",  # a stress mark
        "\u200b",  # a zero-width space
        "’",
        "ʼ",
        "HATO",
        "pa\u043a",  # ракет with two Latin letters
        "#",
        "https://",
    ],
    ids=ascii,
)
def test_some_texts_are_written_as_real_phones_write_them(day: DemoDay, written: str) -> None:
    assert any(written in post.text for post in day.posts)


def test_every_rule_hits_exactly_what_the_file_says(day: DemoDay) -> None:
    rules = rules_of(day)
    for post in day.posts:
        assert caught(rules, post.text) == post.hits, post.key
        if post.edit is not None:
            assert caught(rules, post.edit.text) == post.edit.hits, post.key


def test_every_rule_hits_something(day: DemoDay) -> None:
    hit = {query for post in day.posts for query in post.hits}
    hit |= {query for post in day.posts if post.edit for query in post.edit.hits}
    assert hit == rules_of(day)


def test_every_search_finds_exactly_what_the_file_says_newest_first(day: DemoDay) -> None:
    searches = [ask for person in day.subscribers for ask in person.asks if ask.finds is not None]
    assert searches
    for ask in searches:
        query = ask.text.removeprefix("/search ")
        posted = [post for post in day.posts if post.at <= ask.at]
        found = [post.key for post in posted if caught({query}, text_at(post, ask.at))]
        assert tuple(reversed(found)) == ask.finds


def test_the_three_people_of_the_day_ask_in_their_languages_and_zones(day: DemoDay) -> None:
    assert len(day.subscribers) == 3
    assert {person.language for person in day.subscribers} == LANGUAGES
    for person in day.subscribers:
        assert zoneinfo.ZoneInfo(person.zone)
        assert person.asks
        assert all(ask.text.startswith("/") for ask in person.asks)
        assert all(parse(query).text == query for query in person.rules)


def test_a_rule_finds_its_words_however_a_phone_composes_letters(day: DemoDay) -> None:
    rules = rules_of(day)
    for post in day.posts:
        assert caught(rules, unicodedata.normalize("NFD", post.text)) == post.hits


# ---------------------------------------------------------------- broken files

CHANNEL = """
[[channel]]
username = "some_name"
office = "An office"
kind = "ministry"
country = "UA"
language = "uk"
as_of = "2026-10"
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[channel]\n", "pack.toml is not valid TOML"),
        ("", "there is no [[channel]]"),
        (CHANNEL + CHANNEL, "some_name: it is in this file twice"),
        (CHANNEL.replace("some_name", "@some_name"), "without @ or t.me/"),
        (CHANNEL.replace("some_name", ""), "[[channel]] number 1: username is missing"),
        (CHANNEL.replace('"uk"', '"ua"'), "language must be one of"),
        (CHANNEL.replace('"2026-10"', "2026"), 'as_of must be a text in quotation marks, as in "'),
        (CHANNEL.replace("2026-10", "lately"), "as_of must be a year"),
        (CHANNEL.replace("office", "ofice"), "some_name: office is missing"),
        (CHANNEL + "regoin = 'UA-05'", "there is no 'regoin' here. Did you mean region?"),
        (CHANNEL + "pinned_id = -100123", "without -100"),
        (CHANNEL + "holders = [{ since = 2020-01-01 }]", "name is missing"),
        (CHANNEL + "holders = [{ name = 'A', since = '2020' }]", "since must be a day such as"),
        (
            CHANNEL + "holders = [{ name = 'A', since = 2020-01-02, until = 2020-01-01 }]",
            "[[holders]] A: until is before since",
        ),
        (CHANNEL + "[[chanel]]", "there is no 'chanel' here. Did you mean channel?"),
    ],
)
def test_a_broken_pack_says_where_and_what_to_write(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "pack.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SeedsError) as error:
        packs(tmp_path)
    assert said in str(error.value)
    assert "pack.toml" in str(error.value)


def test_a_pack_with_a_name_nobody_can_type_is_refused(tmp_path: Path) -> None:
    (tmp_path / "My Pack.toml").write_text(CHANNEL)
    with pytest.raises(SeedsError, match="small letters"):
        packs(tmp_path)


def test_packs_that_disagree_on_a_channel_are_refused(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(CHANNEL)
    (tmp_path / "two.toml").write_text(CHANNEL.replace("An office", "Another"))
    with pytest.raises(SeedsError, match=r"some_name.*differ from those in one\.toml"):
        packs(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[rule]]\nquery = 'а'", "[[rule]] number 1: title is missing"),
        ("[[rule]]\ntitle = { en = 'a', uk = 'b' }\nquery = 'а'", "title: ru is missing"),
        ("[[rule]]\ntitle = 'a'\nquery = 'а'", "title must be a table in curly brackets"),
        (
            "[[rule]]\ntitle = { en = 'a', uk = 'b', ru = 'c' }\nquery = 'а'\n" * 2,
            "number 2: the query а is in this file twice",
        ),
    ],
)
def test_broken_rules_say_where_and_what_to_write(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SeedsError) as error:
        starter_rules(path)
    assert said in str(error.value)


DAY = """
notice = "Samples"
[[channel]]
username = "some_name"
title = "A title"
[[subscriber]]
name = "Anna"
language = "en"
zone = "UTC"
rules = ["слово"]
[[post]]
key = "first"
channel = "some_name"
at = 2022-09-19T08:00:00Z
text = "слово"
hits = ["слово"]
"""


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("forward_of = 'zero'", "forward_of names 'zero', which is nowhere"),
        ("deleted_at = 2022-09-19T07:00:00Z", "deleted before it is posted"),
        ("deleted_at = 2022-09-19T10:00:00", "must end in Z"),
        ("deleted_at = 2022-09-19T10:00:00+03:00", "must end in Z"),
        ("edit = { at = 2022-09-19T09:00:00Z }", "[[post]] first, edit: text is missing"),
        ("edit = { at = 2022-09-19T09:00:00Z, text = 'а', hits = ['ні'] }", "hits names 'ні'"),
        ("photo = 'yes'", "photo must be true or false"),
        (
            "[[post]]\nkey = 'first'\nchannel = 'some_name'\nat = 2022-09-19T08:00:00Z",
            "needs a text",
        ),
        (
            "[[post]]\nkey = 'b'\nchannel = 'some_name'\nat = 2022-09-19T07:00:00Z\ntext = 'а'",
            "put posts in the order of time",
        ),
        (
            "[[post]]\nkey = 'first'\nchannel = 'some_name'\nat = 2022-09-19T09:00:00Z\ntext = 'а'",
            "another post has this key",
        ),
        (
            "[[post]]\nkey = 'b'\nchannel = 'other'\nat = 2022-09-19T09:00:00Z\ntext = 'а'",
            "channel names 'other'",
        ),
        (
            "[[post]]\nkey = 'b'\nchannel = 'some_name'\nat = 2022-09-19T09:00:00Z\ntext = 'а'\n"
            "forward_of = 'first'",
            "leave text out",
        ),
    ],
)
def test_a_broken_day_says_where_and_what_to_write(tmp_path: Path, more: str, said: str) -> None:
    path = tmp_path / "demo.toml"
    path.write_text(DAY + more, encoding="utf-8")
    with pytest.raises(SeedsError) as error:
        demo_day(path)
    assert said in str(error.value)
    assert "demo.toml" in str(error.value)


def test_a_search_that_finds_what_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "demo.toml"
    asks = "asks = [{ at = 2022-09-19T09:00:00Z, text = '/search а', finds = ['none'] }]"
    path.write_text(DAY.replace("[[post]]", f"{asks}\n[[post]]"), encoding="utf-8")
    with pytest.raises(SeedsError, match=r"\[\[subscriber\]\] Anna: finds names 'none'"):
        demo_day(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SeedsError, match="cannot be read"):
        demo_day(tmp_path / "none.toml")
