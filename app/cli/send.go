package cli

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
)

// sendFlags say what is sent.
type sendFlags struct {
	file                     string
	document, voice, sticker bool
	location, contact        string
	poll                     string
	options                  []string
	multiple                 bool
	reply                    string
	mentions                 []string
	queue                    bool
}

func (c *command) sendCommand() *cobra.Command {
	var f sendFlags
	cmd := &cobra.Command{
		Use: "send NAME CHAT [TEXT]", Short: c.text.T("cli.send.short"), Long: c.text.T("cli.send.long"),
		Args: c.args(cobra.RangeArgs(2, 3)),
		RunE: func(cmd *cobra.Command, args []string) error {
			text := strings.Join(args[2:], "")
			if err := c.checkSend(text, &f); err != nil {
				return err
			}
			return c.with(cmd.Context(), app.ModeCommand, func(ctx context.Context, a *app.App) error {
				item, err := c.send(ctx, a, args[0], args[1], text, &f)
				if err != nil {
					return err
				}
				return c.printSent(item)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.file, "file", "", c.text.T("cli.flag.file"))
	flags.BoolVar(&f.document, "document", false, c.text.T("cli.flag.document"))
	flags.BoolVar(&f.voice, "voice", false, c.text.T("cli.flag.voice"))
	flags.BoolVar(&f.sticker, "sticker", false, c.text.T("cli.flag.sticker"))
	flags.StringVar(&f.location, "location", "", c.text.T("cli.flag.location"))
	flags.StringVar(&f.contact, "contact", "", c.text.T("cli.flag.contact"))
	flags.StringVar(&f.poll, "poll", "", c.text.T("cli.flag.poll"))
	flags.StringArrayVar(&f.options, "option", nil, c.text.T("cli.flag.option"))
	flags.BoolVar(&f.multiple, "multiple", false, c.text.T("cli.flag.multiple"))
	flags.StringVar(&f.reply, "reply", "", c.text.T("cli.flag.reply"))
	flags.StringArrayVar(&f.mentions, "mention", nil, c.text.T("cli.flag.mention"))
	flags.BoolVar(&f.queue, "queue", false, c.text.T("cli.flag.queue"))
	return cmd
}

// checkSend refuses flags that do not go together, before anything is opened.
func (c *command) checkSend(text string, f *sendFlags) error {
	kinds := count(f.file != "", f.location != "", f.contact != "", f.poll != "")
	ways := count(f.document, f.voice, f.sticker)
	switch {
	case text == "" && kinds == 0:
		return &usageError{errors.New(c.text.T("cli.send.nothing"))}
	case kinds > 1, kinds == 1 && text != "" && f.file == "":
		return &usageError{errors.New(c.text.T("cli.send.one_kind"))}
	case ways > 1, ways == 1 && f.file == "":
		return c.wrongFlag("--document, --voice, --sticker")
	}
	if f.location != "" {
		if _, ok := readLocation(f.location); !ok {
			return c.wrongFlag("--location")
		}
	}
	return c.checkPoll(f)
}

func (c *command) checkPoll(f *sendFlags) error {
	switch {
	case f.poll == "" && (f.multiple || len(f.options) > 0):
		return c.wrongFlag("--option, --multiple")
	case f.poll != "" && (len(f.options) < model.MinPollOptions || len(f.options) > model.MaxPollOptions):
		return c.wrongFlag("--option")
	}
	return nil
}

// count tells how many of some things are so.
func count(are ...bool) int {
	n := 0
	for _, is := range are {
		if is {
			n++
		}
	}
	return n
}

// readLocation reads "LATITUDE,LONGITUDE" in degrees, with ",NAME" behind it or not.
func readLocation(text string) (model.Location, bool) {
	parts := strings.SplitN(text, ",", 3)
	if len(parts) < 2 {
		return model.Location{}, false
	}
	lat, err1 := strconv.ParseFloat(strings.TrimSpace(parts[0]), 64)
	lon, err2 := strconv.ParseFloat(strings.TrimSpace(parts[1]), 64)
	within := lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180 // NaN is not
	l := model.Location{Latitude: lat, Longitude: lon}
	if len(parts) == 3 {
		l.Name = model.CleanLine(strings.TrimSpace(parts[2]), model.MaxName)
	}
	return l, err1 == nil && err2 == nil && within
}

func (c *command) send(ctx context.Context, a *app.App, name, chat, text string, f *sendFlags) (model.OutboxItem, error) {
	session, err := a.Sessions.ByName(ctx, model.SessionName(name), true)
	if err != nil {
		return model.OutboxItem{}, err
	}
	conversation, err := a.Conversations.Open(ctx, session.ID, chat)
	if err != nil {
		return model.OutboxItem{}, err
	}
	out, err := outgoing(ctx, a, conversation.ID, text, f)
	if err != nil {
		return model.OutboxItem{}, err
	}
	item, err := a.Conversations.SendAndWait(ctx, conversation.ID, out)
	if err != nil || !f.queue {
		return item, err
	}
	return keepQueued(ctx, a, item)
}

// outgoing puts together what is sent.
func outgoing(ctx context.Context, a *app.App, id model.ConversationID, text string, f *sendFlags) (model.Outgoing, error) {
	out := model.Outgoing{Text: text, FileOptions: model.FileOptions{AsDocument: f.document, AsVoice: f.voice, AsSticker: f.sticker}}
	for _, named := range f.mentions {
		jid, err := a.Conversations.ReadID(named)
		if err != nil {
			return out, err
		}
		out.Mentions = append(out.Mentions, jid)
	}
	if f.reply != "" {
		quoted, err := a.Conversations.Quoted(ctx, id, model.ShortID(f.reply))
		if err != nil {
			return out, err
		}
		if quoted == 0 {
			return out, &app.InputError{What: "message to answer"}
		}
		out.Quote = quoted
	}
	var err error
	switch {
	case f.file != "":
		var taken model.OutgoingFile
		taken, err = a.Attach.Take(ctx, f.file, model.TakeOptions{})
		out.File = &taken
	case f.location != "":
		place, _ := readLocation(f.location) // it was checked
		out.Location = &place
	case f.contact != "":
		out.Contact, err = a.Conversations.ReadID(f.contact)
	case f.poll != "":
		out.Text, out.Poll = f.poll, &model.OutgoingPoll{Options: f.options, Multiple: f.multiple}
	}
	return out, err
}

// keepQueued lets a message that certainly was not sent, because the gateway or
// the session was not there, wait for them.
func keepQueued(ctx context.Context, a *app.App, item model.OutboxItem) (model.OutboxItem, error) {
	if item.State != model.OutboxFailed || !passes(model.ProblemKind(item.Error)) {
		return item, nil
	}
	if err := a.Outbox.SendAgain(ctx, item.ID); err != nil {
		return item, err
	}
	item.State, item.Error, item.ErrorText = model.OutboxQueued, "", ""
	return item, nil
}

// passes tells whether a failure ends when the gateway and the session are back.
func passes(kind model.ProblemKind) bool {
	switch kind {
	case model.ProblemUnreachable, model.ProblemTimeout, model.ProblemSessionStopped, model.ProblemNotConnected, model.ProblemSessionBroken,
		model.ProblemNotReady, model.ProblemDisabled, model.ProblemNotConfigured, model.ProblemRateLimited, model.ProblemCanceled:
		return true
	}
	return false
}

// printSent says how a send ended and sets the exit status for it.
//
// translations: cli.outbox.*
func (c *command) printSent(item model.OutboxItem) error {
	c.noteState(item.State)
	return c.print(item, func(w io.Writer) error {
		if err := printf(w, "%s\n", c.text.T("cli.outbox."+string(item.State), translations.Data{"ID": string(item.ShortID)})); err != nil {
			return err
		}
		if item.Error == "" {
			return nil
		}
		why, do := c.problem(model.Problem{Kind: model.ProblemKind(item.Error)})
		return printf(w, "%s\n%s\n%s\n", why, do, item.ErrorText)
	})
}

// noteState sets the exit status for how a message ended; of several the one
// that needs the most care stays. What waits as it was asked to is no failure.
func (c *command) noteState(state model.OutboxState) {
	switch state {
	case model.OutboxSent, model.OutboxQueued:
	case model.OutboxUnknown, model.OutboxSending:
		c.status = ExitUnknown
	default:
		c.status = max(c.status, ExitFailed)
	}
}
