"""What to tell people about a query that cannot be read: what is wrong, where, what to write."""

from collections.abc import Mapping

from bot.locales import deferred

# By the code of a QueryError. {place} is the query with arrows around the part in question.
PROBLEMS: Mapping[str, str] = {
    "no_words": deferred(
        "There is no word in this. Write letters or digits; links and @names do not count."
    ),
    "too_long": deferred(
        "This is too long: {length} characters, and the most is {limit}. Write fewer words."
    ),
    "too_many_terms": deferred(
        "These are {count} words and filters, and the most is {limit}. Write fewer."
    ),
    "only_negative": deferred(
        "This says only what must not be in a post.\n"
        "{place}\n"
        "Write also a word that must, for example: обстріл -навчання"
    ),
    "lonely_regex": deferred(
        "A regular expression needs a word or a filter beside it, or every post would have "
        "to be read.\n"
        "{place}\n"
        "Write for example: удар /С-?[34]00/ or from:@name /С-?[34]00/"
    ),
    "rule_needs_word": deferred(
        "A rule needs a word, a channel (from:) or a label (in:) to wait for, on each side "
        "of an OR.\n"
        "{place}\n"
        "Write for example: референдум has:photo, or from:@name has:photo"
    ),
    "operator_alone": deferred(
        "In capitals {operator} is an operator, and there is nothing to join on one side "
        "of it.\n"
        "{place}\n"
        "Write a word on that side. If you mean the word itself, write it in small letters "
        "or in quotation marks."
    ),
    "sign_alone": deferred(
        "There is nothing to look for on one side of this sign.\n"
        "{place}\n"
        "Write a word on that side, or leave the sign out. Links, @names and emoji do not "
        "count."
    ),
    "negative_choice": deferred(
        "One side of an OR says only what must not be in a post.\n"
        "{place}\n"
        "Write a word on that side too, or put the minus outside: обстріл -(навчання OR "
        "тренування)"
    ),
    "open_group": deferred(
        "This parenthesis is not closed.\n"
        "{place}\n"
        "Write ) where the group ends, or leave the parenthesis out."
    ),
    "close_group": deferred(
        "This parenthesis closes nothing.\n"
        "{place}\n"
        "Write ( where the group begins, or leave the parenthesis out."
    ),
    "empty_group": deferred(
        "There is nothing in these parentheses.\n{place}\nWrite words in them, or leave them out."
    ),
    "too_deep": deferred(
        "Parentheses stand inside each other more than {limit} times here.\n"
        "{place}\n"
        "Write it with fewer, or as two queries."
    ),
    "near_operand": deferred(
        "The sign ~ needs a word or a phrase on either side: no group, filter or beginning "
        "of a word.\n"
        "{place}\n"
        "Write for example: обстріл ~5 Херсон"
    ),
    "near_chain": deferred(
        "The sign ~ joins two words, not three.\n"
        "{place}\n"
        "Write two pairs, for example: обстріл ~5 Херсон Херсон ~5 міст"
    ),
    "far": deferred(
        "At most {limit} words may stand between two that are near each other.\n"
        "{place}\n"
        "Write a smaller number, or leave ~ out if you mean the number itself."
    ),
    "open_quote": deferred(
        "This quotation mark is not closed.\n"
        "{place}\n"
        "Write one where the phrase ends, or leave it out."
    ),
    "long_phrase": deferred(
        "A phrase has at most {limit} words, and this one has {count}.\n"
        "{place}\n"
        "Write a part of it, or single words with spaces between."
    ),
    "short_prefix": deferred(
        "At least {limit} letters must stand before a *.\n"
        "{place}\n"
        "Write more of the word, for example: референдум*"
    ),
    "star_place": deferred(
        "A * stands only at the end of a single word: it means any ending.\n"
        "{place}\n"
        "Write for example: референдум*, or leave the * out; a word is found in all its "
        "forms anyway."
    ),
    "star_in_phrase": deferred(
        "A * does not work inside a phrase.\n"
        "{place}\n"
        "Leave it out: the words of a phrase are found in all their forms. Or write the "
        "words apart: командн* пункт"
    ),
    "bad_exact": deferred(
        "The signs = and ! stand before a word or a phrase, which is then found in exactly "
        "this form.\n"
        "{place}\n"
        "Write for example =Крим. If you mean “not”, write a minus: -(навчання OR "
        "тренування)"
    ),
    "open_regex": deferred(
        "This looks like a regular expression that does not end.\n"
        "{place}\n"
        "Write / where it ends and a space behind it, for example: удар /С-?[34]00/"
    ),
    "bad_regex": deferred(
        "This regular expression cannot be read (RE2: {reason}).\n"
        "{place}\n"
        "Write \\ before a sign that is meant itself, as in \\( or \\+. Looking ahead or "
        "behind, and \\1, do not work; what is too large must be shortened."
    ),
    "long_regex": deferred(
        "A regular expression has at most {limit} characters, and this one has {count}.\n"
        "{place}\n"
        "Write a shorter one, or words with OR between."
    ),
    "unknown_filter": deferred(
        "There is no filter {filter}: here, it is called {instead}:\n"
        "{place}\n"
        "Write {instead}: in its place, or a space behind the colon if you mean the word."
    ),
    "empty_value": deferred(
        "There is nothing directly behind the colon or the comma.\n"
        "{place}\n"
        "Write without a space, for example: {filter}:{example}. If you mean the word, "
        "write it without the colon."
    ),
    "too_many_values": deferred(
        "A filter takes at most {limit} values.\n"
        "{place}\n"
        "Write fewer, or give the channels a label and write in:label."
    ),
    "bad_value": deferred(
        "{filter}: does not know “{value}”.\n{place}\nWrite one of these: {allowed}."
    ),
    "bad_channel": deferred(
        "“{value}” is no name of a channel.\n"
        "{place}\n"
        "Write the name as it stands in its link t.me/name, for example: from:@luhanskaVTSA"
    ),
    "unknown_channel": deferred(
        "No channel named “{value}” is watched.\n{place}\n/channels lists those that are."
    ),
    "unknown_channel_like": deferred(
        "No channel named “{value}” is watched.\n"
        "{place}\n"
        "Did you mean {close}? /channels lists all."
    ),
    "unknown_label": deferred(
        "No channel has the label “{value}”.\n"
        "{place}\n"
        "Write the label of a pack, for example: in:ua-oblasts"
    ),
    "unknown_label_like": deferred(
        "No channel has the label “{value}”.\n{place}\nDid you mean {close}?"
    ),
    "repeated": deferred(
        "{filter}: stands here for the second time, and can be said once.\n"
        "{place}\n"
        "Leave one of them out."
    ),
    "nested": deferred(
        "{filter}: holds for the whole search, so it cannot stand in parentheses, behind a "
        "minus or beside an OR.\n"
        "{place}\n"
        "Write it at the end, after everything else."
    ),
    "search_only": deferred(
        "{filter}: works in /search only: a rule waits for new posts.\n"
        "{place}\n"
        "Leave it out of the rule."
    ),
    "deleted_rule": deferred(
        "A rule is checked when a post appears or is edited, never when it is deleted.\n"
        "{place}\n"
        "Leave is:deleted out: you are told when a post of an alert is deleted. To find "
        "deleted posts use /search."
    ),
    "bad_day": deferred(
        "“{value}” is no date that {filter}: understands.\n"
        "{place}\n"
        "Write for example {filter}:2022-09-19, {filter}:19.09.2022, {filter}:7d or "
        '{filter}:yesterday; several words in quotation marks: {filter}:"last monday"'
    ),
    "far_day": deferred(
        "“{value}” is too far away: dates reach from {first} to {last}.\n"
        "{place}\n"
        "Write a date between, for example 2022-09-19."
    ),
    "future": deferred(
        "“{value}” has not come yet, so there are no posts since then.\n"
        "{place}\n"
        "Write a date that has passed, for example: since:7d"
    ),
    "backwards": deferred(
        "until: ends before since: begins.\n{place}\nExchange the two dates, or leave one out."
    ),
}
UNREADABLE = deferred("This could not be read. Write one word or a few, with spaces between.")
