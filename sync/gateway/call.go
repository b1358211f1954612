package gateway

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// class says how often a call may go out (contract §12 Retry policy).
type class uint8

const (
	classRead       class = iota // changes nothing: up to Config.RetryAttempts tries
	classIdempotent              // ends in the same state when made twice: two tries at most
	classOnce                    // starts, stops, sends: one try
)

const (
	maxRetryWait  = 30 * time.Second
	maxRetryAfter = 60 * time.Second
	// Closing a browser and logging out take longer than a read.
	stopTimeout = 60 * time.Second
	// 8 MB over a slow line, then the gateway's own upload to WhatsApp.
	sendFileTimeout = 120 * time.Second
	// The page fetches the file from WhatsApp before it answers.
	mediaTimeout = 120 * time.Second
)

// call is one request: what is asked, how often, and how its answer is read.
type call struct {
	op      string
	method  string
	route   string // with :id in the session's place
	session string
	class   class
	body    any           // nil for GET
	stream  *upload       // set when body holds a file
	timeout time.Duration // of one try; 0 the setting's
	most    int           // tries of a reading call; 0 the setting's
	limit   int64         // cap of a small answer; 0 MaxAnswer

	// failureIsAnswer: a 200 with success false is no error (status, qr).
	failureIsAnswer bool
	// member takes a member of a small answer, and says whether it did.
	member func(d *dec, key string) bool
	// answer reads the whole answer in the place of readEnvelope. It must begin
	// afresh each time it is called.
	answer func(*http.Response) error
}

// fail makes the call's error.
func (k *call) fail(kind Kind, status int, message string, err error) *Error {
	return &Error{Op: k.op, Method: k.method, Path: k.route, Status: status, Kind: kind, Message: message, Err: err}
}

// failContext makes the error of a caller who gave up or set a deadline.
func (k *call) failContext(err error) *Error {
	if errors.Is(err, context.DeadlineExceeded) {
		return k.fail(KindTimeout, 0, "", err)
	}
	return k.fail(KindCanceled, 0, "", err)
}

// check refuses a call that must not go out.
func (c *Client) check(ctx context.Context, k *call) *Error {
	if c.off != nil {
		return c.unsent(k.fail(c.off.Kind, 0, "", nil))
	}
	if strings.Contains(k.route, ":id") && !ValidSessionName(k.session) {
		return c.unsent(k.fail(KindInvalidSessionName, 0, "", nil))
	}
	if err := ctx.Err(); err != nil {
		return c.unsent(k.failContext(err))
	}
	return nil
}

func (c *Client) unsent(e *Error) *Error {
	e.unsent = true
	return e
}

// do makes a call, again where its class allows it, and returns an *Error, a
// *callbackError or nil.
func (c *Client) do(ctx context.Context, k *call) error {
	if e := c.check(ctx, k); e != nil {
		return e
	}
	req, err := c.request(ctx, k)
	if err != nil {
		return c.unsent(k.fail(KindInvalidRequest, 0, "", err))
	}
	t := &tries{c: c, k: k}
	req.SetResponseHandler(t.read)
	rc := &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport:     c.transport(k),
			CheckRedirect: checkRedirect,
			Timeout:       positive(k.timeout, c.timeout),
		},
		RetryMax:     c.repeats(k),
		RetryWaitMin: c.wait,
		RetryWaitMax: maxRetryWait,
		CheckRetry:   t.again,
		Backoff:      backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	resp, err := rc.Do(req)
	if resp != nil {
		// read has closed it; this is for an answer that never got there.
		_ = resp.Body.Close()
	}
	if err == nil {
		return nil
	}
	if t.last == nil || ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		t.last = k.failContext(err)
	}
	return t.last
}

// transport picks the connections: a call that must go out once gets its own,
// because net/http repeats a GET on a reused connection that broke (start, stop
// and their like are GET), and a send must not fail on a stale one.
func (c *Client) transport(k *call) http.RoundTripper {
	if k.class == classOnce {
		return c.once
	}
	return c.pooled
}

// repeats is how many more times a call may go out.
func (c *Client) repeats(k *call) int {
	switch k.class {
	case classRead:
		return positive(k.most, c.tries) - 1
	case classIdempotent:
		return min(1, c.tries-1)
	default:
		return 0
	}
}

// request builds the request; the key goes into the header and nowhere else.
func (c *Client) request(ctx context.Context, k *call) (*retryablehttp.Request, error) {
	var body any
	switch {
	case k.stream != nil:
		body = k.stream.reader
	case k.body != nil:
		encoded, err := encode(k.body)
		if err != nil {
			return nil, err
		}
		body = encoded
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, k.method, c.address(k.route, k.session), body)
	if err != nil {
		return nil, err
	}
	if k.stream != nil {
		req.ContentLength = k.stream.length()
	}
	c.setHeaders(req.Header)
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

func (c *Client) setHeaders(h http.Header) {
	h.Set("User-Agent", c.agent)
	if c.secret != "" {
		h.Set("x-api-key", c.secret)
	}
}

// address joins the base, which may have a path, and a route.
func (c *Client) address(route, session string) string {
	base := *c.base
	base.Path, base.RawPath = "", ""
	return base.String() + c.base.EscapedPath() + strings.Replace(route, ":id", url.PathEscape(session), 1)
}

// tries is what one call remembers between its tries.
type tries struct {
	c    *Client
	k    *call
	n    int
	last error // of the newest try
}

// read reads an answer and closes it.
func (t *tries) read(resp *http.Response) (err error) {
	t.c.noteDate(resp)
	defer func() {
		if cerr := resp.Body.Close(); cerr != nil && err == nil {
			t.c.log.Debugf("gateway: %s: closing the answer: %v", t.k.op, cerr)
		}
		t.last = err
	}()
	if t.k.answer != nil {
		return t.k.answer(resp)
	}
	return t.c.readEnvelope(t.k, resp)
}

// again is called after each try: first with the answer or the failure to get
// one, then with what reading the answer gave.
func (t *tries) again(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if err == nil {
		return false, nil
	}
	var e *Error
	var stop *callbackError
	if errors.As(err, &stop) {
		return false, nil
	}
	if !errors.As(err, &e) {
		e = t.c.transportFailure(t.k, err)
		t.last = e
	}
	if ctx.Err() != nil || !t.k.worthRepeating(e) {
		return false, nil
	}
	t.n++
	t.c.log.Debugf("gateway: %s: try %d failed: %s", t.k.op, t.n, e.Kind)
	return true, nil
}

// worthRepeating says whether the same call may go better. A timeout is not
// repeated: a page that is stuck is made slower by more calls (contract §3).
// NotReady is the caller's to wait for.
func (k *call) worthRepeating(e *Error) bool {
	if k.class == classOnce || e.permanent {
		return false
	}
	switch e.Kind {
	case KindUnreachable, KindServer, KindRateLimited:
		return true
	case KindMalformed:
		return errors.Is(e.Err, errTruncated)
	}
	return false
}

// backoff doubles with jitter, and does what Retry-After says, up to a minute.
func backoff(first, most time.Duration, attempt int, resp *http.Response) time.Duration {
	if resp != nil && (resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable) {
		if wait, ok := retryAfter(resp.Header.Get("Retry-After"), time.Now()); ok {
			return wait
		}
	}
	wait := most
	if attempt < 16 && first<<attempt < most {
		wait = first << attempt
	}
	return wait/2 + rand.N(wait/2+1)
}

// retryAfter reads the header in either form: seconds, or a date.
func retryAfter(header string, now time.Time) (time.Duration, bool) {
	header = strings.TrimSpace(header)
	if header == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseInt(header, 10, 64); err == nil {
		if seconds < 0 {
			return 0, false
		}
		return time.Duration(min(seconds, int64(maxRetryAfter/time.Second))) * time.Second, true
	}
	date, err := http.ParseTime(header)
	if err != nil {
		return 0, false
	}
	return min(max(date.Sub(now), 0), maxRetryAfter), true
}

// redirectError says why a redirect was not followed.
type redirectError string

func (e redirectError) Error() string { return string(e) }

// checkRedirect lets only redirects pass that stay where the key belongs.
// net/http would copy the x-api-key header to any host.
func checkRedirect(req *http.Request, via []*http.Request) error {
	from := via[0]
	switch {
	case len(via) > maxRedirects:
		return redirectError("too many redirects")
	case req.Method != from.Method:
		return redirectError("the redirect changes the method: check the address, http or https")
	case from.URL.Scheme == "https" && req.URL.Scheme != "https":
		return redirectError("the redirect leaves https")
	case !sameHost(from.URL, req.URL):
		return redirectError("the redirect leads to another host, which must not get the key")
	}
	return nil
}

// sameHost compares host and port; from http to https on the default ports is
// the same host.
func sameHost(a, b *url.URL) bool {
	if !strings.EqualFold(a.Hostname(), b.Hostname()) {
		return false
	}
	if port(a) == port(b) {
		return true
	}
	return a.Scheme == "http" && b.Scheme == "https" && port(a) == "80" && port(b) == "443"
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
