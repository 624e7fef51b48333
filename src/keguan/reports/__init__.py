"""A run as something to read: charts, one offline HTML page, a workbook, a PDF. Knows looks and words, computes nothing."""

from keguan.reports.write import write_report

__all__ = ["write_report"]
