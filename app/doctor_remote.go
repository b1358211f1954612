package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// remote makes the checks on the way to the gateway, as far as they make sense.
// They are made also while the enabled switch is off: the owner asked.
func (r *checkup) remote(ctx context.Context) {
	var target *url.URL
	if !r.look(ctx, CheckAddress, checkWait, func(context.Context) (f finding) { target, f = r.address(); return f }) {
		r.skip(ctx, CheckPlainHTTP, CheckDNS, CheckPort, CheckPing, CheckClock, CheckKeyAccepted)
		return
	}
	r.look(ctx, CheckPlainHTTP, checkWait, func(context.Context) finding {
		if r.settings.NeedsPlainHTTPConsent() {
			return warning(target.Host, "doctor.cure.plain_http")
		}
		return ok(target.Scheme)
	})
	proxied := r.proxied(target)
	reachable := r.look(ctx, CheckDNS, checkWait, func(ctx context.Context) finding {
		if proxied {
			return skipped() // the proxy asks
		}
		return r.dns(ctx, target)
	}) || proxied
	if !reachable {
		r.skip(ctx, CheckPort, CheckPing, CheckClock, CheckKeyAccepted)
		return
	}
	reachable = r.look(ctx, CheckPort, checkWait, func(ctx context.Context) finding {
		if proxied {
			return skipped()
		}
		return r.port(ctx, target)
	}) || proxied
	if !reachable {
		r.skip(ctx, CheckPing, CheckClock, CheckKeyAccepted)
		return
	}
	r.gateway(ctx, target)
}

// address reads the address in the settings.
func (r *checkup) address() (*url.URL, finding) {
	if r.settings.BaseURL == "" {
		return nil, failed("", "problem.not_configured.do")
	}
	u, err := url.Parse(r.settings.BaseURL)
	if err != nil {
		return nil, failed("", "problem.not_configured.do")
	}
	return u, ok(r.settings.BaseURL)
}

// proxied tells whether calls to the gateway go through a proxy of the
// environment, so that reaching its machine directly proves nothing.
func (r *checkup) proxied(target *url.URL) bool {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: target})
	return err == nil && proxy != nil && r.c.Transport == nil
}

func (r *checkup) dns(ctx context.Context, target *url.URL) finding {
	if net.ParseIP(target.Hostname()) != nil {
		return ok(target.Hostname())
	}
	addrs, err := r.c.Resolve(ctx, target.Hostname())
	if err != nil {
		return failed(err.Error(), "doctor.cure.dns")
	}
	return ok(strings.Join(addrs, ", "))
}

func (r *checkup) port(ctx context.Context, target *url.URL) finding {
	port := target.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[target.Scheme]
	}
	address := net.JoinHostPort(target.Hostname(), port)
	closeNow, err := r.c.Dial(ctx, address)
	if err != nil {
		return failed(err.Error(), "problem.unreachable.do")
	}
	closeNow()
	return ok(address)
}

// gateway speaks to what answers at the address.
func (r *checkup) gateway(ctx context.Context, target *url.URL) {
	client, err := gateway.New(gateway.Config{
		BaseURL: r.settings.BaseURL, APIKey: r.key, Timeout: min(r.settings.Timeout(), checkWait), RetryAttempts: 1, Transport: r.c.Transport,
	})
	if err != nil {
		r.look(ctx, CheckPing, checkWait, func(context.Context) finding { return problemFinding(err) })
		r.skip(ctx, CheckClock, CheckKeyAccepted)
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
		r.skip(ctx, CheckClock, CheckKeyAccepted)
		return
	}
	r.look(ctx, CheckClock, checkWait, func(ctx context.Context) finding { return r.clock(ctx, target) })
	if r.look(ctx, CheckKeyAccepted, 2*checkWait, func(ctx context.Context) finding { return r.accepted(ctx, client) }) {
		r.eachSession(ctx, client)
	}
}

// accepted asks something that needs the key; the answer also tells which of the
// servers it is.
func (r *checkup) accepted(ctx context.Context, client *gateway.Client) finding {
	generation, err := client.Generation(ctx)
	if err != nil {
		return problemFinding(err)
	}
	if generation == gateway.GenerationA {
		names, err := client.Sessions(ctx)
		if err != nil {
			return problemFinding(err)
		}
		for _, name := range names {
			r.sessions = append(r.sessions, model.SessionName(name))
		}
	}
	if s := model.SessionName(r.settings.DefaultSession); s != "" {
		r.sessions = append(r.sessions, s)
	}
	return ok(string(generation))
}

// eachSession asks for the state of the sessions that the store, the gateway or
// the settings name.
func (r *checkup) eachSession(ctx context.Context, client *gateway.Client) {
	seen := map[model.SessionName]bool{}
	for _, name := range r.sessions {
		if seen[name] || !name.Valid() || len(seen) == maxSessions {
			continue
		}
		seen[name] = true
		r.look(ctx, CheckSession, checkWait, func(ctx context.Context) finding {
			status, err := client.SessionStatus(ctx, string(name))
			if err != nil {
				f := problemFinding(err)
				f.detail = string(name) + ": " + f.detail
				return f
			}
			state := status.State
			if state == "" {
				state = status.Message
			}
			detail := string(name) + ": " + state
			if !status.Success {
				return warning(detail, "problem.not_connected.do")
			}
			return ok(detail)
		})
	}
}

// clock compares the gateway's clock with this one: the times of messages are
// the gateway's.
func (r *checkup) clock(ctx context.Context, target *url.URL) finding {
	there, err := r.askDate(ctx, target)
	if err != nil {
		return warning(err.Error(), "")
	}
	if there.IsZero() {
		return skipped()
	}
	skew := r.c.Now().Sub(there).Round(time.Second)
	if skew.Abs() > maxClockSkew {
		return warning(skew.String(), "doctor.cure.clock")
	}
	return ok(skew.String())
}

// askDate reads the Date header of an answer to the ping. No key is sent, and no
// redirect is followed.
func (r *checkup) askDate(ctx context.Context, target *url.URL) (time.Time, error) {
	transport := r.c.Transport
	if transport == nil {
		own := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}
		defer own.CloseIdleConnections()
		transport = own
	}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(target.String(), "/")+"/ping", nil)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask for the gateway's time: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask for the gateway's time: %w", err)
	}
	_, readErr := io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
	if err := errors.Join(readErr, resp.Body.Close()); err != nil {
		return time.Time{}, fmt.Errorf("ask for the gateway's time: %w", err)
	}
	date := resp.Header.Get("Date")
	if date == "" {
		return time.Time{}, nil
	}
	there, err := http.ParseTime(date)
	if err != nil {
		return time.Time{}, errors.New("the gateway's clock gives a time that makes no sense")
	}
	return there, nil
}

func resolveHost(ctx context.Context, host string) ([]string, error) {
	return net.DefaultResolver.LookupHost(ctx, host)
}

func dialTCP(ctx context.Context, address string) (func(), error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return func() { _ = conn.Close() }, nil
}
