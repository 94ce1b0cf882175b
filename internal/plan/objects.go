package plan

import (
	"context"

	"github.com/gijctl/gijctl/pkg/gij"
)

// RepositoryServer is what applying needs of the repository API.
type RepositoryServer interface {
	Get(context.Context, int64) (gij.Repository, error)
	Create(context.Context, gij.RepositorySpec, []int64) (gij.Repository, error)
	Update(context.Context, int64, gij.RepositorySpec) error
	SetDisabled(context.Context, int64, bool) (gij.Repository, error)
	Delete(context.Context, int64, gij.DeleteOptions) error
}

// objects is a server as carrying out a change needs it, whatever the change is about.
type objects interface {
	create(context.Context, Change) (id int64, isDisabled bool, err error)
	update(context.Context, Change) error
	setDisabled(ctx context.Context, id int64, disabled bool) error
	Delete(context.Context, int64, gij.DeleteOptions) error
	// readBack puts the object as the server has it now into the result of its change.
	readBack(context.Context, *Result) (readBack, error)
}

// readBack is how an object that was read relates to its change.
type readBack struct {
	gij.Comparison
	shown func(key string) (any, bool)
}

type integrations struct{ Server }

func (s integrations) create(ctx context.Context, c Change) (int64, bool, error) {
	created, err := s.Create(ctx, c.Spec, c.Existing)
	return created.ID, isTrue(created.Disabled), err
}

func (s integrations) update(ctx context.Context, c Change) error { return s.Update(ctx, c.ID, c.Spec) }

func (s integrations) setDisabled(ctx context.Context, id int64, disabled bool) error {
	_, err := s.SetDisabled(ctx, id, disabled)
	return err
}

func (s integrations) readBack(ctx context.Context, r *Result) (readBack, error) {
	now, err := s.Get(ctx, r.Change.ID)
	if err != nil {
		return readBack{}, err
	}
	r.After = &now
	return readBack{now.Compare(r.Change.Spec), now.Shown}, nil
}

type repositories struct{ RepositoryServer }

func (s repositories) create(ctx context.Context, c Change) (int64, bool, error) {
	created, err := s.Create(ctx, c.RepositorySpec, c.Existing)
	return created.ID, isTrue(created.Disabled), err
}

func (s repositories) update(ctx context.Context, c Change) error {
	return s.Update(ctx, c.ID, c.RepositorySpec)
}

func (s repositories) setDisabled(ctx context.Context, id int64, disabled bool) error {
	_, err := s.SetDisabled(ctx, id, disabled)
	return err
}

func (s repositories) readBack(ctx context.Context, r *Result) (readBack, error) {
	now, err := s.Get(ctx, r.Change.ID)
	if err != nil {
		return readBack{}, err
	}
	r.AfterRepository = &now
	return readBack{now.Compare(r.Change.RepositorySpec), now.Shown}, nil
}

func isTrue(b *bool) bool { return b != nil && *b }
