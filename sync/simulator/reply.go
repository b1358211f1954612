package simulator

import (
	"crypto/sha1"
	"encoding/base64"
	"html"
	"net/http"
	"net/url"
	"strconv"
)

const (
	jsonType = "application/json; charset=utf-8"
	// streamFrom is how long a JSON answer grows before it is sent in pieces.
	streamFrom = 64 << 10
)

// entityTag is the weak ETag that Express gives a body.
func entityTag(body []byte) string {
	sum := sha1.Sum(body) // as Express does; nothing secret depends on it
	return `W/"` + strconv.FormatInt(int64(len(body)), 16) + "-" + base64.StdEncoding.EncodeToString(sum[:])[:27] + `"`
}

func setCommon(h http.Header) {
	h.Set("X-Powered-By", "Express")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Keep-Alive", "timeout=5")
}

// sendJSON answers with a whole body.
func sendJSON(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	h := w.Header()
	setCommon(h)
	tag := entityTag(body)
	h.Set("ETag", tag)
	if status == http.StatusOK && (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", jsonType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone: nobody is left to tell
}

// sendPage answers with the error page of Express.
func sendPage(w http.ResponseWriter, status int, text string) {
	body := "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>" +
		html.EscapeString(text) + "</pre>\n</body>\n</html>\n"
	h := w.Header()
	setCommon(h)
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

// noRoute is the page for a path that this server version does not have.
func noRoute(w http.ResponseWriter, r *http.Request) {
	sendPage(w, http.StatusNotFound, "Cannot "+r.Method+" "+(&url.URL{Path: r.URL.Path}).EscapedPath())
}

// call is one request that has passed the refusals.
type call struct {
	srv    *Server
	w      http.ResponseWriter
	r      *http.Request
	s      *session
	route  string // "POST /client/sendMessage"
	method string // the last part of the route
	body   map[string]any
	fault  Fault // only the kinds that handlers obey
}

// succeed answers 200 {"success":true} with members that start with their comma.
func (c *call) succeed(members []byte) {
	body := append([]byte(`{"success":true`), members...)
	sendJSON(c.w, c.r, http.StatusOK, append(body, '}'))
}

func (c *call) succeedBool(name string, v bool) { c.succeed(appendBool(nil, name, v)) }

func (c *call) succeedText(name, v string) { c.succeed(appendText(nil, name, v)) }

// refuse answers 200 {"success":false,"message":…}, as three session calls do.
func (c *call) refuse(message string) {
	sendJSON(c.w, c.r, http.StatusOK, append(appendText([]byte(`{"success":false`), "message", message), '}'))
}

// fail answers with an error.
func (c *call) fail(status int, text string) {
	sendJSON(c.w, c.r, status, errorBody(text))
}

// throw answers 500 with the text of an exception on the page. The older server's
// browser driver adds a prefix and the page's stack.
func (c *call) throw(text string) {
	c.fail(http.StatusInternalServerError, c.srv.thrown(text))
}

func (s *Server) thrown(text string) string {
	if s.cfg.Flavour != FlavourC {
		return text
	}
	return "Evaluation failed: Error: " + text + "\n    at __puppeteer_evaluation_script__:2:31"
}

func errorBody(text string) []byte {
	return append(appendText([]byte(`{"success":false`), "error", text), '}')
}

// stream is a JSON answer that is sent in pieces once it has grown.
type stream struct {
	call    *call
	buf     []byte
	started bool
	broken  bool // the client is gone
}

func (c *call) stream(head string) *stream {
	return &stream{call: c, buf: append(make([]byte, 0, streamFrom+8<<10), head...)}
}

// more sends what has gathered, when it is much. It is false when the client is gone.
func (s *stream) more() bool {
	if len(s.buf) < streamFrom || s.broken {
		return !s.broken
	}
	if !s.started {
		h := s.call.w.Header()
		setCommon(h)
		h.Set("Content-Type", jsonType)
		h.Set("ETag", entityTag(s.buf))
		s.started = true
	}
	if _, err := s.call.w.Write(s.buf); err != nil {
		s.broken = true
	}
	s.buf = s.buf[:0]
	return !s.broken
}

func (s *stream) end() {
	if !s.started {
		sendJSON(s.call.w, s.call.r, http.StatusOK, s.buf)
		return
	}
	if !s.broken {
		_, _ = s.call.w.Write(s.buf)
	}
}

// text gives a text member of the body, empty when it is of another type.
func (c *call) text(name string) string {
	s, _ := c.body[name].(string)
	return s
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}
