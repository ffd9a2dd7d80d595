// Schema 5: what is recorded of live sources for an incident and how far it came, and the times that a source has not.

export const recordings = `
CREATE TABLE recordings (
  incident TEXT PRIMARY KEY REFERENCES incidents (id) ON DELETE CASCADE,
  record TEXT NOT NULL
) STRICT;
ALTER TABLE sources ADD COLUMN missing TEXT;
`
