package conversations

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// maxPastedPaths is the longest text that may be names of files, in bytes.
const maxPastedPaths = 64 << 10

// notice is a line that offers something and can be sent away.
type notice struct {
	words *widget.Label
	do    *widget.Button
	body  *fyne.Container
}

func newNotice(ctx *ui.Context) *notice {
	n := &notice{words: widget.NewLabel("")}
	n.words.Truncation = fyne.TextTruncateEllipsis
	n.words.SizeName = theme.SizeNameCaptionText
	n.do = widget.NewButton("", nil)
	leave := widgets.NewIconButton(ctx, apptheme.Icon(apptheme.IconClose), ctx.T("common.close"), n.hide)
	n.body = container.NewBorder(nil, nil, nil, container.NewHBox(n.do, leave), n.words)
	n.body.Hide()
	return n
}

func (n *notice) hide() { n.body.Hide() }

func (n *notice) show(text, button string, do func()) {
	n.words.SetText(text)
	n.do.SetText(button)
	n.do.OnTapped = func() {
		n.hide()
		do()
	}
	n.body.Show()
}

// pastedPaths reads names of files: addresses that begin with file:, as file
// managers copy them, or absolute paths, one a line. copied tells that it can be
// nothing else than files that were copied.
func pastedPaths(text string) (paths []string, copied bool) {
	if len(text) > maxPastedPaths {
		return nil, false
	}
	copied = true
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case line == "", line == "copy", line == "cut": // what some file managers put first
			continue
		case strings.HasPrefix(line, "file://"):
			u, err := url.Parse(line)
			if err != nil || u.Host != "" && u.Host != "localhost" || u.Path == "" {
				return nil, false
			}
			paths = append(paths, filepath.FromSlash(u.Path))
		case filepath.IsAbs(line):
			paths, copied = append(paths, filepath.Clean(line)), false
		default:
			return nil, false
		}
	}
	return paths, copied && len(paths) > 0
}

// pasted attaches files that were copied in a file manager; for a text that is
// the path of a file it offers that. It tells whether the text is not to be put in.
func (c *compose) pasted(text string) bool {
	if c.attacher == nil {
		return false
	}
	paths, copied := pastedPaths(text)
	if copied {
		c.d.attach(paths)
		return true
	}
	if len(paths) == 0 || len(paths) > maxAttached || c.d.life == nil {
		return false
	}
	u := c.now
	c.ctx.Load(c.d.shown, func(context.Context) func() {
		for _, path := range paths {
			if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
				return nil
			}
		}
		return func() { c.offer(u, text, paths) }
	})
	return false
}

// offer offers to attach files whose paths were pasted as a text.
func (c *compose) offer(u *unsent, pasted string, paths []string) {
	if c.now != u || !strings.Contains(c.composer.Text(), strings.TrimRight(pasted, "\r\n")) {
		return
	}
	n := translations.Data{"Count": len(paths)}
	c.notice.show(c.ctx.N("compose.paste.is_file", len(paths), n), c.ctx.N("compose.paste.attach", len(paths), n), func() {
		text := strings.ReplaceAll(pasted, "\r\n", "\n")
		if !strings.Contains(c.composer.Text(), text) {
			text = strings.TrimRight(text, "\n") // its end was edited meanwhile
		}
		if i := strings.LastIndex(c.composer.Text(), text); i >= 0 {
			c.composer.Replace(i, i+len(text), "")
		}
		c.d.attach(paths)
	})
}
