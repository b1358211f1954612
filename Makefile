# What a newcomer needs: make run, make test, make lint. "make help" lists the rest.

SHELL       := bash
.SHELLFLAGS := -eu -o pipefail -c

GO       ?= go
RUN_ARGS ?= --demo
BENCH    ?= .

# OpenGL ES on Linux: the same picture, and a cold build in a third of the time.
# Releases are built without it.
ifeq ($(shell uname -s),Linux)
DEV_TAGS := gles
endif
# The version is in the source: no need to ask git, which may refuse to answer.
DEV := -buildvcs=false -tags '$(DEV_TAGS)'

# The race detector, but not in what is C made into Go: there it has nothing to find,
# takes SQLite six times as long, and its other check stumbles over pointers of C.
RACE := -race -gcflags='modernc.org/...=-d=checkptr=0 -race=false'

# Packages with and without Fyne, told apart by what they depend on. With the tag
# ci and without C, Fyne draws into memory: no display and no C library is needed.
HEADLESS  := CGO_ENABLED=0 $(GO)
packages   = $(HEADLESS) list -tags ci -f '{{.ImportPath}} {{join .Deps " "}}' ./...
# Assign them to a variable of the shell first: then a failing list ends the recipe.
with_fyne  = $$($(packages) | awk '/fyne\.io\/fyne/ {print $$1}')
plain      = $$($(packages) | awk '!/fyne\.io\/fyne/ {print $$1}')

LINT_VERSION := 2.15.0
LINT         := bin/golangci-lint

.DEFAULT_GOAL := help
.PHONY: help deps run build release test race drill drill-store drill-histories drill-outbox drill-identities drill-soak fuzz lint fmt bench screenshots cross clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## install what the build needs from the system, or say what it is
	@.ci/deps

run: deps ## the window on a simulated gateway; RUN_ARGS= for your own
	$(GO) run $(DEV) . $(RUN_ARGS)

build: deps ## the program, ./buzon, quickly built
	$(GO) build $(DEV) -o buzon .

release: deps ## the program, ./buzon, as it is given to people
	$(GO) build -trimpath -buildvcs=false -tags migrated_fynedo -ldflags '-s -w' -o buzon .

test: deps ## the whole suite: race detector on all that is not a window, screens in memory
	@all=$(plain); list=$$(echo "$$all" | grep -v '/sync$$'); $(GO) test $(RACE) -timeout 30m ./sync $$list
	@list=$(with_fyne); $(HEADLESS) test -timeout 30m -tags ci $$list

race: deps ## everything with the race detector, screens too
	$(GO) test $(RACE) -tags ci ./...

# Drills are tests named TestDrill..., in whatever package; the suite does some rounds of each.
DRILL        ?=
DRILL_ROUNDS ?=

drill: ## all drills at their full numbers, and a table of what they found; DRILL=Name for some, DRILL_ROUNDS=
	@table=$$(mktemp); failed=0; \
	 packages=$$(grep -rl --include='*_test.go' '^func TestDrill$(DRILL)' . | xargs -n 1 dirname | sort -u); \
	 BUZON_DRILL=full BUZON_DRILL_ROUNDS='$(DRILL_ROUNDS)' BUZON_DRILL_TABLE=$$table \
	   $(HEADLESS) test -tags ci -count=1 -p 2 -parallel 4 -timeout 240m -run '^TestDrill$(DRILL)' $$packages || failed=1; \
	 $(GO) run ./testdata/drilltable $$table || failed=1; \
	 rm -f $$table; exit $$failed

drill-store: ## the drills of the store: full disks, damage, backups, two processes
	@$(MAKE) --no-print-directory drill DRILL=Store

drill-histories: ## random histories of answers: the ledger never claims what is not held
	@$(MAKE) --no-print-directory drill DRILL=Histories

drill-outbox: ## the drill of what goes out, for which DRILL_ROUNDS is most wanted
	@$(MAKE) --no-print-directory drill DRILL=Outbox

drill-identities: ## the drill of people under numbers and hidden ids
	@$(MAKE) --no-print-directory drill DRILL=People

drill-soak: ## a million events into the store, and what they left; DRILL_ROUNDS= for another number
	@$(MAKE) --no-print-directory drill DRILL=Soak

FUZZ     ?=
FUZZTIME ?= 1m

fuzz: ## every fuzz target, each for FUZZTIME; FUZZ=Name for some
	@for folder in $$(grep -rl --include='*_test.go' '^func Fuzz$(FUZZ)' . | xargs -n 1 dirname | sort -u); do \
	   for target in $$(grep -ho '^func Fuzz$(FUZZ)[A-Za-z]*' $$folder/*_test.go | cut -c 6-); do \
	     echo "$$folder $$target"; \
	     $(HEADLESS) test -tags ci -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$folder || exit 1; \
	   done; done

lint: $(LINT) ## what golangci-lint says
	CGO_ENABLED=0 $(LINT) run --build-tags ci ./...

$(LINT): Makefile
	GOBIN='$(CURDIR)/bin' $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$(LINT_VERSION)
	@touch $@

fmt: $(LINT) ## format the source
	$(LINT) fmt

bench: ## all measurements; BENCH=Name for some
	@.ci/deps bench
	@plain=$(plain); screens=$(with_fyne); \
	 { $(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -timeout 60m $$plain && \
	   $(HEADLESS) test -tags ci -run '^$$' -bench '$(BENCH)' -benchmem -timeout 60m $$screens; } \
	 | awk '/no test files|^PASS$$|^goos:|^goarch:|^ok / {next} /^pkg:/ {print "\n== " $$2; next} {print; fflush()}'

screenshots: ## pictures of every screen, in ./screenshots
	BUZON_SCREENSHOTS='$(CURDIR)/screenshots' $(HEADLESS) test -count=1 -tags ci ./views/... -run 'Screenshots|IsDrawn|AreDrawn|Gallery'
	@ls screenshots

cross: ## check that the source is right for Windows and macOS
	GOOS=windows GOARCH=amd64 $(HEADLESS) vet -tags ci ./...
	GOOS=darwin GOARCH=arm64 $(HEADLESS) vet -tags ci $(plain) # Fyne itself needs a Mac's compiler there

clean: ## remove what was built here
	rm -rf buzon buzon.exe bin screenshots dist
