package app

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/sync/gateway"
)

type (
	// Check is what one look found; its title is the text doctor.check.<name>.
	Check = model.Check
	// CheckStatus is how a look ended.
	CheckStatus = model.CheckStatus
)

// The outcomes of a check.
const (
	CheckOK      = model.CheckOK
	CheckWarning = model.CheckWarning
	CheckFailed  = model.CheckFailed
	CheckSkipped = model.CheckSkipped
)

// The names of the checks, in the order in which they are made.
//
//translations:doctor.check.*
const (
	CheckDataFolder  = "data_folder"
	CheckFreeSpace   = "free_space"
	CheckStore       = "store"
	CheckSettings    = "settings"
	CheckEnabled     = "enabled"
	CheckKeyring     = "keyring"
	CheckKey         = "key"
	CheckEnvironment = "environment"
	CheckAddress     = "address"
	CheckPlainHTTP   = "plain_http"
	CheckDNS         = "dns"
	CheckPort        = "port"
	CheckPing        = "ping"
	CheckClock       = "clock"
	CheckKeyAccepted = "key_accepted"
	CheckProxy       = "proxy"
	CheckTLS         = "tls"
	CheckOpenDoor    = "open_door" // whether the gateway serves who has no key
	CheckCalls       = "calls"     // which of the calls that not every gateway has

	// Of each session; Subject says which.
	CheckSession    = "session"
	CheckWebVersion = "web_version"
	CheckChats      = "chats"     // how long the list of chats takes
	CheckSocket     = "socket"    // the stream of events
	CheckTicks      = "ticks"     // whether events tell how far own messages have come
	CheckSeen       = "seen"      // whether the gateway marks everything as read
	CheckCondition  = "condition" // what the running window has named
)

// Limits of the checks.
const (
	checkWait    = 10 * time.Second // for each
	storeWait    = time.Minute      // a large store takes its time to be read through
	leastFree    = 200 << 20        // bytes below which a warning is due
	maxClockSkew = 2 * time.Minute
	maxSessions  = 50 // whose state is asked
)

// DoctorStore is what the doctor needs of a store.
type DoctorStore interface {
	Check(ctx context.Context) error
	Size() (int64, error)
	Sessions(ctx context.Context) ([]model.Session, error)
	Close() error
	DoctorEvidence
}

// DoctorEvidence is what a store tells of how the gateway behaves over time.
type DoctorEvidence interface {
	LiveReport(ctx context.Context, id model.SessionID) (model.LiveReport, error)
	SeenEvidence(ctx context.Context, id model.SessionID, since model.Stamp) (unread, read, here int, err error)
}

var errNoEvidence = errors.New("nothing is known of it")

// DoctorConfig says what to look at.
type DoctorConfig struct {
	Paths     Paths
	Settings  *SettingsStore
	Secrets   *Secrets
	Redactor  *Redactor                                                            // nil = one that knows no secret
	OpenStore func(ctx context.Context, readOnly bool) (DoctorStore, error)        // nil = the store at Paths
	FreeSpace func(dir string) (uint64, error)                                     // nil = the system's
	Transport http.RoundTripper                                                    // nil = the network
	Resolve   func(ctx context.Context, host string) (addrs []string, e error)     // nil = the system's
	Dial      func(ctx context.Context, address string) (closeNow func(), e error) // nil = TCP
	Proxy     func(*http.Request) (*url.URL, error)                                // nil = the environment's, unless Transport is set
	StoreWait time.Duration                                                        // for looking through the store; 0 = a minute
	Environ   func() []string                                                      // nil = os.Environ
	Now       func() time.Time                                                     // nil = time.Now

	// Conditions tells what the running window has named; nil where none runs.
	Conditions func(id model.SessionID) []model.Condition
	// Live tells what the running window has learned from events; nil where none runs.
	Live func(id model.SessionID) model.LiveState
	// SocketOpened hears that the stream of events of a session could be opened; nil
	// where nobody listens. It must not block.
	SocketOpened func(id model.SessionID)
}

// Doctor looks at everything between this program and the gateway and says for
// each whether it works and what to do when it does not. It changes nothing.
type Doctor struct {
	c DoctorConfig
}

// NewDoctor returns a doctor. It starts nothing.
func NewDoctor(c DoctorConfig) *Doctor {
	if c.Redactor == nil {
		c.Redactor = &Redactor{}
	}
	if c.OpenStore == nil {
		c.OpenStore = func(ctx context.Context, readOnly bool) (DoctorStore, error) {
			return store.Open(ctx, store.Options{Path: c.Paths.StoreFile, ReadOnly: readOnly})
		}
	}
	if c.FreeSpace == nil {
		c.FreeSpace = freeSpace
	}
	if c.Resolve == nil {
		c.Resolve = resolveHost
	}
	if c.Dial == nil {
		c.Dial = dialTCP
	}
	if c.Proxy == nil && c.Transport == nil {
		c.Proxy = http.ProxyFromEnvironment
	}
	if c.Environ == nil {
		c.Environ = os.Environ
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.StoreWait == 0 {
		c.StoreWait = storeWait
	}
	return &Doctor{c: c}
}

// Run makes all checks, one after the other, hands each to report as soon as it
// is done, and returns them all. Each has a deadline of its own; when ctx ends,
// those that are left fail. report may be nil.
func (d *Doctor) Run(ctx context.Context, report func(Check)) []Check {
	r := &checkup{Doctor: d, report: report}
	defer r.end()
	r.local(ctx)
	r.remote(ctx)
	return r.done
}

// checkup is one run of the checks, with what the earlier ones found out.
type checkup struct {
	*Doctor
	report func(Check)
	done   []Check

	settings model.Settings
	key      string
	sessions []model.SessionName

	ids        map[model.SessionName]model.SessionID // of those that the store holds
	evidence   DoctorEvidence                        // nil when there is no store to ask
	closeStore func()
	generation gateway.Generation
	subject    string // the session in work
	connected  bool   // it is
}

// end gives back what the checks held open.
func (r *checkup) end() {
	if r.closeStore != nil {
		r.closeStore()
	}
}

// finding is what a check has found.
type finding struct {
	status CheckStatus
	detail string
	reason string
	cure   string
	says   string
	count  int // in what it says
}

// saying adds the sentence that says what is wrong.
func (f finding) saying(key string) finding { f.says = key; return f }

// because keeps the words of an error. They are English, or the system's language,
// and no text for an owner.
func (f finding) because(err error) finding { f.reason = err.Error(); return f }

func ok(detail string) finding { return finding{status: CheckOK, detail: detail} }
func warning(detail, cure string) finding {
	return finding{status: CheckWarning, detail: detail, cure: cure}
}
func failed(detail, cure string) finding {
	return finding{status: CheckFailed, detail: detail, cure: cure}
}
func skipped() finding { return finding{status: CheckSkipped} }

// look makes one check within its time and tells whether it did not fail.
func (r *checkup) look(ctx context.Context, name string, wait time.Duration, f func(context.Context) finding) bool {
	began := r.c.Now()
	limited, cancel := context.WithTimeout(ctx, wait)
	found := f(limited)
	cancel()
	check := Check{
		Name: name, Subject: r.subject, Status: found.status, Detail: model.CleanLine(r.c.Redactor.Secrets(found.detail), 500),
		Reason: model.CleanLine(r.c.Redactor.Secrets(found.reason), 500), Cure: found.cure, Says: found.says, Count: found.count, DurationMS: r.c.Now().Sub(began).Milliseconds(),
	}
	r.done = append(r.done, check)
	if r.report != nil {
		r.report(check)
	}
	return found.status == CheckOK || found.status == CheckWarning
}

// skip notes checks that an earlier failure made pointless.
func (r *checkup) skip(ctx context.Context, names ...string) {
	for _, name := range names {
		r.look(ctx, name, checkWait, func(context.Context) finding { return skipped() })
	}
}

// problemFinding returns the finding for an error: what is wrong and the cure, in
// the words of its kind.
//
//translations:problem.*
func problemFinding(err error) finding {
	p := Describe(err)
	found := failed("", "problem."+string(p.Kind)+".do").saying("problem." + string(p.Kind) + ".why")
	found.reason = p.Detail
	return found
}
