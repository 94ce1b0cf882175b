// Gijctl administers Git Integration for Jira Self-Managed.
package main

import (
	"context"
	"os"
	"runtime/debug"

	"github.com/gijctl/gijctl/internal/cli"
)

// exitInterrupted is the status after a second interrupt, which ends gijctl at once, whatever is under way.
const exitInterrupted = 130

// gcPercent is less than Go's 100. A command holds little at once, so a list of any length takes 1 MiB less, for some 4 % more time.
const gcPercent = 70

func main() {
	debug.SetGCPercent(gcPercent)
	streams := cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	ctx := untilSignal(context.Background(), func() {
		streams.ClearLine() // of progress that nobody will finish
		exit(exitInterrupted)
	})
	exit(cli.Main(ctx, os.Args[1:], streams, os.LookupEnv))
}

func exit(status int) { os.Exit(status) }
