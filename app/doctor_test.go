package app_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// fakeStore is a store that the doctor looks at.
type fakeStore struct {
	checkErr error
	sessions []model.Session
}

func (f fakeStore) Check(context.Context) error                       { return f.checkErr }
func (f fakeStore) Size() (int64, error)                              { return 3 << 20, nil }
func (f fakeStore) Sessions(context.Context) ([]model.Session, error) { return f.sessions, nil }
func (f fakeStore) Close() error                                      { return nil }

// patient is what the doctor looks at in a test; all is well with it.
type patient struct {
	app.DoctorConfig
	settings model.Settings
	key      string
	opened   *app.SettingsStore
}

func newPatient(t *testing.T, url string) *patient {
	t.Helper()
	p := newPaths(t)
	bus := &event.Bus{}
	s, err := app.OpenSettings(t.Context(), p.SettingsFile, bus, nil)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, s.Close())
		bus.Close()
	})
	settings := model.DefaultSettings()
	settings.BaseURL = url
	return &patient{
		DoctorConfig: app.DoctorConfig{
			Paths: p, Settings: s, Environ: func() []string { return []string{"HOME=/x"} },
			FreeSpace: func(string) (uint64, error) { return 5 << 30, nil },
			OpenStore: func(context.Context, bool) (app.DoctorStore, error) {
				return fakeStore{sessions: []model.Session{{Name: "empresa"}}}, nil
			},
		},
		settings: settings, key: "right-key", opened: s,
	}
}

// examine runs the doctor and returns the checks by name, the last of each.
func (p *patient) examine(t *testing.T) map[string]app.Check {
	t.Helper()
	require.NoError(t, p.opened.Save(t.Context(), p.settings))
	require.NoError(t, os.WriteFile(p.Paths.StoreFile, nil, 0o600))
	p.Secrets = newSecrets(t, app.SecretsConfig{Paths: p.Paths})
	_, err := p.Secrets.SetKey(t.Context(), p.key)
	require.NoError(t, err)
	var reported []app.Check
	all := app.NewDoctor(p.DoctorConfig).Run(t.Context(), func(c app.Check) { reported = append(reported, c) })
	require.Equal(t, all, reported, "each is told when it is done")
	byName := map[string]app.Check{}
	for _, c := range all {
		require.NotContains(t, c.Detail, "right-key")
		if c.Status == app.CheckFailed {
			require.NotEmpty(t, c.Cure, "%s failed and says not what to do", c.Name)
		}
		byName[c.Name] = c
	}
	for _, name := range []string{
		app.CheckDataFolder, app.CheckFreeSpace, app.CheckStore, app.CheckSettings, app.CheckEnabled, app.CheckKeyring, app.CheckKey,
		app.CheckEnvironment, app.CheckAddress, app.CheckPlainHTTP, app.CheckDNS, app.CheckPort, app.CheckPing, app.CheckClock, app.CheckKeyAccepted,
	} {
		require.Contains(t, byName, name)
	}
	return byName
}

// fakeGateway answers like a gateway (generation A) with one connected session.
func fakeGateway(t *testing.T, change func(w http.ResponseWriter, r *http.Request) (done bool)) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if change != nil && change(w, r) {
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		answer := func(status int, body string) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
		switch {
		case r.URL.Path == "/wa/ping":
			answer(200, `{"success":true,"message":"pong"}`)
		case r.Header.Get("x-api-key") != "right-key":
			answer(403, `{"success":false,"error":"Invalid API key"}`)
		case r.URL.Path == "/wa/session/getSessions":
			answer(200, `{"success":true,"result":["empresa"]}`)
		case r.URL.Path == "/wa/session/status/empresa":
			answer(200, `{"success":true,"state":"CONNECTED","message":"session_connected"}`)
		default:
			w.Header().Set("Content-Type", "text/html")
			answer(404, "<pre>Cannot GET</pre>")
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func statuses(checks map[string]app.Check) map[string]app.CheckStatus {
	out := map[string]app.CheckStatus{}
	for name, c := range checks {
		out[name] = c.Status
	}
	return out
}

func TestDoctorFindsNothingWrong(t *testing.T) {
	checks := newPatient(t, fakeGateway(t, nil).URL+"/wa").examine(t)
	want := map[string]app.CheckStatus{}
	for name := range checks {
		want[name] = app.CheckOK
	}
	want[app.CheckKeyring] = app.CheckSkipped // the key is in a file of the data folder
	require.Equal(t, want, statuses(checks))
	require.Contains(t, checks[app.CheckKeyAccepted].Detail, "wwebjs-api")
	require.Equal(t, "empresa: CONNECTED", checks[app.CheckSession].Detail)
	require.Equal(t, "api-key", filepath.Base(checks[app.CheckKey].Detail))
}

func TestDoctorTakesAStoreFromBeforeAnUpdateForGood(t *testing.T) {
	p := newPatient(t, fakeGateway(t, nil).URL+"/wa")
	p.OpenStore = func(context.Context, bool) (app.DoctorStore, error) {
		return nil, fmt.Errorf("%w: %w", store.ErrReadOnly, store.ErrOlderSchema)
	}
	require.Equal(t, app.CheckOK, p.examine(t)[app.CheckStore].Status)
}

func TestDoctorNamesTheCure(t *testing.T) {
	good := fakeGateway(t, nil).URL + "/wa"
	for name, c := range map[string]struct {
		ill   func(*patient)
		check string
		want  app.CheckStatus
		cure  string
	}{
		"no address":  {func(p *patient) { p.settings.BaseURL = "" }, app.CheckAddress, app.CheckFailed, "problem.not_configured.do"},
		"wrong key":   {func(p *patient) { p.key = "wrong" }, app.CheckKeyAccepted, app.CheckFailed, "problem.unauthorized.do"},
		"no key":      {func(p *patient) { p.key = "" }, app.CheckKey, app.CheckWarning, "doctor.cure.key_none"},
		"not gateway": {func(p *patient) { p.settings.BaseURL += "/deeper" }, app.CheckPing, app.CheckFailed, "problem.not_gateway.do"},
		"disabled":    {func(p *patient) { p.settings.Enabled = false }, app.CheckEnabled, app.CheckFailed, "problem.disabled.do"},
		"no such host": {func(p *patient) {
			p.settings.BaseURL = "http://nowhere.invalid"
			p.Resolve = func(context.Context, string) ([]string, error) { return nil, errors.New("no such host") }
		}, app.CheckDNS, app.CheckFailed, "doctor.cure.dns"},
		"port closed": {func(p *patient) {
			p.Dial = func(context.Context, string) (func(), error) { return nil, errors.New("connection refused") }
		}, app.CheckPort, app.CheckFailed, "problem.unreachable.do"},
		"plain http": {func(p *patient) {
			p.settings.BaseURL = "http://gateway.example:1"
			p.Resolve = func(context.Context, string) ([]string, error) { return nil, errors.New("no such host") }
		}, app.CheckPlainHTTP, app.CheckWarning, "doctor.cure.plain_http"},
		"little space": {func(p *patient) {
			p.FreeSpace = func(string) (uint64, error) { return 1 << 20, nil }
		}, app.CheckFreeSpace, app.CheckWarning, "problem.disk_full.do"},
		"newer store": {func(p *patient) {
			p.OpenStore = func(context.Context, bool) (app.DoctorStore, error) { return nil, store.ErrNewerSchema }
		}, app.CheckStore, app.CheckFailed, "problem.store_newer.do"},
		"damaged store": {func(p *patient) {
			p.OpenStore = func(context.Context, bool) (app.DoctorStore, error) {
				return fakeStore{checkErr: store.ErrCorrupt}, nil
			}
		}, app.CheckStore, app.CheckFailed, "problem.store_corrupt.do"},
		"environment": {func(p *patient) {
			p.Environ = func() []string { return []string{"FYNE_SCALE=2", "FYNE_THEME=light"} }
		}, app.CheckEnvironment, app.CheckWarning, "doctor.cure.environment"},
		"clock": {func(p *patient) { p.Now = func() time.Time { return time.Now().Add(-time.Hour) } }, app.CheckClock, app.CheckWarning, "doctor.cure.clock"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPatient(t, good)
			c.ill(p)
			got := p.examine(t)[c.check]
			require.Equal(t, c.want, got.Status, got.Detail)
			require.Equal(t, c.cure, got.Cure)
		})
	}
}

func TestDoctorDoesNotStopAtASession(t *testing.T) {
	server := fakeGateway(t, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/session/status/") {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"success":false,"state":null,"message":"session_not_found"}`))
		return true
	})
	got := newPatient(t, server.URL+"/wa").examine(t)[app.CheckSession]
	require.Equal(t, app.CheckWarning, got.Status)
	require.Equal(t, "empresa: session_not_found", got.Detail)
	require.Equal(t, "problem.not_connected.do", got.Cure)
}

func TestDoctorReportsABrokenSettingsFile(t *testing.T) {
	p := newPaths(t)
	require.NoError(t, os.WriteFile(p.SettingsFile, []byte("{"), 0o600))
	bus := &event.Bus{}
	s, err := app.OpenSettings(t.Context(), p.SettingsFile, bus, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	checks := app.NewDoctor(app.DoctorConfig{Paths: p, Settings: s, Secrets: newSecrets(t, app.SecretsConfig{Paths: p})}).Run(t.Context(), nil)
	found := map[string]app.Check{}
	for _, c := range checks {
		found[c.Name] = c
	}
	require.Equal(t, app.CheckFailed, found[app.CheckSettings].Status)
	require.Equal(t, "problem.settings_invalid.do", found[app.CheckSettings].Cure)
	require.Contains(t, found[app.CheckSettings].Detail, "line 1")
	require.Equal(t, app.CheckSkipped, found[app.CheckPing].Status)
	left, err := filepath.Glob(filepath.Join(p.Data, ".doctor-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
