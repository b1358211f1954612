package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// The shortcuts live in the main menu. While a text field or a selectable text
// has the focus, Fyne hands every shortcut to it, and it drops what it does not
// know; only those of the main menu are tried before. The alternative, objects
// that pass unknown shortcuts on, holds for ui.Entry only, not for those that
// Fyne builds itself. The menu also shows what there is, which nobody finds
// otherwise.
//
// One wart of Fyne 2.7.1 comes with it: releasing Alt opens the menu, also when
// Alt+Tab leaves the window. resetMenu puts that right.

var areaKeys = []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8}

// newMenu returns the main menu with every shortcut of the window.
func (m *Main) newMenu() *fyne.MainMenu {
	quit := fyne.NewMenuItem(m.ctx.T("main.menu.quit"), m.quit)
	quit.IsQuit = true
	quit.Shortcut = shortcut(fyne.KeyQ)
	steps := fyne.NewMenuItem(m.ctx.T("main.menu.start"), m.guarded(m.showStart))

	search := fyne.NewMenuItem(m.ctx.T("main.menu.search"), m.guarded(m.FocusSearch))
	search.Shortcut = shortcut(fyne.KeyK)
	begin := fyne.NewMenuItem(m.ctx.T("main.menu.begin"), m.guarded(m.NewConversation))
	begin.Shortcut = shortcut(fyne.KeyN)
	find := fyne.NewMenuItem(m.ctx.T("main.menu.find"), m.guarded(m.Find))
	find.Shortcut = shortcut(fyne.KeyF)
	older := fyne.NewMenuItem(m.ctx.T("main.menu.find_older"), m.guarded(func() { m.FindStep(false) }))
	older.Shortcut = shortcut(fyne.KeyG)
	newer := fyne.NewMenuItem(m.ctx.T("main.menu.find_newer"), m.guarded(func() { m.FindStep(true) }))
	newer.Shortcut = &desktop.CustomShortcut{KeyName: fyne.KeyG, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}
	items := make([]*fyne.MenuItem, 0, len(areaKeys)+6)
	for i, a := range Areas() {
		item := fyne.NewMenuItem(areaName(m.ctx, a), m.guarded(func() { m.Show(a) }))
		item.Shortcut = shortcut(areaKeys[i])
		items = append(items, item)
	}
	items = append(items, fyne.NewMenuItemSeparator(), begin, search, find, older, newer)
	return fyne.NewMainMenu(
		fyne.NewMenu(m.ctx.T("main.menu.program"), steps, fyne.NewMenuItemSeparator(), quit),
		fyne.NewMenu(m.ctx.T("main.menu.go"), items...),
	)
}

func shortcut(key fyne.KeyName) fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
}

// guarded keeps a shortcut from working behind an open dialog or menu.
func (m *Main) guarded(f func()) func() {
	return func() {
		if m.ctx.ModalOpen() || m.ctx.Window.Canvas().Overlays().Top() != nil {
			return
		}
		f()
	}
}

// resetMenu is called when the application leaves the front or comes back; it
// closes a menu that Alt+Tab opened. The key is released right after this call,
// so it must happen a moment later.
func (m *Main) resetMenu() {
	m.ctx.Do(func() {
		if m.active {
			m.ctx.Window.SetMainMenu(m.newMenu())
		}
	})
}

// escapable is a screen that has something to leave by Escape.
type escapable interface {
	// Escape leaves it and tells whether there was anything.
	Escape() bool
}

// typedKey takes the keys that no field has taken.
func (m *Main) typedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyF3: // no shortcut of Fyne: it has no modifier
		m.guarded(func() { m.FindStep(shiftHeld()) })()
		return
	case fyne.KeyEscape:
	default:
		return
	}
	if s, ok := m.shown.(escapable); ok && s.Escape() {
		return
	}
	m.ctx.Window.Canvas().Unfocus()
}

// shiftHeld tells whether Shift is held, where the driver knows.
func shiftHeld() bool {
	d, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok && d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
}

func (m *Main) quit() {
	if m.svc.Quit != nil {
		m.svc.Quit()
		return
	}
	m.ctx.Window.Close()
}
