package app

import (
	"context"
	"crypto/tls"
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
		r.skip(ctx, CheckPlainHTTP, CheckProxy, CheckDNS, CheckPort, CheckTLS, CheckPing, CheckClock, CheckKeyAccepted, CheckOpenDoor, CheckCalls)
		return
	}
	r.look(ctx, CheckPlainHTTP, checkWait, func(context.Context) finding {
		if target.Scheme == "http" && r.farAway() { // also where the owner has accepted it
			return warning(target.Host, "doctor.cure.plain_http")
		}
		return ok(target.Scheme)
	})
	proxy := r.proxy(target)
	proxied := proxy != nil
	if !r.look(ctx, CheckProxy, checkWait, func(ctx context.Context) finding { return r.throughProxy(ctx, proxy) }) && proxied {
		r.skip(ctx, CheckDNS, CheckPort, CheckTLS, CheckPing, CheckClock, CheckKeyAccepted, CheckOpenDoor, CheckCalls)
		return
	}
	reachable := r.look(ctx, CheckDNS, checkWait, func(ctx context.Context) finding {
		if proxied {
			return skipped() // the proxy asks
		}
		return r.dns(ctx, target)
	}) || proxied
	if !reachable {
		r.skip(ctx, CheckPort, CheckTLS, CheckPing, CheckClock, CheckKeyAccepted, CheckOpenDoor, CheckCalls)
		return
	}
	reachable = r.look(ctx, CheckPort, checkWait, func(ctx context.Context) finding {
		if proxied {
			return skipped()
		}
		return r.port(ctx, target)
	}) || proxied
	if !reachable {
		r.skip(ctx, CheckTLS, CheckPing, CheckClock, CheckKeyAccepted, CheckOpenDoor, CheckCalls)
		return
	}
	r.look(ctx, CheckTLS, checkWait, func(ctx context.Context) finding { return r.encryption(ctx, target) })
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

// proxy returns the proxy of the environment that calls to the gateway go
// through, so that reaching its machine directly proves nothing; nil for none.
func (r *checkup) proxy(target *url.URL) *url.URL {
	if r.c.Proxy == nil {
		return nil
	}
	proxy, err := r.c.Proxy(&http.Request{URL: target})
	if err != nil {
		return nil // the ping says it
	}
	return proxy
}

// throughProxy looks whether the proxy is there. What it may ask for is not shown.
func (r *checkup) throughProxy(ctx context.Context, proxy *url.URL) finding {
	if proxy == nil {
		return skipped()
	}
	closeNow, err := r.c.Dial(ctx, hostPort(proxy))
	if err != nil {
		return failed(proxy.Host, "doctor.cure.proxy").because(err)
	}
	closeNow()
	return ok(proxy.Host)
}

func (r *checkup) dns(ctx context.Context, target *url.URL) finding {
	if net.ParseIP(target.Hostname()) != nil {
		return ok(target.Hostname())
	}
	addrs, err := r.c.Resolve(ctx, target.Hostname())
	if err != nil {
		return failed(target.Hostname(), "doctor.cure.dns").because(err)
	}
	return ok(strings.Join(addrs, ", "))
}

func (r *checkup) port(ctx context.Context, target *url.URL) finding {
	address := hostPort(target)
	closeNow, err := r.c.Dial(ctx, address)
	if err != nil {
		return failed(address, "problem.unreachable.do").saying("problem.unreachable.why").because(err)
	}
	closeNow()
	return ok(address)
}

// hostPort names what to dial for a URL.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// accepted asks something that needs the key; the answer also tells which of the
// servers it is.
func (r *checkup) accepted(ctx context.Context, client *gateway.Client) finding {
	generation, err := client.Generation(ctx)
	if err != nil {
		return problemFinding(err)
	}
	r.generation = generation
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

// cureClock is what helps when the clocks differ.
const cureClock = "doctor.cure.clock"

// clock compares the gateway's clock with this one: the times of messages are
// the gateway's.
func (r *checkup) clock(ctx context.Context, target *url.URL) finding {
	there, err := r.askDate(ctx, target)
	if err != nil {
		return warning("", "").saying("doctor.says.clock").because(err)
	}
	if there.IsZero() {
		return skipped()
	}
	skew := r.c.Now().Sub(there).Round(time.Second)
	if skew.Abs() > maxClockSkew {
		return warning(skew.String(), cureClock)
	}
	return ok(skew.String())
}

// askDate reads the Date header of an answer to the ping.
func (r *checkup) askDate(ctx context.Context, target *url.URL) (time.Time, error) {
	header, _, err := r.hello(ctx, target)
	if err != nil {
		return time.Time{}, err
	}
	date := header.Get("Date")
	if date == "" {
		return time.Time{}, nil
	}
	there, err := http.ParseTime(date)
	if err != nil {
		return time.Time{}, errors.New("the gateway's clock gives a time that makes no sense")
	}
	return there, nil
}

// ask makes a request and returns what is around its answer.
func ask(ctx context.Context, client *http.Client, address string) (http.Header, *tls.ConnectionState, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("ask the gateway's server: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("ask the gateway's server: %w", err)
	}
	_, readErr := io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
	if err := errors.Join(readErr, resp.Body.Close()); err != nil {
		return nil, nil, fmt.Errorf("ask the gateway's server: %w", err)
	}
	return resp.Header, resp.TLS, nil
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
