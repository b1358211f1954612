package gateway

import (
	"errors"
	"fmt"
	"strings"
)

// Kind sorts failures by what the caller can do about them.
type Kind string

// The kinds of failure.
const (
	KindNone                Kind = ""                      // no error, or not one of this package
	KindNotConfigured       Kind = "not configured"        // no address
	KindDisabled            Kind = "disabled"              // switched off in the settings
	KindUnreachable         Kind = "unreachable"           // no connection, or it broke
	KindTLS                 Kind = "tls"                   // certificate or protocol of https
	KindTimeout             Kind = "timeout"               // our own deadline. For StartSession: still starting
	KindCanceled            Kind = "canceled"              // the caller gave up
	KindUnauthorized        Kind = "unauthorized"          // wrong or missing key
	KindInvalidSessionName  Kind = "invalid session name"  // refused here or by the gateway
	KindAlreadyExists       Kind = "already exists"        // start of a session in memory, in whatever state
	KindStartFailed         Kind = "start failed"          // browser or page did not come up
	KindSessionNotFound     Kind = "session not found"     // not in the gateway's memory
	KindSessionNotConnected Kind = "session not connected" // in memory, not connected
	KindSessionBroken       Kind = "session broken"        // its page is gone or dead: restart heals
	KindNotReady            Kind = "not ready"             // connected but the page's helpers are not there yet
	KindEndpointMissing     Kind = "endpoint missing"      // this server version has no such call
	KindNoWebSocket         Kind = "no websocket"          // switched off, absent, or no such session
	KindInvalidChat         Kind = "invalid chat"          // the id is none
	KindNotOnWhatsApp       Kind = "not on whatsapp"       // number without account, or a lid written as a phone
	KindNotFound            Kind = "not found"             // no such chat or message
	KindMediaGone           Kind = "media gone"            // cannot be had now: expired, or the phone must upload it again
	KindRefused             Kind = "refused"               // understood and denied: pin limit, edit too late, not a group
	KindTooLarge            Kind = "too large"             // 413, or an answer over our cap
	KindRateLimited         Kind = "rate limited"          // 429
	KindServer              Kind = "server"                // 5xx
	KindMalformed           Kind = "malformed"             // not the JSON that was promised
	KindRedirected          Kind = "redirected"            // redirect that must not be followed
	KindKeyUnreadable       Kind = "key unreadable"        // the key exists and cannot be read now
	KindInvalidRequest      Kind = "invalid request"       // refused here before any call
)

// Error is every failure of this package.
type Error struct {
	Op      string // the method: "FetchMessages"
	Method  string // HTTP method; empty when no request was made
	Path    string // route template, never with names in it: "/chat/fetchMessages/:id"
	Status  int    // HTTP status; 0 without an answer
	Kind    Kind
	Message string // the gateway's sentence, at most 500 characters, no control characters; may be empty
	Err     error  // what lies below, or nil

	permanent bool // repeating cannot help
	unsent    bool // the request provably did not reach the gateway's handler
	brokeOff  bool // the connection broke while a file was going out
}

// Error tells what failed and why. It never holds the key.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "gateway: %s: %s", e.Op, e.Kind)
	if e.Status != 0 {
		fmt.Fprintf(&b, " (%d)", e.Status)
	}
	if e.Message != "" {
		b.WriteString(": ")
		b.WriteString(e.Message)
	}
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap gives what lies below.
func (e *Error) Unwrap() error { return e.Err }

// KindOf finds the kind of an error of this package in err's chain; KindNone
// for nil and for foreign errors.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindNone
}

// NotSent says whether err, returned by a sending call, proves that nothing
// reached WhatsApp. When it is false the outcome is unknown: a 500, a broken
// connection or a timeout can come after delivery (contract §5.2).
func NotSent(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	return e.unsent
}

// BrokeOff says whether somebody took the beginning of a file that was being sent,
// and then broke the connection or took no more: a proxy may do so when the file is
// too large for it.
func BrokeOff(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.brokeOff
}
