package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/xappiens/buzon/model"
)

// ErrSettingsInvalid says that the settings file cannot be used as it is.
var ErrSettingsInvalid = errors.New("the settings file is not valid")

// ErrSettingsWrite says that the settings could not be saved.
var ErrSettingsWrite = errors.New("the settings could not be saved")

// maxSettingsFile is far above what settings need; it keeps a wrong file out of memory.
const maxSettingsFile = 1 << 20

// utf8BOM is put before the text by some editors on Windows.
var utf8BOM = []byte("\xef\xbb\xbf")

// decodeSettings reads the text of a settings file. Members that are missing
// have their defaults; members that are not known are returned beside, so that
// saving keeps them. Every error is an ErrSettingsInvalid.
func decodeSettings(data []byte) (model.Settings, map[string]json.RawMessage, error) {
	data = bytes.TrimPrefix(data, utf8BOM)
	if len(bytes.TrimSpace(data)) == 0 {
		return model.Settings{}, nil, fmt.Errorf("%w: it is empty", ErrSettingsInvalid)
	}
	var members map[string]json.RawMessage
	s := model.DefaultSettings()
	for _, into := range []any{&members, &s} {
		dec := json.NewDecoder(bytes.NewReader(data))
		err := dec.Decode(into)
		if err == nil {
			if _, more := dec.Token(); !errors.Is(more, io.EOF) {
				err = errors.New("there is more text after the end")
			}
		}
		if err != nil {
			return model.Settings{}, nil, fmt.Errorf("%w: %w", ErrSettingsInvalid, describeJSON(data, err))
		}
	}
	if members == nil {
		return model.Settings{}, nil, fmt.Errorf("%w: it holds no object", ErrSettingsInvalid)
	}
	if s.Version > model.SettingsVersion {
		return model.Settings{}, nil, fmt.Errorf("%w: it is of version %d, from a newer Buzón", ErrSettingsInvalid, s.Version)
	}
	s = cleanSettings(s)
	if fields := s.Validate(); len(fields) > 0 {
		return model.Settings{}, nil, fmt.Errorf("%w: %w", ErrSettingsInvalid, &model.SettingsError{Fields: fields})
	}
	maps.DeleteFunc(members, func(name string, _ json.RawMessage) bool { return knownSetting(name) })
	return s, members, nil
}

// describeJSON adds the line to an error of the JSON reader.
func describeJSON(data []byte, err error) error {
	offset := int64(-1)
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		offset, err = int64(len(data)), errors.New("it ends too early")
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &wrong):
		// The reader's own words quote the value, which may be anything.
		offset, err = wrong.Offset, errors.New("it holds no object")
		if wrong.Field != "" {
			err = fmt.Errorf("%s must be of type %s", wrong.Field, wrong.Type)
		}
	}
	if offset < 0 || offset > int64(len(data)) {
		return err
	}
	return &lineError{1 + bytes.Count(data[:offset], []byte("\n")), err}
}

// lineError is what is wrong in a line of a file, counted from one.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %v", e.line, e.err) }
func (e *lineError) Unwrap() error { return e.err }

// encodeSettings returns the text of a settings file: the settings in the order
// of their declaration, then the members that are not known, sorted.
func encodeSettings(s model.Settings, unknown map[string]json.RawMessage) ([]byte, error) {
	known, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the settings as JSON: %w", err)
	}
	var b bytes.Buffer
	b.Write(bytes.TrimSuffix(known, []byte("\n}")))
	for _, name := range slices.Sorted(maps.Keys(unknown)) {
		key, err := json.Marshal(name)
		if err != nil {
			return nil, fmt.Errorf("write the settings as JSON: %w", err)
		}
		b.WriteString(",\n  ")
		b.Write(key)
		b.WriteString(": ")
		if err := json.Indent(&b, unknown[name], "  ", "  "); err != nil {
			return nil, fmt.Errorf("write the settings as JSON: %w", err)
		}
	}
	b.WriteString("\n}\n")
	return b.Bytes(), nil
}

// cleanSettings brings what was typed into the written form.
func cleanSettings(s model.Settings) model.Settings {
	s.Version = model.SettingsVersion
	for _, text := range []*string{&s.BaseURL, &s.Country, &s.Language, &s.Theme, &s.PlainHTTPAccepted, &s.DefaultSession,
		&s.NotifyContent, &s.NotifyPausedUntil, &s.NotifyMuted, &s.QuietFrom, &s.QuietTo, &s.QuietDays} {
		*text = strings.TrimSpace(*text)
	}
	s.BaseURL = strings.TrimRight(s.BaseURL, "/")
	s.Country = strings.ToUpper(s.Country)
	return s
}

// SettingKeys returns the names of the settings that can be read and set one by
// one, in the order of the file.
func SettingKeys() []string {
	var names []string
	for i := range settingsType.NumField() {
		if name := settingName(i); name != versionSetting {
			names = append(names, name)
		}
	}
	return names
}

const versionSetting = "version" // the program's, not the owner's

var settingsType = reflect.TypeFor[model.Settings]()

func settingName(i int) string { return settingsType.Field(i).Tag.Get("json") }

// knownSetting tells whether a member of the file is one of ours. The JSON
// reader does not look at letter case, so neither does this.
func knownSetting(name string) bool {
	for i := range settingsType.NumField() {
		if strings.EqualFold(settingName(i), name) {
			return true
		}
	}
	return false
}

// fieldOf finds a setting in s by its JSON name.
func fieldOf(s *model.Settings, key string) (reflect.Value, error) {
	for i := range settingsType.NumField() {
		if name := settingName(i); name == key && name != versionSetting {
			return reflect.ValueOf(s).Elem().Field(i), nil
		}
	}
	return reflect.Value{}, &model.SettingsError{Fields: []model.FieldError{{Field: model.CleanLine(key, 64), Code: "unknown"}}}
}

// SettingValue returns one setting by its JSON name: a string, int or bool. An
// unknown name gives a *model.SettingsError with the code "unknown".
func SettingValue(s model.Settings, key string) (any, error) {
	f, err := fieldOf(&s, key)
	if err != nil {
		return nil, err
	}
	return f.Interface(), nil
}

// WithSetting returns s with one setting changed to what a text says. A text
// that is no value of the setting's type gives a *model.SettingsError with the
// code "number" or "boolean". The result is not validated.
func WithSetting(s model.Settings, key, value string) (model.Settings, error) {
	f, err := fieldOf(&s, key)
	if err != nil {
		return s, err
	}
	wrong := func(code string) error {
		return &model.SettingsError{Fields: []model.FieldError{{Field: key, Code: code}}}
	}
	value = strings.TrimSpace(value)
	switch f.Kind() {
	case reflect.Int:
		n, err := strconv.Atoi(value)
		if err != nil {
			return s, wrong("number")
		}
		f.SetInt(int64(n))
	case reflect.Bool:
		b, err := parseSwitch(value)
		if err != nil {
			return s, wrong("boolean")
		}
		f.SetBool(b)
	default:
		f.SetString(value)
	}
	return s, nil
}

// parseSwitch reads a truth value as people write it in English and Spanish.
func parseSwitch(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1", "sí", "si":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	default:
		return false, strconv.ErrSyntax
	}
}
