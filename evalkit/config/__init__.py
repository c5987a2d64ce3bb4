"""The config of a run: read from YAML, or made in Python."""
