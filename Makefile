# The only commands anyone needs. `make` alone explains them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
CARGO := cargo
AMICABLE := $(CARGO) run --quiet --package amicable --bin amicable --


.PHONY: help setup setup-deny setup-mutants build run down demo previous test check bench fuzz faults simulate \
	mutants format generate queries clean-run clean

help: ## Explains the commands.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup-deny:
	@deploy/setup --with deny

setup-mutants:
	@deploy/setup --with mutants

setup: ## Fetches the pinned servers (Postgres, nats-server) into .tools, once.
	@deploy/setup

build: setup ## Builds everything.
	@$(CARGO) build --workspace

run: setup ## Starts the embedded stack with a demo agency, plays it day by day, leaves it running.
	@$(CARGO) build --package amicable
	@$(AMICABLE) demo --keep --folder .amicable

down: ## Stops what `make run` left running.
	@$(AMICABLE) down --folder .amicable

demo: setup ## Plays the demo in a folder of its own and ends; the last line sums up.
	@$(CARGO) build --package amicable
	@$(AMICABLE) demo --folder .amicable-demo

previous: ## Builds the state that landed last, for the test of a rolling deploy; once.
	@tests/e2e/build-previous

test: setup previous ## Runs all tests, on real servers.
	@$(CARGO) build --workspace --bins
	@$(CARGO) test --workspace --no-fail-fast

check: setup-deny ## Formatting, lints as errors, licences and duplicates, architecture rules.
	@$(CARGO) fmt --all --check
	@$(CARGO) clippy --workspace --all-targets -- --deny warnings
	@"$$(cat .tools/location 2>/dev/null || echo .tools)/bin/cargo-deny" check licenses bans sources
	@$(CARGO) test --quiet --workspace --test tidy
	@$(CARGO) run --quiet --bin prepare-queries -- --check

bench: setup ## Measures the mailbox against limits of the same machine and minute.
	@$(CARGO) run --release --quiet --package bench -- $(ARGUMENTS)

# Coverage for LLVM's fuzzer; the same flags as cargo-fuzz gives, which the stable compiler knows.
FUZZ_FLAGS := -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
	-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
	-Cllvm-args=-sanitizer-coverage-trace-compares

fuzz: ## Reads damaged bank files for minutes (needs a C++ compiler); ARGUMENTS: camt, mt940 or coda.
	@for format in $(or $(ARGUMENTS),camt mt940 coda); do \
		mkdir -p target/corpus/$$format && cp tests/fuzz/seeds/$$format/* target/corpus/$$format/ && \
		RUSTFLAGS="$(FUZZ_FLAGS)" $(CARGO) run --quiet --release --manifest-path tests/fuzz/Cargo.toml \
			--target-dir target/fuzz --target $$(rustc -vV | sed -n 's/host: //p') --bin $$format -- \
			-max_total_time=180 -max_len=20000 -artifact_prefix=target/corpus/ target/corpus/$$format \
			|| exit 1; \
	done

faults: setup ## Breaks the mailbox in every known way, 10,000 times, and tells what was doubled or lost.
	@$(CARGO) build --quiet --package faults
	@$(CARGO) run --quiet --package faults -- $(or $(ARGUMENTS),run)

simulate: ## Tells many seeded stories with all decisions in one process, and checks every invariant.
	@$(CARGO) run --quiet --package simulation -- $(ARGUMENTS)

# One mutant, out of hundreds, should cost seconds: properties try fewer cases, and the tests that ask
# at every minute are left out. Answers have no default value, so mutants of that kind never compile.
mutants: setup-mutants ## Mutates the law and tells which changes no test notices; ARGUMENTS: --file.
	@PROPTEST_CASES=32 "$$(cat .tools/location 2>/dev/null || echo .tools)/bin/cargo-mutants" mutants \
		--package law --exclude-re 'Answer<' --timeout 60 --output target $(ARGUMENTS) \
		-- --lib --tests -- --skip every_minute --skip every_boundary --skip no_window_is_further

format: ## Formats the code.
	@$(CARGO) fmt --all

generate: ## Writes the generated files anew: schemas, AsyncAPI, broker permissions, new snapshots.
	@AMICABLE_GENERATE=1 $(CARGO) test --quiet --package contracts --test artefacts --test snapshots

queries: setup ## Writes the offline data of the compile-time checked queries anew; ARGUMENTS: crates.
	@$(CARGO) run --quiet --bin prepare-queries -- $(ARGUMENTS)

clean-run: down ## Removes what `make run` left, so that the next one begins anew.
	@rm -rf .amicable

clean: ## Removes what was built and what the demo left; keeps .tools.
	@$(CARGO) clean
	@rm -rf .amicable .amicable-demo
