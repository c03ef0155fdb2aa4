"""Whether a text is English: the one language that is read."""

from __future__ import annotations

from bot.reading.reading import Reading

# The commonest small words of English. Most other languages share only a few of them.
_COMMON = frozenset(
    (
        "the a an and or but of to in on at for with from by as is it its was are be been my me i "
        "im ive you your he she we they this that these those there then than so if when while "
        "after before not no dont cant do did have has had just like about up down out over off "
        "some any all more very really after during since run running ran runs miles mile km pain "
        "hurt hurts sore ache left right side knee foot leg day days week weeks now still got get "
        "feel feels"
    ).split()
)
_LEAST_SHARE = 0.12
_SHORT = 6  # so few words say too little of the language


def is_english(reading: Reading) -> bool:
    """Whether enough of the words are English; a short text is given the benefit of the doubt.

    Numbers are of every language.
    """
    words = [token.word for token in reading.tokens if not token.word[0].isdigit()]
    if len(words) < _SHORT:
        return True
    return sum(word in _COMMON for word in words) >= _LEAST_SHARE * len(words)
