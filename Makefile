# The only door. Needs Python 3.11 or newer and nothing else; `make PYTHON=python3.12 test` chooses another one.
PYTHON ?= python3
BIN := .venv/bin
OUT := out
# Two workers; tests that share a server or a Spark session are kept together (see tests/conftest.py).
PYTEST := $(BIN)/python -m pytest -n 2
QUICK := not slow and not browser and not spark and not postgres and not proof and not fuzz

# Compiled modules make every start faster; some machines forbid them.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check static proof fuzz bench lock fix docs alter picture clean core dev system

help:  ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

demo: core  ## classify a real customer base and write the report
	@$(BIN)/keguan demo --out $(OUT)/demo --force

test: system dev static  ## every test
	$(PYTEST) -m "not proof and not fuzz"

check: dev static  ## the quick door: style, types, layers, quick tests
	$(PYTEST) -q -m "$(QUICK)"

static: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo > $(BIN)/../lint-imports.txt || { cat $(BIN)/../lint-imports.txt; exit 1; }

proof: dev  ## the public data sets in the folder named by KEGUAN_DATA
	@test -n "$$KEGUAN_DATA" || { echo "Set KEGUAN_DATA to the folder with the public data sets."; exit 1; }
	$(PYTEST) -m proof

fuzz:  ## search for unknown faults, SECONDS for each fuzzer (default 60)
	@$(PYTHON) tools/environment.py fuzz
	$(PYTEST) -m "hypothesis and not proof and not spark" --hypothesis-profile=search
	$(BIN)/python tools/fuzz.py $(or $(SECONDS),60)

bench: dev  ## measure again what bench/README.md reports; BENCH=classify/run for one of them
	$(BIN)/python -m bench $(or $(BENCH),all)

docs: dev  ## write the generated pages again
	$(BIN)/python tools/pages.py
	$(BIN)/python tools/checklist.py

alter: dev  ## alter ten data behind the checklist at random and show that their tests notice; ROWS="con-1 S:rfm", SEED
	$(BIN)/python tools/alter.py $(or $(ROWS),10 $(SEED))

picture: dev  ## docs/images/report.png from the demo report
	$(BIN)/python tools/picture.py

fix: dev  ## format, and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: dev  ## resolve the newest versions anew; the locks name packages and hashes, never an address
	$(BIN)/python tools/lock.py

clean:  ## remove the environment and everything that was made
	rm -rf .venv $(OUT) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

core:
	@$(PYTHON) tools/environment.py core

dev:
	@$(PYTHON) tools/environment.py dev

system:
	@$(PYTHON) tools/system.py
