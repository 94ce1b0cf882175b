# make help shows the targets. `.ci/run` runs all that matters, from an empty home folder.

GO                ?= go
TOOLS             := $(CURDIR)/.tools
GOLANGCI_VERSION  := v2.15.0
GOLANGCI          := $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION)
FUZZTIME          ?= 10s

.DEFAULT_GOAL := help
.PHONY: help build test race cover lint fmt docs check-docs keyring fuzz bench

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build ./gijctl as a release does: static, stripped
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o gijctl ./cmd/gijctl

test: ## run all tests
	$(GO) test ./...

race: ## run all tests under the race detector
	$(GO) test -race ./...

cover: ## print the coverage of pkg/* and internal/render, and fail below 85 %
	.ci/cover 85

lint: $(GOLANGCI) ## run the linters of .golangci.yml
	$(GOLANGCI) run ./...

fmt: $(GOLANGCI) ## format the code
	$(GOLANGCI) fmt ./...

docs: ## write docs/reference and docs/exit-codes.md
	$(GO) run ./cmd/gijctl docs docs

check-docs: ## fail if the generated documentation is not that of the code
	.ci/check-docs

keyring: ## test against a real gnome-keyring: unlocked, locked, and none (needs gnome-keyring and dbus-daemon)
	.ci/keyring

fuzz: ## run each fuzz target for FUZZTIME (10s)
	.ci/fuzz $(FUZZTIME)

bench: ## measure whole processes against their targets (BENCH_STRICT=0 only prints)
	.ci/bench

$(GOLANGCI):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv $(TOOLS)/golangci-lint $@
