"""Serves a folder of runs to the browser of this machine: list, trends, comparison, live page."""
