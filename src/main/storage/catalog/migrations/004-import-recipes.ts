// Schema 4: mappings of files that a person kept, to be offered again for the next such file.

export const importRecipes = `
CREATE TABLE import_recipes (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  signs TEXT NOT NULL,
  mapping TEXT NOT NULL,
  created_at TEXT NOT NULL,
  used_at TEXT
) STRICT;
`
