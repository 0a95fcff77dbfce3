# Everything that a fresh machine needs: Python 3.11 or newer with pip, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OA := $(BIN)/oa
# The made-up campaign has a folder of its own: your data in data/store is never touched.
MADE_UP := data/made-up

.PHONY: report test test-all lint wheel bench bench-full assault hashes sbom licences releases docs pictures clean

report: $(VENV)/.installed
	rm -rf $(MADE_UP)
	$(OA) sample $(MADE_UP)/files
	$(OA) load $(MADE_UP)/files --store $(MADE_UP)/store --timezone America/Chicago
	$(OA) report --store $(MADE_UP)/store --out reports

# All but the tests marked slow, which open browsers, start kernels, kill loads, need Spark or compare
# many random campaigns.
test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n 2 -m "not slow"

# Names what passed only at a second try (CI gives slow tests one).
test-all: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n 2 -rfER

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --no-progress .github/workflows

# The sample campaign and a million sign-ups take minutes, the full one hours and 90 GB of disk.
bench: $(VENV)/.installed-test
	$(BIN)/python benchmarks/run.py small

bench-full: $(VENV)/.installed-test
	$(BIN)/python benchmarks/run.py full

# Kills, fuzzed files, hostile cells, random SQL: the full size takes hours and writes
# docs/reliability.md; `make assault SIZE=small` takes minutes and writes nothing.
SIZE ?= full
assault: $(VENV)/.installed-test
	$(BIN)/python -m assault.run $(SIZE)

# The exact files of every dependency, for all systems; needs uv.
hashes:
	uv pip compile pyproject.toml --extra lab -c constraints.txt --universal --python-version 3.11.5 --generate-hashes \
	    --no-emit-index-url --no-header --no-annotate -q -o requirements-hashed.txt

# What is installed with the package, as a CycloneDX bill of materials: dist/sbom.json.
sbom: $(VENV)/.made
	rm -rf build/sbom
	$(PYTHON) -m venv build/sbom
	build/sbom/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements-hashed.txt
	build/sbom/bin/pip install -q --disable-pip-version-check --no-deps .
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt "cyclonedx-bom>=7"
	mkdir -p dist
	$(BIN)/cyclonedx-py environment build/sbom/bin/python --pyproject pyproject.toml \
	    --output-reproducible --of JSON -o dist/sbom.json

licences: $(VENV)/.installed-test
	$(BIN)/python -m supply.licences

# When each dependency was last released; needs uv and the registry.
releases: $(VENV)/.installed-test
	$(BIN)/python -m supply.releases

docs: $(VENV)/.installed-test
	$(BIN)/zensical build --strict

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
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e ".[lab]"
	touch $@

$(VENV)/.installed-test: $(VENV)/.made pyproject.toml constraints.txt
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e ".[test,spark,docs,bench]"
	touch $@ $(VENV)/.installed
