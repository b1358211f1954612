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
	return c.probe(ctx)
}

// Generation tells which server answers; it asks once and remembers.
//
// GET /session/getSessions
func (c *Client) Generation(ctx context.Context) (Generation, error) {
	return c.askGeneration(ctx, classRead)
}
