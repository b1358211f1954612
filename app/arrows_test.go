package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/xappiens/buzon"

// arrow says which of our packages the packages of one pattern may import. A
// pattern is a path below the module in the manner of path.Match.
type arrow struct {
	from string
	to   []string
}

// arrows are the rules of the house; the first pattern that fits a package
// counts. A package that fits none is an error: a new folder needs a rule.
var arrows = []arrow{
	{"audio", nil},
	{"drill", nil}, // for tests
	{"model", nil},
	{"model/query", nil},
	{"model/store/pages", nil},
	{"model/store", []string{"model", "model/query", "model/store/pages"}},
	{"model/store/storetest", []string{"model", "model/store", "model/store/sample"}}, // for tests and benchmarks
	{"model/store/sample", []string{"model", "model/store"}},
	{"sync/gateway", nil},
	{"sync/simulator", nil},
	{"app/event", []string{"model"}},
	{"app/notice", []string{"model"}},
	{"desktop", nil},
	{"sync", []string{"model", "sync/gateway", "app/event"}},
	{"app/backup", []string{"model", "model/store"}},
	{"app", []string{"app/backup", "model", "model/*", "model/store/sample", "sync", "sync/gateway", "sync/simulator", "app/event", "app/notice", "resources/translations"}},
	{"app/cli", []string{"app", "app/backup", "desktop", "model", "model/*", "model/store/sample", "sync", "sync/gateway", "sync/simulator", "app/event", "resources/translations"}},
	{"resources", nil},
	{"resources/theme", []string{"resources", "resources/fonts"}},
	{"resources/*", []string{"resources"}},
	{"views", []string{"views/*", "desktop", "model", "app/event", "app/notice", "resources", "resources/*"}},
	{"views/ui", []string{"model", "model/query", "app/event", "resources", "resources/*"}},
	{"views/widgets", []string{"views/ui", "model", "model/query", "app/event", "resources", "resources/*"}},
	{"views/viewtest", []string{"views/ui", "model", "app/event", "resources", "resources/*"}}, // for tests
	{"views/*", []string{"views/ui", "views/widgets", "model", "model/query", "app/event", "resources", "resources/*"}},
	{".", []string{"audio", "desktop", "app", "app/cli", "app/event", "app/notice", "model", "views", "views/ui", "resources", "resources/*"}},
}

// testOnly are packages that no program may hold.
var testOnly = []string{"drill", "model/store/storetest", "views/viewtest"}

// goPackage is what the go command says of one package.
type goPackage struct {
	ImportPath   string
	Dir          string
	GoFiles      []string
	Imports      []string
	Deps         []string
	TestImports  []string
	XTestImports []string
}

func (p goPackage) short() string { return shorten(p.ImportPath) }

func shorten(importPath string) string {
	if importPath == module {
		return "."
	}
	return strings.TrimPrefix(importPath, module+"/")
}

func ours(importPath string) bool {
	return importPath == module || strings.HasPrefix(importPath, module+"/")
}

func fits(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

// broken returns a sentence for each rule that a package breaks.
func broken(p goPackage) []string {
	var found []string
	say := func(format string, args ...any) { found = append(found, p.short()+" "+fmt.Sprintf(format, args...)) }
	i := slices.IndexFunc(arrows, func(a arrow) bool { return fits(a.from, p.short()) })
	if i < 0 {
		say("has no rule: add one to the arrows")
		return found
	}
	for _, imported := range p.Imports {
		name := shorten(imported)
		allowed := slices.ContainsFunc(arrows[i].to, func(pattern string) bool { return fits(pattern, name) })
		if ours(imported) && (!allowed || slices.Contains(testOnly, name)) {
			say("imports %s", name)
		}
	}
	layer, _, _ := strings.Cut(p.short(), "/")
	for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
		if imported == "fyne.io/fyne/v2/app" && layer != "." {
			say("imports fyne's app, which needs a display and C")
		}
	}
	for _, dep := range p.Deps {
		if strings.HasPrefix(dep, "fyne.io/fyne/") && slices.Contains([]string{"app", "audio", "desktop", "model", "sync"}, layer) {
			say("depends on %s", dep)
		}
	}
	return found
}

func TestArrows(t *testing.T) {
	packages := listPackages(t)
	require.Greater(t, len(packages), 5)
	var found []string
	for _, p := range packages {
		found = append(found, broken(p)...)
	}
	require.Empty(t, found, "imports against the arrows; CONTRIBUTING.md says which are allowed")
}

func TestBrokenArrowsAreSeen(t *testing.T) {
	for name, p := range map[string]goPackage{
		"a view that reads the store":   {ImportPath: module + "/views/contacts", Imports: []string{module + "/model/store"}},
		"a view that imports another":   {ImportPath: module + "/views/contacts", Imports: []string{module + "/views/settings"}},
		"a view that calls the engine":  {ImportPath: module + "/views", Imports: []string{module + "/sync"}},
		"the model that knows storage":  {ImportPath: module + "/model", Imports: []string{module + "/model/store"}},
		"the gateway with our model":    {ImportPath: module + "/sync/gateway", Imports: []string{module + "/model"}},
		"the simulator with our client": {ImportPath: module + "/sync/simulator", Imports: []string{module + "/sync/gateway"}},
		"the engine with the store":     {ImportPath: module + "/sync", Imports: []string{module + "/model/store"}},
		"the app with a window":         {ImportPath: module + "/app", Deps: []string{"fyne.io/fyne/v2"}},
		"a view with a driver":          {ImportPath: module + "/views/ui", Imports: []string{"fyne.io/fyne/v2/app"}},
		"a test with a driver":          {ImportPath: module + "/views/ui", XTestImports: []string{"fyne.io/fyne/v2/app"}},
		"a view with test support":      {ImportPath: module + "/views", Imports: []string{module + "/views/viewtest"}},
		"a folder without a rule":       {ImportPath: module + "/util"},
	} {
		require.NotEmpty(t, broken(p), name)
	}
	require.Empty(t, broken(goPackage{ImportPath: module, Imports: []string{"fyne.io/fyne/v2/app", module + "/views"}}))
}

// TestOnlyViewsUIReachesForTheUIGoroutine keeps fyne.Do in one place, where it
// is behind a gate that closes with the window.
func TestOnlyViewsUIReachesForTheUIGoroutine(t *testing.T) {
	for _, p := range listPackages(t) {
		if p.short() == "views/ui" {
			continue
		}
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			ast.Inspect(file, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok {
					if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "fyne" {
						require.NotContains(t, []string{"Do", "DoAndWait"}, sel.Sel.Name, "%s/%s", p.short(), name)
					}
				}
				return true
			})
		}
	}
}

// listPackages asks the go command for all packages, with the tag that lets the
// window build without C.
func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-tags", "ci", "-json=ImportPath,Dir,GoFiles,Imports,Deps,TestImports,XTestImports", "./...")
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	var all []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		all = append(all, p)
	}
}
