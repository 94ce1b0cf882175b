package plan

import (
	"context"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

// maskedServer hides the secrets that a plan sends from what the server says of them: an error may quote the value that it is about.
type maskedServer struct {
	BulkServer
	mask *strings.Replacer
}

// maskSecrets returns the server, or one that hides the plan's secrets where it has some.
func maskSecrets(s BulkServer, changes []BulkChange) BulkServer {
	const shortest = 6 // a shorter one would be found in words that are none
	var pairs []string
	for _, c := range changes {
		for _, cell := range c.Cells {
			if value := strings.TrimSpace(cell.value.Reveal()); cell.Secret && len(value) >= shortest {
				pairs = append(pairs, value, secret.Redacted)
			}
		}
	}
	if pairs == nil {
		return s
	}
	return maskedServer{s, strings.NewReplacer(pairs...)}
}

// Progress implements [BulkServer].
func (m maskedServer) Progress(ctx context.Context, t gij.BulkThread) (gij.BulkProgress, error) {
	p, err := m.BulkServer.Progress(ctx, t)
	p.Entries = slices.Clone(p.Entries)
	for i := range p.Entries {
		p.Entries[i].Message = m.mask.Replace(p.Entries[i].Message)
	}
	return p, err
}
