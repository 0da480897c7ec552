# Two commands do everything: make screen, make test. The rest is for those who work on it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Twice quiet: pip tells of errors and of nothing else.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
export PIP_NO_INPUT := 1

.PHONY: screen test test-slow test-all docs lint build train notebooks site benchmarks fuzz minimum wheel clean

screen: $(VENV)/.runtime  ## this year's watch list from the shipped figures
	@$(BIN)/resilience screen

test: $(VENV)/.test  ## every test but the slow ones, on the cores there are
	$(BIN)/python -m pytest -n auto --dist loadfile -q -m "not slow"

test-slow: $(VENV)/.test  ## what takes minutes: every command on past days, broken inputs, kills, notebooks
	$(BIN)/python -m pytest -n auto --dist loadfile -q -m slow

test-all: test test-slow  ## both; CI runs them

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

build: $(VENV)/.runtime  ## publications in ../shared/data → data/processed (needs them at hand)
	$(BIN)/resilience build --source ../shared/data

train: $(VENV)/.runtime
	$(BIN)/resilience train

site: $(VENV)/.runtime
	$(BIN)/resilience site

notebooks: $(VENV)/.test
	$(BIN)/python -m notebooks.run

benchmarks: $(VENV)/.test
	$(BIN)/python -m benchmarks.run

docs: $(VENV)/.runtime  ## everything in docs/ and README.md that is written by a command; minutes
	$(BIN)/resilience docs

fuzz: $(VENV)/.test  ## 10,000 broken inputs and 100 kills → docs/reliability.md; a quarter of an hour
	@mkdir -p build
	$(BIN)/python -W error -m pytest -n auto --dist loadfile -q --cov=resilience.publications --cov-branch \
		--cov-report=json:build/coverage.json tests/publications tests/fuzz
	$(BIN)/python -W error -m tests.fuzz.run --coverage build/coverage.json

SMOKE := tests/test_years.py tests/test_files.py tests/tables/test_panel.py tests/tables/test_events.py tests/model/test_risk_set.py \
	tests/indicators/test_by_hand.py tests/publications/outturn/test_workbook.py tests/publications/outturn/test_timeseries.py \
	tests/publications/test_lines.py tests/fuzz
minimum: $(VENV)/bin/python  ## the lowest versions that pyproject.toml allows, in an environment of their own
	$(PYTHON) -m venv --clear .venv-minimum
	$(BIN)/python -m tests.minimum > .venv-minimum/floors.txt
	.venv-minimum/bin/python -m pip --disable-pip-version-check --quiet install -r .venv-minimum/floors.txt
	.venv-minimum/bin/python -m pip --disable-pip-version-check --quiet install --no-deps -e .
	.venv-minimum/bin/python -m pytest -q -p no:cacheprovider -o filterwarnings=default $(SMOKE)
	.venv-minimum/bin/resilience screen --as-of 2026-01-01 --format csv --output .venv-minimum/list.csv

wheel: $(VENV)/.dev
	$(BIN)/python -m build --outdir dist

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Setting up $(VENV) (a minute or two) ..." >&2
	@$(PIP) install -e . -c constraints.txt
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Setting up $(VENV) for the tests (a minute or two) ..." >&2
	@$(PIP) install -e '.[test]' -c constraints.txt
	@touch $@ $(VENV)/.runtime

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Setting up $(VENV) for development (a minute or two) ..." >&2
	@$(PIP) install -e '.[test,dev]' -c constraints.txt
	@touch $@ $(VENV)/.test $(VENV)/.runtime

clean:
	rm -rf $(VENV) .venv-minimum build dist *.egg-info
