package translations_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/resources/translations"
)

// texts reads the files of one language: key -> the forms of its sentence.
func texts(t *testing.T, lang string) map[string]map[string]string {
	t.Helper()
	files, err := filepath.Glob("*." + lang + ".json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	all := map[string]map[string]string{}
	for _, file := range files {
		area, _, _ := strings.Cut(file, ".")
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		var flat map[string]any
		require.NoError(t, json.Unmarshal(b, &flat), file)
		for key, value := range flat {
			require.True(t, strings.HasPrefix(key, area+"."), "%s: the key %s does not begin with the name of its area", file, key)
			require.NotContains(t, all, key, "%s: %s is there twice", file, key)
			all[key] = forms(t, file, key, value)
		}
	}
	return all
}

func forms(t *testing.T, file, key string, value any) map[string]string {
	t.Helper()
	if s, ok := value.(string); ok {
		return map[string]string{"other": s}
	}
	object, ok := value.(map[string]any)
	require.True(t, ok, "%s: %s is neither a sentence nor plural forms", file, key)
	require.Contains(t, object, "other", "%s: %s", file, key)
	out := map[string]string{}
	for form, v := range object {
		require.Contains(t, []string{"one", "many", "other"}, form, "%s: %s", file, key)
		s, ok := v.(string)
		require.True(t, ok, "%s: %s.%s is not a sentence", file, key, form)
		out[form] = s
	}
	return out
}

var variable = regexp.MustCompile(`\{\{[^}]*\}\}`)

func variables(forms map[string]string) []string {
	seen := map[string]struct{}{}
	for _, s := range forms {
		for _, v := range variable.FindAllString(s, -1) {
			seen[v] = struct{}{}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func TestLanguagesSayTheSame(t *testing.T) {
	first := translations.Languages()[0]
	want := texts(t, first)
	for _, lang := range translations.Languages()[1:] {
		got := texts(t, lang)
		require.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)), "keys of %s and %s", first, lang)
		for key := range want {
			require.Equal(t, variables(want[key]), variables(got[key]), "values that %s mentions in %s and %s", key, first, lang)
			require.Equal(t, len(want[key]) > 1, len(got[key]) > 1, "plural forms of %s in %s and %s", key, first, lang)
		}
	}
}

func TestTextsAreCalmAndComplete(t *testing.T) {
	for _, lang := range translations.Languages() {
		for key, forms := range texts(t, lang) {
			for form, s := range forms {
				require.NotEmpty(t, strings.TrimSpace(s), "%s: %s.%s is empty", lang, key, form)
				require.Equal(t, strings.TrimSpace(s), s, "%s: %s.%s has space around it", lang, key, form)
				require.NotContains(t, s, "!", "%s: %s", lang, key)
				require.NotContains(t, s, "¡", "%s: %s", lang, key)
				require.Equal(t, strings.Count(s, "{{"), len(variable.FindAllString(s, -1)), "%s: %s has a broken value", lang, key)
			}
		}
	}
}

// uses is what the program's source says of keys.
type uses struct {
	called   map[string]string // literal first argument of T, N or ShowError -> where
	literals map[string]bool   // any literal
	prefixes []string          // of keys that are put together, from comments
}

func TestEveryKeyIsUsedAndEveryUsedKeyExists(t *testing.T) {
	u := scan(t, moduleRoot(t))
	have := texts(t, translations.Fallback)
	require.NotEmpty(t, u.called)
	for _, key := range slices.Sorted(maps.Keys(u.called)) {
		require.True(t, have[key] != nil, "%s uses the key %q, which has no text", u.called[key], key)
	}
	for _, prefix := range u.prefixes {
		require.True(t, slices.ContainsFunc(slices.Collect(maps.Keys(have)), func(k string) bool { return strings.HasPrefix(k, prefix) }),
			"no key begins with %q", prefix)
	}
	var unused []string
	for key := range have {
		if !u.literals[key] && !slices.ContainsFunc(u.prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			unused = append(unused, key)
		}
	}
	slices.Sort(unused)
	require.Empty(t, unused, "texts that nothing uses")
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(".")
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		require.NotEqual(t, up, dir, "no go.mod above the test")
		dir = up
	}
}

func scan(t *testing.T, root string) uses {
	t.Helper()
	u := uses{called: map[string]string{}, literals: map[string]bool{}}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		u.read(set, file)
		return nil
	})
	require.NoError(t, err)
	return u
}

// comment matches both ways of writing it: gofmt puts a space into the comment of a declaration.
var comment = regexp.MustCompile(`^// ?translations:`)

func (u *uses) read(set *token.FileSet, file *ast.File) {
	for _, group := range file.Comments {
		for _, c := range group.List {
			if _, rest, ok := strings.Cut(c.Text, "translations:"); ok && comment.MatchString(c.Text) {
				for _, p := range strings.Fields(rest) {
					u.prefixes = append(u.prefixes, strings.TrimSuffix(p, "*"))
				}
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if s, ok := literal(n); ok {
				u.literals[s] = true
			}
		case *ast.CallExpr:
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if ok && len(n.Args) > 0 && slices.Contains([]string{"T", "N", "ShowError"}, sel.Sel.Name) {
				if s, ok := literal(n.Args[0]); ok {
					u.called[s] = set.Position(n.Pos()).String()
				}
			}
		}
		return true
	})
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
