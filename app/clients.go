package app

import (
	"context"
	"sync"

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

	mu      sync.Mutex
	current *gateway.Client
}

// get returns the client; one without a gateway fails every call with the reason.
func (c *clients) get(ctx context.Context) *gateway.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current == nil {
		c.current = c.make(ctx)
	}
	return c.current
}

func (c *clients) make(ctx context.Context) *gateway.Client {
	s := c.settings()
	if !s.Enabled {
		return gateway.Unavailable(gateway.KindDisabled)
	}
	if s.BaseURL == "" {
		return gateway.Unavailable(gateway.KindNotConfigured)
	}
	key, _, err := c.secrets.Key(ctx)
	if err != nil {
		c.log.WithError(err).Warn("read the API key") // the gateway then says that it is missing
	}
	client, err := gateway.New(gateway.Config{
		BaseURL: s.BaseURL, APIKey: key, Timeout: s.Timeout(), RetryAttempts: s.RetryAttempts,
		UserAgent: "Buzon/" + Version, Logger: c.log,
	})
	if err != nil {
		c.log.WithError(err).Warn("use the gateway's address")
		return gateway.Unavailable(gateway.KindNotConfigured)
	}
	return client
}

// renew makes the next get use the settings as they are then. Calls that are
// under way end with the client that they began with.
func (c *clients) renew() {
	c.mu.Lock()
	old := c.current
	c.current = nil
	c.mu.Unlock()
	if old != nil {
		old.Close()
	}
}

func (c *clients) close() { c.renew() }
