package app

import (
	"context"
	"net/http"
	"os"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// CheckStatus is how a check ended.
type CheckStatus string

// The outcomes of a check; each is a text doctor.status.<word>.
//
//translations:doctor.status.*
const (
	CheckOK      CheckStatus = "ok"
	CheckWarning CheckStatus = "warning" // works, with something that an owner should know
	CheckFailed  CheckStatus = "failed"
	CheckSkipped CheckStatus = "skipped" // an earlier failure, or a choice, makes it pointless
)

// Check is the result of looking at one thing between here and the gateway.
type Check struct {
	Name       string      `json:"name"` // stable word; its title is the text doctor.check.<name>
	Status     CheckStatus `json:"status"`
	Detail     string      `json:"detail,omitempty"` // facts, no secret
	Cure       string      `json:"-"`                // key of the text that says what to do, "" when nothing is to be done
	DurationMS int64       `json:"duration_ms"`
}

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
	CheckSession     = "session" // one for each session
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
}

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
	Environ   func() []string                                                      // nil = os.Environ
	Now       func() time.Time                                                     // nil = time.Now
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
	if c.Environ == nil {
		c.Environ = os.Environ
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Doctor{c: c}
}

// Run makes all checks, one after the other, hands each to report as soon as it
// is done, and returns them all. Each has a deadline of its own; when ctx ends,
// those that are left fail. report may be nil.
func (d *Doctor) Run(ctx context.Context, report func(Check)) []Check {
	r := &checkup{Doctor: d, report: report}
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
}

// finding is what a check has found.
type finding struct {
	status CheckStatus
	detail string
	cure   string
}

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
		Name: name, Status: found.status, Detail: model.CleanLine(r.c.Redactor.Secrets(found.detail), 500),
		Cure: found.cure, DurationMS: r.c.Now().Sub(began).Milliseconds(),
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

// problem returns the finding for an error, with the cure of its kind.
//
//translations:problem.*
func problemFinding(err error) finding {
	p := Describe(err)
	return failed(p.Detail, "problem."+string(p.Kind)+".do")
}
