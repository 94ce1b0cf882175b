package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/atomicfile"
	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

// How long somebody who pressed Tab waits, and for how long the answer is good. A server that did not answer is left alone
// for a while, so that the next Tab is quick.
const (
	completionPatience = 2 * time.Second
	completionFresh    = time.Minute
	completionAway     = 15 * time.Second
)

// liveWords are what a completion asks the server for. They are kept in the state folder, for the next Tab.
type liveWords struct {
	At           time.Time       `json:"at"`
	Away         bool            `json:"away,omitempty"` // the server did not answer
	Integrations []liveReference `json:"integrations,omitempty"`
	Projects     []liveReference `json:"projects,omitempty"`
}

type liveReference struct {
	Word string `json:"word"` // an id, or a project's key
	Name string `json:"name"`
	Type string `json:"type,omitempty"`
}

// completeIntegrations offers integrations. most is how many arguments the command takes, 0 for any number.
func (a *app) completeIntegrations(most int) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if most > 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return integrationCompletions(a.live(cmd.Context()).Integrations, args, begun), cobra.ShellCompDirectiveNoFileComp
	}
}

// integrationCompletions are the ids of the integrations that are not given yet, with their names, and the names themselves
// once a word begins like one.
func integrationCompletions(all []liveReference, given []string, begun string) []string {
	namesakes := map[string]int{}
	for _, i := range all {
		namesakes[i.Name]++
	}
	var words []string
	for _, i := range all {
		if slices.Contains(given, i.Word) || slices.Contains(given, i.Name) {
			continue
		}
		words = append(words, i.Word+"\t"+render.Visible(i.Name+" ("+i.Type+")"))
		if begun != "" && strings.HasPrefix(i.Name, begun) && namesakes[i.Name] == 1 && meansName(i.Name) && typable(i.Name) {
			words = append(words, i.Name+"\t"+render.Visible(i.Type)+" "+i.Word)
		}
	}
	return words
}

// meansName reports whether a command takes the word for a name, and not for an id or a flag.
func meansName(word string) bool {
	return !strings.HasPrefix(word, "-") && strings.Trim(word, "0123456789") != ""
}

// typable reports whether a shell may put a server's word on its command line. bash inserts what several words have in common
// without escaping it, and runs it with the next Tab; and no shell keeps two spaces, or what cannot be seen.
func typable(word string) bool {
	return word == render.Visible(word) && word == strings.Join(strings.Fields(word), " ") && !strings.ContainsAny(word, "$`\\;&|<>(){}!")
}

// completeProjects are the words of --project.
func (a *app) completeProjects(cmd *cobra.Command) {
	mustComplete(cmd, "project", func(cmd *cobra.Command) []string {
		var words []string
		for _, p := range a.live(cmd.Context()).Projects {
			if typable(p.Word) {
				words = append(words, p.Word+"\t"+render.Visible(p.Name))
			}
		}
		return words
	})
}

// live returns what the server has, or had a moment ago. It says nothing, whatever happens: whoever presses Tab is typing.
func (a *app) live(ctx context.Context) liveWords {
	a.streams.Err = io.Discard
	ctx, cancel := context.WithTimeout(ctx, completionPatience)
	defer cancel()
	target, err := a.resolve()
	if err != nil {
		return liveWords{}
	}
	file, err := a.completionFile(target)
	if err != nil {
		return liveWords{}
	}
	if kept, ok := readLive(file, a.now()); ok {
		return kept
	}
	words := a.askLive(ctx, target)
	words.At = a.now()
	if data, err := json.Marshal(words); err == nil {
		_ = atomicfile.Write(file, data) // the next Tab asks again
	}
	return words
}

func (a *app) askLive(ctx context.Context, target config.Target) liveWords {
	a.flags.retries, a.flags.timeout = 0, completionPatience
	away := liveWords{Away: true}
	s, err := a.connectTo(ctx, target, a.vault().Limit(completionPatience/2), true)
	if err != nil {
		return away
	}
	defer s.close()
	integrations, err := s.client.Integrations.List(ctx)
	if err != nil {
		return away
	}
	projects, err := s.client.Jira.Projects(ctx)
	if err != nil {
		projects = nil // who may not browse projects still completes integrations
	}
	return liveWords{Integrations: integrationWords(integrations), Projects: projectWords(projects)}
}

func integrationWords(all []gij.Integration) []liveReference {
	var words []liveReference
	for _, i := range all {
		words = append(words, liveReference{Word: strconv.FormatInt(i.ID, 10), Name: i.DisplayName, Type: i.Type})
	}
	return words
}

func projectWords(all []gij.Project) []liveReference {
	var words []liveReference
	for _, p := range all {
		words = append(words, liveReference{Word: p.Key, Name: p.Name})
	}
	return words
}

// completionFile is where the words of a target are kept. Its name tells nothing of the target.
func (a *app) completionFile(t config.Target) (string, error) {
	dir, err := config.StateDir(a.env)
	name := sha256.Sum256([]byte(strings.Join([]string{t.URL, t.Context, strconv.FormatBool(t.Sandbox), a.env.Get("GIJCTL_USER")}, "\n")))
	return filepath.Join(dir, "completion", hex.EncodeToString(name[:16])+".json"), err
}

// forgetLive removes what completions keep, after a change: the next Tab asks again. The names of a Jira that somebody has
// logged out of are nobody's business either.
func (a *app) forgetLive() {
	if dir, err := config.StateDir(a.env); err == nil {
		_ = os.RemoveAll(filepath.Join(dir, "completion")) // it would be old in a minute anyway
	}
}

func readLive(file string, now time.Time) (liveWords, bool) {
	var kept liveWords
	data, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(data, &kept) != nil {
		return kept, false
	}
	fresh := completionFresh
	if kept.Away {
		fresh = completionAway
	}
	age := now.Sub(kept.At)
	return kept, age >= 0 && age < fresh
}
