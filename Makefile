# make run: the bot (on Discord with a token, else the Preview page). make test: every test.
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.installed

.PHONY: run test lint build validate pictures bench lock

run: $(STAMP)
	@$(VENV)/bin/python -m bot

test: $(STAMP)
	$(VENV)/bin/python -m pytest

lint: $(STAMP)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

build: $(STAMP)  ## the word list, the models and what the shipped threads teach
	PYTHONPATH=. $(VENV)/bin/python scripts/build_data.py

validate: $(STAMP)  ## figures on examples held out from training; takes a while
	PYTHONPATH=.:scripts $(VENV)/bin/python scripts/cross_validate_threads.py
	PYTHONPATH=.:scripts $(VENV)/bin/python scripts/cross_validate.py

pictures: $(STAMP)
	PYTHONPATH=. $(VENV)/bin/python scripts/draw_pictures.py

bench: $(STAMP)
	$(VENV)/bin/python -m pytest benchmarks -o python_files="bench_*.py"

lock:  ## needs uv; hashes and no addresses
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements.lock

$(STAMP): requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Aid Station needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $(STAMP)
