# Everything that a fresh machine needs: Python 3.11 or newer with pip, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OA := $(BIN)/oa
# The made-up campaign has a folder of its own: your data in data/store is never touched.
MADE_UP := data/made-up

.PHONY: report test lint wheel bench bench-full docs pictures clean

report: $(VENV)/.installed
	rm -rf $(MADE_UP)
	$(OA) sample $(MADE_UP)/files
	$(OA) load $(MADE_UP)/files --store $(MADE_UP)/store --timezone America/Chicago
	$(OA) report --store $(MADE_UP)/store --out reports

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n 2

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The small size takes minutes, the full one hours and 90 GB of disk.
bench: $(VENV)/.installed-test
	$(BIN)/python benchmarks/run.py small

bench-full: $(VENV)/.installed-test
	$(BIN)/python benchmarks/run.py full

docs: $(VENV)/.installed-test
	$(BIN)/mkdocs build --strict --quiet

# Of the report, the planner and the heat map, from the made-up campaign; needs Chromium.
pictures: $(VENV)/.installed-test
	$(BIN)/python docs/pictures/make.py

wheel: $(VENV)/.installed-test
	rm -rf dist
	$(BIN)/pip wheel -q --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.made:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed; give one with: make PYTHON=python3.12')"
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml constraints.txt
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.installed-test: $(VENV)/.made pyproject.toml constraints.txt
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e ".[test,spark,docs,bench]"
	touch $@ $(VENV)/.installed
