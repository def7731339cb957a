# `make` lists the targets. All of them work from any folder name and with nothing set up before.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
KATSAUS := $(PY) -m services.cli

.DEFAULT_GOAL := help
EXAMPLES ?= 40
SEED ?= 1

.PHONY: help run test fuzz check openapi lock bench clean environment install

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /\1|/' | while IFS='|' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

run: environment ## Start everything with the demonstration quarters; Ctrl-C stops it
	@exec $(KATSAUS) up --demo

test: environment ## Pass all tests
	@$(PY) -m pytest -n 2 --dist loadgroup

fuzz: environment ## Ask the services what their OpenAPI documents allow and forbid; EXAMPLES=40 SEED=1
	@KATSAUS_FUZZ_EXAMPLES=$(EXAMPLES) KATSAUS_FUZZ_SEED=$(SEED) $(PY) -m pytest -s tests/fuzzing

check: environment ## Lint, format, types, OpenAPI documents and migrations are in order
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(KATSAUS) openapi check
	$(KATSAUS) migrate --check

openapi: environment ## Write the OpenAPI documents the services generate
	@$(KATSAUS) openapi write

lock: environment ## Lock the newest allowed versions of all packages, with hashes
	$(PY) -m uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes --no-annotate --upgrade --extra dev pyproject.toml -o requirements.lock

bench: environment ## Measure against floors and a stock implementation; OPTIONS="--rounds 1 --seconds 1"
	@$(KATSAUS) bench $(OPTIONS)

clean: ## Remove the environment and caches; the data in .katsaus stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment is installed again only where what it is made from, or the folder, has changed; else this needs no
# network and no time.
environment:
	@made_from="$$(cat requirements.lock pyproject.toml | cksum) $$PWD"; \
	if [ "$$(cat $(VENV)/made-from 2>/dev/null)" != "$$made_from" ]; then \
	  $(MAKE) --no-print-directory install && printf '%s\n' "$$made_from" > $(VENV)/made-from; \
	fi

install:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Katsaus needs Python 3.11 or newer as $(PYTHON); name another one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	@# An environment that was moved has the old folder written into it.
	@case "$$(cat $(VENV)/made-from 2>/dev/null)" in ''|*" $$PWD") ;; *) rm -rf $(VENV) ;; esac
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || \
	  { echo "The environment could not be made: does $(PYTHON) have venv (Debian: python3-venv)?" >&2; exit 1; }
	@echo "Installing the packages of requirements.lock …"
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	@{ $(PY) -m uv --version >/dev/null 2>&1 || \
	   $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/uv.lock; } \
	  && $(PY) -m uv pip install --quiet --system-certs --python $(PY) --require-hashes -r requirements.lock \
	  || $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m uv pip install --quiet --python $(PY) --no-deps --no-build-isolation -e . \
	  || $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
