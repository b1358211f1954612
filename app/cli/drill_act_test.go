package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	wasync "github.com/xappiens/buzon/sync"
)

const (
	// hastyProgram is buzon with shorter waits between the looks for a message, and
	// no second between two sends: what it does in which order is the same.
	hastyProgram = "buzon-hasty"
	// actProgram does what the window does with a message: forwards and actions.
	actProgram = "buzon-act"
	// exitCannot is how actProgram ends when the gateway cannot do it: nothing is stored.
	exitCannot = 4
)

func hastyOptions() app.Options {
	return app.Options{
		Mode:        app.ModeCommand,
		Timing:      wasync.Timing{Reconcile: 250 * time.Millisecond, NotReady: 100 * time.Millisecond, SendGap: 20 * time.Millisecond},
		FileTimeout: 4 * time.Second,
	}
}

func hasty() { runProgram(hastyOptions()) }

// actRequest is the argument of actProgram behind the data folder.
type actRequest struct {
	Action model.Action // Conversation and Message are filled in there
	Chat   string
	Short  model.ShortID
	FromMe bool
	To     []string // of a forward
	Queue  bool     // what fails is to be sent again later
}

// act does one request and ends with the exit statuses of "buzon send".
func act() {
	status, err := doAct(context.Background(), os.Args[2], os.Args[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

func doAct(ctx context.Context, dataDir, text string) (status int, err error) {
	var r actRequest
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return 2, err
	}
	options := hastyOptions()
	options.DataDir = dataDir
	a, err := app.New(ctx, options)
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.Start(ctx); err != nil {
		return 1, err
	}
	ids, err := storeActs(ctx, a, r)
	var failed *wasync.FailedAction
	if errors.As(err, &failed) && failed.Kind == model.ProblemUnsupported {
		return exitCannot, err
	}
	if err != nil {
		return 1, err
	}
	for _, id := range ids {
		item, err := a.Outbox.SendNow(ctx, id)
		if err != nil {
			return 1, err
		}
		if item.State == model.OutboxFailed && r.Queue {
			if err := a.Outbox.SendAgain(ctx, id); err != nil {
				return 1, err
			}
		}
	}
	return 0, nil
}

// storeActs writes down all that is wanted before anything is called, as the window does.
func storeActs(ctx context.Context, a *app.App, r actRequest) ([]model.OutboxID, error) {
	session, err := a.Sessions.ByName(ctx, sessionName, false)
	if err != nil {
		return nil, err
	}
	chat, err := a.Conversations.Open(ctx, session.ID, r.Chat)
	if err != nil {
		return nil, err
	}
	message, err := a.Store.MessageByShortID(ctx, chat.ID, r.FromMe, r.Short)
	if err != nil {
		return nil, err
	}
	r.Action.Message = message.ID
	if len(r.To) == 0 {
		id, err := a.Conversations.Act(ctx, r.Action)
		return []model.OutboxID{id}, err
	}
	var ids []model.OutboxID
	for _, to := range r.To {
		chat, err := a.Conversations.Open(ctx, session.ID, to)
		if err != nil {
			return nil, err
		}
		r.Action.Conversation = chat.ID
		id, err := a.Conversations.Act(ctx, r.Action)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}
