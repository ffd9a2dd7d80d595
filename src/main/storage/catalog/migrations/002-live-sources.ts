// Schema 2: how a live source is reached, as JSON without secrets (those are in the vault, under the revision's name).

export const liveSources = `
ALTER TABLE sources ADD COLUMN spec TEXT;
ALTER TABLE sources ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
`
