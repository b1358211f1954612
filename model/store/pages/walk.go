package pages

import (
	"context"
	"encoding/binary"
	"slices"
	"sort"
)

// Kind is a sort of tree.
type Kind int

// The sorts of trees.
const (
	Table Kind = iota // rows by their number
	Index             // records in their own order: indexes, and tables without row numbers
)

func (k Kind) has(kind byte) bool {
	if k == Table {
		return kind == tableInner || kind == tableLeaf
	}
	return kind == indexInner || kind == indexLeaf
}

// Walk calls visit for each row below a root that can be read, in the order of
// the tree. What cannot be read is counted as damage. An error is the context's
// or visit's.
func (f *File) Walk(ctx context.Context, root uint32, kind Kind, visit func(Row) error) error {
	return f.walk(ctx, root, kind, 0, visit)
}

func (f *File) walk(ctx context.Context, n uint32, kind Kind, depth int, visit func(Row) error) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if n == 0 || n > f.count || depth > maxDepth || f.wasSeen(n) {
		f.damage.Pages++
		return nil
	}
	p, err := f.parse(n)
	if err != nil || !kind.has(p.kind) {
		f.forget(n) // it may be a sound page of another tree
		f.damage.Pages++
		return nil
	}
	if !p.inner() {
		return f.visitLeaf(p, visit)
	}
	for _, cell := range p.cells {
		if err := f.walk(ctx, p.child(cell, f.usable), kind, depth+1, visit); err != nil {
			return err
		}
		if p.kind == indexInner {
			if err := f.visitCell(p, cell, visit); err != nil {
				return err
			}
		}
	}
	return f.walk(ctx, p.last(), kind, depth+1, visit)
}

func (f *File) forget(n uint32) { f.seen[n/64] &^= 1 << (n % 64) }

func (f *File) visitCell(p *page, cell int, visit func(Row) error) error {
	row, err := f.row(p, cell)
	if err != nil {
		f.damage.Rows++
		return nil
	}
	return visit(row)
}

// visitLeaf visits the rows of a page. Of a table, only those whose numbers
// ascend: one that is out of order has a number that is not its own.
func (f *File) visitLeaf(p *page, visit func(Row) error) error {
	if p.kind == indexLeaf {
		for _, cell := range p.cells {
			if err := f.visitCell(p, cell, visit); err != nil {
				return err
			}
		}
		return nil
	}
	rows := make([]Row, 0, len(p.cells))
	for _, cell := range p.cells {
		row, err := f.row(p, cell)
		if err != nil {
			f.damage.Rows++
			continue
		}
		rows = append(rows, row)
	}
	kept := ascending(rows)
	f.damage.Rows += len(rows) - len(kept)
	for _, row := range kept {
		if err := visit(row); err != nil {
			return err
		}
	}
	return nil
}

// ascending returns the longest part of rows whose numbers ascend.
func ascending(rows []Row) []Row {
	if slices.IsSortedFunc(rows, func(a, b Row) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	}) {
		return rows
	}
	tails := []int{} // of the best run of each length, the row that ends it
	before := make([]int, len(rows))
	for i, row := range rows {
		at := sort.Search(len(tails), func(k int) bool { return rows[tails[k]].ID >= row.ID })
		before[i] = -1
		if at > 0 {
			before[i] = tails[at-1]
		}
		if at == len(tails) {
			tails = append(tails, i)
		} else {
			tails[at] = i
		}
	}
	kept := make([]Row, len(tails))
	for i, at := len(tails)-1, tails[len(tails)-1]; i >= 0; i, at = i-1, before[at] {
		kept[i] = rows[at]
	}
	return kept
}

// SkipFree marks the pages of the file's list of free pages as read, so that
// Orphans does not find what was deleted. It returns false when the list breaks off.
func (f *File) SkipFree(ctx context.Context) bool {
	if !f.good {
		return false
	}
	next := binary.BigEndian.Uint32(f.header[32:])
	for next != 0 {
		if ctx.Err() != nil || next > f.count || f.wasSeen(next) {
			return false
		}
		trunk, err := f.read(next)
		if err != nil {
			return false
		}
		next = binary.BigEndian.Uint32(trunk)
		leaves := int(binary.BigEndian.Uint32(trunk[4:]))
		if leaves < 0 || 8+4*leaves > f.usable {
			return false
		}
		for i := range leaves {
			if n := binary.BigEndian.Uint32(trunk[8+4*i:]); n > 0 && n <= f.count {
				f.wasSeen(n)
			}
		}
	}
	return true
}

// Orphans calls visit for the rows of table pages that no walk has reached:
// those whose way from the root is broken. It does not know of which table.
func (f *File) Orphans(ctx context.Context, visit func(Row) error) error {
	held := f.damage
	defer func() { f.damage = held }() // what is no page of rows is no damage
	for n := uint32(1); n <= f.count; n++ {
		if f.seen[n/64]&(1<<(n%64)) != 0 {
			continue
		}
		if err := context.Cause(ctx); err != nil {
			return err
		}
		p, err := f.parse(n)
		if err != nil || p.kind != tableLeaf || len(p.cells) == 0 {
			continue
		}
		f.wasSeen(n)
		if err := f.visitLeaf(p, visit); err != nil {
			return err
		}
	}
	return nil
}

// Object is one entry of the file's schema.
type Object struct {
	Type, Name, Table string
	Root              uint32
}

// Schema returns the entries of the schema that can be read.
func (f *File) Schema(ctx context.Context) ([]Object, error) {
	var list []Object
	err := f.Walk(ctx, 1, Table, func(row Row) error {
		if len(row.Values) != 5 {
			return nil
		}
		kind, ok1 := row.Values[0].(string)
		name, ok2 := row.Values[1].(string)
		table, ok3 := row.Values[2].(string)
		root, ok4 := row.Values[3].(int64)
		if ok1 && ok2 && ok3 && ok4 && root > 0 && root <= int64(f.count) {
			list = append(list, Object{Type: kind, Name: name, Table: table, Root: uint32(root)}) //nolint:gosec // it is checked
		}
		return nil
	})
	return list, err
}

// Seen returns how many pages were read so far.
func (f *File) Seen() int {
	n := 0
	for _, word := range f.seen {
		for ; word != 0; word &= word - 1 {
			n++
		}
	}
	return n
}
