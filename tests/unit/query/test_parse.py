"""Queries: what is understood, and what is refused with its reason and its place."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.query import limits
from bot.query.errors import QueryError
from bot.query.parse import parse
from bot.query.syntax import And, Filter, Near, Node, Not, Or, Pattern, Phrase, Prefix, Word
from bot.query.words import fold, tokens
from tests.unit.query.queries import TEXTS, short

CODES = set(re.findall(r"``(\w+)``", QueryError.__doc__ or ""))


def refusal(text: str, *, rule: bool = False) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(text, rule=rule)
    return caught.value


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("Білогорівка наступ", "(Білогорівка & наступ)"),
        ("a AND b ТА c И d & e && f", "(a & b & c & d & e & f)"),
        ("a OR b АБО c ИЛИ d | e||f|g", "(a | b | c | d | e | f | g)"),
        ("a b OR c d", "((a & b) | (c & d))"),
        ("a (b OR c) d", "(a & (b | c) & d)"),
        ("(a) ((b))", "(a & b)"),
        ("a (b (c d))", "(a & b & c & d)"),
        ("a -b", "(a & -b)"),
        ("a –b —c −d", "(a & -b & -c & -d)"),
        ("NOT a b НЕ c", "(-a & b & -c)"),
        ("NOT NOT a", "a"),
        ('a -"b c" -=d -eee* -(f | g)', "(a & -[b c] & -=d & -eee* & -(f | g))"),
        ("a -from:@hhhh", "(a & -from:hhhh)"),
        ("a -(-b)", "(a & b)"),
        ("a AND NOT b", "(a & -b)"),
    ],
)
def test_words_are_joined_by_and_or_not(text: str, tree: str) -> None:
    assert short(parse(text).root) == tree


@pytest.mark.parametrize(
    "marks",
    [
        *(a + b for a in '"“”„‟″＂«‹' for b in '"“”„‟″＂»›'),  # phones mix them
        *("»«", "»»", "›‹", "››"),
    ],
)
def test_a_phrase_stands_between_any_quotation_marks(marks: str) -> None:
    opening, closing = tuple(marks)
    query = parse(f"{opening}командний пункт{closing} наступ")
    assert short(query.root) == "([командний пункт] & наступ)"
    assert query.ignored == ()


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('«ЗСУ "Азов" йде»', "[ЗСУ Азов йде]"),
        ('"об"єкт удару"', '[об"єкт удару]'),
        ('об"єкт', 'об"єкт'),
        ('"слово"', "слово"),
        ('"a" "b"', "(a & b)"),
        ('="a b"', "[=a =b]"),
        ("!«a b»", "[=a =b]"),
        ('"a =b"', "[a =b]"),
        ('"a OR b"', "[a OR b]"),
        ('a "" b', "(a & b)"),
        ('слово"', "слово"),
        ('5" ракета 7" міна', "(5 & ракета & 7 & міна)"),
        ('" слово', "слово"),
        ("'a b'", "(a & b)"),
    ],
)
def test_phrases(text: str, tree: str) -> None:
    assert short(parse(text).root) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("=Крим !Крим", "(=Крим & =Крим)"),
        ("=Су-34", "[=Су =34]"),
        ("Увага!", "Увага"),
        ("референдум*", "референдум*"),
        ("Рефе́рендум*,", "референдум*"),
        ("#Мар'їн* КАДИРОВ*", "(маріін* & кадиров*)"),
        ("!кадиров*", "кадиров*"),
        ("5*5", "[5 5]"),
        ("* слово ***", "слово"),
        ("обстріл ~5 Херсон", "(обстріл ~5 Херсон)"),
        ("обстріл ~ Херсон", "(обстріл ~5 Херсон)"),
        ('a "b c" ~0 =d e', "(a & ([b c] ~0 =d) & e)"),
        ("Су-34 ~3 міст", "([Су 34] ~3 міст)"),
        (r"x /рф|росі[яї]\/a/", "(x & /рф|росі[яї]/a/)"),
        (r"x /\d+ км/i, y", r"(x & /\d+ км/ & y)"),
        ("/a/ (b -c)", "(/a/ & b & -c)"),
        ("x -/a/", "(x & -/a/)"),
    ],
)
def test_words_in_other_ways(text: str, tree: str) -> None:
    assert short(parse(text).root) == tree.replace("маріін", fold("Мар'їн"))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("Су–34 Івано-Франківськ #КривийРіг", "([Су 34] & [Івано Франківськ] & [Кривий Ріг])"),
        ("HATO наступ from:@luhanskaVTSA", "(НАТО & наступ & from:luhanskavtsa)"),
        ("X-101", "[Х 101]"),
        ("АрміяInform", "[Армія Inform]"),
        ("C++ a/b 24/7 12:30", "(C & [a b] & [24 7] & [12 30])"),
        ("Київ,Харків; 1,5 км", "(Київ & Харків & [1 5] & км)"),
        ("Re: or and not або та и не Or", "(Re & or & and & not & або & та & и & не & Or)"),
        ("a/b и/или /start", "([a b] & [и или] & start)"),
        ("OR-гейт ORB", "([OR гейт] & ORB)"),
        ("a ~слово b~c", "(a & слово & [b c])"),
        ("AT&T a -- b - c", "([AT T] & a & b & c)"),
        ("a -> b", "(a & b)"),
        ("NEAR(a b, 5)", "(NEAR & a & b & 5)"),
        (
            "body:x meta : c17 ;DROP TABLE posts",
            "([body x] & meta & [c 17] & DROP & TABLE & posts)",
        ),
        ("{a b} [c] <d>", "(a & b & c & d)"),
        ("İn:a ıs:b ſince:7d verſion:x", "([İn a] & [ıs b] & [ſince 7 d] & [verſion x])"),
    ],
)
def test_what_only_looks_like_an_operator_is_a_word(text: str, tree: str) -> None:
    assert short(parse(text).root) == tree


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        ("🔥 наступ — - …", ("🔥", "—", "-", "…")),
        ("наступ https://en.wikipedia.org/wiki/A_(b) @name a@b.org", None),
        ("наступ (https://t.me/a/1) (🔥)", ("https://t.me/a/1", "🔥")),
        ("наступ, www.x.org/a?b=c|d t.me/a/1.", ("www.x.org/a?b=c|d", "t.me/a/1.")),
    ],
)
def test_what_asks_for_nothing_is_named(text: str, ignored: tuple[str, ...] | None) -> None:
    query = parse(text)
    expected = tuple(text.split()[1:]) if ignored is None else ignored
    assert (short(query.root), query.ignored) == ("наступ", expected)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("from:@luhanskaVTSA", "from:luhanskavtsa"),
        ("From:luhanskaVTSA", "from:luhanskavtsa"),
        ("from:https://t.me/luhanskaVTSA/5876?single", "from:luhanskavtsa"),
        ("from:t.me/s/luhanskaVTSA", "from:luhanskavtsa"),
        ("from:https://t.me/c/1234567890/5", "from:1234567890"),
        ("from:@aaaa,bbbb,t.me/cccc,@AAAA", "from:aaaa,bbbb,cccc"),
        ("in:ua-governors in:UA–National", "(in:ua-governors & in:ua-national)"),
        ('in:"мій пак",інший', "in:мій пак,інший"),
        ("has:photo has:video,link", "(has:photo & has:video,roundvideo,link)"),
        ("is:forward is:edited,deleted", "(is:forward & is:edited,deleted)"),
        ("lang:uk,RU lang:ua", "(lang:uk,ru & lang:uk)"),
        ("a (from:@bbbb OR has:photo)", "(a & (from:bbbb | has:photo))"),
    ],
)
def test_filters(text: str, tree: str) -> None:
    assert short(parse(text).root) == tree


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("a since:2022-09-19 until:2022-09-20", "2022-09-19", "2022-09-20"),
        ("since:7d", "7d", None),
        ('Since:"last monday" a', "last monday", None),
        ("a until:«19 вересня 2022»", None, "19 вересня 2022"),
        ("until:вчора AND a", None, "вчора"),
        ("a AND since:2022–09–19", "2022-09-19", None),
        ("a since:7d OR b", "7d", None),
    ],
)
def test_days_hold_for_the_whole_search(text: str, since: str | None, until: str | None) -> None:
    query = parse(text)
    assert query.since is None or text[query.since.at :].lower().startswith("since:")
    days = (query.since and query.since.text, query.until and query.until.text)
    assert days == (since, until)


def test_versions_ask_for_what_was_edited_away() -> None:
    assert parse("a versions:all").past
    assert not parse("a").past


REFUSED = [
    ("", "empty", ""),
    ("\u200e \x00 \ud800", "empty", ""),
    ("?!", "no_words", "?!"),
    ("🔥 — https://example.org @name", "no_words", "🔥"),
    ('""', "no_words", '""'),
    ("()", "empty_group", "("),
    ("a ()", "empty_group", "("),
    ("a OR", "operator_alone", "OR"),
    ("АБО a", "operator_alone", "АБО"),
    ("a | | b", "operator_alone", "|"),
    ("a AND OR b", "operator_alone", "AND"),
    ("(a ИЛИ) b", "operator_alone", "ИЛИ"),
    ("a OR 🔥", "operator_alone", "OR"),
    ("' OR 1=1 --", "operator_alone", "OR"),
    ("NOT", "operator_alone", "NOT"),
    ("a -@name", "operator_alone", "-"),
    ("-a", "only_negative", "a"),
    ("-a НЕ b", "only_negative", "a"),
    ("-a since:7d", "only_negative", "a"),
    ("c -(-a -b)", "only_negative", "a"),
    ("a OR -b", "negative_choice", "b"),
    ("c (a OR NOT b)", "negative_choice", "b"),
    ("/рф/", "lonely_regex", "/рф/"),
    ("/рф/ -a", "lonely_regex", "/рф/"),
    ("a (b OR /рф/)", "lonely_regex", "/рф/"),
    ("/рф/ since:7d", "lonely_regex", "/рф/"),
    ("(a", "open_group", "("),
    ("a (b (c)", "open_group", "("),
    ("a) b", "close_group", ")"),
    ("a ~5 b ~5 c", "near_chain", "~5"),
    ("~5 a", "near_operand", "~5"),
    ("a ~5", "near_operand", "~5"),
    ("(a | b) ~5 c", "near_operand", "~5"),
    ("наст* ~5 c", "near_operand", "~5"),
    ('"a b"~10 c -d ~', "near_operand", "~"),
    ("втрати ~500 осіб", "far", "~500"),
    ('"командний пункт', "open_quote", '"'),
    ("a «b", "open_quote", "«"),
    ('="a b', "open_quote", '"'),
    ('a -"b c', "open_quote", '"'),
    ('since:"last monday', "open_quote", "since:"),
    ("ре*", "short_prefix", "ре*"),
    ("C*", "short_prefix", "C*"),
    ("*референдум", "star_place", "*референдум"),
    ("рефе*дум", "star_place", "рефе*дум"),
    ("**референдум**", "star_place", "**референдум**"),
    ("Івано-Фран*", "star_place", "Івано-Фран*"),
    ('"командн* пункт"', "star_in_phrase", '"командн* пункт"'),
    ("=from:@aaaa", "bad_exact", "=from:@aaaa"),
    ("!(a b)", "bad_exact", "!"),
    ("x /рф|росі", "open_regex", "/рф"),
    ("x /[/", "bad_regex", "/[/"),
    (r"x /(?=a)/", "bad_regex", r"/(?=a)/"),
    ("x /((a{99}){99}){99}/", "bad_regex", "/((a{99}){99}){99}/"),
    ("before:2022 a", "unknown_filter", "before:2022"),
    ("channel:@aaaa", "unknown_filter", "channel:@aaaa"),
    ("from: @aaaa", "empty_value", "from:"),
    ("lang:uk, a", "empty_value", "lang:uk,"),
    ("from:@aaaa,,bbbb", "empty_value", "from:@aaaa,,bbbb"),
    ('in:""', "empty_value", 'in:""'),
    ("since:", "empty_value", "since:"),
    ("has:foto", "bad_value", "has:foto"),
    ("lang:de", "bad_value", "lang:de"),
    ("versions:old", "bad_value", "versions:old"),
    ("from:Гайдай", "bad_channel", "from:Гайдай"),
    ("since:7d a since:8d", "repeated", "since:8d"),
    ("versions:all versions:all", "repeated", "versions:all"),
    ("a (b since:7d)", "nested", "since:7d"),
    ("a -until:7d", "nested", "until:7d"),
    ("since:7d OR a", "nested", "since:7d"),
    ("a OR versions:all", "nested", "versions:all"),
]


@pytest.mark.parametrize(("text", "code", "part"), REFUSED)
def test_a_refusal_points_at_the_part(text: str, code: str, part: str) -> None:
    error = refusal(text)
    assert error.code == code
    assert error.text[error.at : error.end] == part


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a since:7d", "search_only"),
        ("a until:2022", "search_only"),
        ("a versions:all", "search_only"),
        ("has:photo lang:uk", "rule_needs_word"),
        ("a OR is:forward", "rule_needs_word"),
        ("/рф/ has:photo", "rule_needs_word"),
        ("is:edited -a", "rule_needs_word"),
        ("from:@aaaa is:deleted", "deleted_rule"),
        ("-a", "only_negative"),
    ],
)
def test_a_rule_waits_for_something(text: str, code: str) -> None:
    assert refusal(text, rule=True).code == code


@pytest.mark.parametrize(
    "text", ["a", "from:@aaaa", "in:x has:photo", "from:@aaaa -a", "from:@aaaa /рф/", "a OR in:x"]
)
def test_a_rule_is_read_as_a_search_is(text: str) -> None:
    assert parse(text, rule=True) == parse(text)


@pytest.mark.parametrize(
    ("most", "beyond", "code"),
    [
        ("а" * limits.LENGTH, "а" * 10_000, "too_long"),
        ("а " * limits.TERMS, "а " * (limits.TERMS + 1), "too_many_terms"),
        ("а " * limits.TERMS, "а " * 500, "too_many_terms"),
        ("-".join("а" * limits.PHRASE), "-".join("а" * (limits.PHRASE + 1)), "long_phrase"),
        (f'"{"а " * limits.PHRASE}"', f'"{"а " * 40}"', "long_phrase"),
        ("(" * 10 + "a" + ")" * 10, "(" * 11 + "a" + ")" * 11, "too_deep"),
        ("a (b | " * 10 + "c" + ")" * 10, "a (b | " * 11 + "c" + ")" * 11, "too_deep"),
        (f"a ~{limits.DISTANCE} b", f"a ~{limits.DISTANCE + 1} b", "far"),
        (f"a /{'б' * limits.REGEX}/", f"a /{'б' * (limits.REGEX + 1)}/", "long_regex"),
        ("рос*", "ро*", "short_prefix"),
        (
            "in:" + ",".join(map(str, range(limits.VALUES))),
            "in:" + ",".join(map(str, range(limits.VALUES + 1))),
            "too_many_values",
        ),
    ],
)
def test_limits(most: str, beyond: str, code: str) -> None:
    parse(most)
    assert refusal(beyond).code == code


@pytest.mark.parametrize(
    "piece", ["(", ")", "NOT ", "-(", '"', "=", "!", "*", "~", "/", "a (", "|"]
)
def test_a_thousand_of_anything_is_refused(piece: str) -> None:
    assert refusal((piece * limits.LENGTH)[: limits.LENGTH]).code in CODES


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  два\n\tслова ", "два слова"),
        ("\u202eназад\u2069", "назад"),
        ("ні\x00що\ud800", "ні що"),
        ("нев\u200bидиме", "невидиме"),
        ("Сім’я  і ЁЛКА, сім'я", "Сім’я і ЁЛКА, сім'я"),
        ("„лапки“ – i тире", "„лапки“ – i тире"),
        ("и\u0306од", "йод"),
    ],
)
def test_the_text_kept_can_be_stored_and_shown(typed: str, kept: str) -> None:
    assert parse(typed).text == kept


def test_every_refusal_is_described_and_tested() -> None:
    tested = {code for _, code, _ in REFUSED} | {
        *("too_long", "too_many_terms", "too_many_values", "too_deep", "long_phrase", "long_regex"),
        *("search_only", "rule_needs_word", "deleted_rule"),
    }
    later = {"unknown_channel", "unknown_label", "bad_day", "far_day", "future", "backwards"}
    assert tested | later == CODES


@settings(max_examples=400)
@given(TEXTS, st.booleans())
def test_any_text_is_a_query_that_can_be_stored_or_is_refused(text: str, rule: bool) -> None:
    try:
        query = parse(text, rule=rule)
    except QueryError as error:
        assert error.code in CODES
        assert 0 <= error.at <= error.end <= len(error.text)
        error.text.encode()
    else:
        query.text.encode()
        assert parse(query.text, rule=rule) == query
        if query.root is not None:
            check(query.root, query.text)


def check(node: Node, text: str) -> None:
    """What syntax.py promises of a tree."""
    match node:
        case And(parts) | Or(parts):
            assert len(parts) > 1
            assert not (isinstance(node, Or) and any(isinstance(part, Not) for part in parts))
            for part in parts:
                check(part, text)
        case Not(part):
            assert not isinstance(part, Not)
            check(part, text)
        case Near(left, right):
            assert 0 <= node.distance <= limits.DISTANCE
            check(left, text)
            check(right, text)
        case Phrase(words):
            assert 2 <= len(words) <= limits.PHRASE
            for word in words:
                check(word, text)
        case Word():
            assert len(tokens(node.text)) == 1, node
            assert len(tokens(text[node.at : node.at + len(node.text)])) == 1
        case Prefix():
            assert len(node.text) >= limits.PREFIX
            assert fold(node.text) == node.text
        case Pattern() | Filter():
            assert 0 <= node.at < len(text)
