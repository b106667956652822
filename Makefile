# Needs make and a Python from 3.11 to 3.13 with venv; everything else is installed into .venv.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
PROFILE ?= demo
# a third worker fills the time in which the others wait for a browser or a kernel; it takes 2.5 GB
WORKERS ?= $(shell awk '/MemTotal/ {print ($$2 > 12e6 ? 3 : 2)}' /proc/meminfo 2>/dev/null || echo 2)
# the tests on JAX wait for nothing: a third worker would only import and collect once more
JAX_WORKERS ?= 2
KERAS_BACKEND ?= tensorflow
ifneq ($(origin PROMPT),command line) # a shell may have exported its own
override PROMPT =
endif
export KERAS_BACKEND PROMPT
export TF_CPP_MIN_LOG_LEVEL ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# glibc gives the large arrays of a training step back to the system, which hands them out again page by page: keeping
# them took a step of the sequence VAE from 209 to 119 ms of CPU time
export MALLOC_MMAP_MAX_ ?= 0
export MALLOC_TRIM_THRESHOLD_ ?= 17179869184

# `-m`, not the scripts beside it: those hold this folder's name, and a folder may be moved
PY = .venv/bin/python
FILM_FOLDER = runs/short_film
# says that the film is whole: one that Ctrl+C ended early stays, and the next run makes it anew
MADE = $(FILM_FOLDER)/.made
FILM_SOURCES = $(shell find animkit -name '*.py' -o -name '*.keras' -o -name '*.json')
# one thread a worker: the workers share the cores
THREADS = OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1
# JAX compiles the same small networks in test after test: most of its time, unless it keeps what it compiled
JAX_CACHE = JAX_COMPILATION_CACHE_DIR="$(CURDIR)/runs/jax_cache" JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS=0 \
	JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES=-1
# each worker and kernel would compile all sources again where Python is told to keep no bytecode
PYTEST = PYTHONDONTWRITEBYTECODE= $(THREADS) $(JAX_CACHE) \
	$(PY) -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder

.PHONY: help run again test lab labs notebooks slides student weights bench lint format clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "PYTHON=python3.12 picks the interpreter, KERAS_BACKEND=jax the backend (jax comes with make test)."

run: $(MADE) ## make a short film: [PROMPT="a wizard and a storm"] [SEED=3] [SECONDS=40]; FORCE=1 makes it again
	@echo "The film (make run FORCE=1 makes it again):"
	@for name in film.mp4 film.gif poster.png storyboard.png film.json project.json; do \
		echo "  $(CURDIR)/$(FILM_FOLDER)/$$name"; done

# the prompt reaches the shell as a variable, and stands last: whatever is in it, it is one argument and no option
ASKED = $(if $(SEED),--seed $(SEED)) $(if $(SECONDS),--seconds $(SECONDS))
ANEW = $(FORCE)$(PROMPT)$(SEED)$(SECONDS)$(if $(wildcard $(FILM_FOLDER)/film.mp4),,gone)
$(MADE): .venv/.run $(FILM_SOURCES) $(if $(ANEW),again)
	$(PY) -m animkit.cli film $(ASKED) --force -o $(FILM_FOLDER) $(if $(PROMPT),-- "$$PROMPT")
	@touch $@

# only files that hold the marker are collected: collecting all imports all
test: lint ## lint, what must give the same answers on JAX, all tests
	@jax=0; \
	echo "Tests of both backends, KERAS_BACKEND=jax"; \
	files=`grep -rl --include='test_*.py' mark.both_backends tests`; \
	KERAS_BACKEND=jax $(PYTEST) -n $(JAX_WORKERS) -m both_backends $$files || jax=$$?; \
	echo "All tests, KERAS_BACKEND=$(KERAS_BACKEND)"; \
	$(PYTEST) -m "not benchmark" --durations=15 && exit $$jax

SETTINGS = --profile $(PROFILE) $(if $(SOURCE),-p SOURCE=$(SOURCE)) $(if $(SEED),-p SEED=$(SEED))

# the settings keep what the widgets showed in a saved notebook; those of the user's own stay above them. A page that has
# not run a notebook would save it without, which the hook prevents
lab: .venv/.run ## open the notebooks in JupyterLab; LAB="--no-browser" passes options on
	$(PY) -m jupyterlab --LabApp.default_url=/lab/tree/notebooks --LabApp.app_settings_dir="$(CURDIR)/notebooks/settings" \
		--LabApp.extra_labextensions_path="$(CURDIR)/notebooks/settings/labextensions" \
		--ContentsManager.pre_save_hook=widgets.parts.kept_state.keep_state $(LAB)

labs: .venv/.run ## write the derivations' labs as HTML that answers without kernel and network: [LABS="saturation"]
	$(PY) -m widgets.pages $(LABS)

notebooks: .venv/.run ## run all notebooks, with a gallery: PROFILE=ci|demo|full [NOTEBOOK=01_gan] [SOURCE=twin] [SEED=1]
	$(PY) notebooks/run.py $(NOTEBOOK) $(SETTINGS)

slides: .venv/.run ## a lecture as slides with speaker notes, in runs/slides: PROFILE=ci|demo|full [NOTEBOOK=01_gan]
	$(PY) notebooks/slides.py $(NOTEBOOK) --profile $(PROFILE)

student: .venv/.run ## notebooks with exercises blank, and their solutions apart, in runs/student: [NOTEBOOK=01_gan]
	$(PY) notebooks/student.py $(NOTEBOOK)

# what C++ writes at the first import (drivers, CPU features) belongs in the terminal; errors of Python stay in the notebook
KERNELS = .venv/etc/ipython/ipython_kernel_config.py
lab: $(KERNELS)
$(KERNELS): .venv/.run
	@mkdir -p $(@D) && echo 'c.IPKernelApp.capture_fd_output = False' >$@

# `.venv/bin/jupyter nbconvert` would let a page fetch what draws widgets, and leave nothing to a reader without network
CONVERTED = .venv/etc/jupyter/jupyter_nbconvert_config.py
lab notebooks: $(CONVERTED)
$(CONVERTED): notebooks/settings/jupyter_nbconvert_config.py .venv/.run
	@mkdir -p $(@D) && cp notebooks/settings/jupyter_nbconvert_config.py $@

weights: .venv/.run ## train the weights that ship again; NAME="sprites_vae" for some of them
	$(PY) -m animkit.recipes.make $(NAME)

bench: .venv/.test ## time the kit against its peers
	$(PY) -m pytest tests/benchmarks -m benchmark

lint: .venv/.test ## ruff, changing nothing
	$(PY) -m ruff check
	$(PY) -m ruff format --check

format: .venv/.test ## the pre-commit hooks on all files: ruff, and outputs stripped from notebooks
	$(PY) -m pre_commit run --all-files

clean: ## remove what was made, the film included; .venv stays
	rm -rf runs build .pytest_cache .ruff_cache

# Each stamp says that an installation was finished, so that one cut short is taken up again.
.venv/.python:
	@python="$(PYTHON)"; \
	test -n "$$python" || { echo "animkit needs Python 3.11, 3.12 or 3.13 and found none." \
		"Install one, or name it: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; }; \
	"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
		echo "animkit needs Python 3.11, 3.12 or 3.13; $$python is $$("$$python" --version 2>&1)." >&2; exit 1; }; \
	"$$python" -c 'import venv, ensurepip' 2>/dev/null || { echo "$$python lacks venv." \
		"On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; \
	"$$python" -m venv .venv
	@touch $@

.venv/.run: .venv/.python pyproject.toml constraints.txt
	@echo "Installing into .venv: two minutes or so, about 3 GB."
	$(PY) -m pip install --quiet --editable . --constraint constraints.txt
	@touch $@

.venv/.test: .venv/.run
	$(PY) -m pip install --quiet --editable ".[test]" --constraint constraints.txt
	@touch $@
