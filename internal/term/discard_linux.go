//go:build 386 || amd64 || arm || arm64 || loong64 || riscv64 || s390x

package term

import "syscall"

// discardTyped throws away what was typed and not read yet: the further lines of a pasted key must not answer the next
// question, or end up in the shell.
func discardTyped(fd int) {
	_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), tcflsh, syscall.TCIFLUSH) // what cannot be thrown away stays
}

// tcflsh is TCFLSH of ioctl_tty(2), which package syscall does not have everywhere. It has another number on MIPS and POWER.
const tcflsh = 0x540b
