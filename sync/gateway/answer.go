package gateway

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
)

// Caps of answers, in bytes. A gateway is a web page's memory behind a proxy:
// what is larger than these is a fault, and must not fill ours.
const (
	// MaxListAnswer holds 10,000 chats of 10 KB each, the largest account that
	// the store is made for.
	MaxListAnswer = 100 << 20
	// MaxListItems is above what MaxListAnswer holds of real items, of which even a
	// contact takes 300 bytes: those of a few bytes are made to fill a memory with keys.
	MaxListItems = 400_000
	// MaxMediaBytes is a file's cap; WhatsApp shows media up to 16 MB, and the
	// gateway's page gives up on much larger documents.
	MaxMediaBytes = 25 << 20
	// MaxAnswer is for everything else: one chat or message is below 1 MB.
	MaxAnswer = 8 << 20

	// base64 is 4/3 as long; the rest is the envelope.
	maxMediaAnswer = MaxMediaBytes/3*4 + 1<<16
	maxErrorAnswer = 256 << 10
	maxQRImage     = 1 << 20
	maxSentence    = 500 // characters of the gateway's text kept in an Error
)

// envelope is what every JSON answer has beside its own member.
type envelope struct {
	hasSuccess, success bool
	err, message        string
}

func (v *envelope) text() string {
	if v.err != "" {
		return v.err
	}
	return v.message
}

// take reads the member key of an envelope, if it is one.
func (v *envelope) take(d *dec, key string) {
	switch key {
	case "success":
		v.hasSuccess, v.success = true, d.bool()
	case "error":
		v.err = d.sentence()
	case "message":
		v.message = d.sentence()
	default:
		d.skip()
	}
}

// sentence takes a text; of an object such as {"message":"…"} the text inside.
func (d *dec) sentence() string {
	if d.peek() != '{' {
		return d.str()
	}
	d.i++
	s := ""
	for d.next() {
		if string(d.key) == "message" {
			s = d.str()
		} else {
			d.skip()
		}
	}
	return s
}

func mediaType(resp *http.Response) string {
	t, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return t
}

// isJSON goes by the type alone: the gateway always names it, and an HTML page
// of a proxy must not pass for an answer (contract §3).
func isJSON(resp *http.Response) bool {
	t := mediaType(resp)
	return t == "application/json" || strings.HasSuffix(t, "+json")
}

func isOK(resp *http.Response) bool { return resp.StatusCode >= 200 && resp.StatusCode <= 299 }

// readCapped reads the whole body, refusing one over the call's cap.
func (c *Client) readCapped(k *call, resp *http.Response) ([]byte, error) {
	limit := k.limit
	if limit == 0 {
		limit = MaxAnswer
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, c.readFailure(k, resp, &bodyError{err})
	}
	if int64(len(b)) > limit {
		return nil, c.readFailure(k, resp, errOverCap)
	}
	return b, nil
}

// readEnvelope reads a small answer: its envelope, and the call's own member.
func (c *Client) readEnvelope(k *call, resp *http.Response) error {
	if !isOK(resp) || !isJSON(resp) {
		return c.readRefusal(k, resp)
	}
	body, err := c.readCapped(k, resp)
	if err != nil {
		return err
	}
	var v envelope
	d := newDec(body)
	if d.peek() != '{' {
		return c.readFailure(k, resp, c.malformed(body))
	}
	d.object()
	for d.next() {
		key := string(d.key)
		at := d.i
		if k.member == nil || !k.member(d, key) {
			v.take(d, key)
		} else if key == "success" {
			// The call took it for itself; the envelope needs it too.
			v.take(&dec{b: d.b, i: at}, key)
		}
	}
	if d.err != nil {
		return c.readFailure(k, resp, d.err)
	}
	return c.verdict(k, resp, &v)
}

func (c *Client) malformed(body []byte) error {
	if len(body) == 0 {
		return errTruncated
	}
	return errSyntax
}

// verdict decides on a 2xx answer by its success member.
func (c *Client) verdict(k *call, resp *http.Response, v *envelope) error {
	switch {
	case !v.hasSuccess:
		return k.fail(KindMalformed, resp.StatusCode, "", errors.New("the answer is not a gateway's"))
	case v.success || k.failureIsAnswer:
		return nil
	}
	return c.refusal(k, resp, v.text())
}

// readRefusal reads an answer that is no success by its status or type.
func (c *Client) readRefusal(k *call, resp *http.Response) error {
	if !isJSON(resp) {
		return c.refusal(k, resp, "")
	}
	// Whatever can be had of the text is good enough.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorAnswer))
	var v envelope
	d := newDec(body)
	if d.object() {
		for d.next() {
			v.take(d, string(d.key))
		}
	}
	return c.refusal(k, resp, v.text())
}

// readFailure turns what went wrong in reading an answer into an Error.
func (c *Client) readFailure(k *call, resp *http.Response, err error) *Error {
	var body *bodyError
	switch {
	case errors.Is(err, errOverCap):
		return k.fail(KindTooLarge, resp.StatusCode, "", err)
	case errors.As(err, &body):
		e := c.transportFailure(k, body.err)
		e.Status = resp.StatusCode
		// The gateway has answered, so it had the request.
		e.unsent = false
		return e
	}
	return k.fail(KindMalformed, resp.StatusCode, "", err)
}

// readList reads an answer whose named member is a list, item by item.
func readList[T any](c *Client, k *call, resp *http.Response, member string, report *ListReport,
	decode func(*dec) (*T, error), fn func(*T) error) error {
	if !isOK(resp) || !isJSON(resp) {
		return c.readRefusal(k, resp)
	}
	var v envelope
	report.Missing = true
	s := newStream(resp.Body, MaxListAnswer)
	err := s.members(func(key string) error {
		if key == member {
			return readItems(s, report, decode, fn)
		}
		d, err := s.small()
		if err != nil {
			return err
		}
		v.take(d, key)
		return d.err
	})
	var stop *callbackError
	switch {
	case errors.As(err, &stop):
		return err
	case err != nil:
		return c.readFailure(k, resp, err)
	}
	return c.verdict(k, resp, &v)
}

// callbackError carries an error of the caller's own function through the
// machinery, which neither repeats nor rewrites it.
type callbackError struct{ err error }

func (e *callbackError) Error() string { return e.err.Error() }

func readItems[T any](s *stream, report *ListReport, decode func(*dec) (*T, error), fn func(*T) error) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != '[' {
		return s.notList(c)
	}
	s.pos++
	report.Missing = false
	for index := 0; ; {
		c, err := s.peek()
		switch {
		case err != nil:
			return err
		case c == ']':
			s.pos++
			return nil
		case c == ',':
			s.pos++
			continue
		}
		if index == MaxListItems {
			return errOverCap
		}
		raw, err := s.value(maxItem)
		if err != nil && !errors.Is(err, errItemTooLong) {
			return err
		}
		var item *T
		if err == nil {
			item, err = decode(newDec(raw))
		}
		if err != nil {
			report.add(index, err)
		} else if err := fn(item); err != nil {
			return &callbackError{err}
		} else {
			report.Items++
		}
		index++
	}
}

// notList takes what stands in a list's place: null is an empty list.
func (s *stream) notList(c byte) error {
	if c != 'n' {
		return errors.New("the list is none")
	}
	return s.skip()
}

// maxProblems caps a report: one fault in a list is usually in all of it.
const maxProblems = 20

func (r *ListReport) add(index int, err error) {
	r.Bad++
	if len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, ItemProblem{Index: index, Err: err})
	}
}

// list makes a call that answers with a list.
func list[T any](ctx context.Context, c *Client, k *call, member string, decode func(*dec) (*T, error), fn func(*T) error) (ListReport, error) {
	var report ListReport
	k.answer = func(resp *http.Response) error {
		report = ListReport{}
		return readList(c, k, resp, member, &report, decode, fn)
	}
	err := c.do(ctx, k)
	var stop *callbackError
	if errors.As(err, &stop) {
		return report, stop.err
	}
	return report, err
}

// maybe makes a call that answers with one item, or with success and none.
func maybe[T any](ctx context.Context, c *Client, k *call, member string, decode func(*dec) (*T, error)) (*T, error) {
	var item *T
	k.member = func(d *dec, key string) bool {
		// "message" is also the name of the envelope's text.
		if key != member || d.peek() != '{' {
			return false
		}
		item = nil
		raw := d.raw()
		if d.err == nil {
			item, _ = decode(newDec(raw))
		}
		return true
	}
	if err := c.do(ctx, k); err != nil {
		return nil, err
	}
	return item, nil
}

// one makes a call that must answer with one item.
func one[T any](ctx context.Context, c *Client, k *call, member string, decode func(*dec) (*T, error)) (*T, error) {
	item, err := maybe(ctx, c, k, member, decode)
	if err == nil && item == nil {
		return nil, k.fail(KindMalformed, http.StatusOK, "", errors.New("the answer lacks its item"))
	}
	return item, err
}
