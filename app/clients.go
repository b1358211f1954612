package app

import (
	"context"
	"sync"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// clients keeps the gateway's client of the present settings. It is made when
// it is first needed, because reading the key can wait for a keyring.
type clients struct {
	settings func() model.Settings
	secrets  *Secrets
	log      *logrus.Entry
	file     time.Duration // for the answer to a file; 0 = the client's own

	mu      sync.Mutex
	current *gateway.Client
	made    model.Settings // that the current one was made with
	key     string         // the same
}

// get returns the client; one without a gateway fails every call with the reason.
func (c *clients) get(ctx context.Context) *gateway.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current != nil {
		return c.current
	}
	c.made = c.settings()
	key, _, err := c.secrets.Key(ctx)
	if err != nil {
		// Without the key every answer would blame it; it is tried again at the next call.
		c.log.WithError(err).Warn("read the API key")
		return gateway.Unavailable(gateway.KindKeyUnreadable)
	}
	c.current, c.key = c.make(c.made, key), key
	return c.current
}

func (c *clients) make(s model.Settings, key string) *gateway.Client {
	if !s.Enabled {
		return gateway.Unavailable(gateway.KindDisabled)
	}
	if s.BaseURL == "" {
		return gateway.Unavailable(gateway.KindNotConfigured)
	}
	client, err := gateway.New(gateway.Config{
		BaseURL: s.BaseURL, APIKey: key, Timeout: s.Timeout(), FileTimeout: c.file, RetryAttempts: s.RetryAttempts,
		UserAgent: "Buzon/" + Version, Logger: c.log,
	})
	if err != nil {
		c.log.WithError(err).Warn("use the gateway's address")
		return gateway.Unavailable(gateway.KindNotConfigured)
	}
	return client
}

// renew makes the next get use the settings as they are then. Unless the key
// changed, a client whose settings did not change stays: closing it would end a
// start that is under way.
func (c *clients) renew(keyChanged bool) {
	now := c.settings()
	c.mu.Lock()
	old := c.current
	if old != nil && !keyChanged && sameGateway(c.made, now) {
		c.mu.Unlock()
		return
	}
	c.current = nil
	c.mu.Unlock()
	if old != nil {
		old.Close()
	}
}

// renewFor is renew when the key is another than that of the present client, and
// tells whether it was.
func (c *clients) renewFor(key string) bool {
	c.mu.Lock()
	stale := c.current != nil && c.key != key
	c.mu.Unlock()
	if stale {
		c.renew(true)
	}
	return stale
}

// sameGateway tells whether a client made with a serves for b.
func sameGateway(a, b model.Settings) bool {
	return a.Enabled == b.Enabled && a.BaseURL == b.BaseURL && a.TimeoutSeconds == b.TimeoutSeconds && a.RetryAttempts == b.RetryAttempts
}

func (c *clients) close() { c.renew(true) }
