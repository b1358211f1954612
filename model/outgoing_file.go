package model

import "fmt"

// FileRefusal is a stable word for why a file is not taken to be sent; it is
// part of the key of the sentence.
type FileRefusal string

// The reasons.
const (
	FileMissing    FileRefusal = "missing"    // nothing is there
	FileUnreadable FileRefusal = "unreadable" // the owner may not read it
	FileFolder     FileRefusal = "folder"
	FileSpecial    FileRefusal = "special"   // a device, a pipe, a socket
	FileLoop       FileRefusal = "loop"      // links that lead to each other
	FileEmpty      FileRefusal = "empty"     // 0 bytes
	FileTooLarge   FileRefusal = "too_large" // more than Limit
	FileChanged    FileRefusal = "changed"   // somebody wrote to it while it was copied
	FileNoPicture  FileRefusal = "picture"   // it cannot be made smaller: it is no picture that is decoded here
	FileBudget     FileRefusal = "budget"    // the copies that wait to be sent take Limit already
	FileDisk       FileRefusal = "disk"      // the disk has no room for a copy
)

// FileError says why a file is not taken to be sent.
type FileError struct {
	Reason FileRefusal
	Limit  int64 // in bytes, of FileTooLarge and FileBudget
	Err    error // what the system said; may be nil
}

// Error says it without the name of the file.
func (e *FileError) Error() string {
	text := "the file cannot be sent (" + string(e.Reason) + ")"
	if e.Limit > 0 {
		text = fmt.Sprintf("%s: at most %d bytes", text, e.Limit)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns what the system said.
func (e *FileError) Unwrap() error { return e.Err }

// ProblemKind makes Describe name it.
func (e *FileError) ProblemKind() ProblemKind {
	switch e.Reason {
	case FileTooLarge:
		return ProblemTooLarge
	case FileDisk:
		return ProblemDiskFull
	case FileMissing:
		return ProblemNotFound
	}
	return ProblemInvalidInput
}

// FileLook is what is seen of a file before it is taken to be sent.
type FileLook struct {
	Name     string // cleaned
	Size     int64  // bytes
	MimeType string
	Width    int  // of a picture that is decoded here, in pixels; else 0
	Height   int  // in pixels
	Voice    bool // Opus sound, which can go as a voice message
}
