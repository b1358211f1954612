package resources

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed icons/*.svg
var icons embed.FS

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
