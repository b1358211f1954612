package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/xappiens/buzon/model"
)

const (
	// keyVariable is the environment variable that holds the API key.
	keyVariable = "BUZON_API_KEY"
	// maxKey is the longest API key that is accepted, in bytes.
	maxKey = 512
	// maxKeyFile leaves room for white space around the key.
	maxKeyFile = 4096
)

// Secrets keeps the API key of the gateway: in the environment, or in a file
// that only the owner can read, or in the system's keyring.
//
// The keyring is used for the places of the system. With a data folder of the
// owner's own (--data-dir) the key is kept in a file of that folder, so that the
// folder is complete, can be carried elsewhere, and leaves nothing behind.
//
// Where the keyring is used, the file exists only when the keyring could not
// take a key. What is in the file is then newer than what is in the keyring,
// and therefore it is looked at first.
//
// Every method may be called from any goroutine and may block for some seconds.
type Secrets struct {
	file     string
	ring     *patientKeyring // nil: keys go to the file
	getenv   func(string) string
	redactor *Redactor
}

// SecretsConfig says where the key is kept.
type SecretsConfig struct {
	Paths    Paths
	Keyring  Keyring             // nil = the system's
	Getenv   func(string) string // nil = os.Getenv
	Redactor *Redactor           // learns every key that is seen; may be nil
	Wait     time.Duration       // for the keyring; 0 = 5 s
}

// NewSecrets returns the keeper of the key. It reads nothing yet; Close ends it.
func NewSecrets(c SecretsConfig) *Secrets {
	s := &Secrets{file: c.Paths.KeyFile, getenv: c.Getenv, redactor: c.Redactor}
	if s.getenv == nil {
		s.getenv = os.Getenv
	}
	if s.redactor == nil {
		s.redactor = &Redactor{}
	}
	if c.Wait <= 0 {
		c.Wait = keyringWait
	}
	if !c.Paths.OneFolder {
		if c.Keyring == nil {
			c.Keyring = SystemKeyring{}
		}
		s.ring = newPatientKeyring(c.Keyring, c.Paths.ID(), c.Wait)
	}
	return s
}

// Key returns the API key and where it is kept; "" and KeyNone when there is
// none, which is no error: a gateway may want none. ErrKeyringSilent says that
// there may be one in a keyring that is locked.
func (s *Secrets) Key(ctx context.Context) (string, model.KeyPlace, error) {
	none := model.KeyPlace{Kind: model.KeyNone}
	if raw := s.getenv(keyVariable); strings.TrimSpace(raw) != "" {
		return s.found(raw, model.KeyPlace{Kind: model.KeyEnvironment}, keyVariable)
	}
	raw, err := readCapped(s.file, maxKeyFile)
	switch {
	case err == nil && len(strings.TrimSpace(string(raw))) > 0:
		if err := closeToOthers(s.file); err != nil {
			return "", none, fmt.Errorf("close the key file to other users: %w", err)
		}
		return s.found(string(raw), model.KeyPlace{Kind: model.KeyFile, Path: s.file}, s.file)
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return "", none, fmt.Errorf("read the API key: %w", err)
	}
	if s.ring == nil {
		return "", none, nil
	}
	secret, err := s.ring.get(ctx)
	switch {
	case errors.Is(err, errNoSecret), errors.Is(err, ErrKeyringMissing):
		return "", none, nil
	case err != nil:
		return "", none, err
	}
	return s.found(secret, model.KeyPlace{Kind: model.KeyKeyring}, "the keyring")
}

// found checks a key that was read and makes it known to the redactor.
func (s *Secrets) found(raw string, place model.KeyPlace, where string) (string, model.KeyPlace, error) {
	s.redactor.Hide(raw)
	key, err := CleanKey(raw)
	if err != nil {
		return "", model.KeyPlace{Kind: model.KeyNone}, fmt.Errorf("the API key in %s: %w", where, err)
	}
	return key, place, nil
}

// SetKey keeps a new key and says where; an empty one is removed. A key that
// cannot be one gives a *model.SettingsError. While the environment names a key,
// that one stays in force.
func (s *Secrets) SetKey(ctx context.Context, raw string) (model.KeyPlace, error) {
	none := model.KeyPlace{Kind: model.KeyNone}
	s.redactor.Hide(raw)
	key, err := CleanKey(raw)
	if err != nil {
		return none, err
	}
	if key == "" {
		return none, s.DeleteKey(ctx)
	}
	if s.ring != nil {
		err := s.ring.set(ctx, key)
		if err == nil {
			return model.KeyPlace{Kind: model.KeyKeyring}, s.removeFile()
		}
		if ctx.Err() != nil {
			return none, err
		}
	}
	if err := writeFile(s.file, []byte(key+"\n")); err != nil {
		return none, fmt.Errorf("keep the API key in %s: %w", s.file, err)
	}
	return model.KeyPlace{Kind: model.KeyFile, Path: s.file}, nil
}

// DeleteKey forgets the key in every place but the environment.
func (s *Secrets) DeleteKey(ctx context.Context) error {
	err := s.removeFile()
	if s.ring == nil {
		return err
	}
	ringErr := s.ring.remove(ctx)
	if errors.Is(ringErr, ErrKeyringMissing) {
		ringErr = nil // where there is no keyring, there is no key in it
	}
	return errors.Join(err, ringErr)
}

func (s *Secrets) removeFile() error {
	if err := ignoreNotExist(os.Remove(s.file)); err != nil {
		return fmt.Errorf("remove the key file: %w", err)
	}
	return nil
}

// KeyringState asks whether the keyring answers: nil when it does, or when it is
// not used.
func (s *Secrets) KeyringState(ctx context.Context) error {
	if s.ring == nil {
		return nil
	}
	_, err := s.ring.get(ctx)
	if errors.Is(err, errNoSecret) {
		return nil
	}
	return err
}

// UsesKeyring tells whether keys go to the system's keyring where it takes them.
func (s *Secrets) UsesKeyring() bool { return s.ring != nil }

// Close ends the use of the keyring.
func (s *Secrets) Close() {
	if s.ring != nil {
		s.ring.close()
	}
}

// CleanKey brings a key that was typed, pasted or read into the form in which it
// is sent: no white space around it, at most 512 bytes, and nothing that a
// header cannot carry. The error is a *model.SettingsError with the code "key"
// and never holds the key.
func CleanKey(raw string) (string, error) {
	key := strings.TrimSpace(strings.TrimPrefix(raw, string(utf8BOM)))
	if len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r > 0xff }) {
		return "", &model.SettingsError{Fields: []model.FieldError{{Field: "api_key", Code: "key", Max: maxKey}}}
	}
	return key, nil
}
