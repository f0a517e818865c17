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
	.venv/bin/auditor config > config.example.toml
	$(python) -c "from auditor.reports.interrupts_page import page; print(page(), end='')" > docs/interrupts.md

ci:
	bash .ci/run
