package app_test

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
)

// fakeKeyring is a keyring in memory that can be missing or hang.
type fakeKeyring struct {
	mu    sync.Mutex
	held  map[string]string
	err   error
	hang  chan struct{} // calls wait until it is closed, when not nil
	calls int
}

func (f *fakeKeyring) enter() error {
	f.mu.Lock()
	f.calls++
	hang, err := f.hang, f.err
	f.mu.Unlock()
	if hang != nil {
		<-hang
	}
	return err
}

func (f *fakeKeyring) Get(service, user string) (string, error) {
	if err := f.enter(); err != nil {
		return "", err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	secret, ok := f.held[service+"/"+user]
	if !ok {
		return "", keyring.ErrNotFound
	}
	return secret, nil
}

func (f *fakeKeyring) Set(service, user, secret string) error {
	if err := f.enter(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.held == nil {
		f.held = map[string]string{}
	}
	f.held[service+"/"+user] = secret
	return nil
}

func (f *fakeKeyring) Delete(service, user string) error {
	if err := f.enter(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.held[service+"/"+user]; !ok {
		return keyring.ErrNotFound
	}
	delete(f.held, service+"/"+user)
	return nil
}

func (f *fakeKeyring) setErr(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func (f *fakeKeyring) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

func noEnv(string) string { return "" }

// systemPaths are paths for which the keyring is used.
func systemPaths(t *testing.T) app.Paths {
	t.Helper()
	p := newPaths(t)
	p.OneFolder = false
	return p
}

func newSecrets(t *testing.T, c app.SecretsConfig) *app.Secrets {
	t.Helper()
	if c.Getenv == nil {
		c.Getenv = noEnv
	}
	s := app.NewSecrets(c)
	t.Cleanup(s.Close)
	return s
}

func requireKey(t *testing.T, s *app.Secrets, key string, kind model.KeyPlaceKind) {
	t.Helper()
	got, place, err := s.Key(t.Context())
	require.NoError(t, err)
	require.Equal(t, key, got)
	require.Equal(t, kind, place.Kind)
}

func TestKeyGoesToTheKeyring(t *testing.T) {
	p, ring := systemPaths(t), &fakeKeyring{}
	s := newSecrets(t, app.SecretsConfig{Paths: p, Keyring: ring})
	requireKey(t, s, "", model.KeyNone)
	place, err := s.SetKey(t.Context(), "  secret-1 \n")
	require.NoError(t, err)
	require.Equal(t, model.KeyKeyring, place.Kind)
	requireKey(t, s, "secret-1", model.KeyKeyring)
	require.NoFileExists(t, p.KeyFile)
	require.Len(t, ring.held, 1)

	other := newSecrets(t, app.SecretsConfig{Paths: systemPaths(t), Keyring: ring})
	requireKey(t, other, "", model.KeyNone) // another data folder has its own key

	require.NoError(t, s.DeleteKey(t.Context()))
	requireKey(t, s, "", model.KeyNone)
	require.NoError(t, s.DeleteKey(t.Context()), "nothing to forget is no error")
}

func TestKeyOfADataFolderGoesToItsFile(t *testing.T) {
	p, ring := newPaths(t), &fakeKeyring{}
	s := newSecrets(t, app.SecretsConfig{Paths: p, Keyring: ring})
	place, err := s.SetKey(t.Context(), "secret-1")
	require.NoError(t, err)
	require.Equal(t, model.KeyPlace{Kind: model.KeyFile, Path: p.KeyFile}, place)
	requireKey(t, s, "secret-1", model.KeyFile)
	require.Zero(t, ring.count(), "the owner's keyring is not touched")
	if runtime.GOOS != "windows" {
		info, err := os.Stat(p.KeyFile)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		require.NoError(t, os.Chmod(p.KeyFile, 0o644))
		requireKey(t, s, "secret-1", model.KeyFile)
		info, err = os.Stat(p.KeyFile)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "a file open to others is closed")
	}
	_, err = s.SetKey(t.Context(), "")
	require.NoError(t, err)
	require.NoFileExists(t, p.KeyFile)
}

func TestEnvironmentComesFirst(t *testing.T) {
	s := newSecrets(t, app.SecretsConfig{Paths: newPaths(t), Getenv: func(name string) string {
		return map[string]string{"BUZON_API_KEY": " from-env "}[name]
	}})
	_, err := s.SetKey(t.Context(), "from-file")
	require.NoError(t, err)
	requireKey(t, s, "from-env", model.KeyEnvironment)
}

func TestWithoutAKeyringTheFileTakesTheKey(t *testing.T) {
	p, ring := systemPaths(t), &fakeKeyring{}
	s := newSecrets(t, app.SecretsConfig{Paths: p, Keyring: ring})
	_, err := s.SetKey(t.Context(), "old-key")
	require.NoError(t, err)

	ring.setErr(errors.New("The name org.freedesktop.secrets was not provided by any .service files"))
	require.ErrorIs(t, s.KeyringState(t.Context()), app.ErrKeyringMissing)
	place, err := s.SetKey(t.Context(), "new-key")
	require.NoError(t, err)
	require.Equal(t, model.KeyFile, place.Kind)
	requireKey(t, s, "new-key", model.KeyFile)

	ring.setErr(nil)
	requireKey(t, s, "new-key", model.KeyFile) // not the older one of the keyring, which is back
	place, err = s.SetKey(t.Context(), "newest")
	require.NoError(t, err)
	require.Equal(t, model.KeyKeyring, place.Kind)
	require.NoFileExists(t, p.KeyFile)
	requireKey(t, s, "newest", model.KeyKeyring)
}

func TestAKeyringThatHangsIsNotWaitedForForEver(t *testing.T) {
	ring := &fakeKeyring{hang: make(chan struct{})}
	s := newSecrets(t, app.SecretsConfig{Paths: systemPaths(t), Keyring: ring, Wait: 50 * time.Millisecond})
	t.Cleanup(func() { close(ring.hang) })
	for range 3 {
		_, _, err := s.Key(t.Context())
		require.ErrorIs(t, err, app.ErrKeyringSilent)
	}
	require.Equal(t, 1, ring.count(), "hanging calls pile up")
	place, err := s.SetKey(t.Context(), "secret-1")
	require.NoError(t, err)
	require.Equal(t, model.KeyFile, place.Kind)
	requireKey(t, s, "secret-1", model.KeyFile)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.KeyringState(ctx), context.Canceled)
}

func TestKeysThatCannotBeOneAreRefused(t *testing.T) {
	p := newPaths(t)
	s := newSecrets(t, app.SecretsConfig{Paths: p})
	for name, raw := range map[string]string{
		"line break": "abc\ndef", "NUL": "abc\x00", "escape": "\x1b[31mabc", "DEL": "a\x7fb", "too long": strings.Repeat("k", 513),
		"no header carries it": "clave-€", "broken bytes": "abc\xff\xfe",
	} {
		_, err := s.SetKey(t.Context(), raw)
		var fields *model.SettingsError
		require.ErrorAs(t, err, &fields, name)
		require.Equal(t, "api_key", fields.Fields[0].Field, name)
		require.NotContains(t, err.Error(), "abc", name)
		require.NoFileExists(t, p.KeyFile, name)

		require.NoError(t, os.WriteFile(p.KeyFile, []byte(raw), 0o600))
		_, place, err := s.Key(t.Context())
		require.Error(t, err, name)
		require.Equal(t, model.KeyNone, place.Kind, name)
		require.NoError(t, os.Remove(p.KeyFile))
	}
	_, err := s.SetKey(t.Context(), strings.Repeat("k", 512))
	require.NoError(t, err)
}

func TestTheRedactorLearnsKeys(t *testing.T) {
	r := &app.Redactor{}
	s := newSecrets(t, app.SecretsConfig{Paths: newPaths(t), Redactor: r})
	_, err := s.SetKey(t.Context(), "s3cr3t&key")
	require.NoError(t, err)
	require.NotContains(t, r.Secrets("header s3cr3t&key and http://x/?k=s3cr3t%26key"), "s3cr3t")
}
