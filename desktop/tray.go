package desktop

import (
	"context"
	"fmt"
	"image"
	"os"
	"sync"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/introspect"
	"github.com/godbus/dbus/v5/prop"
)

const (
	itemPath         = dbus.ObjectPath("/StatusNotifierItem")
	itemInterface    = "org.kde.StatusNotifierItem"
	menuPath         = dbus.ObjectPath("/StatusNotifierMenu")
	menuInterface    = "com.canonical.dbusmenu"
	watcherName      = "org.kde.StatusNotifierWatcher"
	watcherPath      = dbus.ObjectPath("/StatusNotifierWatcher")
	hostRegistered   = watcherName + ".StatusNotifierHostRegistered"
	hostUnregistered = watcherName + ".StatusNotifierHostUnregistered"
)

// TrayOptions say what stands in the tray, and who is told.
type TrayOptions struct {
	ID      string // of the program
	Title   string
	OnOpen  func()           // the icon was clicked
	OnShown func(shown bool) // the desktop began or ceased to show the tray
}

// Tray is the program's place in the tray of a desktop that has one: a
// StatusNotifierItem, as KDE, GNOME with its extension, Xfce and most panels
// show them. It needs no tray to be there: when one comes, the icon goes there.
// Its methods may be called from any goroutine.
type Tray struct {
	bus   *Bus
	o     TrayOptions
	props *prop.Properties
	menu  *menu

	mu     sync.Mutex
	shown  bool
	silent bool // the program ends: nobody is told any more
}

// pixels is a picture as the interface wants it: big-endian ARGB.
type pixels struct {
	Width, Height int32
	Data          []byte
}

type tooltip struct {
	Icon        string
	Pictures    []pixels
	Title, Text string
}

// NewTray offers the program to the tray. There is one for a Bus.
func (b *Bus) NewTray(ctx context.Context, o TrayOptions, icon image.Image, items []Item) (*Tray, error) {
	t := &Tray{bus: b, o: o, menu: &menu{}}
	t.menu.set(items)
	if err := t.export(icon); err != nil {
		return nil, fmt.Errorf("offer an icon to the tray: %w", err)
	}
	name := fmt.Sprintf("%s-%d-1", itemInterface, os.Getpid())
	if _, err := b.conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
		return nil, fmt.Errorf("offer an icon to the tray: %w", err)
	}
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchSender(busName), dbus.WithMatchInterface(busName), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName)},
		{dbus.WithMatchInterface(watcherName), dbus.WithMatchObjectPath(watcherPath)},
	} {
		if err := b.conn.AddMatchSignalContext(ctx, match...); err != nil {
			return nil, fmt.Errorf("watch for a tray: %w", err)
		}
	}
	b.mu.Lock()
	b.tray = t
	b.mu.Unlock()
	t.register(ctx)
	return t, nil
}

// export puts the item and its menu on the bus.
func (t *Tray) export(icon image.Image) (err error) {
	conn := t.bus.conn
	// Signals of the interface tell of changes, and fail quietly when the bus is gone.
	value := func(v any) *prop.Prop { return &prop.Prop{Value: v, Emit: prop.EmitFalse} }
	item := map[string]*prop.Prop{
		"Category": value("Communications"), "Id": value(t.o.ID), "Title": value(t.o.Title), "Status": value("Active"),
		"WindowId": value(int32(0)), "IconThemePath": value(""), "IconName": value(""), "IconPixmap": value(pictures(icon)),
		"OverlayIconName": value(""), "OverlayIconPixmap": value([]pixels{}), "AttentionIconName": value(""),
		"AttentionIconPixmap": value([]pixels{}), "AttentionMovieName": value(""), "ToolTip": value(tooltip{Pictures: []pixels{}, Title: t.o.Title}),
		"ItemIsMenu": value(false), "Menu": value(menuPath),
	}
	lines := map[string]*prop.Prop{
		"Version": value(uint32(3)), "TextDirection": value("ltr"), "Status": value("normal"), "IconThemePath": value([]string{}),
	}
	if t.props, err = prop.Export(conn, itemPath, prop.Map{itemInterface: item}); err != nil {
		return err
	}
	if _, err = prop.Export(conn, menuPath, prop.Map{menuInterface: lines}); err != nil {
		return err
	}
	if err = conn.Export(clicks{t.o.OnOpen}, itemPath, itemInterface); err != nil {
		return err
	}
	if err = conn.Export(t.menu, menuPath, menuInterface); err != nil {
		return err
	}
	for path, face := range map[dbus.ObjectPath]introspect.Interface{
		itemPath: {Name: itemInterface, Methods: introspect.Methods(clicks{}), Properties: t.props.Introspection(itemInterface)},
		menuPath: {Name: menuInterface, Methods: introspect.Methods(t.menu)},
	} {
		node := &introspect.Node{Name: string(path), Interfaces: []introspect.Interface{introspect.IntrospectData, prop.IntrospectData, face}}
		if err = conn.Export(introspect.NewIntrospectable(node), path, "org.freedesktop.DBus.Introspectable"); err != nil {
			return err
		}
	}
	return nil
}

// clicks hears what is done to the icon. Its methods are those of the interface.
type clicks struct{ open func() }

// Activate is a click.
func (c clicks) Activate(_, _ int32) *dbus.Error {
	c.open()
	return nil
}

// SecondaryActivate is a click with the middle button.
func (c clicks) SecondaryActivate(x, y int32) *dbus.Error { return c.Activate(x, y) }

// ContextMenu is asked for where the desktop does not show the menu by itself.
func (clicks) ContextMenu(_, _ int32) *dbus.Error { return nil }

// Scroll is the wheel over the icon.
func (clicks) Scroll(int32, string) *dbus.Error { return nil }

// register tells the watcher of the tray that there is an icon, and looks
// whether anybody shows it.
func (t *Tray) register(ctx context.Context) {
	if !t.bus.hasOwner(ctx, watcherName) {
		t.setShown(false)
		return
	}
	if err := t.bus.call(ctx, watcherName, watcherPath, watcherName+".RegisterStatusNotifierItem", nil, string(itemPath)); err != nil {
		t.setShown(false)
		return
	}
	host := true
	var v dbus.Variant
	// A watcher that cannot say so is taken for one that shows.
	if err := t.bus.call(ctx, watcherName, watcherPath, "org.freedesktop.DBus.Properties.Get", []any{&v}, watcherName, "IsStatusNotifierHostRegistered"); err == nil {
		if said, ok := v.Value().(bool); ok {
			host = said
		}
	}
	t.setShown(host)
}

// heard takes a signal of the bus.
func (t *Tray) heard(s *dbus.Signal) {
	switch s.Name {
	case ownerChanged:
		if len(s.Body) != 3 || s.Body[0] != watcherName {
			return
		}
		if s.Body[2] == "" {
			t.setShown(false)
			return
		}
	case hostRegistered, hostUnregistered:
	default:
		return
	}
	t.register(context.Background())
}

func (t *Tray) setShown(shown bool) {
	t.mu.Lock()
	changed := t.shown != shown
	t.shown = shown
	tell := changed && !t.silent && t.o.OnShown != nil
	t.mu.Unlock()
	if tell {
		t.o.OnShown(shown)
	}
}

func (t *Tray) silence() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.silent = true
}

// Shown tells whether the desktop shows the icon now. A window must not be
// hidden without it: nothing would bring it back.
func (t *Tray) Shown() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.shown
}

// SetIcon changes the picture.
func (t *Tray) SetIcon(icon image.Image) {
	t.props.SetMust(itemInterface, "IconPixmap", pictures(icon))
	_ = t.bus.conn.Emit(itemPath, itemInterface+".NewIcon") // a bus that is gone shows nothing anyway
}

// SetTooltip changes what is read under the pointer.
func (t *Tray) SetTooltip(text string) {
	t.props.SetMust(itemInterface, "ToolTip", tooltip{Pictures: []pixels{}, Title: text})
	_ = t.bus.conn.Emit(itemPath, itemInterface+".NewToolTip")
}

// SetMenu changes the lines.
func (t *Tray) SetMenu(items []Item) {
	revision := t.menu.set(items)
	_ = t.bus.conn.Emit(menuPath, menuInterface+".LayoutUpdated", revision, int32(0))
}

// pictures returns a picture as the interface wants it.
func pictures(img image.Image) []pixels {
	if img == nil {
		return []pixels{}
	}
	b := img.Bounds()
	p := pixels{int32(b.Dx()), int32(b.Dy()), make([]byte, 0, b.Dx()*b.Dy()*4)}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, blue, a := img.At(x, y).RGBA()
			p.Data = append(p.Data, byte(a>>8), byte(r>>8), byte(g>>8), byte(blue>>8))
		}
	}
	return []pixels{p}
}
