# For people working on Hornada. Users need ./hornada only.
BIN := .venv/bin
ROOMS := hub connectors mapping workers webhooks
UV ?= uv
PIN := $(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11

.PHONY: help env check test fmt lint types imports bench fuzz storm demo lock

help: ## Say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

env: ## Make or refresh .venv with everything tests need
	./hornada test --version

check: lint types imports test ## Everything a change must pass

test: ## The whole test suite (ARGS="-k lot -x" goes to pytest)
	./hornada test $(ARGS)

fmt: ## Write the house formatting
	$(BIN)/ruff format $(ROOMS) tests
	$(BIN)/ruff check --fix $(ROOMS) tests

lint: ## Formatting and style, changing nothing
	$(BIN)/ruff format --check $(ROOMS) tests
	$(BIN)/ruff check $(ROOMS) tests

types: ## mypy --strict over the rooms and the tests
	$(BIN)/mypy

imports: ## Imports walk one way
	$(BIN)/lint-imports --no-logo

bench: ## Intake and planning speed against a plain Flask app, on this machine
	$(BIN)/python -m pytest -p no:xdist -q -s --timeout 900 -o python_files='bench_*.py' tests/bench

fuzz: ## 100,000 mutated mails, one after the other (MAILS=5000 for fewer)
	$(BIN)/python -m pytest -p no:xdist -q -s --mails $(or $(MAILS),100000) tests/connectors/email/test_fuzz.py

storm: ## 2,000 new schedules of crashes and a tenth of them on PostgreSQL (SCHEDULES=10000 for more)
	./hornada test -q --explore --schedules $(or $(SCHEDULES),2000) tests/simulation

demo: ## A running hub with a sample company and a sandbox shop
	./hornada demo

lock: ## Pin the newest versions the .in files allow, with hashes and without any index
	$(PIN) --upgrade requirements/dev.in -o requirements/dev.txt
	$(PIN) --constraint requirements/dev.txt requirements/core.in -o requirements/core.txt
	$(PIN) --constraint requirements/dev.txt --upgrade requirements/build.in -o requirements/build.txt
