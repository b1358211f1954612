package pages

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

const (
	headerBytes = 100
	magic       = "SQLite format 3\x00"
	usualSize   = 4096 // bytes of a page where the header does not say it
	// maxRow is the most that one row may hold; a longer one is taken for damage.
	maxRow = 256 << 20
	// maxHead is more than the head of a record with 2,000 columns takes, the most
	// that SQLite makes.
	maxHead = 20_000
	// maxDepth is more than a tree of the largest file has.
	maxDepth = 40
)

// errDamaged says that a page or a row makes no sense.
var errDamaged = errors.New("it makes no sense")

// File is an open file. It belongs to one goroutine; Close ends it.
type File struct {
	main, log *os.File
	header    [headerBytes]byte
	size      int // bytes of a page
	usable    int // without what is reserved at its end
	count     uint32
	newer     map[uint32]int64 // where the log holds a newer state of a page
	seen      []uint64         // one bit for each page that was read
	buf       []byte
	damage    Damage
	good      bool
}

// Damage counts what could not be read.
type Damage struct {
	Pages int // pages that make no sense where they are
	Rows  int // rows of sound pages that make none
}

// Open opens a file with the write-ahead log beside it. An error says that the
// file cannot be read at all, not that it is damaged.
func Open(path string) (*File, error) {
	main, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open a damaged store: %w", err)
	}
	f := &File{main: main, newer: map[uint32]int64{}}
	if err := f.open(path); err != nil {
		return nil, errors.Join(fmt.Errorf("open a damaged store: %w", err), f.Close())
	}
	return f, nil
}

func (f *File) open(path string) error {
	info, err := f.main.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is no file")
	}
	if _, err := f.main.ReadAt(f.header[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	f.size = int(binary.BigEndian.Uint16(f.header[16:]))
	if f.size == 1 {
		f.size = 65536
	}
	reserved := int(f.header[20])
	f.good = string(f.header[:len(magic)]) == magic && validSize(f.size) && f.size-reserved >= 480
	if log, err := os.Open(path + "-wal"); err == nil {
		f.log = log
	} else if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if !f.good {
		// The header in the log may be the sound one; the log says the size of the pages too.
		f.size, reserved = usualSize, 0
	}
	f.usable = f.size - reserved
	f.count = uint32(min((info.Size()+int64(f.size)-1)/int64(f.size), 1<<32-2)) //nolint:gosec // it is capped
	if f.log != nil {
		if err := f.readLog(); err != nil {
			return err
		}
	}
	f.seen = make([]uint64, f.count/64+1)
	f.buf = make([]byte, f.size)
	if first, err := f.read(1); err == nil && bytes.HasPrefix(first, []byte(magic)) {
		copy(f.header[:], first)
		f.good = true
	}
	return nil
}

func validSize(n int) bool { return n >= 512 && n <= 65536 && n&(n-1) == 0 }

// Close closes the file.
func (f *File) Close() error {
	err := f.main.Close()
	if f.log != nil {
		err = errors.Join(err, f.log.Close())
	}
	return err
}

// HasHeader tells whether the file begins as a SQLite file does.
func (f *File) HasHeader() bool { return f.good }

// UserVersion returns what the header says of the version; zero without a header.
func (f *File) UserVersion() int {
	if !f.good {
		return 0
	}
	return int(int32(binary.BigEndian.Uint32(f.header[60:]))) //nolint:gosec // it is signed by definition
}

// Count returns how many pages the file has, those of the log included.
func (f *File) Count() int { return int(f.count) }

// Damage returns what was found damaged so far.
func (f *File) Damage() Damage { return f.damage }

// wasSeen tells whether a page was read, and marks it.
func (f *File) wasSeen(n uint32) bool {
	word, bit := n/64, uint64(1)<<(n%64)
	was := f.seen[word]&bit != 0
	f.seen[word] |= bit
	return was
}

// read returns a page; the result is valid until the next call.
func (f *File) read(n uint32) ([]byte, error) {
	if n == 0 || n > f.count {
		return nil, errDamaged
	}
	from, offset := io.ReaderAt(f.main), int64(n-1)*int64(f.size)
	if at, ok := f.newer[n]; ok {
		from, offset = f.log, at
	}
	got, err := from.ReadAt(f.buf, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errDamaged // a bad place of the disk: as good as a damaged page
	}
	clear(f.buf[got:])
	return f.buf, nil
}

// readLog finds the newest committed state of each page in the write-ahead log.
// The first frame whose checksum is wrong ends it, as in SQLite.
func (f *File) readLog() error {
	var head [32]byte
	if _, err := io.ReadFull(io.NewSectionReader(f.log, 0, 32), head[:]); err != nil {
		return ignoreEnd(err)
	}
	mark := binary.BigEndian.Uint32(head[:])
	order := binary.ByteOrder(binary.LittleEndian)
	switch mark {
	case 0x377f0682:
	case 0x377f0683:
		order = binary.BigEndian
	default:
		return nil
	}
	size := int(binary.BigEndian.Uint32(head[8:]))
	var sum checksum
	sum.add(order, head[:24])
	if !validSize(size) || f.good && size != f.size || !sum.is(head[24:]) {
		return nil
	}
	if !f.good {
		f.size, f.usable = size, size
	}
	frame := make([]byte, 24+size)
	pending := map[uint32]int64{}
	for at := int64(32); ; at += int64(len(frame)) {
		if _, err := io.ReadFull(io.NewSectionReader(f.log, at, int64(len(frame))), frame); err != nil {
			return ignoreEnd(err)
		}
		sum.add(order, frame[:8])
		sum.add(order, frame[24:])
		if !bytes.Equal(frame[8:16], head[16:24]) || !sum.is(frame[16:]) {
			return nil
		}
		pending[binary.BigEndian.Uint32(frame)] = at + 24
		if after := binary.BigEndian.Uint32(frame[4:]); after != 0 { // a commit
			for n, offset := range pending {
				f.newer[n] = offset
			}
			clear(pending)
			f.count = max(f.count, min(after, 1<<32-2))
		}
	}
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// checksum is that of the log.
type checksum struct{ a, b uint32 }

func (c *checksum) add(order binary.ByteOrder, data []byte) {
	for i := 0; i+8 <= len(data); i += 8 {
		c.a += order.Uint32(data[i:]) + c.b
		c.b += order.Uint32(data[i+4:]) + c.a
	}
}

func (c *checksum) is(stored []byte) bool {
	return c.a == binary.BigEndian.Uint32(stored) && c.b == binary.BigEndian.Uint32(stored[4:])
}
