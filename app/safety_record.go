package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/gofrs/flock"

	"github.com/xappiens/buzon/model"
)

// safetyRecord is what is remembered of the store outside of it, since a damaged
// one cannot tell.
type safetyRecord struct {
	Damaged     bool             `json:"damaged"`
	CheckedAt   model.Stamp      `json:"checked_at"`
	Check       model.StoreCheck `json:"check"`
	BackupAt    model.Stamp      `json:"backup_at"`
	BackupFile  string           `json:"backup_file"`
	BackupSize  int64            `json:"backup_size"`
	BackupMark  string           `json:"backup_mark"` // what the store looked like then
	BackupTried model.Stamp      `json:"backup_tried"`
	BackupError string           `json:"backup_error"`
	BackupStays string           `json:"backup_stays"` // one that no newer one pushes out: of what was before a beginning anew
}

// readSafety returns what is remembered. A file that makes no sense is as good as none.
func readSafety(p Paths) safetyRecord {
	var r safetyRecord
	data, err := readCapped(p.SafetyFile, 1<<20)
	if err != nil || json.Unmarshal(data, &r) != nil {
		return safetyRecord{}
	}
	return r
}

// changeSafety changes what is remembered, one program and one goroutine at a time.
func changeSafety(p Paths, change func(*safetyRecord)) error {
	lock := flock.New(p.SafetyFile+".lock", flock.SetPermissions(fileMode))
	if err := lock.Lock(); err == nil { // where it cannot be locked it cannot be written either
		defer func() { _ = lock.Close() }() // the system frees it in any case
	}
	r := readSafety(p)
	change(&r)
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("note the state of the store: %w", err)
	}
	if old, err := os.ReadFile(p.SafetyFile); err == nil && string(old) == string(data) {
		return nil
	}
	err = writeFile(p.SafetyFile, data)
	if errors.Is(err, os.ErrPermission) || readOnlyDisk(err) {
		return nil // nobody can note anything there
	}
	return err
}
