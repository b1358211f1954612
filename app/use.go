package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/flock"
)

// ErrInUse says that another program has the store open, so that it cannot be replaced.
var ErrInUse = errors.New("another program has the store open")

// How long the right to replace the store is waited for: commands that read are short.
const (
	useWait = 5 * time.Second
	usePoll = 50 * time.Millisecond
)

// shareStore marks the store as open by this program, beside others. Who only
// reads goes on without the mark where the folder allows none.
func shareStore(ctx context.Context, p Paths) (*flock.Flock, error) {
	lock := flock.New(p.UseFile, flock.SetPermissions(fileMode))
	ctx, cancel := context.WithTimeout(ctx, useWait)
	defer cancel()
	held, err := lock.TryRLockContext(ctx, usePoll)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, storeInUse(p)
	}
	if err != nil || !held {
		return nil, fmt.Errorf("share the store: %w", err)
	}
	return lock, nil
}

// ownStore takes the right to replace the store's file: nobody has it open.
func ownStore(ctx context.Context, p Paths) (*flock.Flock, error) {
	lock := flock.New(p.UseFile, flock.SetPermissions(fileMode))
	ctx, cancel := context.WithTimeout(ctx, useWait)
	defer cancel()
	held, err := lock.TryLockContext(ctx, usePoll)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, storeInUse(p)
	}
	if err != nil || !held {
		return nil, fmt.Errorf("take the store: %w", err)
	}
	return lock, nil
}

// storeInUse is ErrInUse with the process that works on the data, where one does.
func storeInUse(p Paths) error {
	return fmt.Errorf("%w (%s%s)", ErrInUse, p.Data, holder(p.LockFile))
}
