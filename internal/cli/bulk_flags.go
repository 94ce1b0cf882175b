package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
)

// bulkWriteFlags are the flags of the commands that change the server by a bulk file.
type bulkWriteFlags struct {
	writeFlags
	secretFlags

	confirm      []int64 // ids
	confirmGiven bool
	maxDeletes   int
	maxGiven     bool
	full         bool
	batchSize    int
	noWait       bool
	waitTimeout  time.Duration
	backup       string
	force        bool
	report       string
	junit        string
}

// register makes the flags of a command that takes a file. It returns what is to be called after parsing.
func (f *bulkWriteFlags) register(cmd *cobra.Command) func() {
	f.registerSending(cmd)
	f.secretFlags.register(cmd)
	flags := cmd.Flags()
	flags.Var((*rowIDs)(&f.confirm), "confirm-delete", "`ids` of all rows that the file marks for deletion, separated by commas")
	flags.IntVar(&f.maxDeletes, "max-deletes", 0, "how many rows may be deleted, with those that go with an integration (default as many as are confirmed)")
	flags.BoolVar(&f.full, "full", false, "send the whole file, and not only what differs: GIJ indexes all of its rows anew")
	return func() { f.confirmGiven, f.maxGiven = flags.Changed("confirm-delete"), flags.Changed("max-deletes") }
}

// registerSending makes the flags that say how changes are sent, waited for and reported.
func (f *bulkWriteFlags) registerSending(cmd *cobra.Command) {
	f.writeFlags.register(cmd)
	flags := cmd.Flags()
	flags.IntVar(&f.batchSize, "batch-size", 0, "how many rows one import changes; each is verified before the next (default all)")
	flags.BoolVar(&f.noWait, "no-wait", false, "end when the server has begun the import, without its result")
	flags.DurationVar(&f.waitTimeout, "wait-timeout", 0, "how long to wait for the server's end of each import (default without limit)")
	flags.StringVar(&f.backup, "backup", "", "`file` for the server's configuration as it was; without it one in the state folder")
	flags.StringVar(&f.report, "report", "", "`file` for the result as JSON")
	flags.StringVar(&f.junit, "report-junit", "", "`file` for the result as JUnit's XML, a test case for each row")
	flags.BoolVar(&f.force, "force", false, "overwrite the files of --backup, --report and --report-junit")
}

// rowIDs is a flag of ids. A list that is empty, as that of a variable in a job, names no row.
type rowIDs []int64

// Set implements [pflag.Value].
func (r *rowIDs) Set(text string) error {
	separator := func(c rune) bool { return c == ',' || unicode.IsSpace(c) }
	for _, word := range strings.FieldsFunc(text, separator) {
		id, isID := parseID(word)
		if !isID || id <= 0 {
			return fmt.Errorf("%q is no id of a row; give the numbers that the file has in the column id, separated by commas", word)
		}
		*r = append(*r, id)
	}
	return nil
}

// String implements [pflag.Value].
func (r *rowIDs) String() string { return joinIDs(*r, ",") }

// Type implements [pflag.Value].
func (r *rowIDs) Type() string { return "ids" }

// check refuses what cannot work before anything is read or sent. input is the file that is read, "" for none.
func (f *bulkWriteFlags) check(input string) error {
	switch {
	case f.full && f.batchSize > 0:
		return usageError("give one of them", "--full sends the whole file in one import, so --batch-size has nothing to divide")
	case f.batchSize < 0:
		return usageError("leave it out to send all at once", "--batch-size cannot be negative")
	case f.maxDeletes < 0:
		return usageError("", "--max-deletes cannot be negative")
	case f.waitTimeout < 0:
		return usageError("leave it out to wait without limit", "--wait-timeout cannot be negative")
	case f.noWait && f.waitTimeout > 0:
		return usageError("give one of them", "--no-wait does not wait, so --wait-timeout has nothing to limit")
	}
	if err := f.secretFlags.check(); err != nil {
		return err
	}
	return f.checkFiles(input)
}

// checkFiles looks at the files that are to be written: after an import it would be too late.
func (f *bulkWriteFlags) checkFiles(input string) error {
	taken := map[string]string{}
	for _, file := range []struct{ flag, path string }{{"--backup", f.backup}, {"--report", f.report}, {"--report-junit", f.junit}} {
		if file.path == "" {
			continue
		}
		if file.path == "-" {
			return usageError("give the path of a file", "%s cannot write to standard output: the result is there", file.flag)
		}
		path, err := filepath.Abs(file.path)
		if err != nil {
			return err
		}
		if other, twice := taken[path]; twice {
			return usageError("give each a file of its own", "%s and %s name the same file", other, file.flag)
		}
		taken[path] = file.flag
		if isSameFile(path, input) {
			return usageError("give another path", "%s is %s itself, which would be lost", file.flag, input)
		}
		if err := f.mayOverwrite(file.flag, path); err != nil {
			return err
		}
	}
	return nil
}

// isSameFile reports whether two paths lead to one file that is there.
func isSameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

func (f *bulkWriteFlags) mayOverwrite(flag, path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return nil // it is not there, or writing it will say why it cannot be looked at
	}
	if !info.Mode().IsRegular() {
		return usageError("give the path of a file", "%s: %s is no regular file", flag, path)
	}
	if !f.force {
		return usageError("add --force to overwrite it", "%s: %s exists", flag, path)
	}
	return nil
}
