# The commands people type. Each target first installs what is missing for it, and says what and why
# (scripts/deps); with nothing missing it needs neither root nor network for that. Only `fuzz` and
# `advisories` want tools that few have (a nightly compiler, cargo-fuzz, cargo-deny), and say how they are had.

# rustup puts cargo here; a shell opened before the installation does not know it yet.
export PATH := $(PATH):$(HOME)/.cargo/bin

.PHONY: help demo test soak matrix bench fuzz lint advisories dist deps deps-build deps-test deps-bench deps-lint deps-dist assets

help:
	@echo 'make demo     build callreel and open it on an embedded account'
	@echo 'make test     run every test'
	@echo 'make matrix   every fault at every place that it can hit, as a table (some four minutes)'
	@echo 'make soak     twenty minutes of random keys, sizes and faults; SEED=N does it again'
	@echo 'make lint     formatting, clippy, documentation, licences'
	@echo 'make advisories  known holes in the crates it is built of, by RustSec (ADVISORY_DB=CLONE without a network)'
	@echo 'make bench    measure, beside mpg123, ffmpeg and mpv'
	@echo 'make fuzz     try what strangers may send, ten minutes for each kind (nightly compiler, cargo-fuzz)'
	@echo 'make dist     pack the programs that are handed out, into target/dist'
	@echo 'make deps     install what is missing to build, test and lint'
	@echo 'make assets   make the spoken demo calls again'

demo: deps-build
	@cargo run --release -- --demo

test: deps-test
	@scripts/test

matrix: deps-test
	@scripts/test matrix

soak: deps-test
	@scripts/test soak

bench: deps-bench
	@scripts/bench

fuzz: deps-build
	@scripts/fuzz

lint: deps-lint
	@scripts/lint

advisories:
	@scripts/advisories

dist: deps-dist
	@scripts/dist

deps: deps-test deps-lint

deps-build:
	@scripts/deps build

deps-test:
	@scripts/deps test

deps-bench:
	@scripts/deps bench

deps-lint:
	@scripts/deps lint

deps-dist:
	@scripts/deps dist

assets:
	@scripts/make-assets
