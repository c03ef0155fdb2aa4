"""Which sentences are worth a look by themselves: a quick guess by their words alone.

The model reads a text as a whole, and much that is harmless drowns a danger told in passing. To
assess every sentence of every text would take half as long again as the answer; this a twentieth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise, repeat
from pathlib import Path

from bot.datafiles import DataFileError
from bot.reading.tokens import Token

FILE = "built/screen.tsv"
# Of 66 unlearned dangers that only a sentence by itself tells, the screen costs one; it passes one
# ordinary text in six, and some false alarms are fewer.
_SUSPECT_FROM = -0.5
_BIAS = ""  # the name under which it stands in the file


class Screen:
    """A weight for stems and pairs of neighbouring stems ("blood in"), fitted by build_data."""

    def __init__(self, weights: Mapping[str, float], bias: float) -> None:
        self.weights = weights
        self.bias = bias
        # By the pair itself: to make a name of each would take longer than to look it up.
        pairs = ((name.split(" "), weight) for name, weight in weights.items() if " " in name)
        self._pairs = {(one, two): weight for (one, two), weight in pairs}

    def suspects(self, tokens: Sequence[Token]) -> bool:
        """Whether these words, of one sentence or several, are like those of dangers."""
        stems = [token.stem for token in tokens]
        weight = self.bias
        weight += sum(map(self.weights.get, stems, repeat(0.0)))
        weight += sum(map(self._pairs.get, pairwise(stems), repeat(0.0)))
        return weight >= _SUSPECT_FROM


def load_screen(data_dir: Path) -> Screen:
    """What scripts/build_data.py fitted. Raises DataFileError when it is missing or broken."""
    path = data_dir / FILE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        weights = {name: float(weight) for name, _, weight in (x.partition("\t") for x in lines)}
        return Screen(weights, weights.pop(_BIAS))
    except (OSError, ValueError, KeyError) as error:
        raise DataFileError(f"{path}: {error}; `make build` makes it anew") from error


def save_screen(data_dir: Path, screen: Screen) -> None:
    """Writes what was fitted, rounded so that a change of it can be read."""
    weights = {_BIAS: screen.bias, **screen.weights}
    lines = [f"{name}\t{weight:.2f}\n" for name, weight in sorted(weights.items())]
    (data_dir / FILE).write_text("".join(lines), encoding="utf-8")
