package resources

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed icons/*.svg
var icons embed.FS

//go:embed icons/window.png
var windowIcon []byte

// WindowIcon returns the mark of the application as a PNG of 128×128 pixels,
// drawn from icons/buzon.svg. The desktop wants pixels, and making them from the
// SVG at each start would cost an eighth of a second.
func WindowIcon() []byte { return windowIcon }

// Icon returns the SVG source of the icon of that name, such as "chat".
func Icon(name string) ([]byte, error) {
	b, err := icons.ReadFile("icons/" + name + ".svg")
	if err != nil {
		return nil, fmt.Errorf("icon %q: %w", name, err)
	}
	return b, nil
}

// IconNames returns the names of all icons.
func IconNames() []string {
	entries, err := fs.Glob(icons, "icons/*.svg")
	if err != nil {
		return nil
	}
	for i, e := range entries {
		entries[i] = e[len("icons/") : len(e)-len(".svg")]
	}
	return entries
}
