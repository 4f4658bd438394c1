# Two commands: `make demo` shows Quietbell at work, `make test` runs all that CI runs.
# `make check` is the inner loop: no services, under a minute.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test check static audit services lock clean console

# The tests start hundreds of processes: without their bytecode each would compile every module anew.
export PYTHONDONTWRITEBYTECODE :=

BIN := .venv/bin
INSTALLED := .venv/.installed
BUNDLED := scheduler/web/static/licences.txt
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
# `make lock UPGRADE=--upgrade` takes the newest versions; without it only what pyproject.toml changed moves.
UPGRADE :=
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header $(UPGRADE)

help:
	@echo "make demo    a practice on one machine: watch reminders go out"
	@echo "make test    everything that CI runs"
	@echo "make check   the same without services: linters, types, layers, unit tests; and known advisories"
	@echo "make audit   known advisories about the locked packages, where the network allows"
	@echo "make lock    write the requirements files anew from pyproject.toml"
	@echo "make clean   remove the environment and what tools left behind"

demo: $(INSTALLED)
	@$(MAKE) --silent console || echo "The console goes without its editor and charts"
	@$(BIN)/quietbell demo --carrier

test: services static console
	@sh .ci/in_memory $(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

check: static audit
	$(BIN)/pytest -n auto --dist loadfile --hypothesis-profile=quick tests/unit

static: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Advisories about what is locked: findings fail; where the network or the index has none to give, one line says so.
audit: $(INSTALLED)
	@$(BIN)/python .ci/audit.py

services:
	@sh .ci/services

# What the console takes from npm: charts, the editor, parts fetched anew. Without npm its pages work without them.
console:
	@if command -v npm >/dev/null; then $(MAKE) --silent --no-print-directory $(BUNDLED); \
		else echo "npm is missing: the console goes without its editor and charts"; fi

$(BUNDLED): package-lock.json $(wildcard scheduler/web/bundles/*)
	@npm ci --silent
	@npm run --silent build
	@touch $@

# The lock holds the build backend too, so nothing unlocked is fetched for the editable install.
$(INSTALLED): requirements-dev.txt pyproject.toml
	@python=$$(sh .ci/python) && { \
		$(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| "$$python" -m venv --clear .venv; }
	@echo "Installing the locked packages into .venv (about a minute the first time)"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

# The smaller locks follow the large one, so that all three name the same versions.
lock: $(INSTALLED)
	$(COMPILE) --group dev -o requirements-dev.txt
	$(COMPILE) --constraint requirements-dev.txt -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--constraint requirements-dev.txt --group pyproject.toml:build -o requirements-build.txt

clean:
	rm -rf .venv build dist node_modules scheduler/web/static .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
