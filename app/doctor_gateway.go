package app

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// Limits of the checks that need a session.
const (
	chatsWait    = time.Minute         // the list of chats takes minutes on a large account (contract §12.2)
	slowChats    = 20 * time.Second    // above which it is said
	certificate  = 14 * 24 * time.Hour // before its end a certificate is worth a word
	seenWithin   = 3 * 24 * time.Hour  // how far back unread conversations are looked at
	seenEnough   = 5                   // conversations that all are read, though nobody answered
	socketsWait  = 15 * time.Second
	versionsWait = 20 * time.Second
)

// gateway speaks to what answers at the address.
func (r *checkup) gateway(ctx context.Context, target *url.URL) {
	client, err := r.client(r.key)
	if err != nil {
		r.look(ctx, CheckPing, checkWait, func(context.Context) finding { return problemFinding(err) })
		r.skip(ctx, CheckClock, CheckKeyAccepted, CheckOpenDoor, CheckCalls)
		return
	}
	defer client.Close()
	answers := r.look(ctx, CheckPing, checkWait, func(ctx context.Context) finding {
		if err := client.Ping(ctx); err != nil {
			return problemFinding(err)
		}
		return ok("")
	})
	if !answers {
		r.skip(ctx, CheckClock, CheckKeyAccepted, CheckOpenDoor, CheckCalls)
		return
	}
	r.look(ctx, CheckClock, checkWait, func(ctx context.Context) finding { return r.clock(ctx, target) })
	if !r.look(ctx, CheckKeyAccepted, 2*checkWait, func(ctx context.Context) finding { return r.accepted(ctx, client) }) {
		r.skip(ctx, CheckOpenDoor, CheckCalls)
		return
	}
	r.look(ctx, CheckOpenDoor, checkWait, func(ctx context.Context) finding { return r.openDoor(ctx, target) })
	r.look(ctx, CheckCalls, 3*checkWait, func(ctx context.Context) finding { return r.calls(ctx, client) })
	r.eachSession(ctx, client)
}

// client returns one for the settings, with a key or without.
func (r *checkup) client(key string) (*gateway.Client, error) {
	return gateway.New(gateway.Config{
		BaseURL: r.settings.BaseURL, APIKey: key, Timeout: min(r.settings.Timeout(), checkWait), RetryAttempts: 1, Transport: r.c.Transport,
	})
}

// openDoor asks something that needs the key without one.
func (r *checkup) openDoor(ctx context.Context, target *url.URL) finding {
	stranger, err := r.client("")
	if err != nil {
		return problemFinding(err)
	}
	defer stranger.Close()
	_, err = stranger.SessionStatus(ctx, "buzon")
	switch {
	case gateway.KindOf(err) == gateway.KindUnauthorized:
		return ok("")
	case err != nil:
		found := problemFinding(err)
		found.status = CheckWarning
		return found
	case r.farAway():
		return failed(target.Host, "doctor.cure.open_door")
	}
	return warning(target.Host, "doctor.cure.open_door")
}

// farAway tells whether the address leads out of the private network.
func (r *checkup) farAway() bool {
	s := r.settings
	s.PlainHTTPAccepted = ""
	s.BaseURL = "http" + strings.TrimPrefix(strings.TrimPrefix(s.BaseURL, "https"), "http")
	return s.NeedsPlainHTTPConsent()
}

// calls says which server it is, and which calls it lacks.
func (r *checkup) calls(ctx context.Context, client *gateway.Client) finding {
	missing, err := client.MissingCalls(ctx)
	if err != nil {
		return problemFinding(err)
	}
	if len(missing) == 0 {
		return ok(string(r.generation))
	}
	return warning(string(r.generation)+": "+strings.Join(missing, ", "), "doctor.cure.calls")
}

// encryption looks at the certificate of an https address.
func (r *checkup) encryption(ctx context.Context, target *url.URL) finding {
	if target.Scheme != "https" {
		return skipped()
	}
	_, state, err := r.hello(ctx, target)
	if err != nil {
		if bad := r.tlsProblem(ctx); bad != nil {
			return problemFinding(bad)
		}
		return skipped() // the ping says why
	}
	if state == nil || len(state.PeerCertificates) == 0 {
		return ok("")
	}
	end := state.PeerCertificates[0].NotAfter
	detail := tls.VersionName(state.Version) + ", " + end.UTC().Format(time.DateOnly)
	if end.Sub(r.c.Now()) < certificate {
		return warning(detail, "doctor.cure.certificate")
	}
	return ok(detail)
}

// tlsProblem returns the error of a ping, if it is one of the encryption.
func (r *checkup) tlsProblem(ctx context.Context) error {
	client, err := r.client("")
	if err != nil {
		return nil //nolint:nilerr // the ping says it
	}
	defer client.Close()
	if err := client.Ping(ctx); gateway.KindOf(err) == gateway.KindTLS {
		return err
	}
	return nil
}

// eachSession asks for the state of the sessions that the store, the gateway or
// the settings name, and looks closer at those that are connected.
func (r *checkup) eachSession(ctx context.Context, client *gateway.Client) {
	seen := map[model.SessionName]bool{}
	for _, name := range r.sessions {
		if seen[name] || !name.Valid() || len(seen) == maxSessions {
			continue
		}
		seen[name] = true
		r.subject = string(name)
		if r.look(ctx, CheckSession, checkWait, func(ctx context.Context) finding { return r.session(ctx, client, name) }) && r.connected {
			r.connectedSession(ctx, client, name)
		}
		r.conditions(ctx, name)
		r.subject = ""
	}
}

func (r *checkup) session(ctx context.Context, client *gateway.Client, name model.SessionName) finding {
	r.connected = false
	status, err := client.SessionStatus(ctx, string(name))
	if err != nil {
		return problemFinding(err)
	}
	r.connected = status.Success
	found := sessionFinding(status)
	if c, known := r.hindrance(name); known && !status.Success {
		reason := found.reason
		found = conditionFinding(c)
		found.reason = reason
	}
	return found
}

// hindrance returns the gravest of what the window has named that keeps a session
// from working. The window has seen how it came to that; the state of a session
// alone, such as "no phone", does not tell.
func (r *checkup) hindrance(name model.SessionName) (model.Condition, bool) {
	for _, c := range r.named(name) {
		if !c.Kind.Minor() {
			return c, true
		}
	}
	return model.Condition{}, false
}

// named returns what the window has named of a session, the gravest first.
func (r *checkup) named(name model.SessionName) []model.Condition {
	id, known := r.ids[name]
	if r.c.Conditions == nil || !known {
		return nil
	}
	all := slices.Clone(r.c.Conditions(id))
	model.SortConditions(all)
	return all
}

// sessionFinding says what each of the states of contract §4.3 means. The gateway's
// own word for it says nothing more to an owner, except that it is connected.
func sessionFinding(status gateway.Status) finding {
	state := cmp.Or(status.State, status.Message)
	if status.Success {
		return ok(state)
	}
	found := notConnected(status)
	found.reason = state
	return found
}

func notConnected(status gateway.Status) finding {
	switch {
	case status.Message == "session_not_found":
		return warning("", "problem.session_stopped.do").saying("problem.session_stopped.why")
	case status.Message != "session_not_connected":
		return failed("", "problem.session_broken.do").saying("problem.session_broken.why")
	}
	switch status.State {
	case "OPENING", "PAIRING":
		return warning("", "doctor.cure.opening")
	case "TIMEOUT":
		return warning("", "condition.phone_away.advice").saying("condition.phone_away.title")
	case "CONFLICT":
		return failed("", "condition.conflict.advice").saying("condition.conflict.title")
	case "", "UNPAIRED", "UNPAIRED_IDLE":
		return warning("", "problem.not_connected.do").saying("problem.not_connected.why")
	}
	return failed("", "condition.blocked.advice").saying("condition.blocked.title")
}

// connectedSession looks at what only a connected session can show.
func (r *checkup) connectedSession(ctx context.Context, client *gateway.Client, name model.SessionName) {
	r.look(ctx, CheckWebVersion, versionsWait, func(ctx context.Context) finding {
		version, err := client.WWebVersion(ctx, string(name))
		if err != nil {
			return r.pageProblem(name, err)
		}
		return ok(version)
	})
	r.look(ctx, CheckChats, chatsWait, func(ctx context.Context) finding { return r.chats(ctx, client, name) })
	r.look(ctx, CheckSocket, socketsWait, func(ctx context.Context) finding { return r.socket(ctx, client, name) })
	r.look(ctx, CheckTicks, checkWait, func(ctx context.Context) finding { return r.ticks(ctx, name) })
	r.look(ctx, CheckSeen, checkWait, func(ctx context.Context) finding { return r.seenByItself(ctx, name) })
}

// pageProblem is problemFinding for what needs the page, which loads for a while
// after the session is connected (contract §4.4). The window knows when that takes
// too long.
func (r *checkup) pageProblem(name model.SessionName, err error) finding {
	found := problemFinding(err)
	if gateway.KindOf(err) != gateway.KindNotReady {
		return found
	}
	for _, c := range r.named(name) {
		if c.Kind == model.ConditionNotReady || c.Kind == model.ConditionOutdated {
			if found = conditionFinding(c); r.said(c.Kind, found.says) {
				return skipped() // another check was kept from the page, too
			}
			return found
		}
	}
	found.status = CheckWarning
	return found
}

// chats measures how long the list of chats takes.
func (r *checkup) chats(ctx context.Context, client *gateway.Client, name model.SessionName) finding {
	began, n := r.c.Now(), 0
	_, err := client.Chats(ctx, string(name), func(*gateway.Chat) error { n++; return nil })
	took := r.c.Now().Sub(began)
	detail := fmt.Sprintf("%d, %.1f s", n, took.Seconds())
	switch {
	case gateway.KindOf(err) == gateway.KindTimeout || ctx.Err() != nil:
		return warning(detail, "doctor.cure.slow_chats")
	case err != nil:
		return r.pageProblem(name, err)
	case took > slowChats:
		return warning(detail, "doctor.cure.slow_chats")
	}
	return ok(detail)
}

// socket opens the stream of events, at either of its places.
func (r *checkup) socket(ctx context.Context, client *gateway.Client, name model.SessionName) finding {
	if r.generation == gateway.GenerationC {
		return skipped() // it has none
	}
	listening, cancel := context.WithCancel(ctx)
	defer cancel()
	opened := false
	err := client.Listen(listening, string(name), func(e gateway.Event) {
		if e.Type == gateway.EventOpen {
			opened = true
			cancel()
		}
	})
	if id, known := r.ids[name]; opened && known && r.c.SocketOpened != nil {
		r.c.SocketOpened(id)
	}
	switch report, rerr := r.liveReport(ctx, name); {
	case opened && rerr == nil && report.Status == model.LiveSilent:
		return warning(client.SocketRoute(), "condition.silent.advice").saying("condition.silent.title")
	case opened:
		return ok(client.SocketRoute())
	case gateway.KindOf(err) == gateway.KindNoWebSocket:
		return warning("", "doctor.cure.no_socket")
	}
	return problemFinding(err)
}

// ticks says whether events tell how far own messages have come.
func (r *checkup) ticks(ctx context.Context, name model.SessionName) finding {
	report, err := r.liveReport(ctx, name)
	switch {
	case err != nil || report.Ticks == model.TicksUnknown:
		return skipped()
	case report.Ticks == model.TicksMissing:
		return warning("", "doctor.cure.ticks")
	}
	return ok("")
}

// seenByItself suspects the gateway of marking everything as read, when nothing is
// unread though much came, and nothing was marked here.
func (r *checkup) seenByItself(ctx context.Context, name model.SessionName) finding {
	if r.evidence == nil {
		return skipped()
	}
	id, known := r.ids[name]
	if !known {
		return skipped()
	}
	unread, read, here, err := r.evidence.SeenEvidence(ctx, id, model.StampOf(r.c.Now().Add(-seenWithin)))
	switch {
	case err != nil:
		return problemFinding(fmt.Errorf("read the store: %w", err))
	case unread == 0 && here == 0 && read >= seenEnough:
		return warning("", "doctor.cure.seen")
	}
	return ok("")
}

func (r *checkup) liveReport(ctx context.Context, name model.SessionName) (model.LiveReport, error) {
	if r.evidence == nil {
		return model.LiveReport{}, errNoEvidence
	}
	id, known := r.ids[name]
	if !known {
		return model.LiveReport{}, errNoEvidence
	}
	held, err := r.evidence.LiveReport(ctx, id)
	if r.c.Live == nil || err != nil {
		return held, err
	}
	return r.c.Live(id).Report(held, model.StampOf(r.c.Now())), nil
}

// conditions repeats what the window has named of a session, unless a check has
// said it: one trouble is one sentence with one cure.
func (r *checkup) conditions(ctx context.Context, name model.SessionName) {
	for _, c := range r.named(name) {
		found := conditionFinding(c)
		if r.said(c.Kind, found.says) {
			continue
		}
		r.look(ctx, CheckCondition, checkWait, func(context.Context) finding { return found })
	}
}

// said tells whether an earlier check of this session, or the one of the clock,
// has told of a condition.
func (r *checkup) said(kind model.ConditionKind, says string) bool {
	return slices.ContainsFunc(r.done, func(c Check) bool {
		if kind == model.ConditionClock && c.Name == CheckClock {
			return c.Cure == cureClock
		}
		return c.Subject == r.subject && c.Says == says
	})
}

//translations:condition.*
func conditionFinding(c model.Condition) finding {
	key := "condition." + string(c.Kind)
	found := failed("", key+".advice").saying(key + ".title")
	found.reason = c.Detail
	if c.Kind.Minor() {
		found.status = CheckWarning
	}
	found.count = c.Count
	return found
}

// hello asks for the ping without the key and follows no redirect.
func (r *checkup) hello(ctx context.Context, target *url.URL) (http.Header, *tls.ConnectionState, error) {
	transport := r.c.Transport
	if transport == nil {
		own := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}
		defer own.CloseIdleConnections()
		transport = own
	}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return ask(ctx, client, strings.TrimRight(target.String(), "/")+"/ping")
}
