.PHONY: check lint test docs kill-test screenshots

PYTHON ?= python

check: lint test

lint:
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m ruff check
	$(PYTHON) -m mypy
	lint-imports
	$(PYTHON) benchmarks/lengths.py

test:
	$(PYTHON) -m pytest --cov --cov-report=term

docs:
	PYTHONPATH=. $(PYTHON) benchmarks/metrics_page.py > docs/metrics.md
	PYTHONPATH=. $(PYTHON) benchmarks/config_page.py > docs/config.md
	$(PYTHON) -m evalkit schema > configs/schema.json
	$(PYTHON) -m evalkit references schema > references/schema.json

kill-test:
	EVALKIT_KILLS=20 $(PYTHON) -m pytest tests/faults/test_kill.py tests/faults/test_kill_phases.py

screenshots:
	$(PYTHON) -m tests.browser.screenshots runs/quickstart screenshots
