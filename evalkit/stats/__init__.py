"""Estimates, comparisons, and the summary made of them. Pure and seeded."""
