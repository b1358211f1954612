package desktop

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Autostart has a program started with the system, for this user. The system's
// own record is the only truth: what is removed or switched off there is off.
type Autostart struct {
	ID      string // such as com.example.program
	Name    string // for people
	Program string // absolute path
	Args    []string
}

// ErrArgument says that a path cannot be written into the system's record.
var ErrArgument = errors.New("the path of the program has a sign that cannot be written there")

// ThisProgram returns the absolute path by which this program can be started.
func ThisProgram() (string, error) {
	if image := os.Getenv("APPIMAGE"); filepath.IsAbs(image) { // the program itself is in a folder that goes
		return image, nil
	}
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("look where this program is: %w", err)
	}
	return path, nil
}

// maxRecord is far above what such a record needs.
const maxRecord = 64 << 10

// readRecord reads a file of the system's record; nil when there is none.
func readRecord(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err == nil && info.Size() > maxRecord {
		err = errors.New("it is too large")
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return data, nil
}

// writeRecord writes such a file whole or not at all.
func writeRecord(path string, data []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".buzon-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	return nil
}

func removeRecord(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove %s: %w", path, err)
	}
	return nil
}

// entry returns the text of a .desktop file in the autostart folder.
func (a *Autostart) entry() ([]byte, error) {
	words := make([]string, 0, 1+len(a.Args))
	for _, word := range append([]string{a.Program}, a.Args...) {
		if strings.ContainsAny(word, "\n\r\t\x00") {
			return nil, ErrArgument
		}
		words = append(words, quoteEntry(word))
	}
	return fmt.Appendf(nil, "[Desktop Entry]\nType=Application\nName=%s\nExec=%s\nIcon=%s\nTerminal=false\nX-GNOME-Autostart-enabled=true\n",
		a.Name, strings.Join(words, " "), a.ID), nil
}

// quoteEntry quotes a word of an Exec line: first as the line wants it, then as
// every value of such a file.
func quoteEntry(word string) string {
	word = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`, `%`, `%%`).Replace(word)
	return `"` + strings.ReplaceAll(word, `\`, `\\`) + `"`
}

// entryOn tells whether a .desktop file starts a program that is there.
func entryOn(data []byte) bool {
	on, main := false, false
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			main = line == "[Desktop Entry]"
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "Exec":
			on = on || main && isProgram(entryProgram(value))
		case "Hidden":
			if main && value == "true" {
				return false
			}
		case "X-GNOME-Autostart-enabled", "X-MATE-Autostart-enabled":
			if main && value == "false" {
				return false
			}
		}
	}
	return on
}

// entryProgram returns the first word of an Exec line.
func entryProgram(line string) string {
	line = strings.ReplaceAll(line, `\\`, `\`)
	if !strings.HasPrefix(line, `"`) {
		word, _, _ := strings.Cut(line, " ")
		return word
	}
	var b strings.Builder
	escaped := false
	for _, r := range line[1:] {
		switch {
		case escaped:
			escaped = false
			b.WriteRune(r)
		case r == '\\':
			escaped = true
		case r == '"':
			return strings.ReplaceAll(b.String(), "%%", "%")
		default:
			b.WriteRune(r)
		}
	}
	return ""
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && filepath.IsAbs(path) && info.Mode().IsRegular()
}

// agent returns the text of a property list for launchd.
func (a *Autostart) agent() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header + `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` +
		"\n<plist version=\"1.0\">\n<dict>\n\t<key>Label</key>\n\t<string>" + a.ID + "</string>\n\t<key>ProgramArguments</key>\n\t<array>\n")
	for _, word := range append([]string{a.Program}, a.Args...) {
		if strings.ContainsRune(word, 0) {
			return nil, ErrArgument
		}
		b.WriteString("\t\t<string>")
		if err := xml.EscapeText(&b, []byte(word)); err != nil {
			return nil, fmt.Errorf("write the property list: %w", err)
		}
		b.WriteString("</string>\n")
	}
	b.WriteString("\t</array>\n\t<key>RunAtLoad</key>\n\t<true/>\n\t<key>ProcessType</key>\n\t<string>Interactive</string>\n</dict>\n</plist>\n")
	return b.Bytes(), nil
}

// agentOn tells whether a property list starts a program that is there.
func agentOn(data []byte) bool {
	decoder := xml.NewDecoder(bytes.NewReader(data))
	key, program, disabled := "", "", false
	for {
		token, err := decoder.Token()
		if err != nil {
			return program != "" && isProgram(program) && !disabled
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		text := ""
		switch start.Name.Local {
		case "key", "string":
			if decoder.DecodeElement(&text, &start) != nil {
				return false
			}
		}
		switch {
		case start.Name.Local == "key":
			key = text
		case start.Name.Local == "string" && key == "ProgramArguments" && program == "":
			program = text
		case start.Name.Local == "true" && key == "Disabled":
			disabled = true
		}
	}
}
