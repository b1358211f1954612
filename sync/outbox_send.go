package sync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

var (
	// errNoFile says that a row names no file.
	errNoFile = errors.New("it names no file")
	// errNoKind says that a row asks for what this program does not know.
	errNoKind = errors.New("the kind is not known")
)

// outgoing is a row that is being carried, with all that belongs to it.
type outgoing struct {
	item    model.OutboxItem
	payload model.OutboxPayload
	broken  error // the payload cannot be read
	chat    model.Conversation
	began   time.Time
}

// outgoing loads what belongs to a row.
func (w *worker) outgoing(ctx context.Context, item model.OutboxItem) (*outgoing, error) {
	o := &outgoing{item: item, began: w.e.p.Now()}
	var err error
	if o.chat, err = w.e.p.Store.Conversation(ctx, item.ConversationID); err != nil {
		return nil, fmt.Errorf("load the conversation: %w", err)
	}
	if item.Payload != "" {
		if err := json.Unmarshal([]byte(item.Payload), &o.payload); err != nil {
			o.broken = fmt.Errorf("read what is to be sent: %w", err)
		}
	}
	return o, nil
}

// result is how a call ended: what the gateway told of the message, if it did.
type result struct {
	message *gateway.Message
	err     error
	// again says that a call of unknown fate may be made once more, because it ends
	// in the same state when made twice (contract §12 Retry policy).
	again bool
}

// attempt claims a row, makes its call once and writes how it ended. lost is why
// the session cannot be used: then nothing is called.
func (l *outboxLane) attempt(ctx context.Context, item model.OutboxItem, lost error) error {
	w := l.w
	o, err := w.outgoing(ctx, item)
	if err != nil {
		return err
	}
	release, err := w.slots.side(ctx)
	if err != nil {
		return err // the program closes: the row stays as it is
	}
	defer release()
	excluded, err := l.excluded(ctx, o)
	if err != nil {
		return err
	}
	if l.gone() {
		return nil // its turn took time; it goes when the session can be used again
	}
	item, claimed, err := w.e.p.Store.ClaimOutbox(ctx, item.ID, w.e.stamp(), excluded)
	if err != nil {
		return fmt.Errorf("write that the message is being sent: %w", err)
	}
	if !claimed {
		return nil // cancelled, or somebody else's
	}
	o.item, o.payload = item, item.DecodedPayload() // a later wish may have come meanwhile
	l.tries(item.AttemptedAt.Time())
	w.outboxChanged(o.chat.ID)
	l.loose = o.chat.ID
	l.sending.Store(int64(o.chat.ID))
	defer func() {
		l.sending.Store(0)
		w.live.queue.nudge() // what was told meanwhile of own messages there
	}()
	if err := l.tryOut(ctx, o, lost, release); err != nil {
		return err
	}
	l.loose = 0
	return nil
}

// tryOut makes the call of a row that was claimed and writes how it ended.
func (l *outboxLane) tryOut(ctx context.Context, o *outgoing, lost error, release func()) error {
	w := l.w
	if lost != nil { // nothing was called: it is certain that nothing was sent
		return w.settle(o, failure(lost), lost)
	}
	if l.gone() {
		return l.putBack(o, &gateway.Error{Op: "SendMessage", Kind: gateway.KindSessionNotConnected})
	}
	r := w.call(ctx, o)
	release()
	w.e.heard(r.err)
	w.lookIfLost(r.err)
	return l.conclude(ctx, o, r)
}

// gone tells whether the session, which could be used when a row was chosen, cannot
// be any more. What has somebody waiting goes all the same, and is told.
func (l *outboxLane) gone() bool { return l.w.e.p.Scheduled && !l.w.connected.Load() }

// regain makes good that the end of an attempt could not be written down: what
// still stands as being sent is of unknown fate, as after a kill. Only this
// goroutine sends, and it does nothing now.
func (l *outboxLane) regain(ctx context.Context) {
	if l.loose == 0 {
		return
	}
	n, err := l.w.e.p.Store.RecoverOutbox(ctx, l.w.id, l.w.e.stamp())
	if err != nil {
		l.w.log.WithError(err).Warn("recover a message whose end could not be written")
		return
	}
	if n > 0 {
		l.w.recordRecovered(n)
	}
	l.w.outboxChanged(l.loose)
	l.arrived(l.loose)
	l.loose = 0
}

// call makes the call of a row, once.
func (w *worker) call(ctx context.Context, o *outgoing) result {
	if o.broken != nil {
		return result{err: refusal(o.broken)}
	}
	if perform, ok := w.action(o.item.Kind); ok {
		return perform(ctx, o)
	}
	if o.item.Kind == model.OutboxForward {
		return w.forward(ctx, o)
	}
	content, options, err := w.content(ctx, o)
	if err != nil {
		return result{err: refusal(err)}
	}
	sent, err := w.e.p.Gateway().SendMessage(ctx, w.name, string(o.chat.JID), content, options)
	return result{message: sent.Message, err: err}
}

// refused is an error that came before anything was called.
type refused struct{ error }

func (r refused) Unwrap() error { return r.error }

func refusal(err error) error { return refused{err} }

// certain tells whether an error proves that nothing reached WhatsApp.
func certain(err error) bool {
	var r refused
	return errors.As(err, &r) || gateway.NotSent(err)
}

// conclude writes what a call came to.
func (l *outboxLane) conclude(ctx context.Context, o *outgoing, r result) error {
	w := l.w
	becomes := model.BecomesMessage(o.item.Kind)
	if r.err != nil && certain(r.err) && unreached(o.item.Kind, r.err) && w.e.p.Scheduled && !l.inVain(o.item.ID, r.err) {
		l.unreached()
		w.lookSoon() // whether the session is what it was
		return l.putBack(o, r.err)
	}
	if r.err == nil {
		l.rests = 0
	}
	switch {
	case r.err == nil && !becomes:
		return w.settle(o, model.OutboxOutcome{State: model.OutboxSent}, nil)
	case r.err == nil && r.message != nil && r.message.ID.Short != "":
		return l.sent(ctx, o, r.message)
	case r.err != nil && certain(r.err):
		return w.settle(o, failure(r.err), r.err)
	case !becomes:
		return l.undone(ctx, o, r)
	}
	return l.unknown(ctx, o, r.err)
}

// unreached tells whether an error speaks of the gateway or the session and not of
// what was to be sent. Every gateway has the calls that send: a page that says that
// there is no such call is a proxy's, while its gateway restarts.
func unreached(kind model.OutboxKind, err error) bool {
	if sessionLost(err) {
		return true
	}
	switch gateway.KindOf(err) {
	case gateway.KindRateLimited, gateway.KindKeyUnreadable, gateway.KindRedirected:
		return true
	case gateway.KindEndpointMissing:
		return model.BecomesMessage(kind)
	}
	return false
}

// vainMost is how often a row is turned away before it is given up.
const vainMost = 3

// inVain tells whether a row was turned away so often, by what stands before the
// gateway, while the session could be used, that it is the row which does not get
// through: a proxy may not like what it says, or how large it is. It must not hold
// up the others for ever.
func (l *outboxLane) inVain(id model.OutboxID, err error) bool {
	switch gateway.KindOf(err) {
	case gateway.KindUnauthorized, gateway.KindEndpointMissing, gateway.KindRedirected:
	default:
		if !gateway.BrokeOff(err) {
			return false
		}
	}
	if l.vain[id]++; l.vain[id] < vainMost {
		return false
	}
	delete(l.vain, id)
	return true
}

// silent tells whether an error is that nobody answered, or only a proxy did.
func silent(err error) bool {
	var e *gateway.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return e.Kind == gateway.KindTimeout || e.Kind == gateway.KindUnreachable
}

// putBack lets a row wait again of which it is certain that nothing was sent,
// because nobody was there to take it.
func (l *outboxLane) putBack(o *outgoing, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.w.e.life), 5*time.Second)
	defer cancel()
	why := failure(cause)
	err := l.w.e.p.Store.ReturnOutbox(ctx, o.item.ID, why.Error, why.ErrorText)
	l.w.outboxChanged(o.chat.ID)
	if err != nil {
		return fmt.Errorf("put the message back: %w", err)
	}
	return nil
}

// undone ends an action of which it is not known whether it was done: what ends in
// the same state when made twice is made once more.
func (l *outboxLane) undone(ctx context.Context, o *outgoing, r result) error {
	w := l.w
	outcome := failure(r.err)
	outcome.Unsure = true
	if err := w.settle(o, outcome, r.err); err != nil || !r.again || o.payload.Tried {
		return err
	}
	if err := w.e.p.Store.RequeueOutbox(ctx, o.item.ID, w.e.stamp()); err != nil {
		return fmt.Errorf("queue the action again: %w", err)
	}
	w.stale.Store(true)
	w.outboxChanged(o.chat.ID)
	if w.e.p.Scheduled {
		return nil
	}
	return l.attempt(ctx, o.item, nil) // nobody else would
}

// unknown keeps a message that may have been sent: after a 500, a time-out, an
// answer without the message (contract §12.1, §12.3). The conversation knows.
func (l *outboxLane) unknown(ctx context.Context, o *outgoing, cause error) error {
	err := ErrUnknownOutcome
	if cause != nil {
		err = fmt.Errorf("%w: %w", ErrUnknownOutcome, cause)
	}
	outcome := failure(err)
	outcome.State = model.OutboxUnknown
	if serr := l.w.settle(o, outcome, err); serr != nil {
		return serr
	}
	found, lerr := l.look(ctx, o.item)
	if lerr != nil {
		l.w.log.WithError(lerr).Debug("look for the message")
	}
	if !found && silent(cause) {
		l.unreached() // so that what waits for other conversations does not all become unknown
	}
	return nil
}

// failure is the outcome of an error that proves that nothing was sent.
func failure(err error) model.OutboxOutcome {
	return model.OutboxOutcome{
		State: model.OutboxFailed, Error: string(ProblemKind(err)), ErrorText: model.CleanLine(gatewaySaid(err), 500),
	}
}

// content returns what a row says on the wire.
func (w *worker) content(ctx context.Context, o *outgoing) (gateway.Content, gateway.SendOptions, error) {
	options := gateway.SendOptions{}
	for _, jid := range o.payload.Mentions {
		options.Mentions = append(options.Mentions, string(jid))
	}
	if o.item.Target != 0 && o.item.QuotedShortID != "" {
		quoted, err := w.e.p.Store.Message(ctx, o.item.Target)
		if err != nil {
			return nil, options, fmt.Errorf("load the message that is answered: %w", err)
		}
		options.QuotedMessageID = quoted.Serialized
		if options.QuotedMessageID == "" {
			options.QuotedMessageID = fmt.Sprintf("%t_%s_%s", quoted.FromMe, o.chat.JID, quoted.ShortID) // contract §10.2
		}
	}
	switch o.item.Kind {
	case model.OutboxText:
		return gateway.Text(o.item.Text), options, nil
	case model.OutboxFile:
		content, err := w.fileContent(o, &options)
		return content, options, err
	case model.OutboxLocation:
		if p := o.payload.Location; p != nil {
			return gateway.Location{Latitude: p.Latitude, Longitude: p.Longitude, Name: p.Name, Address: p.Address, URL: p.URL}, options, nil
		}
	case model.OutboxContact:
		if o.payload.Contact != "" {
			return gateway.ContactCard{ContactID: string(o.payload.Contact)}, options, nil
		}
	case model.OutboxPoll:
		if p := o.payload.Poll; p != nil {
			return gateway.Poll{Question: o.item.Text, Options: p.Options, AllowMultiple: p.Multiple}, options, nil
		}
	}
	return nil, options, fmt.Errorf("%w: %s", errNoKind, o.item.Kind)
}

// fileContent is a file that is read while it goes out.
func (w *worker) fileContent(o *outgoing, options *gateway.SendOptions) (gateway.Content, error) {
	file := o.payload.File
	if file == nil {
		return nil, errNoFile
	}
	if w.e.p.Files == nil {
		return nil, errors.New("no place for files is known")
	}
	options.Caption = o.item.Text
	if f := o.payload.FileOptions; f != nil {
		options.SendMediaAsDocument, options.SendAudioAsVoice = f.AsDocument, f.AsVoice
		options.SendMediaAsSticker, options.SendMediaAsHD, options.IsViewOnce = f.AsSticker, f.HD, f.ViewOnce
	}
	id := o.item.ID
	var told time.Time
	return gateway.FileContent{
		Mimetype: file.MimeType, Filename: file.FileName, Size: file.Size,
		Open: func() (io.ReadCloser, error) { return w.e.p.Files.Open(file.SHA256) },
		Progress: func(done, total int64) {
			if now := w.e.p.Now(); done >= total || now.Sub(told) >= progressEvery {
				told = now
				w.e.p.Bus.Publish(event.Batch{Sending: map[model.OutboxID]model.MediaProgress{id: {Done: done, Total: total}}})
			}
		},
	}, nil
}

// forward sends a message of one conversation on to another. The gateway tells
// nothing of the new message (contract §7).
func (w *worker) forward(ctx context.Context, o *outgoing) result {
	message, chat, err := w.target(ctx, o)
	if err != nil {
		return result{err: refusal(err)}
	}
	return result{err: w.e.p.Gateway().Forward(ctx, w.name, refOf(&message, chat), string(o.chat.JID))}
}

// refOf names a message to the gateway.
func refOf(m *model.MessageRow, chat model.Conversation) gateway.MessageRef {
	return gateway.MessageRef{ChatID: string(chat.JID), ShortID: string(m.ShortID)}
}

// target loads the message that a row acts on, and its conversation.
func (w *worker) target(ctx context.Context, o *outgoing) (model.MessageRow, model.Conversation, error) {
	message, err := w.e.p.Store.Message(ctx, o.item.Target)
	if err != nil {
		return model.MessageRow{}, model.Conversation{}, fmt.Errorf("load the message: %w", err)
	}
	chat, err := w.e.p.Store.Conversation(ctx, message.ConversationID)
	if err != nil {
		return model.MessageRow{}, model.Conversation{}, fmt.Errorf("load its conversation: %w", err)
	}
	return message, chat, nil
}

// errNotTheMessage says that an answer named a message that was there before.
var errNotTheMessage = errors.New("the answer names another message")

// sent keeps the message that the gateway answered with, then ends the row. An
// answer that cannot be read, or names a message that it cannot be, proves nothing.
func (l *outboxLane) sent(ctx context.Context, o *outgoing, wire *gateway.Message) error {
	w := l.w
	m, err := messageOf(wire)
	if err != nil {
		return l.unknown(ctx, o, err)
	}
	if before, err := excludedOf(&o.item); err != nil || slices.Contains(before, m.ShortID) {
		return l.unknown(ctx, o, errNotTheMessage)
	}
	m.FromMe = true
	m.Media = sentFile(o, m.Media)
	if m.Unix <= 0 {
		details := m.DecodedDetails()
		details.TimeGuessed = true
		m.Unix, m.Details = w.e.p.Now().Unix(), model.EncodeDetails(details)
	}
	results, err := w.e.p.Store.SaveMessages(ctx, []model.MessageBatch{{ConversationID: o.chat.ID, Messages: []model.MessageIn{m}, Sent: true}}, w.e.stamp())
	if err != nil {
		// It was sent; a later sync brings the message itself.
		w.log.WithError(err).Warn("write the message that was sent")
	}
	w.announce(results)
	if err := w.settle(o, model.OutboxOutcome{State: model.OutboxSent, ShortID: m.ShortID, Match: model.MatchAnswer}, nil); err != nil {
		return l.unknown(ctx, o, fmt.Errorf("%w: %w", errNotTheMessage, err)) // another row became it, or the store failed
	}
	return nil
}

// sentFile is the record of a file that was just sent: it is held already, so it
// need not be fetched.
func sentFile(o *outgoing, heard *model.Media) *model.Media {
	file := o.payload.File
	if heard == nil || file == nil || file.SHA256 == "" {
		return heard
	}
	held := *heard
	held.State, held.SHA256, held.Size = model.MediaStored, file.SHA256, file.Size
	held.MimeType, held.FileName = file.MimeType, file.FileName
	return &held
}

// settle writes how a row ended, also while the program closes, and records it.
func (w *worker) settle(o *outgoing, outcome model.OutboxOutcome, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.e.life), 5*time.Second)
	defer cancel()
	if err := w.e.p.Store.FinishOutbox(ctx, o.item.ID, outcome, w.e.stamp()); err != nil {
		return fmt.Errorf("write how the send ended: %w", err)
	}
	w.record(activityOf(o.item.Kind), actionName(o.item.Kind), o.began, cause, func(a *model.Activity) {
		a.Chat, a.MessageID = o.chat.JID, outcome.ShortID
		if outcome.State == model.OutboxUnknown {
			a.Outcome = model.OutcomeUnknown
		}
	})
	w.failed(cause)
	if cause == nil && model.BecomesMessage(o.item.Kind) {
		w.worked("SendMessage")
	}
	if outcome.State == model.OutboxFailed {
		w.stale.Store(true) // what an action changed was taken back
	}
	w.outboxChanged(o.chat.ID)
	w.acted(o.item.Kind, o.chat.ID)
	return nil
}

// activityOf and actionName are how the log of activity names a kind.
func activityOf(kind model.OutboxKind) model.ActivityKind {
	if model.BecomesMessage(kind) || model.ActsOnMessage(kind) {
		return model.ActivityMessage
	}
	return model.ActivityConversation
}

func actionName(kind model.OutboxKind) string {
	if model.BecomesMessage(kind) && kind != model.OutboxForward {
		return "send_message"
	}
	return kind + "_" + map[bool]string{true: "message", false: "conversation"}[activityOf(kind) == model.ActivityMessage]
}
