# Everything a person needs: `make demo` and `make test`. Both work in a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EVERY ?= 1
KILLS ?= 500

.PHONY: demo install test nightly check bench lock clean
.DEFAULT_GOAL := help

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed ## .venv with exactly the packages of requirements.lock, and bridgebot itself

$(VENV)/.installed: requirements.lock pyproject.toml
	@echo "Fetching the packages of requirements.lock into $(VENV): once, a minute or two."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --use-pep517 --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: install ## the bot in this terminal: no network, no account
	@$(BIN)/bridgebot demo

check: install ## format, lint, types, architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: install ## everything that must hold before a change lands
	@sh tests/servers/install.sh
	@sh tests/servers/bluesky_install.sh
	@$(BIN)/python -m tests.servers.recorded
	$(MAKE) --no-print-directory check
	$(BIN)/pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder

nightly: install ## what takes too long for every change: a kill at every moment, 500 at random (docs/delivery.md)
	@sh tests/servers/install.sh nightly
	@sh tests/servers/bluesky_install.sh nightly
	EVERY=$(EVERY) KILLS=$(KILLS) $(BIN)/pytest -m nightly; ended=$$?; $(BIN)/python -m tests.record; exit $$ended

bench: install ## how fast it is, beside bare limits: most of an hour (benchmarks/README.md)
	@sh tests/servers/install.sh
	@$(BIN)/python -m tests.servers.recorded
	@$(BIN)/python -m benchmarks --json .cache/benchmarks.jsonl \
	  --results benchmarks/results/latest.json --page benchmarks/README.md

lock: ## write requirements.lock anew (needs uv)
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-annotate \
	  --all-extras pyproject.toml --output-file requirements.lock

clean: ## remove what was installed
	rm -rf $(VENV)
