.PHONY: check docs

PYTHON ?= python

check:
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m ruff check
	$(PYTHON) -m mypy
	lint-imports
	$(PYTHON) -m pytest --cov --cov-report=term

docs:
	$(PYTHON) benchmarks/metrics_page.py > docs/metrics.md
