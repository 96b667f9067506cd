"""Two writers side by side, for a blind choice: what each makes of an episode, mixed and unmarked on one page.

`compare` writes the page; `result` tells whose cards were kept, by the file of choices that the page hands out. Whose a
card is stands in the project's cache alone.
"""

from .page import Compared, compare
from .results import Result, Tally, result
from .sets import cards_of

__all__ = ["Compared", "Result", "Tally", "cards_of", "compare", "result"]
