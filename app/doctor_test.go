package app_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/sync/gateway"
	"github.com/xappiens/buzon/sync/simulator"
)

// fakeStore is a store that the doctor looks at.
type fakeStore struct {
	checkErr error
	large    bool // its check takes longer than anybody waits
	sessions []model.Session
	live     model.LiveReport
	unread   int
	here     int
}

func (f fakeStore) Check(ctx context.Context) error {
	if f.large {
		<-ctx.Done()
		return fmt.Errorf("check the store: %w", ctx.Err())
	}
	return f.checkErr
}

func (f fakeStore) Size() (int64, error)                              { return 3 << 20, nil }
func (f fakeStore) Sessions(context.Context) ([]model.Session, error) { return f.sessions, nil }
func (f fakeStore) Close() error                                      { return nil }

func (f fakeStore) LiveReport(context.Context, model.SessionID) (model.LiveReport, error) {
	return f.live, nil
}

func (f fakeStore) SeenEvidence(context.Context, model.SessionID, model.Stamp) (unread, read, here int, err error) {
	return f.unread, 20, f.here, nil
}

func healthyStore() fakeStore {
	return fakeStore{sessions: []model.Session{{ID: 1, Name: "empresa"}}, live: model.LiveReport{Status: model.LiveOn, Ticks: model.TicksTold}, unread: 2}
}

// patient is what the doctor looks at in a test; all is well with it.
type patient struct {
	app.DoctorConfig
	settings model.Settings
	key      string
	opened   *app.SettingsStore
	store    fakeStore
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
	var it *patient
	it = newPatientOf(p, s, settings, func() fakeStore { return it.store })
	return it
}

func newPatientOf(p app.Paths, s *app.SettingsStore, settings model.Settings, held func() fakeStore) *patient {
	return &patient{
		DoctorConfig: app.DoctorConfig{
			Paths: p, Settings: s, Environ: func() []string { return []string{"HOME=/x"} },
			FreeSpace: func(string) (uint64, error) { return 5 << 30, nil },
			OpenStore: func(context.Context, bool) (app.DoctorStore, error) {
				return held(), nil
			},
		},
		settings: settings, key: "right-key", opened: s, store: healthyStore(),
	}
}

// printers are those of every language.
var printers = sync.OnceValue(func() (all []*translations.Printer) {
	for _, lang := range translations.Languages() {
		text, err := translations.New(lang)
		if err != nil {
			panic(err) // the texts are part of the program
		}
		all = append(all, text)
	}
	return all
})

// requireWords: what is said and advised are sentences, in every language.
func requireWords(t *testing.T, c app.Check) {
	t.Helper()
	for _, text := range printers() {
		for _, key := range []string{c.Says, c.Cure} {
			if key != "" {
				require.True(t, text.Has(key), "%s says %s, which is no text in %s", c.Name, key, text.Lang())
			}
		}
		require.True(t, text.Has("doctor.check."+c.Name), c.Name)
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
		require.NotContains(t, c.Detail+c.Reason, "right-key")
		if c.Status == app.CheckFailed {
			require.NotEmpty(t, c.Cure, "%s failed and says not what to do", c.Name)
		}
		requireWords(t, c)
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

// gatewayWith returns a simulated gateway with one connected session; change may
// answer in its place.
func gatewayWith(t *testing.T, c simulator.Config, change func(w http.ResponseWriter, r *http.Request) (done bool)) (*httptest.Server, *simulator.Server) {
	t.Helper()
	c.Paired, c.Seed, c.Contacts, c.Conversations, c.Messages = true, 3, 10, 5, 50
	simulated, err := simulator.New(c)
	require.NoError(t, err)
	handler := simulated.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if change == nil || !change(w, r) {
			handler.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() {
		server.Close()
		require.NoError(t, simulated.Close())
	})
	client, err := gateway.New(gateway.Config{BaseURL: server.URL + c.BasePath, APIKey: c.APIKey})
	require.NoError(t, err)
	defer client.Close()
	require.NoError(t, client.StartSession(t.Context(), "empresa"))
	return server, simulated
}

// healthy is a gateway with which nothing is wrong.
var healthy = simulator.Config{APIKey: "right-key", BasePath: "/wa", WebSocket: simulator.WebSocketQuirk}

func fakeGateway(t *testing.T, change func(w http.ResponseWriter, r *http.Request) (done bool)) *httptest.Server {
	t.Helper()
	server, _ := gatewayWith(t, healthy, change)
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
	want[app.CheckKeyring] = app.CheckSkipped                                     // the key is in a file of the data folder
	want[app.CheckProxy], want[app.CheckTLS] = app.CheckSkipped, app.CheckSkipped // there is none
	require.Equal(t, want, statuses(checks))
	require.Contains(t, checks[app.CheckKeyAccepted].Detail, "wwebjs-api")
	require.Equal(t, "CONNECTED", checks[app.CheckSession].Detail)
	require.Equal(t, "empresa", checks[app.CheckSession].Subject)
	require.Equal(t, "api-key", filepath.Base(checks[app.CheckKey].Detail))
}

func TestDoctorTakesAStoreFromBeforeAnUpdateForGood(t *testing.T) {
	p := newPatient(t, fakeGateway(t, nil).URL+"/wa")
	p.OpenStore = func(context.Context, bool) (app.DoctorStore, error) {
		return nil, fmt.Errorf("%w: %w", store.ErrReadOnly, store.ErrOlderSchema)
	}
	require.Equal(t, app.CheckOK, p.examine(t)[app.CheckStore].Status)
}

// TestAComputerWithoutAKeyringIsNotAmiss: the key is in a file then, which works.
func TestAComputerWithoutAKeyringIsNotAmiss(t *testing.T) {
	p := newPatient(t, fakeGateway(t, nil).URL+"/wa")
	p.Secrets = newSecrets(t, app.SecretsConfig{Paths: systemPaths(t), Keyring: noKeyring{}})
	for _, c := range app.NewDoctor(p.DoctorConfig).Run(t.Context(), nil) {
		switch c.Name {
		case app.CheckKeyring:
			require.Equal(t, app.CheckOK, c.Status)
			require.Empty(t, c.Detail, "words of the system in another language")
			require.Equal(t, "doctor.cure.keyring_missing", c.Cure)
		case app.CheckFreeSpace:
			require.Equal(t, "5368 MB", c.Detail)
		}
	}
}

func TestDoctorDoesNotWaitForALargeStore(t *testing.T) {
	p := newPatient(t, fakeGateway(t, nil).URL+"/wa")
	p.store.large, p.StoreWait = true, 10*time.Millisecond
	checks := p.examine(t)
	require.Equal(t, app.CheckWarning, checks[app.CheckStore].Status)
	require.Equal(t, "doctor.cure.store_large", checks[app.CheckStore].Cure)
	require.Equal(t, app.CheckOK, checks[app.CheckSession].Status, "what it holds is read")

	checked := `{"checked_at": %d, "check": "good"}`
	require.NoError(t, os.WriteFile(p.Paths.SafetyFile, fmt.Appendf(nil, checked, time.Now().Add(-time.Hour).UnixMilli()), 0o600))
	require.Equal(t, app.CheckOK, p.examine(t)[app.CheckStore].Status, "it was looked through not long ago")
	require.NoError(t, os.WriteFile(p.Paths.SafetyFile, []byte(`{"damaged": true}`), 0o600))
	require.Equal(t, "problem.store_corrupt.do", p.examine(t)[app.CheckStore].Cure)
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

// TestTheWordsOfOtherProgramsAreForTheReport: they are in English, or whatever the
// system speaks. What is told has words in every language.
func TestTheWordsOfOtherProgramsAreForTheReport(t *testing.T) {
	const raw = "raw words of a program"
	fails := errors.New(raw)
	good := fakeGateway(t, nil).URL + "/wa"
	for name, c := range map[string]struct {
		ill   func(*patient)
		check string
	}{
		"no room known": {func(p *patient) { p.FreeSpace = func(string) (uint64, error) { return 0, fails } }, app.CheckFreeSpace},
		"the store": {func(p *patient) {
			p.OpenStore = func(context.Context, bool) (app.DoctorStore, error) { return nil, fails }
		}, app.CheckStore},
		"the name": {func(p *patient) {
			p.settings.BaseURL = "http://nowhere.invalid"
			p.Resolve = func(context.Context, string) ([]string, error) { return nil, fails }
		}, app.CheckDNS},
		"the port": {func(p *patient) { p.Dial = func(context.Context, string) (func(), error) { return nil, fails } }, app.CheckPort},
		"the ping": {func(p *patient) {
			p.Transport = roundTrip(func(*http.Request) (*http.Response, error) { return nil, fails })
		}, app.CheckPing},
		"the clock": {func(p *patient) { p.Transport = onceThen(fails) }, app.CheckClock},
		"a condition": {func(p *patient) {
			p.Conditions = func(model.SessionID) []model.Condition {
				return []model.Condition{{Kind: model.ConditionSameFailure, Detail: raw, Count: 3}}
			}
		}, app.CheckCondition},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPatient(t, good)
			c.ill(p)
			got := p.examine(t)[c.check]
			require.Contains(t, got.Reason, raw)
			require.NotContains(t, got.Detail, raw)
			require.NotEmpty(t, got.Says+got.Cure)
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// onceThen lets the first call through; all others fail.
func onceThen(err error) http.RoundTripper {
	var calls atomic.Int32
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if calls.Add(1) == 1 {
			return http.DefaultTransport.RoundTrip(r)
		}
		return nil, err
	})
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
	require.Contains(t, found[app.CheckSettings].Reason, "line 1")
	require.Equal(t, app.CheckSkipped, found[app.CheckPing].Status)
	left, err := filepath.Glob(filepath.Join(p.Data, ".doctor-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
