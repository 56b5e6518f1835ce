# Two commands for newcomers: `make run` and `make test`.
SHELL := /bin/bash
PREFIX ?= /usr/local
SOURCES := Sources Tests mocks Package.swift
RELEASE := -c release --static-swift-stdlib
STRICT := -Xswiftc -warnings-as-errors --explicit-target-dependency-import-check error
# How many tests run at once: each mock server keeps one of libdispatch's 255 threads waiting.
WIDTH := SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=16
# Each in a process of its own: what one leaves open does not weigh on the next.
TARGETS := $(notdir $(wildcard Tests/*Tests))

.PHONY: run test build deps lint format bench fuzz laws fields chaos mutants sbom install clean

run: build           ## a real sync against the mock organisation, shown in the terminal and as a page
	scripts/demo

test: deps lint      ## everything that must hold
	swift build --build-tests $(STRICT)
	scripts/hardening .build/debug/idsync
	scripts/sbom .build/debug/idsync > .build/debug/idsync.cdx.json
	@set -e; for target in $(TARGETS); do \
	  echo "== $$target"; $(WIDTH) timeout 1800 swift test --skip-build $(STRICT) --filter "^$$target\."; done

build: deps          ## the program and the mock organisation, optimised
	swift build $(RELEASE) --product idsync
	swift build $(RELEASE) --product mock-idp

deps:                ## what is missing on this machine (Debian packages, a Python environment)
	scripts/deps

lint:
	swift format lint -r -p --strict $(SOURCES)

format:
	swift format -i -r -p $(SOURCES)

bench: build         ## ratios against curl and a plain script, and a large tenant; BENCH=quick for small sizes
	.venv/bin/python bench/run.py $(BENCH)
	.venv/bin/python bench/entra_scale.py

fuzz: deps           ## the fuzzers of the tests, longer
	IDSYNC_FUZZ_ROUNDS=$${ROUNDS:-200000} swift test --filter Fuzz

fields: deps         ## every field of every reply, edited at every place, one at a time; ONLY=Okta,Heroku FORMS=otherCase for some
	swift build --build-tests $(STRICT)
	IDSYNC_EVERY_FIELD=$${ONLY:-1} IDSYNC_EDIT_FORMS=$$FORMS $(WIDTH) swift test --skip-build $(STRICT) --filter '^ConnectorsTests\..*(Field|ReplyEdit)'

laws: deps           ## the laws over 20,000 random worlds, in a build that is fast; WORLDS=… SEED=… for others
	IDSYNC_LAW_WORLDS=$${WORLDS:-20000} IDSYNC_LAW_SEED=$${SEED:-1} IDSYNC_LAW_BENCHES=$${BENCHES:-12} \
	  swift test -c release -Xswiftc -enable-testing --filter '^LawTests\.'

install: build       ## the program without what only debuggers read, and that in a file of its own
	scripts/hardening --release .build/release/idsync
	install -D -m 0755 .build/release/idsync $(DESTDIR)$(PREFIX)/bin/idsync
	install -d $(DESTDIR)$(PREFIX)/lib/debug/bin
	objcopy --only-keep-debug .build/release/idsync $(DESTDIR)$(PREFIX)/lib/debug/bin/idsync.debug
	strip --strip-all $(DESTDIR)$(PREFIX)/bin/idsync
	objcopy --add-gnu-debuglink=$(DESTDIR)$(PREFIX)/lib/debug/bin/idsync.debug $(DESTDIR)$(PREFIX)/bin/idsync

chaos:               ## kills, faults, evil servers, damaged stores, clocks, races; CHAOS=short ONLY=stores SEED=2 for some
	scripts/deps strace libfaketime
	swift build --product idsync
	swift build --product mock-idp
	.venv/bin/python Tests/Chaos/run.py $(if $(filter short,$(CHAOS)),--short) --seed $${SEED:-1} $(ONLY)

mutants: deps        ## each law broken in turn, in a clean checkout: a test has to see it
	.venv/bin/python scripts/mutants $(NAMES)

sbom: build          ## what the program is made of, as CycloneDX, beside it
	scripts/sbom .build/release/idsync > .build/release/idsync.cdx.json

clean:
	rm -rf .build .venv demo
