package simulator

import (
	"maps"
	"slices"
)

// distorter damages a JSON value in a way that depends on the value alone.
type distorter struct {
	nulls bool
	n     int
}

func (d *distorter) walk(v any, depth int) any {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if depth == 0 && name == "success" {
				continue
			}
			v[name] = d.walk(v[name], depth+1)
		}
		return v
	case []any:
		for i := range v {
			if i%5 == 4 {
				v[i] = d.other(v[i])
				continue
			}
			v[i] = d.walk(v[i], depth+1)
		}
		return v
	}
	d.n++
	if d.n%7 == 0 {
		return d.other(v)
	}
	return v
}

func (d *distorter) other(v any) any {
	if d.nulls {
		return nil
	}
	switch v.(type) {
	case string:
		return 42
	case float64:
		return "many"
	case bool:
		return []any{}
	case map[string]any:
		return "an object was here"
	}
	return map[string]any{"unexpected": true}
}
