//go:build !linux || !(386 || amd64 || arm || arm64 || loong64 || riscv64 || s390x)

package term

// discardTyped does nothing here: golang.org/x/term has no way to throw away what was typed.
func discardTyped(int) {}
