package app_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	wasync "github.com/xappiens/buzon/sync"
	"github.com/xappiens/buzon/sync/gateway"
	"github.com/xappiens/buzon/sync/simulator"
)

// TestAKeyThatIsChangedElsewhereIsTakenUp lets the gateway ask for another key,
// and another process write it down: the open window goes on by itself.
func TestAKeyThatIsChangedElsewhereIsTakenUp(t *testing.T) {
	var asked atomic.Pointer[string]
	first, second := "the-first-key", "the-second-key"
	asked.Store(&first)
	simulated, err := simulator.New(simulator.Config{Seed: 1, Contacts: 3, Conversations: 2, Messages: 5, Paired: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, simulated.Close()) })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("x-api-key") != *asked.Load() {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`{"success":false,"error":"Invalid API key"}`))
			return
		}
		simulated.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	client, err := gateway.New(gateway.Config{BaseURL: server.URL, APIKey: first})
	require.NoError(t, err)
	require.NoError(t, client.StartSession(t.Context(), "empresa"))
	client.Close()

	dir := t.TempDir()
	settings, err := json.Marshal(map[string]any{"version": 1, "base_url": server.URL})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "settings.json"), settings, 0o600))
	paths, err := app.NewPaths(dir)
	require.NoError(t, err)
	elsewhere := app.NewSecrets(app.SecretsConfig{Paths: paths}) // of the command line
	t.Cleanup(elsewhere.Close)
	_, err = elsewhere.SetKey(t.Context(), first)
	require.NoError(t, err)

	a, err := app.New(t.Context(), app.Options{DataDir: dir, Mode: app.ModeWindow, Timing: wasync.Timing{Status: 20 * time.Millisecond}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	require.NoError(t, a.Start(t.Context()))
	s, err := a.Sessions.Add(t.Context(), "empresa", "")
	require.NoError(t, err)
	becomes := func(state model.SessionState) {
		t.Helper()
		box := a.Events.Subscribe()
		defer box.Close()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		for {
			now, err := a.Sessions.Get(ctx, s.ID)
			require.NoError(t, err, "it never became %s", state)
			if now.State == state {
				return
			}
			select {
			case <-box.Ready():
				box.Take()
			case <-ctx.Done():
			}
		}
	}
	becomes(model.StateConnected)
	asked.Store(&second)
	becomes(model.StateUnknown)
	reach, known := a.Reachability()
	require.True(t, known)
	require.Equal(t, string(model.ProblemUnauthorized), reach.Kind)
	_, err = elsewhere.SetKey(t.Context(), second)
	require.NoError(t, err)
	becomes(model.StateConnected)
}
