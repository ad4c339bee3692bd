"""Queries for tests: what people write, what breaks parsers, and how a tree reads in short."""

from typing import assert_never

from hypothesis import strategies as st

from bot.query.syntax import And, Filter, Near, Node, Not, Or, Pattern, Phrase, Prefix, Word

# Everything that means something, and much that only looks so.
PIECES = [
    *("наступ", "Білогорівка", "Су-34", "#КривийРіг", "HATO", "сім’я", 'об"єкт', "C++", "a/b"),
    *("24/7", "12:30", '7"', "Re:", "or", "not", "та", "и", "не", "ёлка", "e\u0301", "X 101"),
    *("OR", "АБО", "ИЛИ", "|", "||", "AND", "ТА", "И", "&", "NOT", "НЕ", "-", "–", "—", "−"),
    *("(", ")", "((", "))", '"', "“", "”", "„", "«", "»", "‟", "'", "=", "!", "*", "**", "/"),
    *("~", "~5", "~0", "~51", "~99999999999", "=Крим", "!Крим", "референдум*", "ре*", "*ре"),
    *('"командний пункт"', "«a b»", "„a b“", '="a b"', '"a* b"', '""', "-слово", "—слово"),
    *("/рф|росі[яї]/", r"/a\/b/", "/[/", "/(?=x)/", "/a{999}{999}/", "/start", "/a|b", "/x*/i"),
    *("from:@luhanskaVTSA", "from:", "from:a,b", "from:,", "from:https://t.me/x_y/5?a=(b)"),
    *("in:ua-governors", 'in:"мій пак"', "has:photo", "has:foto", "is:deleted", "lang:ua"),
    *("since:7d", "since:2022-09-19", 'since:"last monday"', "until:вчора", "until:31.02.2022"),
    *("versions:all", "versions:x", "before:2022", "body:x", "meta :", "NEAR(", ";DROP TABLE x"),
    *("https://example.org/a_(b)", "@name", "a@b.org", "t.me/x/1", "🔥", "👨\u200d👩", "🇺🇦"),
    *("\u202e", "\u200f", "\u200b", "\u00ad", "\ud800", "\x00", "\u115f", "ﬁ", "ŉ", "İ", "ß", ","),
    *(";", "…", "\n", "\u00a0", "'; --", '" OR 1=1', "{a b}", "a^2", "<b>", "&amp;", "%s", "{x}"),
]

PIECEWISE = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from([" ", " ", " ", ""])), max_size=14
).map(lambda pairs: "".join(piece + blank for piece, blank in pairs))
TEXTS = st.one_of(PIECEWISE, st.text(st.characters(), max_size=60))


def short(node: Node | None) -> str:  # noqa: PLR0911 -- one answer a kind
    """A tree in one line: words as they are, exact ones with =, everything else in brackets."""
    match node:
        case None:
            return ""
        case Word(text, _, exact):
            return f"={text}" if exact else text
        case Prefix(text):
            return f"{text}*"
        case Phrase(words):
            return f"[{' '.join(map(short, words))}]"
        case Near(left, right, distance):
            return f"({short(left)} ~{distance} {short(right)})"
        case Pattern(source):
            return f"/{source}/"
        case Filter(sort, values):
            return f"{sort}:{','.join(values)}"
        case Not(part):
            return f"-{short(part)}"
        case And(parts):
            return f"({' & '.join(map(short, parts))})"
        case Or(parts):
            return f"({' | '.join(map(short, parts))})"
    assert_never(node)
