# Entente's commands: each does its own set-up. `make help` lists them.
SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
CLIENT := client/package-lock.json client/build.mjs client/tsconfig.json $(wildcard client/src/*.ts client/styles/*.css)
WORKERS ?= 2
# in as many processes as there are cores: first what needs no browser, whose loops cannot stand beside Playwright's
PYTEST = $(BIN)/pytest -q -n $(WORKERS) --ignore tests/browser; other=$$?; $(BIN)/pytest -q -n $(WORKERS) --dist loadfile tests/browser && exit $$other
INSTALL := PIP_CONSTRAINT=$(CURDIR)/constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test test-long check fix bench bench-full build images audit words constraints clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Entente needs Python 3.11 or newer: apt-get install python3 python3-venv, or make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "python3 -m venv does not work: apt-get install python3-venv"; exit 1; }
	@touch $@

.venv/.ready: .venv/.made pyproject.toml constraints.txt build_client.py $(CLIENT)
	@echo "Setting up Entente in .venv (the first time takes about a minute) …"
	@$(INSTALL) -e .
	@touch $@

.venv/.ready-dev: .venv/.ready
	@$(INSTALL) -e '.[dev]'
	@touch $@

build: .venv/.ready ## build the client

demo: .venv/.ready ## the sample contracts on http://127.0.0.1:PORT (8000), with people to sign in as
	@$(BIN)/entente demo --port $(PORT)

test: .venv/.ready-dev ## every test: Python, TypeScript, browser
	@$(BIN)/python build_client.py test
	@$(PYTEST)

test-long: .venv/.ready-dev ## the same with the full counts (kills, histories, inputs)
	@TEST_LONG=1; export TEST_LONG; $(PYTEST)

check: .venv/.ready-dev ## format, lint, import contracts, types
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy
	@$(BIN)/python build_client.py check

fix: .venv/.ready-dev ## format, and mend what lint can mend
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

bench: .venv/.ready-dev ## speed and memory beside Hocuspocus, in some ten minutes
	@$(BIN)/python -m benchmarks

bench-full: .venv/.ready-dev ## the same with full counts and five runs; what docs/reference/performance.md quotes
	@$(BIN)/python -m benchmarks --full

images: .venv/.ready-dev ## take the README's picture again
	@WRITE_IMAGES=1 $(BIN)/pytest -q tests/browser/test_readme.py

words: .venv/.ready-dev ## bring the catalogues in step with the sentences of the sources
	@$(BIN)/python update_words.py

.venv-audit/.ready: constraints.txt
	@$(PYTHON) -m venv .venv-audit
	@PIP_CONSTRAINT=$(CURDIR)/constraints.txt .venv-audit/bin/pip install --quiet --disable-pip-version-check pip-audit
	@touch $@

audit: .venv/.ready-dev .venv-audit/.ready ## known vulnerabilities of both lock files, as far as advisories can be reached
	@$(BIN)/python audit.py .venv-audit/bin/pip-audit

constraints: .venv/.ready-dev ## pin every dependency again, without naming a host
	@$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --all-extras pyproject.toml -o constraints.txt

clean: ## forget the environment and the built client; what was written stays in var/
	@rm -rf .venv .venv-audit client/node_modules server/static/app.* server/static/chunks server/static/.stamp
