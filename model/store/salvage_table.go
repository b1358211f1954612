package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model/store/pages"
)

// salvageTable is a table of the new file, and what was found of it.
type salvageTable struct {
	name         string
	columns      []salvageColumn // in the order of a record
	withoutRowID bool
	counted      map[string]bool // its indexes that hold every row
	found        bool            // its root is known
	recovered    int64
	refused      int64 // rows that cannot be of this table
	lost         int64
	ids          []int64
}

// salvageColumn is one column.
type salvageColumn struct {
	name     string
	kind     string // INTEGER, TEXT or BLOB
	required bool
	rowID    bool // it is another name of the row number
}

// readTables describes the tables of a store that hold data of their own.
func readTables(db *gorm.DB) ([]*salvageTable, error) {
	var tables []*salvageTable
	err := eachRow(db, func(rows *sql.Rows) error {
		t := &salvageTable{counted: map[string]bool{}}
		tables = append(tables, t)
		return rows.Scan(&t.name, &t.withoutRowID)
	}, `SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
		AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> 'schema_migrations' ORDER BY name`)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		if err := t.describe(db); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

func (t *salvageTable) describe(db *gorm.DB) error {
	type keyed struct {
		salvageColumn
		key int
	}
	var list []keyed
	err := eachRow(db, func(rows *sql.Rows) error {
		var c keyed
		if err := rows.Scan(&c.name, &c.kind, &c.required, &c.key); err != nil {
			return err
		}
		c.kind = strings.ToUpper(c.kind)
		list = append(list, c)
		return nil
	}, `SELECT name, type, "notnull", pk FROM pragma_table_info(?) ORDER BY cid`, t.name)
	if err != nil {
		return err
	}
	keys := 0
	for _, c := range list {
		if c.key > 0 {
			keys++
		}
	}
	if t.withoutRowID { // the key comes first
		slices.SortStableFunc(list, func(a, b keyed) int { return keyOrder(a.key) - keyOrder(b.key) })
	}
	for _, c := range list {
		c.rowID = !t.withoutRowID && keys == 1 && c.key == 1 && c.kind == "INTEGER"
		t.columns = append(t.columns, c.salvageColumn)
	}
	return eachRow(db, func(rows *sql.Rows) error {
		var name string
		var partial bool
		err := rows.Scan(&name, &partial)
		if !partial {
			t.counted[name] = true
		}
		return err
	}, "SELECT name, partial FROM pragma_index_list(?)", t.name)
}

func keyOrder(key int) int {
	if key == 0 {
		return 1 << 16
	}
	return key
}

// maxID is above every row number of ours: seconds of the year 2200 << 20.
const maxID = 7_258_118_400 << 20

// arguments returns the values of a row for the columns that it has, and false
// when it cannot be a row of this table.
func (t *salvageTable) arguments(row pages.Row) ([]any, bool) {
	if len(row.Values) > len(t.columns) || !t.withoutRowID && (row.ID <= 0 || row.ID > maxID) {
		return nil, false
	}
	for i, v := range row.Values {
		v, ok := t.columns[i].accept(v, row.ID)
		if !ok {
			return nil, false
		}
		row.Values[i] = v
	}
	return row.Values, true
}

// accept returns a value as the column holds it, and false when it cannot be one of it.
func (c *salvageColumn) accept(v any, id int64) (any, bool) {
	switch v := v.(type) {
	case nil:
		if c.rowID { // a record does not hold it
			return id, true
		}
		return nil, !c.required
	case int64:
		return v, c.kind == "INTEGER" && (!c.rowID || v == id)
	case string:
		return strings.ToValidUTF8(v, "\uFFFD"), c.kind == "TEXT"
	case []byte:
		return v, c.kind == "BLOB"
	default:
		return nil, false
	}
}

// statement inserts a row that has the first n columns; one that is there stays.
func (t *salvageTable) statement(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = `"` + t.columns[i].name + `"`
	}
	return fmt.Sprintf(`INSERT OR IGNORE INTO "%s" (%s) VALUES (%s)`, t.name, strings.Join(names, ", "),
		strings.TrimSuffix(strings.Repeat("?, ", n), ", "))
}

// insertedPerCommit is how many rows one transaction of a salvage takes.
const insertedPerCommit = 20_000

type statementKey struct {
	table   *salvageTable
	columns int
}

// inserter writes rows in large transactions with prepared statements.
type inserter struct {
	db       *gorm.DB
	tx       *sql.Tx
	prepared map[statementKey]*sql.Stmt
	pending  int
}

func (i *inserter) begin(ctx context.Context) error {
	if i.tx != nil {
		return nil
	}
	pool, err := i.db.DB()
	if err != nil {
		return err
	}
	i.tx, err = pool.BeginTx(ctx, nil)
	i.prepared, i.pending = map[statementKey]*sql.Stmt{}, 0
	return err
}

// row inserts a row that has the first n columns of a table, and tells whether it was new.
func (i *inserter) row(ctx context.Context, t *salvageTable, n int, args []any) (bool, error) {
	if err := i.begin(ctx); err != nil {
		return false, err
	}
	key := statementKey{t, n}
	prepared := i.prepared[key]
	if prepared == nil {
		var err error
		if prepared, err = i.tx.PrepareContext(ctx, t.statement(n)); err != nil {
			return false, err
		}
		i.prepared[key] = prepared // the end of the transaction closes it
	}
	result, err := prepared.ExecContext(ctx, args...)
	if err != nil {
		return false, err
	}
	changed, err := result.RowsAffected()
	if err != nil {
		return false, err
	}
	if i.pending++; i.pending == insertedPerCommit {
		err = i.commit()
	}
	return changed == 1, err
}

// run does f in a transaction of its own.
func (i *inserter) run(ctx context.Context, f func(tx *gorm.DB) error) error {
	if err := i.commit(); err != nil {
		return err
	}
	return i.db.WithContext(ctx).Transaction(f)
}

func (i *inserter) commit() error {
	if i.tx == nil {
		return nil
	}
	tx := i.tx
	i.tx = nil
	return tx.Commit()
}

// close commits, or after an error throws away what is pending.
func (i *inserter) close(err error) error {
	if err == nil || i.tx == nil {
		return errors.Join(err, i.commit())
	}
	return errors.Join(err, i.tx.Rollback())
}
