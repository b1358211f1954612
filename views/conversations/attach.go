package conversations

import (
	"context"
	"errors"
	"image"
	"strings"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// Bounds of what is attached at once.
const (
	maxAttached = 30
	smallerSide = 1600 // pixels of a picture that is made smaller, as phones send them
	previewSide = 128  // pixels
)

// sendAs is how a file is sent.
type sendAs string

const (
	asSmaller  sendAs = "smaller"  // a picture, at most smallerSide wide and high
	asOriginal sendAs = "original" // a picture, video or sound as it is
	asVoice    sendAs = "voice"
	asDocument sendAs = "document"
)

// attached is a file that goes with what is written. It belongs to the UI goroutine.
type attached struct {
	path    string
	look    model.FileLook
	looked  bool
	refused string // why it cannot be sent, "" when it can
	picture image.Image
	how     sendAs
	caption string
	copied  int64 // bytes, while it is being taken
}

// ways returns how a file can be sent, the first one as it is at first.
func ways(look model.FileLook, limit int64) []sendAs {
	class, kind, _ := strings.Cut(look.MimeType, "/")
	switch {
	case class == "image" && look.Width > 0 && look.Size > limit:
		return []sendAs{asSmaller}
	case class == "image" && look.Width > 0 && kind != "gif": // of an animation, a smaller one would stand still
		return []sendAs{asSmaller, asOriginal, asDocument}
	case class == "image" && kind != "gif":
		return []sendAs{asDocument}
	case look.Voice:
		return []sendAs{asVoice, asOriginal, asDocument}
	case class == "audio", class == "video", class == "image":
		return []sendAs{asOriginal, asDocument}
	}
	return []sendAs{asDocument}
}

// options returns what the choice means for taking and sending the file.
func (s sendAs) options() (model.TakeOptions, model.FileOptions) {
	switch s {
	case asSmaller:
		return model.TakeOptions{MaxSide: smallerSide}, model.FileOptions{}
	case asVoice:
		return model.TakeOptions{}, model.FileOptions{AsVoice: true}
	case asDocument:
		return model.TakeOptions{}, model.FileOptions{AsDocument: true}
	}
	return model.TakeOptions{}, model.FileOptions{}
}

// refusal says why a file cannot be sent.
//
// translations: compose.refused.*
func refusal(ctx *ui.Context, err error) string {
	var own *model.FileError
	if !errors.As(err, &own) {
		why, _ := ctx.ProblemText(ctx.Describe(err))
		return why
	}
	return ctx.T("compose.refused."+string(own.Reason), translations.Data{"Limit": ctx.FormatBytes(own.Limit)})
}

// whyNotAttached says why no files can be put before the conversation that is
// shown; "" when they can.
func (d *detailPane) whyNotAttached() string {
	switch {
	case d.id == 0 || d.life == nil:
		return d.ctx.T("compose.attach.nowhere")
	case !d.loaded || d.compose.now.busy:
		return d.ctx.T("compose.attach.wait")
	}
	return d.whyBlocked()
}

// attach puts files before the conversation that is shown, and tells whether it did.
func (d *detailPane) attach(paths []string) bool {
	c := d.compose
	if c.attacher == nil || len(paths) == 0 {
		return false
	}
	if why := d.whyNotAttached(); why != "" {
		c.ctx.Toast(why)
		return false
	}
	u := c.now
	if room := maxAttached - len(u.files); len(paths) > room {
		c.ctx.Toast(c.ctx.T("compose.attach.many", translations.Data{"Limit": c.ctx.FormatNumber(maxAttached)}))
		paths = paths[:max(room, 0)]
	}
	var added []*attached
	for _, path := range paths {
		added = append(added, &attached{path: path})
	}
	u.files = append(u.files, added...)
	c.update()
	if len(added) > 0 {
		c.tray.reveal(added[0])
	}
	c.composer.Focus()
	d.ctx.Go(func(ctx context.Context) {
		for i, path := range paths {
			c.lookAt(ctx, u, added[i], path)
		}
	})
	return true
}

// lookAt finds out what a file is. It is called from a goroutine of its own.
func (c *compose) lookAt(ctx context.Context, u *unsent, a *attached, path string) {
	if ctx.Err() != nil {
		return
	}
	look, err := c.attacher.Look(ctx, path)
	c.ctx.Do(func() {
		a.looked, a.look = true, look
		if err != nil {
			a.refused = refusal(c.ctx, err)
		} else {
			a.how = ways(look, c.attacher.Limit())[0]
		}
		c.changed(u)
		if err != nil && c.now == u {
			c.tray.reveal(a)
		}
	})
	if err != nil || look.Width == 0 {
		return
	}
	picture, err := c.attacher.PreviewPath(ctx, path, previewSide)
	if err != nil {
		return // its icon is shown
	}
	c.ctx.Do(func() {
		a.picture = picture
		c.changed(u)
	})
}

// changed shows what was prepared in a conversation, if that is the one shown.
func (c *compose) changed(u *unsent) {
	if c.now == u {
		c.update()
	}
}

// parcel is one message on its way to the outbox.
type parcel struct {
	path string // of a file; "" for a text
	take model.TakeOptions
	out  model.Outgoing
}

// parcels returns the messages that become of what was written, and false when
// one of the files cannot be sent.
func (u *unsent) parcels(text string) ([]parcel, bool) {
	first := model.Outgoing{Quote: u.quote}
	first.Text, first.Mentions = named(text, u.mentions)
	if len(u.files) == 0 {
		return []parcel{{out: first}}, true
	}
	var list []parcel
	for i, a := range u.files {
		if a.refused != "" {
			return nil, false
		}
		one := parcel{path: a.path, out: model.Outgoing{Text: a.caption}}
		if i == 0 {
			one.out = first
		}
		one.take, one.out.FileOptions = a.how.options()
		list = append(list, one)
	}
	return list, true
}

// errTaking says that a file was not taken; nothing was sent then.
type errTaking struct {
	at  int
	err error
}

func (e *errTaking) Error() string { return e.err.Error() }
func (e *errTaking) Unwrap() error { return e.err }

// hand takes all files, then stores all messages in their order. It returns how
// many were stored. When a file cannot be taken, none is.
func (c *compose) hand(ctx context.Context, u *unsent, id model.ConversationID, list []parcel) (stored int, err error) {
	for i := range list {
		p := &list[i]
		if p.path == "" {
			continue
		}
		p.take.Progress = func(done, _ int64) {
			c.ctx.Do(func() {
				if i < len(u.files) {
					u.files[i].copied = done
					c.changed(u)
				}
			})
		}
		taken, err := c.attacher.Take(ctx, p.path, p.take)
		if err != nil {
			return 0, &errTaking{i, err}
		}
		p.out.File = &taken
	}
	for i := range list {
		if _, err := c.d.svc.Send(context.WithoutCancel(ctx), id, list[i].out); err != nil {
			return i, err
		}
	}
	return len(list), nil
}
