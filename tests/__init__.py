"""The promises of evalkit, one test each."""
