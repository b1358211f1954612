package widgets

import (
	"context"
	"image"
)

// Pictures loads the picture of a Card by its key, no side longer than maxSide
// pixels. It is called in a goroutine of its own and may block; when ctx ends
// nobody wants the picture any more. A picture that there is none of is nil
// without an error.
type Pictures func(ctx context.Context, key string, maxSide int) (image.Image, error)

// SetPictures says where the pictures of Cards come from.
func (l *MessageList) SetPictures(load Pictures) { l.pictures = load }

// SetProgress says how far the file of a row is, or what is being played of it.
// The zero Progress is forgotten. Only that bubble is drawn again.
func (l *MessageList) SetProgress(id ItemID, p Progress) {
	if p == (Progress{}) {
		delete(l.progress, id)
		return
	}
	l.progress[id] = p
}

// SetUnreadFrom draws the line "Unread from here" above a row; the zero id takes
// it away. The row may come later.
func (l *MessageList) SetUnreadFrom(id ItemID) { l.unread = id }

// SetHighlight lights words in the texts, wherever a word begins like one of
// them; case and accents are not told apart. No words: nothing is lit.
func (l *MessageList) SetHighlight(words []string) { l.words = words }

// ResetAt shows other rows with one of them in view, as Reset and JumpTo.
func (l *MessageList) ResetAt(items []Item, newer bool, id ItemID, highlight bool) bool {
	l.Reset(items, newer)
	return l.JumpTo(id, highlight)
}

// JumpTo brings a row into the upper half of the list, and lights it for a
// moment when highlight is set; false when it is not held. The list does not
// follow its end after that, unless the end is in view.
func (l *MessageList) JumpTo(id ItemID, highlight bool) bool {
	return l.ScrollTo(id)
}
