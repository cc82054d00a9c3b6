# Every target prints what it runs. What is missing is set up first; a .venv that exists is kept.
PYTHON ?= python3

demo: .venv/ready   ; .venv/bin/glassgrad train moons
test: .venv/ready   ; .venv/bin/python -m pytest
types: .venv/ready  ; .venv/bin/mypy
lint: .venv/ready   ; .venv/bin/ruff check . && .venv/bin/lint-imports
cards: .venv/ready  ; .venv/bin/python tools/cards
bench: .venv/ready  ; .venv/bin/pip install -q -e '.[bench]' && .venv/bin/python benchmarks
docs: .venv/ready   ; .venv/bin/pip install -q -e '.[docs]' && .venv/bin/sphinx-build -W docs build/docs

.venv/ready:
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.venv/bin/pip install -q -e '.[test]'
	touch .venv/ready

.PHONY: demo test types lint cards bench docs
