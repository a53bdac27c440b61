# Five commands: setup, run, test, check, bench. Each does all that it needs, and is safe to run twice.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup run test check bench catalogues lock

## Prepare everything: environment, database, models; leaves .venv/bin/saudagar
setup: $(VENV)/.installed
	@$(BIN)/saudagar setup

## Prepare, and serve on http://127.0.0.1:8000 (HOST, PORT)
run: $(VENV)/.installed
	@exec $(BIN)/saudagar serve

## Run every test
# Three at once on two cores: many wait for a clock, a network or a killed process.
test: $(VENV)/.installed-dev
	@$(BIN)/pytest -n 3 --dist worksteal

## Format, lint, types, imports, entries
check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/saudagar knowledge check

## Measure what the documents claim
bench: $(VENV)/.installed-dev
	@for file in benchmarks/bench_*.py; do $(BIN)/python $$file || exit 1; done

## Bring new messages of the code into the catalogues, to be translated there
# What traders read is said by the bot, what the staff reads by the panel and by bot/notices.
catalogues: $(VENV)/.installed-dev
	@set -e; extract="$(BIN)/pybabel -q extract -F babel.cfg -k say -k count:1,2 --no-location --sort-output"; \
	$$extract --ignore-dirs notices -o data/bot.pot bot; \
	$$extract -o data/admin.pot admin bot/notices; \
	for domain in bot admin; do for language in en ur fa; do \
	  catalogue=locales/$$language/LC_MESSAGES/$$domain.po; head=$$(sed '/^$$/q' $$catalogue); \
	  $(BIN)/pybabel -q update -i data/$$domain.pot -o $$catalogue -l $$language \
	    --no-fuzzy-matching --ignore-obsolete --omit-header --width 110; \
	  { printf "%s\n\n" "$$head"; cat $$catalogue; } > data/catalogue.po; mv data/catalogue.po $$catalogue; \
	done; done

## Write the exact versions anew, for every Python and platform at once
lock: $(VENV)/.installed-dev
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --no-header --no-annotate \
	  pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --no-header --no-annotate \
	  --group dev pyproject.toml -c requirements.lock -o requirements-dev.lock

$(VENV)/bin/python:
	@sh scripts/make-venv $(PYTHON) $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the packages of requirements.lock; the first time this takes a minute or two …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --progress-bar on -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@
