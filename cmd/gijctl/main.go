// Gijctl administers Git Integration for Jira Self-Managed.
package main

import (
	"context"
	"os"

	"github.com/gijctl/gijctl/internal/cli"
)

// exitInterrupted is the status after a second interrupt: at once, whatever is under way.
const exitInterrupted = 130

func main() {
	status := make(chan int, 1)
	end := func(s int) {
		select {
		case status <- s:
		default: // the other way to end came first
		}
	}
	streams := cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	ctx := untilSignal(context.Background(), func() {
		streams.ClearLine() // of progress that nobody will finish
		end(exitInterrupted)
	})
	go func() { end(cli.Main(ctx, os.Args[1:], streams, os.LookupEnv)) }()
	os.Exit(<-status)
}
