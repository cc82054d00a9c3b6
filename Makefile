# Every target prints what it runs. What is missing is set up first; a .venv that exists is kept.
PYTHON ?= python3

# The engine is compiled when the package is installed, so a change to it installs again, as does
# a change to what the package needs.
INSTALLED = $(wildcard pyproject.toml setup.py src/glassgrad/*.pxd src/glassgrad/*.h src/glassgrad/engine.py \
	src/glassgrad/nn/m*.p* src/glassgrad/optim/updates.p* src/glassgrad/jitting/*.[hp]*)

demo: .venv/ready   ; .venv/bin/glassgrad train moons
test: .venv/ready   ; .venv/bin/python -m pytest
types: .venv/ready  ; .venv/bin/mypy
lint: .venv/ready   ; .venv/bin/ruff check . && .venv/bin/lint-imports
cards: .venv/ready  ; .venv/bin/python tools/cards
misconceptions: .venv/ready ; .venv/bin/python tools/misconceptions.py
gallery: .venv/ready ; .venv/bin/python tools/gallery
lessons: .venv/ready ; .venv/bin/python tools/lessons
bench: .venv/ready  ; .venv/bin/pip install -q -e '.[bench]' && .venv/bin/python benchmarks
docs: .venv/ready   ; .venv/bin/python tools/website
wheel: .venv/ready  ; .venv/bin/pip install -q build && .venv/bin/python -m build

.venv/ready: $(INSTALLED)
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.venv/bin/pip install -q -e '.[test]'
	touch .venv/ready

.PHONY: demo test types lint cards misconceptions gallery lessons bench docs wheel
