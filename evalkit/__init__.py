"""evalkit: which open Chinese language model summarises and answers best, and how sure that is."""

__version__ = "0.1.0"
