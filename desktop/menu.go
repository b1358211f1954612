package desktop

import (
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"
)

// Item is one line of the tray's menu.
type Item struct {
	Label     string
	Disabled  bool
	Separator bool
	Children  []Item
	Do        func() // nil for lines that only say something
}

// menu serves com.canonical.dbusmenu: the desktop asks for the lines and tells
// which one was clicked. Its exported methods are those of that interface.
type menu struct {
	mu       sync.Mutex
	revision uint32
	items    map[int32]*Item // 0 is the root
	children map[int32][]int32
}

// menuLayout is (ia{sv}av), as the interface wants it.
type menuLayout struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

type menuProperties struct {
	ID         int32
	Properties map[string]dbus.Variant
}

type menuEvent struct {
	ID        int32
	Event     string
	Data      dbus.Variant
	Timestamp uint32
}

// set replaces the lines and returns the new revision. Ids are never used again,
// so that a click on a line that is gone does nothing.
func (m *menu) set(items []Item) uint32 {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := int32(1)
	for id := range m.items {
		next = max(next, id+1)
	}
	m.revision++
	m.items, m.children = map[int32]*Item{0: {}}, map[int32][]int32{}
	var add func(parent int32, items []Item)
	add = func(parent int32, items []Item) {
		for i := range items {
			id := next
			next++
			m.items[id] = &items[i]
			m.children[parent] = append(m.children[parent], id)
			add(id, items[i].Children)
		}
	}
	add(0, items)
	return m.revision
}

// properties returns what the desktop shows of a line. What is not named has its
// default.
func (m *menu) properties(id int32) map[string]dbus.Variant {
	p := map[string]dbus.Variant{}
	item := m.items[id]
	if item.Separator {
		p["type"] = dbus.MakeVariant("separator")
		return p
	}
	if id != 0 {
		p["label"] = dbus.MakeVariant(strings.ReplaceAll(item.Label, "_", "__")) // a single one marks a key
	}
	if item.Disabled {
		p["enabled"] = dbus.MakeVariant(false)
	}
	if len(m.children[id]) > 0 {
		p["children-display"] = dbus.MakeVariant("submenu")
	}
	return p
}

func (m *menu) layout(id, depth int32) menuLayout {
	l := menuLayout{ID: id, Properties: m.properties(id), Children: []dbus.Variant{}}
	if depth == 0 {
		return l
	}
	for _, child := range m.children[id] {
		l.Children = append(l.Children, dbus.MakeVariant(m.layout(child, depth-1)))
	}
	return l
}

var errNoItem = dbus.NewError("com.canonical.dbusmenu.Error.UnknownItem", []any{"there is no such line"})

// GetLayout returns a line with those below it.
func (m *menu) GetLayout(parent, depth int32, _ []string) (uint32, menuLayout, *dbus.Error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.items[parent] == nil {
		return 0, menuLayout{Properties: map[string]dbus.Variant{}}, errNoItem
	}
	return m.revision, m.layout(parent, depth), nil
}

// GetGroupProperties returns what is shown of some lines; of no named ones, all.
func (m *menu) GetGroupProperties(ids []int32, _ []string) ([]menuProperties, *dbus.Error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(ids) == 0 {
		for id := range m.items {
			ids = append(ids, id)
		}
	}
	all := []menuProperties{}
	for _, id := range ids {
		if m.items[id] != nil {
			all = append(all, menuProperties{id, m.properties(id)})
		}
	}
	return all, nil
}

// GetProperty returns one thing that is shown of a line.
func (m *menu) GetProperty(id int32, name string) (dbus.Variant, *dbus.Error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.items[id] == nil {
		return dbus.MakeVariant(""), errNoItem
	}
	if v, ok := m.properties(id)[name]; ok {
		return v, nil
	}
	return dbus.MakeVariant(""), nil
}

// Event hears what happened to a line.
func (m *menu) Event(id int32, event string, _ dbus.Variant, _ uint32) *dbus.Error {
	if event != "clicked" {
		return nil
	}
	m.mu.Lock()
	item := m.items[id]
	m.mu.Unlock()
	if item == nil {
		return errNoItem
	}
	if item.Do != nil && !item.Disabled {
		item.Do()
	}
	return nil
}

// EventGroup hears several things at once; it returns the lines that are not there.
func (m *menu) EventGroup(events []menuEvent) ([]int32, *dbus.Error) {
	missing := []int32{}
	for _, e := range events {
		if m.Event(e.ID, e.Event, e.Data, e.Timestamp) != nil {
			missing = append(missing, e.ID)
		}
	}
	return missing, nil
}

// AboutToShow says that the lines are as they should be.
func (m *menu) AboutToShow(int32) (bool, *dbus.Error) { return false, nil }

// AboutToShowGroup says the same of several lines.
func (m *menu) AboutToShowGroup([]int32) ([]int32, []int32, *dbus.Error) {
	return []int32{}, []int32{}, nil
}
