package plan_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

// quoting is a server whose errors quote what it was sent.
type quoting struct{ plan.BulkServer }

func (q quoting) Progress(ctx context.Context, t gij.BulkThread) (gij.BulkProgress, error) {
	p, err := q.BulkServer.Progress(ctx, t)
	p.Entries = append(p.Entries, gij.BulkEntry{Error: true, Message: "github: bad credentials: " + typedToken})
	return p, err
}

func TestTheServersWordsHideASecret(t *testing.T) {
	t.Parallel()
	o := newOdd(t)
	p, err := o.plan(tsv("id|pat|displayName", "1|"+typedToken+"|renamed"))
	if err != nil {
		t.Fatal(err)
	}
	said := &heard{}
	result, err := plan.ApplyBulk(t.Context(), quoting{o.bulk}, o.state, p, plan.ImportOptions{Wait: o.wait}, said)
	text := fmt.Sprintf("%v %v %v", result, err, said)
	if strings.Contains(text, typedToken) || !strings.Contains(text, "bad credentials: [redacted]") {
		t.Errorf("said: %s", text)
	}
}
