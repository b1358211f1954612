package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/zalando/go-keyring"
)

// keyringService is the name under which the system's keyring shows our secrets.
const keyringService = "buzon"

// keyringWait is how long the keyring may take: it may be showing a prompt that
// asks for its password, and nobody may be there to answer.
const keyringWait = 5 * time.Second

// Errors of the system's keyring.
var (
	// ErrKeyringSilent says that the keyring did not answer in time; it may be locked.
	ErrKeyringSilent = errors.New("the system's keyring did not answer, it may be locked")
	// ErrKeyringMissing says that the system has no usable keyring.
	ErrKeyringMissing = errors.New("the system has no usable keyring")
	// errNoSecret says that the keyring holds no such secret.
	errNoSecret = errors.New("the keyring holds no such secret")
)

// Keyring is a store of secrets of the system. A secret that is not there gives
// an error for which errors.Is(err, keyring.ErrNotFound) of zalando/go-keyring holds.
type Keyring interface {
	Get(service, user string) (string, error)
	Set(service, user, secret string) error
	Delete(service, user string) error
}

// SystemKeyring is the keyring of the system: the Secret Service on Linux, the
// Credential Manager on Windows, the Keychain on macOS.
type SystemKeyring struct{}

// Get implements Keyring.
func (SystemKeyring) Get(service, user string) (string, error) { return keyring.Get(service, user) }

// Set implements Keyring.
func (SystemKeyring) Set(service, user, secret string) error {
	return keyring.Set(service, user, secret)
}

// Delete implements Keyring.
func (SystemKeyring) Delete(service, user string) error { return keyring.Delete(service, user) }

// patientKeyring makes the calls of a keyring, which know no deadline, one after
// the other on one goroutine, and stops waiting for one after a while. A call
// that hangs keeps that goroutine; those after it fail at once with
// ErrKeyringSilent, so that hanging calls do not pile up.
type patientKeyring struct {
	ring Keyring
	user string
	wait time.Duration

	mu     sync.Mutex
	closed bool
	idle   chan struct{} // holds one token while no call is running
}

func newPatientKeyring(ring Keyring, user string, wait time.Duration) *patientKeyring {
	k := &patientKeyring{ring: ring, user: user, wait: wait, idle: make(chan struct{}, 1)}
	k.idle <- struct{}{}
	return k
}

func (k *patientKeyring) get(ctx context.Context) (string, error) {
	secret := make(chan string, 1) // handed over by channel: a late call must not write what nobody reads
	err := k.call(ctx, func() error {
		s, err := k.ring.Get(keyringService, k.user)
		secret <- s
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the key from the keyring: %w", err)
	}
	return <-secret, nil
}

func (k *patientKeyring) set(ctx context.Context, secret string) error {
	err := k.call(ctx, func() error { return k.ring.Set(keyringService, k.user, secret) })
	if err != nil {
		return fmt.Errorf("put the key into the keyring: %w", err)
	}
	return nil
}

func (k *patientKeyring) remove(ctx context.Context) error {
	err := k.call(ctx, func() error { return k.ring.Delete(keyringService, k.user) })
	if err != nil && !errors.Is(err, errNoSecret) {
		return fmt.Errorf("remove the key from the keyring: %w", err)
	}
	return nil
}

// call runs f on its own goroutine and waits for it as long as is reasonable.
func (k *patientKeyring) call(ctx context.Context, f func() error) error {
	timer := time.NewTimer(k.wait)
	defer timer.Stop()
	select {
	case <-k.idle:
	case <-timer.C:
		return ErrKeyringSilent
	case <-ctx.Done():
		return ctx.Err()
	}
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		k.idle <- struct{}{}
		return ErrKeyringMissing
	}
	result := make(chan error, 1)
	go func() {
		err := f()
		k.idle <- struct{}{}
		result <- err
	}()
	k.mu.Unlock()
	select {
	case err := <-result:
		return keyringError(err)
	case <-timer.C:
		return ErrKeyringSilent
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close ends the use of the keyring. It waits for a call that is running, but no
// longer than such a call may take: the system offers no way to end it, and the
// program must be able to.
func (k *patientKeyring) close() {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	timer := time.NewTimer(k.wait)
	defer timer.Stop()
	select {
	case <-k.idle:
		k.idle <- struct{}{}
	case <-timer.C:
	}
}

// keyringError sorts what a keyring says: a missing secret is not a missing keyring.
func keyringError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return errNoSecret
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return fmt.Errorf("%w: the key is too long for it", ErrKeyringMissing)
	default:
		return fmt.Errorf("%w: %w", ErrKeyringMissing, err)
	}
}
