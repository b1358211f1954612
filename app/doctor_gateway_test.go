package app_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// ailment is what a simulated gateway can have, and what the doctor makes of it.
type ailment struct {
	config func(*simulator.Config)
	ill    func(*patient, *simulator.Server)
	check  string
	want   app.CheckStatus
	says   string
	cure   string
	detail string
}

// requireFound puts a gateway into each of the conditions.
func requireFound(t *testing.T, table map[string]ailment) {
	t.Helper()
	for name, c := range table {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := healthy
			if c.config != nil {
				c.config(&config)
			}
			server, simulated := gatewayWith(t, config, nil)
			p := newPatient(t, server.URL+config.BasePath)
			if c.ill != nil {
				c.ill(p, simulated)
			}
			got := p.examine(t)[c.check]
			require.Equal(t, c.want, got.Status, got.Detail)
			require.Equal(t, c.says, got.Says)
			require.Equal(t, c.cure, got.Cure)
			if got.Status == app.CheckOK {
				require.Contains(t, got.Detail, c.detail)
			} else {
				require.Contains(t, got.Detail+" "+got.Reason, c.detail)
			}
		})
	}
}

// fault lets the calls of a route go wrong.
func fault(f simulator.Fault) func(*patient, *simulator.Server) {
	if f.Times == 0 {
		f.Rate = 1
	}
	return func(_ *patient, s *simulator.Server) { _ = s.SetFaults(f) }
}

// state lets the session be in a state of WhatsApp Web.
func state(word string) func(*patient, *simulator.Server) {
	return func(_ *patient, s *simulator.Server) { _ = s.Phone("empresa").SetState(word) }
}

// deadPage lets the session's page be of no use.
func deadPage(message string) func(*patient, *simulator.Server) {
	return func(_ *patient, s *simulator.Server) { _ = s.Phone("empresa").Break(message) }
}

// farAway gives the gateway a name on the internet.
func farAway(p *patient, _ *simulator.Server) {
	target, err := url.Parse(p.settings.BaseURL)
	if err != nil {
		return
	}
	p.settings.BaseURL = "http://gateway.example" + target.Path
	p.settings.PlainHTTPAccepted = "gateway.example"
	p.Resolve = func(context.Context, string) ([]string, error) { return []string{"192.0.2.1"}, nil }
	p.Dial = func(context.Context, string) (func(), error) { return func() {}, nil }
	p.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, target.Host)
	}}
}

// TestDoctorFindsWhatIsWrongOnTheWay: address, key, clock and the calls that all need.
func TestDoctorFindsWhatIsWrongOnTheWay(t *testing.T) {
	requireFound(t, map[string]ailment{
		"a proxy without an answer": {
			nil, fault(simulator.Fault{Kind: simulator.FaultHTML, Status: 502, Route: "/ping"}),
			app.CheckPing, app.CheckFailed, "problem.server.why", "problem.server.do", "502",
		},
		"a page that is no gateway": {
			nil, fault(simulator.Fault{Kind: simulator.FaultHTML, Status: 200, Route: "/ping"}),
			app.CheckPing, app.CheckFailed, "problem.not_gateway.why", "problem.not_gateway.do", "",
		},
		"a server that cuts": {
			nil, fault(simulator.Fault{Kind: simulator.FaultRefuse, Route: "/ping"}),
			app.CheckPing, app.CheckFailed, "problem.unreachable.why", "problem.unreachable.do", "",
		},
		"a server that does not answer": {
			nil, func(p *patient, s *simulator.Server) {
				p.settings.TimeoutSeconds = 1
				fault(simulator.Fault{Kind: simulator.FaultStall, Route: "/ping"})(p, s)
			}, app.CheckPing, app.CheckFailed, "problem.timeout.why", "problem.timeout.do", "",
		},
		"a proxy that is asked too often": {
			nil, fault(simulator.Fault{Kind: simulator.Fault429, Route: "/session/"}),
			app.CheckKeyAccepted, app.CheckFailed, "problem.rate_limited.why", "problem.rate_limited.do", "",
		},
		"another key": {
			nil, func(p *patient, _ *simulator.Server) { p.key = "wrong" },
			app.CheckKeyAccepted, app.CheckFailed, "problem.unauthorized.why", "problem.unauthorized.do", "",
		},
		"nobody asks for a key": {
			func(c *simulator.Config) { c.APIKey = "" }, nil,
			app.CheckOpenDoor, app.CheckWarning, "", "doctor.cure.open_door", "127.0.0.1",
		},
		"nobody asks for a key, on the internet": {
			func(c *simulator.Config) { c.APIKey = "" }, farAway,
			app.CheckOpenDoor, app.CheckFailed, "", "doctor.cure.open_door", "gateway.example",
		},
		"plain http on the internet": {
			nil, farAway, app.CheckPlainHTTP, app.CheckWarning, "", "doctor.cure.plain_http", "gateway.example",
		},
		"a clock that is ahead": {
			func(c *simulator.Config) { c.ClockSkew = time.Hour }, nil,
			app.CheckClock, app.CheckWarning, "", "doctor.cure.clock", "-",
		},
		"a clock that is behind": {
			func(c *simulator.Config) { c.ClockSkew = -5 * time.Minute }, nil,
			app.CheckClock, app.CheckWarning, "", "doctor.cure.clock", "5m",
		},
		"a clock that is nearly right": {
			func(c *simulator.Config) { c.ClockSkew = time.Minute }, nil, app.CheckClock, app.CheckOK, "", "", "",
		},
		"the older server": {
			func(c *simulator.Config) { c.Flavour, c.WebSocket = simulator.FlavourC, "" }, nil,
			app.CheckCalls, app.CheckWarning, "", "doctor.cure.calls", "whatsapp-api: stop, requestPairingCode, getChats since, syncHistory",
		},
	})
}

// TestDoctorFindsTheStateOfASession: those of contract §4.3.
func TestDoctorFindsTheStateOfASession(t *testing.T) {
	blocked := func(word string) ailment {
		return ailment{nil, state(word), app.CheckSession, app.CheckFailed, "condition.blocked.title", "condition.blocked.advice", word}
	}
	dead := func(message string) ailment {
		return ailment{nil, deadPage(message), app.CheckSession, app.CheckFailed, "problem.session_broken.why", "problem.session_broken.do", message}
	}
	waiting := func(detail string, config func(*simulator.Config), ill func(*patient, *simulator.Server)) ailment {
		return ailment{config, ill, app.CheckSession, app.CheckWarning, "problem.not_connected.why", "problem.not_connected.do", detail}
	}
	onItsWay := func(word string) ailment {
		return ailment{nil, state(word), app.CheckSession, app.CheckWarning, "", "doctor.cure.opening", word}
	}
	loggedOut := func(_ *patient, s *simulator.Server) { _ = s.Phone("empresa").Logout() }
	requireFound(t, map[string]ailment{
		"connected": {nil, nil, app.CheckSession, app.CheckOK, "", "", "CONNECTED"},
		"not in memory": {
			nil, func(p *patient, _ *simulator.Server) { p.settings.DefaultSession = "otra" },
			app.CheckSession, app.CheckWarning, "problem.session_stopped.why", "problem.session_stopped.do", "session_not_found",
		},
		"logged out on the phone": waiting("UNPAIRED", nil, loggedOut),
		"at rest without a scan":  waiting("UNPAIRED_IDLE", nil, state("UNPAIRED_IDLE")),
		"older, without a scan": waiting("session_not_connected", func(c *simulator.Config) {
			c.Flavour, c.WebSocket = simulator.FlavourC, ""
		}, loggedOut),
		"opening":            onItsWay("OPENING"),
		"pairing":            onItsWay("PAIRING"),
		"phone out of reach": {nil, state("TIMEOUT"), app.CheckSession, app.CheckWarning, "condition.phone_away.title", "condition.phone_away.advice", "TIMEOUT"},
		"used elsewhere":     {nil, state("CONFLICT"), app.CheckSession, app.CheckFailed, "condition.conflict.title", "condition.conflict.advice", "CONFLICT"},
		"proxy blocked":      blocked("PROXYBLOCK"),
		"not launched":       blocked("UNLAUNCHED"),
		"business blocked":   blocked("SMB_TOS_BLOCK"),
		"account blocked":    blocked("TOS_BLOCK"),
		"version too old":    blocked("DEPRECATED_VERSION"),
		"page gone":          dead("browser tab closed"),
		"page stuck":         dead("session closed"),
		"page that throws":   dead("Execution context was destroyed, most likely because of a navigation."),
	})
}

// TestDoctorFindsWhatIsWrongWithAConnectedSession: what only its page can show.
func TestDoctorFindsWhatIsWrongWithAConnectedSession(t *testing.T) {
	requireFound(t, map[string]ailment{
		"a page that still loads": {
			func(c *simulator.Config) { c.ReadyDelay = time.Hour }, nil,
			app.CheckChats, app.CheckWarning, "problem.not_ready.why", "problem.not_ready.do", "not ready",
		},
		"a version that cannot be asked": {
			nil, fault(simulator.Fault{Kind: simulator.Fault500, Route: "getWWebVersion/empresa", Message: "boom"}),
			app.CheckWebVersion, app.CheckFailed, "problem.server.why", "problem.server.do", "boom",
		},
		"the list of chats fails": {
			nil, fault(simulator.Fault{Kind: simulator.Fault500, Route: "getChats/empresa", Message: "r"}),
			app.CheckChats, app.CheckFailed, "problem.server.why", "problem.server.do", "r",
		},
		"the list of chats is slow": {
			nil, func(p *patient, s *simulator.Server) {
				began := time.Now() // a clock that runs a thousand times as fast
				p.Now = func() time.Time { return began.Add(1000 * time.Since(began)) }
				fault(simulator.Fault{Kind: simulator.FaultSlow, Route: "getChats/empresa"})(p, s)
			}, app.CheckChats, app.CheckWarning, "", "doctor.cure.slow_chats", " s",
		},
		"no socket": {
			func(c *simulator.Config) { c.WebSocket = "" }, nil,
			app.CheckSocket, app.CheckWarning, "", "doctor.cure.no_socket", "",
		},
		"the socket at its documented place": {
			func(c *simulator.Config) { c.WebSocket = simulator.WebSocketPlain }, nil,
			app.CheckSocket, app.CheckOK, "", "", "/ws/:id",
		},
		"the socket at the place of a bug": {
			func(c *simulator.Config) { c.BasePath = "" }, nil,
			app.CheckSocket, app.CheckOK, "", "", "/.//ws/:id",
		},
		"what the window has named": {
			nil, func(p *patient, _ *simulator.Server) {
				p.Conditions = func(model.SessionID) []model.Condition {
					return []model.Condition{{Kind: model.ConditionZombie, Detail: "browser tab closed"}}
				}
			}, app.CheckCondition, app.CheckFailed, "condition.zombie.title", "condition.zombie.advice", "browser tab closed",
		},
		"what the window has counted": {
			nil, func(p *patient, _ *simulator.Server) {
				p.Conditions = func(model.SessionID) []model.Condition {
					return []model.Condition{{Kind: model.ConditionAckStuck, Count: 3}}
				}
			}, app.CheckCondition, app.CheckWarning, "condition.ack_stuck.title", "condition.ack_stuck.advice", "",
		},
	})
}

// TestDoctorSaysEachTroubleOnce: what the window has named and what a check finds of
// the same trouble are one line, in the words of the window, which saw how it came.
func TestDoctorSaysEachTroubleOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		named        model.ConditionKind
		config       func(*simulator.Config)
		prepare      func(*patient, *simulator.Server)
		check, title string
	}{
		"logged out":             {model.ConditionLoggedOut, nil, state("UNPAIRED"), app.CheckSession, "condition.logged_out.title"},
		"the phone is away":      {model.ConditionPhoneAway, nil, state("TIMEOUT"), app.CheckSession, "condition.phone_away.title"},
		"broken":                 {model.ConditionZombie, nil, deadPage("browser tab closed"), app.CheckSession, "condition.zombie.title"},
		"the clocks differ":      {model.ConditionClock, func(c *simulator.Config) { c.ClockSkew = time.Hour }, nil, app.CheckClock, ""},
		"the page never loads":   {model.ConditionNotReady, func(c *simulator.Config) { c.ReadyDelay = time.Hour }, nil, app.CheckWebVersion, "condition.not_ready.title"},
		"connected nevertheless": {model.ConditionNotReady, nil, nil, app.CheckCondition, "condition.not_ready.title"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := healthy
			if c.config != nil {
				c.config(&config)
			}
			server, sim := gatewayWith(t, config, nil)
			p := newPatient(t, server.URL+config.BasePath)
			if c.prepare != nil {
				c.prepare(p, sim)
			}
			p.Conditions = func(model.SessionID) []model.Condition { return []model.Condition{{Kind: c.named}} }
			odd := []string{}
			for _, check := range p.examine(t) {
				if check.Status != app.CheckOK && check.Status != app.CheckSkipped {
					odd = append(odd, check.Name)
					require.Equal(t, c.title, check.Says)
				}
			}
			require.Equal(t, []string{c.check}, odd)
		})
	}
}

// TestDoctorSaysThatTheClocksDifferWhenItCannotCompareThem: the window could.
func TestDoctorSaysThatTheClocksDifferWhenItCannotCompareThem(t *testing.T) {
	t.Parallel()
	server, _ := gatewayWith(t, healthy, func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Date", "today")
		return false
	})
	p := newPatient(t, server.URL+healthy.BasePath)
	p.Conditions = func(model.SessionID) []model.Condition {
		return []model.Condition{{Kind: model.ConditionClock, Count: 3600}}
	}
	found := p.examine(t)
	require.Equal(t, app.CheckWarning, found[app.CheckClock].Status)
	require.Equal(t, "condition.clock.title", found[app.CheckCondition].Says)
}

func TestDoctorLooksAtTheProxy(t *testing.T) {
	server, _ := gatewayWith(t, healthy, nil)
	target, err := url.Parse(server.URL)
	require.NoError(t, err)
	p := newPatient(t, "https://gateway.example/wa")
	p.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse("http://owner:secret@" + target.Host) }
	farAway(p, nil)
	p.settings.BaseURL = "http://gateway.example/wa"
	p.Transport = &http.Transport{DisableKeepAlives: true, Proxy: p.Proxy} // the gateway answers as a proxy, too
	checks := p.examine(t)
	require.Equal(t, app.CheckOK, checks[app.CheckProxy].Status)
	require.Equal(t, target.Host, checks[app.CheckProxy].Detail)
	require.Equal(t, app.CheckSkipped, checks[app.CheckDNS].Status, "the proxy asks")
	require.Equal(t, app.CheckOK, checks[app.CheckSession].Status)

	p.Dial = func(context.Context, string) (func(), error) {
		return nil, &net.OpError{Op: "dial", Err: context.DeadlineExceeded}
	}
	checks = p.examine(t)
	require.Equal(t, app.CheckFailed, checks[app.CheckProxy].Status)
	require.Equal(t, "doctor.cure.proxy", checks[app.CheckProxy].Cure)
	require.Equal(t, app.CheckSkipped, checks[app.CheckPing].Status)
}

func TestDoctorLooksAtTheCertificate(t *testing.T) {
	inner := fakeGateway(t, nil)
	target, err := url.Parse(inner.URL)
	require.NoError(t, err)
	secure := httptest.NewTLSServer(httputil.NewSingleHostReverseProxy(target))
	t.Cleanup(secure.Close)

	p := newPatient(t, secure.URL+"/wa")
	got := p.examine(t)[app.CheckTLS]
	require.Equal(t, app.CheckFailed, got.Status, "nobody vouches for it")
	require.Equal(t, "problem.tls.do", got.Cure)

	p.Transport = secure.Client().Transport
	checks := p.examine(t)
	require.Equal(t, app.CheckOK, checks[app.CheckTLS].Status, checks[app.CheckTLS].Detail)
	require.Contains(t, checks[app.CheckTLS].Detail, "TLS 1.3")

	end := secure.Certificate().NotAfter
	p.Now = func() time.Time { return end.Add(-24 * time.Hour) }
	got = p.examine(t)[app.CheckTLS]
	require.Equal(t, app.CheckWarning, got.Status)
	require.Equal(t, "doctor.cure.certificate", got.Cure)
}
