"""The metrics that score where nothing else is asked for; `--help` reads it without pydantic."""

SUMMARY_METRICS = (
    "rouge1",
    "rouge2",
    "rougeL",
    "rougeLsum",
    "fact_precision",
    "number_precision",
    "number_recall",
    "name_precision",
    "coverage",
    "novel_bigrams",
    "repetition",
    "length",
)
"""For the summaries of a run."""

ANSWER_METRICS = ("em", "em_extracted", "em_strict", "f1")
"""For answers, of a run as of a file."""
