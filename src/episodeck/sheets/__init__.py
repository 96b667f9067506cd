"""Cards on paper: review sheets, and cards to cut out, as PDFs and as web pages."""

from .content import Outline, places, signs
from .writing import Sheets, problems, sources, write_sheets

__all__ = ["Outline", "Sheets", "places", "problems", "signs", "sources", "write_sheets"]
