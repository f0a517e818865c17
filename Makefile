python = .venv/bin/python

.venv:
	python3 -m venv .venv
	.venv/bin/pip install -q -e '.[test]'

.PHONY: test lint format generated ci
test: .venv
	$(python) -m pytest

lint: .venv
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy --strict auditor checks

format: .venv
	$(python) -m ruff check --fix .
	$(python) -m ruff format .

generated: .venv
	$(python) docs/generate.py

ci:
	bash .ci/run
