package simulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// route is one call of the gateway.
type route struct {
	onlyA  bool
	named  bool // has a session name
	guard  bool // needs a usable session
	send   bool // makes a message
	act    bool // changes one
	handle func(*call)
}

// sessionName is the pattern of contract §3 step 4.
var sessionName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// routers are the first path parts whose calls ask for the key.
func isRouter(part string) bool {
	switch part {
	case "session", "client", "chat", "groupchat", "message", "contact", "channel":
		return true
	}
	return false
}

// target is a request's path taken apart.
type target struct {
	router  string // "client"; empty for /ping and unknown paths
	route   string // "POST /client/sendMessage"
	key     string // the route in lower case, as the table has it
	session string
	path    string // without the base path
}

func (s *Server) target(r *http.Request) (target, bool) {
	path, ok := strings.CutPrefix(r.URL.Path, s.cfg.BasePath)
	if !ok || !strings.HasPrefix(path, "/") {
		return target{route: r.Method + " " + r.URL.Path}, false
	}
	parts := strings.Split(strings.TrimSuffix(path[1:], "/"), "/")
	t := target{path: path}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	end := min(len(parts), 2)
	if len(parts) == 4 && strings.EqualFold(parts[3], "image") {
		t.route = method + " /" + strings.Join(parts[:2], "/") + "/image"
	} else {
		t.route = method + " /" + strings.Join(parts[:end], "/")
		if len(parts) > 3 {
			t.route = method + " " + path
		}
	}
	if len(parts) > 2 {
		t.session = parts[2]
	}
	t.key = strings.ToLower(t.route)
	if first := strings.ToLower(parts[0]); isRouter(first) && (first != "channel" || s.cfg.Flavour == FlavourA) {
		t.router = first
	}
	return t, true
}

// taking says what a call would have WhatsApp take.
type taking int

const (
	takesNothing taking = iota
	takesMessage
	takesChange // of a message
)

func (rt route) takes(known bool) taking {
	switch {
	case known && rt.send:
		return takesMessage
	case known && rt.act:
		return takesChange
	}
	return takesNothing
}

// lookup finds the route of a target in this flavour.
func (s *Server) lookup(t target) (route, bool) {
	rt, ok := s.routes[t.key]
	if !ok || (rt.onlyA && s.cfg.Flavour != FlavourA) || rt.named != (t.session != "") {
		return route{}, false
	}
	return rt, true
}

func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		panic(http.ErrAbortHandler)
	}
	defer s.work.Done()
	if s.isDown() {
		panic(http.ErrAbortHandler)
	}
	if s.serveWebSocket(w, r) || s.serveMedia(w, r) || s.serveAccepted(w, r) {
		return
	}
	t, inside := s.target(r)
	head := s.readHead(r)
	n := s.note(RequestLog{
		Time: s.cfg.Now(), Method: r.Method, Path: r.URL.Path, Route: t.route, Session: t.session,
		Query: r.URL.RawQuery, Key: r.Header.Get("X-Api-Key"), Body: head,
	})
	rec := &recorder{ResponseWriter: w}
	rt, known := s.lookup(t)
	fault, nth, struck := s.faults.pick(r.Method, cmp.Or(t.path, r.URL.Path), rt.takes(known))
	defer func() { s.noteEnd(n, rec.status, fault.Kind) }()
	if s.cfg.Latency > 0 && !s.pause(r.Context(), s.cfg.Latency) {
		return
	}
	if skew := s.cfg.ClockSkew; skew != 0 {
		w.Header().Set("Date", s.cfg.Now().Add(skew).UTC().Format(http.TimeFormat))
	}
	answer := func(w http.ResponseWriter) { s.answer(w, r, t, inside, fault) }
	if struck {
		s.misbehave(rec, r, t, fault, nth, answer)
		return
	}
	answer(rec)
}

// readHead takes the first bytes of the body for the log and puts them back.
func (s *Server) readHead(r *http.Request) string {
	head, _ := io.ReadAll(io.LimitReader(r.Body, bodyKept)) // a broken body shows again when it is read
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), r.Body), r.Body}
	return string(head)
}

// answer refuses in the order of contract §3, else calls the handler.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, t target, inside bool, fault Fault) {
	body, status := s.readBody(r)
	if status != 0 {
		refuseBody(w, status)
		return
	}
	if inside && t.key == "get /ping" && t.session == "" {
		sendJSON(w, r, http.StatusOK, []byte(`{"success":true,"message":"pong"}`))
		return
	}
	if body == nil {
		body = map[string]any{}
	}
	if !inside || t.router == "" {
		noRoute(w, r)
		return
	}
	if s.cfg.APIKey != "" && r.Header.Get("X-Api-Key") != s.cfg.APIKey {
		sendJSON(w, r, http.StatusForbidden, errorBody("Invalid API key"))
		return
	}
	rt, ok := s.lookup(t)
	if !ok {
		noRoute(w, r)
		return
	}
	c := &call{srv: s, w: w, r: r, route: t.route, method: t.route[strings.LastIndex(t.route, "/")+1:], body: body, fault: fault}
	if rt.named {
		if !sessionName.MatchString(t.session) {
			c.fail(http.StatusUnprocessableEntity, "Session should be alphanumerical or -")
			return
		}
		c.s = s.session(t.session)
	}
	if rt.guard && !s.usable(c) {
		return
	}
	rt.handle(c)
}

// refuseBody is the page for a body that cannot be read.
func refuseBody(w http.ResponseWriter, status int) {
	w.Header().Set("Connection", "close")
	text := http.StatusText(status)
	if status == http.StatusRequestEntityTooLarge {
		text = "Payload Too Large" // Node's older word
	}
	sendPage(w, status, text)
}

// usable is the check before every data call: the state words as a 404, and a 500
// while the page is connected but not ready.
func (s *Server) usable(c *call) bool {
	now := c.s.enter()
	ok, _, message := c.s.status(now)
	ready := c.s.ready(now)
	c.s.mu.Unlock()
	switch {
	case !ok:
		c.fail(http.StatusNotFound, message)
	case !ready && c.route == "GET /client/getClassInfo":
		c.succeed(nil)
	case !ready:
		text := "Cannot read properties of undefined (reading '" + pageMethod(c.route) + "')"
		if s.cfg.Flavour == FlavourC {
			text = "Evaluation failed: TypeError: " + text + "\n    at __puppeteer_evaluation_script__:2:31"
		}
		c.fail(http.StatusInternalServerError, text)
	default:
		return true
	}
	return false
}

// pageMethod is the page helper whose absence a call reports.
func pageMethod(route string) string {
	_, path, _ := strings.Cut(route, " /")
	router, method, _ := strings.Cut(path, "/")
	switch strings.ToLower(router) {
	case "client":
		return method
	case "contact":
		return "getContact"
	}
	return "getChat"
}

// readBody parses a body as Express does. status is 0, 400 or 413.
func (s *Server) readBody(r *http.Request) (body map[string]any, status int) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // an unknown type is ignored below
	isJSON, isForm := kind == "application/json", kind == "application/x-www-form-urlencoded"
	if !isJSON && !isForm {
		return nil, 0
	}
	limit := s.cfg.MaxAttachment + 1_000_000
	if r.ContentLength > limit {
		return nil, http.StatusRequestEntityTooLarge
	}
	raw, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, limit))
	if err != nil {
		if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
			return nil, http.StatusRequestEntityTooLarge
		}
		return nil, http.StatusBadRequest
	}
	if isForm {
		return formBody(string(raw)), 0
	}
	if len(raw) == 0 {
		return nil, 0
	}
	trimmed := bytes.TrimLeft(raw, " \t\r\n")
	if len(trimmed) == 0 || (trimmed[0] != '{' && trimmed[0] != '[') {
		return nil, http.StatusBadRequest
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, http.StatusBadRequest
	}
	return object(v), 0
}

func formBody(raw string) map[string]any {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil
	}
	body := map[string]any{}
	for name, v := range values {
		body[name] = v[0]
	}
	return body
}
