package app

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// errNoDigest says that a name is not that of a kept file.
var errNoDigest = errors.New("not the digest of a file")

// digestFiles keeps bytes as files named by their SHA-256.
type digestFiles struct {
	dir string
}

// Save keeps bytes; those that are held already are left as they are.
func (f *digestFiles) Save(data []byte, _ string) (hash string, err error) {
	sum := sha256.Sum256(data)
	hash = hex.EncodeToString(sum[:])
	path := f.path(hash)
	if info, err := os.Stat(path); err == nil && info.Size() == int64(len(data)) {
		return hash, nil
	}
	if err := writeFile(path, data); err != nil {
		return "", fmt.Errorf("keep a file: %w", err)
	}
	return hash, nil
}

// Read returns what Save kept, and fails when it has changed since.
func (f *digestFiles) Read(hash string) ([]byte, error) {
	path := f.path(hash)
	if path == "" {
		return nil, errNoDigest
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != hash {
		return nil, errors.New("the file has changed since it was kept")
	}
	return data, nil
}

// path returns the file of a digest, "" for a name that is none.
func (f *digestFiles) path(hash string) string {
	if len(hash) != hex.EncodedLen(sha256.Size) {
		return ""
	}
	if _, err := hex.DecodeString(hash); err != nil {
		return ""
	}
	return filepath.Join(f.dir, hash)
}
