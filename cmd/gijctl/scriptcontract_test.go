package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// statuses are the exit statuses of the error codes, written down once more on purpose: programs branch on both.
func statuses() map[string]int {
	return map[string]int{
		"failed": 1, "usage": 2, "invalid_input": 2, "changes_pending": 3, "auth": 4, "not_found": 5, "partial": 6,
		"conflict": 7, "guard": 7, "still_running": 8, "interrupted": 130,
	}
}

// checkContract holds any run of gijctl against what every command promises of stdout, stderr and the exit status.
func checkContract(args []string, status int, stdout, stderr string) error {
	if status == 2 && stdout != "" {
		return errors.New("a usage error has written data to stdout")
	}
	text := strings.TrimSuffix(stderr, "\n")
	lines := strings.Split(text, "\n")
	last := lines[len(lines)-1]
	if status == 0 {
		if strings.Contains(text, "\ngijctl: ") || strings.HasPrefix(text, "gijctl: ") {
			return errors.New("a success has written an error to stderr")
		}
		return nil
	}
	if wantsJSON(args) {
		if slices.Contains(args, "--no-browser") && strings.HasPrefix(text, "http") {
			lines = lines[1:] // the address that a person opens while the command waits: it cannot come with its end
		}
		if !slices.Contains(args, "--trace") && len(lines) != 1 {
			return fmt.Errorf("with JSON errors stderr has %d lines, not the one object", len(lines))
		}
		return checkErrorObject(last, status)
	}
	lines, page := lines[:len(lines)-1], last
	if !strings.HasPrefix(page, "see: ") || len(lines) == 0 {
		return fmt.Errorf("stderr does not end with the page that says more, but with %q", page)
	}
	if strings.HasPrefix(lines[len(lines)-1], "hint: ") && len(lines) > 1 {
		lines = lines[:len(lines)-1]
	}
	message := lines[len(lines)-1]
	if !strings.HasPrefix(message, "gijctl: ") || len(message) < len("gijctl: ")+5 {
		return fmt.Errorf("stderr does not end with \"gijctl: what failed: why\" and a hint, but with %q", message)
	}
	return nil
}

func wantsJSON(args []string) bool {
	line := " " + strings.Join(args, " ") + " "
	return strings.Contains(line, " -o json ") || strings.Contains(line, " --output=json ")
}

func checkErrorObject(line string, status int) error {
	var object struct {
		Error struct{ Code, Message, Hint string }
	}
	if err := json.Unmarshal([]byte(line), &object); err != nil {
		return fmt.Errorf("stderr does not end with a JSON object: %w", err)
	}
	want, known := statuses()[object.Error.Code]
	if !known || want != status || object.Error.Message == "" {
		return fmt.Errorf("the error object %s does not belong to exit status %d", line, status)
	}
	return nil
}
