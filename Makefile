# heliosc. `make` prints what there is.

GO      ?= go
BIN     := bin/heliosc
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
TIMEOUT := 30m# for the tests of a package: they take a tenth of it, and hold on a machine that is busy
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: help
help: ## print this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

.PHONY: build
build: ## build bin/heliosc
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o $(BIN) ./cmd/heliosc

.PHONY: test
test: ## all tests; needs Go alone
	$(GO) test -timeout $(TIMEOUT) ./...

.PHONY: race
race: ## the concurrent packages under the race detector
	$(GO) test -race -timeout $(TIMEOUT) ./vexec/... ./windows/... .

.PHONY: invariants
invariants: ## all tests with the checks between operators compiled in
	$(GO) test -timeout $(TIMEOUT) -tags invariants ./vexec/... .

# What has been downloaded needs no network: go run asks its proxy about a version each time.
.PHONY: lint
lint: ## formatting, vet, staticcheck, generated files
	@test -z "$$(gofmt -l . | tee /dev/stderr)" || { echo "run gofmt -w on the files above"; exit 1; }
	$(GO) vet ./...
	GOPROXY="file://$$($(GO) env GOMODCACHE)/cache/download,$$($(GO) env GOPROXY)" $(GO) run $(STATICCHECK) ./...

.PHONY: kill
kill: ## the kill test 100 times in a row (make test runs it once)
	$(GO) test ./cmd/heliosc -run TestKill -count 100 -timeout 60m

.PHONY: fuzz
fuzz: ## each fuzz target for FUZZTIME (default 60s)
	./bench/fuzz.sh $(or $(FUZZTIME),60s)

.PHONY: fuzz-sql
fuzz-sql: ## random queries of SHAPES (default 20000) plan shapes: engine and reference interpreter agree; prints what they were made of
	GOGC=400 HELIOS_SHAPES=$(or $(SHAPES),20000) HELIOS_FROM=$(FROM) $(GO) test ./internal/goldentest -run '^TestDifferential$$' -count 1 -v -timeout 4h

.PHONY: bench
bench: ## micro-benchmarks of kernels, decoders, operators
	$(GO) test -run xxx -bench . ./kernels/... ./vexec/... ./bench/micro

.PHONY: bench-peers
bench-peers: build ## heliosc beside DuckDB, Polars and ClickHouse; EVENTS=10000000
	./bench/peers/run.sh $(or $(EVENTS),10000000)
