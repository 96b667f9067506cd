"""Cards on paper: review sheets, and cards to cut out, as PDFs and as web pages."""

from .content import By
from .imposition import PAPERS, Flip
from .writing import Sheets, problems, write_sheets

__all__ = ["PAPERS", "By", "Flip", "Sheets", "problems", "write_sheets"]
