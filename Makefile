# make demo: set everything up and run the bundled cohort. make test: the tests. Nothing else is needed by hand.
# Needs Python 3.11 or newer and make.
SHELL  := /bin/bash
PYTHON ?= python3
CORES  ?= $(shell nproc 2>/dev/null || echo 2)
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: demo cluster test lint heavy bench files sbom licences screenshots clean

# Three stamps: what a run needs, what a run on a cluster needs, and what the tests need besides.
$(VENV)/.run: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "acquired needs Python 3.11 or newer; this is " + sys.version)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@# The library is found where it lies: nothing is copied, and an edit needs no second install.
	echo "$(CURDIR)/scripts" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/acquired.pth"
	touch $@

$(VENV)/.cluster: $(VENV)/.run requirements-cluster.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-cluster.txt
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

demo: $(VENV)/.run
	$(BIN)/snakemake --cores $(CORES) --config demo=true
	@echo
	@echo "The pages of the synthetic demo cohort:"
	@echo "  $(CURDIR)/results/cohort/index.html"
	@echo "  $(CURDIR)/results/patients/<patient>/report.html"

# Snakemake's executors for Slurm, LSF, Grid Engine and Kubernetes (docs/cluster.md).
cluster: $(VENV)/.cluster

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not heavy and not shared and not browser" tests

# What .ci/run adds to `make test`: exhaustive proofs, real caller files, a real browser, a real Slurm.
heavy: $(VENV)/.dev $(VENV)/.cluster
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "heavy or shared or browser" tests

lint: $(VENV)/.dev
	$(BIN)/ruff check scripts tests tools bench
	$(BIN)/ruff format --check scripts tests tools bench
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow/Snakefile rules
	$(BIN)/snakemake --lint --quiet

# Numbers, not tests: what it costs, beside bcftools and SnpEff of Debian, and how often a clone that was there before is
# called emerged. About half an hour, 8 GB in benchmarks/tmp; `bench/run.py --scale small` tries it out in minutes.
bench: $(VENV)/.dev
	$(BIN)/python bench/run.py

# What is made from the files themselves: after adding or removing a file of the library or the resources.
files: $(VENV)/.run
	$(BIN)/python tools/list_files.py > workflow/files.txt
	$(BIN)/python tools/describe_files.py
	$(BIN)/python -m acquired.intake.describe > docs/inputs.md
	$(BIN)/python -m acquired.export.describe

# What a run installs, with hashes (CycloneDX), and the terms of what is shipped.
sbom: $(VENV)/.run
	$(BIN)/python tools/sbom.py > sbom.cdx.json

licences: $(VENV)/.run
	$(BIN)/python tools/licences.py > docs/licences.md

# Pictures of the demo's pages in docs/, with the digest of what they say. Needs Debian's chromium.
screenshots: $(VENV)/.dev
	$(BIN)/python tools/screenshots.py

clean:
	rm -rf results logs benchmarks/tmp .snakemake
