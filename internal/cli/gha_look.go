package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

// look is what came of asking GitHub about an app. Without an error and without a sight it was not asked.
type look struct {
	app    *gitHubApp
	client *githubapp.AppClient
	seen   *sight
	err    error
}

// lookAll asks about several apps, four at a time, where ask says so and a key is at hand.
func (s *ghaSession) lookAll(ctx context.Context, all []*gitHubApp, org string, ask bool) []look {
	looks := make([]look, len(all))
	slots := make(chan struct{}, checksAtOnce)
	var asking sync.WaitGroup
	for n, g := range all {
		looks[n].app = g
		if !ask || g.key == nil || g.issuer == "" {
			continue
		}
		if looks[n].client, looks[n].err = s.signedIn(g); looks[n].err != nil {
			continue
		}
		asking.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			s.ask(ctx, &looks[n], org)
		})
	}
	asking.Wait()
	return slices.DeleteFunc(looks, func(l look) bool { return isToldOf(l, looks) })
}

// isToldOf reports whether an app is nothing but an integration that GitHub's answers showed to be that of another one in the list.
func isToldOf(l look, looks []look) bool {
	return l.client == nil && l.app.known == nil && slices.ContainsFunc(looks, func(other look) bool {
		return other.app != l.app && other.app.row != nil && other.app.row == l.app.row
	})
}

// look asks GitHub as an app.
func (s *ghaSession) look(ctx context.Context, g *gitHubApp, org string) look {
	l := look{app: g}
	if l.client, l.err = s.signedIn(g); l.err == nil {
		s.ask(ctx, &l, org)
	}
	return l
}

// ask holds what GitHub says against what a person said.
func (s *ghaSession) ask(ctx context.Context, l *look, org string) {
	l.seen, l.err = see(ctx, l.client)
	if l.err != nil {
		l.seen = nil
		return
	}
	s.learn(l.app, l.seen.app)
	l.err = l.seen.checkNames(l.app, org)
}

// standing infers how an app stands.
func (s *ghaSession) standing(l look) standing {
	f := appFacts{app: l.app, askedJira: s.jira != nil, seen: l.seen, err: l.err}
	if l.app.known != nil {
		f.path = s.store.Path(*l.app.known)
		if _, err := os.Stat(f.path); errors.Is(err, fs.ErrNotExist) {
			f.path = ""
		}
	}
	return f.standing()
}

// lookError names the apps that GitHub did not tell of. That it refuses a key is an answer, and data, unless a person gave the key.
func lookError(looks []look, gaveKey bool) error {
	var unknown []render.Detail
	var first error
	for _, l := range looks {
		if l.err == nil || !gaveKey && isRefusal(l.err) {
			continue
		}
		own := explain(l.err)
		unknown = append(unknown, render.Detail{Severity: "error", Code: own.Code, Name: l.app.String(), Message: own.Message, Remedy: own.Hint})
		first = l.err
	}
	switch {
	case len(unknown) == 0:
		return nil
	case len(looks) == 1:
		return first
	}
	return &cliError{
		code: codePartial, details: unknown, cause: first, hint: "the others are as listed; look at the exchange with --trace, or try again",
		message: fmt.Sprintf("of %s the standing of %d is not known", counted(len(looks), "app"), len(unknown)),
	}
}
