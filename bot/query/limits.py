"""How much one query may ask for. Each limit is told to whoever goes beyond it."""

LENGTH = 1000  # characters
TERMS = 50  # words (each word of a phrase is one), beginnings, expressions and filters
PHRASE = 12  # words
DEPTH = 10  # parentheses inside each other
DISTANCE = 50  # words between two that are to be near each other
NEAR = 5  # words between, where no number is written
PREFIX = 3  # letters or digits at least
REGEX = 200  # characters
VALUES = 20  # of one filter
DAY = 40  # characters of a date
YEARS = (1971, 2100)  # of dates, both inclusive
