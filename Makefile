# Bienveille: `make demo` to see it, `make test` to prove it.
PYTHON ?= python3
BIN := .venv/bin
VAR := $(or $(BIENVEILLE_VAR_DIR),var)
export BIENVEILLE_DEV := 1

.PHONY: demo serve test bench torture simulations check-office format clean

demo: .venv/run.ready  ## An invented landlord, then the site at http://127.0.0.1:8000
	@$(BIN)/python manage.py demo
	@$(MAKE) --no-print-directory serve

serve: .venv/run.ready  ## The site and its background worker, until Ctrl+C
	@mkdir -p $(VAR); $(BIN)/python manage.py qcluster >$(VAR)/worker.log 2>&1 & worker=$$!; \
	trap 'kill $$worker 2>/dev/null' EXIT INT TERM; \
	$(BIN)/python manage.py runserver --noreload 127.0.0.1:8000

test: .venv/test.ready  ## Every test, on SQLite and PostgreSQL, with and without a browser
	@$(BIN)/python -m tests.run

bench: .venv/test.ready  ## Speed against a floor, and whom the lists reach
	@$(BIN)/python -m tests.bench $(ARGS)

torture: .venv/test.ready  ## Random days of officers: `make torture [N=10000] [SEED=…]`
	@$(BIN)/python -m tests.torture --schedules $(or $(N),10000) --processes $$(getconf _NPROCESSORS_ONLN) $(if $(SEED),--seed $(SEED))

simulations: .venv/test.ready  ## Do the intervals of the effects hold what they say? 500 landlords of each kind
	@$(BIN)/python -m tests.simulations

check-office: .venv/test.ready  ## The exports opened by LibreOffice, where it is installed
	@$(BIN)/pytest -q tests/office

format: .venv/test.ready
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

clean:  ## Forget the environment, the database and the files
	rm -rf .venv var

# What it does, then how long it took.
define install
@echo "$(1)"; start=$$(date +%s); \
$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $(2) && \
echo "  done in $$(( $$(date +%s) - start )) s"
endef

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.12 …"; exit 1; }
	@echo "Creating the environment in .venv"
	@$(PYTHON) -m venv .venv

.venv/run.ready: requirements.txt | .venv/bin/python
	$(call install,Installing the pinned dependencies,requirements.txt)
	@touch $@

.venv/test.ready: requirements-dev.txt .venv/run.ready
	$(call install,Installing what the tests need,requirements-dev.txt)
	@touch $@
