package app_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// The window looks for a socket that it has found missing only every few minutes: when
// the check-up has opened one, both must say the same.
func TestASocketThatTheCheckUpOpensIsUsedAtOnce(t *testing.T) {
	o := newOwner(t, simulator.Config{APIKey: "right-key", WebSocket: simulator.WebSocketPlain})
	target, err := url.Parse(o.sim.URL())
	require.NoError(t, err)
	var enabled atomic.Bool
	through := httputil.NewSingleHostReverseProxy(target)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if strings.Contains(q.URL.Path, "/ws/") && !enabled.Load() {
			panic(http.ErrAbortHandler) // as a gateway does that has none: it hangs up
		}
		through.ServeHTTP(w, q)
	}))
	t.Cleanup(front.Close)
	settings, key := o.Settings.Get(), "right-key"
	settings.BaseURL = front.URL
	require.NoError(t, o.Settings.Save(t.Context(), settings, &key))
	t.Cleanup(func() { require.NoError(t, o.Close()) }) // before what it speaks to
	o.until("it is known that there is none", func() bool { return o.Sync.Live(o.id).Status == model.LiveNone })

	enabled.Store(true)
	checks := o.Doctor.Examine(t.Context(), nil)
	require.True(t, slices.ContainsFunc(checks, func(c app.Check) bool { return c.Name == app.CheckSocket && c.Status == app.CheckOK }))
	o.until("the window has it too", func() bool { return o.Sync.Live(o.id).Status == model.LiveOn })
}
