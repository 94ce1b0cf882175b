# make help shows the targets. `.ci/run` runs all that matters, from an empty home folder.

GO                ?= go
TOOLS             := $(CURDIR)/.tools
GOLANGCI_VERSION  := v2.15.0
GOLANGCI          := $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION)
# goreleaser 2.17 and later need a newer Go. Dependabot does not know these: look at them now and then.
GORELEASER        := $(TOOLS)/goreleaser-v2.16.0/goreleaser
SYFT              := $(TOOLS)/syft-v1.52.0/syft
COSIGN            := $(TOOLS)/cosign-v2.6.5/cosign
GOVULNCHECK       := $(TOOLS)/govulncheck-v1.1.4/govulncheck
FUZZTIME          ?= 10s

.DEFAULT_GOAL := help
.PHONY: help build test race cover lint fmt docs check-docs keyring judges browser fuzz bench licenses vuln snapshot release-check goreleaser govulncheck release-tools tools-path demo

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

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

judges: ## let Prism, Octokit, Probot and openssl judge gijctl and its sandbox (needs node 20 and npm)
	.ci/judges

browser: ## drive a real browser through gha create and gha install (needs chromium); pictures in internal/browsertest/shots
	$(GO) test -C internal/browsertest -count=1 -timeout 5m ./...

fuzz: ## run each fuzz target for FUZZTIME (10s)
	.ci/fuzz $(FUZZTIME)

bench: ## measure whole processes against their targets (BENCH_STRICT=0 only prints)
	.ci/bench

licenses: ## fail if a library is linked whose licence is not in .ci/licenses.txt
	.ci/licenses

vuln: ## look for known vulnerabilities (VULNDB=… names a copy of the database)
	.ci/vuln

snapshot: ## try the release: check its configuration, build for this processor, install the deb and remove it
	.ci/snapshot

release-check: ## build a release for all systems twice, compare, sign with a key, verify (15 minutes)
	.ci/release-check

# For the scripts above: tools by name, and where they are.
goreleaser: $(GORELEASER)
govulncheck: $(GOVULNCHECK)
release-tools: $(GORELEASER) $(SYFT) $(COSIGN)
tools-path:
	@echo $(dir $(GORELEASER)):$(dir $(SYFT)):$(dir $(COSIGN)):$(dir $(GOVULNCHECK))

$(GORELEASER):
	GOBIN=$(@D) $(GO) install github.com/goreleaser/goreleaser/v2@v2.16.0

$(SYFT):
	GOBIN=$(@D) $(GO) install github.com/anchore/syft/cmd/syft@v1.52.0

$(COSIGN):
	GOBIN=$(@D) $(GO) install github.com/sigstore/cosign/v2/cmd/cosign@v2.6.5

$(GOVULNCHECK):
	GOBIN=$(@D) $(GO) install golang.org/x/vuln/cmd/govulncheck@v1.1.4

demo: ## record the README's recording anew (needs asciinema and npx)
	.ci/demo

$(GOLANGCI):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv $(TOOLS)/golangci-lint $@
