package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/skip2/go-qrcode"
	"github.com/spf13/cobra"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/sync/gateway"
)

const (
	// pairingPatience is how long "start --wait" waits for the phone.
	pairingPatience = 10 * time.Minute
	// lookAgain is how often a waiting command looks, should an event be missed.
	lookAgain = time.Second
	// qrPixels is the side of a QR that is written to a file.
	qrPixels = 512
)

func (c *command) sessionCommand() *cobra.Command {
	list := &cobra.Command{
		Use: "list", Short: c.text.T("cli.session.list"), Args: c.args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.with(cmd.Context(), app.ModeRead, c.listSessions)
		},
	}
	var wait bool
	var patience time.Duration
	start := c.onSession("start NAME", c.text.T("cli.session.start"), true, func(ctx context.Context, a *app.App, s model.Session) error {
		return c.startSession(ctx, a, s, wait, patience)
	})
	start.Flags().BoolVar(&wait, "wait", false, c.text.T("cli.flag.wait"))
	start.Flags().DurationVar(&patience, "timeout", pairingPatience, c.text.T("cli.flag.timeout"))
	status := c.onSession("status NAME", c.text.T("cli.session.status"), true, func(ctx context.Context, a *app.App, s model.Session) error {
		now, err := a.Sessions.CheckStatus(ctx, s.ID)
		if err != nil {
			return err
		}
		return c.printSession(now)
	})
	var png string
	qr := c.onSession("qr NAME", c.text.T("cli.session.qr"), true, func(ctx context.Context, a *app.App, s model.Session) error {
		return c.showQR(ctx, a, s, png)
	})
	qr.Flags().StringVar(&png, "png", "", c.text.T("cli.flag.png"))
	stop := c.simpleSession("stop NAME", c.text.T("cli.session.stop"), func(a *app.App) sessionCall { return a.Sessions.Disconnect })
	restart := c.simpleSession("restart NAME", c.text.T("cli.session.restart"), func(a *app.App) sessionCall {
		return func(ctx context.Context, id model.SessionID) error {
			if err := a.Sessions.Reconnect(ctx, id); err != nil {
				return err
			}
			return a.Sessions.WaitLaunch(ctx, id)
		}
	})
	logout := c.simpleSession("logout NAME", c.text.T("cli.session.logout"), func(a *app.App) sessionCall { return a.Sessions.Logout })
	return c.group("session", c.text.T("cli.session.short"), list, start, status, qr, stop, restart, logout)
}

type sessionCall func(ctx context.Context, id model.SessionID) error

// onSession returns a command on one session, which needs the gateway.
func (c *command) onSession(use, short string, create bool, f func(context.Context, *app.App, model.Session) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: c.args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.with(cmd.Context(), app.ModeCommand, func(ctx context.Context, a *app.App) error {
				s, err := a.Sessions.ByName(ctx, model.SessionName(args[0]), create)
				if err != nil {
					return err
				}
				return f(ctx, a, s)
			})
		},
	}
}

// simpleSession returns a command that does one thing and shows the state after it.
func (c *command) simpleSession(use, short string, call func(*app.App) sessionCall) *cobra.Command {
	return c.onSession(use, short, true, func(ctx context.Context, a *app.App, s model.Session) error {
		if err := call(a)(ctx, s.ID); err != nil {
			return err
		}
		now, err := a.Sessions.CheckStatus(ctx, s.ID)
		if err != nil {
			return err
		}
		return c.printSession(now)
	})
}

// stateText returns the words for a state.
//
// translations: cli.state.*
func (c *command) stateText(s model.SessionState) string { return c.text.T("cli.state." + string(s)) }

func (c *command) printSession(s model.Session) error {
	return c.print(s, func(w io.Writer) error {
		return printf(w, "%s: %s %s %s\n", s.Name, c.stateText(s.State), s.Phone.Plus(), s.PushName)
	})
}

func (c *command) listSessions(ctx context.Context, a *app.App) error {
	sessions, err := a.Sessions.List(ctx)
	if err != nil {
		return err
	}
	if sessions == nil {
		sessions = []model.Session{}
	}
	return c.print(sessions, func(w io.Writer) error {
		for _, s := range sessions {
			if err := printf(w, "%-24s %-28s %-16s %s\n", s.Name, c.stateText(s.State), s.Phone.Plus(), s.PushName); err != nil {
				return err
			}
		}
		return nil
	})
}

// startSession starts a session. With wait, it shows each new QR and returns
// when the phone is connected.
func (c *command) startSession(ctx context.Context, a *app.App, s model.Session, wait bool, patience time.Duration) error {
	if err := a.Sessions.Connect(ctx, s.ID); err != nil {
		return err
	}
	if !wait {
		if err := a.Sessions.WaitLaunch(ctx, s.ID); err != nil {
			return err
		}
		now, err := a.Sessions.CheckStatus(ctx, s.ID)
		if err != nil {
			return err
		}
		return c.printSession(now)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	shown := ""
	now, err := c.follow(ctx, a, s.ID, func(now model.Session) (bool, error) {
		if qr, ok := a.Sessions.QR(s.ID); ok && qr.Text != shown {
			shown = qr.Text
			if err := c.drawQR(c.streams.Err, qr.Text); err != nil {
				return false, err
			}
		}
		if now.State == model.StateStopped { // the start may have failed for good
			if err := a.Sessions.WaitLaunch(ctx, s.ID); err != nil {
				return false, err
			}
		}
		return now.State == model.StateConnected && now.JID != "", nil
	})
	if err != nil {
		return err
	}
	return c.printSession(now)
}

// follow calls f whenever the session may have changed, until it says that it is done.
func (c *command) follow(ctx context.Context, a *app.App, id model.SessionID, f func(model.Session) (bool, error)) (model.Session, error) {
	box := a.Events.Subscribe()
	defer box.Close()
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		s, err := a.Sessions.Get(ctx, id)
		if err != nil {
			return s, err
		}
		if done, err := f(s); done || err != nil {
			return s, err
		}
		if err := c.await(ctx, box, tick.C); err != nil {
			return s, err
		}
	}
}

func (c *command) await(ctx context.Context, box *event.Mailbox, tick <-chan time.Time) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-box.Ready():
		box.Take()
	case <-tick:
	}
	return nil
}

func (c *command) drawQR(w io.Writer, text string) error {
	code, err := qrcode.New(text, qrcode.Low)
	if err != nil {
		return fmt.Errorf("draw the QR: %w", err)
	}
	return printf(w, "%s\n%s\n", c.text.T("cli.session.scan"), code.ToSmallString(false))
}

// showQR shows the QR of a session that waits for one, in the terminal or as a file.
func (c *command) showQR(ctx context.Context, a *app.App, s model.Session, png string) error {
	now, err := a.Sessions.CheckStatus(ctx, s.ID)
	if err != nil {
		return err
	}
	qr, ok := a.Sessions.QR(s.ID)
	if !ok {
		kind := gateway.KindSessionNotConnected
		switch now.State {
		case model.StateConnected:
			kind = gateway.KindAlreadyExists
		case model.StateStopped:
			kind = gateway.KindSessionNotFound
		case model.StateBroken:
			kind = gateway.KindSessionBroken
		}
		return &gateway.Error{Op: "QR", Kind: kind, Message: now.StateDetail}
	}
	if png != "" {
		image, err := qrcode.Encode(qr.Text, qrcode.Medium, qrPixels)
		if err != nil {
			return fmt.Errorf("draw the QR: %w", err)
		}
		if err := os.WriteFile(png, image, 0o600); err != nil {
			return fmt.Errorf("write the QR: %w", err)
		}
	}
	return c.print(map[string]string{"qr": qr.Text, "png": png}, func(w io.Writer) error {
		if png != "" {
			return printf(w, "%s\n", c.text.T("cli.session.qr_written", translations.Data{"Path": png}))
		}
		return c.drawQR(w, qr.Text)
	})
}
