# make serve     start the emulator on http://127.0.0.1:8255      make serve ARGS="--port 9000 --seed 7"
# make quick     run the tests of one process, for the inner loop   make quick ARGS="-k midnight"
# make test      run every test that needs no container; CI adds breadth: more examples, more seeds
# make mutants   judge the kit by its mutants and by correct servers: some minutes     make mutants ARGS=--all-seeds
# make lint      ruff, mypy --strict and the import rules
# make format    let ruff format and mend what it can
# make documents write the tables of rules and profiles into the documents
# make bench     measure the emulator beside its peers            make bench ARGS="--quick"
# make dist      build the wheel and the sdist into dist/, byte for byte the same for the same commit
# make image     build the image and the kit's image
# make lock      bring the pinned dependencies in docker/constraints*.txt up to date
# make clean     remove .venv and everything else that was generated

# Bytecode is kept, whatever the environment says: to compile Hypothesis, Schemathesis and all tests anew took a tenth of every run.
unexport PYTHONDONTWRITEBYTECODE

# Nothing has to be installed first except Python 3.11 or later. The rest goes into .venv, pinned, each file checked by its hash.
.DEFAULT_GOAL := help
.PHONY: help serve quick test mutants lint format documents bench dist image lock clean

VENV := .venv
PYTHON := python3
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install -qq
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"
LOCKS := docker/constraints

help:
	@sed -n '/^# make/s/^# //p' Makefile

serve: $(VENV)/serve.stamp
	@exec $(BIN)/lsq-mock serve $(ARGS)

MARKED := not docker and not slow and not peers and not tools and not breadth
PYTEST := $(BIN)/python -m pytest -n auto --dist loadgroup

test: $(VENV)/test.stamp
	@echo "Running the tests marked: $(MARKED)"
	@exec $(PYTEST) --durations 10 -m "$(MARKED)" $(ARGS)

quick: $(VENV)/test.stamp
	@echo "Running the tests of one process, with few examples: $(MARKED) and not whole"
	@HYPOTHESIS_PROFILE=quick exec $(PYTEST) -q -m "$(MARKED) and not whole" $(ARGS)

mutants: $(VENV)/test.stamp
	@exec $(BIN)/python -m pytest -v -m slow contract_tests/tests $(ARGS)

lint: $(VENV)/test.stamp
	@.ci/run lint types imports

format: $(VENV)/test.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

documents: $(VENV)/test.stamp
	@$(BIN)/python -m leadsquared_slots.contract_tests.tests.support.generated_documents

bench: $(VENV)/serve.stamp
	@exec $(BIN)/python -m leadsquared_slots.mock_server.benchmarks $(ARGS)

dist: $(VENV)/test.stamp
	@.ci/dist dist

image:
	docker build -f docker/Dockerfile -t leadsquared-slots .
	docker build -f docker/Dockerfile -t leadsquared-slots:kit --target kit .

lock: $(BIN)/python
	$(INSTALL) uv
	echo 'setuptools>=77' | $(subst pyproject.toml,-,$(COMPILE)) -o $(LOCKS)-build.txt
	$(COMPILE) --extra redis --extra tls -o $(LOCKS).txt
	$(COMPILE) --extra redis --extra tls --extra kit -o $(LOCKS)-kit.txt
	$(COMPILE) --all-extras --group dev -o $(LOCKS)-dev.txt
	$(COMPILE) --all-extras --group dev --group image -o $(LOCKS)-image.txt

clean:
	rm -rf $(VENV) build dist reports *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The first Python of these that is new enough; PYTHON=/path/to/python decides otherwise.
$(BIN)/python:
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3.14; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Creating $(VENV) with $$($$python --version) ..."; \
	    $$python -m venv --clear $(VENV) && exit 0; \
	    rm -rf $(VENV); echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	  fi; \
	done; \
	echo "LeadSquared Slots needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo missing)." >&2; \
	echo "Name another one: make PYTHON=/path/to/python3.13 ..." >&2; exit 1

$(VENV)/serve.stamp: pyproject.toml $(LOCKS).txt $(LOCKS)-build.txt | $(BIN)/python
	@echo "Installing the emulator into $(VENV) ..."
	@$(INSTALL) --require-hashes -r $(LOCKS)-build.txt -r $(LOCKS).txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/serve.stamp $(LOCKS)-dev.txt
	@echo "Installing the kit and the test tools into $(VENV) ..."
	@$(INSTALL) --require-hashes -r $(LOCKS)-dev.txt
	@touch $@
