//go:build !linux

package main

import "github.com/rogpeppe/go-internal/testscript"

// cmdTerminal is for Linux; elsewhere scripts skip it by [!linux].
func cmdTerminal(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Fatalf("terminal needs Linux: begin the script with [!linux] skip")
}
