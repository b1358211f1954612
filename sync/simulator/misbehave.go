package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// recorder notes the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// WriteHeader notes the status.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// held keeps a whole answer back so that it can be damaged.
type held struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func hold(answer func(http.ResponseWriter)) *held {
	h := &held{header: http.Header{}, status: http.StatusOK}
	answer(h)
	return h
}

// Header gives the headers that are held back.
func (h *held) Header() http.Header { return h.header }

// WriteHeader notes the status.
func (h *held) WriteHeader(status int) { h.status = status }

func (h *held) Write(b []byte) (int, error) { return h.body.Write(b) }

func (h *held) copyHeader(to http.Header) {
	for k, v := range h.header {
		to[k] = v
	}
}

// slowPiece and slowPause make an answer of FaultSlow trickle.
const (
	slowPiece = 512
	slowPause = 20 * time.Millisecond
)

// misbehave performs a fault. nth is how often its rule has struck.
func (s *Server) misbehave(w *recorder, r *http.Request, t target, f Fault, nth int, answer func(http.ResponseWriter)) {
	if f.waits() && !s.pause(r.Context(), f.Delay) {
		return
	}
	if s.disturb(w, r, t, f, answer) {
		return
	}
	switch f.Kind {
	case FaultRefuse:
		panic(http.ErrAbortHandler)
	case FaultStall:
		s.stall(r, t.route)
	case FaultReset:
		s.reset(w, hold(answer))
	case FaultTruncate:
		s.truncate(w, hold(answer))
	case FaultSlow:
		s.trickle(w, r, f, hold(answer))
	case FaultWrongTypes, FaultNulls:
		s.distort(w, f, hold(answer))
	default:
		if !s.refuseWith(w, r, t, f, nth) {
			answer(w) // the handler obeys the other kinds
		}
	}
}

// refuseWith answers the kinds that are a status with its body.
func (s *Server) refuseWith(w http.ResponseWriter, r *http.Request, t target, f Fault, nth int) bool {
	switch f.Kind {
	case FaultAccepted500, FaultNoMessage, FaultEmptyList, FaultShortList, FaultMixedList:
		return false
	}
	_, _ = io.Copy(io.Discard, r.Body) // the server takes the whole request before it looks at it
	switch f.Kind {
	case FaultHTML, Fault502, Fault503:
		proxyPage(w, f, nth)
	case Fault400:
		sendPage(w, http.StatusBadRequest, "Bad Request")
	case Fault413:
		sendPage(w, http.StatusRequestEntityTooLarge, "Payload Too Large")
	case Fault403:
		sendJSON(w, r, http.StatusForbidden, errorBody("Invalid API key"))
	case Fault404:
		sendJSON(w, r, http.StatusNotFound, errorBody("session_not_connected"))
	case Fault422:
		sendJSON(w, r, http.StatusUnprocessableEntity, errorBody("Session should be alphanumerical or -"))
	case Fault429:
		w.Header().Set("Retry-After", strconv.Itoa(max(f.RetryAfter, 1)))
		sendJSON(w, r, http.StatusTooManyRequests, errorBody("Too many requests"))
	case Fault500:
		sendJSON(w, r, http.StatusInternalServerError, errorBody(s.exception(t, f, nth)))
	default:
		return false
	}
	return true
}

// exception gives a real text of contract §12 for a route.
func (s *Server) exception(t target, f Fault, nth int) string {
	if f.Message != "" {
		return f.Message
	}
	general := []string{
		"r", "Cannot read properties of undefined (reading 'getChat')", "Attempted to use detached Frame '8A7F0C1E'.",
		"Runtime.callFunctionOn timed out. Increase the 'protocolTimeout' setting in launch/connect calls for a higher timeout if needed.",
		"Protocol error (Runtime.callFunctionOn): Target closed.",
	}
	text := general[nth%len(general)]
	if nth%2 == 1 {
		switch {
		case strings.HasSuffix(t.route, "/getContacts"):
			text = "window.WWebJS.getIsMyContact is not a function"
		case strings.HasSuffix(t.route, "/getProfilePicUrl"):
			text = "Cannot read properties of undefined (reading 'isNewsletter')"
		case strings.HasSuffix(t.route, "/sendSeen"), strings.HasSuffix(t.route, "/sendMessage"):
			text = "Cannot read properties of undefined (reading 'markedUnread')"
		case strings.HasSuffix(t.route, "/fetchMessages"):
			text = "Cannot read properties of undefined (reading 'waitForChatLoading')"
		}
	}
	return s.thrown(text)
}

// proxyPage is what a reverse proxy in front of a missing server answers.
func proxyPage(w http.ResponseWriter, f Fault, nth int) {
	status := http.StatusBadGateway
	switch {
	case f.Kind == Fault503:
		status = http.StatusServiceUnavailable
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
	case f.Kind == FaultHTML && (f.Status == http.StatusOK || f.Status == 0 && nth%2 == 0):
		status = http.StatusOK
	}
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	if status == http.StatusOK {
		title = "Welcome to nginx!"
	}
	w.Header().Set("Content-Type", "text/html")
	w.Header().Set("Server", "nginx")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<html>\r\n<head><title>%[1]s</title></head>\r\n<body>\r\n<center><h1>%[1]s</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n", title)
}

// reset sends half of the answer and then an RST instead of an end.
func (s *Server) reset(w *recorder, h *held) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(rw, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", h.status, http.StatusText(h.status), jsonType, h.body.Len())
	_, _ = rw.Write(h.body.Bytes()[:h.body.Len()/2])
	_ = rw.Flush()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

func (s *Server) truncate(w http.ResponseWriter, h *held) {
	h.copyHeader(w.Header())
	w.Header().Set("Content-Length", strconv.Itoa(h.body.Len()))
	w.WriteHeader(h.status)
	_, _ = w.Write(h.body.Bytes()[:h.body.Len()/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func (s *Server) trickle(w http.ResponseWriter, r *http.Request, f Fault, h *held) {
	h.copyHeader(w.Header())
	w.WriteHeader(h.status)
	for body := h.body.Bytes(); len(body) > 0; {
		n := min(len(body), slowPiece)
		if _, err := w.Write(body[:n]); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
		body = body[n:]
		if !s.pause(r.Context(), positive(f.Delay, slowPause)) {
			return
		}
	}
}

// distort changes every seventh member and every fifth list item of a JSON answer to
// null or to another type. The envelope's success stays.
func (s *Server) distort(w http.ResponseWriter, f Fault, h *held) {
	var v any
	if err := json.Unmarshal(h.body.Bytes(), &v); err == nil {
		d := distorter{nulls: f.Kind == FaultNulls}
		if damaged, err := json.Marshal(d.walk(v, 0)); err == nil {
			h.body.Reset()
			h.body.Write(damaged)
		}
	}
	h.copyHeader(w.Header())
	w.Header().Del("ETag")
	w.Header().Set("Content-Length", strconv.Itoa(h.body.Len()))
	w.WriteHeader(h.status)
	_, _ = w.Write(h.body.Bytes())
}
