.PHONY: check docs kill-test screenshots

PYTHON ?= python

check:
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m ruff check
	$(PYTHON) -m mypy
	lint-imports
	$(PYTHON) -m pytest --cov --cov-report=term

docs:
	PYTHONPATH=. $(PYTHON) benchmarks/metrics_page.py > docs/metrics.md

screenshots:
	$(PYTHON) -m tests.browser.screenshots runs/quickstart screenshots
