// Schema 6: what an opened incident file, or an own copy of one, kept of a source: range, kinds, services.

export const held = `
ALTER TABLE sources ADD COLUMN held TEXT;
`
