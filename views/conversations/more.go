package conversations

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/widgets"
)

// newMore returns the button for what can be sent besides a text.
func (c *compose) newMore() *widgets.IconButton {
	var b *widgets.IconButton
	b = widgets.NewIconButton(c.ctx, apptheme.Icon(apptheme.IconAdd), c.ctx.T("compose.more"), func() { c.showMore(b) })
	return b
}

// showMore shows what can be sent, above the button.
func (c *compose) showMore(button fyne.CanvasObject) {
	var items []*fyne.MenuItem
	add := func(key string, icon apptheme.IconName, do func()) {
		item := fyne.NewMenuItem(c.ctx.T(key), do)
		item.Icon = apptheme.Icon(icon)
		items = append(items, item)
	}
	if c.attacher != nil {
		add("compose.more.file", apptheme.IconAttach, c.chooseFile)
	}
	add("compose.more.place", apptheme.IconPlace, c.choosePlace)
	if c.contacts != nil {
		add("compose.more.contact", apptheme.IconPerson, c.chooseContact)
	}
	add("compose.more.poll", apptheme.IconPoll, c.choosePoll)
	menu := widget.NewPopUpMenu(fyne.NewMenu("", items...), c.ctx.Window.Canvas())
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(button)
	menu.ShowAtPosition(fyne.NewPos(at.X, max(at.Y-menu.MinSize().Height-4, 0)))
}

// chooseFile lets the owner choose a file, in the folder of the last one.
func (c *compose) chooseFile() {
	open := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil {
			c.d.banner.show("action.attach", err, nil)
			return
		}
		if r == nil { // the owner thought better of it
			return
		}
		path := r.URI().Path()
		_ = r.Close() // nothing was read
		c.folder = filepath.Dir(path)
		c.d.attach([]string{path})
	}, c.ctx.Window)
	if c.folder != "" {
		if place, err := storage.ListerForURI(storage.NewFileURI(c.folder)); err == nil {
			open.SetLocation(place)
		}
	}
	c.ctx.ShowFileDialog(open)
}
