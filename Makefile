# make demo      a site with example data on http://127.0.0.1:8000/, until Ctrl-C   (PORT=8907 make demo)
# make test      lint, then the tests on SQLite and, where PostgreSQL answers, those that a database decides
# make test-all  the same with what takes long: installs, other people's sites, pictures, releases, restores
# make soak      properties and races, tried many times
# make lint      ruff, djangofmt, mypy, import contracts, missing migrations
# make size      lines, modules, words, and how docstrings begin, with their bounds
# make bench     the benchmarks, as tables
# make peers     other record stores, in an environment of their own, for the tests that send to them
# make dist      what is released: an sdist and a wheel of each distribution, in dist/
# make reference   pages of what strangers build on, made from docstrings, in var/reference/
# make screenshots   the pictures of docs/screenshots, by the browser
#
# PYTHON=python3.11 make test   takes another Python (3.11 or newer), with a virtual environment of its own

PYTHON ?= python3
PORT ?= 8000
# One more than cores: many tests wait for a process of their own.
JOBS ?= 3
# A server on which the tests may make and drop databases.
BDHVS_TEST_PG_URL ?= postgres://bdhvs:bdhvs@127.0.0.1:5432/bdhvs

# What runs on PostgreSQL. With the oldest versions what they decide too, and of what takes long nothing else: races and
# kills are the same with them.
DECIDED_BY ?= $(if $(LTS),database$(comma)versions -m "not thorough or versions",database)
comma := ,
# More for pytest: PYTEST_ARGS=-x make test
PYTEST_ARGS ?=
# Whoever finishes takes over what others have not begun.
PYTEST = $(BIN)/pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
# The default Python lives where editors look for it.
VENV ?= .venv$(if $(LTS),-lts)$(if $(filter python3,$(PYTHON)),,-$(VERSION))
LOCK := requirements$(if $(LTS),-lts).lock
BIN := $(VENV)/bin
UV := .venv-uv/bin/uv
STAMP := $(VENV)/.installed
# Servers of others that tests talk to. They need other versions than we do, so they live apart; one for all Pythons.
PEERS := .venv-peers
PEERS_STAMP := $(PEERS)/.installed
ADAPTER := content/h5p-python-adapter
# Distributions of their own, installed from their folders: they are in no lock, for they are on no index.
OTHERS := $(ADAPTER) content/question-files xapi templates/bdhvs-wagtail-vi
# Sphinx, in a folder of its own that is put before the environment's: no other work sees it.
DOCS := .venv-docs-$(VERSION)
DOCS_STAMP := $(DOCS)/.installed
# The ready site's settings, whatever the shell has: lint and tests say themselves what they need.
CLEAN := env -u DJANGO_SETTINGS_MODULE -u DATABASE_URL
# Some container images set it, and then every process of a test compiles Django and Wagtail anew: four seconds each.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-all tests-sqlite tests-postgres soak size lint migrations environment bench dist peers reference screenshots check-python
.DEFAULT_GOAL := demo

demo: $(STAMP)
	@$(MAKE) -s node_modules/.installed || echo "== npm did not get its packages: everything runs but H5P activities."
	@$(BIN)/python -c 'from ctypes import CDLL; CDLL("libpangoft2-1.0.so.0"); CDLL("libharfbuzz-subset.so.0")' 2>/dev/null || \
		echo "== No Pango: pages print, but are no PDF files. On Debian and Ubuntu: sudo apt install libpangoft2-1.0-0 libharfbuzz-subset0"
	@$(BIN)/python hatch_build.py
	@$(BIN)/python $(ADAPTER)/hatch_player.py
	@exec $(BIN)/bdhvs demo --port $(PORT)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djangofmt --check --quiet bdhvs_lms content templates/bdhvs_theme tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) -s migrations

# Of what is looked at before tests the one thing that other versions may see otherwise.
migrations: $(STAMP)
	$(CLEAN) DATABASE_URL=sqlite://:memory: $(BIN)/bdhvs makemigrations --check --dry-run

# To be made before what needs it: .ci/run makes several at once.
environment: $(STAMP)

test: lint tests-sqlite tests-postgres

test-all: export BDHVS_REQUIRE_ALL = 1
test-all: peers $(DOCS_STAMP) test

# Without the peers their tests say aloud that they are skipped.
tests-sqlite: $(STAMP) node_modules/.installed
	@echo "== Tests on SQLite, Python $(VERSION)"
	@$(CLEAN) $(PYTEST)

tests-postgres: $(STAMP) node_modules/.installed
	@if $(BIN)/python -c 'import psycopg, sys; psycopg.connect(sys.argv[1], connect_timeout=3)' "$(BDHVS_TEST_PG_URL)" 2>/dev/null; then \
		echo "== Tests on PostgreSQL, Python $(VERSION)"; \
		$(CLEAN) DATABASE_URL="$(BDHVS_TEST_PG_URL)" $(PYTEST) --decided-by $(DECIDED_BY); \
	elif [ "$$BDHVS_REQUIRE_ALL" = 1 ]; then \
		echo "PostgreSQL does not answer, and BDHVS_REQUIRE_ALL=1 says it must."; exit 1; \
	else \
		echo "== SKIPPED: no PostgreSQL answers at the address of BDHVS_TEST_PG_URL, so what a database decides ran on SQLite only."; \
	fi

soak: $(STAMP)
	@$(CLEAN) BDHVS_SOAK=1 $(PYTEST) $$(grep -rlE 'rounds\(|@given' --include='test_*.py' tests content)

size: $(STAMP)
	@$(BIN)/python -m tests.support.size

bench: $(STAMP)
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(CLEAN) $(BIN)/python "$$file" || exit 1; done

dist: $(STAMP) node_modules/.installed
	@rm -rf dist
	@for folder in $(OTHERS) .; do $(BIN)/python -m build --no-isolation --outdir dist $$folder || exit 1; done

peers: $(PEERS_STAMP)

reference: $(DOCS_STAMP)
	@PYTHONPATH=$(DOCS) $(CLEAN) $(BIN)/python -m sphinx -q -W --keep-going docs/reference var/reference
	@echo "var/reference/index.html"

screenshots: $(STAMP)
	$(CLEAN) $(BIN)/pytest -q tests/e2e/test_screenshots.py --write-screenshots

check-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is not. Try: PYTHON=python3.13 make"; exit 1; }

# The H5P player's files, which the adapter's hatch_player.py takes from there, and another system's xAPI client for tests:
# by version and hash.
node_modules/.installed: package-lock.json
	@if command -v npm >/dev/null 2>&1; then npm ci --no-progress --loglevel=error && touch $@; \
	elif [ "$$BDHVS_REQUIRE_ALL" = 1 ]; then echo "npm is missing, and BDHVS_REQUIRE_ALL=1 says it must not be."; exit 1; \
	else echo "== SKIPPED: no npm, so H5P activities do not play, and the tests with their player and with another system's" \
		"JavaScript client do not run."; fi

# The installer that the lock names, and no pip: before 23.3 it does not take what is asked for with extras from a lock.
$(UV): requirements.lock | check-python
	@$(PYTHON) -m venv .venv-uv || { rm -rf .venv-uv; \
		echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: sudo apt install python$(VERSION)-venv"; \
		exit 1; }
	@sed -n '/^uv==/,/^[^ ].*\\$$/p' $< | sed '$$d' >.venv-uv/uv.lock
	@.venv-uv/bin/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r .venv-uv/uv.lock
	@touch $@

# Only what the lock names, each file checked against its hash; the build tool is in the lock too.
$(STAMP): $(LOCK) pyproject.toml $(addsuffix /pyproject.toml,$(OTHERS)) | $(UV)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: sudo apt install python$(VERSION)-venv"; \
		exit 1; }
	@echo "Installing what $(LOCK) names (first time: a minute or two)"
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r $(LOCK)
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation $(addprefix -e ,$(OTHERS)) -e .
	@touch $@

$(DOCS_STAMP): requirements-docs.lock | $(STAMP)
	@rm -rf $(DOCS)
	@echo "Installing what requirements-docs.lock names"
	@$(UV) pip install -q --python $(BIN)/python --target $(DOCS) --require-hashes -r requirements-docs.lock
	@touch $@

$(PEERS_STAMP): requirements-peers.lock | $(UV)
	@test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS) || { rm -rf $(PEERS); exit 1; }
	@echo "Installing what requirements-peers.lock names"
	@$(UV) pip install -q --python $(PEERS)/bin/python --require-hashes -r requirements-peers.lock
	@touch $@
