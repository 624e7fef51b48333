"""The report as a workbook: native charts, filters, frozen heads, exact amounts; text is never taken for a formula."""
