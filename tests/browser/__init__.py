"""report.html in a real browser."""
