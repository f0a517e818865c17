"""A run as one HTML file, for people who were sent it: it opens offline, in a mail client's viewer too, and prints."""

from auditor.reports.html.page import render

__all__ = ["render"]
