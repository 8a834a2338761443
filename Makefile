# make demo    a site with example data on http://127.0.0.1:8000/, until Ctrl-C   (PORT=8907 make demo)
# make test    lint, then every test on SQLite and, where one answers, PostgreSQL
# make lint    ruff, mypy, import contracts, missing migrations
# make bench   the benchmarks, as tables
#
# PYTHON=python3.11 make test   takes another Python (3.11 or newer), with a virtual environment of its own

PYTHON ?= python3
PORT ?= 8000
# One more than cores: many tests wait for a process of their own.
JOBS ?= 3
# A server on which the tests may make and drop databases.
BDHVS_TEST_PG_URL ?= postgres://bdhvs:bdhvs@127.0.0.1:5432/bdhvs

VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
# The default Python lives where editors look for it.
VENV ?= .venv$(if $(filter python3,$(PYTHON)),,-$(VERSION))
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# The ready site's settings, whatever the shell has: lint and tests say themselves what they need.
CLEAN := env -u DJANGO_SETTINGS_MODULE -u DATABASE_URL

.PHONY: demo test lint bench check-python
.DEFAULT_GOAL := demo

demo: $(STAMP)
	@$(BIN)/python hatch_build.py
	@exec $(BIN)/bdhvs demo --port $(PORT)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(CLEAN) DATABASE_URL=sqlite://:memory: $(BIN)/bdhvs makemigrations --check --dry-run

test: lint
	@echo "== Tests on SQLite, Python $(VERSION)"
	$(CLEAN) $(BIN)/pytest -n $(JOBS)
	@if $(BIN)/python -c 'import psycopg, sys; psycopg.connect(sys.argv[1], connect_timeout=3)' "$(BDHVS_TEST_PG_URL)" 2>/dev/null; then \
		echo "== Tests on PostgreSQL, Python $(VERSION)"; \
		$(CLEAN) DATABASE_URL="$(BDHVS_TEST_PG_URL)" $(BIN)/pytest -n $(JOBS); \
	elif [ "$$BDHVS_REQUIRE_ALL" = 1 ]; then \
		echo "PostgreSQL does not answer, and BDHVS_REQUIRE_ALL=1 says it must."; exit 1; \
	else \
		echo "== SKIPPED: no PostgreSQL answers at the address of BDHVS_TEST_PG_URL. Half of the tests did not run."; \
	fi

bench: $(STAMP)
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(CLEAN) $(BIN)/python "$$file" || exit 1; done

check-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is not. Try: PYTHON=python3.13 make"; exit 1; }

# Only what requirements.lock names, each file checked against its hash; the build tool is in the lock too.
$(STAMP): requirements.lock pyproject.toml | check-python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: sudo apt install python$(VERSION)-venv"; \
		exit 1; }
	@echo "Installing what requirements.lock names (first time: a minute or two)"
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock && \
		uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		{ $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip; } && \
		$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@touch $@
