package pages

import (
	"encoding/binary"
	"math"
)

// Row is one row of a table or an index. Of an index, and of a table without
// row numbers, ID is zero.
type Row struct {
	ID     int64
	Values []any // nil, int64, float64, string or []byte, in the order of the record
}

// page is one page of a tree, checked as far as its head goes.
type page struct {
	data  []byte // a copy
	head  int    // where its head begins: 100 on the first page
	kind  byte
	cells []int // where they begin
}

// The kinds of pages.
const (
	indexInner = 2
	tableInner = 5
	indexLeaf  = 10
	tableLeaf  = 13
)

func (p *page) inner() bool { return p.kind == indexInner || p.kind == tableInner }

// parse reads the head of a page.
func (f *File) parse(n uint32) (*page, error) {
	data, err := f.read(n)
	if err != nil {
		return nil, err
	}
	p := &page{data: append([]byte(nil), data...)}
	if n == 1 {
		p.head = headerBytes
	}
	p.kind = data[p.head]
	at := p.head + 8
	switch p.kind {
	case tableInner, indexInner:
		at += 4
	case tableLeaf, indexLeaf:
	default:
		return nil, errDamaged
	}
	count := int(binary.BigEndian.Uint16(data[p.head+3:]))
	if at+2*count > f.usable {
		return nil, errDamaged
	}
	bad := 0
	for i := range count {
		cell := int(binary.BigEndian.Uint16(data[at+2*i:]))
		if cell < at+2*count || cell+2 > f.usable {
			bad++
			continue
		}
		p.cells = append(p.cells, cell)
	}
	if bad > count/2 {
		return nil, errDamaged // rubbish that begins like a page
	}
	f.damage.Rows += bad
	return p, nil
}

// child returns the page that an inner cell points to.
func (p *page) child(cell, usable int) uint32 {
	if cell+4 > usable {
		return 0
	}
	return binary.BigEndian.Uint32(p.data[cell:])
}

// last returns the page after all cells of an inner one.
func (p *page) last() uint32 { return binary.BigEndian.Uint32(p.data[p.head+8:]) }

// row reads the row of a cell.
func (f *File) row(p *page, cell int) (Row, error) {
	data := p.data[:f.usable]
	if p.kind == indexInner {
		cell += 4
	}
	size, n := varint(data, cell)
	if n == 0 || size <= 0 || size > maxRow {
		return Row{}, errDamaged
	}
	cell += n
	var row Row
	most := f.usable - 35
	if p.kind == tableLeaf {
		if row.ID, n = varint(data, cell); n == 0 {
			return Row{}, errDamaged
		}
		cell += n
	} else {
		most = (f.usable-12)*64/255 - 23
	}
	payload, err := f.payload(data, cell, int(size), most)
	if err != nil {
		return Row{}, err
	}
	row.Values, err = values(payload)
	return row, err
}

// payload collects the bytes of a row from its page and those it overflows to.
func (f *File) payload(data []byte, at, size, most int) ([]byte, error) {
	local := size
	if size > most {
		least := (f.usable-12)*32/255 - 23
		local = least + (size-least)%(f.usable-4)
		if local > most {
			local = least
		}
	}
	if at+local > len(data) {
		return nil, errDamaged
	}
	if local == size {
		return data[at : at+size], nil
	}
	if at+local+4 > len(data) || size/(f.usable-4) > f.Count() {
		return nil, errDamaged
	}
	out := append(make([]byte, 0, size), data[at:at+local]...)
	next := binary.BigEndian.Uint32(data[at+local:])
	for len(out) < size {
		part, err := f.read(next)
		if err != nil {
			return nil, err
		}
		f.wasSeen(next)
		next = binary.BigEndian.Uint32(part)
		out = append(out, part[4:min(f.usable, 4+size-len(out))]...)
	}
	return out, nil
}

// values decodes a record.
func values(data []byte) ([]any, error) {
	length, n := varint(data, 0)
	if n == 0 || length <= int64(n) || length > int64(min(len(data), maxHead)) { // one without a column is no row
		return nil, errDamaged
	}
	list := make([]any, 0, int(length)-n)
	body := data[length:]
	for at := n; at < int(length); {
		kind, n := varint(data[:length], at)
		if n == 0 || kind < 0 {
			return nil, errDamaged
		}
		at += n
		v, used, ok := value(kind, body)
		if !ok {
			return nil, errDamaged
		}
		body = body[used:]
		list = append(list, v)
	}
	if len(body) != 0 {
		return nil, errDamaged
	}
	return list, nil
}

func value(kind int64, body []byte) (v any, used int, ok bool) {
	widths := [...]int{0, 1, 2, 3, 4, 6, 8, 8, 0, 0}
	switch {
	case kind == 0:
		return nil, 0, true
	case kind <= 9:
		used = widths[kind]
		if used > len(body) {
			return nil, 0, false
		}
		if kind == 7 {
			return math.Float64frombits(binary.BigEndian.Uint64(body)), used, true
		}
		if kind >= 8 {
			return kind - 8, 0, true
		}
		return integer(body[:used]), used, true
	case kind < 12 || (kind-12)/2 > int64(len(body)):
		return nil, 0, false
	}
	used = int((kind - 12) / 2)
	if kind%2 == 0 {
		return append([]byte{}, body[:used]...), used, true
	}
	return string(body[:used]), used, true
}

func integer(b []byte) int64 {
	v := int64(int8(b[0])) //nolint:gosec // the sign is meant
	for _, c := range b[1:] {
		v = v<<8 | int64(c)
	}
	return v
}

// varint reads a number; its length is zero when there is none.
func varint(data []byte, at int) (v int64, n int) {
	for i := range 9 {
		if at+i >= len(data) || at < 0 {
			return 0, 0
		}
		c := data[at+i]
		if i == 8 {
			return v<<8 | int64(c), 9
		}
		v = v<<7 | int64(c&0x7f)
		if c < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}
