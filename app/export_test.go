package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
)

// SystemPlaces lets tests see the places of systems that they do not run on.
var SystemPlaces = systemPlaces

// ReadPhone lets tests read numbers of any country without its settings.
var ReadPhone = readPhone

// Digest is the name under which a file is kept.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Due does the check and the backup whose time has come.
func (s *Safety) Due(ctx context.Context) { s.due(ctx) }

// Sweep removes what unfinished work left behind.
func (s *Safety) Sweep() { s.sweep() }

// CountBackup and CountedBackups change and read one number of what is remembered of the store.
func CountBackup(p Paths) error {
	return changeSafety(p, func(r *safetyRecord) { r.BackupSize++ })
}

// CountedBackups is what CountBackup has counted.
func CountedBackups(p Paths) int64 { return readSafety(p).BackupSize }
