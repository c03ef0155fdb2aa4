"""Whether a text is English: the one language that is read."""

from __future__ import annotations

from collections.abc import Callable

from bot.reading.reading import Reading

# The commonest small words of English. Most other languages share only a few of them.
_COMMON = frozenset(
    (
        "the a an and or but of to in on at for with from by as is it its was are be been my me i "
        "im ive you your he she we they this that these those there then than so if when while "
        "after before not no dont cant do did have has had just like about up down out over off "
        "some any all more very really after during since run running ran runs miles mile km pain "
        "hurt hurts sore ache left right side knee foot leg day days week weeks now still got get "
        "feel feels does ever go goes going away how long last will would could should take anyone "
        "who what why where which else help here only first new back time too much again every "
        "each through into between both our us her his one two half big bit lot let until till next"
    ).split()
)
# The same of the languages that members of clubs write most besides; none of these is English.
_FOREIGN = frozenset(
    (
        "je jai ai le la les des une est pas quand depuis mon mes et que avec mal au douleur "
        "al dolore "
        "ich und der das ist nicht mein meine habe beim nach seit wenn ein eine mit schmerzen weh "
        "el los las una mi duele cuando por con desde muy tengo dolor despues "
        "het een ik mijn bij doet pijn niet sinds il ho fa quando dopo del della "
        "eu minha meu quando dor jag har ont nar min jeg vondt mam boli mnie podczas"
    ).split()
)
_LEAST_SHARE = 0.12
_SHORT = 6  # so few words say too little of the language
# In telegram style small words are rare, and the long ones tell: at most 0.72 of them were known in
# texts of other languages, nine in ten in English ones.
_LONG = 4  # letters
_LEAST_KNOWN = 0.75


def is_english(reading: Reading, knows: Callable[[str], bool]) -> bool:
    """Whether enough of the words are English; a short text is given the benefit of the doubt.

    `knows`: whether a word as it was written is English. Numbers are of every language.
    """
    words = [token.word for token in reading.tokens if not token.word[0].isdigit()]
    foreign = sum(word in _FOREIGN for word in words)
    common = sum(word in _COMMON for word in words)
    if (foreign >= 2 and foreign > common) or (words and not any(map(str.isascii, words))):
        return False
    if len(words) < _SHORT or common >= _LEAST_SHARE * len(words):
        return True
    written = [reading.text[token.start : token.end].lower() for token in reading.tokens]
    long = [word for word in written if len(word) >= _LONG and word.isalpha()]
    return sum(map(knows, long)) >= max(1, _LEAST_KNOWN * len(long))
