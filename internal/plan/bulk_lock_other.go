//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package plan

import "os"

// openLocked opens a file. These systems have no lock that ends with the process and can be tried, so two imports at the same
// time are told apart by what they write down alone.
func openLocked(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
}
