package cli

import (
	"context"
	"time"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store/sample"
	"github.com/xappiens/buzon/resources/translations"
)

// progressEvery is how often the filling of a store is told of.
const progressEvery = 2 * time.Second

// fillStore makes a data folder with a store of invented data in it.
func (c *command) fillStore(ctx context.Context, dir string, f simulateFlags) error {
	config := sample.Config{
		Session: model.SessionName(f.session), Contacts: f.config.Contacts, Conversations: f.config.Conversations,
		Messages: f.config.Messages, Seed: uint64(f.config.Seed),
	}
	if err := config.Validate(); err != nil {
		return &usageError{err}
	}
	c.dataDir = dir
	return c.with(ctx, app.ModeCommand, func(ctx context.Context, a *app.App) error {
		var told time.Time
		filled, err := sample.Fill(ctx, a.Store, config, func(done, total int) {
			if time.Since(told) >= progressEvery {
				told = time.Now()
				_ = printf(c.streams.Err, "%s\n", c.text.T("cli.simulate.filling", translations.Data{"Done": done, "Total": total}))
			}
		})
		if err != nil {
			return err
		}
		_ = printf(c.streams.Err, "%s\n", c.text.T("cli.simulate.filled", translations.Data{"Session": filled.Session.Name, "Dir": dir}))
		return nil
	})
}
