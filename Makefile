# Two commands matter: `make demo` and `make test`. Both set up what they need first.
BIN := .venv/bin

.PHONY: help setup demo test lint types layers unit soak bench-steps bench-scale bench-houston bench-simulated bench-truth bench-speed bench-accuracy bench-long-view bench-reporting bench-decisions bench-sync bench-serve docs lock clean

help:
	@echo "make demo           run the main job on the embedded simulated city"
	@echo "make test           every check: ruff, mypy, import-linter, pytest"
	@echo "make soak           the long checks, by hand"
	@echo "make bench-steps    seconds and peak memory of each step of the demo"
	@echo "make bench-scale    how the run grows with 1x, 4x, 16x areas"
	@echo "make bench-houston  score the forecasts on real data (needs the shared data)"
	@echo "make bench-simulated  score the forecasts on simulated cities of unused seeds (hours; needs the shared scorer)"
	@echo "make bench-truth    distance to the simulator's true paths"
	@echo "make bench-speed    training, drawing and a backtest of 77 areas and ten years"
	@echo "make bench-accuracy crewcast against its peers, in their own environment (hours; ARGS=--quick proves it)"
	@echo "make bench-long-view  coverage and error of quarters and years, against rules of thumb"
	@echo "make bench-reporting  who reports: found propensity against the simulator's truth"
	@echo "make bench-decisions  the roster's solver against its peers (ARGS=--skip-full leaves out full size)"
	@echo "make bench-sync     rows a second of a sync against the same calls bare, and its memory"
	@echo "make bench-serve   pages and API under load, on what the demo published"
	@echo "make lock           resolve requirements.lock again (needs uv)"

setup:
	@sh scripts/setup.sh

demo: setup
	@$(BIN)/crewcast demo

test: lint layers
	@# mypy takes one core for a minute that the tests leave idle at their end; either failing fails the whole.
	@$(MAKE) --no-print-directory -j 2 types unit

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

layers: setup
	$(BIN)/lint-imports --no-cache

unit: setup
	@# Bytecode is kept, whatever the shell says: every command that a test starts would compile all of ours again.
	@# Groups start in the order of tests/conftest.py, longest first, not by their number of tests.
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder

soak: setup
	$(BIN)/python -m pytest -m soak

bench-steps: setup
	$(BIN)/python -m benchmarks.steps

bench-scale: setup
	$(BIN)/python -m benchmarks.scale

bench-houston: setup
	$(BIN)/python -m benchmarks.houston

bench-simulated: setup
	$(BIN)/python -m benchmarks.simulated $(ARGS)

bench-truth: setup
	$(BIN)/python -m benchmarks.truth

bench-speed: setup
	$(BIN)/python -m benchmarks.speed

bench-accuracy: setup
	@sh benchmarks/accuracy/setup.sh
	$(BIN)/python -m benchmarks.accuracy $(ARGS)

bench-long-view: setup
	$(BIN)/python -m benchmarks.long_view

bench-reporting: setup
	$(BIN)/python -m benchmarks.reporting $(ARGS)

bench-decisions: setup
	@sh benchmarks/decisions/setup.sh
	$(BIN)/python -m benchmarks.decisions.solver $(ARGS)

bench-sync: setup
	$(BIN)/python -m benchmarks.sync $(ARGS)

bench-serve: setup
	$(BIN)/python -m benchmarks.serve $(ARGS)

docs: setup
	$(BIN)/python -m scripts.data_contracts > docs/data-contracts.md

lock:
	uv pip compile --universal --generate-hashes --extra dev --no-header --quiet -o requirements.lock pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet -o benchmarks/accuracy/requirements.lock benchmarks/accuracy/requirements.in
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet -o benchmarks/decisions/requirements.lock benchmarks/decisions/requirements.in

clean:
	rm -rf .venv .venv-peers .venv-cp-sat build *.egg-info .mypy_cache .ruff_cache .pytest_cache
