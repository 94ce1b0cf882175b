package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// signalContext ends with the first interrupt. It begins to listen when it is first asked whether it has ended, which is
// when something is about to be sent or waited for: until then the default action of a signal is right, and listening
// costs every start two threads.
type signalContext struct {
	context.Context
	listening func() context.Context
}

// untilSignal returns a context that ends with the first interrupt. again is called with the second.
func untilSignal(parent context.Context, again func()) context.Context {
	return signalContext{parent, sync.OnceValue(func() context.Context { return listen(parent, again) })}
}

func listen(parent context.Context, again func()) context.Context {
	signal.Ignore(syscall.SIGPIPE) // whoever reads the output may go away; a plan that has begun is finished all the same
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2) // as many as count
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		again()
	}()
	return ctx
}

func (c signalContext) Done() <-chan struct{} { return c.listening().Done() }
func (c signalContext) Err() error            { return c.listening().Err() }
