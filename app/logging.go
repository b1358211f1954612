package app

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/sirupsen/logrus"
	"gopkg.in/natefinch/lumberjack.v2"

	"github.com/xappiens/buzon/sync/gateway"
)

const (
	logFileMB    = 5 // size at which a log file is put aside
	logFilesKept = 3 // files put aside, beside the current one
	maxCrashFile = 1 << 20
)

// LogConfig says how to log.
type LogConfig struct {
	File     string    // "" = no file
	Level    string    // debug, info, warning or error; "" = info
	JSON     bool      // JSON lines in place of text
	Console  io.Writer // also written to; nil = not. Never standard output: that carries results
	Redactor *Redactor // nil = one that knows no secret
}

// Log is the program's log. Lines at info and above hold no secret, no phone
// number, no identifier of a person and no sentence of the gateway's; debug lines
// hold no secret.
type Log struct {
	*logrus.Logger
	file *lumberjack.Logger
}

// OpenLog begins to log. The file is 0600, put aside at 5 MB, and three old ones
// are kept. The folder must exist.
func OpenLog(c LogConfig) (*Log, error) {
	level, err := parseLevel(c.Level)
	if err != nil {
		return nil, err
	}
	redactor := c.Redactor
	if redactor == nil {
		redactor = &Redactor{}
	}
	var inner logrus.Formatter = &logrus.TextFormatter{DisableColors: true, FullTimestamp: true}
	if c.JSON {
		inner = &logrus.JSONFormatter{}
	}
	l := &Log{Logger: logrus.New()}
	l.SetLevel(level)
	l.SetFormatter(&redactingFormatter{inner: inner, redactor: redactor})
	var outs []io.Writer
	if c.File != "" {
		if err := checkLogFile(c.File); err != nil {
			return nil, err
		}
		l.file = &lumberjack.Logger{Filename: c.File, MaxSize: logFileMB, MaxBackups: logFilesKept}
		outs = append(outs, l.file)
	}
	if c.Console != nil {
		outs = append(outs, c.Console)
	}
	l.SetOutput(eachWriter(outs))
	return l, nil
}

// Close ends the log file; what is logged later goes nowhere.
func (l *Log) Close() error {
	l.SetOutput(io.Discard)
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

// noLog returns a log that goes nowhere.
func noLog() *logrus.Entry {
	l := logrus.New()
	l.SetOutput(io.Discard)
	return logrus.NewEntry(l)
}

// checkLogFile opens the file once, so that a folder that cannot be written is
// told at start and not by a lost line; an old file is closed to other users.
func checkLogFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, fileMode)
	if err != nil {
		return fmt.Errorf("open the log file: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("open the log file: %w", err)
	}
	if err := closeToOthers(path); err != nil {
		return fmt.Errorf("close the log file to other users: %w", err)
	}
	return nil
}

// ErrLogLevel says that a log level has no such name.
var ErrLogLevel = errors.New("the log level must be debug, info, warning or error")

func parseLevel(name string) (logrus.Level, error) {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "debug":
		return logrus.DebugLevel, nil
	case "", "info":
		return logrus.InfoLevel, nil
	case "warn", "warning":
		return logrus.WarnLevel, nil
	case "error":
		return logrus.ErrorLevel, nil
	default:
		return 0, ErrLogLevel
	}
}

// eachWriter writes to all, whatever one of them says: a closed terminal must
// not end the file.
type eachWriter []io.Writer

func (w eachWriter) Write(p []byte) (int, error) {
	var errs []error
	for _, out := range w {
		if _, err := out.Write(p); err != nil {
			errs = append(errs, err)
		}
	}
	return len(p), errors.Join(errs...)
}

// redactingFormatter cleans an entry before it is put into words, and the
// finished line once more, because a field may print itself in its own way.
type redactingFormatter struct {
	inner    logrus.Formatter
	redactor *Redactor
}

// Format implements logrus.Formatter. The entry is the logger's and is not changed.
func (f *redactingFormatter) Format(entry *logrus.Entry) ([]byte, error) {
	clean := f.redactor.Secrets
	private := entry.Level <= logrus.InfoLevel // logrus counts down: more serious is less
	if private {
		clean = f.redactor.Text
	}
	e := *entry
	e.Message = clean(entry.Message)
	e.Data = make(logrus.Fields, len(entry.Data))
	for name, value := range entry.Data {
		e.Data[name] = cleanField(name, value, private, clean)
	}
	line, err := f.inner.Format(&e)
	if err != nil {
		return nil, fmt.Errorf("format a log line: %w", err)
	}
	return []byte(f.redactor.Secrets(string(line))), nil
}

// cleanField cleans one field. Numbers and truth values stay: they are counts,
// durations and keys of our own tables.
func cleanField(name string, value any, private bool, clean func(string) string) any {
	switch fieldClass(name) {
	case fieldSecret:
		return hiddenKey
	case fieldPersonal:
		if private {
			return hiddenText
		}
	}
	switch v := value.(type) {
	case nil, bool, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
		return v
	case string:
		return clean(v)
	case error:
		if private {
			return clean(withoutSaid(v))
		}
		return clean(v.Error())
	case fmt.Stringer:
		return clean(v.String())
	default:
		return clean(fmt.Sprintf("%+v", v))
	}
}

// withoutSaid returns an error's text without the gateway's own sentences: nothing
// keeps the gateway from quoting a message in them. The owner reads them in the
// window and in the activity, and a debug log has them.
func withoutSaid(err error) string {
	text := err.Error()
	eachGatewayError(err, func(e *gateway.Error) {
		if e.Message != "" && e.Message != http.StatusText(e.Status) {
			text = strings.ReplaceAll(text, e.Message, hiddenText)
		}
	})
	return text
}

// eachGatewayError finds the gateway's errors in all branches of an error.
func eachGatewayError(err error, f func(*gateway.Error)) {
	switch v := err.(type) { //nolint:errorlint // each error of the chain is looked at by itself
	case *gateway.Error:
		f(v)
	case interface{ Unwrap() []error }:
		for _, branch := range v.Unwrap() {
			eachGatewayError(branch, f)
		}
		return
	}
	if below := errors.Unwrap(err); below != nil {
		eachGatewayError(below, f)
	}
}

type fieldKind int

const (
	fieldPlain fieldKind = iota
	fieldSecret
	fieldPersonal
)

// fieldClass knows the names under which a slip would log what is private.
func fieldClass(name string) fieldKind {
	switch strings.ToLower(name) {
	case "key", "api_key", "apikey", "x-api-key", "authorization", "password", "token", "secret", "qr", "pairing_code":
		return fieldSecret
	case "text", "body", "caption", "draft", "message_text", "phone", "number", "push_name", "contact_name":
		return fieldPersonal
	default:
		return fieldPlain
	}
}

// OpenCrashFile lets the Go runtime write a crash of the program to a file as
// well as to standard error; a file over 1 MB is put aside first. The function
// that is returned ends it.
func OpenCrashFile(path string) (stop func() error, err error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxCrashFile {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, fmt.Errorf("put the old crash file aside: %w", err)
		}
	}
	f, err := os.OpenFile(filepath.Clean(path), os.O_CREATE|os.O_APPEND|os.O_WRONLY, fileMode)
	if err != nil {
		return nil, fmt.Errorf("open the crash file: %w", err)
	}
	if err := debug.SetCrashOutput(f, debug.CrashOptions{}); err != nil {
		return nil, errors.Join(fmt.Errorf("set the crash file: %w", err), f.Close())
	}
	return func() error {
		return errors.Join(debug.SetCrashOutput(nil, debug.CrashOptions{}), f.Close())
	}, nil
}
