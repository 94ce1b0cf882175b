// Package browsertest drives the program, the sandbox and a real browser together: a GitHub App is created and installed as a
// person would do it. It is a module of its own, so that nobody who builds or imports the program needs its dependencies; run it
// with make browser.
package browsertest
