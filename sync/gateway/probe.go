package gateway

import (
	"context"
	"time"
)

// ProbeOutcome says how far a test of the connection came.
type ProbeOutcome string

// Outcomes of Probe.
const (
	ProbeGood        ProbeOutcome = "good"
	ProbeUnreachable ProbeOutcome = "unreachable" // no answer: refused, no such host, or too slow
	ProbeTLS         ProbeOutcome = "tls"         // the certificate or the https itself
	ProbeNotGateway  ProbeOutcome = "not a gateway"
	ProbeWrongKey    ProbeOutcome = "wrong key"
	ProbeFailed      ProbeOutcome = "failed" // a gateway that answers with an error, or cannot be asked: see Err
)

// ProbeResult is the result of Probe.
type ProbeResult struct {
	Outcome    ProbeOutcome
	Generation Generation    // when good
	Latency    time.Duration // of the first answer
	Err        error         // nil when good
}

// Probe tests address and key: /ping tells a gateway from another server,
// /session/getSessions tests the key, which /ping does not (contract §3 Key),
// and shows the generation. It tries once, so that a person need not wait.
//
// GET /ping, GET /session/getSessions
func (c *Client) Probe(ctx context.Context) ProbeResult {
	began := time.Now()
	err := c.ping(ctx, 1)
	r := ProbeResult{Latency: time.Since(began), Err: err}
	if err == nil {
		r.Generation, r.Err = c.askGeneration(ctx, 1)
	}
	switch KindOf(r.Err) {
	case KindNone:
		r.Outcome = ProbeGood
	case KindUnreachable, KindTimeout:
		r.Outcome = ProbeUnreachable
	case KindTLS:
		r.Outcome = ProbeTLS
	case KindUnauthorized:
		r.Outcome = ProbeWrongKey
	default:
		r.Outcome = ProbeFailed
		if err != nil && !c.deadEnd(err) {
			r.Outcome = ProbeNotGateway
		}
	}
	return r
}

// deadEnd says whether a failed ping tells nothing about what answers there:
// a gateway behind a proxy can be down, busy or redirected.
func (c *Client) deadEnd(err error) bool {
	switch KindOf(err) {
	case KindCanceled, KindRateLimited, KindServer, KindRedirected, KindDisabled, KindNotConfigured:
		return true
	}
	return false
}

// Generation tells which server answers; it asks once and remembers.
//
// GET /session/getSessions
func (c *Client) Generation(ctx context.Context) (Generation, error) {
	if g, ok := c.generation.Load().(Generation); ok {
		return g, nil
	}
	return c.askGeneration(ctx, c.tries)
}

// askGeneration asks in at most tries tries. Only A has getSessions; but a 404
// in its place can also be a proxy's or a wrong path's, so C must answer a ping.
func (c *Client) askGeneration(ctx context.Context, tries int) (Generation, error) {
	g := GenerationA
	_, err := c.sessions(ctx, tries)
	if KindOf(err) == KindEndpointMissing {
		g, err = GenerationC, c.ping(ctx, tries)
	}
	if err != nil {
		return GenerationUnknown, err
	}
	c.generation.Store(g)
	return g, nil
}
