package gateway

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Defaults and limits of the client.
const (
	// DefaultTimeout is the deadline of a try when the settings name none.
	DefaultTimeout = 30 * time.Second
	// DefaultRetryAttempts is the total number of tries of a reading call.
	DefaultRetryAttempts = 3
	// StartTimeout is the deadline of StartSession: generation A answers only
	// when the browser is up and has decided between paired and QR (contract §4.2).
	StartTimeout = 150 * time.Second
	// ListTimeout is the deadline of a list of all chats or contacts, which take
	// minutes on large accounts (contract §12.2).
	ListTimeout = 180 * time.Second

	maxRetryAttempts = 10
	// The server closes idle connections after 5 s; reusing one at that moment
	// fails with EOF (contract §3 Time).
	idleConnTimeout     = 4 * time.Second
	dialTimeout         = 10 * time.Second
	tlsHandshakeTimeout = 10 * time.Second
	maxRedirects        = 5
)

// Logger takes the client's few lines: repeated calls, the WebSocket's path.
// *logrus.Entry satisfies it. No line holds the key, a phone or a text.
type Logger interface {
	Debugf(format string, args ...any)
	Warnf(format string, args ...any)
}

// Config is what a client needs. Only BaseURL is required.
type Config struct {
	// BaseURL is the gateway's address: http or https, host, optional port and
	// path; no user, query or fragment. A trailing slash is tolerated.
	BaseURL string
	// APIKey is sent in the x-api-key header; empty sends no header.
	APIKey string
	// Timeout is the deadline of one try, reading the body included; 0 means
	// DefaultTimeout. StartSession and the whole lists have their own.
	Timeout time.Duration
	// FileTimeout is how long a file that was sent may take to be answered; 0 means
	// two minutes.
	FileTimeout time.Duration
	// RetryAttempts is the total number of tries of reading calls; 0 means
	// DefaultRetryAttempts, 1 never repeats.
	RetryAttempts int
	// RetryWait is the first pause between tries, doubled each time up to 30 s;
	// 0 means one second.
	RetryWait time.Duration
	// UserAgent is sent as User-Agent; empty means "buzon".
	UserAgent string
	// Logger may be nil.
	Logger Logger
	// Transport replaces the client's own transports, for tests; nil in
	// production. It then serves all calls.
	Transport http.RoundTripper
}

// Client calls one gateway with one key. Make it with New or Unavailable.
type Client struct {
	base        *url.URL
	secret      string
	agent       string
	timeout     time.Duration
	fileTimeout time.Duration // from the last byte of a file to the answer
	tries       int
	wait        time.Duration
	log         Logger
	off         *Error // set: every call fails with it

	pooled http.RoundTripper // reading calls
	once   http.RoundTripper // a connection per call: net/http repeats nothing on those
	owned  []*http.Transport // to free at Close

	generation  atomic.Value // Generation
	wsStyle     atomic.Int32 // which WebSocket path worked
	noMediaData atomic.Bool  // the gateway has no downloadMediaAsData
	dated       atomic.Pointer[dated]

	life   context.Context // ends at Close
	end    context.CancelFunc
	mu     sync.Mutex
	closed bool
	starts map[string]*startFlight
	busy   sync.WaitGroup
}

// New checks the configuration and makes a client; it makes no request. The
// error's kind is NotConfigured for an empty address and InvalidRequest for
// one that cannot be used.
func New(cfg Config) (*Client, error) {
	base, err := parseBase(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	if strings.ContainsFunc(cfg.APIKey, func(r rune) bool { return r < ' ' || r == 0x7f || r > 0xff }) {
		return nil, &Error{Op: "New", Kind: KindInvalidRequest, Err: errors.New("the API key holds characters that a header cannot carry")}
	}
	c := newClient()
	c.base = base
	c.secret = cfg.APIKey
	c.agent = cfg.UserAgent
	if c.agent == "" {
		c.agent = "buzon"
	}
	c.timeout = positive(cfg.Timeout, DefaultTimeout)
	c.fileTimeout = positive(cfg.FileTimeout, sendFileTimeout)
	c.wait = positive(cfg.RetryWait, time.Second)
	c.tries = min(positive(cfg.RetryAttempts, DefaultRetryAttempts), maxRetryAttempts)
	c.log = cfg.Logger
	if c.log == nil {
		c.log = silent{}
	}
	c.setTransports(cfg.Transport)
	return c, nil
}

// Unavailable makes a client whose every call fails with kind, which is
// KindDisabled, KindNotConfigured or KindKeyUnreadable, and which never touches the network.
func Unavailable(kind Kind) *Client {
	c := newClient()
	c.base = &url.URL{Scheme: "http", Host: "unavailable.invalid"}
	c.log = silent{}
	c.off = &Error{Kind: kind, unsent: true, permanent: true}
	return c
}

func newClient() *Client {
	c := &Client{starts: make(map[string]*startFlight)}
	c.life, c.end = context.WithCancel(context.Background())
	return c
}

// Close ends a start that is under way, waits for it and frees idle
// connections. The client must not be used afterwards.
func (c *Client) Close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.end()
	c.busy.Wait()
	for _, t := range c.owned {
		t.CloseIdleConnections()
	}
}

func (c *Client) setTransports(override http.RoundTripper) {
	if override != nil {
		c.pooled, c.once = override, override
		return
	}
	pooled := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           8,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        idleConnTimeout,
		TLSHandshakeTimeout:    tlsHandshakeTimeout,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 1 << 20,
	}
	once := pooled.Clone()
	once.DisableKeepAlives = true
	c.pooled, c.once = pooled, once
	c.owned = []*http.Transport{pooled, once}
}

func parseBase(raw string) (*url.URL, error) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return nil, &Error{Op: "New", Kind: KindNotConfigured}
	}
	bad := func(why string) error {
		return &Error{Op: "New", Kind: KindInvalidRequest, Err: fmt.Errorf("gateway address: %s", why)}
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		// The parser's words quote the text, which may hold a password.
		return nil, bad("not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, bad("must begin with http:// or https://")
	case u.Hostname() == "":
		return nil, bad("has no host")
	case u.User != nil:
		return nil, bad("must not hold a user or password")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, bad("must not hold a query")
	case u.Fragment != "":
		return nil, bad("must not hold a fragment")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/")}, nil
}

// sessionName is the gateway's own pattern with a cap that file names bear.
var sessionName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// ValidSessionName says whether the gateway takes the name: letters, digits,
// "_" and "-", at most 100.
func ValidSessionName(name string) bool { return sessionName.MatchString(name) }

func positive[T int | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

type silent struct{}

func (silent) Debugf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
