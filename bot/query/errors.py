"""What is wrong with a query, for somebody to say it in the language of the person who wrote it."""

import re

_PIECE = re.compile(r".[^\s()|]*")


class QueryError(ValueError):
    """A text that asks for nothing, for too much, or in a way that is none.

    `code` says what is wrong, `text` is the query as cleaned, `at` the place in it (0 to its
    length) and `end` where the part in question ends, so that it can be shown. Whoever tells a
    person has the words for the code, filled in with `values`.

    About the whole:

    * ``empty``: nothing was written;
    * ``no_words``: something was, but it asks for nothing (signs, links, mentions, emoji);
    * ``too_long``: more than `limit` characters (`length`);
    * ``too_many_terms``: more than `limit` words and filters (`count`);
    * ``only_negative``: it says only what must not be;
    * ``lonely_regex``: an expression with neither word nor filter beside it;
    * ``rule_needs_word``: a rule, or one side of its OR, without word, from: and in:.

    About how parts are put together:

    * ``operator_alone``: there is nothing before or after the `operator`;
    * ``negative_choice``: one side of an OR says only what must not be;
    * ``open_group``, ``close_group``: a parenthesis without its other half;
    * ``empty_group``: nothing in parentheses;
    * ``too_deep``: more than `limit` parentheses inside each other;
    * ``near_operand``: ~ without a word or phrase on either side of it;
    * ``near_chain``: a second ~ after the same words;
    * ``far``: more than `limit` words between the two.

    About words:

    * ``open_quote``: a quotation mark without its other half;
    * ``long_phrase``: more than `limit` words (`count`) in a phrase, or in one piece;
    * ``short_prefix``: fewer than `limit` letters before a *;
    * ``star_place``: a * that is not at the end of a single word;
    * ``star_in_phrase``: a * in a phrase;
    * ``bad_exact``: = or ! before a filter or parentheses;
    * ``open_regex``: a / without its other half;
    * ``bad_regex``: RE2 does not take it (`reason`, in its words);
    * ``long_regex``: more than `limit` characters (`count`).

    About filters, which are named by `filter`:

    * ``unknown_filter``: there is none of this name, but one like it (`instead`);
    * ``empty_value``: nothing after the colon or a comma;
    * ``too_many_values``: more than `limit`;
    * ``bad_value``: none of those there are (`value`, `allowed`);
    * ``bad_channel``: no channel can be called so (`value`);
    * ``unknown_channel``, ``unknown_label``: none of ours is called so (`value`; `close` has
      those that are similar, or nothing); raised where a query is compiled;
    * ``repeated``: since:, until: or versions: for the second time;
    * ``nested``: one of these in parentheses, behind a not, or as one side of an OR;
    * ``search_only``: one of these in a rule;
    * ``deleted_rule``: a rule for posts that are deleted already.

    About dates (raised by `dates.window`):

    * ``bad_day``: the `value` is no date;
    * ``far_day``: the `value` is outside the years from `first` to `last`;
    * ``future``: since: a time that has not come (`value`);
    * ``backwards``: until: ends before since: begins.
    """

    def __init__(
        self, code: str, *, text: str = "", at: int = 0, end: int | None = None, **values: str | int
    ) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.at = at
        self.end = _end(text, at) if end is None else end
        self.values = values


def _end(text: str, at: int) -> int:
    """Where the piece that begins at `at` ends, as far as blanks and parentheses tell."""
    piece = _PIECE.match(text, at)
    return piece.end() if piece else len(text)
