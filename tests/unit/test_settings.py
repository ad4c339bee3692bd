"""Settings: where they come from, and how every problem is said at once."""

import re
import stat
import tomllib
from pathlib import Path

import pytest

from config import example
from config.settings import Settings, SettingsError, environment_name, load
from config.table import SETTINGS

HASH = "0123456789abcdef0123456789abcdef"
TOKEN = "987654321:AnInventedTokenOfABot"
NEEDED = {
    "POSTWATCH_API_ID": "1234567",
    "POSTWATCH_API_HASH": HASH,
    "POSTWATCH_BOT_TOKEN": TOKEN,
    "POSTWATCH_OWNER": "42",
}
KEY = "-----BEGIN RSA PUBLIC KEY-----\nMIIBCgKCAQEA\n-----END RSA PUBLIC KEY-----\n"


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "postwatch.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def problems(path: Path | None, environ: dict[str, str]) -> dict[str, str]:
    """What is wrong, and what is said about it, by the setting's name."""
    with pytest.raises(SettingsError) as caught:
        load(path, environ)
    for problem in caught.value.problems:
        assert problem.name in str(caught.value)
        assert problem.advice in str(caught.value)
    return {
        problem.name: f"{problem.wrong} ({problem.where}) {problem.advice}"
        for problem in caught.value.problems
    }


def with_one(name: str, value: str) -> Settings:
    return load(None, NEEDED | {environment_name(name): value})


def test_the_environment_alone_is_enough() -> None:
    settings = load(None, NEEDED)
    telegram = settings.telegram
    assert (telegram.api_id, telegram.api_hash, telegram.bot_token) == (1234567, HASH, TOKEN)
    assert settings.owner == 42
    assert telegram.phone is None
    assert telegram.server is None
    assert settings.data == Path.home() / ".local/share/postwatch"


def test_what_is_not_said_has_its_default() -> None:
    settings = load(None, NEEDED)
    assert (settings.reading.zone, settings.reading.language) == ("UTC", "en")
    watch = settings.watch
    assert (watch.packs, watch.sweep_seconds, watch.join_minutes, watch.joins_a_day) == (
        (),
        30,
        10,
        15,
    )
    assert settings.query.dictionaries == ("uk", "ru", "en")
    assert (settings.log.level, settings.log.format, settings.log.file) == ("info", "human", None)


def test_everything_can_be_said_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "server.pem").write_text(KEY)
    path = written(
        tmp_path,
        f"""
        data = "elsewhere"
        [telegram]
        api_id = 7
        api_hash = "{HASH}"
        bot_token = "{TOKEN}"
        owner = 42
        phone = "+380 (50) 123-45-67"
        [telegram.server]
        address = "127.0.0.1:4430"
        public_key = "server.pem"
        dc_id = 3
        [reading]
        zone = "Europe/Kyiv"
        language = "uk"
        [watch]
        packs = ["ua-oblasts", "story"]
        [log]
        file = "/var/log/postwatch.log"
        """,
    )
    settings = load(path, {})
    server = settings.telegram.server
    assert server is not None
    assert (server.host, server.port, server.dc_id, server.public_key) == (
        "127.0.0.1",
        4430,
        3,
        KEY,
    )
    assert settings.telegram.phone == "+380501234567"
    assert settings.watch.packs == ("ua-oblasts", "story")
    assert settings.archive == tmp_path / "elsewhere" / "postwatch.sqlite3"
    assert settings.watcher_session == tmp_path / "elsewhere" / "watcher.session"
    assert settings.bot_session == tmp_path / "elsewhere" / "bot.session"
    assert settings.log.file == Path("/var/log/postwatch.log")
    assert settings.source == str(path)


def test_data_lies_beside_the_file_unless_it_says_otherwise(tmp_path: Path) -> None:
    assert load(written(tmp_path, ""), NEEDED).data == tmp_path / "data"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "[watch]\nsweep_seconds = 10\njoin_minutes = 5")
    settings = load(path, NEEDED | {"POSTWATCH_WATCH_SWEEP_SECONDS": "20"})
    assert (settings.watch.sweep_seconds, settings.watch.join_minutes) == (20, 5)
    assert "POSTWATCH_WATCH_SWEEP_SECONDS" in settings.source


def test_an_empty_variable_and_an_empty_text_count_as_not_set(tmp_path: Path) -> None:
    path = written(tmp_path, '[telegram]\nphone = ""')
    settings = load(path, NEEDED | {"POSTWATCH_READING_ZONE": ""})
    assert (settings.telegram.phone, settings.reading.zone) == (None, "UTC")


def test_lists_take_commas_in_the_environment() -> None:
    assert with_one("watch.packs", "story, ua-oblasts,story").watch.packs == (
        "story",
        "ua-oblasts",
    )
    assert with_one("query.dictionaries", "RU, uk,ru").query.dictionaries == ("uk", "ru")


def test_the_dictionaries_can_all_be_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, "[query]\ndictionaries = []")
    assert load(path, NEEDED).query.dictionaries == ()


def test_every_problem_is_reported_at_once_by_name(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        [telegram]
        api_id = "many"
        bot_tokn = "x"
        [watch]
        sweep_seconds = 2
        [reading]
        zone = "Europe/Kyyiv"
        """,
    )
    found = problems(path, {"POSTWATCH_LOG_LEVEL": "loud", "POSTWATCH_LOG_LEVLE": "info"})
    assert set(found) == {
        "telegram.api_id",
        "telegram.api_hash",
        "telegram.bot_token",
        "telegram.owner",
        "telegram.bot_tokn",
        "watch.sweep_seconds",
        "reading.zone",
        "log.level",
        "POSTWATCH_LOG_LEVLE",
    }
    assert "Did you mean telegram.bot_token?" in found["telegram.bot_tokn"]
    assert "Did you mean POSTWATCH_LOG_LEVEL?" in found["POSTWATCH_LOG_LEVLE"]
    assert "did you mean Europe/Kyiv?" in found["reading.zone"]
    assert "2 is not between 5 and 3600" in found["watch.sweep_seconds"]
    assert str(path) in found["watch.sweep_seconds"]
    assert "the environment: POSTWATCH_LOG_LEVEL" in found["log.level"]


@pytest.mark.parametrize("name", ["localtime", "Factory", "posixrules"])
def test_a_zone_that_is_another_on_each_machine_is_none(name: str) -> None:
    said = problems(None, {**NEEDED, "POSTWATCH_READING_ZONE": name})["reading.zone"]
    assert "is no name of a time zone" in said
    assert "Write a name of the IANA table: a continent and a city, or UTC." in said


@pytest.mark.parametrize("name", ["Europe/Kiev", "Etc/UTC", "Etc/GMT-2", "GMT", "Asia/Calcutta"])
def test_old_names_of_zones_and_those_of_no_place_still_are(name: str) -> None:
    assert with_one("reading.zone", name).reading.zone == name


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Europe/Kiew", "Europe/Kyiv"),
        ("Europe/Kiiv", "Europe/Kyiv"),
        ("Asia/Calcuta", "Asia/Kolkata"),
    ],
)
def test_a_zone_is_proposed_by_its_current_name(typed: str, meant: str) -> None:
    found = problems(None, {**NEEDED, "POSTWATCH_READING_ZONE": typed})
    assert f"did you mean {meant}?" in found["reading.zone"]


def test_a_missing_setting_is_said_with_an_example_and_both_places_for_it() -> None:
    found = problems(None, {})
    assert set(found) == {
        f"telegram.{each}" for each in ("api_id", "api_hash", "bot_token", "owner")
    }
    assert "owner = 123456789 under [telegram]" in found["telegram.owner"]
    assert "POSTWATCH_OWNER" in found["telegram.owner"]


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("telegram.api_id", "0", "not between"),
        ("telegram.api_id", "1.5", "not a whole number"),
        ("telegram.owner", "@name", "not a whole number"),
        ("telegram.phone", "0501234567", "country code"),
        ("telegram.server.address", "example.org", "host and a port"),
        ("telegram.server.address", "example.org:99999", "host and a port"),
        ("telegram.server.public_key", "no/such/file.pem", "cannot be read"),
        ("telegram.server.public_key", "-----BEGIN PUBLIC KEY-----", "not an RSA public key"),
        ("telegram.server.dc_id", "0", "not between"),
        ("watch.sweep_seconds", "никогда", "not a whole number"),
        ("reading.zone", "Kyiv time", "no name of a time zone"),
        ("reading.zone", "../../etc/passwd", "no name of a time zone"),
        ("reading.language", "de", "none of the words"),
        ("watch.packs", "../secrets", "other signs"),
        ("query.dictionaries", "uk,de", "holds a word that it cannot"),
        ("watch.sweep_seconds", "3601", "not between"),
        ("watch.joins_a_day", "-1", "not between"),
        ("log.format", "xml", "none of the words"),
        ("log.file", "~nobody-of-that-name/x", "home folder"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_write_instead(
    name: str, value: str, wrong: str
) -> None:
    found = problems(None, NEEDED | {environment_name(name): value})
    assert wrong in found[name]
    assert "For example:" in found[name]


@pytest.mark.parametrize(
    ("text", "name", "wrong"),
    [
        ("[watch]\npacks = [1]", "watch.packs", "not a list of names"),
        ("[query]\ndictionaries = 5", "query.dictionaries", "not a list of words"),
        ("[watch]\njoin_minutes = true", "watch.join_minutes", "not a whole number"),
        ("[reading]\nlanguage = 5", "reading.language", "none of the words"),
        ("telegram = 5", "telegram", "write [telegram] on a line of its own"),
        ("[telegram.phone]\nx = 1", "telegram.phone", "not a text"),
        ("zone = 'UTC'", "zone", "Did you mean reading.zone?"),
        ("[colours]\nmauve = 1", "colours.mauve", "Remove it"),
    ],
)
def test_a_file_of_the_wrong_shape_is_explained(
    tmp_path: Path, text: str, name: str, wrong: str
) -> None:
    assert wrong in problems(written(tmp_path, text), NEEDED)[name]


@pytest.mark.parametrize("content", [b"[telegram", b"\xff\xfe\x00", b"a = 1\na = 2"])
def test_a_file_that_is_no_toml_is_a_problem_like_any_other(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "postwatch.toml"
    path.write_bytes(content)
    assert "is not valid TOML" in problems(path, NEEDED)[str(path)]


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    assert "postwatch init" in problems(path, NEEDED)[str(path)]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_with_secrets_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    text = f'[telegram]\napi_hash = "{HASH}"\nbot_token = "{TOKEN}"'
    found = problems(written(tmp_path, text, mode), NEEDED)
    said = found["telegram.api_hash, telegram.bot_token"]
    assert "chmod 600" in said
    assert "POSTWATCH_BOT_TOKEN" in said


def test_a_file_without_secrets_may_be_read_by_all(tmp_path: Path) -> None:
    assert load(written(tmp_path, "[telegram]\nowner = 5", 0o644), NEEDED).owner == 42


def test_no_secret_is_shown_in_a_problem_or_in_the_settings_themselves() -> None:
    secrets = {
        "POSTWATCH_API_HASH": "not-a-hash-but-secret",
        "POSTWATCH_BOT_TOKEN": "not-a-token-but-secret",
        "POSTWATCH_PHONE": "12345-secret",
    }
    with pytest.raises(SettingsError) as caught:
        load(None, NEEDED | secrets)
    assert "secret" not in str(caught.value)
    settings = with_one("telegram.phone", "+380501234567")
    shown = repr(settings)
    assert settings.secrets
    assert not [secret for secret in settings.secrets if secret in shown]


def test_another_server_needs_all_of_its_section() -> None:
    found = problems(None, NEEDED | {"POSTWATCH_SERVER_DC_ID": "2"})
    assert set(found) == {"telegram.server.address", "telegram.server.public_key"}


def test_the_key_of_another_server_may_stand_in_the_settings() -> None:
    variables = {"POSTWATCH_SERVER_ADDRESS": "[::1]:443", "POSTWATCH_SERVER_PUBLIC_KEY": KEY}
    server = load(None, NEEDED | variables).telegram.server
    assert server is not None
    assert (server.host, server.port, server.public_key) == ("::1", 443, KEY)


def test_no_two_settings_share_a_variable() -> None:
    assert len({environment_name(name) for name in SETTINGS}) == len(SETTINGS)
    assert environment_name("telegram.bot_token") == "POSTWATCH_BOT_TOKEN"


def test_the_example_of_every_setting_is_valid(tmp_path: Path) -> None:
    for name, setting in SETTINGS.items():
        value = tomllib.loads(f"it = {setting.example}")["it"]
        (tmp_path / "server.pem").write_text(KEY)
        setting.kind.read(value, tmp_path)
        assert setting.kind.advice.endswith("."), name


def test_the_example_file_loads_once_the_required_settings_are_given(tmp_path: Path) -> None:
    path = tmp_path / "postwatch.toml"
    example.write(path)
    assert set(problems(path, {})) == {
        "telegram.api_id",
        "telegram.api_hash",
        "telegram.bot_token",
        "telegram.owner",
    }
    assert load(path, NEEDED).log == load(None, NEEDED).log


def test_the_example_file_shows_every_setting_and_no_other(tmp_path: Path) -> None:
    """With the comment signs before assignments and sections removed, it says everything."""
    (tmp_path / "server.pem").write_text(KEY)
    plain = re.sub(r"^# (?=\[[a-z.]+\]$|[a-z_]+ = )", "", example.text(), flags=re.MULTILINE)
    assigned = re.findall(r"^([a-z_]+) = ", plain, flags=re.MULTILINE)
    assert sorted(assigned) == sorted(name.rpartition(".")[2] for name in SETTINGS)
    settings = load(written(tmp_path, plain), NEEDED)
    assert settings.telegram.server is not None
    assert settings.watch.packs == ("ua-oblasts", "ua-national")


def test_the_example_is_written_for_its_owner_alone_and_never_over_a_file(tmp_path: Path) -> None:
    path = tmp_path / "postwatch.toml"
    example.write(path)
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    with pytest.raises(SettingsError, match="is there already"):
        example.write(path)
    with pytest.raises(SettingsError, match="cannot be written"):
        example.write(tmp_path / "no" / "folder.toml")


def test_only_the_root_reads_the_environment() -> None:
    """Settings are handed down in parts, so that nothing depends on a variable in secret."""
    root = Path(__file__).parents[2]
    readers = {
        path.relative_to(root).as_posix()
        for package in ("bot", "config", "storage", "seeds")
        for path in (root / package).rglob("*.py")
        if re.search(r"\bos\.(environ|getenv)\b", path.read_text(encoding="utf-8"))
    }
    assert readers <= {"bot/cli.py"}
