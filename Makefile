.PHONY: check docs

PYTHON ?= python

check:
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m ruff check
	$(PYTHON) -m mypy
	lint-imports
	$(PYTHON) -m pytest --cov --cov-report=term
