package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
)

// watchPage is how many lines of the activity log are looked through for new ones.
const watchPage = 100

// What a line of a watch tells.
const (
	watchActivity = "activity"
	watchMessages = "messages"
	watchSession  = "session"
	watchEvents   = "events"
)

// watchLine is one thing that happened, and with --json one line of standard output.
type watchLine struct {
	At      model.Stamp       `json:"at"`
	Kind    string            `json:"kind"`
	Session model.SessionName `json:"session,omitempty"`
	State   string            `json:"state,omitempty"` // of the session, or of its events
	Detail  string            `json:"detail,omitempty"`
	JID     model.JID         `json:"jid,omitempty"`  // of the conversation
	Name    string            `json:"name,omitempty"` // of the conversation
	New     int               `json:"new,omitempty"`  // messages from others
	Action  string            `json:"action,omitempty"`
	Outcome string            `json:"outcome,omitempty"`
	Error   string            `json:"error,omitempty"`
	Created int               `json:"created,omitempty"`
	Updated int               `json:"updated,omitempty"`
}

// watcher prints what happens until its context ends.
type watcher struct {
	c    *command
	a    *app.App
	last model.ActivityID
	seen map[model.SessionID]watched
}

// watched is what was last told of a session.
type watched struct {
	state model.SessionState
	live  model.LiveStatus
}

// watch keeps sessions in step with the gateway, all of them when none is named,
// until it is interrupted.
func (c *command) watch(ctx context.Context, names []string) error {
	only := make([]model.SessionName, len(names))
	for i, name := range names {
		only[i] = model.SessionName(name)
	}
	c.options.Only = only
	return c.with(ctx, app.ModeWindow, func(ctx context.Context, a *app.App) error {
		if err := a.Settings.Problem(); err != nil {
			return fmt.Errorf("read %s: %w", a.Paths.SettingsFile, err)
		}
		w := &watcher{c: c, a: a, seen: map[model.SessionID]watched{}}
		box := a.Events.Subscribe()
		defer box.Close()
		if err := w.begin(ctx); err != nil {
			return err
		}
		if err := a.Start(ctx); err != nil {
			return err
		}
		for _, name := range only {
			if _, err := a.Sessions.ByName(ctx, name, true); err != nil {
				return err
			}
		}
		return w.follow(ctx, box)
	})
}

// begin leaves out what happened before.
func (w *watcher) begin(ctx context.Context) error {
	rows, err := w.a.Activity.List(ctx, model.ActivityQuery{Limit: 1})
	if len(rows) > 0 {
		w.last = rows[0].ID
	}
	return err
}

// follow prints until the context ends, which is how a watch is meant to end.
func (w *watcher) follow(ctx context.Context, box *event.Mailbox) error {
	for {
		if err := w.tell(ctx, box.Take()); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case _, open := <-box.Ready():
			if !open {
				return errors.New("follow what happens: it has ended")
			}
		}
	}
}

func (w *watcher) tell(ctx context.Context, batch event.Batch) error {
	if err := w.tellSessions(ctx); err != nil {
		return err
	}
	for id, n := range batch.Incoming {
		if err := w.tellMessages(ctx, id, n); err != nil {
			return err
		}
	}
	if !batch.Activity {
		return nil
	}
	rows, err := w.a.Activity.List(ctx, model.ActivityQuery{Limit: watchPage})
	if err != nil {
		return err
	}
	for _, r := range slices.Backward(rows) {
		if r.ID <= w.last {
			continue
		}
		w.last = r.ID
		line := watchLine{
			At: r.At, Kind: watchActivity, Session: r.Session, Action: r.Action, Outcome: string(r.Outcome), Error: r.ErrorKind,
			Created: r.Created, Updated: r.Updated,
		}
		if err := w.print(line); err != nil {
			return err
		}
	}
	return nil
}

// tellSessions tells of sessions whose state, or whose events', is another one.
func (w *watcher) tellSessions(ctx context.Context) error {
	sessions, err := w.a.Sessions.List(ctx)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		before := w.seen[s.ID]
		now := watched{s.State, w.a.Sync.Live(s.ID).Status}
		w.seen[s.ID] = now
		line := watchLine{At: model.StampOf(time.Now()), Session: s.Name}
		if now.state != before.state {
			line.Kind, line.State, line.Detail = watchSession, string(now.state), s.StateDetail
			if err := w.print(line); err != nil {
				return err
			}
		}
		if now.live != before.live {
			line.Kind, line.State, line.Detail = watchEvents, string(now.live), ""
			if err := w.print(line); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *watcher) tellMessages(ctx context.Context, id model.ConversationID, n int) error {
	c, err := w.a.Store.Conversation(ctx, id)
	if err != nil {
		return err
	}
	s, err := w.a.Sessions.Get(ctx, c.SessionID)
	if err != nil {
		return err
	}
	return w.print(watchLine{At: model.StampOf(time.Now()), Kind: watchMessages, Session: s.Name, JID: c.JID, Name: c.Name, New: n})
}

// print prints one line.
func (w *watcher) print(l watchLine) error {
	if w.c.asJSON {
		w.c.printed = true
		encoder := json.NewEncoder(w.c.streams.Out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(l)
	}
	return printf(w.c.streams.Out, "%s %-16s %s\n", l.At.Time().Local().Format("2006-01-02 15:04:05"), l.Session, w.words(l))
}

// words says in a line what happened.
//
//translations:session.state.* cli.watch.events.* activity.outcome.*
func (w *watcher) words(l watchLine) string {
	t := w.c.text
	switch l.Kind {
	case watchMessages:
		return t.N("cli.watch.messages", l.New, translations.Data{"Name": l.Name})
	case watchSession:
		return strings.TrimSpace(t.T("session.state."+l.State) + " " + l.Detail)
	case watchEvents:
		return t.T("cli.watch.events." + l.State)
	}
	text := w.action(l.Action)
	outcome := model.ActivityOutcome(l.Outcome)
	if !model.Happened(l.Action) || outcome != model.OutcomeSuccess && outcome != model.OutcomeWarning {
		text += ": " + t.T("activity.outcome."+l.Outcome)
	}
	if l.Created+l.Updated > 0 {
		text += " (" + t.T("cli.watch.counts", translations.Data{"Created": l.Created, "Updated": l.Updated}) + ")"
	}
	if l.Error != "" {
		why, _ := w.c.problem(model.Problem{Kind: model.ProblemKind(l.Error)})
		text += " " + why
	}
	return text
}

// action names what was done or happened; a word that no text is known for is
// printed as it is.
//
//translations:activity.action.* condition.*
func (w *watcher) action(word string) string {
	t := w.c.text
	if kind, is := strings.CutPrefix(word, model.ConditionAction); is {
		if kind == string(model.ConditionAckStuck) || !t.Has("condition."+kind+".title") {
			return t.T("activity.action.condition") // whose sentence has a number
		}
		return t.T("condition." + kind + ".title")
	}
	if t.Has("activity.action." + word) {
		return t.T("activity.action." + word)
	}
	return word
}
