# netviz from a checkout. Needs Python 3.11 or newer, make and a network; everything else is
# fetched into .venv and node_modules. `make help` lists the targets.

BIN := .venv/bin
NODE := scripts/node.sh
SOURCES := $(shell find static -path static/dist -prune -o -type f -print)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:  # two installers must not share one environment

.PHONY: help setup run test check bench kubectl engine frontend messages fmt lint types imports \
	js test-fast scenarios cov lock clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

setup: .venv/.runtime.stamp node_modules/.runtime.stamp  ## make the environment that `make run` needs

run: frontend  ## start netviz: database, first run, web server and engine
	$(BIN)/netviz serve

test: check frontend  ## everything: the checks, then every test, browser included
	$(BIN)/pytest

check: lint types imports js  ## linters, types, import contracts and the scripts' own tests

bench: .venv/.dev.stamp frontend  ## measure speed and memory (NETVIZ_BENCH_SIZES=1k is quick)
	$(BIN)/pytest -m bench tests/bench

kubectl: .venv/.dev.stamp frontend  ## try every kubectl of this machine against a running netviz
	scripts/kubectl.sh
	NETVIZ_KUBECTL_ALL=1 $(BIN)/pytest -q tests/kubectl

engine: .venv/.runtime.stamp  ## run the engine alone, without a web server
	$(BIN)/netviz reconcile

frontend: static/dist/.stamp staticfiles/.stamp cluster/locale/.stamp  ## bundle scripts and fonts, collect static files

messages: .venv/.dev.stamp  ## put new sentences into the catalogues of other languages
	$(BIN)/python scripts/messages.py update

fmt: .venv/.dev.stamp node_modules/.dev.stamp  ## format Python, templates and scripts
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .
	$(BIN)/djlint --reformat --quiet templates || true
	$(NODE) node_modules/.bin/biome check --write

lint: .venv/.dev.stamp  ## ruff and djlint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet templates

types: .venv/.dev.stamp  ## mypy, strict
	$(BIN)/mypy

imports: .venv/.dev.stamp  ## the import contracts
	$(BIN)/lint-imports --cache-dir .import_linter_cache

js: .venv/.dev.stamp node_modules/.dev.stamp  ## biome, the scripts' types, and their tests
	$(NODE) node_modules/.bin/biome check --error-on-warnings
	$(NODE) node_modules/.bin/tsc --noEmit --project tsconfig.json
	$(NODE) node scripts/test_js.mjs

test-fast: .venv/.dev.stamp  ## every Python test that needs no browser, until the first failure
	$(BIN)/pytest -x -q -m "not browser and not bench"

scenarios: .venv/.dev.stamp  ## the scenario files alone
	$(BIN)/pytest -q tests/scenarios

cov: .venv/.dev.stamp  ## branch coverage of the tests that need no browser
	$(BIN)/pytest -q -m "not browser and not bench" --cov --cov-report=term-missing:skip-covered

lock:  ## choose new versions: rewrite the locks from pyproject.toml and package.json
	scripts/lock.sh
	$(NODE) npm install --package-lock-only

clean:  ## remove what was built; the data directory stays
	rm -rf .venv .venv-lock node_modules static/dist staticfiles build *.egg-info

# A stamp is newer than everything it was made from. The tools for developing are a superset, so
# installing them brings the runtime's stamp up to date as well.

.venv/.runtime.stamp: requirements/runtime.lock pyproject.toml scripts/setup_python.sh
	scripts/setup_python.sh requirements/runtime.lock
	@touch $@

.venv/.dev.stamp: requirements/dev.lock requirements/runtime.lock pyproject.toml scripts/setup_python.sh
	scripts/setup_python.sh requirements/dev.lock
	@touch .venv/.runtime.stamp $@

node_modules/.runtime.stamp: package-lock.json .npmrc scripts/node.sh | .venv/.runtime.stamp
	$(NODE) npm ci --omit=dev
	@touch $@

node_modules/.dev.stamp: package-lock.json .npmrc scripts/node.sh | .venv/.dev.stamp
	$(NODE) npm ci
	@touch node_modules/.runtime.stamp $@

static/dist/.stamp: $(SOURCES) scripts/build.mjs node_modules/.runtime.stamp
	$(NODE) node scripts/build.mjs
	@touch $@

staticfiles/.stamp: static/dist/.stamp .venv/.runtime.stamp
	$(BIN)/netviz collectstatic --noinput --clear --verbosity 0
	@touch $@

cluster/locale/.stamp: $(wildcard cluster/locale/*/LC_MESSAGES/*.po) scripts/messages.py .venv/.runtime.stamp
	$(BIN)/python scripts/messages.py compile
	@touch $@
