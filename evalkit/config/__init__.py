"""The YAML of a run as typed, strict models."""
