package gateway

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// refusal makes the Error of an answer that says no, by status, type and words
// (contract §3, §4.3, §4.4, §12).
func (c *Client) refusal(k *call, resp *http.Response, text string) *Error {
	status := resp.StatusCode
	e := k.fail(KindServer, status, c.sentence(text, resp), nil)
	switch {
	case status >= 500:
		e.Kind, e.permanent, e.unsent = serverKind(text)
		return e
	case isOK(resp):
		e.Kind = declinedKind(resp, text)
		return e
	case status >= 300 && status < 400:
		e.Kind = KindRedirected
	case status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusProxyAuthRequired:
		e.Kind = KindUnauthorized
	case status == http.StatusNotFound:
		e.Kind = missingKind(resp, text)
	case status == http.StatusRequestEntityTooLarge:
		e.Kind = KindTooLarge
	case status == http.StatusUnprocessableEntity:
		e.Kind = unprocessableKind(k, text)
	case status == http.StatusTooManyRequests:
		e.Kind = KindRateLimited
	default:
		e.Kind = KindRefused
	}
	// Every 4xx is decided before the page is asked to do anything.
	e.unsent = true
	return e
}

// declinedKind sorts a 2xx that is no success.
func declinedKind(resp *http.Response, text string) Kind {
	switch {
	case !isJSON(resp):
		return KindMalformed
	case strings.Contains(text, "session_not_found"):
		return KindSessionNotFound
	case strings.Contains(text, "session_not_connected"):
		return KindSessionNotConnected
	case strings.Contains(text, "page_not_ready"):
		return KindNotReady
	}
	return KindRefused
}

// missingKind sorts a 404: HTML is a missing endpoint, JSON speaks of the
// session, with few exceptions.
func missingKind(resp *http.Response, text string) Kind {
	if !isJSON(resp) {
		return KindEndpointMissing
	}
	lower := strings.ToLower(text)
	switch {
	case strings.Contains(lower, "session_not_found"):
		return KindSessionNotFound
	case strings.Contains(lower, "session_not_connected"):
		return KindSessionNotConnected
	case strings.Contains(lower, "chat not found"), strings.Contains(lower, "message not found"):
		return KindNotFound
	case strings.Contains(lower, "contenttype"):
		return KindRefused
	}
	// "browser tab closed", "session closed", or an exception while looking.
	return KindSessionBroken
}

func unprocessableKind(k *call, text string) Kind {
	lower := strings.ToLower(text)
	switch {
	case strings.Contains(lower, "alphanumerical"):
		return KindInvalidSessionName
	case strings.Contains(lower, "already exists"):
		return KindAlreadyExists
	case k.op == "StartSession":
		return KindStartFailed
	}
	return KindRefused
}

// serverKind sorts the text of a 500. permanent: repeating will not help;
// unsent: it is raised before anything is sent.
func serverKind(text string) (kind Kind, permanent, unsent bool) {
	lower := strings.ToLower(text)
	has := func(s string) bool { return strings.Contains(lower, s) }
	switch {
	case has("invalid wid"):
		return KindInvalidChat, true, true
	case has("no lid for user"):
		return KindNotOnWhatsApp, true, true
	case has("message media not found"), has("cannot destructure property 'data'"), has("(reading 'mimetype')"):
		// The last two: the page's library gave no file, and the gateway unpacks it unseen.
		return KindMediaGone, true, false
	case has("message not found"), has("chat not found"):
		return KindNotFound, true, true
	case has("the chat is not a group"), has("[lt01]"):
		// The last: labels are for business accounts only.
		return KindRefused, true, true
	case has("(reading 'getstate')"):
		// getState skips the session check: the client object is not there.
		return KindSessionNotFound, true, true
	case has("session_not_found"):
		return KindSessionNotFound, true, true
	case notReadyText(text):
		return KindNotReady, false, false
	case has("detached frame"), has("target closed"), has("page has been closed"), has("session closed"):
		return KindSessionBroken, true, false
	case has("is not a function"), has("timed out"), strings.TrimSpace(text) == "r":
		// A page call that timed out took minutes already.
		return KindServer, true, false
	}
	return KindServer, false, false
}

// readyHelpers are the beginnings of the names that wwebjs adds to the page when
// it is ready; until then the page has an undefined in the place of their owner.
// Other names (markedUnread, isNewsletter) are bugs that do not pass with time.
var readyHelpers = [...]string{"get", "send", "fetch", "find", "search", "sync", "edit", "download", "forward"}

// notReadyText knows "Cannot read properties of undefined (reading 'getChats')"
// and its relatives, which name a helper or one of the page's stores (Chat, Msg).
func notReadyText(text string) bool {
	const before = "Cannot read properties of undefined (reading '"
	_, rest, found := strings.Cut(text, before)
	if !found {
		return false
	}
	name, _, closed := strings.Cut(rest, "'")
	if !closed || name == "" {
		return false
	}
	if name[0] >= 'A' && name[0] <= 'Z' {
		return true
	}
	for _, prefix := range readyHelpers {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// Stumbled says whether the page failed because it read a property of something that is
// not there, such as a chat, and that is not the page itself, which KindNotReady is for.
func Stumbled(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == KindServer && e.Status == http.StatusInternalServerError &&
		strings.Contains(e.Message, "Cannot read propert")
}

// sentence makes the gateway's text fit to be shown: one line, no control
// characters, no page stack, capped, and without the key should a server echo it.
func (c *Client) sentence(text string, resp *http.Response) string {
	if text == "" {
		return http.StatusText(resp.StatusCode)
	}
	if c.secret != "" {
		text = strings.ReplaceAll(text, c.secret, "…")
	}
	if stack := pageStack.FindStringIndex(text); stack != nil && stack[0] > 0 {
		text = text[:stack[0]]
	}
	text = strings.TrimPrefix(text, "Evaluation failed: ")
	text = strings.TrimSpace(oneLine(strings.ToValidUTF8(text, "\uFFFD")))
	if utf8.RuneCountInString(text) > maxSentence {
		text = string([]rune(text)[:maxSentence-1]) + "…"
	}
	return text
}

// pageStack finds the lines that puppeteer adds to an exception's message.
var pageStack = regexp.MustCompile(`\n\s+at `)

// transportFailure makes the Error of a request that got no whole answer.
func (c *Client) transportFailure(k *call, err error) *Error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		// Its text repeats the address, session name and all.
		err = wrapped.Err
	}
	e := k.fail(KindUnreachable, 0, "", err)
	var op *net.OpError
	var dns *net.DNSError
	var timeout net.Error
	var redirect redirectError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.Is(err, context.Canceled):
		e.Kind = KindCanceled
	case isCertificate(err):
		e.Kind, e.permanent, e.unsent = KindTLS, true, true
	case errors.As(err, &record), errors.As(err, &alert):
		// These can also break a connection on which a request went out.
		e.Kind, e.permanent = KindTLS, true
	case errors.As(err, &dns), errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect"):
		e.unsent = true
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		e.Kind = KindTimeout
	case strings.Contains(err.Error(), "malformed HTTP"):
		e.Kind, e.Err, e.permanent = KindMalformed, errors.New("not an HTTP server"), true
	case errors.As(err, &redirect):
		e.Kind, e.permanent, e.unsent = KindRedirected, true, true
	}
	return e
}

// isCertificate says whether the https handshake was refused by us, or met a
// server without https: before any request.
func isCertificate(err error) bool {
	var (
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &host) ||
		errors.As(err, &invalid) || errors.Is(err, http.ErrSchemeMismatch)
}
