"""Reads finished runs: compares, lists, groups."""
