package term

import "io"

// LiveProgress returns progress as on a terminal, on any writer.
func LiveProgress(out io.Writer, o ProgressOptions, width func() int) *Progress {
	return &Progress{out: out, o: o, live: true, width: width}
}
