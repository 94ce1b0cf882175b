// Gijctl administers Git Integration for Jira Self-Managed.
package main

import (
	"context"
	"os"

	"github.com/gijctl/gijctl/internal/cli"
)

// exitInterrupted is the status after a second interrupt, which ends gijctl at once, whatever is under way.
const exitInterrupted = 130

func main() {
	streams := cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	ctx := untilSignal(context.Background(), func() {
		streams.ClearLine() // of progress that nobody will finish
		exit(exitInterrupted)
	})
	exit(cli.Main(ctx, os.Args[1:], streams, os.LookupEnv))
}

func exit(status int) { os.Exit(status) }
