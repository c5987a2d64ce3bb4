"""The run folder: what is written is whole, and what is finished is never lost."""
