package conversations

import (
	"path"
	"strconv"
	"strings"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/widgets"
)

// pictureKey names the picture of a message for the loader of the list: its
// key, whether the file is here, and what it is, so that a picture that comes
// later is loaded anew. parsePictureKey reads it.
func pictureKey(row *model.MessageRow) string {
	kind, digest := "", ""
	switch {
	case row.MediaState == model.MediaStored && (row.Type == model.TypeImage || row.Type == model.TypeSticker):
		kind, digest = "full", row.MediaHash
	case row.MediaThumb != "":
		kind, digest = "thumb", row.MediaThumb
	default:
		return ""
	}
	return kind + ":" + strconv.FormatInt(int64(row.ID), 10) + ":" + digest
}

// parsePictureKey returns the message of a picture, and whether its file is
// wanted or only its small picture.
func parsePictureKey(key string) (id model.MessageID, full, ok bool) {
	kind, rest, _ := strings.Cut(key, ":")
	number, _, ok := strings.Cut(rest, ":")
	n, err := strconv.ParseInt(number, 10, 64)
	return model.MessageID(n), kind == "full", ok && err == nil && n != 0
}

// media fills in a picture, sound or document.
func (w *writer) media(c *widgets.Content, row *model.MessageRow, m *model.MediaInfo) {
	if m == nil {
		m = &model.MediaInfo{}
	}
	card := &widgets.Card{State: mediaState(row), Seed: string(row.ShortID), Length: w.ctx.FormatSeconds(m.Seconds), Width: m.Width, Height: m.Height}
	c.Card = card
	size := row.MediaSize
	if size <= 0 {
		size = m.Size
	}
	card.Size = w.ctx.FormatBytes(size)
	switch row.Type {
	case model.TypeImage:
		card.Kind, card.Icon, card.Picture = widgets.CardPicture, apptheme.IconMedia, pictureKey(row)
	case model.TypeVideo:
		card.Kind, card.Icon, card.Picture = widgets.CardVideo, apptheme.IconVideo, pictureKey(row)
		if card.Length == "" {
			card.Length = w.ctx.MessageTypeText(row.Type)
		}
		if m.Gif {
			card.Length = w.ctx.T("conversations.media.gif")
		}
	case model.TypeSticker:
		card.Kind, card.Icon, card.Picture = widgets.CardSticker, apptheme.IconMedia, pictureKey(row)
	case model.TypeVoice:
		card.Kind = widgets.CardVoice
		w.soundLength(card)
	case model.TypeAudio:
		card.Kind, card.Icon, card.Title = widgets.CardAudio, apptheme.IconMusic, w.fileName(m, row)
		w.soundLength(card)
	default:
		w.document(c, row, m, size)
	}
	if m.ViewOnce {
		card.State, card.Picture = "", ""
		card.Why = w.ctx.T("conversations.media.view_once")
	}
	w.mediaState(c, row)
}

func (w *writer) soundLength(card *widgets.Card) {
	if card.Length == "" {
		card.Length = "–:––"
	}
}

// mediaState returns the state of the file of a row, also of one without a record.
func mediaState(row *model.MessageRow) model.MediaState {
	if row.MediaState == "" || row.MediaState == model.MediaNone {
		if row.HasMedia {
			return model.MediaRemote
		}
		return model.MediaGone
	}
	return row.MediaState
}

// mediaState says why a file is not here, and what Enter does.
//
// translations: problem.*
func (w *writer) mediaState(c *widgets.Content, row *model.MessageRow) {
	card := c.Card
	switch card.State {
	case model.MediaStored:
		c.Main = widgets.ActionOpen
		if card.Kind == widgets.CardVoice || card.Kind == widgets.CardAudio {
			c.Main = widgets.ActionPlay
		}
	case model.MediaRemote:
		c.Main = widgets.ActionDownload
	case model.MediaDownloading:
		c.Main = widgets.ActionCancel
	case model.MediaFailed:
		why, _ := w.ctx.ProblemText(model.Problem{Kind: model.ProblemKind(row.MediaError)})
		card.Why = w.ctx.T("conversations.media.failed", translations.Data{"Why": why})
		if card.Kind == widgets.CardPicture || card.Kind == widgets.CardVideo { // there is room for the word
			card.Size = w.ctx.T("conversations.media.retry")
		}
		c.Main = widgets.ActionDownload
	case model.MediaGone:
		card.Why = w.ctx.T("conversations.media.gone")
	}
}

// fileName returns the name of a file, without directories and tricks; its kind
// when it has none.
func (w *writer) fileName(m *model.MediaInfo, row *model.MessageRow) string {
	name := strings.ReplaceAll(m.FileName, "\\", "/")
	name = model.CleanLine(path.Base(name), 120)
	if name == "" || name == "." || name == "/" || name == ".." {
		return w.ctx.MessageTypeText(row.Type)
	}
	return name
}

// document fills in the card of a file.
func (w *writer) document(c *widgets.Content, row *model.MessageRow, m *model.MediaInfo, size int64) {
	card := c.Card
	card.Kind, card.Icon = widgets.CardDocument, apptheme.IconFile
	card.Title = w.fileName(m, row)
	card.Badge = fileKind(card.Title, m.MimeType)
	var parts []string
	if m.Pages > 0 {
		parts = append(parts, w.ctx.N("conversations.pages", m.Pages))
	}
	if s := w.ctx.FormatBytes(size); s != "" {
		parts = append(parts, s)
	}
	card.Detail = strings.Join(parts, " · ")
	if card.Detail == "" {
		card.Detail = w.ctx.MessageTypeText(row.Type)
	}
	if text := strings.TrimSpace(c.Text); text == card.Title || text == m.FileName { // a document's text is usually its name
		c.Text = ""
	}
}

// fileKind returns the letters that are written on a document, such as "PDF".
func fileKind(name, mime string) string {
	const longest = 4
	if ext := strings.TrimPrefix(path.Ext(name), "."); ext != "" && len(ext) <= longest && strings.Trim(ext, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "" {
		return strings.ToUpper(ext)
	}
	mime, _, _ = strings.Cut(mime, ";")
	switch mime {
	case "application/pdf":
		return "PDF"
	case "application/zip":
		return "ZIP"
	case "text/plain":
		return "TXT"
	}
	return ""
}
