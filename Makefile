# make demo and make test each do all set-up in .venv and touch nothing outside this folder, system libraries aside.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SEED ?= 0
# uv does not read pip's configuration: hand over the folder of wheels, where pip knows one.
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
export OMP_NUM_THREADS ?= 1
# Many tests start the command line: without Python's compiled modules each start takes seconds longer.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test test-all check build clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "no venv module: sudo apt-get install -y python3-venv"; exit 2; }
	$(BIN)/python -m pip install -q --disable-pip-version-check uv
	$(BIN)/uv pip install -q --python $(BIN)/python --compile-bytecode -e '.[dev,learn,policies,vlm,chat,ollama,anthropic,google]'
	$(BIN)/hiervla doctor --fix
	@touch $@

demo: setup
	$(BIN)/hiervla demo --seed $(SEED)

test: setup
	$(BIN)/python -m pytest -m "not slow" -n auto --dist loadfile

test-all: setup
	$(BIN)/python -m pytest -n auto --dist loadfile

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check hiervla
	$(BIN)/mypy --strict hiervla/core
	$(BIN)/python -m pytest tests/test_floors.py tests/test_truth_apart.py

build: setup
	$(BIN)/python -m build --wheel --no-isolation

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
