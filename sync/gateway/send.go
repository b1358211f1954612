package gateway

import (
	"context"
	"io"
	"net/http"
)

// Content is what can be sent: Text, FileContent, Location, ContactCard or Poll.
type Content interface {
	wire() (contentType string, content any)
}

// Text is a plain text message.
type Text string

// FileContent is a picture, video, voice note or document. It is read while it
// goes out and never held whole. With the gateway's default settings the largest
// file is about 8.2 MB (contract §2); above, KindTooLarge.
type FileContent struct {
	Mimetype string
	Filename string
	Size     int64 // bytes; a file of another length is ErrFileChanged and is not sent
	// Open begins to read the file. It is called before the gateway is, and again
	// should the gateway redirect. What its reader fails with, at the end too,
	// ends the call before the request is whole: nothing is sent then.
	Open func() (io.ReadCloser, error)
	// Progress is told how many bytes of the file the connection took, from the
	// connection's goroutine, some 24 KB apart; it must not block. May be nil.
	Progress func(sent, total int64)
}

// Location is a place. Name, Address and URL may be empty.
type Location struct {
	Latitude  float64
	Longitude float64
	Name      string
	Address   string
	URL       string
}

// ContactCard sends a contact; only "…@c.us" ids can be sent.
type ContactCard struct {
	ContactID string
}

// Poll asks the chat.
type Poll struct {
	Question      string
	Options       []string
	AllowMultiple bool
}

func (t Text) wire() (string, any) { return "string", string(t) }

func (f FileContent) wire() (string, any) {
	return "MessageMedia", struct {
		Mimetype string     `json:"mimetype"`
		Data     markedData `json:"data"`
		Filename string     `json:"filename,omitempty"`
		Filesize int64      `json:"filesize"`
	}{f.Mimetype, markedData{}, f.Filename, f.Size}
}

func (l Location) wire() (string, any) {
	// The description must be an object or absent: a text is lost, null is a 500
	// (contract §5.2).
	type description struct {
		Name    string `json:"name,omitempty"`
		Address string `json:"address,omitempty"`
		URL     string `json:"url,omitempty"`
	}
	content := struct {
		Latitude    float64      `json:"latitude"`
		Longitude   float64      `json:"longitude"`
		Description *description `json:"description,omitempty"`
	}{Latitude: l.Latitude, Longitude: l.Longitude}
	if d := (description{l.Name, l.Address, l.URL}); d != (description{}) {
		content.Description = &d
	}
	return "Location", content
}

func (c ContactCard) wire() (string, any) {
	return "Contact", contactBody(c)
}

func (p Poll) wire() (string, any) {
	type options struct {
		AllowMultiple bool `json:"allowMultipleAnswers"`
	}
	return "Poll", struct {
		Name    string   `json:"pollName"`
		Choices []string `json:"pollOptions"`
		Options options  `json:"options"`
	}{p.Question, p.Options, options{p.AllowMultiple}}
}

// SendOptions refines a message. The zero value sends as a person would, but
// does not mark the chat read: the gateway would, and fails at it on some
// versions (contract §12.9). A text is never turned into a contact card.
type SendOptions struct {
	Caption             string   // of a file
	QuotedMessageID     string   // the serialized id of the message answered
	Mentions            []string // serialized wids
	NoLinkPreview       bool
	SendSeen            bool // mark the chat read as well
	SendMediaAsDocument bool
	SendAudioAsVoice    bool
	SendMediaAsSticker  bool
	SendMediaAsHD       bool
	IsViewOnce          bool
}

type sendOptions struct {
	Caption             string   `json:"caption,omitempty"`
	QuotedMessageID     string   `json:"quotedMessageId,omitempty"`
	Mentions            []string `json:"mentions,omitempty"`
	LinkPreview         bool     `json:"linkPreview"`
	SendSeen            bool     `json:"sendSeen"`
	ParseVCards         bool     `json:"parseVCards"`
	SendMediaAsDocument bool     `json:"sendMediaAsDocument,omitempty"`
	SendAudioAsVoice    bool     `json:"sendAudioAsVoice,omitempty"`
	SendMediaAsSticker  bool     `json:"sendMediaAsSticker,omitempty"`
	SendMediaAsHD       bool     `json:"sendMediaAsHd,omitempty"`
	IsViewOnce          bool     `json:"isViewOnce,omitempty"`
}

func (o SendOptions) wire() sendOptions {
	return sendOptions{
		Caption: o.Caption, QuotedMessageID: o.QuotedMessageID, Mentions: o.Mentions,
		LinkPreview: !o.NoLinkPreview, SendSeen: o.SendSeen,
		SendMediaAsDocument: o.SendMediaAsDocument, SendAudioAsVoice: o.SendAudioAsVoice,
		SendMediaAsSticker: o.SendMediaAsSticker, SendMediaAsHD: o.SendMediaAsHD, IsViewOnce: o.IsViewOnce,
	}
}

// SendResult is the answer to a message that was sent.
type SendResult struct {
	// Message is what the gateway tells about it; nil when it delivered without
	// telling (contract §12.1). Never send again for that reason: reconcile.
	Message *Message
}

// SendMessage sends once and never again. On an error ask NotSent: when it says
// false, the message may have been delivered (contract §5.2).
//
// POST /client/sendMessage/:id
func (c *Client) SendMessage(ctx context.Context, session, chatID string, content Content, o SendOptions) (SendResult, error) {
	kind, value := content.wire()
	body := struct {
		ChatID      string      `json:"chatId"`
		ContentType string      `json:"contentType"`
		Content     any         `json:"content"`
		Options     sendOptions `json:"options"`
	}{chatID, kind, value, o.wire()}
	k := &call{op: "SendMessage", method: http.MethodPost, route: "/client/sendMessage/:id", session: session, class: classOnce, body: body}
	return c.send(ctx, k, content, "message")
}

// send makes a call that sends content; the request streams a file.
func (c *Client) send(ctx context.Context, k *call, content Content, member string) (SendResult, error) {
	file, isFile := content.(FileContent)
	if !isFile {
		m, err := maybe(ctx, c, k, member, decodeMessageItem)
		return SendResult{Message: m}, err
	}
	ctx, out, err := c.beginUpload(ctx, k, file)
	if err != nil {
		return SendResult{}, err
	}
	m, err := maybe(ctx, c, k, member, decodeMessageItem)
	return SendResult{Message: m}, out.finish(err)
}

// Reply sends an answer that quotes ref, once and never again. Generation C
// takes texts only; other contents give KindRefused there. It may ask for the
// generation first.
//
// POST /message/reply/:id
func (c *Client) Reply(ctx context.Context, session string, ref MessageRef, content Content, o SendOptions) (SendResult, error) {
	k := &call{op: "Reply", method: http.MethodPost, route: "/message/reply/:id", session: session, class: classOnce}
	generation, err := c.Generation(ctx)
	if err != nil {
		return SendResult{}, err
	}
	kind, value := content.wire()
	if generation == GenerationC {
		if kind != "string" {
			e := k.fail(KindRefused, 0, "this gateway replies with texts only", nil)
			e.unsent = true
			return SendResult{}, e
		}
		k.body = struct {
			refBody
			Content     any         `json:"content"`
			Destination string      `json:"destinationChatId"`
			Options     sendOptions `json:"options"`
		}{ref.body(), value, ref.ChatID, o.wire()}
	} else {
		k.body = struct {
			refBody
			Content     any         `json:"content"`
			ContentType string      `json:"contentType"`
			Options     sendOptions `json:"options"`
		}{ref.body(), value, kind, o.wire()}
	}
	return c.send(ctx, k, content, "repliedMessage")
}
