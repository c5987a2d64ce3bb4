"""The YAML of a run as typed, strict models; every problem names file, line, key and remedy."""
