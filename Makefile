# Every target sets the machine up first; a second run is quick.
PYTHON ?= python3

.PHONY: run test demo check bench bundle deb test-installed setup
run test demo check bench bundle deb test-installed setup:
	@$(PYTHON) packaging/bootstrap.py $@ $(ARGS)
