# Needs Python 3.11 or newer with pip, and make. Everything else goes into .venv.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
GOLD ?= ../shared/gold
CORPUS ?= ../shared/corpus

TRAINING := .venv-training
MINUTES ?= 80

.PHONY: decks test lint train-highlights train-asking train-speech train-reader train-parser clean
.DEFAULT_GOAL := decks

decks: $(VENV)/.installed  ## Decks from what is in seeds/
	@$(BIN)/episodeck build

test: $(VENV)/.tested  ## Linting, type checks and tests
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -n auto

lint: $(VENV)/.tested
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

train-highlights: $(VENV)/.tested  ## Weights of the chooser, from annotated episodes
	@$(BIN)/python training/highlights.py --gold $(GOLD) --corpus $(CORPUS)

train-speech: $(TRAINING)/.installed  ## The network that reads raw speech, from the corpus; a GPU helps
	@$(TRAINING)/bin/python training/speech_encoder.py --corpus $(CORPUS) --out build/restorer --minutes $(MINUTES) --install

train-reader: $(TRAINING)/.installed  ## The network that reads what is worth remembering, from annotated episodes; training/glance.py and train-highlights afterwards
	@$(TRAINING)/bin/python training/reader.py --gold $(GOLD) --corpus $(CORPUS) --out build/reader --install

train-parser: $(TRAINING)/.installed  ## The parser that questions are made with, from a treebank
	@$(TRAINING)/bin/python training/parser.py --corpus $(CORPUS) --out build/parser --install

train-asking: $(VENV)/.tested  ## Weights that rank questions, from judged cards
	@$(BIN)/python training/asking.py --gold $(GOLD) --corpus $(CORPUS)

clean:
	rm -rf $(VENV) $(TRAINING) build

# A file of our own, made last: an interrupted set-up leaves a Python without pip, and is begun again.
%/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with make PYTHON=…"; exit 1; }
	@$(PYTHON) -m venv --clear $* 2>/dev/null || { \
		$(PYTHON) -m venv --clear --without-pip $* && \
		$(PYTHON) -m pip --python $*/bin/python install -q --disable-pip-version-check pip; }
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.made
	@echo "Setting up $(VENV) (a minute or two, once) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e .
	@touch $@

$(VENV)/.tested: pyproject.toml $(VENV)/.installed
	@echo "Adding what the tests need (a minute or two, once) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check "pip>=25.1"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e . --group dev
	@touch $@

# PyTorch and its like: half a gigabyte or more, and nothing that users or tests need.
$(TRAINING)/.installed: pyproject.toml $(TRAINING)/.made
	@echo "Setting up $(TRAINING) for training (some minutes, once) …"
	@$(TRAINING)/bin/python -m pip install -q --disable-pip-version-check "pip>=25.1"
	@$(TRAINING)/bin/python -m pip install -q --disable-pip-version-check -e . --group training
	@touch $@
