"""Cards on paper: review sheets, and cards to cut out, as PDFs and as web pages."""

from .writing import Sheets, problems, sources, write_sheets

__all__ = ["Sheets", "problems", "sources", "write_sheets"]
