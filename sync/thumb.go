package sync

import (
	"encoding/base64"
	"strings"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// maxThumb is the largest small picture that is kept, in bytes; the phone makes
// them about 100 pixels wide, a few KB.
const maxThumb = 64 << 10

// keepThumb keeps the small picture that came with a message beside its file. It
// runs while messages are read, before their transaction; that it fails stops nothing.
func (w *worker) keepThumb(m *model.MessageIn, wire *gateway.Message) {
	if w.e.p.Media == nil || m.Media == nil && m.Type != model.TypeLocation {
		return
	}
	data := thumbOf(wire)
	if data == nil {
		return
	}
	digest, err := w.e.p.Media.SaveThumb(data)
	if err != nil {
		w.log.WithError(err).Debug("keep a small picture")
		return
	}
	if m.Media == nil {
		m.Media = &model.Media{State: model.MediaNone}
	}
	m.Media.Thumb = digest
}

// thumbOf decodes the small picture of a message, nil when it has none: it stands
// in the raw object, or in the place of the text when the file is gone (contract §9.4).
func thumbOf(wire *gateway.Message) []byte {
	text := wire.Thumbnail
	if text == "" && isPictureText(wire.Body) {
		text = wire.Body
	}
	text = strings.TrimRight(strings.TrimSpace(text), "=")
	if text == "" || base64.RawStdEncoding.DecodedLen(len(text)) > maxThumb {
		return nil
	}
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	switch model.SniffMedia(data) {
	case "image/jpeg", "image/png", "image/webp":
		return data
	}
	return nil
}

// isPictureText tells whether a text begins as a picture in base64 does: JPEG, PNG or WebP.
func isPictureText(s string) bool {
	return len(s) >= 64 && (strings.HasPrefix(s, "/9j/") || strings.HasPrefix(s, "iVBOR") || strings.HasPrefix(s, "UklGR"))
}
